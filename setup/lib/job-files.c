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
static int take_number(const char *path, struct job *job, struct trouble *ret_trouble)
{
        int r = -ENOENT;

        if (job_is_local(job) || !name_has_number(job->asked.profile.name))
                return 0;
        if (path)
                r = numbers_take(path, job->asked.profile.name, job->asked.label.serial, &job->claim.number);
        if (r < 0)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the number for the name cannot be kept (%s): %s",
                                   path ? path : "numbers-file", path ? file_words(r) : "it is not set");
        return 0;
}

int files_take(const struct usher_ctx *c, struct files *ret)
{
        const char *finished = ctx_text(c, SETTING_FINISHED_FILE),
                   *numbers = ctx_text(c, SETTING_NUMBERS_FILE);
        struct files f = {};

        if (finished && !(f.finished = strdup(finished)))
                return -ENOMEM;
        if (numbers && !(f.numbers = strdup(numbers))) {
                free(f.finished);
                return -ENOMEM;
        }
        *ret = f;
        return 0;
}

void files_done(struct files *f)
{
        free(f->finished);
        free(f->numbers);
        *f = (struct files){};
}

int files_recall(const struct files *f, uint64_t hash, struct job *job, struct trouble *ret_trouble)
{
        if (f->finished && job->asked.task == TASK_SETUP)
                (void)finished_find(f->finished, job->asked.label.serial, hash, &job->asked.finished_s);
        return take_number(f->numbers, job, ret_trouble);
}

void files_remember(const struct files *f, uint64_t hash, const struct job *job)
{
        bool done = job->end.outcome == JOB_DONE && job->finish.listening_stopped;

        if (f->finished && job->asked.task == TASK_SETUP && job->identity.id[0])
                (void)finished_note(f->finished, job->asked.label.serial, hash, done ? timer_wall_s() : 0);
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
        struct files f = { .numbers = (char *)ctx_text(j->ctx, SETTING_NUMBERS_FILE) };
        int r;

        free(TAKE_PTR(j->finished));
        if (path && j->job.asked.task == TASK_SETUP) {
                r = hash(j, &j->finished_hash);
                if (r < 0)
                        return r;
                j->finished = strdup(path);
                if (!j->finished)
                        return -ENOMEM;
        }
        f.finished = j->finished;
        return files_recall(&f, j->finished_hash, &j->job, &j->ctx->trouble);
}

void job_remember(const struct usher_job *j)
{
        files_remember(&(struct files){ .finished = j->finished }, j->finished_hash, &j->job);
}
