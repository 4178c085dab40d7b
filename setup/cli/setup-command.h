/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One command with one device, from the options to the exit code: what `usher setup` and its kin have in
 * common. */

#include "setup/cli/setup-args.h"
#include "setup/flow/job.h"

/* Shows what a task has found, on standard output (words, or an event of its own with args->json), before
 * the result. -EIO, -ENOMEM. */
typedef int (*setup_show_fn)(const struct setup_args *args, const struct job *job);

/* Tasks other than TASK_SETUP and TASK_UPDATE use no account. `show` may be NULL. */
int setup_command(const struct setup_args *args, enum task task, setup_show_fn show);
