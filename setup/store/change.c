/* SPDX-License-Identifier: Apache-2.0 */

/* What the holder of a job writes. The first statement asks whether it still is the holder, and all of it is
 * one transaction: a late report changes nothing (service.md 2.1). */

#include "setup/store/clock.h"
#include "setup/store/log.h"
#include "setup/store/row.h"
#include <errno.h>

struct held {
        int64_t place;
        enum store_state state;
        bool radio_done, cancel_asked, has_secret;
};

static int find(struct base *b, const char *id, uint64_t epoch, struct held *ret)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e;

        e = sql_begin(b,
                      "SELECT place, state, radio_done, cancel_asked, secret IS NOT NULL FROM job"
                      " WHERE id = ?1 AND epoch = ?2 AND state IN (1, 2, 3)",
                      &s, "ti", id, (int64_t)epoch);
        if (e >= 0)
                e = sql_row(b, s);
        if (e <= 0)
                return e < 0 ? e : -ESTALE;
        *ret = (struct held){ sqlite3_column_int64(s, 0), (enum store_state)sqlite3_column_int(s, 1),
                              sqlite3_column_int(s, 2), sqlite3_column_int(s, 3), sqlite3_column_int(s, 4) };
        return 0;
}

static bool at_work(enum store_state state)
{
        return state == STORE_RUNNING || state == STORE_ASKING;
}

static int write_texts(struct base *b, int64_t place, const struct store_change *c)
{
        return sql_run(b,
                       "UPDATE job SET step = coalesce(?2, step), fault = coalesce(?3, fault),"
                       " cause = coalesce(?4, cause), record = coalesce(?5, record),"
                       " interruptions = CASE WHEN ?6 THEN 0 ELSE interruptions END,"
                       " interrupted_at = CASE WHEN ?6 THEN '' ELSE interrupted_at END WHERE place = ?1",
                       "ittttn", place, c->step, c->fault, c->cause, c->record, (int)c->passed);
}

/* A question is there while it is asked. */
static int write_question(struct base *b, int64_t place, const struct store_change *c, enum store_state to)
{
        if (to == STORE_ASKING)
                return sql_run(
                        b,
                        "UPDATE job SET question = coalesce(?2, question), question_until = ?3 WHERE place = ?1",
                        "iti", place, c->question, c->question_until_ms);
        return sql_run(
                b,
                "UPDATE job SET question = NULL, question_until = 0 WHERE place = ?1 AND question NOTNULL",
                "i", place);
}

/* Out of the holder's hands: it waits, is pending, or has ended. */
static int write_release(struct base *b, const struct held *h, const struct store_change *c,
                         enum store_state to)
{
        bool ended = !store_state_is_live(to);
        bool uncounted = to == STORE_WAITING && !c->attempted && !h->radio_done;

        return sql_run(
                b,
                "UPDATE job SET lease = 0, cancel_asked = 0,"
                " interruptions = CASE WHEN ?4 THEN 0 ELSE interruptions END,"
                " interrupted_at = CASE WHEN ?4 THEN '' ELSE interrupted_at END, radio_done = ?2, not_before = ?3, ended = ?4, attempt = max(attempt - ?5, 0),"
                " gateway = CASE WHEN ?4 THEN gateway ELSE '' END WHERE place = ?1",
                "iniin", h->place, to == STORE_PENDING, ended ? 0 : c->not_before_ms,
                ended ? clock_wall_ms() : 0, (int)uncounted);
}

static int write_secret(struct base *b, const struct held *h, const struct store_change *c,
                        enum store_state to)
{
        if (store_state_is_live(to) || !h->has_secret)
                return 0;
        if (to == STORE_FAILED && c->keep_secret_ms > 0)
                return sql_run(b, "UPDATE job SET secret_until = ?2 WHERE place = ?1", "ii", h->place,
                               clock_wall_ms() + c->keep_secret_ms);
        base_wiped(b);
        return sql_run(b, "UPDATE job SET secret = NULL, secret_gone = 1, secret_until = 0 WHERE place = ?1",
                       "i", h->place);
}

static int write_state(struct base *b, const struct held *h, enum store_state to)
{
        base_count(b, h->state, -1);
        base_count(b, to, 1);
        return sql_run(
                b,
                "UPDATE job SET state = ?2, started = CASE WHEN started = 0 AND ?2 = 2 THEN ?3 ELSE started END"
                " WHERE place = ?1",
                "ini", h->place, (int)to, clock_wall_ms());
}

static int run(struct base *b, const void *want, struct request *r)
{
        const struct store_change *c = want;
        enum store_state to = c->state;
        struct held h;
        int e;

        e = find(b, c->id, c->epoch, &h);
        if (e < 0)
                return e;
        if (h.cancel_asked && (to == STORE_WAITING || to == STORE_PENDING))
                to = STORE_CANCELLED;
        e = write_texts(b, h.place, c);
        if (e >= 0)
                e = write_question(b, h.place, c, to);
        if (e >= 0 && !at_work(to))
                e = write_release(b, &h, c, to);
        if (e >= 0)
                e = write_secret(b, &h, c, to);
        if (e >= 0)
                e = write_state(b, &h, to);
        if (e >= 0)
                e = log_add(b, h.place, c->events, c->n_events);
        if (e >= 0 && to != c->state)
                e = log_state(b, h.place, "cancelled");
        return e < 0 ? e : row_answer(b, r, h.place);
}

static int copy(struct request *r, const struct store_change *c, struct store_change *w)
{
        const char **events;
        int e;

        *w = *c;
        e = request_text(r, c->id, STORE_ID_LEN, &w->id);
        if (e >= 0)
                e = request_text(r, c->step, STORE_NAME_MAX, &w->step);
        if (e >= 0)
                e = request_text(r, c->fault, STORE_NAME_MAX, &w->fault);
        if (e >= 0)
                e = request_text(r, c->cause, STORE_CAUSE_MAX, &w->cause);
        if (e >= 0)
                e = request_text(r, c->record, STORE_RECORD_MAX, &w->record);
        if (e >= 0)
                e = request_text(r, c->question, STORE_OPTIONS_MAX, &w->question);
        if (e < 0)
                return e;
        events = arena_new(&r->memory, c->n_events * sizeof(*events));
        if (!events)
                return -ENOMEM;
        for (size_t i = 0; i < c->n_events && e >= 0; i++)
                e = request_text(r, c->events[i], STORE_OPTIONS_MAX, &events[i]);
        w->events = events;
        return e;
}

int store_change(struct store *s, const struct store_change *c, store_fn done, void *userdata,
                 struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct store_change *w;
        int e;

        if (!c->id || c->state == STORE_CLAIMED || c->state >= _STORE_STATE_MAX)
                return -EINVAL;
        e = request_new(run, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e >= 0)
                e = copy(r, c, w);
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}

/* ---- leases ---- */

struct renewal {
        size_t n;
        unsigned lease_ms;
        struct store_held *held;
};

static int run_renewal(struct base *b, const void *want, struct request *r)
{
        const struct renewal *w = want;
        int64_t until = w->lease_ms ? clock_wall_ms() + w->lease_ms : 0;
        int e = row_room(r, w->n);

        for (size_t i = 0; i < w->n && e >= 0; i++) {
                struct held h;

                e = find(b, w->held[i].id, w->held[i].epoch, &h);
                if (e == -ESTALE) {
                        e = 0;
                        continue;
                }
                if (e >= 0)
                        e = sql_run(b, "UPDATE job SET lease = ?2 WHERE place = ?1", "ii", h.place, until);
                if (e >= 0)
                        e = row_add(b, r, h.place);
        }
        return e;
}

int store_renew(struct store *s, const struct store_held *held, size_t n, unsigned lease_ms, store_fn done,
                void *userdata, struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct renewal *w;
        int e;

        if (n > STORE_PAGE_MAX)
                return -EINVAL;
        e = request_new(run_renewal, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e < 0)
                return e;
        *w = (struct renewal){ n, lease_ms, arena_new(&r->memory, n * sizeof(*w->held)) };
        if (!w->held)
                return -ENOMEM;
        for (size_t i = 0; i < n && e >= 0; i++) {
                w->held[i].epoch = held[i].epoch;
                e = request_text(r, held[i].id, STORE_ID_LEN, &w->held[i].id);
        }
        return e < 0 ? e : store_ask(s, &r, done, userdata, ret);
}
