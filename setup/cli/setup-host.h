/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is the same for all devices of one command: options, loop and library, the profile. */

#include "setup/cli/host.h"
#include "setup/cli/progress.h"
#include "setup/cli/setup-args.h"

struct setup_host {
        const struct setup_args *args;
        const char *task; /* as usher_job_new() takes it */
        struct host *host;
        struct progress *progress;
        struct silence *silence; /* the terminal that was asked for the sticker; NULL: none */
};

/* Loop, library and progress, without anything of the profile. `args` outlives it. *h is to be closed,
 * whatever is returned: 0, or a negative errno of this process. */
int setup_host_open(const struct setup_args *args, const char *task, struct setup_host *h);
void setup_host_close(struct setup_host *h);

/* The profile that the command means, with its options over it, is the context's from now on. 0, or as
 * trouble_complete() takes it. */
int setup_host_profile(struct setup_host *h, struct trouble *ret_trouble);

/* When there is no further job: a customer's token that nobody needs any more does not lie around for its 90
 * days. What goes wrong with that is said, and changes nothing else. */
void setup_host_sign_out(struct host *host);
