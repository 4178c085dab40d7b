/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: a job of a program, from the asking to the result. */

#include "setup/engine/report.h"
#include "setup/engine/work.h"
#include "setup/flow/job.h"
#include "setup/lib/ctx-private.h"

enum job_stage {
        JOB_STAGE_NEW,
        JOB_STAGE_WORK, /* the steps */
        JOB_STAGE_OVER,
};

struct usher_job {
        struct usher_ctx *ctx;
        enum job_stage stage;
        struct job job;
        struct usher_ports_config world; /* its texts are the context's settings, or its token's */
        bool account;                    /* it has a token, and needs it */
        struct work *work;
        struct report *report; /* NULL: nobody wants one */
        char *finished;        /* file of what was set up, and under which hash; NULL: none */
        uint64_t finished_hash;
        bool answered;         /* its networks are what a person answered for a job before */
        bool asks_network;     /* the profile names none of its own */
        bool stopping;         /* after the step in hand */
        uint64_t start_ms, ms; /* ms: when it is over: of all of it */
};

/* job-world.c: makes the profile fit the task and finds the account that it needs: what is wrong with it is
 * said before a device is touched. -EINVAL: the context's trouble. */
int job_prepare(struct usher_job *j);

/* job-files.c: what other setups on this machine have left: when this one was finished, the number for its
 * name; and what it leaves. */
int job_recall(struct usher_job *j);
void job_remember(const struct usher_job *j);

/* job-result.c: it cannot begin: what it failed with is how it ended, until it is started again. */
void job_refuse(struct usher_job *j, int error);

/* job-tell.c */
void job_told(struct usher_job *j, const struct told *t);
