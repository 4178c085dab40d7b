/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A photograph of printed stickers that never existed: a data matrix and the serial number on a label, seen
 * by a camera at an angle, out of focus, with noise and uneven light. The same input gives the same bytes.
 */

#include <stdint.h>

enum { PHOTO_STICKERS_MAX = 4, PHOTO_TEXT_MAX = 256 };

struct photo {
        const char *text[PHOTO_STICKERS_MAX]; /* what the codes hold: printable ASCII; the first word is
                                                 printed */
        unsigned stickers;                    /* side by side */
        unsigned width, height;               /* pixels */
        float module_px;                      /* size of a module in the middle of the picture */
        float rotate_deg;                     /* in the plane of the sticker */
        float tilt_deg;                       /* away from the camera */
        float blur_px;                        /* sigma of the focus */
        float noise;                          /* sigma of the sensor, in grey levels */
        uint64_t seed;                        /* light, background, direction of the tilt */
};

/* The caller frees width * height bytes in *ret. -EINVAL: a text that a sticker cannot hold; -E2BIG: the
 * codes do not fit into the picture; -ENOMEM. */
int photo_take(const struct photo *p, uint8_t **ret);
