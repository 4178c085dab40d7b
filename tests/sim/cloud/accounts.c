/* SPDX-License-Identifier: Apache-2.0 */

/* What a token says about itself and its user, and taking tokens away (cloud.md 2.3). */

#include "tests/sim/cloud/basic.h"
#include "tests/sim/cloud/claims.h"
#include "tests/sim/cloud/grants.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>

int token_current(struct call *c)
{
        return answer(c, 200,
                      json_pack("{s:O,s:O,s:O,s:O,s:[]}", "expires_at",
                                json_object_get(c->token, "expires_at"), "client",
                                json_object_get(c->token, "client"), "client_id",
                                json_object_get(c->token, "client"), "scopes",
                                json_object_get(c->token, "scopes"), "orgs"));
}

int token_current_delete(struct call *c)
{
        token_end(c->cloud, rec_text(c->token, "token"));
        c->token = NULL;
        return answer_ok(c);
}

int tokens_delete(struct call *c)
{
        _cleanup_(freep) char *user = strdup(c->who);

        if (!user)
                return -ENOMEM;
        c->token = NULL;
        c->who = NULL;
        revoke_tokens_of(c->cloud, user);
        return answer_ok(c);
}

/* The old way needs no bearer token and never fails: [R] it says ok for tokens that do not exist. */
int token_delete(struct call *c)
{
        token_end(c->cloud, c->arg[0]);
        return answer_ok(c);
}

static json_t *tokens_of(struct vcloud *c, const char *user)
{
        json_t *list = json_array(), *token;
        const char *key;

        json_object_foreach(state_all(c, TOKENS), key, token)
                if (rec_is(token, "user", user) &&
                    json_array_append_new(list, json_pack("{s:O,s:O,s:O}", "token",
                                                          json_object_get(token, "token"), "expires_at",
                                                          json_object_get(token, "expires_at"), "client",
                                                          json_object_get(token, "client"))) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

/* Takes Basic credentials instead of a token, and the second factor as a parameter. */
int tokens_list(struct call *c)
{
        struct basic b = { 0 };
        const json_t *user;
        int r;

        r = basic_read(c, &b);
        if (r == -ENOENT)
                return refuse(c, SHAPE_TOKEN_MISSING);
        if (r < 0)
                return r;
        user = state_find(c->cloud, USERS, b.name);
        if (!user)
                r = refuse(c, SHAPE_UNKNOWN_USER);
        else if (!rec_is(user, "password", b.password) ||
                 (rec_text(user, "otp") && !rec_is(user, "otp", call_text(c, "otp"))))
                r = refuse(c, SHAPE_BAD_PASSWORD);
        else
                r = answer(c, 200, tokens_of(c->cloud, b.name));
        basic_done(&b);
        return r;
}

/* platforms with a cellular modem: Electron, Boron, B SoM, B5 SoM, Tracker */
static bool is_cellular(int64_t platform_id)
{
        return platform_id == 10 || platform_id == 13 || platform_id == 23 || platform_id == 25 ||
               platform_id == 26;
}

int user_get(struct call *c)
{
        json_t *user = state_find(c->cloud, USERS, c->who), *device;
        int wifi = 0, cellular = 0;
        const char *key;

        json_object_foreach(state_all(c->cloud, DEVICES), key, device)
                if (rec_is(device, "owner", c->who))
                        *(is_cellular(rec_int(device, "platform_id")) ? &cellular : &wifi) += 1;
        return answer(
                c, 200,
                json_pack("{s:s,s:o,s:o,s:{s:b},s:b,s:b,s:i,s:i}", "username", c->who, "subscription_ids",
                          user ? json_incref(json_object_get(user, "subscription_ids")) : json_array(),
                          "account_info",
                          user ? json_incref(json_object_get(user, "account_info")) : json_object(), "mfa",
                          "enabled", user && rec_text(user, "otp"), "scim_provisioned",
                          user && rec_true(user, "sso"), "no_password", user && !rec_text(user, "password"),
                          "wifi_device_count", wifi, "cellular_device_count", cellular));
}

/* How full the sandbox is (cloud.md 3.3). */
int service_agreements(struct call *c)
{
        const json_t *user = state_find(c->cloud, USERS, c->who);
        int64_t max = user ? rec_int(user, "max_devices") : 0;
        int64_t used = sandbox_count(c->cloud, c->who);
        json_t *usage, *attributes;

        usage = json_pack("{s:b,s:b,s:b,s:{s:I}}", "device_limit_reached", used >= max,
                          "usage_threshold_exceeded", 0, "service_paused", 0, "devices", "total",
                          (json_int_t)used);
        attributes = json_pack("{s:s,s:s,s:s,s:o*,s:{s:{s:I}}}", "agreement_type", "developer", "name",
                               "Free", "state", "active", "current_usage_summary", usage, "pricing_terms",
                               "device", "max_devices", (json_int_t)max);
        return answer(c, 200,
                      json_pack("{s:[{s:i,s:s,s:o*}]}", "data", "id", 1, "type", "service_agreement",
                                "attributes", attributes));
}
