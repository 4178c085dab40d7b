/* SPDX-License-Identifier: Apache-2.0 */

/* The routes under /sim/: how the virtual device reports itself, and how a test looks in and interferes.
 * They take no token, because the server listens on loopback only. */

#include "tests/sim/cloud/claims.h"
#include "tests/sim/cloud/cloud.h"
#include "tests/sim/cloud/events.h"
#include "tests/sim/cloud/faults.h"
#include "tests/sim/cloud/presence.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>

static int complain(struct call *c, unsigned status, const char *what)
{
        return answer(c, status, json_pack("{s:b,s:s}", "ok", 0, "error", what));
}

static bool is_device_id(const char *id)
{
        return strlen(id) == 24 && strspn(id, "0123456789abcdef") == 24;
}

/* What a device says of itself; refuses by itself and is then false. */
static bool read_arrival(struct call *c, struct arrival *ret, int *ret_r)
{
        *ret = (struct arrival){
                .claim_code = call_text(c, "claim_code"),
                .full_handshake = call_bool(c, "full_handshake", true),
                .serial = call_text(c, "serial"),
                .mobile_secret = call_text(c, "mobile_secret"),
                .iccid = call_text(c, "iccid"),
                .os = call_text(c, "os"),
                .imei = call_text(c, "imei"),
                .late_ms = faults_inside(c, "late") ? faults_ms(c) : 0,
        };
        if (!is_device_id(c->arg[0]))
                *ret_r = complain(c, 400, "a device id is 24 lower-case hexadecimal digits");
        else if (call_int(c, "platform_id", &ret->platform_id) == -EINVAL)
                *ret_r = complain(c, 400, "platform_id must be a whole number");
        else if (call_int(c, "product_id", &ret->product_id) == -EINVAL)
                *ret_r = complain(c, 400, "product_id must be a whole number");
        else
                return true;
        return false;
}

static int refuse_unknown(struct call *c)
{
        return complain(c, 404, "unknown device: add it to the seed, or set options.auto_register");
}

int lab_made(struct call *c)
{
        struct arrival a;
        int r;

        if (!read_arrival(c, &a, &r))
                return r;
        r = presence_made(c->cloud, c->arg[0], &a);
        if (r == -ENOENT)
                return refuse_unknown(c);
        return r < 0 ? r : answer_ok(c);
}

int lab_online(struct call *c)
{
        struct arrival a;
        bool claimed;
        int r;

        if (!read_arrival(c, &a, &r))
                return r;
        r = presence_online(c->cloud, c->arg[0], &a, &claimed);
        if (r == -ENOENT)
                return refuse_unknown(c);
        if (r < 0)
                return r;
        return answer(c, 200, json_pack("{s:b,s:b}", "ok", 1, "claimed", claimed));
}

/* {"name":"spark/status/safe-mode","data":"..."}: the device publishes an event. */
int lab_event(struct call *c)
{
        const json_t *device = state_find(c->cloud, DEVICES, c->arg[0]);
        const char *name = call_text(c, "name");
        int r;

        if (!device)
                return refuse_unknown(c);
        if (!name || strpbrk(name, "\r\n"))
                return complain(c, 400, "the event needs a name");
        r = hub_publish_device(c->cloud, device, name, call_text(c, "data"));
        return r < 0 ? r : answer_ok(c);
}

int lab_offline(struct call *c)
{
        int r;

        r = presence_offline(c->cloud, c->arg[0], call_bool(c, "silently", false));
        if (r == -ENOENT)
                return complain(c, 404, "unknown device");
        return r < 0 ? r : answer_ok(c);
}

/* What the owner answers to the e-mail: {"accept":true|false}. */
int lab_transfer(struct call *c)
{
        int r;

        r = transfer_decide(c->cloud, c->arg[0], call_bool(c, "accept", true));
        if (r == -ENOENT)
                return complain(c, 404, "unknown transfer");
        return r < 0 ? r : answer_ok(c);
}

int lab_streams(struct call *c)
{
        return answer(c, 200, json_pack("{s:o*}", "streams", hub_report(c->cloud->hub)));
}

int lab_streams_end(struct call *c)
{
        hub_end_all(c->cloud->hub);
        return answer_ok(c);
}

int lab_state(struct call *c)
{
        json_t *dump;
        int r;

        r = state_dump(c->cloud->state, false, &dump);
        return r < 0 ? r : answer(c, 200, dump);
}

int lab_requests(struct call *c)
{
        return answer(c, 200, limits_report(c->cloud, call_bool(c, "reset", false)));
}

int lab_faults(struct call *c)
{
        const json_t *rules = json_object_get(c->body, "faults");
        _cleanup_(freep) char *why = NULL;
        json_t *rule;
        size_t i;
        int r;

        if (call_bool(c, "clear", false))
                faults_clear(c->cloud->faults);
        if (rules && !json_is_array(rules))
                return complain(c, 400, "faults must be an array of rules");
        json_array_foreach((json_t *)rules, i, rule) {
                r = faults_add(c->cloud->faults, json_string_value(rule) ?: "(no text)", &why);
                if (r == -EINVAL)
                        return complain(c, 400, why);
                if (r < 0)
                        return r;
        }
        return answer(c, 200, json_pack("{s:b,s:o*}", "ok", 1, "faults", faults_report(c->cloud->faults)));
}

int lab_clock(struct call *c)
{
        char text[INSTANT_SIZE];
        int64_t ms = 0;
        int r;

        r = call_int(c, "advance_ms", &ms);
        if (r < 0 || ms < 0 || ms > INT64_C(100) * 366 * 86400 * 1000)
                return complain(c, 400, "advance_ms must be a whole number from 0 to a hundred years");
        vcloud_advance(c->cloud, (uint64_t)ms);
        return answer(c, 200,
                      json_pack("{s:b,s:s}", "ok", 1, "now", instant_text(cloud_now_ms(c->cloud), text)));
}
