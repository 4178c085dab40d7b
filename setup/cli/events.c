/* SPDX-License-Identifier: Apache-2.0 */

/* Built with jansson in the order of design.md. Texts that came from a device or a cloud and are not UTF-8
 * are shown with "?" in place of what cannot be shown: an event is never lost for a bad name. */

#include "setup/cli/events.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

json_t *events_text(const char *s)
{
        char clean[JOB_CAUSE_MAX];
        size_t n;
        json_t *j;

        if (!s || !*s)
                return json_null();
        j = json_string(s);
        if (j)
                return j;
        n = strnlen(s, sizeof(clean) - 1);
        for (size_t i = 0; i < n; i++)
                clean[i] = (unsigned char)s[i] < 0x80 ? s[i] : '?';
        return json_stringn(clean, n);
}

static int put_line(FILE *f, json_t *line)
{
        int r = 0;

        if (!line)
                return -ENOMEM;
        if (json_dumpf(line, f, JSON_COMPACT | JSON_PRESERVE_ORDER) < 0 || fputc('\n', f) == EOF ||
            fflush(f) != 0)
                r = -EIO;
        json_decref(line);
        return r;
}

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

int events_step(FILE *f, const struct runner_event *e)
{
        if (e->state == STEP_WAITING)
                return 0;
        return put_line(f, json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:I}", "v", 1, "event", "step", "step",
                                     e->step, "state", events_state(e->state), "try", (int)e->try, "of",
                                     (int)e->of, "ms", (json_int_t)e->ms));
}

const char *events_outcome(enum job_outcome outcome)
{
        switch (outcome) {
        case JOB_DONE: return "done";
        case JOB_PENDING: return "pending";
        case JOB_CANCELLED: return "cancelled";
        case JOB_RUNNING:
        case JOB_FAILED: break;
        }
        return "failed";
}

static const char *advice_of(const struct job *job)
{
        return job->fault == FAULT_NONE ? NULL : fault_info(job->fault)->advice;
}

int events_result(FILE *f, const struct job *job, uint64_t ms)
{
        const char *fault = job->fault == FAULT_NONE ? NULL : fault_info(job->fault)->key;
        json_t *device;

        device = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "serial", events_text(job->label.serial), "id",
                           events_text(job_device_id(job)), "platform", events_text(job_platform(job)), "os",
                           events_text(job->os_version), "name", events_text(job->cloud_name), "owner",
                           events_text(job->owner_name));
        if (!device)
                return -ENOMEM;
        return put_line(f, json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:I, s:i}", "v", 1, "event", "result",
                                     "outcome", events_outcome(job->outcome), "fault", events_text(fault),
                                     "advice", events_text(advice_of(job)), "device", device, "ms",
                                     (json_int_t)ms, "exchanges", (int)job->exchanges));
}
