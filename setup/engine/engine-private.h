/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The engine from inside. Six nouns: the engine (engine.c: life, status, what its owner calls), its
 * adapters (adapters.c: what is heard, and how many slots there are), the profiles that are held up
 * (held.c), the turn (turn.c: who is asked of the store next, and where it goes), a slot (slot.c: one job at
 * work; slot-write.c: what of it gets into the store), and its end (end.c: what becomes of a job whose
 * attempt has ended).
 *
 * Everything runs in one loop; nothing here calls itself through another file in a circle: whatever changes
 * says engine_look(), and the turn comes round at the next turn of the loop. */

#include "proto/base/timer.h"
#include "setup/engine/engine.h"

enum {
        SLOTS_PRESET = 5,
        SLOTS_BUSY = 3, /* once the adapter has said that it has no free connection */

        LEASE_MS = 120000,
        RENEW_MS = LEASE_MS / 4,

        AGAIN_FIRST_MS = 10000, /* before another attempt, doubled each time up to ... */
        AGAIN_MOST_MS = 600000,
        PENDING_MAX = 8, /* at once: each asks the cloud */
        CLOUD_MAX = 32,  /* jobs at work that need no radio any more */

        KEEP_SECRET_MS = 7 * 24 * 3600 * 1000, /* of a job that failed */

        STORE_AGAIN_MS = 1000, /* a write that the store refused is tried again */
        STORE_WAIT_MS = 60000, /* and after so long let be: the job is found again at the next start */
};

/* ---- adapters ---- */
struct adapter {
        struct engine *engine;
        char *radio;
        unsigned configured; /* slots; 0: learned */
        unsigned learned;
        unsigned used;
        struct radio *air;   /* the context's */
        struct heard *heard; /* NULL: not listened to now */
        uint64_t codes;      /* which are heard, as one number */
        struct timer *again; /* until it is listened to again */
        unsigned failures;   /* in a row, of listening */
        struct trouble trouble;
};

int adapters_new(struct engine *e, const struct engine_config *config, struct trouble *ret_trouble);
void adapters_free(struct engine *e);

/* Whether anybody is listened for at all follows from what waits. */
void adapters_listen(struct engine *e);

/* Slots that a job may have now; 0 of an adapter in trouble. */
unsigned adapter_free_slots(const struct adapter *a);

/* A job met an adapter that cannot be used. */
void adapter_failed(struct adapter *a, const struct trouble *why);

/* A job met an adapter without a free connection. */
void adapter_busy(struct adapter *a);

/* Where a device with that code is heard best of the adapters that have a free slot; NULL: on none. */
struct adapter *adapter_hearing(struct engine *e, const char *code);

/* Whether another one hears it, free slots or none. */
bool adapter_is_heard_beside(const struct adapter *a, const char *code);

/* The one with most free slots; NULL: none has any. */
struct adapter *adapter_free_most(struct engine *e);

/* ---- a job at work ---- */
struct memo;

/* What becomes of a job, as the last write says. */
struct verdict {
        enum store_state state;
        struct trouble trouble;
        int64_t not_before_ms, keep_secret_ms;
        bool attempted;
        bool told; /* how it ended is an event */
};

/* Something that is told once it is in the store. */
struct note {
        struct note *next;
        struct told told;
        struct runner_event event;
        char *json;
};

/* What is to be written of a job, and what is being written. */
struct slot_write {
        struct note *first, **last; /* of the next write */
        struct note *sent;          /* of the one under way */
        enum store_state state;
        const char *step; /* a name in the table; NULL: none yet */
        bool due, record, over;
        bool passed; /* the step at which its process died */
        char *question;
        int64_t question_until_ms;
        struct verdict verdict;
        struct op *op;
        struct timer *timer;
        uint64_t refused_ms; /* since when the store takes nothing; 0: it does */
};

struct slot {
        struct slot *next;
        struct engine *engine;
        struct adapter *adapter; /* whose slot it has; NULL: it needs the radio no more, or has a home */
        struct adapter
                *home; /* whose slot it had, and will have once it is answered and one is free; NULL */
        struct store_job *row;
        struct job *job;
        struct usher_ports_config world;
        struct work *work;
        struct slot_write write;
        struct secret *secret;  /* while it waits for the others */
        struct timer *question; /* until its deadline, in two parts */
        uint64_t asked_ms;
        struct timer *move; /* to another adapter, at the next turn */
        struct op *others;  /* whether another job has the same code */
        uint64_t start_ms;
        unsigned losses;   /* of links on this adapter */
        bool pending;      /* claimed for what is left to do in the cloud */
        bool looking;      /* it was not heard when it began, and has not been found */
        bool begun;        /* for the owner: ended() follows */
        bool asking, over; /* over: the last write is under way */
        bool yields;       /* its work stops for another job */
        bool answered;     /* and waits for a slot of its home */
        bool thinks;       /* whoever is asked has not answered at once */
        bool alone, waits; /* no other runs beside it; waits: until those at work are done */
        bool renewing;     /* its lease is being moved on */
        unsigned renewals; /* the last round of those that it was in */
};

/* Row and secret (NULL: none) are copied. `a` is NULL if it is claimed for what is left to do in the cloud.
 * Whatever keeps it from beginning is its end, or gives it back. */
void slot_start(struct engine *e, struct adapter *a, const struct store_job *row,
                const struct secret *secret);

/* Ends what is under way with it; the slot lives until that is in the store. */
void slot_end(struct slot *s, const struct verdict *v);

/* A job at which the process has died twice has no other beside it: who is at work may have been the cause.
 */
bool row_is_alone(const struct store_job *row);
bool slot_any_alone(const struct engine *e);

/* Nobody else is at work any more: the one that waits for that begins. */
void slot_begin_alone(struct engine *e);

/* Back to the store as if it had not been claimed. */
void slot_give_back(struct slot *s);

/* Without a word to the store: it is another's, or the store has gone. */
void slot_drop(struct slot *s);

/* A question stands: its link and its place at the adapter are another's until it is answered. */
void slot_lend(struct slot *s);

/* Those that are answered go on, as far as there are slots again. */
void slots_go_on(struct engine *e);

struct slot *slot_by_id(const struct engine *e, const char *id);
struct slot *slot_by_code(const struct engine *e, const char *code);

/* slot-write.c */

/* Tells `t` when it is written; `t` and its event are copied. The line that is written, until then; NULL:
 * out of memory. */
const char *slot_note(struct slot *s, const struct told *t);

/* Something is to be written at the end of this turn. */
void slot_write_soon(struct slot *s);
void slot_write_done(struct slot *s);

/* The store may take things again: those that it refused. */
void slot_write_again(struct slot *s);

/* ---- the end of an attempt ---- */

/* What becomes of the job by how it ended. True: *ret says so. False: another job with the same code is
 * asked for first: end_mismatch(). */
bool end_judge(struct slot *s, struct verdict *ret);

/* Which other job is meant by a device that refused this one's secret: that one begins, and this one waits;
 * if there is none, this one has failed. */
void end_mismatch(struct slot *s);

/* How long is waited before another look, after so many. */
int64_t end_again_ms(unsigned times);

/* first_ms, doubled so many times, most_ms at most. */
int64_t doubled_ms(int64_t first_ms, int64_t most_ms, unsigned times);

/* What is remembered of a job between its attempts; the process may forget it. */
struct memo {
        struct memo *next;
        char id[STORE_ID_LEN + 1], code[STORE_CODE_LEN + 1];
        unsigned pendings;           /* looks at what is left to do in the cloud */
        const struct adapter *avoid; /* it lost its links there; NULL */
};

/* From now on `row` goes to another adapter, as long as another one hears its device. */
void memo_avoid(struct engine *e, const struct store_job *row, const struct adapter *a);
bool memo_avoids(const struct engine *e, const char *code, const struct adapter *a);
void memo_forget(struct engine *e, const char *id);

/* ---- profiles that are held up ---- */
struct held {
        struct held *next;
        char profile[STORE_NAME_MAX + 1];
        struct trouble trouble;
        uint64_t until_ms; /* its jobs are passed over */
        unsigned times;    /* in a row that its account was not let in */
};

/* Its account is not let in: none of its jobs until engine_wake(), or for some time. How long the job that
 * met that must wait beside, in ms: 0, as it is passed over like the others, but where there are too many
 * profiles for a claim to pass over. */
int64_t held_add(struct engine *e, const char *profile, const struct trouble *why);

bool held_is(const struct engine *e, const char *profile);

/* Its account has been let in. */
void held_release(struct engine *e, const char *profile);

/* All may be tried again now. */
void held_try(struct engine *e);
void held_done(struct engine *e);

/* Those that are to be passed over now, as many as a claim may name; their number. */
size_t held_now(const struct engine *e, const char *ret[static STORE_PASSED_OVER_MAX]);

/* ---- whose turn it is ---- */
enum stage { STAGE_HEARD, STAGE_ANY, STAGE_PENDING, STAGE_OVER };

struct turn {
        struct timer *soon, *poll;
        struct op *claim;
        enum stage stage;
        size_t adapter; /* of STAGE_HEARD */
        bool again;     /* something has changed since it began */
        size_t limit;   /* of the claim under way */
        uint64_t
                held_until_ms; /* nobody was next in line but those held up: they are not met again before */
        struct {               /* codes for which one who looks for his device was sent back, and when */
                char code[STORE_CODE_LEN + 1];
                uint64_t ms;
        } room[HEARD_MAX];
        size_t n_room;
};

/* Something is another one: look whether a job can be begun. */
void engine_look(struct engine *e);
void turn_done(struct engine *e);

/* A job without a slot goes back. */
void turn_give_back(struct engine *e, const struct store_job *row, int64_t after_ms);

/* ---- the engine ---- */
struct engine {
        struct context *context;
        struct store *store;
        const struct engine_host *host;
        void *userdata;
        unsigned job_timeout_s, question_s, retries;
        bool interactive, any, listen;

        struct adapter *adapters;
        size_t n_adapters;
        struct slot *slots;
        struct turn turn;
        struct memo *memos;
        struct timer *changed, *renew, *limit;
        struct op *renewing;
        unsigned renewals;   /* rounds */
        uint64_t renewed_ms; /* when the last round began */
        struct held *held;
        size_t n_held;           /* at most STORE_PASSED_OVER_MAX */
        bool store_refuses;      /* as store_trouble() said last */
        uint64_t store_until_ms; /* and is not asked again before */
        bool paused, stopping, stopped;
        bool overslept; /* nothing is begun until all leases have been moved on */
};

struct sd_event *engine_loop(const struct engine *e);

/* engine_status() is another one. */
void engine_changed(struct engine *e);

/* The machine has slept: leases that may have ended are moved on before anybody else asks the store, which
 * would take such jobs back. */
void engine_renew_if_late(struct engine *e);

/* The store took, or did not take something. */
void engine_store_said(struct engine *e, int error);

/* row.c */

/* A copy that lasts, in one piece of memory: free(). */
int row_copy(const struct store_job *row, struct store_job **ret);
