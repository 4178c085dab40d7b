/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The C side of zxing-cpp: one grey rectangle in, texts out. No exception leaves it. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
        ZXING_DATA_MATRIX = 1,
        ZXING_QR = 2,
        ZXING_TEXT_MAX =
                512, /* a sticker has 31 bytes, a Wi-Fi code less than 300; longer ones are not ours */
};

struct zxing_hit {
        int format; /* ZXING_DATA_MATRIX or ZXING_QR */
        size_t len;
        char text[ZXING_TEXT_MAX]; /* the bytes of the code, not terminated */
        int x[4], y[4];            /* corners in pixels of the rectangle */
};

/* Looks for codes of `formats` in width x height pixels; with `fixed` the pixels are black and white already
 * (threshold 127). Debian 12's release searches a data matrix only along the middle row and column, so the
 * rectangle must be laid around the code. Returns how many were found, at most max; -EIO if the library
 * failed; -ENOMEM. */
int zxing_read(const uint8_t *grey, unsigned width, unsigned height, unsigned stride, unsigned formats,
               int fixed, struct zxing_hit *ret, size_t max);

#ifdef __cplusplus
}
#endif
