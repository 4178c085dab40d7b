/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The last lines of a terminal, which are rewritten in place: a table. What is to stay scrolls up above it.
 * Never more lines than the terminal has, none wider than it is, whatever size it has just now. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct region;

/* `f` is a terminal that understands escape codes. */
int region_new(FILE *f, struct region **ret);

/* Takes NULL, returns NULL. What is shown stays: region_clear() first. */
struct region *region_free(struct region *r);
DEFINE_CLEANUP(struct region *, region_free)

/* Begins what is to be shown next. Asks the terminal for its size; returns how many lines there may be, at
 * least 1, and in *ret_columns how wide one may be. */
size_t region_begin(struct region *r, size_t *ret_columns);

/* One line more of it; UTF-8, clean. What does not fit is cut, or left out. */
void region_line(struct region *r, const char *text);

/* Shows it. `above`, whole lines (they may have colours), stays above them; "": nothing. Only what
 * is another than before is written, all of it at once. */
void region_show(struct region *r, const char *above);

/* Takes the lines away. */
void region_clear(struct region *r);
