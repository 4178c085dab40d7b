/* SPDX-License-Identifier: Apache-2.0 */

/* malloc_usable_size() tells how long a block really is, so nothing is kept beside it. */

#include "cloud/wipe.h"
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void wipe_free(void *p)
{
        if (!p)
                return;
        sodium_memzero(p, malloc_usable_size(p));
        free(p);
}

void *wipe_realloc(void *p, size_t size)
{
        size_t old = p ? malloc_usable_size(p) : 0;
        void *q;

        q = malloc(size);
        if (!q)
                return NULL;
        if (p)
                memcpy(q, p, old < size ? old : size);
        wipe_free(p);
        return q;
}
