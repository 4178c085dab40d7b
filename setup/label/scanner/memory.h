/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which country each scanner is set to, over restarts: a small file with a line a scanner,
 * "VENDOR:PRODUCT:SERIAL MAP". The last line of a scanner counts. */

#include "setup/label/scanner/keymap.h"

enum { MEMORY_ID_MAX = 96 };

/* -ENOENT: nothing is known of it; -ENOTSUP, or the errno of opening and reading. */
int memory_find(const char *path, const char *id, enum keymap *ret);

/* -EWOULDBLOCK: another process writes to it; or the errno of opening and writing. */
int memory_keep(const char *path, const char *id, enum keymap map);
