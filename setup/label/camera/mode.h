/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which of the formats, sizes and rates that a camera offers is taken. */

#include "setup/label/camera/luma.h"
#include <stdbool.h>

enum {
        MODE_WIDTH =
                1280, /* wanted: a code of 4.5 mm has 72 pixels then, if 80 mm are in view (scanning.md 7) */
        MODE_HEIGHT = 720,
        MODE_FPS = 15,      /* wanted: what is decoded at 60 % of a core (scanning.md 8) */
        MODE_FPS_LEAST = 10 /* two equal reads in 200 ms */
};

struct mode {
        uint32_t format; /* V4L2_PIX_FMT_ */
        unsigned width, height;
        unsigned fps; /* frames a second; 0: the camera does not say */
};

/* Whether frames of a format can be read at all, and how: *ret_jpeg, or else *ret_layout. */
bool mode_readable(uint32_t format, bool *ret_jpeg, enum luma_layout *ret_layout);

/* Whether `a` is to be taken rather than `b`. Both are readable. */
bool mode_better(const struct mode *a, const struct mode *b);

/* A side or a rate out of a range: the wanted value, or what of the range comes next to it. `step` 0: 1 */
unsigned mode_fit(unsigned want, unsigned least, unsigned most, unsigned step);

/* A format's four letters, as people know them: "YUYV". */
struct mode_name {
        char text[5];
};
struct mode_name mode_name(uint32_t format);
