/* SPDX-License-Identifier: Apache-2.0 */

/* cloud.md 2.2: no token, an unknown one and an expired one are three different answers. The header alone
 * counts: query and form tokens are not available to new accounts. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>
#include <stdio.h>
#include <strings.h>

static const char *bearer(const struct call *c)
{
        const char *value = call_header(c, "Authorization");

        if (!value || strncasecmp(value, "Bearer ", 7) != 0)
                return NULL;
        value += 7 + strspn(value + 7, " ");
        return *value ? value : NULL;
}

static unsigned kind_of(const json_t *token)
{
        if (rec_is(token, "kind", "api"))
                return WHO_API;
        if (rec_is(token, "kind", "customer"))
                return WHO_CUSTOMER;
        return rec_is(token, "kind", "product") ? WHO_PRODUCT : WHO_USER;
}

/* "devices:get" is in "devices:get", "devices:*" and "*:*"; "*" is in any. */
static bool has_scope(const json_t *token, const char *scope)
{
        char family[64];

        if (!scope)
                return false;
        (void)snprintf(family, sizeof(family), "%.*s:*", (int)strcspn(scope, ":"), scope);
        return strcmp(scope, "*") == 0 || rec_lists(token, "scopes", scope) ||
               rec_lists(token, "scopes", family) || rec_lists(token, "scopes", "*:*");
}

static int refuse_as(struct call *c, enum shape shape, bool *ret_refused)
{
        *ret_refused = true;
        return refuse(c, shape);
}

int access_check(struct call *c, bool *ret_refused)
{
        const char *text = bearer(c);
        json_t *token;
        int64_t expires_ms;
        unsigned kind;

        *ret_refused = false;
        if (c->route->who == 0)
                return 0;
        if (!text)
                return refuse_as(c, SHAPE_TOKEN_MISSING, ret_refused);
        token = state_find(c->cloud, TOKENS, text);
        if (!token)
                return refuse_as(c, SHAPE_TOKEN_INVALID, ret_refused);
        expires_ms = rec_time_ms(token, "expires_at");
        if (expires_ms != 0 && expires_ms <= cloud_now_ms(c->cloud))
                return refuse_as(c, SHAPE_TOKEN_EXPIRED, ret_refused);
        kind = kind_of(token);
        if (kind == WHO_API && (!(c->route->who & WHO_API) || !has_scope(token, c->route->scope)))
                return refuse_as(c, SHAPE_API_USER, ret_refused);
        if (!(c->route->who & kind))
                return refuse_as(c, SHAPE_FORBIDDEN, ret_refused);
        c->token = token;
        c->who = rec_text(token, "user") ?: rec_text(token, "client");
        return 0;
}

bool access_owns(const struct call *c, const json_t *device)
{
        return rec_is(device, "owner", c->who);
}

bool access_in_team(struct call *c, int64_t product_id)
{
        unsigned kind = kind_of(c->token);
        const json_t *product;
        char key[24];

        if (product_id == 0)
                return false;
        if (kind == WHO_API || kind == WHO_PRODUCT)
                return rec_int(c->token, "product_id") == product_id;
        (void)snprintf(key, sizeof(key), "%lld", (long long)product_id);
        product = state_find(c->cloud, PRODUCTS, key);
        return kind == WHO_USER && product &&
               (rec_is(product, "owner", c->who) || rec_lists(product, "team", c->who));
}

json_t *access_product(struct call *c, const char *id_or_slug)
{
        json_t *product = state_find(c->cloud, PRODUCTS, id_or_slug)
                                  ?: state_find_by(c->cloud, PRODUCTS, "slug", id_or_slug);

        return product && access_in_team(c, rec_int(product, "id")) ? product : NULL;
}

json_t *access_device(struct call *c, const char *id_or_name)
{
        json_t *device = state_find(c->cloud, DEVICES, id_or_name);
        const char *key;

        if (device)
                return access_owns(c, device) || access_in_team(c, rec_int(device, "product_id")) ? device
                                                                                                  : NULL;
        json_object_foreach(state_all(c->cloud, DEVICES), key, device)
                if (access_owns(c, device) && rec_is(device, "name", id_or_name))
                        return device;
        return NULL;
}
