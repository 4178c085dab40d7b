/* SPDX-License-Identifier: Apache-2.0 */

/* From the table of fields alone: a new field is in every event and report that its flags say without a line
 * here. */

#include "setup/engine/record-json.h"
#include "setup/engine/event.h"

json_t *record_json_fact(const struct job *job, const struct record_field *f)
{
        struct record_value v = record_get(job, f);

        switch (v.type) {
        case RECORD_BOOL: return json_boolean(v.truth);
        case RECORD_NUMBER:
                return v.number == 0 && (f->flags & RECORD_ZERO_UNKNOWN) ? json_null()
                                                                         : json_integer(v.number);
        case RECORD_WORD:
        case RECORD_TEXT: break;
        }
        return event_text(v.text);
}

json_t *record_json_add(const struct job *job, unsigned mask, unsigned flags, json_t *to)
{
        size_t n;
        const struct record_field *f = record_fields(&n);

        for (size_t i = 0; to && i < n; i++)
                if ((f[i].flags & mask) == flags &&
                    json_object_set_new(to, f[i].name, record_json_fact(job, &f[i])) < 0) {
                        json_decref(to);
                        return NULL;
                }
        return to;
}
