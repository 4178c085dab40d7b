/* SPDX-License-Identifier: Apache-2.0 */

/* Customers of a product (cloud.md 4.3): made with the product's OAuth client, signed in with a token of
 * their own that works on user endpoints only. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/devices.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/grants.h"
#include "tests/sim/cloud/page.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>

static json_t *product_of_client(struct call *c, const json_t *client)
{
        json_t *product = state_find(c->cloud, PRODUCTS, c->arg[0])
                                  ?: state_find_by(c->cloud, PRODUCTS, "slug", c->arg[0]);

        return product && rec_int(client, "product_id") == rec_int(product, "id") ? product : NULL;
}

int customer_new(struct call *c)
{
        const json_t *client = grant_client(c), *product;
        const char *email = call_text(c, "email"), *password = call_text(c, "password");
        struct grant g = { .kind = "customer", .user = email, .refreshable = true };
        json_t *customer, *token;
        char id[25];
        int r;

        if (!client)
                return refuse(c, SHAPE_CLIENT);
        product = product_of_client(c, client);
        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!email || !strchr(email, '@') || (!password && !call_bool(c, "no_password", false)))
                return refuse(c, SHAPE_CUSTOMER_FIELDS);
        if (state_find(c->cloud, CUSTOMERS, email)) {
                effect_tell(c->cloud, "customer-made", NULL, email, false);
                return refuse(c, SHAPE_CUSTOMER_EXISTS);
        }
        make_hex(24, id);
        r = state_add(c->cloud, CUSTOMERS, email, &customer);
        if (r == 0)
                r = rec_set_text(c->cloud, customer, "password", password);
        if (r == 0)
                r = rec_set_int(c->cloud, customer, "product_id", rec_int(product, "id"));
        if (r == 0)
                r = rec_set_text(c->cloud, customer, "id", id);
        if (r == 0)
                r = rec_set_now(c->cloud, customer, "created_at");
        if (r == 0)
                effect_tell(c->cloud, "customer-made", NULL, email, true);
        g.client = rec_text(client, "id");
        g.product_id = rec_int(product, "id");
        g.lives_s = json_integer_value(state_option(c->cloud, "token_lives_s"));
        if (r == 0)
                r = grant_token(c->cloud, &g, &token);
        return r < 0 ? r : answer_token(c, 201, token, g.lives_s);
}

/* The customer with the ids of its devices, which are told of in `devices`. */
static json_t *customer_json(struct vcloud *c, const json_t *customer, json_t *devices)
{
        json_t *ids = json_array(), *device;
        const char *key;

        json_object_foreach(state_all(c, DEVICES), key, device) {
                if (!rec_true(device, "customer") || !rec_is(device, "owner", rec_text(customer, "email")))
                        continue;
                (void)json_array_append(ids, json_object_get(device, "id"));
                (void)json_array_append_new(
                        devices, json_pack("{s:O,s:O,s:O,s:O,s:b}", "id", json_object_get(device, "id"),
                                           "product_id", json_object_get(device, "product_id"),
                                           "last_ip_address", json_object_get(device, "last_ip_address"),
                                           "firmware_version", json_object_get(device, "firmware_version"),
                                           "online", device_is_online(device)));
        }
        return json_pack("{s:O,s:O,s:O,s:O,s:o*}", "id", json_object_get(customer, "id"), "full_name",
                         json_object_get(customer, "full_name"), "username",
                         json_object_get(customer, "email"), "created_at",
                         json_object_get(customer, "created_at"), "devices", ids);
}

int customers_list(struct call *c)
{
        _cleanup_(json_decrefp) json_t *list = json_array(), *devices = json_array();
        json_t *product = access_product(c, c->arg[0]), *customer;
        struct page page;
        const char *key;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        page_read(c, &page);
        json_object_foreach(state_all(c->cloud, CUSTOMERS), key, customer)
                if (rec_int(customer, "product_id") == rec_int(product, "id") && page_takes(&page) &&
                    json_array_append_new(list, customer_json(c->cloud, customer, devices)) < 0)
                        return -ENOMEM;
        return answer(c, 200,
                      json_pack("{s:O,s:O,s:o*}", "customers", list, "devices", devices, "meta",
                                page_meta(&page)));
}

/* The product's customer that the path names; NULL: refused, with *ret_r to be returned. */
static json_t *customer_of(struct call *c, int *ret_r)
{
        json_t *product = access_product(c, c->arg[0]),
               *customer = state_find(c->cloud, CUSTOMERS, c->arg[1]);

        if (product && customer && rec_int(customer, "product_id") == rec_int(product, "id"))
                return customer;
        *ret_r = refuse(c, product ? SHAPE_CUSTOMER_UNKNOWN : SHAPE_NO_PRODUCT);
        return NULL;
}

/* A new password, for those who have one. */
int customer_put(struct call *c)
{
        const char *password = call_text(c, "password");
        json_t *customer;
        bool changed;
        int r;

        customer = customer_of(c, &r);
        if (!customer)
                return r;
        if (!password || !*password)
                return refuse(c, SHAPE_CUSTOMER_FIELDS);
        if (!rec_text(customer, "password"))
                return refuse(c, SHAPE_CUSTOMER_SHADOW);
        changed = !rec_is(customer, "password", password);
        r = rec_set_text(c->cloud, customer, "password", password);
        if (r == 0)
                effect_tell(c->cloud, "customer-password", NULL, c->arg[1], changed);
        return r < 0 ? r : answer_ok(c);
}

/* Takes the tokens and the claim codes not used yet along. */
int customer_delete(struct call *c)
{
        json_t *code;
        const char *key;
        void *next;
        int r;

        if (!customer_of(c, &r))
                return r;
        revoke_tokens_of(c->cloud, c->arg[1]);
        json_object_foreach_safe(state_all(c->cloud, CLAIM_CODES), next, key, code)
                if (rec_is(code, "owner", c->arg[1]) && !rec_text(code, "used_by"))
                        state_remove(c->cloud, CLAIM_CODES, key);
        state_remove(c->cloud, CUSTOMERS, c->arg[1]);
        effect_tell(c->cloud, "customer-removed", NULL, c->arg[1], true);
        return answer_ok(c);
}
