/* SPDX-License-Identifier: Apache-2.0 */

/* Protobuf's wire format: key = number << 3 | wire type, then a varint, 4 or 8 bytes, or a length and so
 * many bytes. */

#include "tests/sim/device/wire.h"
#include <errno.h>

enum wire_type { TYPE_VARINT = 0, TYPE_FIXED64 = 1, TYPE_LENGTH = 2, TYPE_FIXED32 = 5 };

static int put_varint(struct buf *out, uint64_t v)
{
        uint8_t bytes[10];
        size_t n = 0;

        do {
                bytes[n] = (uint8_t)(v & 0x7f);
                v >>= 7;
                if (v)
                        bytes[n] |= 0x80;
                n++;
        } while (v);
        return buf_append(out, bytes, n);
}

static int put_key(struct buf *out, unsigned field, enum wire_type type)
{
        return put_varint(out, (uint64_t)field << 3 | type);
}

int wire_put_uint(struct buf *out, unsigned field, uint64_t v)
{
        int r;

        if (v == 0)
                return 0;
        r = put_key(out, field, TYPE_VARINT);
        return r < 0 ? r : put_varint(out, v);
}

int wire_put_int(struct buf *out, unsigned field, int64_t v)
{
        return wire_put_uint(out, field, (uint64_t)v);
}

int wire_put_fixed32(struct buf *out, unsigned field, uint32_t v)
{
        uint8_t bytes[4];
        int r;

        if (v == 0)
                return 0;
        le32_put(bytes, v);
        r = put_key(out, field, TYPE_FIXED32);
        return r < 0 ? r : buf_append(out, bytes, sizeof(bytes));
}

static int put_length(struct buf *out, unsigned field, const void *data, size_t len)
{
        int r = put_key(out, field, TYPE_LENGTH);

        if (r < 0)
                return r;
        r = put_varint(out, len);
        if (r < 0 || len == 0)
                return r;
        return buf_append(out, data, len);
}

int wire_put_bytes(struct buf *out, unsigned field, const void *data, size_t len)
{
        return len == 0 ? 0 : put_length(out, field, data, len);
}

int wire_put_text(struct buf *out, unsigned field, const char *text)
{
        return wire_put_bytes(out, field, text, strlen(text));
}

int wire_put_message(struct buf *out, unsigned field, const struct buf *body)
{
        return put_length(out, field, body->data, body->len);
}

/* reading */

struct cursor {
        const uint8_t *at, *end;
};

static int get_varint(struct cursor *c, uint64_t *ret)
{
        uint64_t v = 0;

        for (unsigned shift = 0; shift < 70; shift += 7) {
                if (c->at == c->end)
                        return -EBADMSG;
                if (shift < 64)
                        v |= (uint64_t)(*c->at & 0x7f) << shift;
                if (!(*c->at++ & 0x80)) {
                        *ret = v;
                        return 0;
                }
        }
        return -EBADMSG;
}

static int get_value(struct cursor *c, unsigned wire, uint64_t *ret_number, struct wire_bytes *ret_bytes)
{
        uint64_t len;
        int r;

        switch (wire) {
        case TYPE_VARINT: return get_varint(c, ret_number);
        case TYPE_FIXED64: len = 8; break;
        case TYPE_FIXED32: len = 4; break;
        case TYPE_LENGTH:
                r = get_varint(c, &len);
                if (r < 0)
                        return r;
                break;
        default: return -EBADMSG;
        }
        if (len > (uint64_t)(c->end - c->at))
                return -EBADMSG;
        *ret_bytes = (struct wire_bytes){ .data = c->at, .len = (size_t)len, .present = true };
        c->at += len;
        return 0;
}

static int store(const struct wire_field *f, unsigned wire, uint64_t number, const struct wire_bytes *bytes)
{
        switch (f->kind) {
        case WIRE_UINT:
                if (wire != TYPE_VARINT)
                        return -EBADMSG;
                *(uint32_t *)f->out = (uint32_t)number;
                return 0;
        case WIRE_BOOL:
                if (wire != TYPE_VARINT)
                        return -EBADMSG;
                *(bool *)f->out = number != 0;
                return 0;
        case WIRE_BYTES:
                if (wire != TYPE_LENGTH || (f->max > 0 && bytes->len > f->max))
                        return -EBADMSG;
                *(struct wire_bytes *)f->out = *bytes;
                return 0;
        case WIRE_REPEATED: return wire == TYPE_LENGTH ? 0 : -EBADMSG;
        }
        return -EBADMSG;
}

int wire_read(const uint8_t *data, size_t len, const struct wire_field *fields, size_t n)
{
        struct cursor c = { .at = data, .end = data + len };

        while (c.at < c.end) {
                struct wire_bytes bytes = { 0 };
                uint64_t key, number = 0;
                int r;

                r = get_varint(&c, &key);
                if (r < 0)
                        return r;
                if (key >> 3 == 0 || key >> 32)
                        return -EBADMSG;
                r = get_value(&c, key & 7, &number, &bytes);
                if (r < 0)
                        return r;
                for (size_t i = 0; i < n; i++) {
                        if (fields[i].number != key >> 3)
                                continue;
                        r = store(&fields[i], key & 7, number, &bytes);
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}
