/* SPDX-License-Identifier: Apache-2.0 */

/* The job's life, and what can be said of it without asking anybody. */

#include "setup/flow/job.h"
#include "setup/flow/platform.h"
#include <errno.h>

void job_init(struct job *j, struct label *label, struct profile *profile)
{
        *j = (struct job)JOB_NEW;
        j->asked.label = *label;
        j->asked.profile = *profile;
        if (j->asked.profile.claim_code && j->asked.profile.claim != CLAIM_NONE) {
                j->asked.profile.claim = CLAIM_CODE;
                j->now.claim_code = TAKE_PTR(j->asked.profile.claim_code);
        }
        j->now.transfer.file = buf_init(JOB_FIRMWARE_MAX);
        *label = (struct label){};
        *profile = (struct profile){};
}

void job_done(struct job *j)
{
        label_done(&j->asked.label);
        profile_done(&j->asked.profile);
        j->now.claim_code = secret_free(j->now.claim_code);
        free(TAKE_PTR(j->now.inspection.diagnostics));
        buf_done(&j->now.transfer.file);
}

const char *job_device_id(const struct job *j)
{
        return j->identity.id[0] ? j->identity.id : j->cloud.id;
}

const struct platform *job_model(const struct job *j)
{
        unsigned id = j->cloud.platform_id;

        if (id == 0)
                (void)label_model_hint(&j->asked.label, &id);
        return platform_by_id(id);
}

const char *job_platform(const struct job *j)
{
        const struct platform *p = job_model(j);

        return p ? p->name : "";
}

int job_name(const struct job *j, char ret[static PROFILE_NAME_MAX])
{
        struct name_words words = { .serial = j->asked.label.serial,
                                    .platform = job_platform(j),
                                    .code = label_setup_code(&j->asked.label),
                                    .number = j->claim.number };

        return j->asked.profile.name ? name_fill_in(j->asked.profile.name, &words, ret) : -ENOENT;
}

bool job_is_online(const struct job *j)
{
        return j->online.connected || j->claim.online;
}

bool job_is_over(const struct job *j)
{
        return j->finish.listening_stopped || j->now.absent;
}

bool job_is_local(const struct job *j)
{
        return j->asked.profile.claim == CLAIM_NONE || j->asked.profile.claim == CLAIM_CODE;
}

const struct message_interface_entry *job_interface(const struct job *j, int type)
{
        for (size_t i = 0; i < j->now.interfaces.n; i++)
                if (j->now.interfaces.entry[i].type == type)
                        return &j->now.interfaces.entry[i];
        return NULL;
}

bool job_os_at_least(const struct job *j, unsigned major, unsigned minor, unsigned patch)
{
        unsigned is[3], least[3] = { major, minor, patch };

        if (!profile_version(j->identity.os, is))
                return true;
        for (size_t i = 0; i < 3; i++)
                if (is[i] != least[i])
                        return is[i] > least[i];
        return true;
}
