/* SPDX-License-Identifier: Apache-2.0 */

/* A device connects: it is known from then on, its claim code takes effect if the handshake was a full one,
 * and what the cloud shows of it changes. With `late_ms` all of that happens later, at the first moment
 * that somebody looks after it is due. */

#include "tests/sim/cloud/presence.h"
#include "proto/base/timer.h"
#include "tests/sim/cloud/claims.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/events.h"
#include "tests/sim/cloud/products.h"
#include <errno.h>

static int learn(struct vcloud *c, json_t *device, const struct arrival *a)
{
        const struct {
                const char *field, *value;
        } said[] = {
                { "serial", a->serial }, { "mobile_secret", a->mobile_secret }, { "iccid", a->iccid },
                { "imei", a->imei },     { "system_firmware_version", a->os },
        };
        int r;

        for (size_t i = 0; i < ELEMENTSOF(said); i++) {
                if (!said[i].value)
                        continue;
                r = rec_set_text(c, device, said[i].field, said[i].value);
                if (r < 0)
                        return r;
        }
        return a->platform_id ? rec_set_int(c, device, "platform_id", a->platform_id) : 0;
}

/* Product firmware on a device that is no member: up to Device OS 3 it is put into quarantine
 * (cloud.md 4.1); from 4.0 on the firmware does not say its product. */
static int quarantine(struct vcloud *c, json_t *device, const struct arrival *a)
{
        const char *os = rec_text(device, "system_firmware_version");
        const json_t *product;
        char key[24];
        int r;

        if (a->product_id == 0 || rec_int(device, "product_id") != 0 || !os || strtol(os, NULL, 10) >= 4)
                return 0;
        (void)snprintf(key, sizeof(key), "%lld", (long long)a->product_id);
        product = state_find(c, PRODUCTS, key);
        if (!product)
                return 0;
        r = product_take(c, device, a->product_id,
                         rec_true(product, "quarantine") ? "quarantined" : "product-joined");
        return r < 0 ? r : rec_set_bool(c, device, "quarantined", rec_true(product, "quarantine"));
}

/* "offline" may be made just before "online" (cloud.md 6). */
static int announce(struct vcloud *c, const json_t *device)
{
        int r;

        if (json_is_true(state_option(c, "offline_before_online"))) {
                r = hub_publish_device(c, device, "spark/status", "offline");
                if (r < 0)
                        return r;
        }
        return hub_publish_device(c, device, "spark/status", "online");
}

static int arrive(struct vcloud *c, json_t *device, const char *code, bool full, bool *ret_claimed)
{
        bool was = rec_true(device, "online");
        int r;

        *ret_claimed = false;
        r = rec_set_bool(c, device, "online", true);
        if (r == 0)
                r = rec_set_bool(c, device, "stale_online", false);
        if (r == 0)
                r = rec_set_now(c, device, "last_heard");
        if (r == 0)
                r = rec_set_text(c, device, "last_ip_address", "127.0.0.1");
        if (r == 0)
                effect_tell(c, "online", device, NULL, !was);
        if (r == 0 && full)
                r = rec_set_now(c, device, "last_handshake_at");
        if (r == 0 && full)
                r = claim_by_code(c, device, code, ret_claimed);
        return r == 0 ? announce(c, device) : r;
}

static void due(void *userdata)
{
        (void)presence_tick(userdata);
}

/* Somebody may be listening to events meanwhile: do not wait for the next request. One timer is enough, for
 * what comes first; presence_tick() arms it for the rest. */
int presence_arm(struct vcloud *c)
{
        int64_t first_ms = INT64_MAX, now_ms = cloud_now_ms(c), due_ms;
        json_t *device;
        const char *key;

        c->due = timer_free(c->due);
        json_object_foreach(state_all(c, DEVICES), key, device) {
                due_ms = rec_time_ms(device, "online_due_at");
                if (due_ms != 0 && due_ms < first_ms)
                        first_ms = due_ms;
        }
        if (first_ms == INT64_MAX)
                return 0;
        return timer_new(c->loop, first_ms > now_ms ? (uint64_t)(first_ms - now_ms) : 0, due, c, &c->due);
}

static int postpone(struct vcloud *c, json_t *device, const struct arrival *a, uint64_t ms)
{
        int r;

        r = rec_set_time(c, device, "online_due_at", cloud_now_ms(c) + (int64_t)ms);
        if (r < 0)
                return r;
        r = rec_set(c, device, "online_due",
                    json_pack("{s:s?,s:b}", "claim_code", a->claim_code, "full", a->full_handshake));
        return r < 0 ? r : presence_arm(c);
}

static int know(struct vcloud *c, const char *id, const struct arrival *a, json_t **ret)
{
        json_t *device = state_find(c, DEVICES, id);
        bool known = device;
        int r;

        if (!device) {
                if (!json_is_true(state_option(c, "auto_register")))
                        return -ENOENT;
                r = state_add(c, DEVICES, id, &device);
                if (r < 0)
                        return r;
        }
        *ret = device;
        r = learn(c, device, a);
        if (r == 0 && !known)
                effect_tell(c, "registered", device, NULL, true);
        return r;
}

int presence_made(struct vcloud *c, const char *id, const struct arrival *a)
{
        json_t *device = state_find(c, DEVICES, id);

        /* what the seed says of a device counts more */
        return device && rec_text(device, "serial") ? 0 : know(c, id, a, &device);
}

int presence_online(struct vcloud *c, const char *id, const struct arrival *a, bool *ret_claimed)
{
        json_t *device;
        uint64_t late_ms;
        int r;

        r = know(c, id, a, &device);
        if (r == 0)
                r = quarantine(c, device, a);
        if (r < 0)
                return r;
        late_ms = a->late_ms ?: (uint64_t)rec_int(device, "late_online_ms");
        if (late_ms == 0)
                return arrive(c, device, a->claim_code, a->full_handshake, ret_claimed);
        *ret_claimed = false;
        return postpone(c, device, a, late_ms);
}

int presence_offline(struct vcloud *c, const char *id, bool silently)
{
        json_t *device = state_find(c, DEVICES, id);
        bool was;
        int r;

        if (!device)
                return -ENOENT;
        was = rec_true(device, "online");
        r = rec_set_text(c, device, "online_due_at", NULL);
        if (r == 0)
                r = rec_set(c, device, "online_due", json_null());
        if (r == 0)
                r = rec_set_bool(c, device, "stale_online", was && silently);
        if (r == 0)
                r = rec_set_bool(c, device, "online", false);
        if (r == 0)
                effect_tell(c, "offline", device, NULL, was);
        if (r == 0 && was && !silently)
                r = hub_publish_device(c, device, "spark/status", "offline");
        return r;
}

static int arrive_late(struct vcloud *c, json_t *device)
{
        _cleanup_(json_decrefp) json_t *due = json_incref(json_object_get(device, "online_due"));
        bool claimed;
        int r;

        r = rec_set_text(c, device, "online_due_at", NULL);
        if (r == 0)
                r = rec_set(c, device, "online_due", json_null());
        if (r < 0)
                return r;
        return arrive(c, device, rec_text(due, "claim_code"), rec_true(due, "full"), &claimed);
}

int presence_tick(struct vcloud *c)
{
        json_t *device;
        const char *key;
        bool arrived = false;
        int64_t due_ms;
        int r;

        if (!c->due)
                return 0; /* nobody is late */
        json_object_foreach(state_all(c, DEVICES), key, device) {
                due_ms = rec_time_ms(device, "online_due_at");
                if (due_ms == 0 || due_ms > cloud_now_ms(c))
                        continue;
                arrived = true;
                r = arrive_late(c, device);
                if (r < 0)
                        return r;
        }
        return arrived ? presence_arm(c) : 0;
}
