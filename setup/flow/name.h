/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names for many devices from one profile: "Lamp {code}" becomes "Lamp 4ABCDE". */

#include "setup/flow/job.h"

/* -EINVAL with a sentence: braces around something that is not filled in, characters that no name has, or
 * more than PROFILE_NAME_MAX - 1 bytes once it is filled in. */
int name_check(const char *text, struct profile_error *ret_error);

/* Whether the text has {n}: then job->claim.number is to be set. */
bool name_has_number(const char *text);

/* The profile's name for this device. {serial} is the label's, {platform} "argon", {code} the last six
 * characters of the serial number, {n} job->claim.number. -ENOENT: the profile has none; -EMSGSIZE: too
 * long, which name_check() would have found. */
int name_fill_in(const struct job *j, char ret[static PROFILE_NAME_MAX]);
