/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One thing told about a job, in one shape for everybody: people, --json, the store's events, the bus. */

#include "setup/flow/record.h"
#include "setup/flow/runner.h"
#include <jansson.h>

enum told_kind {
        TOLD_STEP,     /* a step changed its state, or says what it waits for (STEP_WAITING) */
        TOLD_PROGRESS, /* it takes long: at most once a second; where two steps do, they take turns */
        TOLD_QUIET,    /* nothing takes long any more: for who shows what does */
        TOLD_QUESTION, /* an operator must answer */
        TOLD_LOOK,     /* of the second look at a device that failed, for a report: first how the job itself
                        * ended, then as a TOLD_STEP */
        TOLD_RESULT,   /* how the job ended; the last one */
};

struct told {
        enum told_kind kind;
        const char *id; /* of the job in a store; NULL: it is in none */
        const struct job *job;
        const struct runner_event *event; /* as the runner tells, PROGRESS as runner_under_way(); NULL for
                                           * QUIET, and for a RESULT that a LOOK came before */
        const struct runner_event *first; /* PROGRESS: what to show where there is room for one step: the
                                           * radio's, where hands are needed, before the cloud's */
        uint64_t ms;                      /* RESULT: the whole setup */
};

/* Whether it is an event (event-keys.h). The others are for people only, or for the report: a step that
 * merely waits says so by PROGRESS. */
bool told_is_event(const struct told *t);

/* The event, a new reference; no secret is in a job's texts, and none gets here. NULL: out of memory. */
json_t *told_json(const struct told *t);

/* The same as one line without its end, malloc'ed. -ENOMEM. */
int told_line(const struct told *t, char **ret);

/* "done" */
const char *told_state(enum step_state state);

/* "wifi-network" */
const char *told_question(enum question_kind question);
