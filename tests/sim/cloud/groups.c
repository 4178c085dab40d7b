/* SPDX-License-Identifier: Apache-2.0 */

/* A group is its name in the product's list; what else is known of it stands beside the list. Naming one
 * that does not exist, for a device, makes it. */

#include "tests/sim/cloud/groups.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>
#include <stdio.h>

bool group_is_name(const char *name)
{
        return name && *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name);
}

static int make(struct vcloud *c, json_t *product, const char *name)
{
        if (json_array_append_new(json_object_get(product, "groups"), json_string(name)) < 0)
                return -ENOMEM;
        c->changed = true;
        effect_tell(c, "group-made", NULL, name, true);
        return 0;
}

int groups_ensure(struct vcloud *c, int64_t product_id, const json_t *names)
{
        json_t *product, *name;
        char key[24];
        size_t i;
        int r = 0;

        (void)snprintf(key, sizeof(key), "%lld", (long long)product_id);
        product = state_find(c, PRODUCTS, key);
        json_array_foreach(names, i, name)
                if (r == 0 && !rec_lists(product, "groups", json_string_value(name)))
                        r = make(c, product, json_string_value(name));
        return r;
}

static int64_t count_devices(struct vcloud *c, const json_t *product, const char *name)
{
        json_t *device;
        const char *key;
        int64_t n = 0;

        json_object_foreach(state_all(c, DEVICES), key, device)
                n += rec_int(device, "product_id") == rec_int(product, "id") &&
                     rec_lists(device, "groups", name);
        return n;
}

static json_t *group_json(struct vcloud *c, const json_t *product, const char *name)
{
        const json_t *about = json_object_get(json_object_get(product, "group_details"), name);

        return json_pack("{s:s,s:O?,s:O?,s:I}", "name", name, "description",
                         json_object_get(about, "description"), "color", json_object_get(about, "color"),
                         "device_count", (json_int_t)count_devices(c, product, name));
}

/* Those whose name has the query's "name" in it. */
int groups_list(struct call *c)
{
        _cleanup_(json_decrefp) json_t *list = json_array();
        json_t *product = access_product(c, c->arg[0]), *name;
        size_t i;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        json_array_foreach(json_object_get(product, "groups"), i, name)
                if (call_filter(c, "name", json_string_value(name)) &&
                    json_array_append_new(list, group_json(c->cloud, product, json_string_value(name))) < 0)
                        return -ENOMEM;
        return answer(c, 200, json_pack("{s:O}", "groups", list));
}

int group_get(struct call *c)
{
        const json_t *product = access_product(c, c->arg[0]);

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!rec_lists(product, "groups", c->arg[1]))
                return refuse(c, SHAPE_GROUP_UNKNOWN);
        return answer(c, 200, json_pack("{s:o*}", "group", group_json(c->cloud, product, c->arg[1])));
}

int group_new(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *about;
        const char *name = call_text(c, "name");
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!group_is_name(name))
                return refuse(c, SHAPE_GROUP_NAME);
        if (rec_lists(product, "groups", name)) {
                effect_tell(c->cloud, "group-made", NULL, name, false);
                return refuse(c, SHAPE_GROUP_EXISTS);
        }
        about = json_pack("{s:s?,s:s?}", "description", call_text(c, "description"), "color",
                          call_text(c, "color"));
        if (json_object_set_new(json_object_get(product, "group_details"), name, about) < 0)
                return -ENOMEM;
        r = make(c->cloud, product, name);
        if (r < 0)
                return r;
        return answer(c, 201, json_pack("{s:o*}", "group", group_json(c->cloud, product, name)));
}

static bool are_names(const json_t *list)
{
        json_t *name;
        size_t i;

        if (list && !json_is_array(list))
                return false;
        json_array_foreach((json_t *)list, i, name)
                if (!group_is_name(json_string_value(name)))
                        return false;
        return true;
}

static bool are_members(struct vcloud *c, const json_t *product, json_t *ids)
{
        json_t *id;
        size_t i;

        json_array_foreach(ids, i, id) {
                const json_t *device = state_find(c, DEVICES, json_string_value(id));

                if (!device || rec_int(device, "product_id") != rec_int(product, "id"))
                        return false;
        }
        return json_array_size(ids) > 0;
}

/* The device's groups without those of `remove` and with those of `add`. */
static int regroup(struct vcloud *c, json_t *device, const json_t *add, const json_t *remove)
{
        _cleanup_(json_decrefp) json_t *names = json_object(), *list = json_array();
        const char *key;
        json_t *name;
        bool changed;
        size_t i;
        int r;

        json_array_foreach(json_object_get(device, "groups"), i, name)
                (void)json_object_set_new(names, json_string_value(name), json_true());
        json_array_foreach(remove, i, name)
                (void)json_object_del(names, json_string_value(name));
        json_array_foreach(add, i, name)
                (void)json_object_set_new(names, json_string_value(name), json_true());
        json_object_foreach(names, key, name)
                if (json_array_append_new(list, json_string(key)) < 0)
                        return -ENOMEM;
        changed = !json_equal(json_object_get(device, "groups"), list);
        r = rec_set(c, device, "groups", json_incref(list));
        return r < 0 ? r : effect_tell_value(c, "groups", device, list, changed);
}

/* {"action":"groups","devices":[ID...],"metadata":{"add":[...],"remove":[...]}}: for all of them or, when
 * one is no member, for none. */
int groups_assign(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *ids = json_object_get(c->body, "devices"), *id;
        const json_t *metadata = json_object_get(c->body, "metadata");
        const json_t *add = json_object_get(metadata, "add"), *remove = json_object_get(metadata, "remove");
        size_t i;
        int r;

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (strcmp(call_text(c, "action") ?: "", "groups") != 0 || (!add && !remove))
                return refuse(c, SHAPE_DEVICE_NOTHING);
        if (!are_names(add) || !are_names(remove))
                return refuse(c, SHAPE_GROUP_NAME);
        if (!are_members(c->cloud, product, ids))
                return refuse(c, SHAPE_DEVICE_NOT_MEMBER);
        r = groups_ensure(c->cloud, rec_int(product, "id"), add);
        json_array_foreach(ids, i, id)
                if (r == 0)
                        r = regroup(c->cloud, state_find(c->cloud, DEVICES, json_string_value(id)), add,
                                    remove);
        return r < 0 ? r : answer_ok(c);
}
