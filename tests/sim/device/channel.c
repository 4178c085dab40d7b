/* SPDX-License-Identifier: Apache-2.0 */

/* The control request channel, in the steps and the order in which the firmware takes them (device.md
 * 0, 3.2-3.4): each pass of the loop either does one step of the handshake or seals one finished reply and
 * takes one request, and then sends at most one notification. */

#include "tests/sim/device/device-private.h"
#include <ctype.h>
#include <errno.h>

enum {
        HEADER_LEN = 2,
        HANDSHAKE_MAX = 512,
        REQUEST_OVERHEAD = SESSION_FRAME_OVERHEAD,
        OUT_MAX = 256 * 1024,
};

/* requests */

struct request *vd_request_free(struct request *q)
{
        if (!q)
                return NULL;
        buf_done(&q->body);
        buf_done(&q->reply);
        free(q);
        return NULL;
}

void vd_requests_push(struct requests *list, struct request *q)
{
        if (!list->head)
                list->tail = &list->head;
        q->next = NULL;
        *list->tail = q;
        list->tail = &q->next;
}

struct request *vd_requests_pop(struct requests *list)
{
        struct request *q = list->head;

        if (q)
                list->head = q->next;
        return q;
}

/* What was to happen after a reply happens also when the reply is thrown away. */
static void finish(struct vdevice *d, struct request *q)
{
        void (*sent)(struct vdevice * d) = q->sent;

        vd_request_free(q);
        if (sent)
                sent(d);
}

/* In each run of printable characters, which a tag or a length is not, the first ones. */
static void make_hostile(struct buf *reply)
{
        static const char hostile[] = { '\033', '\a', '\n', '\x9b' };
        size_t run = 0;

        for (size_t i = 0; i < reply->len; i++) {
                run = isprint(reply->data[i]) ? run + 1 : 0;
                if (run == sizeof(hostile))
                        memcpy(reply->data + i + 1 - run, hostile, sizeof(hostile));
        }
}

void vd_channel_complete(struct vdevice *d, struct request *q, int32_t result)
{
        struct mishap *lost = vd_mishap_at(d, MISHAP_DROP_AT_REQUEST, q->type);

        q->result = result;
        if (result < 0)
                buf_consume(&q->reply, q->reply.len);
        if (vd_mishap_at(d, MISHAP_HOSTILE_TEXT, q->type))
                make_hostile(&q->reply);
        if (d->ops.handled)
                d->ops.handled(d->userdata, q->type, result);
        vd_requests_push(&d->channel.ready, q);
        if (lost && lost->after && q->conn == d->channel.conn)
                vd_radio_drop_current(d);
        vd_wake(d);
}

/* what the radio tells */

void vd_channel_connected(struct vdevice *d)
{
        d->channel.conn_seen++;
        vd_wake(d);
}

void vd_channel_disconnected(struct vdevice *d)
{
        vd_pool_drop_untaken(&d->channel.pool);
        d->channel.conn_seen++;
        vd_wake(d);
}

void vd_channel_received(struct vdevice *d, const uint8_t *data, size_t len)
{
        if (vd_pool_push(&d->channel.pool, data, len) < 0)
                vd_radio_drop_current(d);
        else
                vd_wake(d);
}

/* life of a connection */

static void reset_channel(struct vdevice *d)
{
        struct channel *c = &d->channel;
        struct request *q;

        c->active = false;
        c->session = session_free(c->session);
        c->messages = 0;
        c->frame_len = 0;
        buf_done(&c->frame);
        buf_done(&c->out);
        c->frame = buf_init(SESSION_MAX_PAYLOAD + REQUEST_OVERHEAD);
        c->out = buf_init(OUT_MAX);
        vd_pool_drop_taken(&c->pool);
        while ((q = vd_requests_pop(&c->ready)))
                finish(d, q);
        while ((q = vd_requests_pop(&c->sent)))
                finish(d, q);
}

static int init_channel(struct vdevice *d)
{
        if (!d->identity.mobile_secret || vd_mishap(d, MISHAP_NO_SECRET))
                return -ENODATA;
        d->channel.active = true;
        return session_new(SESSION_DEVICE, d->identity.mobile_secret, NULL, &d->channel.session);
}

void vd_channel_done(struct vdevice *d)
{
        struct request *q;

        while ((q = vd_requests_pop(&d->channel.ready)))
                vd_request_free(q);
        while ((q = vd_requests_pop(&d->channel.sent)))
                vd_request_free(q);
        reset_channel(d);
}

/* frames from the pool: -EAGAIN until one is there as a whole */

static int read_frame(struct vdevice *d, size_t overhead, size_t max)
{
        struct channel *c = &d->channel;
        uint8_t part[POOL_SIZE];
        size_t n;
        int r;

        if (c->frame_len == 0) {
                if (!vd_pool_read_all(&c->pool, part, HEADER_LEN))
                        return -EAGAIN;
                c->frame_len = overhead + le16_get(part);
                if (c->frame_len == HEADER_LEN || c->frame_len > max)
                        return -EBADMSG;
                r = buf_append(&c->frame, part, HEADER_LEN);
                if (r < 0)
                        return r;
        }
        n = c->frame_len - c->frame.len;
        n = vd_pool_read_some(&c->pool, part, n < sizeof(part) ? n : sizeof(part));
        r = n > 0 ? buf_append(&c->frame, part, n) : 0;
        if (r < 0)
                return r;
        return c->frame.len < c->frame_len ? -EAGAIN : 0;
}

static void drop_frame(struct channel *c)
{
        buf_consume(&c->frame, c->frame.len);
        c->frame_len = 0;
}

/* handshake */

static void spoil_handshake(struct vdevice *d, size_t old_len)
{
        struct channel *c = &d->channel;
        uint8_t *first = c->out.data + old_len;

        if (c->messages == 1 && vd_mishap(d, MISHAP_BAD_PROOF))
                first[HEADER_LEN + le16_get(first) - 1] ^= 1;
        if (session_state(c->session) == SESSION_OPEN && vd_mishap(d, MISHAP_BAD_CONFIRM))
                c->out.data[c->out.len - 1] ^= 1;
}

static int step_handshake(struct vdevice *d)
{
        struct channel *c = &d->channel;
        size_t old_len = c->out.len, used = 0;
        int r;

        r = read_frame(d, HEADER_LEN, HEADER_LEN + HANDSHAKE_MAX);
        if (r < 0)
                return r;
        r = session_feed(c->session, c->frame.data, c->frame.len, &used);
        if (r < 0)
                return r;
        if (used != c->frame.len)
                return -EBADMSG;
        drop_frame(c);
        c->messages++;
        r = session_take(c->session, &c->out);
        if (r < 0)
                return r;
        if (c->out.len > old_len)
                spoil_handshake(d, old_len);
        if (session_state(c->session) == SESSION_OPEN)
                d->count.handshakes++;
        return 0;
}

/* requests and replies */

static int seal_reply(struct vdevice *d)
{
        static const uint8_t zeros[64];
        struct channel *c = &d->channel;
        struct request *q = vd_requests_pop(&c->ready);
        struct session_header header;
        struct mishap *pad;
        int r;

        while (q && q->conn != c->conn) {
                finish(d, q);
                q = vd_requests_pop(&c->ready);
        }
        if (!q)
                return -EAGAIN;
        header = (struct session_header){ .id = q->id, .result = q->result };
        r = session_seal(c->session, &header, q->reply.data, q->reply.len, &c->out);
        if (r == 0 && vd_mishap(d, MISHAP_BAD_TAG))
                c->out.data[c->out.len - 1] ^= 1;
        pad = vd_mishap(d, MISHAP_PAD_FRAMES);
        if (r == 0 && pad)
                r = buf_append(&c->out, zeros, pad->arg < sizeof(zeros) ? pad->arg : sizeof(zeros));
        if (q->sent)
                vd_requests_push(&c->sent, q);
        else
                vd_request_free(q);
        return r;
}

static int open_request(struct vdevice *d, struct request **ret)
{
        struct channel *c = &d->channel;
        struct session_header header;
        struct request *q;
        size_t used = 0;
        int r;

        q = calloc(1, sizeof(*q));
        if (!q)
                return -ENOMEM;
        q->body = buf_init(SESSION_MAX_PAYLOAD);
        q->reply = buf_init(SESSION_MAX_PAYLOAD);
        r = session_open(c->session, c->frame.data, c->frame.len, &header, &q->body, &used);
        if (r == 0 && used != c->frame.len)
                r = -EBADMSG;
        if (r < 0) {
                d->count.bad_frames++;
                vd_request_free(q);
                return r;
        }
        q->conn = c->conn;
        q->id = header.id;
        q->type = header.type;
        *ret = q;
        return 0;
}

static int take_request(struct vdevice *d)
{
        struct mishap *lost;
        struct request *q;
        int r;

        r = read_frame(d, REQUEST_OVERHEAD, SESSION_MAX_PAYLOAD + REQUEST_OVERHEAD);
        if (r < 0)
                return r;
        r = open_request(d, &q);
        if (r < 0)
                return r;
        drop_frame(&d->channel);
        d->count.requests++;
        lost = vd_mishap_at(d, MISHAP_DROP_AT_REQUEST, q->type);
        if (lost && !lost->after) {
                vd_request_free(q);
                vd_radio_drop_current(d);
        } else if (vd_mishap_at(d, MISHAP_SILENT_AT_REQUEST, q->type)) {
                vd_request_free(q);
        } else {
                vd_handle(d, q);
        }
        return 0;
}

static int step_session(struct vdevice *d)
{
        int sealed = seal_reply(d), taken;

        if ((sealed < 0 && sealed != -EAGAIN) || vd_is_busy(d))
                return sealed;
        taken = take_request(d);
        return taken == -EAGAIN ? sealed : taken;
}

/* One notification. 0: sent, or what was to follow the last one is done. */
static int send_packet(struct vdevice *d)
{
        struct channel *c = &d->channel;
        struct link *l = d->radio.current;
        uint8_t packet[ATT_VALUE_MAX];
        struct request *q;
        size_t n;

        if (!l || !l->subscribed || !vd_air_has_room(d))
                return -EAGAIN;
        n = c->out.len < l->max_value ? c->out.len : l->max_value;
        if (n > 0) {
                memcpy(packet, c->out.data, n);
                buf_consume(&c->out, n);
                vd_air_send(d, packet, n);
                return 0;
        }
        q = vd_requests_pop(&c->sent);
        if (!q)
                return -EAGAIN;
        finish(d, q);
        return 0;
}

bool vd_channel_pass(struct vdevice *d)
{
        struct channel *c = &d->channel;
        bool moved = false;
        int r = 0;

        if (c->conn != c->conn_seen) {
                c->conn = c->conn_seen;
                reset_channel(d);
                if (d->radio.current)
                        r = init_channel(d);
                moved = true;
        }
        if (c->active && r == 0 && !vd_is_busy(d)) {
                r = session_state(c->session) == SESSION_OPEN ? step_session(d) : step_handshake(d);
                moved |= r == 0;
                if (r == -EAGAIN)
                        r = 0;
                if (r == 0 && c->active && !vd_is_busy(d))
                        moved |= send_packet(d) == 0;
        }
        if (r < 0) {
                c->active = false;
                vd_radio_drop_current(d);
                reset_channel(d);
        }
        return moved && d->running;
}
