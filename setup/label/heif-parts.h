/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* HEIC and AVIF files have pictures that are put together of others: the tiles of a photograph. libheif 1.15
 * follows one that is a part of itself until its stack ends; so that is looked for before it gets the file.
 */

#include <stddef.h>
#include <stdint.h>

/* 0; -EBADMSG: a picture is a part of itself, or of too many others in a chain; -EFBIG: too many parts;
 * -ENOMEM. What else may be wrong with the file is libheif's to say. */
int heif_check_parts(const uint8_t *data, size_t len);
