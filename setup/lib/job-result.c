/* SPDX-License-Identifier: Apache-2.0 */

/* How a job ended, as one line: also one that could not begin, of which no event tells. */

#include "proto/base/timer.h"
#include "setup/lib/job-private.h"
#include <errno.h>

void job_refuse(struct usher_job *j, int error)
{
        struct job_end *end = &j->job.end;

        end->trouble = error == -EINVAL ? j->ctx->trouble : (struct trouble){};
        trouble_complete(&end->trouble, error);
        end->outcome = end->trouble.fault == FAULT_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
        j->ms = timer_now_ms() - j->start_ms;
}

int usher_job_get_result(struct usher_job *j, char **ret_json)
{
        return told_line(&(struct told){ .kind = TOLD_RESULT, .job = &j->job, .ms = j->ms }, ret_json);
}
