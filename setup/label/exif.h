/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a camera writes into a picture about itself. */

#include <stddef.h>
#include <stdint.h>

/* How the camera was held, from the TIFF structure that Exif is: 1 (upright) to 8, as Exif numbers them. 1
 * if that is not told, or nonsense. */
unsigned exif_orientation(const uint8_t *data, size_t len);
