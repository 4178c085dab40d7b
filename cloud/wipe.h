/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A heap that wipes what it frees, for the libraries through whose hands tokens, claim codes and passwords
 * pass (libcurl, jansson). The blocks are malloc()'s own: free() works on them too. */

#include <stddef.h>

/* Takes NULL. */
void wipe_free(void *p);

/* As realloc(), but the old block is wiped when the content moves. It always moves. */
void *wipe_realloc(void *p, size_t size);
