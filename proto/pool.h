/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The sender's picture of the device's 1024-byte input pool (device.md 3.3): what each ATT
 * write costs there until the device has read it. Overflow makes the device drop the link. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The cheapest write costs 24, so no more than this many fit. */
enum { POOL_SIZE = 1024, POOL_WRITES_MAX = 42 };

struct pool {
        struct {
                uint64_t end; /* offset in the stream behind the write's last byte */
                size_t cost;
        } write[POOL_WRITES_MAX]; /* oldest first */
        size_t n;
        size_t used;
};

/* 8 bytes of the pool, 12 of the list node, the data; rounded up to the next multiple of 4 (+1..+4). */
size_t pool_cost(size_t len);

bool pool_fits(const struct pool *p, size_t len);

/* Counts a write of `len` bytes that ends at `end`; it must fit. */
void pool_add(struct pool *p, size_t len, uint64_t end);

/* The longest stream that fits an empty pool in writes of `max_write` bytes and one shorter one (device.md
 * 3.3): 931 for 244, 460 for 20. */
size_t pool_stream_max(size_t max_write);

/* Whether `len` bytes more, written so, fit beside what is unread. */
bool pool_stream_fits(const struct pool *p, size_t len, size_t max_write);

/* The device has read the stream up to `offset`: whole writes before it are free again. */
void pool_read(struct pool *p, uint64_t offset);
