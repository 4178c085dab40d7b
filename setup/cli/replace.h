/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A file that is written anew as a whole, mode 0600: under its name stands what was there before, or all of
 * the new text, whatever happens meanwhile. */

#include <stddef.h>

/* Whether that can be done at `path`, as far as it can be known before. -EISDIR; -EEXIST: no regular file is
 * there; -ENOENT, -EACCES, ...: of its folder; -ENOMEM. */
int replace_check(const char *path);

/* The errno of writing. */
int replace_write(const char *path, const void *text, size_t len);
