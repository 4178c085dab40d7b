/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One value of a profile, by its row in the table of keys. */

#include "setup/flow/profile/profile.h"

/* Lays the value over the profile. For `section` "wifi", "wifi 2", ... the network of that section is meant,
 * which begins empty; see profile_drop_networks(). -EINVAL with *ret_trouble filled, -ENOMEM. */
int profile_set(struct profile *p, const char *section, const char *key, const char *value,
                struct trouble *ret_trouble);

/* The content of a secret's file, whose key is `key` with "-file" behind it ("password", "claim-code"), from
 * memory: copied. As profile_set(); what is longer than the file may be is -EINVAL. */
int profile_set_secret(struct profile *p, const char *section, const char *key, const void *data, size_t len,
                       struct trouble *ret_trouble);
