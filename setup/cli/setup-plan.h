/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --dry-run`: what would be done, in words or as one JSON object. Secrets are shown as present
 * or absent only. */

#include "cloud/token.h"
#include "setup/cli/setup-args.h"
#include "setup/flow/job.h"
#include <stdio.h>

/* `token` NULL: without an account. -EIO, -ENOMEM. */
int setup_plan(FILE *f, const struct setup_args *args, const struct job *job, const struct token *token,
               const char *cloud_url);
