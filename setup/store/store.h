/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Jobs that outlive the process: a row each, with its events, in a place that several may share. One
 * interface and one conformance suite over it (tests/unit/store); SQLite is what a machine keeps its own
 * jobs in (service.md 0).
 *
 * Everything is asynchronous by the rules of proto/base/op.h: the answer comes from the loop, and nobody
 * waits for a disk: what is asked for in one turn of the loop is one commit, on a thread of the store's own.
 * Dropping the operation drops the answer, not the write. What is asked for first is done first. An answer
 * comes after its commit: what it tells survives a power cut.
 *
 * Every claim gives the job an epoch, and every write of a running job names it. -ESTALE: the job is
 * another's by now, or has ended: stop quietly (service.md 2.1).
 *
 * A full or read-only disk: the write answers -ENOSPC, -EROFS or -EIO with FAULT_STORE and words, and
 * store_trouble() says so from then on, until a write succeeds again. Nothing goes on in memory. */

#include "proto/base/op.h"
#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stdint.h>

struct store;
struct sd_event;

enum {
        STORE_ID_LEN = 36, /* UUID version 7: ids sort by time */
        STORE_SERIAL_LEN = 15,
        STORE_CODE_LEN = 6,
        STORE_KEY_MAX = 128,  /* idempotency key; bytes, as below, without the NUL */
        STORE_NAME_MAX = 128, /* submitter, profile, revision, gateway, step, fault, name of a series */
        STORE_CAUSE_MAX = TROUBLE_CAUSE_MAX - 1,
        STORE_SECRET_MAX = 64,
        STORE_OPTIONS_MAX = 16384, /* options, question, an event */
        STORE_RECORD_MAX = 65536,
        STORE_PAGE_MAX = 500,
        STORE_EVENTS_A_JOB = 200, /* older ones go */
        STORE_JOBS_PRESET = 200000,
        STORE_KEY_LEN = 32, /* of the key that seals */
        STORE_CLOSE_MS = 5000,
        STORE_PASSED_OVER_MAX = 64,
};

enum store_state {
        STORE_WAITING,
        STORE_CLAIMED,
        STORE_RUNNING,
        STORE_ASKING,
        STORE_PENDING,
        STORE_DONE,
        STORE_FAILED,
        STORE_CANCELLED,
        _STORE_STATE_MAX,
};

const char *store_state_name(enum store_state state); /* "waiting"; never changes */
int store_state_read(const char *name);               /* -EINVAL: no such state */
bool store_state_is_live(enum store_state state);     /* waiting to pending */

/* A job as it is shown: no secret. Texts are valid during the callback only, and never NULL unless it says
 * so. */
struct store_job {
        char id[STORE_ID_LEN + 1];
        char serial[STORE_SERIAL_LEN + 1];
        char code[STORE_CODE_LEN + 1]; /* setup code */
        enum store_state state;
        uint64_t epoch;   /* of the last claim; 0: never claimed */
        unsigned attempt; /* claims while it waited that count, the last one among them; 0: never claimed */
        unsigned interruptions; /* in a row at `interrupted_at`, each by a process that died by itself; none
                                 * once that step is passed, or the job has ended */
        int priority;           /* higher goes first: 0 a batch, 10 a person waits */
        bool has_secret;
        bool cancel_asked;              /* while somebody works on it */
        const char *submitter;          /* turns go round between these: a list, a person, a scanner */
        const char *profile, *revision; /* its name, hash of its content; "": none */
        const char *options;            /* JSON object: name, groups, site; NULL */
        const char *record;   /* JSON object, the job's record (setup/flow/record.h) by field name; NULL */
        const char *question; /* JSON object while it is ASKING; NULL */
        const char *step;     /* at which it stands or ended; "" */
        const char *interrupted_at; /* step; "" */
        const char *fault, *cause;  /* key of proto/base/fault.h, words; "" */
        const char *gateway;        /* who has it; "" */
        int64_t created_ms, started_ms, ended_ms,
                not_before_ms;               /* wall clock, ms since 1970; 0: not yet, none */
        int64_t lease_ms, question_until_ms; /* the same, of the store; 0: none */
        uint64_t place;                      /* order of submission, from 1: pages go by it */
};

struct store_event {
        uint64_t number; /* grows over the events of all jobs, from 1; never given twice */
        char job[STORE_ID_LEN + 1];
        int64_t time_ms;
        const char *json; /* one event as --json writes it */
};

struct store_counts {
        uint64_t of[_STORE_STATE_MAX];
};

/* The one answer of all operations. Its pointers are valid during the callback only. */
struct store_answer {
        int error; /* 0; what stands at the operation; or -ENOSPC, -EROFS, -EIO, -EBADMSG (corrupt), -ENOMEM
                    */
        struct trouble trouble; /* FAULT_STORE with those that a person must act on */
        const struct store_job *jobs;
        size_t n_jobs;
        const struct secret *const
                *secrets; /* claim: of jobs[i]; an entry is NULL if there is none any more */
        const struct store_event *events;
        size_t n_events;
        uint64_t next; /* of pages: ask for what is after it; 0: that was all */
        unsigned number;
        bool is_new;
        const struct store_counts *counts;
};

typedef void (*store_fn)(void *userdata, const struct store_answer *a);

/* ---- life ---- */
struct store_config {
        struct sd_event *loop;    /* outlives the store */
        const char *path;         /* its folder exists; the file is created, mode 0600 */
        const struct secret *key; /* STORE_KEY_LEN bytes: seals the secrets (service.md 5.3); copied */
        const char *gateway;      /* name of who claims; NULL: "" */
        unsigned jobs_max;        /* 0: STORE_JOBS_PRESET */
        const char *vfs;          /* for tests: the name of a registered VFS; NULL */
};

/* Opens, migrates, and takes back what was at work when the last process ended: such jobs wait again,
 * attempts kept, with an event each; counted as interruption only if that process died by itself
 * (service.md 3.2). Done before the loop runs: it waits for the disk. -EINVAL with *ret_trouble,
 * FAULT_STORE: another process has it (its pid is named), newer schema, corrupt, wrong key, not permitted,
 * full, read-only. */
int store_open(const struct store_config *config, struct store **ret, struct trouble *ret_trouble);

/* Finishes what was asked for (STORE_CLOSE_MS at most; answers are dropped), marks that the end was wished,
 * closes. Takes NULL, returns NULL. */
struct store *store_free(struct store *s);
DEFINE_CLEANUP(struct store *, store_free)

/* Reads the key file, STORE_KEY_LEN random bytes, mode 0600; makes it if it is not there. -EINVAL with
 * *ret_trouble. */
int store_key_file(const char *path, struct secret **ret, struct trouble *ret_trouble);

/* What keeps it from taking jobs now; FAULT_NONE: nothing. */
const struct trouble *store_trouble(const struct store *s);

/* Kept in memory, exact after every answer. */
void store_counts(const struct store *s, struct store_counts *ret);

/* ---- submit ---- */
struct store_new {
        const char *key; /* idempotency key; NULL: none. Again: the answer is the first job, is_new false */
        const char *serial, *code;
        const struct secret *secret; /* mobile secret, at most STORE_SECRET_MAX bytes; NULL: none */
        int priority;
        const char *submitter, *profile, *revision, *options; /* NULL: "" / none */
        int64_t not_before_ms;                                /* wall clock; 0: at once */
};

/* All of them or none, in one commit. The list and what it points to are copied before it returns, secrets
 * sealed. jobs[i] is the new job, or the live one with that serial number, which gets the secret of list[i]
 * if it waits; is_new: whether there is a new one among them. More than STORE_PAGE_MAX: no jobs are
 * answered. -EDQUOT: more than jobs_max would be there; at once -EINVAL: a text that is too long, or no
 * serial number. */
int store_submit(struct store *s, const struct store_new *list, size_t n, store_fn done, void *userdata,
                 struct op **ret);

/* ---- claim ---- */
struct store_claim {
        const char (*codes)[STORE_CODE_LEN + 1]; /* heard; n_codes 0: next in line, whatever the code */
        size_t n_codes;
        size_t limit;                   /* 1 to STORE_PAGE_MAX */
        const char *id;                 /* this one only; NULL */
        const char *const *passed_over; /* profiles whose jobs stay where they are; but for `id` */
        size_t n_passed_over;           /* at most STORE_PASSED_OVER_MAX */
        bool pending; /* pending ones instead of waiting ones: what is left to do in the cloud goes on */
        unsigned lease_ms; /* 0: none, until it is given back */
};

/* By priority, then round robin between submitters, then by age (service.md 3.3); none before its
 * not_before. A lease that has ended makes a job a waiting one; or a pending one, if it was claimed as that,
 * which counts as no attempt. Answers with jobs (state claimed, epoch one more) and secrets. */
int store_claim(struct store *s, const struct store_claim *want, store_fn done, void *userdata,
                struct op **ret);

/* ---- of a claimed job: -ESTALE if it is another's, or has ended ---- */
struct store_change {
        const char *id;
        uint64_t epoch;
        enum store_state state;           /* from now on; not CLAIMED. WAITING and PENDING give it back */
        const char *step, *fault, *cause; /* NULL: as it is; "": none */
        const char *record,
                *question;         /* JSON; NULL: as it is. The question goes when it is no longer ASKING */
        int64_t not_before_ms;     /* WAITING, PENDING: again then */
        int64_t question_until_ms; /* ASKING */
        int64_t keep_secret_ms; /* FAILED: how long the secret is kept, 0 not at all; DONE and CANCELLED wipe
                                   it at once */
        bool passed;            /* it has got past the step at which its process died: that is forgotten */
        bool attempted; /* WAITING: this attempt counts; else it is taken back (the device was another one)
                         */
        const char *const *events; /* JSON, appended */
        size_t n_events;
};

/* One write: checkpoint, report, question, giving back. Answers with the job as it is now. */
int store_change(struct store *s, const struct store_change *c, store_fn done, void *userdata,
                 struct op **ret);

struct store_held {
        const char *id;
        uint64_t epoch;
};

/* Moves the leases on. Answers with the jobs that are still held, cancel_asked among them. n: at most
 * STORE_PAGE_MAX. */
int store_renew(struct store *s, const struct store_held *held, size_t n, unsigned lease_ms, store_fn done,
                void *userdata, struct op **ret);

/* ---- by people: -ENOENT; -EALREADY: it is in no state in which that can be done. Each answers with the job
 * ---- */

/* Waiting and pending end at once; one at work is marked (cancel_asked), and its holder ends it. */
int store_cancel(struct store *s, const char *id, store_fn done, void *userdata, struct op **ret);

/* Failed or cancelled waits again. -ENOKEY: its secret is gone, scan again. -EEXIST: another live job has
 * the serial number. */
int store_retry(struct store *s, const char *id, store_fn done, void *userdata, struct op **ret);

/* ---- looking ---- */
struct store_filter {
        unsigned states;                        /* bits 1 << enum store_state; 0: all */
        const char *submitter, *serial, *fault; /* serial: a part of it; NULL: any */
        bool newest_first;
};

/* One job; -ENOENT. */
int store_get(struct store *s, const char *id, store_fn done, void *userdata, struct op **ret);

/* `after`: place or number of the last one seen, 0: from the beginning (newest_first: the end). limit: 1 to
 * STORE_PAGE_MAX. f: NULL: all. */
int store_list(struct store *s, const struct store_filter *f, uint64_t after, size_t limit, store_fn done,
               void *userdata, struct op **ret);
int store_events(struct store *s, const char *id /* NULL: of all */, uint64_t after, size_t limit,
                 store_fn done, void *userdata, struct op **ret);

/* ---- running numbers: a series for each name, a number for each serial number in it, as
 * setup/account/numbers.h ---- */
int store_number(struct store *s, const char *name, const char *serial, store_fn done, void *userdata,
                 struct op **ret);

struct store_known_number {
        const char *name, *serial;
        unsigned number;
};

/* Once in the life of a store; -EALREADY: it was done. */
int store_import_numbers(struct store *s, const struct store_known_number *list, size_t n, store_fn done,
                         void *userdata, struct op **ret);

/* ---- keeping house ---- */

/* Ended jobs that ended before that, with their events; and secrets that are kept too long. number: how many
 * jobs. In pieces, so that others have their turn. */
int store_prune(struct store *s, int64_t before_ms, store_fn done, void *userdata, struct op **ret);

/* Writes a copy into a new file, mode 0600. -EEXIST. */
int store_backup(struct store *s, const char *path, store_fn done, void *userdata, struct op **ret);

/* While nobody has the store open: looks at the copy (integrity, schema, key) and puts it into its place
 * atomically; the old one stays as PATH.before. -EINVAL with *ret_trouble. */
int store_restore(const struct store_config *config, const char *copy, struct trouble *ret_trouble);
