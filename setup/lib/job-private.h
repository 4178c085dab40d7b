/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: a job of a program, from the asking to the result. */

#include "setup/engine/report.h"
#include "setup/engine/work.h"
#include "setup/flow/job.h"
#include "setup/lib/world-private.h"

/* job-files.c: what other setups on this machine have left, and what this one leaves. */
struct files {
        char *finished, *numbers; /* paths; NULL: none */
};

/* Those that the context has now. -ENOMEM. */
int files_take(const struct usher_ctx *c, struct files *ret);
void files_done(struct files *f);

/* When this setup was finished, the number for its name. `hash`: finished_hash() of what is asked for.
 * -EINVAL with *ret_trouble. */
int files_recall(const struct files *f, uint64_t hash, struct job *job, struct trouble *ret_trouble);

/* Of a device that answered: whether it is finished now, or is not any more. */
void files_remember(const struct files *f, uint64_t hash, const struct job *job);

enum job_stage {
        JOB_STAGE_NEW,
        JOB_STAGE_SIGN_IN, /* the customer, before the steps */
        JOB_STAGE_WORK,    /* the steps */
        JOB_STAGE_OVER,
};

struct usher_job {
        struct usher_ctx *ctx;
        enum job_stage stage;
        struct job job;
        struct world world;
        struct op *sign_in;
        struct work *work;
        struct report *report; /* NULL: nobody wants one */
        char *finished;        /* file of what was set up, and under which hash; NULL: none */
        uint64_t finished_hash;
        bool answered;     /* its networks are what a person answered for a job before */
        bool asks_network; /* the profile names none of its own */
        bool stopping;     /* after the step in hand */
        bool interactive;
        uint64_t deadline_ms;
        uint64_t start_ms, ms; /* ms: when it is over: of all of it */
};

/* "setup", ...; -ENOENT. */
int task_find(const char *name, enum task *ret);

/* job-before.c: -EINVAL with the context's trouble: it has none yet. */
int job_want_label(struct usher_job *j);

/* job-before.c: checks the profile, makes it fit the task and finds the world. -EINVAL: the context's
 * trouble. */
int job_prepare(struct usher_job *j);

/* job-files.c */
int job_recall(struct usher_job *j);
void job_remember(const struct usher_job *j);

/* job-result.c: it ends without its work; `why` of -EINVAL. One that could not begin may be started again.
 */
void job_refuse(struct usher_job *j, int error, const struct trouble *why);

/* job-tell.c: what is told as an event, without who it is about and its line. NULL: out of memory. */
struct usher_event *event_of_told(const struct told *t);
void job_told(struct usher_job *j, const struct told *t);

/* job-networks.c: false past the end, or if none is meant. */
bool networks_of(const struct job *job, size_t i, struct usher_network *ret);
bool network_chosen(const struct job *job, struct usher_network *ret);

/* job-answer.c: what a person answers, for work_answer(). *ret is the caller's; empty: the device shall look
 * again. -EINVAL with *ret_trouble. */
int network_make(const struct job *job, const void *ssid, size_t ssid_len, const void *password,
                 size_t password_len, struct wifi_network *ret, struct trouble *ret_trouble);
