/* SPDX-License-Identifier: Apache-2.0 */

/* The job's life, and what can be said of it without asking anybody. */

#include "setup/flow/job.h"
#include "setup/flow/platform.h"

void job_init(struct job *j, struct label *label, struct profile *profile)
{
        *j = (struct job){ .label = *label, .profile = *profile, .network = -1 };
        *label = (struct label){};
        *profile = (struct profile){};
}

void job_done(struct job *j)
{
        label_done(&j->label);
        profile_done(&j->profile);
        j->claim_code = secret_free(j->claim_code);
}

const char *job_device_id(const struct job *j)
{
        return j->device_id[0] ? j->device_id : j->cloud_id;
}

const char *job_platform(const struct job *j)
{
        const struct platform *p = platform_of(j);

        return p ? p->name : "";
}

bool job_is_online(const struct job *j)
{
        return j->device_connected || j->cloud_online;
}
