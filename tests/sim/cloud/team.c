/* SPDX-License-Identifier: Apache-2.0 */

/* The team of a product: people, and API users (cloud.md 2.5) with one token each, which never expires and
 * changes with the scopes. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/grants.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>
#include <stdio.h>

static json_t *member_json(const json_t *token)
{
        return json_pack("{s:O,s:b,s:O,s:[{s:O}],s:O}", "username", json_object_get(token, "user"),
                         "is_programmatic", 1, "friendly_name", json_object_get(token, "friendly_name"),
                         "tokens", "token", json_object_get(token, "token"), "scopes",
                         json_object_get(token, "scopes"));
}

static json_t *member(struct call *c, const json_t *product, const char *user)
{
        json_t *token;
        const char *key;

        json_object_foreach(state_all(c->cloud, TOKENS), key, token)
                if (rec_is(token, "kind", "api") && rec_is(token, "user", user) &&
                    rec_int(token, "product_id") == rec_int(product, "id"))
                        return token;
        return NULL;
}

static int new_member(struct call *c, const json_t *product, const char *user, json_t *scopes,
                      const char *friendly_name, json_t **ret)
{
        const struct grant g = {
                .kind = "api", .user = user, .client = "particle", .product_id = rec_int(product, "id")
        };
        json_t *token;
        int r;

        r = grant_token(c->cloud, &g, &token);
        if (r == 0)
                r = rec_set(c->cloud, token, "scopes", json_incref(scopes));
        if (r == 0)
                r = rec_set_text(c->cloud, token, "friendly_name", friendly_name);
        if (r < 0)
                return r;
        *ret = token;
        return 0;
}

int team_add(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *scopes = json_object_get(c->body, "scopes"), *token;
        const char *name = call_text(c, "friendly_name");
        char hex[11], user[64];
        size_t i;
        json_t *scope;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!name || json_array_size(scopes) == 0)
                return refuse(c, SHAPE_TEAM_FIELDS);
        json_array_foreach(scopes, i, scope)
                if (!json_is_string(scope))
                        return refuse(c, SHAPE_TEAM_FIELDS);
        make_hex(10, hex);
        (void)snprintf(user, sizeof(user), "api-user-%s@api.particle.io", hex);
        r = new_member(c, product, user, scopes, name, &token);
        if (r < 0)
                return r;
        effect_tell(c->cloud, "member-added", NULL, user, true);
        return answer(c, 200, json_pack("{s:b,s:o*}", "ok", 1, "created", member_json(token)));
}

int team_renew(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *old, *token;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        old = member(c, product, c->arg[1]);
        if (!old)
                return refuse(c, SHAPE_TEAM_UNKNOWN);
        r = new_member(c, product, c->arg[1], json_object_get(old, "scopes"), rec_text(old, "friendly_name"),
                       &token);
        if (r < 0)
                return r;
        token_end(c->cloud, rec_text(old, "token"));
        return answer(c, 200, json_pack("{s:b,s:o*}", "ok", 1, "updated", member_json(token)));
}

/* People: the owner, and the product's team. */
static json_t *person_json(struct vcloud *c, const char *name)
{
        const json_t *user = state_find(c, USERS, name);

        return json_pack("{s:O?,s:s,s:b,s:b,s:b}", "_id", user ? json_object_get(user, "user_id") : NULL,
                         "username", name, "no_mfa", !user || !rec_text(user, "otp"), "scim_provisioned",
                         user && rec_true(user, "sso"), "no_password", user && !rec_text(user, "password"));
}

/* As they are shown to others: without their tokens. */
static json_t *robot_json(const json_t *token)
{
        return json_pack("{s:O,s:O,s:O,s:b,s:O}", "username", json_object_get(token, "user"),
                         "friendly_name", json_object_get(token, "friendly_name"), "scopes",
                         json_object_get(token, "scopes"), "is_programmatic", 1, "product_id",
                         json_object_get(token, "product_id"));
}

static int add_people(struct call *c, const json_t *product, json_t *into)
{
        const char *owner = rec_text(product, "owner");
        json_t *name;
        size_t i;

        if (owner && json_array_append_new(into, person_json(c->cloud, owner)) < 0)
                return -ENOMEM;
        json_array_foreach(json_object_get(product, "team"), i, name)
                if (json_array_append_new(into, person_json(c->cloud, json_string_value(name))) < 0)
                        return -ENOMEM;
        return 0;
}

int team_list(struct call *c)
{
        _cleanup_(json_decrefp) json_t *list = json_array();
        json_t *product = access_product(c, c->arg[0]), *token;
        const char *key;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        r = add_people(c, product, list);
        if (r < 0)
                return r;
        json_object_foreach(state_all(c->cloud, TOKENS), key, token)
                if (rec_is(token, "kind", "api") && rec_int(token, "product_id") == rec_int(product, "id") &&
                    json_array_append_new(list, robot_json(token)) < 0)
                        return -ENOMEM;
        return answer(c, 200, json_pack("{s:b,s:O}", "ok", 1, "team", list));
}

/* An API user goes with its token; of the people all but the owner may be taken out. */
int team_remove(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *name;
        size_t i;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (rec_is(product, "owner", c->arg[1]))
                return refuse(c, SHAPE_FORBIDDEN);
        if (member(c, product, c->arg[1])) {
                revoke_tokens_of(c->cloud, c->arg[1]);
                effect_tell(c->cloud, "member-removed", NULL, c->arg[1], true);
                return answer_ok(c);
        }
        json_array_foreach(json_object_get(product, "team"), i, name)
                if (strcmp(json_string_value(name), c->arg[1]) == 0) {
                        (void)json_array_remove(json_object_get(product, "team"), i);
                        c->cloud->changed = true;
                        effect_tell(c->cloud, "member-removed", NULL, c->arg[1], true);
                        return answer_ok(c);
                }
        return refuse(c, SHAPE_TEAM_UNKNOWN);
}
