/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One value of a profile, by its row in the table of keys. */

#include "setup/flow/profile/profile.h"

/* Lays the value over the profile. For `section` "wifi", "wifi 2", ... the network of that section is meant,
 * which begins empty; see profile_drop_networks(). -EINVAL with *ret_trouble filled, -ENOMEM. */
int profile_set(struct profile *p, const char *section, const char *key, const char *value,
                struct trouble *ret_trouble);
