/* SPDX-License-Identifier: Apache-2.0 */

/* Built with jansson in the order of design.md 5. */

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

int events_step(FILE *f, const struct runner_event *e)
{
        if (e->state == STEP_WAITING)
                return 0;
        return line_put(f, json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:I}", "v", 1, "event", "step", "step",
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
        return job->end.fault == FAULT_NONE ? NULL : fault_info(job->end.fault)->advice;
}

int events_result(FILE *f, const struct job *job, uint64_t ms)
{
        const char *fault = job->end.fault == FAULT_NONE ? NULL : fault_info(job->end.fault)->key;
        json_t *device;

        device = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "serial", line_text(job->asked.label.serial),
                           "id", line_text(job_device_id(job)), "platform", line_text(job_platform(job)),
                           "os", line_text(job->identity.os), "name", line_text(job->cloud.name), "owner",
                           line_text(job->cloud.owner_name));
        if (!device)
                return -ENOMEM;
        return line_put(f, json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:I, s:i}", "v", 1, "event", "result",
                                     "outcome", events_outcome(job->end.outcome), "fault", line_text(fault),
                                     "advice", line_text(advice_of(job)), "device", device, "ms",
                                     (json_int_t)ms, "exchanges", (int)job->end.exchanges));
}
