/* SPDX-License-Identifier: Apache-2.0 */

/* From columns to a struct, by their order in ROW_COLUMNS. A file may have been damaged or written by hand:
 * nothing of it is trusted to have the length that we gave it. */

#include "setup/store/row.h"
#include <errno.h>
#include <string.h>

static int fixed(sqlite3_stmt *s, int column, char *ret, size_t size)
{
        const char *text = (const char *)sqlite3_column_text(s, column);
        size_t len = (size_t)sqlite3_column_bytes(s, column);

        if (!text || len >= size)
                return -EBADMSG;
        memcpy(ret, text, len);
        ret[len] = 0;
        return 0;
}

static int texts(struct request *r, sqlite3_stmt *s, int column, const char **const ret[], size_t n)
{
        for (size_t i = 0; i < n; i++, column++) {
                const char *text = (const char *)sqlite3_column_text(s, column);

                *ret[i] = NULL;
                if (!text)
                        continue;
                *ret[i] = arena_text(&r->memory, text, (size_t)sqlite3_column_bytes(s, column));
                if (!*ret[i])
                        return -ENOMEM;
        }
        return 0;
}

int row_read(struct request *r, sqlite3_stmt *s, struct store_job *ret)
{
        const char **const kept[] = { &ret->submitter, &ret->profile,  &ret->revision,      &ret->options,
                                      &ret->record,    &ret->question, &ret->step,          &ret->fault,
                                      &ret->cause,     &ret->gateway,  &ret->interrupted_at };
        int64_t *const times[] = { &ret->created_ms,    &ret->started_ms, &ret->ended_ms,
                                   &ret->not_before_ms, &ret->lease_ms,   &ret->question_until_ms };
        int state = sqlite3_column_int(s, 4);

        if (fixed(s, 1, ret->id, sizeof(ret->id)) < 0 || fixed(s, 2, ret->serial, sizeof(ret->serial)) < 0 ||
            fixed(s, 3, ret->code, sizeof(ret->code)) < 0 || state < 0 || state >= _STORE_STATE_MAX)
                return -EBADMSG;
        ret->place = (uint64_t)sqlite3_column_int64(s, 0);
        ret->state = (enum store_state)state;
        ret->epoch = (uint64_t)sqlite3_column_int64(s, 5);
        ret->attempt = (unsigned)sqlite3_column_int(s, 6);
        ret->interruptions = (unsigned)sqlite3_column_int(s, 7);
        ret->priority = sqlite3_column_int(s, 8);
        ret->has_secret = sqlite3_column_int(s, 9);
        ret->cancel_asked = sqlite3_column_int(s, 10);
        for (size_t i = 0; i < ELEMENTSOF(times); i++)
                *times[i] = sqlite3_column_int64(s, 22 + (int)i);
        return texts(r, s, 11, kept, ELEMENTSOF(kept));
}

int row_room(struct request *r, size_t n)
{
        r->answer.jobs = arena_new(&r->memory, n * sizeof(struct store_job));
        return r->answer.jobs ? 0 : -ENOMEM;
}

int row_add(struct base *b, struct request *r, int64_t place)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e;

        e = sql_begin(b, "SELECT " ROW_COLUMNS " FROM job WHERE place = ?1", &s, "i", place);
        if (e >= 0)
                e = sql_row(b, s);
        if (e <= 0)
                return e < 0 ? e : -ENOENT;
        e = row_read(r, s, (struct store_job *)&r->answer.jobs[r->answer.n_jobs]);
        if (e >= 0)
                r->answer.n_jobs++;
        return e;
}

int row_answer(struct base *b, struct request *r, int64_t place)
{
        int e = row_room(r, 1);

        return e < 0 ? e : row_add(b, r, place);
}

int row_find(struct base *b, const char *id, int64_t *ret_place, enum store_state *ret_state)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e;

        e = sql_begin(b, "SELECT place, state FROM job WHERE id = ?1", &s, "t", id);
        if (e >= 0)
                e = sql_row(b, s);
        if (e <= 0)
                return e < 0 ? e : -ENOENT;
        *ret_place = sqlite3_column_int64(s, 0);
        *ret_state = (enum store_state)sqlite3_column_int(s, 1);
        return 0;
}
