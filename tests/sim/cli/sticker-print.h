/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A printed sticker as ink on paper, measured in modules of its data matrix. */

#include <stdbool.h>
#include <stdint.h>

struct print {
        float width, height;  /* of the paper */
        float code_x, code_y; /* upper left corner of the code on it */
        unsigned side;        /* modules of the code */
        uint8_t *dark;        /* side * side, row by row; owned */
        char line[64];        /* printed below the code */
};

/* -EINVAL if no data matrix can hold the text, -ENOMEM */
int print_sticker(const char *text, struct print *ret);

void print_done(struct print *p);

/* Is there ink at this place of the paper? */
bool print_is_dark(const struct print *p, float x, float y);
