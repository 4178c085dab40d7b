/* SPDX-License-Identifier: Apache-2.0 */

/* The job's life, and what can be said of it without asking anybody. */

#include "setup/flow/job.h"
#include "setup/flow/platform.h"

void job_init(struct job *j, struct label *label, struct profile *profile)
{
        *j = (struct job){ .label = *label, .profile = *profile, .network = -1 };
        if (j->profile.claim_code && j->profile.claim != CLAIM_NONE) {
                j->profile.claim = CLAIM_CODE;
                j->claim_code = TAKE_PTR(j->profile.claim_code);
        }
        j->update.file = buf_init(JOB_FIRMWARE_MAX);
        *label = (struct label){};
        *profile = (struct profile){};
}

void job_done(struct job *j)
{
        label_done(&j->label);
        profile_done(&j->profile);
        j->claim_code = secret_free(j->claim_code);
        free(TAKE_PTR(j->inspection.diagnostics));
        buf_done(&j->update.file);
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

bool job_is_over(const struct job *j)
{
        return j->listening_stopped || j->absent;
}

const struct message_interface_entry *job_interface(const struct job *j, int type)
{
        for (size_t i = 0; i < j->interfaces.n; i++)
                if (j->interfaces.entry[i].type == type)
                        return &j->interfaces.entry[i];
        return NULL;
}

bool job_os_at_least(const struct job *j, unsigned major, unsigned minor, unsigned patch)
{
        unsigned is[3], least[3] = { major, minor, patch };

        if (!profile_version(j->os_version, is))
                return true;
        for (size_t i = 0; i < 3; i++)
                if (is[i] != least[i])
                        return is[i] > least[i];
        return true;
}
