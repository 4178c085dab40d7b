/* SPDX-License-Identifier: Apache-2.0 */

/* One table of what can be set, whoever asks and however much at once. Values are read first and stored
 * then, so that a refusal leaves the device as it was. */

#include "tests/sim/cloud/settings.h"
#include "tests/sim/cloud/effect.h"
#include "tests/sim/cloud/groups.h"
#include <errno.h>

#define MAX_NAME 255

/* Each reads the call's value of this name: a new value, or NULL if it does not fit. */
static json_t *read_name(const struct call *c, const char *name)
{
        const char *text = call_text(c, name);

        return text && *text && strlen(text) <= MAX_NAME ? json_string(text) : NULL;
}

static json_t *read_notes(const struct call *c, const char *name)
{
        const char *text = call_text(c, name);

        if (text)
                return json_string(text);
        return json_is_null(json_object_get(c->body, name)) ? json_null() : NULL;
}

static json_t *read_flag(const struct call *c, const char *name)
{
        const char *text = call_text(c, name);
        bool fits = text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);

        return fits ? json_boolean(call_bool(c, name, false)) : NULL;
}

static json_t *read_signal(const struct call *c, const char *name)
{
        const char *text = call_text(c, name);
        bool fits = text && (strcmp(text, "0") == 0 || strcmp(text, "1") == 0);

        return fits ? json_boolean(call_bool(c, name, false)) : read_flag(c, name);
}

static json_t *read_number(const struct call *c, const char *name)
{
        int64_t n;

        if (json_is_null(json_object_get(c->body, name)))
                return json_null();
        return call_int(c, name, &n) < 0 ? NULL : json_integer(n);
}

static json_t *read_groups(const struct call *c, const char *name)
{
        json_t *list = json_object_get(c->body, name), *item;
        size_t i;

        if (!json_is_array(list))
                return NULL;
        json_array_foreach(list, i, item)
                if (!group_is_name(json_string_value(item)))
                        return NULL;
        return json_deep_copy(list);
}

static const struct setting {
        const char *name; /* the body's key, and the record's field */
        json_t *(*read)(const struct call *c, const char *name);
        enum shape misfit;  /* what is said to a value that does not fit */
        bool member;        /* in products only */
        const char *effect; /* as what it is told; NULL: no field, it is done, not kept */
} settings[] = {
        { "name", read_name, SHAPE_DEVICE_NAME, false, "renamed" },
        { "notes", read_notes, SHAPE_DEVICE_SETTING, false, "notes" },
        { "signal", read_signal, SHAPE_DEVICE_SETTING, false, NULL },
        { "firmware_updates_forced", read_flag, SHAPE_DEVICE_SETTING, false, "updates-forced" },
        { "development", read_flag, SHAPE_DEVICE_SETTING, true, "development" },
        { "desired_firmware_version", read_number, SHAPE_DEVICE_SETTING, true, "firmware-wanted" },
        { "flash", read_flag, SHAPE_DEVICE_SETTING, true, NULL },
        { "groups", read_groups, SHAPE_GROUP_NAME, true, "groups" },
};

static const struct setting *find(const char *name, bool member)
{
        for (size_t i = 0; i < ELEMENTSOF(settings); i++)
                if (strcmp(settings[i].name, name) == 0 && (member || !settings[i].member))
                        return &settings[i];
        return NULL;
}

/* *ret_changes: name to value, in the body's order. -EINVAL: refused, and the answer is made. */
static int read_changes(struct call *c, bool member, json_t **ret_changes)
{
        _cleanup_(json_decrefp) json_t *changes = json_object();
        const struct setting *s;
        const char *name;
        json_t *sent, *value;

        json_object_foreach(c->body, name, sent) {
                s = find(name, member);
                value = s ? s->read(c, name) : NULL;
                if (!value)
                        return refuse(c, s ? s->misfit : SHAPE_DEVICE_SETTING) < 0 ? -ENOMEM : -EINVAL;
                if (json_object_set_new(changes, name, value) < 0)
                        return -ENOMEM;
        }
        /* a version is flashed at once or at the next connect; without a version there is nothing to flash
         */
        if (json_object_size(changes) == 0 ||
            (json_object_get(changes, "flash") && !json_object_get(changes, "desired_firmware_version")))
                return refuse(c, SHAPE_DEVICE_NOTHING) < 0 ? -ENOMEM : -EINVAL;
        *ret_changes = TAKE_PTR(changes);
        return 0;
}

static int store(struct vcloud *c, json_t *device, json_t *changes)
{
        const char *name;
        bool any = false, changed;
        json_t *value;
        int r;

        json_object_foreach(changes, name, value) {
                if (!find(name, true)->effect)
                        continue;
                changed = !json_equal(json_object_get(device, name), value);
                r = rec_set(c, device, name, json_incref(value));
                if (r == 0)
                        r = effect_tell_value(c, find(name, true)->effect, device, value, changed);
                if (r < 0)
                        return r;
                any = true;
        }
        r = groups_ensure(c, rec_int(device, "product_id"), json_object_get(changes, "groups"));
        if (r < 0)
                return r;
        return any ? rec_set_now(c, device, "updated_at") : 0;
}

/* The cloud waits for the device before it gives up: recorded as 500, documented as 408. */
static int give_up(struct call *c)
{
        c->reply->delay_ms += (uint32_t)json_integer_value(state_option(c->cloud, "device_timeout_ms"));
        if (json_integer_value(state_option(c->cloud, "device_timeout_status")) == 408)
                return answer(c, 408, json_pack("{s:b,s:s}", "ok", 0, "error", "Timed out."));
        return refuse(c, SHAPE_DEVICE_TIMEOUT);
}

/* What was set, after the id; a signal reads "connected" and "signaling" instead. */
static int answer_changes(struct call *c, const json_t *device, const json_t *changes)
{
        _cleanup_(json_decrefp) json_t *out = json_pack("{s:O}", "id", json_object_get(device, "id"));
        const char *name;
        json_t *value;

        json_object_foreach((json_t *)changes, name, value)
                if (find(name, true)->effect && json_object_set(out, name, value) < 0)
                        return -ENOMEM;
        if (json_object_size(out) > 1 &&
            json_object_set(out, "updated_at", json_object_get(device, "updated_at")) < 0)
                return -ENOMEM;
        value = json_object_get(changes, "signal");
        if (value && (json_object_set_new(out, "connected", json_true()) < 0 ||
                      json_object_set(out, "signaling", value) < 0))
                return -ENOMEM;
        return answer(c, 200, TAKE_PTR(out));
}

int settings_put(struct call *c, json_t *device, bool member)
{
        _cleanup_(json_decrefp) json_t *changes = NULL;
        int r;

        r = read_changes(c, member, &changes);
        if (r < 0)
                return r == -EINVAL ? 0 : r;
        r = store(c->cloud, device, changes);
        if (r < 0)
                return r;
        if (json_object_get(changes, "signal") && !rec_true(device, "online"))
                return give_up(c);
        return answer_changes(c, device, changes);
}
