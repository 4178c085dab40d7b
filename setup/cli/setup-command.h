/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One command, from the options to the exit code: what `usher setup` and its kin have in common. */

#include "setup/cli/setup-job.h"

/* `task` as usher_job_new() takes it. `show` may be NULL. */
int setup_command(const struct setup_args *args, const char *task, setup_show_fn show);
