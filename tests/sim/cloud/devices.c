/* SPDX-License-Identifier: Apache-2.0 */

/* Reading, pinging and unclaiming devices (cloud.md 3.5-3.7); what a PUT changes is in settings.c. */

#include "tests/sim/cloud/devices.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/order.h"
#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/settings.h"
#include <errno.h>

/* A key of the answer and the record's field behind it, in the answer's order. */
static const struct {
        const char *key, *field;
        bool detail; /* not in lists */
} plain[] = {
        { "id", "id", false },
        { "name", "name", false },
        { "owner", "owner", false },
        { "last_ip_address", "last_ip_address", false },
        { "last_heard", "last_heard", false },
        { "last_handshake_at", "last_handshake_at", false },
        { "platform_id", "platform_id", false },
        { "notes", "notes", false },
        { "serial_number", "serial", false },
        { "iccid", "iccid", false },
        { "last_iccid", "iccid", false },
        { "imei", "imei", false },
        { "mac_wifi", "mac_wifi", false },
        { "mobile_secret", "mobile_secret", true },
        { "system_firmware_version", "system_firmware_version", false },
        { "firmware_updates_enabled", "firmware_updates_enabled", false },
        { "firmware_updates_forced", "firmware_updates_forced", false },
};

static const char *const product_fields[] = {
        "groups",      "development", "firmware_version", "desired_firmware_version",
        "quarantined", "denied",      "updated_at",
};

static int add_online(struct vcloud *c, const json_t *device, json_t *into)
{
        bool online = device_is_online(device);
        const char *spelling = json_string_value(state_option(c, "online_field"));

        if (strcmp(spelling, "connected") != 0 &&
            json_object_set_new(into, "online", json_boolean(online)) < 0)
                return -ENOMEM;
        if (strcmp(spelling, "online") != 0 &&
            json_object_set_new(into, "connected", json_boolean(online)) < 0)
                return -ENOMEM;
        return 0;
}

static int add_product(const json_t *device, json_t *into)
{
        bool member = rec_int(device, "product_id") != 0;

        /* product_id == platform_id: sandbox (cloud.md 3.5) */
        if (json_object_set(into, "product_id",
                            json_object_get(device, member ? "product_id" : "platform_id")) < 0)
                return -ENOMEM;
        for (size_t i = 0; member && i < ELEMENTSOF(product_fields); i++)
                if (json_object_set(into, product_fields[i], json_object_get(device, product_fields[i])) < 0)
                        return -ENOMEM;
        return 0;
}

const char *protection_text(const json_t *record)
{
        return rec_true(record, "protected") ? "active" : "disabled";
}

bool device_is_online(const json_t *device)
{
        return rec_true(device, "online") || rec_true(device, "stale_online");
}

json_t *device_json(struct vcloud *c, const json_t *device, bool detail)
{
        _cleanup_(json_decrefp) json_t *out = json_object();
        const json_t *owner = state_find(c, USERS, rec_text(device, "owner"));

        for (size_t i = 0; i < ELEMENTSOF(plain); i++)
                if ((detail || !plain[i].detail) &&
                    json_object_set(out, plain[i].key, json_object_get(device, plain[i].field)) < 0)
                        return NULL;
        if (add_online(c, device, out) < 0 || add_product(device, out) < 0)
                return NULL;
        if (json_object_set_new(out, "cellular", json_boolean(rec_text(device, "iccid"))) < 0 ||
            json_object_set_new(out, "status", json_string("normal")) < 0 ||
            json_object_set_new(out, "functions", json_array()) < 0 ||
            json_object_set_new(out, "variables", json_object()) < 0 ||
            json_object_set_new(out, "device_protection",
                                json_pack("{s:s}", "status", protection_text(device))) < 0)
                return NULL;
        if (owner && json_object_set(out, "user_id", json_object_get(owner, "user_id")) < 0)
                return NULL;
        return TAKE_PTR(out);
}

int devices_list(struct call *c)
{
        _cleanup_(json_decrefp) json_t *mine = json_array(), *list = json_array();
        json_t *device;
        const char *key;
        size_t i;
        int r;

        json_object_foreach(state_all(c->cloud, DEVICES), key, device)
                if (access_owns(c, device) && json_array_append(mine, device) < 0)
                        return -ENOMEM;
        r = order_devices(mine, NULL, NULL);
        if (r < 0)
                return r;
        json_array_foreach(mine, i, device)
                if (json_array_append_new(list, device_json(c->cloud, device, false)) < 0)
                        return -ENOMEM;
        return answer(c, 200, TAKE_PTR(list));
}

int device_get(struct call *c)
{
        json_t *device = access_device(c, c->arg[0]);

        return device ? answer(c, 200, device_json(c->cloud, device, true)) : refuse(c, SHAPE_PERMISSION);
}

int device_put(struct call *c)
{
        json_t *device = access_device(c, c->arg[0]);

        return device ? settings_put(c, device, false) : refuse(c, SHAPE_PERMISSION);
}

int device_answer_ping(struct call *c, const json_t *device)
{
        if (!rec_true(device, "online"))
                c->reply->delay_ms +=
                        (uint32_t)json_integer_value(state_option(c->cloud, "device_timeout_ms"));
        return answer(c, 200, json_pack("{s:b,s:b}", "online", rec_true(device, "online"), "ok", 1));
}

int device_ping(struct call *c)
{
        json_t *device = access_device(c, c->arg[0]);

        return device ? device_answer_ping(c, device) : refuse(c, SHAPE_PERMISSION);
}

int device_unclaim(struct vcloud *c, json_t *device)
{
        bool changed = rec_text(device, "owner");
        int r;

        r = rec_set_text(c, device, "owner", NULL);
        if (r == 0)
                r = rec_set_bool(c, device, "customer", false);
        if (r == 0)
                r = rec_set_now(c, device, "updated_at");
        if (r == 0)
                effect_tell(c, "unclaimed", device, NULL, changed);
        return r;
}

int device_delete(struct call *c)
{
        json_t *device = access_device(c, c->arg[0]);
        int r;

        if (!device || !access_owns(c, device))
                return refuse(c, SHAPE_PERMISSION);
        r = device_unclaim(c->cloud, device);
        return r < 0 ? r : answer_ok(c);
}
