/* SPDX-License-Identifier: Apache-2.0 */

/* Pages, by key: what is after the last one that was seen. Some states of many are looked for in the index
 * of each, which SQLite merges in the order of places; looking through all jobs for the few that failed
 * would take as long as there are jobs. */

#include "setup/store/row.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct look {
        struct store_filter filter;
        const char *id;
        uint64_t after;
        size_t limit;
};

static int run_get(struct base *b, const void *want, struct request *r)
{
        const struct look *w = want;
        enum store_state state;
        int64_t place;
        int e = row_find(b, w->id, &place, &state);

        return e < 0 ? e : row_answer(b, r, place);
}

/* ?1: after; ?2 to ?4: submitter, part of the serial number, fault, each only where it is asked for */
static char *compose(const struct store_filter *f)
{
        unsigned all = (1u << _STORE_STATE_MAX) - 1, states = f->states & all;
        char *sql = NULL;
        size_t size;
        FILE *out = open_memstream(&sql, &size);
        const char *join = "";

        if (!out)
                return NULL;
        for (int i = 0; i < _STORE_STATE_MAX; i++) {
                bool any = states == 0 || states == all;

                if (!any && !(states & 1u << i))
                        continue;
                (void)fprintf(out, "%sSELECT " ROW_COLUMNS " FROM job WHERE place %s ?1", join,
                              f->newest_first ? "<" : ">");
                if (!any)
                        (void)fprintf(out, " AND state = %d", i);
                (void)fprintf(out, "%s%s%s", f->submitter ? " AND submitter = ?2" : "",
                              f->serial ? " AND instr(serial, ?3)" : "", f->fault ? " AND fault = ?4" : "");
                join = " UNION ALL ";
                if (any)
                        break;
        }
        (void)fprintf(out, " ORDER BY place %s", f->newest_first ? "DESC" : "ASC");
        if (fclose(out) != 0) {
                free(sql);
                return NULL;
        }
        return sql;
}

static void finalize(sqlite3_stmt **s)
{
        (void)sqlite3_finalize(*s);
}

static int bind_text(struct base *b, sqlite3_stmt *s, int at, const char *text)
{
        int rc = text ? sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC) : SQLITE_OK;

        return rc == SQLITE_OK ? 0 : base_error(b, rc);
}

static int run_list(struct base *b, const void *want, struct request *r)
{
        const struct look *w = want;
        _cleanup_(finalize) sqlite3_stmt *s = NULL;
        _cleanup_(freep) char *sql = compose(&w->filter);
        uint64_t after = w->filter.newest_first && w->after == 0 ? INT64_MAX : w->after;
        struct store_job *jobs;
        int e;

        if (!sql || row_room(r, w->limit) < 0)
                return -ENOMEM;
        e = sqlite3_prepare_v2(b->db, sql, -1, &s, NULL);
        if (e == SQLITE_OK)
                e = sqlite3_bind_int64(s, 1, (int64_t)after);
        if (e != SQLITE_OK)
                return base_error(b, e);
        if ((e = bind_text(b, s, 2, w->filter.submitter)) < 0 ||
            (e = bind_text(b, s, 3, w->filter.serial)) < 0 || (e = bind_text(b, s, 4, w->filter.fault)) < 0)
                return e;
        jobs = (struct store_job *)r->answer.jobs;
        while ((e = sql_row(b, s)) > 0) {
                if (r->answer.n_jobs == w->limit) {
                        r->answer.next = jobs[w->limit - 1].place;
                        return 0;
                }
                e = row_read(r, s, &jobs[r->answer.n_jobs]);
                if (e < 0)
                        return e;
                r->answer.n_jobs++;
        }
        return e;
}

static int read_event(struct request *r, sqlite3_stmt *s, struct store_event *ret)
{
        const char *json = (const char *)sqlite3_column_text(s, 3),
                   *id = (const char *)sqlite3_column_text(s, 1);

        if (!json || !id || strlen(id) > STORE_ID_LEN)
                return -EBADMSG;
        ret->number = (uint64_t)sqlite3_column_int64(s, 0);
        (void)snprintf(ret->job, sizeof(ret->job), "%s", id);
        ret->time_ms = sqlite3_column_int64(s, 2);
        ret->json = arena_text(&r->memory, json, (size_t)sqlite3_column_bytes(s, 3));
        return ret->json ? 0 : -ENOMEM;
}

static int run_events(struct base *b, const void *want, struct request *r)
{
        const struct look *w = want;
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        struct store_event *events = arena_new(&r->memory, w->limit * sizeof(*events));
        enum store_state state;
        int64_t place = 0;
        int e;

        if (!events)
                return -ENOMEM;
        r->answer.events = events;
        e = w->id ? row_find(b, w->id, &place, &state) : 0;
        if (e >= 0)
                e = w->id ? sql_begin(b,
                                      "SELECT number, id, time, json FROM event JOIN job ON place = job"
                                      " WHERE job = ?2 AND number > ?1 ORDER BY number",
                                      &s, "ii", (int64_t)w->after, place)
                          : sql_begin(
                                    b,
                                    "SELECT number, id, time, json FROM event CROSS JOIN job ON place = job"
                                    " WHERE number > ?1 ORDER BY number",
                                    &s, "i", (int64_t)w->after);
        while (e >= 0 && (e = sql_row(b, s)) > 0) {
                if (r->answer.n_events == w->limit) {
                        r->answer.next = events[w->limit - 1].number;
                        return 0;
                }
                e = read_event(r, s, &events[r->answer.n_events]);
                if (e >= 0)
                        r->answer.n_events++;
        }
        return e;
}

static int look(struct store *s, request_run run, const struct look *what, store_fn done, void *userdata,
                struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct look *w;
        int e;

        if (what->limit < 1 || what->limit > STORE_PAGE_MAX || what->after > INT64_MAX)
                return -EINVAL;
        e = request_new(run, REQUEST_LOOKS, sizeof(*w), &r, &w);
        if (e < 0)
                return e;
        *w = *what;
        e = request_text(r, what->id, STORE_ID_LEN, &w->id);
        if (e >= 0)
                e = request_text(r, what->filter.submitter, STORE_NAME_MAX, &w->filter.submitter);
        if (e >= 0)
                e = request_text(r, what->filter.serial, STORE_SERIAL_LEN, &w->filter.serial);
        if (e >= 0)
                e = request_text(r, what->filter.fault, STORE_NAME_MAX, &w->filter.fault);
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}

int store_get(struct store *s, const char *id, store_fn done, void *userdata, struct op **ret)
{
        return look(s, run_get, &(struct look){ .id = id, .limit = 1 }, done, userdata, ret);
}

int store_list(struct store *s, const struct store_filter *f, uint64_t after, size_t limit, store_fn done,
               void *userdata, struct op **ret)
{
        struct look what = { .after = after, .limit = limit };

        if (f)
                what.filter = *f;
        return look(s, run_list, &what, done, userdata, ret);
}

int store_events(struct store *s, const char *id, uint64_t after, size_t limit, store_fn done,
                 void *userdata, struct op **ret)
{
        return look(s, run_events, &(struct look){ .id = id, .after = after, .limit = limit }, done,
                    userdata, ret);
}
