/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Formats that are read without a library. */

#include "setup/label/image.h"

/* Netpbm: P2 and P5 (grey), P3 and P6 (colour), up to 16 bits a sample. As image_load(). */
int pnm_load(const uint8_t *data, size_t len, struct image *ret);
