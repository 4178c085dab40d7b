/* SPDX-License-Identifier: Apache-2.0 */

/* Built with jansson in the order of the table in event-keys.c. */

#include "setup/cli/events.h"
#include "setup/cli/line.h"
#include <errno.h>

const char *events_state(enum step_state state)
{
        switch (state) {
        case STEP_STARTED: return "started";
        case STEP_DONE: return "done";
        case STEP_RETRYING: return "retrying";
        case STEP_SKIPPED: return "skipped";
        case STEP_FAILED: return "failed";
        case STEP_WAITING: break;
        }
        return "waiting";
}

static const char *fault_key(enum fault fault)
{
        return fault == FAULT_NONE ? NULL : fault_info(fault)->key;
}

int events_step(FILE *f, const struct job *job, const struct runner_event *e)
{
        const struct trouble *t = &e->trouble;

        if (e->state == STEP_WAITING)
                return 0;
        return line_job_event(f, job->asked.label.serial, "step",
                              json_pack("{s:s, s:s?, s:s, s:i, s:i, s:I, s:s?, s:o}", "step", e->step,
                                        "light", e->light, "state", events_state(e->state), "try",
                                        (int)e->try, "of", (int)e->of, "ms", (json_int_t)e->ms, "fault",
                                        fault_key(t->fault), "cause", line_text(t->cause)));
}

int events_progress(FILE *f, const struct job *job, const struct runner_event *e)
{
        const struct trouble *t = &e->trouble;
        bool told = t->cause[0] || t->fault != FAULT_NONE;

        return line_job_event(f, job->asked.label.serial, "progress",
                              json_pack("{s:s, s:I, s:I, s:o, s:I, s:I}", "step", e->step, "elapsed_ms",
                                        (json_int_t)e->ms, "limit_ms", (json_int_t)e->limit_ms, "cause",
                                        line_text(told ? trouble_words(t) : NULL), "part",
                                        (json_int_t)e->part, "whole", (json_int_t)e->whole));
}

json_t *events_fact(const struct job *job, const struct record_field *f)
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
        return line_text(v.text);
}

json_t *events_add_facts(const struct job *job, unsigned mask, unsigned flags, json_t *to)
{
        size_t n;
        const struct record_field *f = record_fields(&n);

        for (size_t i = 0; to && i < n; i++)
                if ((f[i].flags & mask) == flags &&
                    json_object_set_new(to, f[i].name, events_fact(job, &f[i])) < 0) {
                        json_decref(to);
                        return NULL;
                }
        return to;
}

static json_t *device(const struct job *job)
{
        json_t *device = json_pack("{s:o, s:o, s:o}", "serial", line_text(job->asked.label.serial), "id",
                                   line_text(job_device_id(job)), "platform", line_text(job_platform(job)));

        return events_add_facts(job, RECORD_DEVICE, RECORD_DEVICE, device);
}

int events_result(FILE *f, const struct job *job, uint64_t ms)
{
        const struct trouble *t = &job->end.trouble;
        const struct fault_info *info = fault_info(t->fault);
        const char *advice = t->fault == FAULT_NONE ? NULL : info->advice;

        return line_job_event(f, job->asked.label.serial, "result",
                              json_pack("{s:o, s:s?, s:o, s:s?, s:i, s:b, s:o, s:I, s:o}", "outcome",
                                        events_fact(job, record_find("outcome")), "fault",
                                        fault_key(t->fault), "cause", line_text(t->cause), "advice", advice,
                                        "exit", info->exit_code, "verified", job->end.verified, "device",
                                        device(job), "ms", (json_int_t)ms, "exchanges",
                                        events_fact(job, record_find("exchanges"))));
}
