/* SPDX-License-Identifier: Apache-2.0 */

/* One request through the machine: route, limits, faults, parameters, token, handler, and then the same way
 * back. The order is the real one's: a proxy's error comes before the token is read, and a token's error
 * before the body matters. */

#include "tests/sim/cloud/cloud.h"
#include "proto/base/timer.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/events.h"
#include "tests/sim/cloud/faults.h"
#include "tests/sim/cloud/limits.h"
#include "tests/sim/cloud/params.h"
#include "tests/sim/cloud/presence.h"
#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/state.h"
#include <errno.h>
#include <stdio.h>

static int add_seed_faults(struct vcloud *c, char **ret_why)
{
        json_t *rule, *rules = json_object_get(c->state, "faults");
        size_t i;
        int r;

        json_array_foreach(rules, i, rule) {
                /* a dump has {"rule":...,"used":...}, a seed may have just the text */
                const char *text =
                        json_string_value(json_is_object(rule) ? json_object_get(rule, "rule") : rule);

                r = faults_add(c->faults, text ?: "(no text)", ret_why);
                if (r < 0)
                        return r;
        }
        json_object_del(c->state, "faults");
        return 0;
}

int vcloud_new(struct sd_event *loop, const char *seed, char **ret_why, struct vcloud **ret)
{
        _cleanup_(vcloud_freep) struct vcloud *c = calloc(1, sizeof(*c));
        int r;

        *ret_why = NULL;
        if (!c)
                return -ENOMEM;
        c->loop = loop;
        r = limits_new(&c->limits);
        if (r < 0)
                return r;
        r = faults_new(&c->faults);
        if (r < 0)
                return r;
        r = hub_new(loop, &c->hub);
        if (r < 0)
                return r;
        r = state_new(seed, ret_why, &c->state);
        if (r < 0)
                return r;
        r = add_seed_faults(c, ret_why);
        if (r < 0)
                return r;
        r = vcloud_set_base_url(c, "https://api.particle.io");
        if (r < 0)
                return r;
        r = presence_arm(c);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(c);
        return 0;
}

struct vcloud *vcloud_free(struct vcloud *c)
{
        if (!c)
                return NULL;
        timer_free(c->due);
        hub_free(c->hub);
        faults_free(c->faults);
        limits_free(c->limits);
        json_decref(c->state);
        free(c->base_url);
        free(c);
        return NULL;
}

int vcloud_set_base_url(struct vcloud *c, const char *url)
{
        char *copy = strdup(url);

        if (!copy)
                return -ENOMEM;
        free(c->base_url);
        c->base_url = copy;
        return 0;
}

void vcloud_advance(struct vcloud *c, uint64_t ms)
{
        c->time.offset_ms += ms;
        if (presence_tick(c) == 0)
                (void)presence_arm(c);
}

int vcloud_add_fault(struct vcloud *c, const char *rule, char **ret_why)
{
        *ret_why = NULL;
        return faults_add(c->faults, rule, ret_why);
}

int vcloud_dump(struct vcloud *c, char **ret)
{
        _cleanup_(json_decrefp) json_t *dump = NULL;
        int r;

        r = state_dump(c->state, true, &dump);
        if (r < 0)
                return r;
        if (json_object_set_new(dump, "faults", faults_report(c->faults)) < 0)
                return -ENOMEM;
        *ret = json_dumps(dump, JSON_INDENT(1));
        return *ret ? 0 : -ENOMEM;
}

bool vcloud_take_changed(struct vcloud *c)
{
        bool changed = c->changed;

        c->changed = false;
        return changed;
}

void vcloud_on_effect(struct vcloud *c, void (*told)(void *userdata, const struct vcloud_effect *effect),
                      void *userdata)
{
        c->effect.told = told;
        c->effect.userdata = userdata;
}

/* "98130561-0a7f-47d5-9da5-a598721b8465" */
static int request_id(struct call *c)
{
        char hex[33], id[40];

        if (vcloud_reply_header(c->reply, "X-Request-Id"))
                return 0;
        make_hex(32, hex);
        (void)snprintf(id, sizeof(id), "%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
                       hex + 18);
        return answer_header(c, "X-Request-Id", id);
}

static int too_many(struct call *c, enum rate rate, const char *key, bool *ret_refused)
{
        uint64_t wait_s;
        int r;

        *ret_refused = false;
        r = limits_take(c->cloud, rate, key, &wait_s);
        if (r != -EBUSY)
                return r;
        *ret_refused = true;
        return refuse(c, rate == RATE_STREAM ? SHAPE_TOO_MANY_STREAMS : SHAPE_TOO_MANY);
}

/* Serial numbers count by user, the rest by address. */
static int check_class(struct call *c, bool *ret_refused)
{
        enum rate rate = c->route->rate;

        *ret_refused = false;
        if (rate == RATE_NONE || rate == RATE_ANY)
                return 0;
        return too_many(c, rate, rate == RATE_SERIAL && c->who ? c->who : c->request->peer, ret_refused);
}

static int handle_routed(struct call *c)
{
        bool done;
        int r;

        if (c->route->rate != RATE_NONE) {
                r = too_many(c, RATE_ANY, c->request->peer, &done);
                if (r < 0 || done)
                        return r;
        }
        r = faults_before(c, &done);
        if (r < 0 || done)
                return r;
        r = call_parse(c);
        if (r == -EINVAL)
                return refuse(c, SHAPE_BAD_JSON);
        if (r < 0)
                return r;
        r = access_check(c, &done);
        if (r < 0 || done)
                return r;
        r = check_class(c, &done);
        if (r < 0 || done)
                return r;
        r = c->route->answer(c);
        if (r < 0)
                return r;
        c->reply->delay_ms += (uint32_t)json_integer_value(state_option(c->cloud, "latency_ms"));
        return faults_after(c);
}

static int handle_unrouted(struct call *c)
{
        bool done;
        int r;

        r = faults_before(c, &done);
        if (r < 0 || done)
                return r;
        return refuse(c, SHAPE_NO_ROUTE);
}

/* The device that a request is about, for the counters. */
static const char *device_of(const struct call *c)
{
        const char *id = json_string_value(json_object_get(c->body, "id"));

        for (size_t i = 0; i < MAX_ARGS; i++)
                if (c->arg[i] && strlen(c->arg[i]) == 24)
                        return c->arg[i];
        return id && strlen(id) == 24 ? id : NULL;
}

static int handle(struct call *c)
{
        int r;

        if (c->request->len > VCLOUD_MAX_BODY)
                return refuse(c, SHAPE_TOO_LARGE);
        r = presence_tick(c->cloud);
        if (r < 0)
                return r;
        r = route_find(c);
        if (r == 0)
                r = handle_routed(c);
        else if (r == -ENOENT)
                r = handle_unrouted(c);
        if (r < 0)
                return r;
        if (!c->route)
                return limits_note(c->cloud, "*", "(no route)", NULL, c->reply->status);
        if (c->route->rate == RATE_NONE)
                return 0;
        return limits_note(c->cloud, c->route->method, c->route->pattern, device_of(c), c->reply->status);
}

int vcloud_handle(struct vcloud *cloud, const struct vcloud_request *q, struct vcloud_reply *ret)
{
        struct vcloud_request request = *q;
        struct vcloud_reply reply = { 0 };
        struct call c = { .cloud = cloud, .request = &request, .reply = &reply };
        int r;

        if (!q->method || !q->path)
                return -EINVAL;
        request.peer = q->peer ?: "127.0.0.1";
        r = handle(&c);
        if (r == 0)
                r = request_id(&c);
        if (r == 0)
                r = answer_header(&c, "Access-Control-Allow-Origin", "*");
        json_decref(c.query);
        json_decref(c.body);
        for (size_t i = 0; i < MAX_ARGS; i++)
                free(c.arg[i]);
        if (r < 0) {
                vcloud_reply_done(&reply);
                return r;
        }
        *ret = reply;
        return 0;
}
