/* SPDX-License-Identifier: Apache-2.0 */

/* Bytes of the link go into the client, writes of the client go to the link, and the one operation under way
 * collects what the client says. An operation is answered only as the very last act of a turn: its callback
 * may start the next one, hang up, or drop the operation. */

#include "setup/ports/device.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "proto/client.h"
#include <errno.h>

struct device_op;

struct device {
        struct sd_event *loop;
        struct radio_link *link;
        struct client *client; /* NULL until open */
        struct device_op *op;
        uint8_t write[RADIO_WRITE_MAX]; /* one that the link had no room for */
        size_t write_len;
        bool heard;         /* the device has said something on this link */
        unsigned exchanges; /* of the clients before */
        void (*lost)(void *userdata);
        void *userdata;
};

struct slot {
        uint16_t id, type;
        bool replied;
        int32_t result;
        struct buf payload;
};

struct device_op {
        struct op op;
        struct device *device; /* NULL once answered */
        answer_fn done;
        void *userdata;
        struct timer *timer; /* the deadline of the next reply, or the answer that is due at once */
        bool opened;
        struct answer answer; /* what is to be said when it ends */
        size_t n, n_replied;  /* 0 for open */
        struct port_reply *replies;
        struct slot slot[];
};

static const struct radio_link_events device_events;

/* operation */

static void op_unlink(struct device_op *o)
{
        if (o->device && o->device->op == o)
                o->device->op = NULL;
        o->device = NULL;
        o->timer = timer_free(o->timer);
}

static void device_op_free(struct op *op)
{
        struct device_op *o = container_of(op, struct device_op, op);

        op_unlink(o);
        for (size_t i = 0; i < o->n; i++)
                buf_done(&o->slot[i].payload);
        free(o->replies);
        free(o);
}

/* The last thing done with an operation: `o` may be gone afterwards. */
static void op_answer(struct device_op *o)
{
        op_unlink(o);
        o->done(o->userdata, &o->answer);
}

static void op_fail(struct device_op *o, const struct trouble *why)
{
        o->answer = (struct answer){ .trouble = *why, .link_lost = true, .unheard = !o->device->heard };
        op_answer(o);
}

static void op_without_link(void *userdata)
{
        op_fail(userdata, &(struct trouble){ .fault = FAULT_LINK_LOST });
}

static int op_new(struct device *d, size_t n, answer_fn done, void *userdata, struct device_op **ret)
{
        struct device_op *o;

        if (d->op)
                return -EBUSY;
        o = calloc(1, sizeof(*o) + n * sizeof(o->slot[0]));
        if (!o)
                return -ENOMEM;
        *o = (struct device_op){ .op.free = device_op_free, .done = done, .userdata = userdata, .n = n };
        o->replies = calloc(n ? n : 1, sizeof(o->replies[0]));
        if (!o->replies) {
                free(o);
                return -ENOMEM;
        }
        o->device = d;
        d->op = o;
        *ret = o;
        return 0;
}

static void reply_overdue(void *userdata)
{
        struct device_op *o = userdata;
        struct device *d = o->device;
        struct trouble silent;
        size_t i = 0;

        while (o->slot[i].replied)
                i++;
        (void)trouble_set(&silent, FAULT_LINK_SILENT, "no reply to %s in %u s",
                          control_info(o->slot[i].type)->name,
                          control_info(o->slot[i].type)->timeout_ms / 1000);
        device_hang_up(d);
        op_fail(o, &silent);
}

/* Starts the wait for the first reply that is missing: the device works requests off one after another. */
static int op_expect(struct device_op *o)
{
        o->timer = timer_free(o->timer);
        for (size_t i = 0; i < o->n; i++)
                if (!o->slot[i].replied)
                        return timer_new(o->device->loop, control_info(o->slot[i].type)->timeout_ms,
                                         reply_overdue, o, &o->timer);
        return 0;
}

static int op_take_reply(struct device_op *o, const struct client_event *e)
{
        struct slot *s;
        size_t i = 0;
        int r;

        while (i < o->n && (o->slot[i].replied || o->slot[i].id != e->id))
                i++;
        if (i == o->n)
                return 0; /* of an operation that was dropped */
        s = &o->slot[i];
        s->payload = buf_init(e->len);
        r = buf_append(&s->payload, e->payload, e->len);
        if (r < 0)
                return r;
        s->replied = true;
        s->result = e->result;
        o->n_replied++;
        return op_expect(o);
}

/* link and client */

static void close_client(struct device *d)
{
        if (d->client)
                d->exchanges += client_exchanges(d->client);
        d->client = client_free(d->client);
        d->write_len = 0;
}

void device_hang_up(struct device *d)
{
        close_client(d);
        d->link = radio_link_free(d->link);
}

static void link_ended(struct device *d, const struct trouble *why)
{
        bool refused = d->client && client_awaits_confirm(d->client);
        struct device_op *o = d->op;
        struct trouble trouble = *why; /* it may be the link's own, and goes with it */

        if (refused && trouble.fault == FAULT_LINK_LOST)
                trouble = (struct trouble){ .fault = FAULT_SECRET_MISMATCH };
        device_hang_up(d);
        if (!o)
                d->lost(d->userdata);
        else
                op_fail(o, &trouble);
}

static void end_link(struct device *d, enum fault fault)
{
        link_ended(d, &(struct trouble){ .fault = fault });
}

/* Gives the link what the client has, until one of them has enough. A link that is gone says so itself. */
static int pump(struct device *d)
{
        while (d->link && d->client) {
                int r = 0;

                if (d->write_len == 0)
                        r = client_take_write(d->client, d->write, d->link->max_write, &d->write_len);
                if (r == -EAGAIN)
                        return 0;
                if (r < 0)
                        return r;
                r = d->link->ops->write(d->link, d->write, d->write_len);
                if (r < 0)
                        return r == -EAGAIN || r == -ENOTCONN ? 0 : r;
                d->write_len = 0;
        }
        return 0;
}

static int drain_events(struct device *d)
{
        struct client_event e;
        int r;

        while ((r = client_next_event(d->client, &e)) == 0) {
                if (!d->op)
                        continue;
                switch (e.kind) {
                case CLIENT_OPENED: d->op->opened = true; break;
                case CLIENT_REPLY: r = op_take_reply(d->op, &e); break;
                }
                if (r < 0)
                        return r;
        }
        return r == -EAGAIN ? 0 : r;
}

static void answer_if_complete(struct device_op *o)
{
        if (!o || (o->n ? o->n_replied < o->n : !o->opened))
                return;
        for (size_t i = 0; i < o->n; i++)
                o->replies[i] = (struct port_reply){ .type = o->slot[i].type,
                                                     .result = o->slot[i].result,
                                                     .payload = o->slot[i].payload.data,
                                                     .len = o->slot[i].payload.len };
        o->answer = (struct answer){ .ask = &(struct port_replies){ .reply = o->replies, .n = o->n } };
        op_answer(o);
}

static void on_data(void *userdata, const uint8_t *data, size_t len)
{
        struct device *d = userdata;
        int r;

        if (!d->client)
                return; /* nothing was asked: the bytes belong to no session */
        d->heard = true;
        r = client_feed(d->client, data, len);
        if (r < 0) {
                end_link(d, r == -ENOMEM         ? FAULT_INTERNAL
                            : r == -EKEYREJECTED ? FAULT_SECRET_MISMATCH
                                                 : FAULT_LINK_PROTOCOL);
                return;
        }
        r = drain_events(d);
        if (r == 0)
                r = pump(d);
        if (r < 0)
                end_link(d, FAULT_INTERNAL);
        else
                answer_if_complete(d->op);
}

static void on_writable(void *userdata)
{
        if (pump(userdata) < 0)
                end_link(userdata, FAULT_INTERNAL);
}

static void on_lost(void *userdata, const struct trouble *why)
{
        link_ended(userdata, why);
}

static const struct radio_link_events device_events = { on_data, on_writable, on_lost };

void device_attach(struct device *d, struct radio_link *link)
{
        device_hang_up(d);
        d->heard = false;
        d->link = link;
        link->userdata = d;
        link->events = &device_events;
}

/* operations */

static int start_without_link(struct device_op *o, struct op **ret)
{
        int r = timer_new(o->device->loop, 0, op_without_link, o, &o->timer);

        if (r < 0) {
                device_op_free(&o->op);
                return r;
        }
        *ret = &o->op;
        return 0;
}

int device_open(struct device *d, const struct secret *mobile_secret, answer_fn done, void *userdata,
                struct op **ret)
{
        struct device_op *o = NULL;
        int r;

        r = op_new(d, 0, done, userdata, &o);
        if (r < 0)
                return r;
        if (!d->link)
                return start_without_link(o, ret);
        close_client(d);
        r = client_new(mobile_secret, d->link->max_write, NULL, &d->client);
        if (r == 0)
                r = pump(d);
        if (r < 0) {
                device_op_free(&o->op);
                return r;
        }
        *ret = &o->op;
        return 0;
}

static int queue(struct device *d, struct device_op *o, const struct port_request *requests)
{
        int r;

        for (size_t i = 0; i < o->n; i++) {
                if (!control_info(requests[i].type))
                        return -EINVAL;
                o->slot[i].type = requests[i].type;
                r = client_request(d->client, requests[i].type, requests[i].payload, requests[i].len,
                                   &o->slot[i].id);
                if (r < 0)
                        return r;
        }
        r = op_expect(o);
        return r < 0 ? r : pump(d);
}

int device_ask(struct device *d, const struct port_request *requests, size_t n, answer_fn done,
               void *userdata, struct op **ret)
{
        struct device_op *o = NULL;
        int r;

        if (n == 0)
                return -EINVAL;
        r = op_new(d, n, done, userdata, &o);
        if (r < 0)
                return r;
        if (!d->link || !d->client)
                return start_without_link(o, ret);
        r = queue(d, o, requests);
        if (r < 0) {
                device_op_free(&o->op);
                return r;
        }
        *ret = &o->op;
        return 0;
}

unsigned device_exchanges(const struct device *d)
{
        return d->exchanges + (d->client ? client_exchanges(d->client) : 0);
}

/* life */

int device_new(struct sd_event *loop, void (*lost)(void *userdata), void *userdata, struct device **ret)
{
        struct device *d = calloc(1, sizeof(*d));

        if (!d)
                return -ENOMEM;
        d->loop = loop;
        d->lost = lost;
        d->userdata = userdata;
        *ret = d;
        return 0;
}

struct device *device_free(struct device *d)
{
        if (!d)
                return NULL;
        device_hang_up(d);
        free(d);
        return NULL;
}
