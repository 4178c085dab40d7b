/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The state file: text read whole, and written so that a crash leaves the old or the new one. */

#include <stddef.h>

/* -EFBIG beyond max; the text ends with a NUL. */
int file_read(const char *path, size_t max, char **ret);

/* Mode 0600: it holds tokens. */
int file_replace(const char *path, const char *text);
