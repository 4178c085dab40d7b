/* SPDX-License-Identifier: Apache-2.0 */

/* Activation: look, ask, look again. The truth is always the card's state as GET tells it; the answer to the
 * asking only counts when it is a clear no. The cloud may lose the wish behind a 408 or 504, so when some
 * looks later nothing goes on, it is asked again, three times in all. */

#include "cloud/call.h"
#include "cloud/sim-private.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LOOK_MS = 2000, LOOK_MAX_MS = 30000, LOOKS_BEFORE_ASKING_AGAIN = 4, ASKS_MAX = 3 };

struct activation {
        struct op op;
        struct cloud_client *client;
        unsigned product_id;
        char iccid[24], country[3];
        struct op *call;     /* a look or an asking under way ... */
        struct timer *timer; /* ... or the pause between two */
        uint64_t deadline_ms, pause_ms;
        int64_t failed_s; /* when an earlier activation failed: that failure is not ours */
        unsigned asks, idle_looks;
        cloud_sim_outcome_fn done;
        void *userdata;
};

static int look(struct activation *a);

static void activation_free(struct op *op)
{
        struct activation *a = container_of(op, struct activation, op);

        op_free(a->call);
        timer_free(a->timer);
        free(a);
}

/* endings; the owner may free the activation in its callback */
static void finish(struct activation *a, struct cloud_error *e, bool pending, const char *status)
{
        struct cloud_sim_outcome outcome = { .pending = pending, .asked = a->asks > 0, .status = status };

        a->done(a->userdata, e, e->trouble.fault == FAULT_NONE ? &outcome : NULL);
}

static void fail(struct activation *a, struct cloud_error *e, enum fault fault, const char *cause)
{
        (void)trouble_set(&e->trouble, fault, "%s", cause);
        finish(a, e, false, NULL);
}

/* looking */
static void on_time(void *userdata)
{
        struct activation *a = userdata;
        struct cloud_error e = { 0 };

        a->timer = timer_free(a->timer);
        if (look(a) < 0)
                fail(a, &e, FAULT_INTERNAL, "out of memory");
}

/* Looks again after a pause, unless the time is over: then it is pending. */
static void wait(struct activation *a, struct cloud_error *e, const char *status)
{
        uint64_t pause_ms = a->pause_ms;

        if (timer_now_ms() + pause_ms >= a->deadline_ms) {
                finish(a, e, true, status);
                return;
        }
        a->pause_ms = pause_ms * 2 < LOOK_MAX_MS ? pause_ms * 2 : LOOK_MAX_MS;
        if (timer_new(a->client->loop, pause_ms, on_time, a, &a->timer) < 0)
                fail(a, e, FAULT_INTERNAL, "out of memory");
}

/* asking; what the reply points to lives in the call, so that is freed only when nothing of it is passed on
 */
static void read_asked(struct call_end *end)
{
        struct activation *a = end->userdata;
        struct cloud_error working = { .status = end->error->status };

        if (end->error->trouble.fault != FAULT_NONE && !end->error->unsure) {
                finish(a, end->error, false, NULL);
                return;
        }
        a->call = op_free(a->call);
        wait(a, &working, NULL);
}

/* A product takes a card it does not have yet as an import; everything else is an action on the card. */
static int ask(struct activation *a, enum cloud_sim_state state)
{
        _cleanup_(secret_freep) struct secret *body = NULL;
        bool first = state == SIM_NOT_OURS || state == SIM_NEW, import = first && a->product_id;
        const struct call_request request = {
                .method = import ? "POST" : "PUT",
                .endpoint = ENDPOINT_SIM_CHANGE,
                .retry = RETRY_UNTOUCHED,
                .body = &body,
                .read = read_asked,
        };
        int r;

        if (import)
                r = call_json_body(json_pack("{s:[s], s:s}", "sims", a->iccid, "country", a->country),
                                   &body);
        else if (first)
                r = call_json_body(json_pack("{s:s, s:s}", "action", "activate", "country", a->country),
                                   &body);
        else
                r = call_json_body(json_pack("{s:s}", "action", "reactivate"), &body);
        if (r < 0)
                return r;
        a->asks++;
        a->idle_looks = 0;
        if (import)
                return call_start(a->client, &request, NULL, a, &a->call, "/v1/products/%u/sims",
                                  a->product_id);
        return sim_request_start(a->client, &request, NULL, a, &a->call, a->product_id, a->iccid);
}

static void ask_or_fail(struct activation *a, enum cloud_sim_state state)
{
        struct cloud_error e = { 0 };

        a->call = op_free(a->call);
        if (!a->country[0])
                fail(a, &e, FAULT_SIM,
                     "the card is not active, and it is not said in which country it is used");
        else if (ask(a, state) < 0)
                fail(a, &e, FAULT_INTERNAL, "out of memory");
}

static void judge(struct activation *a, struct cloud_error *e, const struct cloud_sim *sim)
{
        struct cloud_error working = { .status = e->status };
        char status[64];

        (void)snprintf(status, sizeof(status), "%s", sim->status ? sim->status : "not in this account yet");
        switch (sim->state) {
        case SIM_ACTIVE: finish(a, e, false, sim->status); return;
        case SIM_FAILED:
                if (!a->asks) {
                        a->failed_s = sim->changed_s;
                        break;
                }
                if (sim->changed_s && sim->changed_s == a->failed_s) {
                        a->call = op_free(a->call);
                        wait(a, &working, status);
                        return;
                }
                fail(a, e, FAULT_SIM, "the cloud tried to activate the card and reports that it failed");
                return;
        case SIM_NOT_OURS:
        case SIM_NEW:
        case SIM_INACTIVE:
                if (!a->asks || (a->asks < ASKS_MAX && ++a->idle_looks >= LOOKS_BEFORE_ASKING_AGAIN))
                        break;
                a->call = op_free(a->call);
                wait(a, &working, status);
                return;
        case SIM_ACTIVATING:
        case _SIM_STATE_MAX:
                a->call = op_free(a->call);
                wait(a, &working, status);
                return;
        }
        ask_or_fail(a, sim->state == SIM_FAILED ? SIM_INACTIVE : sim->state);
}

static void read_look(struct call_end *end)
{
        struct activation *a = end->userdata;
        struct cloud_sim sim;

        if (sim_read(end, &sim))
                judge(a, end->error, &sim);
        else
                finish(a, end->error, false, NULL);
}

static int look(struct activation *a)
{
        const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_SIM,
                .subject = a->iccid,
                .read = read_look,
        };

        return sim_request_start(a->client, &request, NULL, a, &a->call, a->product_id, a->iccid);
}

static bool is_country(const char *country)
{
        return !country ||
               (isupper((unsigned char)country[0]) && isupper((unsigned char)country[1]) && !country[2]);
}

int cloud_sim_activate(struct cloud_client *c, const struct cloud_sim_wish *wish, cloud_sim_outcome_fn done,
                       void *userdata, struct op **ret)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct activation *a;
        int r;

        if (!sim_is_iccid(wish->iccid) || !is_country(wish->country))
                return -EINVAL;
        a = calloc(1, sizeof(*a));
        if (!a)
                return -ENOMEM;
        op = &a->op;
        a->op.free = activation_free;
        a->client = c;
        a->product_id = wish->product_id;
        (void)snprintf(a->iccid, sizeof(a->iccid), "%s", wish->iccid);
        (void)snprintf(a->country, sizeof(a->country), "%s", wish->country ? wish->country : "");
        a->deadline_ms = timer_now_ms() + wish->wait_ms;
        a->pause_ms = LOOK_MS;
        a->done = done;
        a->userdata = userdata;
        r = look(a);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
