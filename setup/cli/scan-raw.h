/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a scanner sent, for people to look at (usher scan --test). */

#include "setup/label/source.h"
#include <stdio.h>

/* `raw` as scanner_raw(); "": not known. `scan` NULL: it made no text. Without `show_secret` asterisks stand
 * for what may be of the mobile secret. */
void scan_raw_print(FILE *f, const char *raw, const struct scan *scan, bool show_secret);
