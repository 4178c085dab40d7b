/* SPDX-License-Identifier: Apache-2.0 */

/* The bounded buffer. Frames of a session pass through it, some of them with a password inside, so it wipes
 * whatever it gives back to the heap. */

#include "proto/base/bytes.h"
#include <errno.h>
#include <sodium.h>

void buf_done(struct buf *b)
{
        if (b->data)
                sodium_memzero(b->data, b->size);
        free(b->data);
        *b = buf_init(b->ceiling);
}

int buf_reserve(struct buf *b, size_t len)
{
        size_t want, size = b->size ? b->size : 64;
        uint8_t *data;

        if (len > b->ceiling - b->len)
                return -ENOBUFS;
        want = b->len + len;
        if (want <= b->size)
                return 0;
        while (size < want)
                size *= 2;
        if (size > b->ceiling)
                size = b->ceiling;
        data = malloc(size);
        if (!data)
                return -ENOMEM;
        if (b->data) {
                memcpy(data, b->data, b->len);
                sodium_memzero(b->data, b->size);
                free(b->data);
        }
        b->data = data;
        b->size = size;
        return 0;
}

int buf_append(struct buf *b, const void *data, size_t len)
{
        int r;

        if (len == 0)
                return 0;
        r = buf_reserve(b, len);
        if (r < 0)
                return r;
        memcpy(b->data + b->len, data, len);
        b->len += len;
        return 0;
}

int buf_append_le16(struct buf *b, uint16_t v)
{
        uint8_t bytes[2];

        le16_put(bytes, v);
        return buf_append(b, bytes, sizeof(bytes));
}

void buf_consume(struct buf *b, size_t n)
{
        if (n == 0)
                return;
        memmove(b->data, b->data + n, b->len - n);
        b->len -= n;
        sodium_memzero(b->data + b->len, n);
}
