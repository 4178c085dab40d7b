/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The grey picture inside a camera's frame: every format that cameras give uncompressed has it, between or
 * before the colours. */

#include <stddef.h>
#include <stdint.h>

enum luma_layout {
        LUMA_PLANE, /* a plane of its own comes first: GREY, NV12, NV21, YU12, YV12 */
        LUMA_EVEN,  /* every second byte from the first on: YUYV, YVYU */
        LUMA_ODD,   /* every second byte from the second on: UYVY, VYUY */
};

/* A frame as the driver describes it; nothing of it is believed. */
struct luma_frame {
        const uint8_t *data;
        size_t size;            /* bytes that were filled */
        unsigned width, height; /* pixels */
        unsigned stride; /* bytes from a row to the next; 0: the rows follow each other without a gap */
};

/* Writes width * height grey bytes to `grey`, which has `room` for so many. -EBADMSG: the frame has no
 * pixels, its rows overlap, or some are missing; -EFBIG: there is no room. */
int luma_take(enum luma_layout layout, const struct luma_frame *frame, size_t room, uint8_t *grey);
