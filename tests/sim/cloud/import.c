/* SPDX-License-Identifier: Apache-2.0 */

/* POST /v1/products/:p/devices (cloud.md 4.1): adds, approves and, with claim_user, claims devices; a
 * device's own SIM comes along and is activated. A part that fails does not fail the whole: the answer is
 * 200 and tells in lists what became of each. */

#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/products.h"
#include "tests/sim/cloud/routes.h"
#include "tests/sim/cloud/sims.h"
#include <errno.h>

struct outcome {
        json_t *updated, *existing, *nonmember, *invalid, *protected_ids;
};

/* What to call a product record's member: a 24-digit id, a serial number, an ICCID or an IMEI. NULL: the
 * cloud knows no such device. */
static json_t *device_by_any(struct vcloud *c, const char *text)
{
        return state_find(c, DEVICES, text)
                       ?: state_find_by(c, DEVICES, "serial", text)
                       ?: state_find_by(c, DEVICES, "iccid", text)
                       ?: state_find_by(c, DEVICES, "imei", text);
}

static const char *find_text(const char *in, size_t len, const char *text)
{
        return len == 0 ? NULL : memmem(in, len, text, strlen(text));
}

/* The content of the part named "file" of a multipart/form-data body. */
static bool find_part(const struct call *c, const char **ret, size_t *ret_len)
{
        const char *type = call_header(c, "Content-Type"), *body = c->request->body, *at, *end, *boundary;
        size_t len = c->request->len, skip;
        char mark[80];

        boundary = type ? strstr(type, "boundary=") : NULL;
        if (!boundary || !body)
                return false;
        boundary += 9 + (boundary[9] == '"');
        if (snprintf(mark, sizeof(mark), "--%.*s", (int)strcspn(boundary, "\";"), boundary) >=
            (int)sizeof(mark))
                return false;
        at = find_text(body, len, "name=\"file\"");
        if (!at)
                return false;
        end = body + len;
        at = find_text(at, (size_t)(end - at), "\r\n\r\n");
        if (!at)
                return false;
        at += 4;
        skip = (size_t)(end - at);
        end = find_text(at, skip, mark) ?: end;
        *ret = at;
        *ret_len = (size_t)(end - at);
        return true;
}

int import_lines(struct call *c, json_t **ret)
{
        _cleanup_(json_decrefp) json_t *list = json_array();
        const char *text;
        size_t len;

        if (!find_part(c, &text, &len))
                return -EINVAL;
        for (size_t at = 0; at < len;) {
                size_t n = 0;

                while (at + n < len && !strchr("\r\n,", text[at + n]))
                        n++;
                if (n > 0 && json_array_size(list) < 10000) {
                        json_t *item = json_stringn(text + at, n);

                        if (!item)
                                return -EINVAL; /* not UTF-8 */
                        if (json_array_append_new(list, item) < 0)
                                return -ENOMEM;
                }
                at += n + 1;
        }
        *ret = TAKE_PTR(list);
        return 0;
}

static int read_ids(struct call *c, json_t **ret)
{
        json_t *ids = json_object_get(c->body, "ids"), *item;
        size_t i;

        if (call_text(c, "id")) {
                *ret = json_pack("[s]", call_text(c, "id"));
                return *ret ? 0 : -ENOMEM;
        }
        if (!ids)
                return import_lines(c, ret);
        if (!json_is_array(ids))
                return -EINVAL;
        json_array_foreach(ids, i, item)
                if (!json_is_string(item))
                        return -EINVAL;
        *ret = json_incref(ids);
        return 0;
}

/* The list that the device goes to; it joins the product if that is `updated`. */
static json_t *judge(const json_t *product, const json_t *device, const struct outcome *o)
{
        const char *owner = rec_text(device, "owner");
        int64_t member_of = rec_int(device, "product_id"), id = rec_int(product, "id");

        if (rec_int(device, "platform_id") != rec_int(product, "platform_id"))
                return o->invalid;
        if (member_of != 0 && member_of != id)
                return o->invalid;
        if (member_of == id && !rec_true(device, "quarantined"))
                return o->existing;
        if (rec_true(device, "protected"))
                return o->protected_ids;
        if (owner && !rec_is(product, "owner", owner) && !rec_lists(product, "team", owner))
                return o->nonmember;
        return o->updated;
}

static int join(struct call *c, const json_t *product, json_t *device)
{
        bool quarantined = rec_true(device, "quarantined");
        int r = 0;

        if (quarantined)
                effect_tell(c->cloud, "approved", device, c->arg[0], true);
        else
                r = product_take(c->cloud, device, rec_int(product, "id"), "product-joined");
        if (r == 0)
                r = rec_set_bool(c->cloud, device, "quarantined", false);
        if (r == 0)
                r = rec_set_bool(c->cloud, device, "denied", false);
        if (r == 0)
                r = rec_set_now(c->cloud, device, "updated_at");
        if (r == 0 && rec_text(device, "iccid") && call_bool(c, "import_sims", true))
                r = sim_import(c->cloud, rec_text(device, "iccid"), rec_int(product, "id"), "US");
        return r;
}

/* Also for devices that were members before. */
static int claim(struct call *c, const json_t *product, json_t *device)
{
        const char *user = call_text(c, "claim_user"), *owner = rec_text(device, "owner");
        int r = 0;

        if (!user || (owner && strcmp(owner, user) != 0) ||
            !(rec_is(product, "owner", user) || rec_lists(product, "team", user)))
                return 0;
        if (!owner)
                r = rec_set_text(c->cloud, device, "owner", user);
        if (r == 0)
                effect_tell(c->cloud, "claimed", device, user, !owner);
        return r;
}

static int import_one(struct call *c, const json_t *product, const char *text, const struct outcome *o)
{
        json_t *device = device_by_any(c->cloud, text), *list;
        int r = 0;

        list = device ? judge(product, device, o) : o->invalid;
        if (list == o->updated)
                r = join(c, product, device);
        else if (list == o->existing)
                effect_tell(c->cloud, "product-joined", device, c->arg[0], false);
        if (r == 0 && (list == o->updated || list == o->existing))
                r = claim(c, product, device);
        if (r < 0)
                return r;
        return json_array_append_new(list, json_string(device ? rec_text(device, "id") : text)) < 0 ? -ENOMEM
                                                                                                    : 0;
}

int devices_import(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *item;
        _cleanup_(json_decrefp) json_t *ids = NULL;
        struct outcome o = { json_array(), json_array(), json_array(), json_array(), json_array() };
        size_t i;
        int r;

        r = product ? read_ids(c, &ids) : -ENOENT;
        if (r == 0)
                json_array_foreach(ids, i, item) {
                        r = import_one(c, product, json_string_value(item), &o);
                        if (r < 0)
                                break;
                }
        if (r == 0)
                r = answer(c, 200,
                           json_pack("{s:I,s:O,s:O,s:O,s:O,s:O}", "updated",
                                     (json_int_t)json_array_size(o.updated), "updatedDeviceIds", o.updated,
                                     "existingDeviceIds", o.existing, "nonmemberDeviceIds", o.nonmember,
                                     "invalidDeviceIds", o.invalid, "protectedDeviceIds", o.protected_ids));
        else if (r == -ENOENT)
                r = refuse(c, SHAPE_NO_PRODUCT);
        else if (r == -EINVAL)
                r = refuse(c, SHAPE_IMPORT_NOTHING);
        json_decref(o.updated);
        json_decref(o.existing);
        json_decref(o.nonmember);
        json_decref(o.invalid);
        json_decref(o.protected_ids);
        return r;
}
