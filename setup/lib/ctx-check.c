/* SPDX-License-Identifier: Apache-2.0 */

/* What can be said before there is a label: whoever is told in time scans no sticker in vain. */

#include "cloud/ca.h"
#include "setup/lib/job-private.h"
#include <errno.h>
#include <string.h>

static int check_job(struct usher_ctx *c, enum task task)
{
        struct usher_job j = { .ctx = c };
        struct label none = {};
        struct profile profile;
        int r = profile_copy(&c->profile, &profile);

        if (r < 0)
                return r;
        job_init(&j.job, &none, &profile);
        j.job.asked.task = task;
        r = job_prepare(&j);
        job_done(&j.job);
        return r;
}

int usher_ctx_check(struct usher_ctx *c, const char *task)
{
        _cleanup_(ctx_leave) struct entry e;
        enum task t = TASK_SETUP;
        int r = ctx_enter(c, &e);

        if (r < 0)
                return r;
        if (strcmp(task, "doctor") == 0)
                return cloud_ca_check(ctx_text(c, SETTING_CLOUD_CA), &c->trouble);
        r = task_find(task, &t);
        return r < 0 ? r : check_job(c, t);
}
