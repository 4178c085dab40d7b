/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The events of a setup (event-keys.h). No secret is in a job's texts, and none gets here. Each call writes
 * and flushes one line; -EIO if that fails, -ENOMEM. */

#include "setup/flow/record.h"
#include "setup/flow/runner.h"
#include <jansson.h>
#include <stdio.h>

/* RUNNER_STEP; a step that merely waits says nothing here (returns 0). */
int events_step(FILE *f, const struct job *job, const struct runner_event *e);

/* A step that takes long, as runner_under_way() tells. */
int events_progress(FILE *f, const struct job *job, const struct runner_event *e);

/* The last line, from the job as it ended. */
int events_result(FILE *f, const struct job *job, uint64_t ms);

/* The parts, for what else is written about a job. */

const char *events_state(enum step_state state);

/* One field of the job's record; NULL: out of memory. */
json_t *events_fact(const struct job *job, const struct record_field *f);

/* Adds to an object, which is taken over, the fields of which those flags that are in `mask` are `flags`.
 * NULL: out of memory, or none was given. */
json_t *events_add_facts(const struct job *job, unsigned mask, unsigned flags, json_t *to);
