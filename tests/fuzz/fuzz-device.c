/* SPDX-License-Identifier: Apache-2.0 */

/* A device that knows the secret and means harm: a real session over a real client (setup/ports/device.h),
 * through which it answers what it likes - no reply, two, one for a request that nobody made, more than was
 * asked for, garbage between the frames - to whatever the flow asks, for a setup as for an update, a list of
 * networks or the doctor. */

#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "proto/session.h"
#include "tests/fuzz/hostile-run.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TURN_MS = 20, RESTART_MS = 1000, OUT_MAX = 1 << 20, REPLY_MAX = 70000 };

struct far {
        struct radio_link link;
        struct world *world;
        struct session *session;
        struct buf in, out;
        struct timer *turn; /* what came is looked at, what is to go goes */
        struct timer *restart;
        bool full; /* takes no write */
        uint16_t last_id;
};

/* world.more */
struct machine {
        struct device *device;
        struct secret *secret;
        struct far *far; /* the link that is up */
};

static struct machine *machine_of(struct world *w)
{
        return w->more;
}

static void turn(void *userdata);

static void soon(struct far *f, uint64_t ms)
{
        f->turn = timer_free(f->turn);
        assert(timer_new(NULL, ms, turn, f, &f->turn) == 0);
}

static int far_write(struct radio_link *l, const uint8_t *data, size_t len)
{
        struct far *f = (struct far *)l;

        assert(len > 0 && len <= l->max_write);
        if (f->full)
                return -EAGAIN;
        f->world->ops++;
        if (hostile_byte(&f->world->in) == 0xff) { /* later */
                f->full = true;
                soon(f, TURN_MS);
                return -EAGAIN;
        }
        assert(buf_append(&f->in, data, len) == 0);
        soon(f, TURN_MS);
        return 0;
}

static void far_free(struct radio_link *l)
{
        struct far *f = (struct far *)l;
        struct machine *m = machine_of(f->world);

        if (m->far == f) {
                m->far = NULL;
                f->world->linked = f->world->opened = false;
        }
        f->world->alive--;
        timer_free(f->turn);
        timer_free(f->restart);
        session_free(f->session);
        buf_done(&f->in);
        buf_done(&f->out);
        free(f);
}

static const struct radio_link_ops link_ops = { far_write, far_free };

/* Frees the link. */
static void lose(struct far *f, enum fault fault)
{
        struct trouble why;

        (void)trouble_set(&why, fault, "%s", hostile_text(&f->world->in, ""));
        f->world->device.stopped = false;
        f->link.events->on_lost(f->link.userdata, &why);
}

static void restarts(void *userdata)
{
        lose(userdata, FAULT_LINK_LOST);
}

static bool is_up(const struct world *w, const struct far *f)
{
        return ((const struct machine *)w->more)->far == f;
}

static void say(struct far *f)
{
        struct world *w = f->world;
        uint8_t how = hostile_byte(&w->in), bytes[RADIO_WRITE_MAX];
        size_t n = how >= 0x80 ? 1 + how % 20u : f->link.max_write;

        while (is_up(w, f) && f->out.len) {
                if (n > f->out.len)
                        n = f->out.len;
                memcpy(bytes, f->out.data, n);
                buf_consume(&f->out, n);
                f->link.events->on_data(f->link.userdata, bytes, n);
        }
}

static void add_garbage(struct far *f, uint8_t how)
{
        struct hostile *in = &f->world->in;
        size_t n = how >= 0xf4 ? hostile_byte(in) : 1 + how % 4u;

        for (size_t i = 0; i < n; i++)
                assert(buf_append(&f->out, &(uint8_t){ how >= 0xf6 ? hostile_byte(in) : 0 }, 1) == 0);
}

/* Answers one request: as it should be, or not at all, twice, as if it were another, with padding or garbage
 * behind. */
static void reply(struct far *f, const struct session_header *h, const struct buf *payload)
{
        _cleanup_(buf_done) struct buf body = buf_init(REPLY_MAX);
        struct port_request q = { h->type, payload->data, payload->len };
        struct session_header to = { .id = h->id };
        struct hostile *in = &f->world->in;
        uint8_t how = hostile_byte(in);

        if (how == 0xfe)
                return;
        to.result = hostile_reply(&f->world->device, &q, &body);
        if (how >= 0xfa)
                to.id = how == 0xfa ? f->last_id : (uint16_t)(hostile_byte(in) << 8 | hostile_byte(in));
        f->last_id = h->id;
        for (unsigned times = how == 0xf9 ? 2 : 1; times > 0 && body.len <= SESSION_MAX_PAYLOAD; times--)
                assert(session_seal(f->session, &to, body.data, body.len, &f->out) == 0);
        if (how >= 0xf0 && how < 0xf9)
                add_garbage(f, how);
        if (to.result >= 0 && (h->type == CONTROL_RESET || h->type == CONTROL_FINISH_FIRMWARE_UPDATE) &&
            !f->restart)
                assert(timer_new(NULL, RESTART_MS, restarts, f, &f->restart) == 0);
}

/* False: that was no client of ours, and the device drops the link. */
static bool listen(struct far *f)
{
        size_t used;

        if (session_state(f->session) == SESSION_HANDSHAKE) {
                if (session_feed(f->session, f->in.data, f->in.len, &used) < 0)
                        return false;
                buf_consume(&f->in, used);
                assert(session_take(f->session, &f->out) == 0);
        }
        while (session_state(f->session) == SESSION_OPEN && f->in.len) {
                _cleanup_(buf_done) struct buf payload = buf_init(REPLY_MAX);
                struct session_header h;
                int e = session_open(f->session, f->in.data, f->in.len, &h, &payload, &used);

                if (e == -EAGAIN)
                        break;
                assert(e == 0);
                buf_consume(&f->in, used);
                reply(f, &h, &payload);
        }
        return true;
}

static void turn(void *userdata)
{
        struct far *f = userdata;
        struct world *w = f->world;
        uint8_t how = hostile_byte(&w->in);

        f->turn = timer_free(f->turn);
        if (how >= 0xfc || !listen(f)) {
                lose(f, how == 0xff ? FAULT_LINK_PROTOCOL : FAULT_LINK_LOST);
                return;
        }
        if (how == 0xfb)
                add_garbage(f, 0xff);
        say(f);
        if (is_up(w, f) && f->full) {
                f->full = false;
                f->link.events->on_writable(f->link.userdata);
        }
}

/* the ports */
static void machine_connected(struct world *w, struct port_link *link)
{
        struct machine *m = w->more;
        struct far *f = calloc(1, sizeof(*f));

        assert(f && !m->far);
        *f = (struct far){ .link = { .ops = &link_ops, .max_write = link->max_write, .version = 2 },
                           .world = w,
                           .in = buf_init(OUT_MAX),
                           .out = buf_init(OUT_MAX) };
        assert(session_new(SESSION_DEVICE, m->secret, NULL, &f->session) == 0);
        w->alive++;
        m->far = f;
        device_attach(m->device, &f->link);
}

static int machine_open(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                        struct op **ret)
{
        return device_open(machine_of((struct world *)p)->device, mobile_secret, done, userdata, ret);
}

static int machine_ask(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                       void *userdata, struct op **ret)
{
        return device_ask(machine_of((struct world *)p)->device, requests, n, done, userdata, ret);
}

static void machine_hang_up(struct ports *p)
{
        device_hang_up(machine_of((struct world *)p)->device);
}

static unsigned machine_exchanges(struct ports *p)
{
        return device_exchanges(machine_of((struct world *)p)->device);
}

static void on_lost(void *userdata)
{
        struct world *w = userdata;

        if (w->ports.link_lost)
                w->ports.link_lost(w->ports.userdata);
}

static void machine_init(struct world *w)
{
        struct machine *m = calloc(1, sizeof(*m));

        assert(m && device_new(NULL, on_lost, w, &m->device) == 0);
        assert(secret_new(MARK_MOBILE, strlen(MARK_MOBILE), &m->secret) == 0);
        w->more = m;
}

static void machine_done(struct world *w)
{
        struct machine *m = w->more;

        device_free(m->device);
        secret_free(m->secret);
        free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        static const struct world_kind kind = { .open = machine_open,
                                                .ask = machine_ask,
                                                .hang_up = machine_hang_up,
                                                .exchanges = machine_exchanges,
                                                .connected = machine_connected,
                                                .init = machine_init,
                                                .done = machine_done };

        hostile_run(&kind, data, len);
        return 0;
}
