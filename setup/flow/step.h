/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a row of THE TABLE (steps.c) is. A step knows the job and the ports and nothing of time: it begins
 * one operation and folds its answer into the job. Everything else - the operation's life, budgets, tries,
 * pauses, lost links, events - is the runner's, by the columns of the row.
 *
 * Rows run from the top. Whatever goes wrong, the lane starts again at its first row, and skip() passes what
 * has its effect already: a restart, a lost link and an operator's retry are one path. So skip() must be
 * true after the row has succeeded and for as long as the effect lasts. */

#include "setup/flow/job.h"
#include "setup/flow/ports.h"

enum step_lane { LANE_RADIO, LANE_CLOUD, _LANE_MAX };

enum step_needs { NEEDS_NOTHING, NEEDS_LINK, NEEDS_SESSION };

enum step_move {
        STEP_NEXT,  /* the effect is there; `trouble` without a fault: a cause that is worth knowing */
        STEP_AGAIN, /* ask again after the row's pause; no new try. `trouble`: what to say when limit_ms ends
                     */
        STEP_ASK,   /* an operator must answer `question`; `trouble`: what to say when nobody is there */
        STEP_FAIL,  /* `trouble`; another try if `again` and tries are left */
        STEP_WAIT,  /* from start() only: the operation is under way */
};

struct step_result {
        struct trouble trouble;
        bool again;
        bool other; /* STEP_FAIL: another device is tried, to which the tries so far do not count */
        enum question_kind question;
        size_t part, whole; /* STEP_AGAIN: how far it has come, in bytes; 0 of 0 = no such thing */
};

/* What start() passes on to the ports. */
struct step_run {
        struct ports *ports;
        answer_fn done;
        void *userdata;
        struct op **ret;
};

/* Bits of claim modes that a row is for. A set that a row needs has a name here, so that its type tells it
 * from other sets: what is put together in the row itself is a mere number to the compiler. */
enum step_claims {
        FOR_USER = 1 << CLAIM_USER,
        FOR_PRODUCT = 1 << CLAIM_PRODUCT,
        FOR_CUSTOMER = 1 << CLAIM_CUSTOMER,
        FOR_CODE = 1 << CLAIM_CODE,
        FOR_TEAM = FOR_USER | FOR_PRODUCT,   /* SIM cards and products are not a customer's */
        FOR_CODES = FOR_USER | FOR_CUSTOMER, /* claim with a code, and by id where it has no effect */
        FOR_ANY_CODE = FOR_CODES | FOR_CODE,
        FOR_CLOUD = FOR_CODES | FOR_PRODUCT, /* whoever has an account */
};

/* Begins exactly one operation and answers STEP_WAIT, or answers at once. */
typedef enum step_move step_start_fn(struct job *j, const struct step_run *run, struct step_result *r);

/* Folds an answer into the job. */
typedef enum step_move step_finish_fn(struct job *j, const struct answer *a, struct step_result *r);

/* Takes the operator's answer over (NULL to QUESTION_WIFI_NETWORK: scan again); -EINVAL with *ret_trouble
 * filled if it cannot be right. */
typedef int step_answer_fn(struct job *j, enum question_kind question, struct wifi_network *network,
                           struct trouble *ret_trouble);

/* Is the effect there already, or is there nothing to do? */
typedef bool step_skip_fn(const struct job *j);

/* How long the operation may take by what is known by now, if shorter than the row's budget_ms; 0: that. */
typedef uint32_t step_budget_fn(const struct job *j);

/* Bits of tasks that a row is for, named sets as well. */
enum step_tasks {
        TASKS_SETUP = 1 << TASK_SETUP,
        TASKS_SIM = TASKS_SETUP | 1 << TASK_REPAIR_SIM,
        TASKS_DONE = TASKS_SIM | 1 << TASK_REPAIR_SETUP_DONE,
        TASKS_LIST = 1 << TASK_WIFI_LIST,
        TASKS_FORGET = 1 << TASK_WIFI_FORGET | 1 << TASK_WIFI_CLEAR,
        TASKS_UPDATE = TASKS_SETUP | 1 << TASK_UPDATE,
        TASKS_RESTART = TASKS_SIM | TASKS_UPDATE,
        TASKS_ALL = (1 << _TASK_MAX) - 1,
};

struct step_time {
        uint32_t budget_ms; /* for one operation; 0: start() never answers STEP_WAIT */
        uint32_t limit_ms;  /* for one try with all its AGAINs, then it fails; 0: it never answers AGAIN */
        uint32_t pause_ms;  /* before AGAIN and before another try */
        unsigned tries;
        uint32_t first_ms; /* before the first AGAIN of a try, then twice as long each time up to pause_ms:
                            * what comes at once is seen at once. 0: pause_ms from the first on */
        bool each; /* its AGAINs do one thing after the other: who waits is told of the operation under way,
                    * not of the try */
        uint32_t told_ms; /* what who waits is told that it takes at most; 0: step_lasts_ms() knows */
};

/* How long who waits is told that the row takes at most: its try, or with `each` its operation. 0: it does
 * not wait. */
uint32_t step_lasts_ms(const struct step_time *t);

/* What a step does, beside its functions in steps-*.c. */
struct step_acts {
        step_start_fn *start;
        step_finish_fn *finish; /* on a good answer; NULL: start() never answers STEP_WAIT */
        step_finish_fn *mend;   /* on a fault, a lost link, a budget that ran out: r says what the runner
                                 * would do, STEP_FAIL. NULL: the runner does it */
        step_answer_fn *answer; /* NULL: the row never answers STEP_ASK */
        step_skip_fn *skip;
        step_budget_fn *budget; /* asked at the start and whenever the other lane has found something out.
                                 * NULL: budget_ms */
};

/* The functions of step f that never waits (DOES), that waits for an answer (ASKS), and that has a say in
 * what a fault means, too (MENDS). */
#define DOES(f)  .start = f##_start, .skip = f##_skip
#define ASKS(f)  DOES(f), .finish = f##_finish
#define MENDS(f) ASKS(f), .mend = f##_mend

/* A member that says what 0 or NULL means may be left out of a row. */
struct step {
        const char *name; /* checkpoint, key of the progress text, log field: never changes once released */
        const char *text; /* for people */
        enum step_lane lane;
        enum step_needs needs;
        enum family families;    /* one or several bits; 0: any device, also one of which nothing is known */
        enum step_tasks tasks;   /* 0: a setup only */
        enum step_claims claims; /* 0: any */
        const char *after; /* a row of the other lane, for any device, that must be done or skipped before;
                            * NULL: none */
        struct step_time time;
        enum fault late;   /* what it is called when the budget runs out */
        const char *light; /* what the device's light should do meanwhile, in words that light_read() of
                            * setup/doctor knows, joined by ", then " and " or " */
        const char *hint;  /* what a person should do or know while it lasts; NULL: nothing */
        const struct step_acts *acts;
};

/* THE TABLE. */
const struct step *steps(size_t *ret_n);

/* For steps: answers of start() and finish(). */

/* STEP_FAIL with this fault; whether it is tried again is what the table of faults says. `cause` may be
 * NULL. */
enum step_move step_fail(struct step_result *r, enum fault fault, const char *cause, ...)
        __attribute__((format(printf, 3, 4)));

/* STEP_AGAIN; the fault and cause, which may be NULL, are for when the row's limit ends. */
enum step_move step_later(struct step_result *r, enum fault fault, const char *cause, ...)
        __attribute__((format(printf, 3, 4)));

/* STEP_FAIL for a mechanical error. */
enum step_move step_errno(struct step_result *r, int error);

/* STEP_FAIL for a request that the device refused: protected, not allowed, busy (tried again), ... */
enum step_move step_refused(struct step_result *r, uint16_t type, int32_t result);

/* STEP_FAIL for an answer that cannot be decoded. */
enum step_move step_garbled(struct step_result *r, uint16_t type);

/* Starts one flight of requests. */
enum step_move step_ask(const struct step_run *run, const struct port_request *requests, size_t n,
                        struct step_result *r);

/* Starts one question to the cloud. STEP_FAIL if it is about a device or card whose number is not known. */
enum step_move step_cloud(const struct step_run *run, const struct port_query *query, struct step_result *r);
