/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Bytes: little-endian access and one growable buffer with a ceiling. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A buffer that never grows beyond the ceiling given at init: the limit travels with the bytes that came
 * from outside. buf_done() wipes what it held. */
struct buf {
        uint8_t *data;
        size_t len;
        size_t size;
        size_t ceiling;
};

/* life */
static inline struct buf buf_init(size_t ceiling)
{
        return (struct buf){ .ceiling = ceiling };
}
void buf_done(struct buf *b);

/* content; -ENOBUFS beyond the ceiling, -ENOMEM, and then nothing has changed */
int buf_append(struct buf *b, const void *data, size_t len);
int buf_append_le16(struct buf *b, uint16_t v);

/* Makes room for `len` more bytes without changing the content: the caller writes at data + len. */
int buf_reserve(struct buf *b, size_t len);

/* Drops the first n bytes (n <= len) and wipes the space that they leave. */
void buf_consume(struct buf *b, size_t n);

static inline uint16_t le16_get(const uint8_t p[static 2])
{
        return (uint16_t)(p[0] | p[1] << 8);
}

static inline void le16_put(uint8_t p[static 2], uint16_t v)
{
        p[0] = (uint8_t)v;
        p[1] = (uint8_t)(v >> 8);
}

static inline uint32_t le32_get(const uint8_t p[static 4])
{
        return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void le32_put(uint8_t p[static 4], uint32_t v)
{
        le16_put(p, (uint16_t)v);
        le16_put(p + 2, (uint16_t)(v >> 16));
}
