/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --from LIST`: the devices of a list, several at once. */

#include "setup/cli/setup-args.h"

/* `task` as usher_list_new() takes it. Returns the exit code. */
int setup_list(const struct setup_args *args, const char *task);
