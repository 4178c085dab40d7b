/* SPDX-License-Identifier: Apache-2.0 */

/* The list of a product's devices: filters, order, pages, and who of its customers they belong to. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/devices.h"
#include "tests/sim/cloud/order.h"
#include "tests/sim/cloud/page.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>

static bool lists_any(const json_t *device, const char *names)
{
        _cleanup_(freep) char *copy = strdup(names);
        char *rest = copy, *name;

        while (rest && (name = strsep(&rest, ",")))
                if (rec_lists(device, "groups", name))
                        return true;
        return false;
}

static bool passes(const struct call *c, const json_t *device)
{
        const char *groups = call_text(c, "groups");

        if (!call_filter(c, "deviceId", rec_text(device, "id")) ||
            !call_filter(c, "deviceName", rec_text(device, "name")) ||
            !call_filter(c, "serialNumber", rec_text(device, "serial")))
                return false;
        if (groups && !lists_any(device, groups))
                return false;
        return !call_has(c, "quarantined") ||
               call_bool(c, "quarantined", false) == rec_true(device, "quarantined");
}

static int find_members(struct call *c, const json_t *product, json_t *into)
{
        json_t *device;
        const char *key;

        json_object_foreach(state_all(c->cloud, DEVICES), key, device)
                if (rec_int(device, "product_id") == rec_int(product, "id") && passes(c, device) &&
                    json_array_append(into, device) < 0)
                        return -ENOMEM;
        return order_devices(into, call_text(c, "sortAttr"), call_text(c, "sortDir"));
}

/* The customer who owns the device, once in the list. */
static int add_customer(struct call *c, const json_t *device, json_t *into)
{
        const json_t *customer = rec_true(device, "customer")
                                         ? state_find(c->cloud, CUSTOMERS, rec_text(device, "owner"))
                                         : NULL;
        json_t *known;
        size_t i;

        if (!customer)
                return 0;
        json_array_foreach(into, i, known)
                if (rec_is(known, "username", rec_text(customer, "email")))
                        return 0;
        return json_array_append_new(into, json_pack("{s:O,s:O}", "id", json_object_get(customer, "id"),
                                                     "username", json_object_get(customer, "email"))) < 0
                       ? -ENOMEM
                       : 0;
}

static int fill_page(struct call *c, json_t *members, struct page *page, json_t *devices, json_t *customers)
{
        json_t *device;
        size_t i;

        json_array_foreach(members, i, device) {
                if (!page_takes(page))
                        continue;
                if (json_array_append_new(devices, device_json(c->cloud, device, false)) < 0 ||
                    add_customer(c, device, customers) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int members_list(struct call *c)
{
        _cleanup_(json_decrefp) json_t *members = json_array(), *devices = json_array(),
                                       *customers = json_array();
        json_t *product = access_product(c, c->arg[0]);
        struct page page;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        r = find_members(c, product, members);
        if (r == -EINVAL)
                return refuse(c, SHAPE_SORT);
        if (r < 0)
                return r;
        page_read(c, &page);
        r = fill_page(c, members, &page, devices, customers);
        if (r < 0)
                return r;
        return answer(c, 200,
                      json_pack("{s:O,s:O,s:o*}", "devices", devices, "customers", customers, "meta",
                                page_meta(&page)));
}
