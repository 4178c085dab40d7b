/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --from LIST --dry-run`: how many devices, and what their profiles want. */

#include <stdio.h>

/* `json` is usher_list_get_plan()'s. -EIO, -ENOMEM. */
int list_plan_words(FILE *f, const char *json);
