/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a scan that a scanner has ended means: a text, or why it is none. */

#include "setup/label/scanner/handheld.h"
#include "setup/label/source.h"

/* Of what handheld_take() told. SOURCE_SCAN and *ret_scan, SOURCE_REFUSED with the source's trouble filled,
 * or SOURCE_NOTHING; -ENOMEM. The calibration code sets the device's keymap. */
int take(struct source *s, struct handheld *d, const struct scanner_options *o, enum gathered what,
         struct scan *ret_scan);
