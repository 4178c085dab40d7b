/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The profile that a command line means, in a context of the library. */

#include "setup/cli/host.h"
#include "setup/cli/setup-args.h"

/* The profile that `named` means, as defaults_profile() takes it, with the options over it. Of one that the
 * command means, but does not name by its path, standard error is told which file it is. -EINVAL with
 * *ret_trouble ("site.ini, line 4: ..."), -ENOMEM. */
int setup_profile(const struct setup_args *args, const char *named, struct host *host,
                  struct trouble *ret_trouble);
