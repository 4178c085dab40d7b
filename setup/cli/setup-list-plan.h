/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --from LIST --dry-run`: how many devices, and what their profiles want. */

#include "cloud/token.h"
#include "setup/account/list-profiles.h"
#include "setup/cli/setup-args.h"
#include <stdio.h>

/* `token` NULL: without an account. -EIO, -ENOMEM. */
int setup_list_plan(FILE *f, const struct setup_args *args, const struct list *list,
                    const struct list_profiles *profiles, const struct token *token, const char *cloud_url);
