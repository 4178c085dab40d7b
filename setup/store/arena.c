/* SPDX-License-Identifier: Apache-2.0 */

/* Chunks that double: one is enough for a change or a page, and 100,000 submitted jobs take some hundred. */

#include "setup/store/arena.h"
#include <stdint.h>
#include <string.h>

enum { CHUNK_MIN = 1024, CHUNK_MAX = 256 * 1024, ALIGN = 16 };

struct arena_chunk {
        struct arena_chunk *next;
        size_t size, used;
        _Alignas(ALIGN) uint8_t bytes[];
};

void arena_done(struct arena *a)
{
        struct arena_chunk *next;

        for (struct arena_chunk *c = a->last; c; c = next) {
                next = c->next;
                free(c);
        }
        a->last = NULL;
}

static void *take(struct arena *a, size_t size, size_t align)
{
        struct arena_chunk *c = a->last;
        size_t at = c ? (c->used + align - 1) / align * align : 0;

        if (!c || at > c->size || size > c->size - at) {
                size_t room = c ? c->size * 2 : CHUNK_MIN;

                if (room > CHUNK_MAX)
                        room = CHUNK_MAX;
                if (room < size)
                        room = size;
                c = malloc(sizeof(*c) + room);
                if (!c)
                        return NULL;
                *c = (struct arena_chunk){ .next = a->last, .size = room };
                a->last = c;
                at = 0;
        }
        c->used = at + size;
        return c->bytes + at;
}

void *arena_new(struct arena *a, size_t size)
{
        void *p = take(a, size, ALIGN);

        if (p)
                memset(p, 0, size);
        return p;
}

char *arena_text(struct arena *a, const char *text, size_t len)
{
        char *p = take(a, len + 1, 1);

        if (!p)
                return NULL;
        if (len)
                memcpy(p, text, len);
        p[len] = 0;
        return p;
}
