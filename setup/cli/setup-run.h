/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Runs one job to its end: ports, runner, events, questions. */

#include "setup/cli/progress.h"
#include "setup/cli/setup-args.h"
#include "setup/flow/job.h"
#include "setup/ports/ports.h"

struct work;

struct setup_run {
        struct context *context; /* its loop is told to exit: the job is cancelled */
        struct job *job;
        struct progress *progress;
        FILE *events; /* NULL: without --json */
        bool interactive;
        unsigned timeout_s;
        struct work **at_work; /* where the work stands while there is one, for who may stop it */
};

/* The job's outcome says how it went; negative errno only for mechanics. The link is closed afterwards. */
int setup_run(const struct setup_run *run, const struct usher_ports_config *world);
