/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A row of the table of jobs, as it is shown. */

#include "setup/store/sql.h"

#define ROW_COLUMNS                                                                                         \
        "place, id, serial, code, state, epoch, attempt, interruptions, priority, secret IS NOT NULL, "     \
        "cancel_asked, submitter, profile, revision, options, record, question, step, fault, cause, "       \
        "gateway, interrupted_at, created, started, ended, not_before, lease, question_until"

/* Texts go into r's memory. -EBADMSG: no such row can be; -ENOMEM. */
int row_read(struct request *r, sqlite3_stmt *s, struct store_job *ret);

/* Makes room for as many jobs in the answer. */
int row_room(struct request *r, size_t n);

/* Adds the job to the answer, for which there is room. -ENOENT */
int row_add(struct base *b, struct request *r, int64_t place);

/* The only one of the answer. */
int row_answer(struct base *b, struct request *r, int64_t place);

/* -ENOENT: there is no such job. */
int row_find(struct base *b, const char *id, int64_t *ret_place, enum store_state *ret_state);
