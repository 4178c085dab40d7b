/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A page to print: the code that shows which country's keyboard a handheld scanner plays, as data matrix and
 * as QR code, and the sticker of a device that does not exist, to try scanning with. */

#include "proto/base/trouble.h"
#include "setup/label/sheet/format.h"
#include <stddef.h>

/* Draws the page; `calibration` is what its first codes hold (setup/label/scanner/calibration.h). Before it
 * is given out it is read again by the picture decoder, which takes half a second. The caller frees *ret.
 * -ENOMEM and other failures of this process; -EIO: not all of the codes could be read again, *ret_trouble
 * says what. */
int sheet_draw(const char *calibration, enum sheet_format format, char **ret, size_t *ret_len,
               struct trouble *ret_trouble);
