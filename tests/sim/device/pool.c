/* SPDX-License-Identifier: Apache-2.0 */

/* The allocator is played, not approximated: blocks keep the size they were made with, so that a client
 * which mixes sizes meets the same fragmentation as on a device. */

#include "tests/sim/device/pool.h"
#include <errno.h>
#include <string.h>

enum { HEADER = 8, NODE = 12, ALIGN = 4 };

size_t vd_pool_cost(size_t len)
{
        size_t n = HEADER + NODE + len;

        return n + (ALIGN - n % ALIGN);
}

/* The block for `cost` bytes, or -1. */
static int take_block(struct pool *p, size_t cost)
{
        int best = -1;

        if (POOL_SIZE - p->end >= (int)cost) {
                p->block[p->n_blocks] = (struct pool_block){ .at = p->end, .size = (uint16_t)cost };
                p->end = (uint16_t)(p->end + cost);
                return (int)p->n_blocks++;
        }
        for (size_t i = 0; i < p->n_blocks; i++)
                if (!p->block[i].used && p->block[i].size >= cost &&
                    (best < 0 || p->block[i].size < p->block[best].size))
                        best = (int)i;
        return best;
}

int vd_pool_push(struct pool *p, const uint8_t *data, size_t len)
{
        int i = take_block(p, vd_pool_cost(len));
        struct pool_block *b;

        if (i < 0) {
                p->overflows++;
                return -ENOMEM;
        }
        b = &p->block[i];
        b->used = true;
        b->pos = 0;
        b->len = (uint16_t)len;
        memcpy(p->arena + b->at + HEADER + NODE, data, len);
        p->queue[p->n_queue++] = (uint8_t)i;
        p->unread += len;
        p->cost += b->size;
        if (p->cost > p->high_water)
                p->high_water = p->cost;
        return 0;
}

static void free_block(struct pool *p, struct pool_block *b)
{
        memset(p->arena + b->at, 0, b->size);
        b->used = false;
        p->cost -= b->size;
        while (p->n_blocks > 0 && !p->block[p->n_blocks - 1].used)
                p->end = p->block[--p->n_blocks].at;
}

/* Removes `n` entries of the queue from `from` on. */
static void drop(struct pool *p, size_t from, size_t n)
{
        for (size_t i = from; i < from + n; i++) {
                struct pool_block *b = &p->block[p->queue[i]];

                p->unread -= (size_t)(b->len - b->pos);
                free_block(p, b);
        }
        memmove(p->queue + from, p->queue + from + n, p->n_queue - from - n);
        p->n_queue -= n;
}

static size_t taken_bytes(const struct pool *p)
{
        size_t n = 0;

        for (size_t i = 0; i < p->n_taken; i++)
                n += (size_t)(p->block[p->queue[i]].len - p->block[p->queue[i]].pos);
        return n;
}

bool vd_pool_read_all(struct pool *p, uint8_t *data, size_t len)
{
        while (taken_bytes(p) < len && p->n_taken < p->n_queue)
                p->n_taken++;
        if (taken_bytes(p) < len)
                return false;
        while (len > 0) {
                struct pool_block *b = &p->block[p->queue[0]];
                size_t n = (size_t)(b->len - b->pos) < len ? (size_t)(b->len - b->pos) : len;

                memcpy(data, p->arena + b->at + HEADER + NODE + b->pos, n);
                b->pos = (uint16_t)(b->pos + n);
                p->unread -= n;
                data += n;
                len -= n;
                if (b->pos == b->len) {
                        drop(p, 0, 1);
                        p->n_taken--;
                }
        }
        return true;
}

size_t vd_pool_read_some(struct pool *p, uint8_t *data, size_t len)
{
        while (taken_bytes(p) < len && p->n_taken < p->n_queue)
                p->n_taken++;
        if (taken_bytes(p) < len)
                len = taken_bytes(p);
        (void)vd_pool_read_all(p, data, len);
        return len;
}

void vd_pool_drop_taken(struct pool *p)
{
        size_t n = p->n_taken;

        p->n_taken = 0;
        drop(p, 0, n);
}

void vd_pool_drop_untaken(struct pool *p)
{
        drop(p, p->n_taken, p->n_queue - p->n_taken);
}
