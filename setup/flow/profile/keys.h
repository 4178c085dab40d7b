/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Rows of the table of keys, for profile.c. */

#include "setup/flow/profile/profile.h"

/* -EINVAL with a sentence in ret_error. */
int profile_error(struct profile_error *ret_error, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Sets the value at the row of `section` ("setup", "wifi") and `key`; `network` is that of a wifi section. A
 * key that was set before is refused if `once`. */
int profile_key_set(struct profile *p, struct wifi_network *network, const char *section, const char *key,
                    const char *value, struct profile_error *ret_error);
