/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The loaders, one a format, each as image_load(); and what they share. */

#include "setup/label/image.h"

int png_load(const uint8_t *data, size_t len, struct image *ret);
int jpeg_load(const uint8_t *data, size_t len, struct image *ret);

/* Netpbm, read without a library: P2 and P5 (grey), P3 and P6 (colour), up to 16 bits a sample. */
int pnm_load(const uint8_t *data, size_t len, struct image *ret);

/* Hands *image over to *ret, turned upright. Takes it in any case; -ENOMEM. */
int image_finish(struct image *image, unsigned orientation, struct image *ret);
