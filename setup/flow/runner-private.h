/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The runner and its two lanes (lane.c). A lane is where it stands in the table, with the one operation and
 * the one timer that it may have. */

#include "proto/base/timer.h"
#include "setup/flow/runner.h"
#include "setup/flow/step.h"

enum lane_state {
        LANE_IDLE,    /* between two rows, or not begun */
        LANE_WORKING, /* an operation is under way, the timer is its budget */
        LANE_PAUSED,  /* the timer ends the pause */
        LANE_BLOCKED, /* waits for a row of the other lane */
        LANE_ASKING,  /* waits for the operator */
        LANE_STOPPED, /* begins nothing any more */
        LANE_ENDED,
};

struct lane {
        struct runner *runner;
        enum step_lane id;
        enum lane_state state;
        size_t at;  /* the row under way, or the next candidate */
        bool again; /* the row goes on after AGAIN or an answer: no new try */
        struct op *op;
        struct timer *timer;
        uint64_t row_ms;                    /* when the row began */
        uint64_t try_ms;                    /* when the try began */
        uint64_t op_ms;                     /* when the operation began */
        uint64_t waited_ms;                 /* what runner_waited_ms() said then */
        uint64_t op_slept_ms, try_slept_ms; /* what timer_slept_ms() said when operation and try began */
        uint64_t slept_ms;                  /* what timer_slept_ms() said when the try began */
        uint32_t pause_ms;                  /* before the last AGAIN of this try; 0: there was none */
        enum question_kind question;
        char waiting_for[TROUBLE_CAUSE_MAX]; /* as the last event said */
        size_t part, whole;                  /* as the last AGAIN of this try said */
        struct trouble told;                 /* why the row at told_at is tried again; no fault: none is */
        size_t told_at;
};

struct row_state {
        unsigned tries; /* begun since the row last had its effect */
        bool passed;    /* done or skipped at least once */
};

struct runner {
        const struct step *table;
        size_t n;
        struct job *job;
        struct ports *ports;
        runner_event_fn on_event;
        void *userdata;
        struct lane lane[_LANE_MAX];
        struct row_state *rows; /* one per row of the table */
        unsigned losses;
        struct trouble silence; /* the device has not said a word since; no fault: it talks */
        bool interactive;
        bool started;
        bool over;
        bool stopping; /* no step is begun any more */
        bool let_go;   /* the radio's lane stands still without a link */
        uint64_t start_ms;
        struct timer *deadline;
        uint64_t limit_ms, limit_from_ms; /* how much time there is; since when */
        uint64_t waited_ms;               /* what runner_waited_ms() said then */
        uint64_t slept_ms;                /* and timer_slept_ms() */
};

/* How long one connect is waited with for others of the same adapter, which have limits of their own. */
enum { TURN_MOST_MS = 600000 };

/* Links that a setup may lose before it gives up, all rows together. */
enum { LOSSES_MAX = 12 };

/* Goes on from the row at l->at until something must be waited for, at the next turn of the loop or after a
 * pause. */
int lane_wake(struct lane *l, uint64_t after_ms);

/* Whether the row at l->at is under way, and takes time; since when, its try or with `each` its operation.
 */
bool lane_is_busy(const struct lane *l, uint64_t *ret_since_ms);

/* Drops operation and timer. */
void lane_stop(struct lane *l);

/* r->stopping was set: goes no further once what is under way has ended. */
void lane_wind_up(struct lane *l);

/* What is none of the time of the operation under way: it has waited for others, or the machine has slept.
 */
uint64_t lane_uncounted_ms(const struct lane *l);

/* runner.c */

/* The same, of all operations of the job. */
uint64_t runner_waited_ms(const struct runner *r);
void runner_emit_step(struct runner *r, const struct lane *l, enum step_state state,
                      const struct step_result *result);
void runner_emit_question(struct runner *r, const struct lane *l);

/* Ends the job: both lanes stop, the link goes, the result is told. */
void runner_end(struct runner *r, const struct trouble *why);

/* A lane has no row left; the job ends when none has. */
void runner_lane_ended(struct runner *r);

/* A lane stands still as it was asked to; the job is cancelled when all do. */
void runner_lane_stopped(struct runner *r);
