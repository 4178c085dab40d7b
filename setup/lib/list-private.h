/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: a list, from its file to its end. Five nouns: its setups (list-setups.c: the
 * profiles that rows want), its rows (list-rows.c: what is known of each), its journal (list-journal.c: the
 * store, and how rows get into it), its run (list-run.c: life, and when it is over) and the engine's host
 * (list-host.c: what a job of a row needs, and what becomes of it). */

#include "proto/base/timer.h"
#include "setup/account/list-profiles.h"
#include "setup/engine/engine.h"
#include "setup/label/list.h"
#include "setup/lib/job-private.h"

/* ---- setups: one for each profile that rows name ---- */
enum setup_source { SETUP_MISSING, SETUP_GIVEN, SETUP_REFUSED };

struct list_setup {
        char *name;
        size_t rows;
        enum setup_source source;
        struct profile profile; /* GIVEN, until list_profiles has it */
        struct trouble why;     /* REFUSED */
        uint64_t finished, all; /* hashes of what is asked for: finished_hash(), and everything */
        bool account;
        bool customer; /* who must be signed in */
};

int setups_add(struct usher_list *l, const char *name, size_t *ret_index); /* -ERANGE: too many */
void setups_free(struct usher_list *l);

/* Looks at the profiles of all rows; what is wrong becomes an error of the list. Once all are handed over it
 * is done, and not done again. */
int setups_check(struct usher_list *l);
bool setups_are_complete(const struct usher_list *l);

/* Finds the account, if any of them needs one. -EINVAL: the context's trouble. */
int setups_find_account(struct usher_list *l, bool *ret_account);

/* The profile whose customer must be signed in, and then it is the only one; NULL: nobody must. */
const struct profile *setups_customer(const struct usher_list *l);

/* The row's profile, the caller's, as its task wants it. -EINVAL with *ret_trouble. */
struct row;
int setup_of_row(struct usher_list *l, const struct row *row, struct profile *ret,
                 struct trouble *ret_trouble);

/* Networks that somebody answered are those of its profile from now on, if it names none. */
void setup_keep_networks(struct usher_list *l, const struct row *row, const struct profile *from);

/* "FINISHED-ALL": two texts that are the same ask for the same; the first half alone says which devices need
 * not be done again. */
enum { REVISION_LEN = 33 };
void setup_revision(const struct usher_list *l, const struct row *row, char ret[static REVISION_LEN + 1]);
uint64_t revision_finished(const char *revision);

/* ---- rows ---- */
enum row_state {
        ROW_WAITING,
        ROW_RUNNING,
        ROW_ASKING,
        ROW_PENDING,
        ROW_DONE,
        ROW_FAILED,
        ROW_CANCELLED,
        _ROW_STATE_MAX,
};

enum row_fact { FACT_ID, FACT_PLATFORM, FACT_OS, FACT_NAME, FACT_OWNER, FACT_CAUSE, _FACT_MAX };

/* Of a row that was begun by this run. */
struct row_facts {
        char job[STORE_ID_LEN + 1];
        const struct job *at_work; /* NULL: it is in no slot */
        enum fault fault;
        uint64_t start_ms, ms;
        bool ended; /* its result was told */
        bool asks_network;
        char *memory;                 /* of the texts */
        const char *texts[_FACT_MAX]; /* NULL: not known */
};

/* A hundred thousand of them wait: all that only a row at work has is in its facts. */
struct row {
        char serial[LABEL_SERIAL_LEN + 1];
        uint32_t line;
        uint32_t texts;  /* where its name, groups and site stand in rows.texts */
        uint32_t newest; /* place of its newest job in the journal; 0: none */
        uint16_t setup;
        uint8_t state;     /* enum row_state */
        bool before : 1;   /* done, and not by this run */
        bool in_store : 1; /* its job is in the journal */
        struct row_facts *facts;
};

struct rows {
        struct row *row;
        size_t n;
        uint32_t *index; /* by serial number: 1 + number of the row; 0: free. At most half full */
        size_t index_size;
        char *texts;
        size_t texts_len, texts_size;
        size_t of[_ROW_STATE_MAX], before;
};

/* From the list's right rows. */
int rows_fill(struct usher_list *l);
void rows_free(struct rows *r);

struct row *listed_find(const struct rows *r, const char *serial); /* NULL */
enum row_text { ROW_NAME, ROW_GROUPS, ROW_SITE };
const char *listed_text(const struct rows *r, const struct row *row, enum row_text which);

/* What has changed is told at the next turn. */
void listed_move(struct usher_list *l, struct row *row, enum row_state state);
int listed_begin(struct row *row, const char *id);
void listed_learn(struct row *row, const struct job *job); /* what is known of the device, and its trouble */

/* ---- the journal ---- */

/* Opens the store. -EINVAL: the context's trouble. */
int journal_open(struct usher_list *l);

/* Looks at what is there from earlier runs, then hands over what is missing; l->journal.filled at the end.
 */
int journal_begin(struct usher_list *l);
void journal_close(struct usher_list *l);

enum { JOURNAL_PIECE = 100 /* rows in one commit */ };

struct journal_known {
        uint32_t when_s; /* when the device was set up on this machine; 0: not known, or begun again since */
        bool same;       /* as its row wants it */
};

struct journal {
        char *folder; /* NULL: preset */
        struct store *store;
        struct op *op;
        struct timer *again;
        uint64_t after, refused_ms;
        uint32_t piece[JOURNAL_PIECE]; /* rows that are handed over now */
        size_t n_piece;
        struct secret *secret[JOURNAL_PIECE]; /* for those of a piece; NULL: not needed so far */
        struct journal_known *known;          /* of each row, while it is looked at what is there */
        bool looked;                          /* it is known what it has from earlier runs */
        bool filled;                          /* all rows are in it */
};

/* ---- the run ---- */
enum list_stage { LIST_STAGE_NEW, LIST_STAGE_WORK, LIST_STAGE_OVER };

struct usher_list {
        struct usher_ctx *ctx;
        enum list_stage stage;
        enum task task;
        char *path;        /* canonical */
        struct list *list; /* NULL: all of it is in the journal, and its text is not kept any longer */
        struct list_profiles *profiles;
        struct list_setup *setups;
        size_t n_setups;
        bool checked;
        struct rows rows;

        unsigned slots, timeout_s;
        char **radios;
        size_t n_radios;
        struct journal journal;
        struct files files;
        struct world world; /* of its jobs */
        struct engine *engine;
        struct op *sign_in; /* the engine waits for it */

        struct timer *soon, *later;
        bool changed; /* counts, or trouble */
        bool ending;
        struct trouble trouble; /* what holds all of it up */
        uint64_t trouble_ms;    /* since when; 0: nothing does */
        uint64_t pending_ms;    /* since when nothing but pending rows is left; 0: there is more */
        struct trouble why;     /* what ended it early */
};

/* At the next turn it is looked at whether it is over, and changes are told. */
void list_look(struct usher_list *l);

/* Looks at rows, profiles and account. -EINVAL: the context's trouble. */
int list_prepare(struct usher_list *l, bool *ret_account);

/* It is known what the journal has, or the customer is signed in: once both are so, the engine begins. */
void list_go_on(struct usher_list *l);

/* All that it has open, as a crash would. */
void list_close_all(struct usher_list *l);

/* Ends it: `why` NULL: it is over, or somebody wants it; else the first reason counts. */
void list_end(struct usher_list *l, const struct trouble *why);

/* list-host.c */
extern const struct engine_host list_host;

/* ---- list-tell.c ---- */
void list_tell(struct usher_list *l, const struct row *row, const struct told *t, const char *json);
void list_tell_change(struct usher_list *l);
void list_tell_end(struct usher_list *l);
