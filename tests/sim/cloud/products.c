/* SPDX-License-Identifier: Apache-2.0 */

/* Products: reading them, reading and changing their devices, taking devices out (cloud.md 3.5-3.7, 4). */

#include "tests/sim/cloud/products.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/devices.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/settings.h"
#include <errno.h>
#include <stdio.h>

static json_t *product_json(const json_t *product)
{
        return json_pack("{s:O,s:O,s:O,s:O,s:n,s:O,s:s,s:s,s:n,s:O,s:O,s:b,s:n,s:n,s:O,s:{s:b},s:s}", "id",
                         json_object_get(product, "id"), "platform_id",
                         json_object_get(product, "platform_id"), "name", json_object_get(product, "name"),
                         "slug", json_object_get(product, "slug"), "latest_firmware_version", "description",
                         json_object_get(product, "description"), "type", "Consumer", "hardware_version",
                         "v1.0.0", "config_id", "organization", json_object_get(product, "organization"),
                         "user", json_object_get(product, "owner"), "requires_activation_codes", 0,
                         "subscription_id", "mb_limit", "groups", json_object_get(product, "groups"),
                         "settings", "quarantine", rec_true(product, "quarantine"), "device_protection",
                         protection_text(product));
}

int products_list(struct call *c)
{
        json_t *list = json_array(), *product;
        const char *key;

        json_object_foreach(state_all(c->cloud, PRODUCTS), key, product)
                if (access_in_team(c, rec_int(product, "id")) &&
                    json_array_append_new(list, product_json(product)) < 0) {
                        json_decref(list);
                        return -ENOMEM;
                }
        return answer(c, 200, json_pack("{s:o*}", "products", list));
}

int product_get(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]);
        bool old = strcmp(json_string_value(state_option(c->cloud, "product_shape")), "array") == 0;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        return answer(c, 200,
                      old ? json_pack("{s:[o*]}", "product", product_json(product))
                          : json_pack("{s:o*}", "product", product_json(product)));
}

/* The product's member that the path names; refuses by itself when there is none. */
json_t *product_member(struct call *c, int *ret_r)
{
        json_t *product = access_product(c, c->arg[0]), *device;

        if (!product) {
                *ret_r = refuse(c, SHAPE_NO_PRODUCT);
                return NULL;
        }
        device = state_find(c->cloud, DEVICES, c->arg[1]);
        if (!device || rec_int(device, "product_id") != rec_int(product, "id")) {
                *ret_r = refuse(c, SHAPE_DEVICE_NOT_MEMBER);
                return NULL;
        }
        return device;
}

int member_get(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        return device ? answer(c, 200, device_json(c->cloud, device, true)) : r;
}

int member_put(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        return device ? settings_put(c, device, true) : r;
}

int member_ping(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        return device ? device_answer_ping(c, device) : r;
}

int member_unclaim(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        if (!device)
                return r;
        r = device_unclaim(c->cloud, device);
        return r < 0 ? r : answer_ok(c);
}

int product_take(struct vcloud *c, json_t *device, int64_t product_id, const char *effect)
{
        bool changed = rec_int(device, "product_id") != product_id;
        char key[24];
        int r;

        r = rec_set_int(c, device, "product_id", product_id);
        if (r < 0)
                return r;
        (void)snprintf(key, sizeof(key), "%lld", (long long)product_id);
        effect_tell(c, effect, device, key, changed);
        return 0;
}

int member_provision(struct call *c)
{
        char key[24], id[25] = "e00fce68";
        int64_t product_id = 0;
        json_t *product, *device;
        int r;

        (void)call_int(c, "product_id", &product_id);
        (void)snprintf(key, sizeof(key), "%lld", (long long)product_id);
        product = access_product(c, key);
        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!rec_true(product, "provisions"))
                return refuse(c, SHAPE_FORBIDDEN);
        make_hex(16, id + 8);
        r = state_add(c->cloud, DEVICES, id, &device);
        if (r == 0)
                effect_tell(c->cloud, "registered", device, NULL, true);
        if (r == 0)
                r = product_take(c->cloud, device, product_id, "product-joined");
        if (r == 0)
                r = rec_set_int(c->cloud, device, "platform_id", rec_int(product, "platform_id"));
        if (r == 0)
                r = rec_set_now(c->cloud, device, "updated_at");
        return r < 0 ? r : answer(c, 200, device_json(c->cloud, device, true));
}

static int set_denied(struct call *c, json_t *device)
{
        bool changed = !rec_true(device, "denied");
        int r;

        r = rec_set_bool(c->cloud, device, "denied", true);
        if (r == 0)
                r = rec_set_bool(c->cloud, device, "quarantined", false);
        if (r == 0)
                effect_tell(c->cloud, "denied", device, c->arg[0], changed);
        return r;
}

/* A customer's device is nobody's then; a user keeps it. */
static int leave(struct call *c, json_t *device)
{
        int r = 0;

        if (rec_true(device, "customer"))
                r = device_unclaim(c->cloud, device);
        if (r == 0)
                r = rec_set(c->cloud, device, "product_id", json_null());
        if (r == 0)
                r = rec_set_bool(c->cloud, device, "quarantined", false);
        if (r == 0)
                effect_tell(c->cloud, "product-left", device, c->arg[0], true);
        return r;
}

/* Removes the member, or denies a quarantined one. */
int member_delete(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        if (!device)
                return r;
        r = call_bool(c, "deny", false) ? set_denied(c, device) : leave(c, device);
        return r < 0 ? r : answer_empty(c, 204);
}
