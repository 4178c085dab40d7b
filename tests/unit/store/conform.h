/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What every store promises (setup/store/store.h), asked of any implementation: a maker opens one, and all
 * that is known of it here is the interface. Each case has a folder of its own. */

#include "setup/store/store.h"
#include "tests/unit/cmocka.h"

struct sd_event;

struct store_maker {
        const char *name; /* file in the case's folder */
        int (*open)(const struct store_config *config, struct store **ret, struct trouble *ret_trouble);
        void (*set_clock)(int64_t by_ms); /* sets the store's wall clock so far from the real one */
};

/* A store in a folder, with its loop. */
struct room {
        const struct store_maker *maker;
        char dir[64], path[128];
        struct sd_event *loop;
        struct secret *key;
        struct store *store; /* NULL: closed */
        unsigned jobs_max;   /* for the next opening */
        const char *vfs;     /* for the next opening; NULL */
        struct got *answers; /* all that were asked for, freed with the room */
        unsigned n_answered; /* so far */
        bool inside;         /* of a call: no answer may come now */
};

/* An answer, copied. */
struct got {
        struct got *next;
        struct room *room;
        struct op *op;
        bool here;
        unsigned order; /* 1: the first answer of all */
        int error;
        struct trouble trouble;
        size_t n_jobs, n_events, n_texts;
        struct store_job *jobs;
        struct secret **secrets; /* of claims */
        struct store_event *events;
        char **texts;
        uint64_t next_page;
        unsigned number;
        bool is_new;
        struct store_counts counts;
};

int room_setup(void **state); /* *state is the maker, then the room, with its store open */
int room_teardown(void **state);
struct room *room_new(const struct store_maker *maker);
struct room *room_free(struct room *r);
void room_open(struct room *r);                       /* must succeed */
void room_refused(struct room *r, const char *words); /* opening fails, FAULT_STORE, with these words */
void room_close(struct room *r);
/* In a process of its own that opens the store and is killed when `work` returns: nothing is closed. */
void room_crash(struct room *r, void (*work)(struct room *r));

/* Asking without waiting, and waiting (at most 20 s); one in all: wait_for(ask_...()). */
struct got *got_new(struct room *r);
void got_answer(void *userdata, const struct store_answer *a); /* a store_fn */
struct got *asked(struct got *g, int error); /* after the call: -EINVAL of it counts as answer */
struct got *wait_for(struct got *g);

struct got *ask_submit(struct room *r, const struct store_new *list, size_t n);
struct got *ask_claim(struct room *r, const struct store_claim *want);
struct got *ask_change(struct room *r, const struct store_change *c);
struct got *ask_get(struct room *r, const char *id);

/* With serial number S<number>, code from it, the submitter, secret "secret-of-<serial>". Answers with its
 * id, kept as long as the room. */
const char *submit(struct room *r, unsigned number);
const char *submit_of(struct room *r, unsigned number, const char *submitter, int priority);
/* The next in line, which must be this; its epoch. */
uint64_t claim_it(struct room *r, const char *id);
struct got *claim(struct room *r, size_t limit);
int change(struct room *r, const char *id, uint64_t epoch, enum store_state state); /* its answer's error */
int change_with(struct room *r, const struct store_change *c);
int cancel(struct room *r, const char *id);
int retry(struct room *r, const char *id);
const struct store_job *look(struct room *r, const char *id);
struct got *list(struct room *r, const struct store_filter *f, uint64_t after, size_t limit);
struct got *events_of(struct room *r, const char *id, uint64_t after, size_t limit);
struct got *number(struct room *r, const char *name, const char *serial);
int backup(struct room *r, const char *path);
uint64_t count(struct room *r, enum store_state state);
int64_t wall_ms(void);
/* Is it anywhere in the file? False if there is no such file. */
bool file_has(const char *path, const void *bytes, size_t len);

/* The cases, as tables that end with a NULL name. */
extern const struct CMUnitTest conform_submit[], conform_claim[], conform_change[], conform_people[],
        conform_look[], conform_house[], conform_life[], conform_clock[];
/* Runs them all; the number that failed. */
int conform_run(const struct store_maker *maker);
