/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The support bundle of a job, `usher setup --report`: one JSON text that tells a stranger what happened and
 * where, and nothing that opens anything or names anybody: no secret, no account, no network's name. */

#include "proto/base/cleanup.h"
#include "setup/flow/runner.h"
#include <jansson.h>

struct report;

/* Times count from now. -ENOMEM. */
int report_new(struct report **ret);

/* Takes NULL, returns NULL. */
struct report *report_free(struct report *r);
DEFINE_CLEANUP(struct report *, report_free)

/* An event for the timeline. Takes NULL. What cannot be kept is counted. */
void report_event(struct report *r, const struct runner_event *e);

/* Besides the job. */
struct report_facts {
        const char *verb;
        const char *radio; /* NULL: bluez */
        bool account;      /* a token was there */
        uint64_t ms;
};

/* As JSON text; *ret is freed with free(). -ENOMEM. */
int report_text(const struct report *r, const struct job *job, const struct report_facts *facts, char **ret);

/* report-system.c: the machine and the versions of what usher stands on. NULL: out of memory. */
json_t *report_system(void);

/* report-job.c: what the job knows, without secrets and names. NULL: out of memory. */
json_t *report_device(const struct job *job);
json_t *report_wifi(const struct job *job);
json_t *report_inspection(const struct job *job);
json_t *report_diagnosis(const struct job *job);

/* Takes the names of networks, which stand there in quotes, of people and the numbers of SIM and modem out
 * of a text. `ret` is cut if need be. */
void report_anonymous(const struct job *job, const char *text, size_t size, char *ret);
