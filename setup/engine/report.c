/* SPDX-License-Identifier: Apache-2.0 */

/* Events are kept as they come and become text at the end, when all names that must not be told are known.
 */

#include "setup/engine/report.h"
#include "proto/base/timer.h"
#include "setup/engine/event.h"
#include "setup/engine/record-json.h"
#include "setup/engine/told.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ENTRIES_MAX = 2000 };

struct entry {
        uint64_t ms;
        struct runner_event event;
};

struct report {
        uint64_t start_ms;
        struct entry *entry;
        size_t n, size, dropped;
};

int report_new(struct report **ret)
{
        struct report *r = calloc(1, sizeof(*r));

        if (!r)
                return -ENOMEM;
        r->start_ms = timer_now_ms();
        *ret = r;
        return 0;
}

struct report *report_free(struct report *r)
{
        if (!r)
                return NULL;
        free(r->entry);
        free(r);
        return NULL;
}

/* Room for one more; false if there is none. */
static bool grow(struct report *r)
{
        size_t size = r->size ? r->size * 2 : 64;
        struct entry *entry;

        if (r->n < r->size)
                return true;
        if (size > ENTRIES_MAX)
                return false;
        entry = reallocarray(r->entry, size, sizeof(*entry));
        if (!entry)
                return false;
        r->entry = entry;
        r->size = size;
        return true;
}

void report_event(struct report *r, const struct runner_event *e)
{
        struct entry *x;

        if (!r)
                return;
        if (!grow(r)) {
                r->dropped++;
                return;
        }
        x = &r->entry[r->n++];
        *x = (struct entry){ .ms = timer_now_ms() - r->start_ms, .event = *e };
}

/* text */
static json_t *cause(const struct job *job, const char *from)
{
        char clean[TROUBLE_CAUSE_MAX];

        report_anonymous(job, from, sizeof(clean), clean);
        return event_text(clean);
}

static json_t *fault(enum fault f)
{
        return f == FAULT_NONE ? json_null() : json_string(fault_info(f)->key);
}

static json_t *entry(const struct job *job, const struct entry *x)
{
        const struct runner_event *e = &x->event;

        switch (e->kind) {
        case RUNNER_STEP:
                return json_pack("{s:I, s:s, s:s, s:i, s:i, s:I, s:o, s:o}", "at", (json_int_t)x->ms, "step",
                                 e->step, "state", told_state(e->state), "try", (int)e->try, "of",
                                 (int)e->of, "ms", (json_int_t)e->ms, "fault", fault(e->trouble.fault),
                                 "cause", cause(job, e->trouble.cause));
        case RUNNER_QUESTION:
                return json_pack("{s:I, s:s, s:s}", "at", (json_int_t)x->ms, "step", e->step, "state",
                                 "asked");
        case RUNNER_RESULT: break;
        }
        return json_pack("{s:I, s:s, s:o}", "at", (json_int_t)x->ms, "state", "result", "fault",
                         fault(e->trouble.fault));
}

static json_t *timeline(const struct report *r, const struct job *job)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < r->n; i++)
                if (json_array_append_new(list, entry(job, &r->entry[i])) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

static json_t *result(const struct job *job, const struct report_facts *facts)
{
        const char *advice =
                job->end.trouble.fault == FAULT_NONE ? NULL : fault_info(job->end.trouble.fault)->advice;

        return json_pack("{s:o, s:o, s:o, s:s?, s:I, s:o}", "outcome",
                         record_json_fact(job, record_find("outcome")), "fault",
                         fault(job->end.trouble.fault), "cause", cause(job, job->end.trouble.cause),
                         "advice", advice, "ms", (json_int_t)facts->ms, "exchanges",
                         record_json_fact(job, record_find("exchanges")));
}

int report_text(const struct report *r, const struct job *job, const struct report_facts *facts, char **ret)
{
        time_t now = (time_t)timer_wall_s();
        _cleanup_(freep) char *text = NULL;
        char date[32] = "", *whole;
        struct tm t;
        json_t *j;

        if (gmtime_r(&now, &t))
                (void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &t);
        j = json_pack("{s:i, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "v", 1, "date",
                      date, "verb", facts->verb, "radio",
                      facts->radio && strncmp(facts->radio, "sim:", 4) == 0 ? "sim" : "bluez", "account",
                      facts->account, "system", report_system(), "result", result(job, facts), "device",
                      report_device(job), "wifi", report_wifi(job), "diagnosis", report_diagnosis(job),
                      "inspection", report_inspection(job), "timeline", timeline(r, job), "timeline_dropped",
                      (int)r->dropped);
        if (!j)
                return -ENOMEM;
        text = json_dumps(j, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
        json_decref(j);
        if (!text || asprintf(&whole, "%s\n", text) < 0)
                return -ENOMEM;
        *ret = whole;
        return 0;
}
