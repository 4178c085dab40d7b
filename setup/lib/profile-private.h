/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: one key of a profile, of a context's and of a job's. */

#include "setup/flow/profile/profile.h"

/* As profile_set(), and files of secrets that the value names are read. -EINVAL, -ENOMEM. */
int profile_take(struct profile *p, const char *section, const char *key, const char *value,
                 struct trouble *ret_trouble);
