/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The events of jobs, numbered over the whole store. */

#include "setup/store/base.h"

/* Appends them; of the job's, the last STORE_EVENTS_A_JOB stay. */
int log_add(struct base *b, int64_t place, const char *const *events, size_t n);

/* What the store itself did to the job: event "state", with the state that it has now, and words. */
int log_state(struct base *b, int64_t place, const char *cause);
