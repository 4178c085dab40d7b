/* SPDX-License-Identifier: Apache-2.0 */

/* Fields of a record. Reading never fails, because schema_complete() made every field be there and of its
 * kind; writing marks the registry as changed, which is what saves the state file. */

#include "tests/sim/cloud/state.h"
#include <errno.h>

const char *rec_text(const json_t *record, const char *field)
{
        return json_string_value(json_object_get(record, field));
}

bool rec_is(const json_t *record, const char *field, const char *value)
{
        const char *text = rec_text(record, field);

        return text && value && strcmp(text, value) == 0;
}

bool rec_true(const json_t *record, const char *field)
{
        return json_is_true(json_object_get(record, field));
}

int64_t rec_int(const json_t *record, const char *field)
{
        return json_integer_value(json_object_get(record, field));
}

int64_t rec_time_ms(const json_t *record, const char *field)
{
        const char *text = rec_text(record, field);
        int64_t ms;

        return text && instant_parse(text, &ms) == 0 ? ms : 0;
}

bool rec_lists(const json_t *record, const char *field, const char *value)
{
        json_t *item;
        size_t i;

        json_array_foreach(json_object_get(record, field), i, item)
                if (strcmp(json_string_value(item), value) == 0)
                        return true;
        return false;
}

int rec_set(struct vcloud *c, json_t *record, const char *field, json_t *value)
{
        if (json_object_set_new(record, field, value) < 0)
                return -ENOMEM;
        c->changed = true;
        return 0;
}

int rec_set_text(struct vcloud *c, json_t *record, const char *field, const char *value)
{
        return rec_set(c, record, field, value ? json_string(value) : json_null());
}

int rec_set_bool(struct vcloud *c, json_t *record, const char *field, bool value)
{
        return rec_set(c, record, field, json_boolean(value));
}

int rec_set_int(struct vcloud *c, json_t *record, const char *field, int64_t value)
{
        return rec_set(c, record, field, json_integer(value));
}

int rec_set_time(struct vcloud *c, json_t *record, const char *field, int64_t ms)
{
        char text[INSTANT_SIZE];

        return rec_set_text(c, record, field, instant_text(ms, text));
}

int rec_set_now(struct vcloud *c, json_t *record, const char *field)
{
        return rec_set_time(c, record, field, cloud_now_ms(c));
}
