/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where in a picture a two-dimensional code may be. */

#include "setup/label/image.h"

struct box {
        unsigned x, y, width, height; /* pixels, inside the picture */
        float score;                  /* comparable within one picture */
        float evenness;               /* weakest to strongest direction of its edges: 1 alike, 0 lines */
        float angle;                  /* of the weakest, radians: where it moved, if it did */
};

/* Finds regions that have strong edges in two directions, as a code has and a line of text or a bar code has
 * not. Writes at most `max` boxes, best first, returns how many. -ENOMEM */
int locate(struct view v, struct box *ret, size_t max);
