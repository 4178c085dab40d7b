/* SPDX-License-Identifier: Apache-2.0 */

/* THE TABLE and its runner between a hostile device and a hostile cloud, behind ports.h: every order of
 * answers, refusals, lost links, restarts and silences, with the bodies of replies decoded as they are. */

#include "proto/base/timer.h"
#include "proto/control.h"
#include "tests/fuzz/hostile-run.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS_MAX = 32, RESTART_MS = 1000 };

struct ask {
        struct op op;
        struct world *world;
        struct timer *timer;
        answer_fn done;
        void *userdata;
        struct port_request request[REQUESTS_MAX];
        struct buf body[REQUESTS_MAX];
        size_t n; /* 0: the handshake */
};

static struct ask *asking; /* the operation on the link */

static void ask_drop(struct op *op)
{
        struct ask *a = (struct ask *)op;

        timer_free(a->timer);
        for (size_t i = 0; i < a->n; i++)
                buf_done(&a->body[i]);
        if (asking == a)
                asking = NULL;
        a->world->alive--;
        free(a);
}

static void lose(struct ask *a, enum fault fault)
{
        struct answer lost = { .link_lost = true };

        (void)trouble_set(&lost.trouble, fault, "%s", hostile_text(&a->world->in, ""));
        a->world->linked = a->world->opened = false;
        a->timer = timer_free(a->timer);
        a->done(a->userdata, &lost);
}

static void drop(void *userdata)
{
        struct world *w = userdata;

        w->drop = timer_free(w->drop);
        if (!w->linked)
                return;
        w->device.stopped = false;
        if (asking) {
                lose(asking, FAULT_LINK_LOST);
                return;
        }
        w->linked = w->opened = false;
        if (w->ports.link_lost)
                w->ports.link_lost(w->ports.userdata);
}

static void end_link_soon(struct world *w, uint64_t ms)
{
        w->drop = timer_free(w->drop);
        assert(timer_new(NULL, ms, drop, w, &w->drop) == 0);
}

static void reply(struct ask *a)
{
        struct world *w = a->world;
        struct port_reply reply[REQUESTS_MAX] = {};
        struct buf body[REQUESTS_MAX];
        size_t n = a->n;

        w->exchanges++;
        for (size_t i = 0; i < n; i++) {
                body[i] = buf_init(70000);
                reply[i].type = a->request[i].type;
                reply[i].result = hostile_reply(&w->device, &a->request[i], &body[i]);
                reply[i].payload = body[i].data;
                reply[i].len = body[i].len;
                if (reply[i].result >= 0 && (a->request[i].type == CONTROL_RESET ||
                                             a->request[i].type == CONTROL_FINISH_FIRMWARE_UPDATE))
                        end_link_soon(w, RESTART_MS);
        }
        a->done(a->userdata, &(struct answer){ .ask = &(struct port_replies){ reply, n } });
        for (size_t i = 0; i < n; i++)
                buf_done(&body[i]);
}

static void fire(void *userdata)
{
        struct ask *a = userdata;
        struct world *w = a->world;
        uint8_t how = hostile_byte(&w->in);

        a->timer = timer_free(a->timer);
        if (how == 0xfe)
                return;
        if (how >= 0xf8)
                lose(a, a->n == 0 && how == 0xff ? FAULT_SECRET_MISMATCH : FAULT_LINK_LOST);
        else if (how >= 0xf4)
                lose(a, how == 0xf4 ? FAULT_LINK_PROTOCOL : FAULT_LINK_SILENT);
        else if (a->n == 0) {
                w->opened = true;
                w->exchanges += 2;
                if (how >= 0xf0)
                        end_link_soon(w, how * 20u);
                a->done(a->userdata, &(struct answer){});
        } else
                reply(a);
}

static struct ask *begin(struct ports *p, answer_fn done, void *userdata, struct op **ret)
{
        struct world *w = (struct world *)p;
        struct ask *a = calloc(1, sizeof(*a));

        assert(a && !asking);
        *a = (struct ask){ .op.free = ask_drop, .world = w, .done = done, .userdata = userdata };
        asking = a;
        w->alive++;
        w->ops++;
        assert(timer_new(NULL, 50, fire, a, &a->timer) == 0);
        *ret = &a->op;
        return a;
}

static int flow_open(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                     struct op **ret)
{
        assert(((struct world *)p)->linked && !((struct world *)p)->opened && secret_len(mobile_secret));
        (void)begin(p, done, userdata, ret);
        return 0;
}

static int flow_ask(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                    void *userdata, struct op **ret)
{
        struct ask *a;

        assert(((struct world *)p)->opened && n > 0 && n <= REQUESTS_MAX);
        a = begin(p, done, userdata, ret);
        a->n = n;
        for (size_t i = 0; i < n; i++) {
                assert(control_info(requests[i].type));
                a->request[i] = requests[i];
                a->body[i] = buf_init(2048);
                assert(requests[i].len == 0 ||
                       buf_append(&a->body[i], requests[i].payload, requests[i].len) == 0);
                a->request[i].payload = a->body[i].data;
        }
        return 0;
}

static void flow_hang_up(struct ports *p)
{
        struct world *w = (struct world *)p;

        w->linked = w->opened = false;
        w->drop = timer_free(w->drop);
}

static unsigned flow_exchanges(struct ports *p)
{
        return ((struct world *)p)->exchanges;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        static const struct world_kind kind = {
                .open = flow_open, .ask = flow_ask, .hang_up = flow_hang_up, .exchanges = flow_exchanges
        };

        hostile_run(&kind, data, len);
        return 0;
}
