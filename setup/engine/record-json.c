/* SPDX-License-Identifier: Apache-2.0 */

/* From the table of fields alone: a new field is in every event and report that its flags say without a line
 * here. */

#include "setup/engine/record-json.h"
#include "proto/base/cleanup.h"
#include "setup/engine/event.h"
#include "setup/flow/job.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* the whole */

/* Texts as they are: what is read back is compared with what the cloud says. One that is no UTF-8 would be
 * lost, and is cleaned. */
static json_t *value(const struct record_value *v)
{
        json_t *text;

        switch (v->type) {
        case RECORD_BOOL: return json_boolean(v->truth);
        case RECORD_NUMBER: return json_integer(v->number);
        case RECORD_WORD:
        case RECORD_TEXT: break;
        }
        text = json_string(v->text);
        return text ? text : event_word(v->text);
}

static bool is_new(const struct record_value *v, const struct record_field *f)
{
        static const struct job fresh = JOB_NEW;
        struct record_value before = record_get(&fresh, f);

        switch (v->type) {
        case RECORD_BOOL: return v->truth == before.truth;
        case RECORD_NUMBER: return v->number == before.number;
        case RECORD_WORD:
        case RECORD_TEXT: break;
        }
        return strcmp(v->text, before.text) == 0;
}

int record_json_write(const struct job *job, char **ret)
{
        size_t n;
        const struct record_field *f = record_fields(&n);
        json_t *j = json_object();
        char *text;

        for (size_t i = 0; j && i < n; i++) {
                struct record_value v = record_get(job, &f[i]);

                if (!is_new(&v, &f[i]) && json_object_set_new(j, f[i].name, value(&v)) < 0) {
                        json_decref(j);
                        return -ENOMEM;
                }
        }
        text = j ? json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
        json_decref(j);
        if (!text)
                return -ENOMEM;
        *ret = text;
        return 0;
}

static int set(struct job *job, const struct record_field *f, const json_t *value)
{
        char number[32];

        switch (f->type) {
        case RECORD_BOOL:
                return json_is_boolean(value) ? record_set(job, f, json_is_true(value) ? "true" : "false")
                                              : -EINVAL;
        case RECORD_NUMBER:
                (void)snprintf(number, sizeof(number), "%" PRId64, (int64_t)json_integer_value(value));
                return json_is_integer(value) ? record_set(job, f, number) : -EINVAL;
        case RECORD_WORD:
        case RECORD_TEXT: break;
        }
        return json_is_string(value) ? record_set(job, f, json_string_value(value)) : -EINVAL;
}

static void forget_wifi(struct job *job)
{
        static const struct job fresh = JOB_NEW;

        if (job->wifi.network >= (int)job->asked.profile.n_networks)
                job->wifi = fresh.wifi;
}

static int take_fields(struct job *job, json_t *from, struct trouble *ret_trouble)
{
        const char *name;
        json_t *value;

        json_object_foreach(from, name, value) {
                const struct record_field *f = record_find(name);

                if (f && set(job, f, value) < 0)
                        return trouble_set(
                                ret_trouble, FAULT_STORE,
                                "what was kept of the job cannot be read: no \"%s\" has such a value",
                                f->name);
        }
        return 0;
}

int record_json_read(struct job *job, const char *text, struct trouble *ret_trouble)
{
        _cleanup_(freep) struct job *ours = NULL;
        json_t *j;
        int r;

        if (strnlen(text, RECORD_JSON_MAX + 1) > RECORD_JSON_MAX)
                return trouble_set(ret_trouble, FAULT_STORE,
                                   "what was kept of the job cannot be read: it is too long");
        j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(j)) {
                json_decref(j);
                return trouble_set(ret_trouble, FAULT_STORE,
                                   "what was kept of the job cannot be read: it is no JSON object");
        }
        ours = malloc(sizeof(*ours));
        if (ours)
                memcpy(ours, job, sizeof(*ours));
        r = ours ? take_fields(ours, j, ret_trouble) : -ENOMEM;
        json_decref(j);
        if (r < 0)
                return r;
        forget_wifi(ours);
        memcpy(job, ours, sizeof(*job));
        return 0;
}
