/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --from LIST`: the devices of a list, one after the other. */

#include "setup/cli/setup-site.h"

/* Returns the exit code. */
int setup_list(const struct setup_args *args, enum task task);
