/* SPDX-License-Identifier: Apache-2.0 */

/* What a token says about itself and its user (section 2.3). */

#include "tests/cloud/routes.h"
#include "tests/cloud/state.h"

/* platforms with a cellular modem and without Wi-Fi: Electron, Boron, B SoM, B5 SoM, Tracker */
static bool is_cellular(int64_t platform_id)
{
        return platform_id == 10 || platform_id == 13 || platform_id == 23 || platform_id == 25 ||
               platform_id == 26;
}

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
        state_remove(c->cloud, TOKENS, rec_text(c->token, "token"));
        c->token = NULL;
        return answer_ok(c);
}

int user_get(struct call *c)
{
        json_t *user = state_find(c->cloud, USERS, c->who), *device;
        int wifi = 0, cellular = 0;
        const char *key;

        json_object_foreach(state_all(c->cloud, DEVICES), key, device) if (rec_is(device, "owner", c->who)) *
                (is_cellular(rec_int(device, "platform_id")) ? &cellular : &wifi) += 1;
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
