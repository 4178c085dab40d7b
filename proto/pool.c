/* SPDX-License-Identifier: Apache-2.0 */

/* Accounting only: a write is freed as a whole, once its last byte is read, as in the device. */

#include "proto/pool.h"
#include <assert.h>
#include <string.h>

enum { POOL_HEADER = 8, NODE_HEADER = 12, POOL_ALIGN = 4 };

size_t pool_cost(size_t len)
{
        return ((POOL_HEADER + NODE_HEADER + len) / POOL_ALIGN + 1) * POOL_ALIGN;
}

bool pool_fits(const struct pool *p, size_t len)
{
        return p->used + pool_cost(len) <= POOL_SIZE;
}

void pool_add(struct pool *p, size_t len, uint64_t end)
{
        assert(pool_fits(p, len) && p->n < POOL_WRITES_MAX);
        p->write[p->n].end = end;
        p->write[p->n].cost = pool_cost(len);
        p->used += p->write[p->n].cost;
        p->n++;
}

bool pool_stream_fits(const struct pool *p, size_t len, size_t max_write)
{
        size_t whole = len / max_write, rest = len % max_write;

        return whole <= POOL_WRITES_MAX &&
               p->used + whole * pool_cost(max_write) + (rest ? pool_cost(rest) : 0) <= POOL_SIZE;
}

size_t pool_stream_max(size_t max_write)
{
        static const struct pool empty = { 0 };
        size_t len = POOL_SIZE;

        while (!pool_stream_fits(&empty, len, max_write))
                len--;
        return len;
}

static void forget_oldest(struct pool *p)
{
        p->used -= p->write[0].cost;
        p->n--;
        memmove(p->write, p->write + 1, p->n * sizeof(p->write[0]));
}

void pool_read(struct pool *p, uint64_t offset)
{
        while (p->n && p->write[0].end <= offset)
                forget_oldest(p);
}
