/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --dry-run`: what would be done, in words or as one JSON object. Secrets are shown as present
 * or absent only. */

#include <stdbool.h>
#include <stdio.h>

/* `plan` as usher_job_get_plan() has it. -EIO, -ENOMEM. */
int setup_plan(FILE *f, bool json, const char *serial, const char *plan);
