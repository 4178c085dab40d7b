/* SPDX-License-Identifier: Apache-2.0 */

/* Products: reading them, listing and changing their devices, taking devices out (cloud.md 3.5-3.7, 4). */

#include "tests/sim/cloud/products.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/devices.h"
#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/settings.h"
#include <errno.h>
#include <strings.h>

static json_t *product_json(const json_t *product)
{
        return json_pack("{s:O,s:O,s:O,s:O,s:n,s:O,s:s,s:s,s:n,s:O,s:b,s:n,s:n,s:O}", "id",
                         json_object_get(product, "id"), "platform_id",
                         json_object_get(product, "platform_id"), "name", json_object_get(product, "name"),
                         "slug", json_object_get(product, "slug"), "latest_firmware_version", "description",
                         json_object_get(product, "description"), "type", "Consumer", "hardware_version",
                         "v1.0.0", "config_id", "organization", json_object_get(product, "organization"),
                         "requires_activation_codes", 0, "subscription_id", "mb_limit", "groups",
                         json_object_get(product, "groups"));
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

static bool lists_any(const json_t *device, const char *names)
{
        _cleanup_(freep) char *copy = strdup(names);
        char *rest = copy, *name;

        while (rest && (name = strsep(&rest, ",")))
                if (rec_lists(device, "groups", name))
                        return true;
        return false;
}

static bool has_part(const char *text, const char *part)
{
        return text && strcasestr(text, part);
}

static bool passes(const struct call *c, const json_t *device)
{
        const char *id = call_text(c, "deviceId"), *name = call_text(c, "deviceName"),
                   *serial = call_text(c, "serialNumber"), *groups = call_text(c, "groups");

        if (id && !has_part(rec_text(device, "id"), id))
                return false;
        if (name && !has_part(rec_text(device, "name"), name))
                return false;
        if (serial && !has_part(rec_text(device, "serial"), serial))
                return false;
        if (groups && !lists_any(device, groups))
                return false;
        return !call_has(c, "quarantined") ||
               call_bool(c, "quarantined", false) == rec_true(device, "quarantined");
}

struct page {
        int64_t number, size, total;
        json_t *devices;
};

static int take_into_page(struct call *c, struct page *page, const json_t *device)
{
        int64_t at = page->total++;

        if (at < (page->number - 1) * page->size || at >= page->number * page->size)
                return 0;
        return json_array_append_new(page->devices, device_json(c->cloud, device, false)) < 0 ? -ENOMEM : 0;
}

static void read_page(const struct call *c, struct page *page)
{
        if (call_int(c, "page", &page->number) < 0 || page->number < 1 || page->number > 1000000)
                page->number = 1;
        if (call_int(c, "perPage", &page->size) < 0 && call_int(c, "per_page", &page->size) < 0)
                page->size = 25;
        if (page->size < 1 || page->size > 1000)
                page->size = 25;
}

int members_list(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *device;
        struct page page = { 0 };
        const char *key;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        read_page(c, &page);
        page.devices = json_array();
        json_object_foreach(state_all(c->cloud, DEVICES), key, device) {
                if (rec_int(device, "product_id") != rec_int(product, "id") || !passes(c, device))
                        continue;
                r = take_into_page(c, &page, device);
                if (r < 0) {
                        json_decref(page.devices);
                        return r;
                }
        }
        return answer(c, 200,
                      json_pack("{s:o*,s:[],s:{s:I,s:I}}", "devices", page.devices, "customers", "meta",
                                "total_records", (json_int_t)page.total, "total_pages",
                                (json_int_t)((page.total + page.size - 1) / page.size)));
}

int member_put(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        return device ? settings_put(c, device, true) : r;
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

/* Removes the member, or denies a quarantined one. */
int member_delete(struct call *c)
{
        json_t *device;
        int r;

        device = product_member(c, &r);
        if (!device)
                return r;
        if (call_bool(c, "deny", false)) {
                r = rec_set_bool(c->cloud, device, "denied", true);
                if (r == 0)
                        r = rec_set_bool(c->cloud, device, "quarantined", false);
        } else {
                r = rec_set(c->cloud, device, "product_id", json_null());
                if (r == 0)
                        r = rec_set_bool(c->cloud, device, "quarantined", false);
        }
        return r < 0 ? r : answer_empty(c, 204);
}
