/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names for many devices from one profile: "Lamp {code}" becomes "Lamp 4ABCDE". */

#include "proto/base/trouble.h"
#include <stdbool.h>

enum { PROFILE_NAME_MAX = 64 }; /* bytes of a device's name in the cloud, with the NUL */

/* What is filled in. */
struct name_words {
        const char *serial;   /* {serial} */
        const char *platform; /* {platform}: "argon"; "" = not known */
        const char *code;     /* {code}: the last six characters of the serial number */
        unsigned number;      /* {n} */
};

/* -EINVAL with a sentence: braces around something that is not filled in, characters that no name has, or
 * more than PROFILE_NAME_MAX - 1 bytes once it is filled in. */
int name_check(const char *text, struct trouble *ret_trouble);

/* Whether the text has {n}: then a number is to be taken. */
bool name_has_number(const char *text);

/* -EMSGSIZE: too long, which name_check() would have found. */
int name_fill_in(const char *text, const struct name_words *fill, char ret[static PROFILE_NAME_MAX]);
