/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Memory of one request: what was asked and what is answered, all freed at once. */

#include "proto/base/cleanup.h"

struct arena {
        struct arena_chunk *last;
};

void arena_done(struct arena *a);

/* Zeroed, aligned for anything. NULL: out of memory. */
void *arena_new(struct arena *a, size_t size);

/* A copy with a NUL behind it; NULL: out of memory. */
char *arena_text(struct arena *a, const char *text, size_t len);
