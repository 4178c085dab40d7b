/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One code to scan that shows which country a scanner is set to. Swapped letters (Y and Z, A and Q) make
 * another mobile secret that looks as good as the right one: nothing else finds them. */

#include "setup/label/scanner/keymap.h"

/* What the code holds: each character that matters, once. */
const char *calibration_text(void);

enum calibration {
        CALIBRATION_NONE,  /* this text is not that of the code */
        CALIBRATION_RIGHT, /* it is, as it should be */
        CALIBRATION_OTHER, /* it is, typed on another country's keyboard */
        CALIBRATION_CASE,  /* it is, with upper and lower case swapped */
};

/* Of a text that was read with `map` (with marks in it where a key was no character). *ret_map is
 * written on CALIBRATION_OTHER. -ENOMEM */
int calibration_judge(const char *text, size_t len, enum keymap map, enum keymap *ret_map);
