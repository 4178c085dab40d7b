/* SPDX-License-Identifier: Apache-2.0 */

/* Who is next (service.md 3.3). Jobs that may be claimed stand in an index in the order in which they are
 * served, so that the next one is a look-up, however many wait; what was heard is gathered first, as it is
 * few, and sorted in the same way. Jobs of profiles that are passed over are met one by one on the way:
 * whoever passes over many does not ask often. */

#include "setup/store/clock.h"
#include "setup/store/recover.h"
#include "setup/store/row.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct candidate {
        int64_t place;
        int priority;
        const char *submitter;
        bool taken;
};

struct claim {
        const char (*codes)[STORE_CODE_LEN + 1];
        size_t n_codes, limit;
        const char *id;
        const char *passed_over; /* ",6E6F727468," of "north": what stands in it is compared as a whole */
        bool pending;
        unsigned lease_ms;
};

#define WANTED(n) " AND NOT instr(?" #n ", ',' || hex(profile) || ',')"

/* What is due may be claimed from now on, and what nobody holds any more. */
static int make_ready(struct base *b)
{
        int e = recover_leases(b);

        return e < 0 ? e
                     : sql_run(b, "UPDATE job SET not_before = 0 WHERE not_before > 0 AND not_before <= ?1",
                               "i", clock_wall_ms());
}

static int unseal(struct base *b, struct request *r, int64_t place)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e;

        e = sql_begin(b, "SELECT secret, id FROM job WHERE place = ?1", &s, "i", place);
        if (e >= 0)
                e = sql_row(b, s);
        if (e <= 0)
                return e < 0 ? e : -ENOENT;
        if (sqlite3_column_type(s, 0) == SQLITE_BLOB) {
                const void *sealed = sqlite3_column_blob(s, 0);

                e = seal_open(b->seal, (const char *)sqlite3_column_text(s, 1), sealed,
                              (size_t)sqlite3_column_bytes(s, 0), &r->secrets[r->n_given]);
                if (e == -ENOMEM)
                        return e; /* one that cannot be opened is none */
        }
        r->n_given++;
        return 0;
}

static int take(struct base *b, struct request *r, const struct claim *w, int64_t place)
{
        int64_t until = w->lease_ms ? clock_wall_ms() + w->lease_ms : 0;
        int e;

        e = sql_run(
                b,
                "UPDATE job SET state = 1, epoch = epoch + 1, attempt = attempt + (state = 0), lease = ?2,"
                " gateway = ?3, cancel_asked = 0 WHERE place = ?1",
                "iit", place, until, b->gateway);
        if (e < 0)
                return e;
        base_count(b, w->pending ? STORE_PENDING : STORE_WAITING, -1);
        base_count(b, STORE_CLAIMED, 1);
        e = unseal(b, r, place);
        return e < 0 ? e : row_add(b, r, place);
}

static char *turn_of(struct base *b, int priority)
{
        unsigned i = (unsigned)priority % BASE_TURNS;

        if (b->turns[i].priority != priority) {
                b->turns[i].priority = priority;
                b->turns[i].submitter[0] = 0;
        }
        return b->turns[i].submitter;
}

static void set_turn(struct base *b, int priority, const char *submitter)
{
        char *turn = turn_of(b, priority);
        size_t len = strnlen(submitter, STORE_NAME_MAX);

        memmove(turn, submitter, len);
        turn[len] = 0;
}

/* The oldest job of the submitter after that one, or of the first of all; 0: there is none. */
static int next_of(struct base *b, const struct claim *w, int priority, const char *after,
                   int64_t *ret_place)
{
        static const char *const sql[2][2] = {
                { "SELECT place, submitter FROM job INDEXED BY ready WHERE state = 0 AND not_before = 0"
                  " AND priority = ?1" WANTED(2) " AND submitter > ?3 ORDER BY submitter, place LIMIT 1",
                  "SELECT place, submitter FROM job INDEXED BY ready WHERE state = 0 AND not_before = 0"
                  " AND priority = ?1" WANTED(2) " ORDER BY submitter, place LIMIT 1" },
                { "SELECT place, submitter FROM job INDEXED BY again WHERE state = 4 AND not_before = 0"
                  " AND priority = ?1" WANTED(2) " AND submitter > ?3 ORDER BY submitter, place LIMIT 1",
                  "SELECT place, submitter FROM job INDEXED BY again WHERE state = 4 AND not_before = 0"
                  " AND priority = ?1" WANTED(2) " ORDER BY submitter, place LIMIT 1" },
        };
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        int e;

        e = sql_begin(b, sql[w->pending][!after], &s, after ? "ntt" : "nt", priority, w->passed_over, after);
        if (e >= 0)
                e = sql_row(b, s);
        if (e <= 0)
                return e;
        *ret_place = sqlite3_column_int64(s, 0);
        set_turn(b, priority, (const char *)sqlite3_column_text(s, 1));
        return 1;
}

/* -ENODATA: there is none. */
static int highest_priority(struct base *b, const struct claim *w, int64_t *ret)
{
        return sql_number(b, ret,
                          w->pending ? "SELECT priority FROM job INDEXED BY again WHERE state = 4"
                                       " AND not_before = 0" WANTED(1) " ORDER BY priority DESC LIMIT 1"
                                     : "SELECT priority FROM job INDEXED BY ready WHERE state = 0"
                                       " AND not_before = 0" WANTED(1) " ORDER BY priority DESC LIMIT 1",
                          "t", w->passed_over);
}

static int in_line(struct base *b, struct request *r, const struct claim *w)
{
        int64_t priority, place;
        char turn[STORE_NAME_MAX + 1];
        int e;

        while (r->answer.n_jobs < w->limit) {
                e = highest_priority(b, w, &priority);
                if (e < 0)
                        return e == -ENODATA ? 0 : e;
                memcpy(turn, turn_of(b, (int)priority), sizeof(turn));
                e = next_of(b, w, (int)priority, turn, &place);
                if (e == 0)
                        e = next_of(b, w, (int)priority, NULL, &place);
                if (e > 0)
                        e = take(b, r, w, place);
                else
                        return e < 0 ? e : -EIO;
                if (e < 0)
                        return e;
        }
        return 0;
}

static int one(struct base *b, struct request *r, const struct claim *w)
{
        int64_t place;
        int e = sql_number(b, &place,
                           "SELECT place FROM job WHERE id = ?1 AND state = ?2 AND not_before = 0", "tn",
                           w->id, w->pending ? (int)STORE_PENDING : (int)STORE_WAITING);

        return e == -ENODATA ? 0 : e < 0 ? e : take(b, r, w, place);
}

static int by_order(const void *one, const void *two)
{
        const struct candidate *a = one, *b = two;
        int names;

        if (a->priority != b->priority)
                return a->priority > b->priority ? -1 : 1;
        names = strcmp(a->submitter, b->submitter);
        return names ? names : (a->place > b->place) - (a->place < b->place);
}

static int gather(struct base *b, struct request *r, const struct claim *w, struct candidate **list,
                  size_t *n)
{
        size_t room = 0;

        for (size_t i = 0; i < w->n_codes; i++) {
                _cleanup_(sql_end) sqlite3_stmt *s = NULL;
                int e = sql_begin(b,
                                  "SELECT place, priority, submitter FROM job WHERE code = ?1 AND state = ?2"
                                  " AND not_before = 0" WANTED(4) " ORDER BY priority DESC, place LIMIT ?3",
                                  &s, "tnit", w->codes[i],
                                  w->pending ? (int)STORE_PENDING : (int)STORE_WAITING,
                                  (int64_t)STORE_PAGE_MAX, w->passed_over);

                while (e >= 0 && (e = sql_row(b, s)) > 0) {
                        const char *who = (const char *)sqlite3_column_text(s, 2);

                        if (*n == room) {
                                struct candidate *more = realloc(*list, (room + 64) * sizeof(*more));

                                if (!more)
                                        return -ENOMEM;
                                *list = more;
                                room += 64;
                        }
                        who = arena_text(&r->memory, who, strlen(who));
                        if (!who)
                                return -ENOMEM;
                        (*list)[(*n)++] = (struct candidate){ sqlite3_column_int64(s, 0),
                                                              sqlite3_column_int(s, 1), who, false };
                }
                if (e < 0)
                        return e;
        }
        return 0;
}

/* Of those that are left of the highest priority: the first of the submitter whose turn it is. */
static struct candidate *choose(struct base *b, struct candidate *list, size_t n)
{
        struct candidate *first = NULL;

        for (size_t i = 0; i < n; i++) {
                if (list[i].taken)
                        continue;
                if (first && list[i].priority != first->priority)
                        break;
                if (strcmp(list[i].submitter, turn_of(b, list[i].priority)) > 0)
                        return &list[i];
                if (!first)
                        first = &list[i];
        }
        return first;
}

static int heard(struct base *b, struct request *r, const struct claim *w)
{
        _cleanup_(freep) struct candidate *list = NULL;
        size_t n = 0;
        struct candidate *c;
        int e;

        e = gather(b, r, w, &list, &n);
        if (n)
                qsort(list, n, sizeof(*list), by_order);
        for (size_t i = 1; i < n; i++)
                list[i].taken = list[i].place == list[i - 1].place; /* its code was named twice */
        while (e >= 0 && r->answer.n_jobs < w->limit && (c = choose(b, list, n))) {
                c->taken = true;
                set_turn(b, c->priority, c->submitter);
                e = take(b, r, w, c->place);
        }
        return e;
}

static int run(struct base *b, const void *want, struct request *r)
{
        const struct claim *w = want;
        int e;

        e = row_room(r, w->limit);
        r->secrets = arena_new(&r->memory, w->limit * sizeof(*r->secrets));
        if (e < 0 || !r->secrets)
                return -ENOMEM;
        e = make_ready(b);
        if (e >= 0)
                e = w->id ? one(b, r, w) : w->n_codes ? heard(b, r, w) : in_line(b, r, w);
        r->answer.secrets = (const struct secret *const *)r->secrets;
        return e < 0 ? e : 0;
}

static int passed_over(struct request *r, const struct store_claim *want, const char **ret)
{
        char *text, *at;
        size_t size = 2;

        if (want->n_passed_over > STORE_PASSED_OVER_MAX)
                return -EINVAL;
        for (size_t i = 0; i < want->n_passed_over; i++)
                size += 2 * strlen(want->passed_over[i]) + 1;
        text = at = arena_new(&r->memory, size);
        if (!text)
                return -ENOMEM;
        *at++ = ',';
        for (size_t i = 0; i < want->n_passed_over; i++) {
                for (const char *c = want->passed_over[i]; *c; c++)
                        at += snprintf(at, 3, "%02X", (unsigned char)*c);
                *at++ = ',';
        }
        *at = 0;
        *ret = text;
        return 0;
}

int store_claim(struct store *s, const struct store_claim *want, store_fn done, void *userdata,
                struct op **ret)
{
        _cleanup_(request_freep) struct request *r = NULL;
        struct claim *w;
        int e;

        if (want->limit < 1 || want->limit > STORE_PAGE_MAX)
                return -EINVAL;
        e = request_new(run, REQUEST_WRITES, sizeof(*w), &r, &w);
        if (e >= 0)
                e = request_text(r, want->id, STORE_ID_LEN, &w->id);
        if (e >= 0)
                e = passed_over(r, want, &w->passed_over);
        if (e < 0)
                return e;
        w->codes = (const void *)arena_text(&r->memory, (const char *)want->codes,
                                            want->n_codes * sizeof(*w->codes));
        if (!w->codes)
                return -ENOMEM;
        w->n_codes = want->n_codes;
        w->limit = want->limit;
        w->pending = want->pending;
        w->lease_ms = want->lease_ms;
        return store_ask(s, &r, done, userdata, ret);
}
