/* SPDX-License-Identifier: Apache-2.0 */

/* Framing only: lengths and places. Whether a candidate is a frame, the session decides by decrypting it. */

#include "proto/frame.h"
#include <errno.h>

void frame_reader_init(struct frame_reader *r)
{
        *r = (struct frame_reader){ .payload = buf_init(FRAME_HANDSHAKE_MAX) };
}

void frame_reader_done(struct frame_reader *r)
{
        buf_done(&r->payload);
}

static size_t least(size_t a, size_t b)
{
        return a < b ? a : b;
}

int frame_reader_feed(struct frame_reader *r, const uint8_t *data, size_t len, size_t *ret_used)
{
        size_t used = 0, n;
        int ret;

        while (r->header_len < sizeof(r->header) && used < len)
                r->header[r->header_len++] = data[used++];
        if (r->header_len == sizeof(r->header)) {
                r->payload_len = le16_get(r->header);
                if (r->payload_len == 0 || r->payload_len > FRAME_HANDSHAKE_MAX)
                        return -EBADMSG;
                n = least(len - used, r->payload_len - r->payload.len);
                ret = buf_append(&r->payload, data + used, n);
                if (ret < 0)
                        return ret;
                used += n;
        }
        *ret_used = used;
        return r->payload_len && r->payload.len == r->payload_len;
}

void frame_reader_next(struct frame_reader *r)
{
        buf_consume(&r->payload, r->payload.len);
        r->header_len = 0;
        r->payload_len = 0;
}

size_t frame_places(const uint8_t *data, size_t len)
{
        size_t zeros = 0;

        while (zeros < len && zeros < FRAME_PADDING_MAX && data[zeros] == 0)
                zeros++;
        return zeros + 1;
}

size_t frame_size(const uint8_t *data, size_t len, size_t place, size_t overhead)
{
        size_t size;

        if (len < 2 || place > len - 2)
                return 0;
        size = le16_get(data + place) + overhead;
        return size <= len - place ? size : 0;
}
