/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Runs one job through THE TABLE (steps.c). The runner owns, per lane, the one operation, its timer,
 * budgets, tries, pauses and the fall back to `connect` when the link is lost; steps own nothing. Two lanes,
 * radio and cloud, walk the same table, so that the cloud is asked while the radio searches and shakes
 * hands; a row may wait for a row of the other lane (`after`). Cancelling is freeing the runner. */

#include "setup/flow/job.h"
#include "setup/flow/ports.h"

enum step_state {
        STEP_STARTED,
        STEP_DONE,
        STEP_RETRYING,
        STEP_SKIPPED, /* its effect is there already, or this job has no use for it: not worth a line to
                         people */
        STEP_FAILED,
        STEP_WAITING, /* still the same step: the cause says what it is waiting for. For people, not for
                       * --json
                       */
};

enum { RUNNER_LANES = 2 };

enum runner_event_kind {
        RUNNER_STEP,     /* a step changed its state */
        RUNNER_QUESTION, /* an operator must answer: runner_answer() */
        RUNNER_RESULT,   /* job->end.outcome says how; the last event */
};

struct runner_event {
        enum runner_event_kind kind;
        const char *step;  /* name in the table: never changes once released */
        const char *text;  /* for people: "Connecting to the device" */
        const char *light; /* what the device's light should do meanwhile: "blinking green"; RESULT: NULL */
        enum step_state state;
        unsigned try, of;
        uint64_t ms;            /* how long the step took; RESULT: the whole setup */
        struct trouble trouble; /* RETRYING, FAILED, RESULT; of WAITING the cause */
        enum question_kind question;
        size_t part, whole; /* WAITING: bytes of what is under way; 0 of 0 = no such thing */
        uint32_t limit_ms;  /* how long `ms` may become before the step ends or is tried again; 0: it does
                             * not wait */
        const char *hint;   /* what a person should do or know meanwhile; NULL: nothing */
};

typedef void (*runner_event_fn)(void *userdata, const struct runner_event *e);

struct runner;

/* The job and the ports outlive the runner. Events come from the loop, never from inside a call of this
 * header. */
int runner_new(struct job *job, struct ports *ports, runner_event_fn on_event, void *userdata,
               struct runner **ret);
int runner_start(struct runner *r);

/* Takes NULL, returns NULL; cancels what is under way: a job that was still running is then JOB_CANCELLED.
 * Not from inside an event. */
struct runner *runner_free(struct runner *r);
DEFINE_CLEANUP(struct runner *, runner_free)

/* The operator's answer, for QUESTION_WIFI_NETWORK the network to join (password may be NULL if the network
 * is open or a password question shall follow; NULL: the device shall scan again), for
 * QUESTION_WIFI_PASSWORD its password. -EINVAL if nothing was asked or the answer cannot be right
 * (*ret_trouble says why); the question then still stands. On success the contents are taken over and
 * *network is empty. May be called from inside the question's event.
 */
int runner_answer(struct runner *r, struct wifi_network *network, struct trouble *ret_trouble);

/* While a question about the device stands: its link is let go, and whatever is answered, it is not
 * connected to again before runner_go_on(). False: there is no such question. */
bool runner_let_go(struct runner *r);
void runner_go_on(struct runner *r);

/* Whether anybody is there to answer: without, a question is a fault. */
void runner_set_interactive(struct runner *r, bool interactive);

/* What lane 0 (radio) or 1 (cloud) is at, for whoever looks now and then: like STEP_WAITING, but `ms` counts
 * from where `limit_ms` does, and the cause is why it still waits, or was tried again. False: nothing that
 * takes time. */
bool runner_under_way(const struct runner *r, unsigned lane, struct runner_event *ret);

/* Ends the whole setup with FAULT_TIMEOUT when it is not over after `ms`, without those in which it waited
 * for others to connect, or the machine slept; 0 = no limit of its own. */
int runner_set_deadline(struct runner *r, uint64_t ms);

/* No further step is begun. What is under way ends, but for looking for the device, which changes nothing;
 * then the job is JOB_CANCELLED. */
void runner_stop_after_step(struct runner *r);

/* Whether the device is still needed: once it is not, its link has been let go for good. */
bool runner_needs_radio(const struct runner *r);

/* The steps as a list, for help, man page and tests: -ERANGE past the end. */
struct runner_step {
        const char *name, *text;
        uint32_t limit_ms; /* as the event's, for one try */
        const char *hint;  /* NULL: nothing */
};
int runner_step(size_t i, struct runner_step *ret);
