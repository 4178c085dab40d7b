/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The database: one connection that nobody shares, used by one thread at a time. */

#include "setup/store/request.h"
#include "setup/store/seal.h"
#include <sqlite3.h>

enum { BASE_STATEMENTS = 96, BASE_TURNS = 8 };

struct base {
        sqlite3 *db;
        char *path;
        char *gateway;
        unsigned jobs_max;
        struct seal *seal;
        int lock; /* descriptor of the lock file */
        struct store_counts counts;
        struct {
                const char *sql;
                sqlite3_stmt *statement;
        } kept[BASE_STATEMENTS];
        struct {
                int priority;
                char submitter[STORE_NAME_MAX + 1]; /* who had the last turn */
        } turns[BASE_TURNS];
        int64_t offset_ms,
                written_ms; /* wall clock over the clock that nobody sets; of the clock, as written */
        int64_t wiped_ms; /* since when wiped bytes may stand in the WAL, clock that nobody sets; 0: none */
        bool bulk;        /* the WAL has grown long */
        bool refused;     /* the last batch that writes was lost */
};

/* Closes it as it is. Takes NULL, returns NULL. */
struct base *base_let_go(struct base *b);
DEFINE_CLEANUP(struct base *, base_let_go)

const struct seal *base_seal(const struct base *b);
struct store_counts base_counts(const struct base *b);

/* How long it would like quiet to last before base_rest(); 0: it has nothing to do. */
unsigned base_rest_ms(const struct base *b);
void base_rest(struct base *b);
void base_after(struct base *b); /* of a batch */
void base_wiped(struct base *b); /* bytes of a secret were overwritten */

/* What SQLite said, as a negative errno: -ENOSPC, -EROFS, -EIO, -EBADMSG, -ENOMEM, -EBUSY, -EACCES, -EEXIST
 * (constraint). */
int base_error(struct base *b, int rc);

/* FAULT_STORE in words, for those that a person must act on. Returns -EINVAL; any other error is left alone
 * and returned. */
int base_trouble(const char *path, int error, struct trouble *ret_trouble);

/* The same for any error of a file; -ENOMEM stays, and so does -EINVAL, which has filled it. */
int base_complain(const char *path, int error, struct trouble *ret_trouble);

/* Adds or takes away jobs of a state. */
void base_count(struct base *b, enum store_state state, int64_t n);
