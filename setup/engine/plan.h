/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a setup would do, as the event `plan` of a dry run has it (event-keys.h). Secrets are shown as
 * present or absent only. */

#include "setup/flow/job.h"
#include <jansson.h>

/* radio NULL: bluez. token: where it is from, cloud: URL of the API; NULL: none is used, it is not asked. A
 * new reference; NULL: out of memory. */
json_t *plan_json(const struct job *job, const char *radio, const char *token, const char *cloud);
