/* SPDX-License-Identifier: Apache-2.0 */

/* What a job knows, for the program. */

#include "setup/engine/record-json.h"
#include "setup/lib/job-private.h"
#include <errno.h>
#include <string.h>

static const char *text(const char *s)
{
        return s[0] ? s : NULL;
}

const char *usher_job_get_serial(const struct usher_job *j)
{
        return text(j->job.asked.label.serial);
}

const char *usher_job_get_outcome(const struct usher_job *j)
{
        return record_get(&j->job, record_find("outcome")).text;
}

const char *usher_job_get_id(const struct usher_job *j)
{
        return text(job_device_id(&j->job));
}

const char *usher_job_get_platform(const struct usher_job *j)
{
        return text(job_platform(&j->job));
}

const char *usher_job_get_os(const struct usher_job *j)
{
        return text(j->job.identity.os);
}

const char *usher_job_get_name(const struct usher_job *j)
{
        return text(j->job.cloud.name);
}

const char *usher_job_get_owner(const struct usher_job *j)
{
        return text(j->job.cloud.owner_name);
}

const char *usher_job_get_fault(const struct usher_job *j)
{
        return trouble_key(&j->job.end.trouble);
}

const char *usher_job_get_sentence(const struct usher_job *j)
{
        return trouble_sentence(&j->job.end.trouble);
}

const char *usher_job_get_cause(const struct usher_job *j)
{
        return trouble_cause(&j->job.end.trouble);
}

const char *usher_job_get_advice(const struct usher_job *j)
{
        return trouble_advice(&j->job.end.trouble);
}

int usher_job_get_exit(const struct usher_job *j)
{
        return fault_info(j->job.end.trouble.fault)->exit_code;
}

bool usher_job_get_verified(const struct usher_job *j)
{
        return j->job.end.verified;
}

bool usher_job_get_code_given(const struct usher_job *j)
{
        return j->job.claim.code_set && j->job.asked.profile.claim == CLAIM_CODE;
}

int usher_job_get_record(struct usher_job *j, bool personal, char **ret_json)
{
        json_t *record = record_json_add(&j->job, personal ? 0 : RECORD_PERSONAL, 0, json_object());
        char *line = record ? json_dumps(record, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

        json_decref(record);
        if (!line)
                return -ENOMEM;
        *ret_json = line;
        return 0;
}
