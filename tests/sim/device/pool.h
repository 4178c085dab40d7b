/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The device's input pool (device.md 3.3): every ATT write is copied into 1024 bytes and
 * stays there until its last byte is read. A write of n bytes takes 8 (header) + 12 (list node) + n, rounded
 * up to the next multiple of 4 (a multiple grows by 4 as well). Room is taken at the end first, then from
 * the smallest freed block that is large enough, which is never split; freed blocks join only at the end. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POOL_SIZE = 1024, POOL_MAX_BLOCKS = 42 };

struct pool_block {
        uint16_t at, size; /* in the arena */
        uint16_t pos, len; /* of the data that is not read yet */
        bool used;
};

struct pool {
        uint8_t arena[POOL_SIZE];
        struct pool_block block[POOL_MAX_BLOCKS]; /* by address */
        size_t n_blocks;
        uint16_t end;

        uint8_t queue[POOL_MAX_BLOCKS]; /* used blocks in order of arrival, as indices of their address */
        size_t n_queue;
        size_t n_taken; /* of these, how many the channel has begun to look at */

        size_t unread;      /* bytes of data */
        size_t cost;        /* bytes of the arena in use now */
        size_t high_water;  /* most of it ever in use */
        unsigned overflows; /* writes that found no room */
};

size_t vd_pool_cost(size_t len);

/* -ENOMEM: no room, and the device drops the link. */
int vd_pool_push(struct pool *p, const uint8_t *data, size_t len);

/* Reads exactly len bytes or, if there are not so many, nothing (false). */
bool vd_pool_read_all(struct pool *p, uint8_t *data, size_t len);

/* Reads at most len bytes. */
size_t vd_pool_read_some(struct pool *p, uint8_t *data, size_t len);

/* The channel starts anew: drops the writes that it has begun to look at. */
void vd_pool_drop_taken(struct pool *p);

/* The link went down: drops the writes that the channel has not looked at. */
void vd_pool_drop_untaken(struct pool *p);
