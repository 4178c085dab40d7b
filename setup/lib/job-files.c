/* SPDX-License-Identifier: Apache-2.0 */

/* Small files that the program has named (usher_ctx_set()): setups that were finished, running numbers. */

#include "proto/base/file.h"
#include "proto/base/timer.h"
#include "setup/account/finished.h"
#include "setup/account/numbers.h"
#include "setup/lib/job-private.h"
#include <errno.h>
#include <string.h>

/* {n} in the name */
static int take_number(struct usher_job *j)
{
        const char *path = ctx_text(j->ctx, SETTING_NUMBERS_FILE);
        struct job *job = &j->job;
        int r = -ENOENT;

        if (job_is_local(job) || !name_has_number(job->asked.profile.name))
                return 0;
        if (path)
                r = numbers_take(path, job->asked.profile.name, job->asked.label.serial, &job->claim.number);
        if (r < 0)
                return trouble_set(&j->ctx->trouble, FAULT_CONFIG,
                                   "the number for the name cannot be kept (%s): %s",
                                   path ? path : "numbers-file", path ? file_words(r) : "it is not set");
        return 0;
}

/* With an answered network it is the setup that it is without one. */
static int hash(const struct usher_job *j, uint64_t *ret)
{
        struct profile named;
        int r = profile_copy(&j->job.asked.profile, &named);

        if (r < 0)
                return r;
        if (j->answered)
                profile_drop_networks(&named);
        *ret = finished_hash(&named);
        profile_done(&named);
        return 0;
}

int job_recall(struct usher_job *j)
{
        const char *path = ctx_text(j->ctx, SETTING_FINISHED_FILE);
        struct job *job = &j->job;
        int r;

        free(TAKE_PTR(j->finished));
        if (path && job->asked.task == TASK_SETUP) {
                r = hash(j, &j->finished_hash);
                if (r < 0)
                        return r;
                j->finished = strdup(path);
                if (!j->finished)
                        return -ENOMEM;
                (void)finished_find(path, job->asked.label.serial, j->finished_hash, &job->asked.finished_s);
        }
        return take_number(j);
}

/* Of a device that answered: whether it is finished now, or is not any more. */
void job_remember(const struct usher_job *j)
{
        const struct job *job = &j->job;
        bool done = job->end.outcome == JOB_DONE && job->finish.listening_stopped;

        if (j->finished && job->identity.id[0])
                (void)finished_note(j->finished, job->asked.label.serial, j->finished_hash,
                                    done ? timer_wall_s() : 0);
}
