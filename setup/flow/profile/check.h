/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What must be so of a profile as a whole. */

#include "setup/flow/profile/profile.h"

/* The rules that need more than one value: after the last value and the secrets are there. -EINVAL with
 * *ret_trouble filled. */
int profile_check(const struct profile *p, struct trouble *ret_trouble);
