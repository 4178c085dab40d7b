/* SPDX-License-Identifier: Apache-2.0 */

/* What may become of a job before it starts: programs look for the label last, and it may be that there is
 * none. */

#include "setup/flow/profile/check.h"
#include "setup/lib/job-private.h"
#include "setup/lib/label-private.h"
#include <errno.h>
#include <string.h>

static int enter(struct usher_job *j, struct entry *e)
{
        int r = ctx_enter(j->ctx, e);

        return r < 0 ? r : j->stage == JOB_STAGE_NEW ? 0 : -EALREADY;
}

int job_want_label(struct usher_job *j)
{
        if (j->job.asked.label.mobile_secret)
                return 0;
        return trouble_set(&j->ctx->trouble, FAULT_USAGE, "the job has no label");
}

int job_prepare(struct usher_job *j)
{
        struct profile *p = &j->job.asked.profile;
        bool account = false;
        int r = profile_check(p, &j->ctx->trouble);

        world_done(&j->world);
        if (r < 0)
                return r;
        j->asks_network = j->answered || p->n_networks == 0;
        world_fit(j->job.asked.task, p);
        r = world_find_account(j->ctx, p, &account);
        return r < 0 ? r : world_keep(j->ctx, session_is_wanted(p) ? p : NULL, account, &j->world);
}

int usher_job_set_label(struct usher_job *j, const struct usher_label *label)
{
        _cleanup_(ctx_leave) struct entry e;
        struct label copy;
        int r = enter(j, &e);

        if (r == 0)
                r = label_copy(&label->label, &copy);
        if (r < 0)
                return r;
        label_done(&j->job.asked.label);
        j->job.asked.label = copy;
        return 0;
}

int usher_job_check(struct usher_job *j, bool account)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter(j, &e);

        if (r < 0)
                return r;
        return account ? job_prepare(j) : profile_check(&j->job.asked.profile, &j->ctx->trouble);
}

int usher_job_fail(struct usher_job *j, const char *fault, const char *cause)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = enter(j, &e);

        if (r == 0 && !j->report && ctx_yes(j->ctx, SETTING_REPORT))
                r = report_new(&j->report);
        if (r < 0)
                return r;
        r = trouble_set(&j->ctx->trouble, fault_find(fault), "%s", cause ? cause : "");
        job_refuse(j, r, &j->ctx->trouble);
        return 0;
}
