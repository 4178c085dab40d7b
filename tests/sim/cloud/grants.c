/* SPDX-License-Identifier: Apache-2.0 */

/* POST /oauth/token (cloud.md 2.1): form only, one handler per grant type in one table. Ten failures in a
 * row block the address, so every wrong password, OTP and client counts. */

#include "tests/sim/cloud/grants.h"
#include "tests/sim/cloud/basic.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/limits.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>
#include <strings.h>

#define MFA_LIVES_MS     (5 * 60 * 1000)
#define REFRESH_LIVES_MS (INT64_C(14) * 86400 * 1000)

int grant_token(struct vcloud *c, const struct grant *g, json_t **ret)
{
        char text[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1];
        int64_t now_ms = cloud_now_ms(c);
        json_t *token;
        int r;

        make_hex(TOKEN_LEN, text);
        make_hex(TOKEN_LEN, refresh);
        r = state_add(c, TOKENS, text, &token);
        if (r == 0)
                r = rec_set_text(c, token, "kind", g->kind);
        if (r == 0)
                r = rec_set_text(c, token, "user", g->user);
        if (r == 0)
                r = rec_set_text(c, token, "client", g->client);
        if (r == 0 && g->product_id != 0)
                r = rec_set_int(c, token, "product_id", g->product_id);
        if (r == 0 && g->lives_s != 0)
                r = rec_set_time(c, token, "expires_at", now_ms + g->lives_s * 1000);
        if (r == 0)
                r = rec_set_text(c, token, "refresh_token", refresh);
        if (r == 0 && g->refreshable)
                r = rec_set_time(c, token, "refresh_expires_at", now_ms + REFRESH_LIVES_MS);
        if (r < 0)
                return r;
        effect_tell(c, "token-made", NULL, g->user ?: g->client, true);
        *ret = token;
        return 0;
}

int answer_token(struct call *c, unsigned status, const json_t *token, int64_t lives_s)
{
        int r;

        r = answer(c, status,
                   json_pack("{s:s,s:O,s:I,s:O}", "token_type", "bearer", "access_token",
                             json_object_get(token, "token"), "expires_in", (json_int_t)lives_s,
                             "refresh_token", json_object_get(token, "refresh_token")));
        return r < 0 ? r : answer_header(c, "Cache-Control", "no-store");
}

json_t *grant_client(struct call *c)
{
        const char *id = call_text(c, "client_id"), *secret = call_text(c, "client_secret");
        struct basic b = { 0 };
        json_t *client;

        if (basic_read(c, &b) == 0) {
                id = b.name;
                secret = b.password;
        }
        client = state_find(c->cloud, CLIENTS, id);
        if (client && !rec_is(client, "secret", secret))
                client = NULL;
        basic_done(&b);
        return client;
}

void token_end(struct vcloud *c, const char *token)
{
        _cleanup_(json_decrefp) json_t *record = json_incref(state_find(c, TOKENS, token));

        state_remove(c, TOKENS, token);
        effect_tell(c, "token-ended", NULL,
                    record ? rec_text(record, "user") ?: rec_text(record, "client") : NULL, record);
}

void revoke_tokens_of(struct vcloud *c, const char *user)
{
        json_t *token;
        const char *key;
        void *next;

        json_object_foreach_safe(state_all(c, TOKENS), next, key, token)
                if (rec_is(token, "user", user))
                        token_end(c, key);
}

static int fail(struct call *c, enum shape shape)
{
        int r = limits_sign_in(c->cloud, c->request->peer, false);

        return r < 0 ? r : refuse(c, shape);
}

/* expires_in in seconds (0 = never) or expires_at; the option's 90 days without either. */
static int64_t lifetime_s(const struct call *c)
{
        const char *at = call_text(c, "expires_at");
        int64_t n, at_ms;

        if (call_int(c, "expires_in", &n) == 0 && n >= 0 && n < INT64_C(100) * 366 * 86400)
                return n;
        if (at && instant_parse(at, &at_ms) == 0 && at_ms > cloud_now_ms(c->cloud))
                return (at_ms - cloud_now_ms(c->cloud)) / 1000;
        return json_integer_value(state_option(c->cloud, "token_lives_s"));
}

static int succeed(struct call *c, const struct grant *g)
{
        json_t *token;
        int r;

        r = limits_sign_in(c->cloud, c->request->peer, true);
        if (r < 0)
                return r;
        r = grant_token(c->cloud, g, &token);
        return r < 0 ? r : answer_token(c, 200, token, g->lives_s);
}

/* The password was right, the second factor is missing. */
static int ask_otp(struct call *c, const char *user, const char *client)
{
        json_t *pending;
        char token[65];
        int r;

        make_hex(64, token);
        r = state_add(c->cloud, PENDING, token, &pending);
        if (r == 0)
                r = rec_set_text(c->cloud, pending, "user", user);
        if (r == 0)
                r = rec_set_text(c->cloud, pending, "client", client);
        if (r == 0)
                r = rec_set_time(c->cloud, pending, "expires_at", cloud_now_ms(c->cloud) + MFA_LIVES_MS);
        if (r == 0)
                r = rec_set_int(c->cloud, pending, "token_lives_s", lifetime_s(c));
        if (r < 0)
                return r;
        effect_tell(c->cloud, "second-factor-asked", NULL, user, true);
        return answer(c, 403,
                      json_pack("{s:s,s:s,s:s}", "error", "mfa_required", "error_description",
                                "Multi-factor authentication required", "mfa_token", token));
}

static int grant_password(struct call *c, json_t *client)
{
        const char *name = call_text(c, "username"), *password = call_text(c, "password");
        int64_t product_id = rec_int(client, "product_id");
        json_t *user = state_find(c->cloud, product_id != 0 ? CUSTOMERS : USERS, name);
        struct grant g = {
                .kind = product_id != 0 ? "customer" : "user",
                .user = name,
                .client = rec_text(client, "id"),
                .product_id = product_id,
                .lives_s = lifetime_s(c),
        };

        if (!user || !rec_is(user, "password", password) || rec_true(user, "sso") ||
            rec_int(user, "product_id") != product_id)
                return fail(c, SHAPE_GRANT_CREDENTIALS);
        if (rec_text(user, "otp"))
                return ask_otp(c, name, g.client);
        return succeed(c, &g);
}

static int grant_otp(struct call *c, json_t *client)
{
        const char *mfa_token = call_text(c, "mfa_token");
        _cleanup_(json_decrefp) json_t *pending = json_incref(state_find(c->cloud, PENDING, mfa_token));
        struct grant g = { .kind = "user", .client = rec_text(client, "id") };
        const json_t *user;

        if (!pending || rec_time_ms(pending, "expires_at") <= cloud_now_ms(c->cloud))
                return fail(c, SHAPE_GRANT_OTP_EXPIRED);
        g.user = rec_text(pending, "user");
        g.lives_s = rec_int(pending, "token_lives_s");
        user = state_find(c->cloud, USERS, g.user);
        if (!user || !rec_is(user, "otp", call_text(c, "otp")))
                return fail(c, SHAPE_GRANT_OTP);
        state_remove(c->cloud, PENDING, mfa_token);
        return succeed(c, &g);
}

/* A product's own client; with scope=customer=WHO, one of its customers. */
static int grant_credentials(struct call *c, json_t *client)
{
        const char *scope = call_text(c, "scope");
        struct grant g = {
                .kind = "product",
                .client = rec_text(client, "id"),
                .product_id = rec_int(client, "product_id"),
                .lives_s = lifetime_s(c),
                .refreshable = true,
        };
        const json_t *customer;

        if (g.product_id == 0)
                return fail(c, SHAPE_CLIENT);
        if (!scope || strncmp(scope, "customer=", 9) != 0)
                return succeed(c, &g);
        customer = state_find(c->cloud, CUSTOMERS, scope + 9)
                           ?: state_find_by(c->cloud, CUSTOMERS, "id", scope + 9);
        if (!customer || rec_int(customer, "product_id") != g.product_id)
                return fail(c, SHAPE_GRANT_CREDENTIALS);
        g.kind = "customer";
        g.user = rec_text(customer, "email");
        return succeed(c, &g);
}

/* Only product tokens can be refreshed, for 14 days. */
static int grant_refresh(struct call *c, json_t *client)
{
        const char *text = call_text(c, "refresh_token");
        _cleanup_(json_decrefp) json_t *old =
                json_incref(state_find_by(c->cloud, TOKENS, "refresh_token", text));
        struct grant g = { .client = rec_text(client, "id"), .lives_s = lifetime_s(c), .refreshable = true };

        if (!old || rec_time_ms(old, "refresh_expires_at") <= cloud_now_ms(c->cloud))
                return fail(c, SHAPE_GRANT_REFRESH);
        g.kind = rec_text(old, "kind");
        g.user = rec_text(old, "user");
        g.product_id = rec_int(old, "product_id");
        token_end(c->cloud, rec_text(old, "token"));
        return succeed(c, &g);
}

static const struct {
        const char *type;
        int (*grant)(struct call *c, json_t *client);
} grants[] = {
        { "password", grant_password },
        { "urn:custom:mfa-otp", grant_otp },
        { "client_credentials", grant_credentials },
        { "refresh_token", grant_refresh },
};

int token_new(struct call *c)
{
        const char *type = call_text(c, "grant_type"), *content = call_header(c, "Content-Type");
        json_t *client;

        if (limits_blocked(c->cloud, c->request->peer))
                return refuse(c, SHAPE_ADDRESS_BLOCKED);
        if (!content || strncasecmp(content, "application/x-www-form-urlencoded", 33) != 0)
                return refuse(c, SHAPE_GRANT_FORM);
        client = grant_client(c);
        if (!client)
                return fail(c, SHAPE_CLIENT);
        for (size_t i = 0; type && i < ELEMENTSOF(grants); i++)
                if (strcmp(grants[i].type, type) == 0)
                        return grants[i].grant(c, client);
        return refuse(c, SHAPE_GRANT_TYPE);
}
