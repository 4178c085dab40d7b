/* SPDX-License-Identifier: Apache-2.0 */

/* The device as the client's tests need it. It may be lazy, and take only whole messages out of the pool:
 * the worst that a device can do to the sender. */

#include "tests/unit/proto/far-end.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

void far_init(struct far_end *f, const struct secret *mobile_secret, const struct ecjpake_scalars *scalars)
{
        *f = (struct far_end){
                .unread = buf_init(4096),
                .frame = buf_init(4096),
                .out = buf_init(256 * 1024),
        };
        assert_int_equal(session_new(SESSION_DEVICE, mobile_secret, scalars, &f->session), 0);
}

void far_done(struct far_end *f)
{
        buf_done(&f->unread);
        buf_done(&f->frame);
        buf_done(&f->out);
        session_free(f->session);
}

void far_write(struct far_end *f, const uint8_t *data, size_t len)
{
        size_t cost = 8 + 12 + len;

        cost += 4 - cost % 4;
        f->used += cost;
        assert_in_range(f->used, 0, 1024);
        if (f->used > f->highest)
                f->highest = f->used;
        assert_true(len > 0 && f->n_writes < FAR_WRITES_MAX);
        f->write[f->n_writes].left = len;
        f->write[f->n_writes].cost = cost;
        f->n_writes++;
        assert_int_equal(buf_append(&f->unread, data, len), 0);
}

/* Takes `len` bytes out of the pool. */
static void take(struct far_end *f, size_t len)
{
        buf_consume(&f->unread, len);
        while (f->n_writes && len >= f->write[0].left) {
                len -= f->write[0].left;
                f->used -= f->write[0].cost;
                f->n_writes--;
                memmove(f->write, f->write + 1, f->n_writes * sizeof(f->write[0]));
        }
        if (len)
                f->write[0].left -= len;
}

static bool read_handshake(struct far_end *f, int *ret)
{
        size_t len, used;

        if (f->unread.len < 2)
                return false;
        len = 2u + le16_get(f->unread.data);
        if (f->unread.len < len)
                return false;
        *ret = session_feed(f->session, f->unread.data, len, &used);
        take(f, len);
        if (*ret == 0)
                assert_int_equal(session_take(f->session, &f->out), 0);
        return true;
}

static bool read_request(struct far_end *f, int *ret)
{
        struct far_request *held = &f->held[f->n_held];
        _cleanup_(buf_done) struct buf payload = buf_init(sizeof(held->payload));
        struct buf *from = f->eager ? &f->frame : &f->unread;
        struct session_header header;
        size_t used;

        if (f->eager) {
                assert_int_equal(buf_append(&f->frame, f->unread.data, f->unread.len), 0);
                take(f, f->unread.len);
        }
        *ret = session_open(f->session, from->data, from->len, &header, &payload, &used);
        if (*ret == -EAGAIN)
                return false;
        if (*ret < 0)
                return true;
        if (f->eager)
                buf_consume(&f->frame, used);
        else
                take(f, used);
        assert_true(f->n_held < FAR_HELD_MAX);
        f->n_held++;
        held->id = header.id;
        held->type = header.type;
        held->len = payload.len;
        if (payload.len)
                memcpy(held->payload, payload.data, payload.len);
        return true;
}

bool far_read(struct far_end *f, int *ret)
{
        return session_state(f->session) == SESSION_HANDSHAKE ? read_handshake(f, ret)
                                                              : read_request(f, ret);
}

void far_answer(struct far_end *f, size_t i, int32_t result)
{
        struct far_request *held = &f->held[i];
        struct session_header header = { .id = held->id, .result = result };

        assert_true(i < f->n_held);
        assert_int_equal(session_seal(f->session, &header, held->payload, held->len, &f->out), 0);
        f->n_held--;
        memmove(held, held + 1, (f->n_held - i) * sizeof(*held));
}

size_t far_notify(struct far_end *f, uint8_t *ret, size_t max)
{
        size_t len = f->out.len < max ? f->out.len : max;

        if (len)
                memcpy(ret, f->out.data, len);
        buf_consume(&f->out, len);
        return len;
}
