/* SPDX-License-Identifier: Apache-2.0 */

/* What a job would do: `usher setup --dry-run`. */

#include "setup/engine/plan.h"
#include "setup/lib/job-private.h"
#include <errno.h>

static const char *token_name(const struct usher_job *j)
{
        if (!j->world.account)
                return NULL;
        if (session_is_wanted(&j->job.asked.profile))
                return "the customer's, with the product's OAuth client";
        return j->ctx->token.origin ? j->ctx->token.origin : "given by the program";
}

int usher_job_get_plan(struct usher_job *j, char **ret_json)
{
        _cleanup_(ctx_leave) struct entry e;
        json_t *object;
        char *line;
        int r = ctx_enter(j->ctx, &e);

        if (r == 0)
                r = job_want_label(j);
        if (r == 0 && j->stage == JOB_STAGE_NEW)
                r = job_prepare(j);
        if (r < 0)
                return r;
        object = plan_json(&j->job, j->world.config.radio, token_name(j),
                           j->world.account ? j->world.config.cloud_url : NULL);
        line = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
        json_decref(object);
        if (!line)
                return -ENOMEM;
        *ret_json = line;
        return 0;
}
