/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What somebody who helps from afar needs to know of one setup, as one JSON file: what happened when,
 * versions, what the device tells of itself. No secret is in a job's facts but the label's and the
 * profile's, and those are left out. */

#include "setup/flow/runner.h"

struct report;

int report_new(struct report **ret);

/* Takes NULL, returns NULL. */
struct report *report_free(struct report *r);
DEFINE_CLEANUP(struct report *, report_free)

/* Notes a step. -ENOMEM. */
int report_step(struct report *r, const struct runner_event *e);

/* Writes it to `path`, mode 0600, over what was there. -ENOMEM or the errno of writing. */
int report_save(struct report *r, const char *path, const struct job *job, uint64_t ms);
