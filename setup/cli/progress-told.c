/* SPDX-License-Identifier: Apache-2.0 */

/* What the library tells, for people. */

#include "setup/cli/host.h"
#include "setup/cli/progress.h"
#include <string.h>

struct progress_step progress_step_of(const struct usher_event *e)
{
        return (struct progress_step){ .text = usher_event_get_text(e),
                                       .state = usher_event_get_state(e),
                                       .light = usher_event_get_light(e),
                                       .hint = usher_event_get_hint(e),
                                       .sentence = usher_event_get_sentence(e),
                                       .cause = usher_event_get_cause(e),
                                       .try = usher_event_get_try(e),
                                       .of = usher_event_get_of(e),
                                       .ms = usher_event_get_ms(e),
                                       .limit_ms = usher_event_get_limit_ms(e),
                                       .part = usher_event_get_part(e),
                                       .whole = usher_event_get_whole(e) };
}

void progress_event(struct progress *p, const struct usher_event *e)
{
        enum usher_event_kind kind = usher_event_get_kind(e);
        struct progress_step step = progress_step_of(e);

        if (kind == USHER_EVENT_STEP)
                progress_step(p, &step);
        else if (kind == USHER_EVENT_PROGRESS)
                progress_wait(p, &step);
        else if (kind == USHER_EVENT_QUIET)
                progress_wait(p, NULL);
}

void progress_job(struct progress *p, const struct usher_job *job, uint64_t ms)
{
        struct progress_end end = { .done = strcmp(usher_job_get_outcome(job), "done") == 0,
                                    .serial = usher_job_get_serial(job),
                                    .id = usher_job_get_id(job),
                                    .platform = usher_job_get_platform(job),
                                    .os = usher_job_get_os(job),
                                    .owner = usher_job_get_owner(job),
                                    .name = usher_job_get_name(job),
                                    .code_given = usher_job_get_code_given(job),
                                    .ms = ms };

        host_told(usher_job_get_fault(job), usher_job_get_cause(job), &end.trouble);
        progress_result(p, &end);
}
