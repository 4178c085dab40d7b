/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The loaders, one a format, each as image_load(); and what they share. */

#include "setup/label/image.h"

int png_load(const uint8_t *data, size_t len, struct image *ret);
int jpeg_load(const uint8_t *data, size_t len, struct image *ret);

/* -EMEDIUMTYPE: an animation */
int webp_load(const uint8_t *data, size_t len, struct image *ret);

/* HEIC, AVIF and their kin */
int heif_load(const uint8_t *data, size_t len, struct image *ret);

/* Netpbm, read without a library: P2 and P5 (grey), P3 and P6 (colour), up to 16 bits a sample. */
int pnm_load(const uint8_t *data, size_t len, struct image *ret);

/* Whether a picture of this size is read at all: as image_new(). */
int image_check(unsigned width, unsigned height);

/* A pixel that one can see through, on white paper. */
static inline uint8_t image_over_white(unsigned grey, unsigned alpha)
{
        return (uint8_t)((grey * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* Hands *image over to *ret, turned upright. Takes it in any case; -ENOMEM. */
int image_finish(struct image *image, unsigned orientation, struct image *ret);
