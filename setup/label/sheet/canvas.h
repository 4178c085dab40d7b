/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* White paper of A4 for black squares and lines of text, as SVG or as PNG. Everything is in dots. */

#include "proto/base/cleanup.h"
#include "setup/label/sheet/format.h"
#include <stddef.h>

enum {
        CANVAS_PER_MM = 8, /* 203 dots an inch: what label printers have */
        CANVAS_WIDTH = 210 * CANVAS_PER_MM,
        CANVAS_HEIGHT = 297 * CANVAS_PER_MM,
        CANVAS_CHARACTER = 6, /* columns of a character, the gap included; rows are 7 and a gap */
};

struct canvas;

int canvas_new(enum sheet_format format, struct canvas **ret);
struct canvas *canvas_free(struct canvas *c);
DEFINE_CLEANUP(struct canvas *, canvas_free)

/* Left upper corner and sides; what lies beyond the paper is cut off. */
void canvas_black(struct canvas *c, unsigned x, unsigned y, unsigned width, unsigned height);

/* Printable ASCII; `dot` is the size of a dot of the letters. */
void canvas_text(struct canvas *c, unsigned x, unsigned y, unsigned dot, const char *text);

/* The file. The caller frees *ret. */
int canvas_finish(struct canvas *c, char **ret, size_t *ret_len);
