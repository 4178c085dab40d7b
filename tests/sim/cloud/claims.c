/* SPDX-License-Identifier: Apache-2.0 */

/* Claiming: by a code that the device itself brings (cloud.md 3.1) and by id (cloud.md 3.3). */

#include "tests/sim/cloud/claims.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/devices.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/faults.h"
#include "tests/sim/cloud/products.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>

#define CODE_LEN 63

static json_t *owned_ids(struct call *c)
{
        json_t *ids = json_array(), *device;
        const char *key;

        json_object_foreach(state_all(c->cloud, DEVICES), key, device)
                if (access_owns(c, device) && json_array_append(ids, json_object_get(device, "id")) < 0) {
                        json_decref(ids);
                        return NULL;
                }
        return ids;
}

static int store_code(struct call *c, json_t *record, int64_t product_id)
{
        int64_t ttl_s = json_integer_value(state_option(c->cloud, "claim_code_ttl_s"));
        int r;

        r = rec_set_text(c->cloud, record, "owner", c->who);
        if (r == 0)
                r = rec_set_bool(c->cloud, record, "customer", rec_is(c->token, "kind", "customer"));
        if (r == 0)
                r = rec_set_now(c->cloud, record, "created_at");
        if (r == 0)
                r = rec_set_time(c->cloud, record, "expires_at", cloud_now_ms(c->cloud) + ttl_s * 1000);
        if (r == 0)
                r = rec_set_text(c->cloud, record, "iccid", call_text(c, "iccid"));
        if (r == 0)
                r = rec_set_text(c->cloud, record, "imei", call_text(c, "imei"));
        if (r == 0 && product_id != 0)
                r = rec_set_int(c->cloud, record, "product_id", product_id);
        if (r == 0)
                r = rec_set_bool(c->cloud, record, "dead", faults_inside(c, "dead-code"));
        return r;
}

static int new_code(struct call *c, int64_t product_id)
{
        char code[CODE_LEN + 1];
        json_t *record;
        int r;

        make_code(CODE_LEN, code);
        r = state_add(c->cloud, CLAIM_CODES, code, &record);
        if (r < 0)
                return r;
        r = store_code(c, record, product_id);
        if (r < 0)
                return r;
        effect_tell(c->cloud, "claim-code-made", NULL, c->who, true);
        return answer(c, 200, json_pack("{s:s,s:o*}", "claim_code", code, "device_ids", owned_ids(c)));
}

int claim_code_new(struct call *c)
{
        return new_code(c, 0);
}

/* For the team and for the product's customers; the device that brings it joins the product. */
int product_claim_code_new(struct call *c)
{
        const char *name = c->arg[1] ?: c->arg[0]; /* the legacy route has an organisation before it */
        json_t *product = access_product(c, name);

        if (!product && rec_is(c->token, "kind", "customer"))
                product = state_find(c->cloud, PRODUCTS, name)
                                  ?: state_find_by(c->cloud, PRODUCTS, "slug", name);
        if (!product || (rec_is(c->token, "kind", "customer") &&
                         rec_int(c->token, "product_id") != rec_int(product, "id")))
                return refuse(c, SHAPE_NO_PRODUCT);
        return new_code(c, rec_int(product, "id"));
}

static bool code_is_live(struct vcloud *c, const json_t *record)
{
        return !rec_true(record, "dead") && !rec_text(record, "used_by") &&
               rec_time_ms(record, "expires_at") > cloud_now_ms(c);
}

/* A code asked for with an ICCID or IMEI is brought by the device that has it, without anybody setting it.
 */
static json_t *code_of(struct vcloud *c, const json_t *device, const char *code)
{
        json_t *record;
        const char *key;

        if (code)
                return state_find(c, CLAIM_CODES, code);
        json_object_foreach(state_all(c, CLAIM_CODES), key, record)
                if (code_is_live(c, record) && (rec_is(record, "iccid", rec_text(device, "iccid")) ||
                                                rec_is(record, "imei", rec_text(device, "imei"))))
                        return record;
        return NULL;
}

static int give_device(struct vcloud *c, json_t *device, const char *owner, bool customer)
{
        bool changed = !rec_is(device, "owner", owner);
        int r;

        r = rec_set_text(c, device, "owner", owner);
        if (r == 0)
                r = rec_set_bool(c, device, "customer", customer);
        if (r == 0)
                r = rec_set_now(c, device, "updated_at");
        if (r == 0)
                effect_tell(c, "claimed", device, owner, changed);
        return r;
}

int claim_by_code(struct vcloud *c, json_t *device, const char *code, bool *ret_claimed)
{
        json_t *record = code_of(c, device, code);
        const char *owner = rec_text(device, "owner");
        bool foreign;
        int r;

        *ret_claimed = false;
        if (!record || !code_is_live(c, record))
                return 0;
        foreign = owner && !rec_is(record, "owner", owner);
        if (foreign && !json_is_true(state_option(c, "claim_code_takes_over")))
                return 0;
        r = give_device(c, device, rec_text(record, "owner"), rec_true(record, "customer"));
        if (r == 0 && rec_int(record, "product_id") != 0)
                r = product_take(c, device, rec_int(record, "product_id"), "product-joined");
        if (r == 0)
                r = rec_set_text(c, record, "used_by", rec_text(device, "id"));
        if (r < 0)
                return r;
        *ret_claimed = true;
        return 0;
}

static int refuse_unknown(struct call *c)
{
        const char *style = json_string_value(state_option(c->cloud, "unknown_device_body"));

        if (strcmp(style, "bare") == 0)
                return answer(c, 404, json_object());
        if (strcmp(style, "new") == 0)
                return answer(c, 404, json_pack("{s:b,s:[s]}", "ok", 0, "errors", "device not found"));
        return refuse(c, SHAPE_NO_SUCH_DEVICE);
}

static int request_transfer(struct call *c, const json_t *device)
{
        json_t *record;
        char id[25];
        int r;

        make_hex(24, id);
        r = state_add(c->cloud, TRANSFERS, id, &record);
        if (r == 0)
                r = rec_set_text(c->cloud, record, "device", rec_text(device, "id"));
        if (r == 0)
                r = rec_set_text(c->cloud, record, "from", rec_text(device, "owner"));
        if (r == 0)
                r = rec_set_text(c->cloud, record, "to", c->who);
        if (r == 0)
                r = rec_set_now(c->cloud, record, "requested_at");
        if (r < 0)
                return r;
        effect_tell(c->cloud, "transfer-asked", device, c->who, true);
        return answer(c, 200, json_pack("{s:b,s:s}", "ok", 1, "transfer_id", id));
}

int transfer_decide(struct vcloud *c, const char *id, bool accept)
{
        json_t *transfer = state_find(c, TRANSFERS, id), *device;
        int r = 0;

        if (!transfer)
                return -ENOENT;
        device = state_find(c, DEVICES, rec_text(transfer, "device"));
        if (accept && device)
                r = give_device(c, device, rec_text(transfer, "to"), false);
        else
                effect_tell(c, "transfer-declined", device, rec_text(transfer, "to"), true);
        if (r == 0)
                state_remove(c, TRANSFERS, id);
        return r;
}

int64_t sandbox_count(struct vcloud *c, const char *user)
{
        json_t *device;
        const char *key;
        int64_t n = 0;

        json_object_foreach(state_all(c, DEVICES), key, device)
                n += rec_is(device, "owner", user) && rec_int(device, "product_id") == 0;
        return n;
}

static bool sandbox_is_full(struct call *c)
{
        const json_t *user = state_find(c->cloud, USERS, c->who);

        return user && sandbox_count(c->cloud, c->who) >= rec_int(user, "max_devices");
}

static int answer_claimed(struct call *c, const json_t *device)
{
        const json_t *user = state_find(c->cloud, USERS, c->who);
        const json_t *customer =
                rec_is(c->token, "kind", "customer") ? state_find(c->cloud, CUSTOMERS, c->who) : NULL;

        if (rec_int(device, "product_id") != 0)
                return answer(c, 200,
                              json_pack("{s:b,s:O,s:b,s:O*,s:O,s:O}", "ok", 1, "id",
                                        json_object_get(device, "id"), "connected", device_is_online(device),
                                        "customer_id", customer ? json_object_get(customer, "id") : NULL,
                                        "product_id", json_object_get(device, "product_id"), "updated_at",
                                        json_object_get(device, "updated_at")));
        return answer(c, 200,
                      json_pack("{s:o,s:O,s:b,s:b}", "user_id",
                                user ? json_incref(json_object_get(user, "user_id")) : json_null(), "id",
                                json_object_get(device, "id"), "connected", device_is_online(device), "ok",
                                1));
}

static int claim_unowned(struct call *c, json_t *device)
{
        int64_t product_id = rec_int(device, "product_id");
        int r;

        if (product_id != 0 && !access_in_team(c, product_id) &&
            rec_int(c->token, "product_id") != product_id)
                return refuse(c, SHAPE_DEVICE_FOREIGN);
        if (product_id == 0 && !rec_true(device, "online"))
                return refuse(c, SHAPE_DEVICE_OFFLINE);
        if (product_id == 0 && sandbox_is_full(c))
                return refuse(c, SHAPE_DEVICE_LIMIT);
        r = give_device(c->cloud, device, c->who, rec_is(c->token, "kind", "customer"));
        return r < 0 ? r : answer_claimed(c, device);
}

int device_claim(struct call *c)
{
        const char *id = call_text(c, "id");
        json_t *device;

        if (!id)
                return call_has(c, "product_id") ? member_provision(c) : refuse(c, SHAPE_DEVICE_NO_ID);
        /* ids are compared as they are: upper case is unknown (cloud.md 3.3) */
        device = state_find(c->cloud, DEVICES, id);
        if (!device)
                return refuse_unknown(c);
        if (access_owns(c, device)) {
                effect_tell(c->cloud, "claimed", device, c->who, false);
                if (strcmp(json_string_value(state_option(c->cloud, "reclaim")), "ok") == 0)
                        return answer_claimed(c, device);
                return refuse(c, SHAPE_DEVICE_FOREIGN);
        }
        if (!rec_text(device, "owner"))
                return claim_unowned(c, device);
        return call_bool(c, "request_transfer", false) ? request_transfer(c, device)
                                                       : refuse(c, SHAPE_DEVICE_FOREIGN);
}
