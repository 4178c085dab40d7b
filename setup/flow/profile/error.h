/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why a profile or a value was not accepted, for a person. */

enum { PROFILE_WHY_MAX = 256 };

struct profile_error {
        unsigned line; /* 0: not about a line of the file */
        char why[PROFILE_WHY_MAX];
};

/* Always -EINVAL. */
int profile_error(struct profile_error *ret_error, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
