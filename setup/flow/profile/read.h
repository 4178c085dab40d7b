/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Profiles from files. Every function returns 0, -EINVAL with *ret_trouble filled, -ENOMEM, or the errno of
 * reading a file (with *ret_trouble filled as well). */

#include "setup/flow/profile/profile.h"

enum { PROFILE_TEXT_MAX = 65536 }; /* bytes of a profile */

/* Reads the profile at `path` with all secrets that it names, and checks it as a whole. */
int profile_load(const char *path, struct profile *ret, struct trouble *ret_trouble);

/* The same without files: names of secret files are only noted. */
int profile_parse(const char *text, size_t len, struct profile *ret, struct trouble *ret_trouble);

/* Reads the secret files that are noted; relative names start at `folder`. */
int profile_read_secrets(struct profile *p, const char *folder, struct trouble *ret_trouble);
