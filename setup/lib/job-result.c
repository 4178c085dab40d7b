/* SPDX-License-Identifier: Apache-2.0 */

/* How a job ended, as one line or as the report of all that happened: also of one that could not begin, of
 * which no event tells. */

#include "proto/base/timer.h"
#include "setup/lib/job-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TASK_NAME_MAX = 24 };

void job_refuse(struct usher_job *j, int error, const struct trouble *why)
{
        struct job_end *end = &j->job.end;

        end->trouble = error == -EINVAL ? *why : (struct trouble){};
        trouble_complete(&end->trouble, error);
        end->outcome = end->trouble.fault == FAULT_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
        j->ms = timer_now_ms() - j->start_ms;
}

/* So far, or of all of it. */
static uint64_t ms(const struct usher_job *j)
{
        return j->stage == JOB_STAGE_NEW || j->stage == JOB_STAGE_OVER ? j->ms
                                                                       : timer_now_ms() - j->start_ms;
}

int usher_job_get_result(struct usher_job *j, char **ret_json)
{
        return told_line(&(struct told){ .kind = TOLD_RESULT, .job = &j->job, .ms = ms(j) }, ret_json);
}

/* The verb of `usher` that has this task: "wifi" of "wifi-list". */
static const char *verb(const struct usher_job *j, char ret[static TASK_NAME_MAX])
{
        const char *task = usher_job_get_task(j);

        (void)snprintf(ret, TASK_NAME_MAX, "%.*s", (int)strcspn(task, "-"), task);
        return ret;
}

int usher_job_get_report(struct usher_job *j, char **ret_text)
{
        char word[TASK_NAME_MAX];
        struct report_facts facts = { .verb = verb(j, word),
                                      .radio = ctx_text(j->ctx, SETTING_RADIO),
                                      .account = j->world.account,
                                      .ms = ms(j) };

        return j->report ? report_text(j->report, &j->job, &facts, ret_text) : -ENODATA;
}
