/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device of a command, from its label to its one result: whatever ends it, the result says so in words
 * and, with --json, as an event. */

#include "setup/cli/setup-host.h"

/* Shows what a task has found, on standard output (words, or an event of its own with args->json), before
 * the result. -EIO, -ENOMEM. */
typedef int (*setup_show_fn)(const struct setup_args *args, const struct usher_job *job);

/* The report that is wanted can be written. 0, or as trouble_complete() takes it. */
int setup_job_check_report(const struct setup_args *args, struct trouble *ret_trouble);

struct setup_job {
        struct setup_host *host;
        struct usher_job *job;
        struct ask *ask; /* NULL: nobody to ask */
        bool reports;    /* args->report can be written */
        bool over;       /* it has its result, or the person at the terminal is gone */
        int error;       /* of writing events */
        uint64_t ms;     /* of all of it */
};

/* A job that has no label yet, with the profile that the context has now. *j is to be ended with
 * setup_job_done(), whatever is returned: 0 or a negative errno. */
int setup_job_begin(struct setup_host *host, struct setup_job *j);
void setup_job_done(struct setup_job *j);

int setup_job_label(struct setup_job *j, const struct label *label);

/* From its start to the job's result. `show` may be NULL. 0: the job says how it ended; -EIO, -ENOMEM: of
 * standard output. */
int setup_job_run(struct setup_job *j, setup_show_fn show);

/* It cannot go on: of this process, of the library (-EINVAL and no *why: the context's trouble), or *why.
 * Returns 0. */
int setup_job_fail(struct setup_job *j, int error, const struct trouble *why);

/* The result, of what setup_job_run() returned. Returns the exit code. */
int setup_job_end(struct setup_job *j, int r);
