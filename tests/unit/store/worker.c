/* SPDX-License-Identifier: Apache-2.0 */

/* What is told is whole at any moment: a record is shorter than PIPE_BUF. */

#include "tests/unit/store/worker.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 200000 };

/* One answer, as it goes through the pipe: whole, as it is shorter than PIPE_BUF. On a disk it lies in one
 * sector. */
struct told {
        _Alignas(64) char id[STORE_ID_LEN + 1];
        enum store_state state;
        uint64_t epoch;
};

static struct told known[MOST]; /* the last that was told of each job */
static size_t n_known;

static void tell(int fd, const struct store_job *j)
{
        struct told t = { .state = j->state, .epoch = j->epoch };

        memcpy(t.id, j->id, sizeof(t.id));
        assert_int_equal(write(fd, &t, sizeof(t)), sizeof(t));
}

static int change_and_tell(struct room *r, int fd, const struct store_job *j, enum store_state state)
{
        static const char *const events[] = { "{\"event\":\"step\"}" };
        struct got *g = wait_for(ask_change(r, &(struct store_change){ .id = j->id,
                                                                       .epoch = j->epoch,
                                                                       .state = state,
                                                                       .step = store_state_name(state),
                                                                       .events = events,
                                                                       .n_events = 1 }));

        if (g->error == 0)
                tell(fd, &g->jobs[0]);
        return g->error;
}

int worker_run(struct room *r, int fd, unsigned life)
{
        int e = 0;

        for (unsigned i = 0; e == 0; i++) {
                char serial[16];
                struct got *g;

                (void)snprintf(serial, sizeof(serial), "%u-%u", life, i);
                g = wait_for(ask_submit(r, &(struct store_new){ .serial = serial, .code = "C" }, 1));
                if (g->error < 0)
                        return g->error;
                tell(fd, &g->jobs[0]);
                if (i % 3 == 2)
                        continue; /* some are left for later lives */
                g = wait_for(ask_claim(r, &(struct store_claim){ .limit = 1, .lease_ms = 60000 }));
                if (g->error < 0)
                        return g->error;
                assert_int_equal(g->n_jobs, 1);
                tell(fd, &g->jobs[0]);
                e = change_and_tell(r, fd, &g->jobs[0], STORE_RUNNING);
                if (e == 0)
                        e = change_and_tell(r, fd, &g->jobs[0], i % 4 ? STORE_DONE : STORE_FAILED);
        }
        return e;
}

static void remember(const struct told *t)
{
        size_t at = n_known;

        while (at > 0 && strcmp(known[at - 1].id, t->id) != 0)
                at--;
        if (at == 0) {
                assert_true(n_known < MOST);
                at = ++n_known;
        }
        known[at - 1] = *t;
}

void worker_read(int fd)
{
        struct told t;
        ssize_t n;

        while ((n = read(fd, &t, sizeof(t))) == sizeof(t) && *t.id)
                remember(&t);
        assert_true(n == 0 || (n == sizeof(t) && !*t.id));
}

size_t worker_jobs(void)
{
        return n_known;
}

unsigned worker_ended(void)
{
        unsigned n = 0;

        for (size_t i = 0; i < n_known; i++)
                n += !store_state_is_live(known[i].state);
        return n;
}

void worker_expect_known(struct room *r)
{
        for (size_t i = 0; i < n_known; i++) {
                const struct told *t = &known[i];
                struct got *g = wait_for(ask_get(r, t->id));
                const struct store_job *j = g->jobs;

                if (g->error < 0)
                        fail_msg("%s was answered and is gone: %d", t->id, g->error);
                assert_true(j->epoch >= t->epoch);
                if (!store_state_is_live(t->state))
                        assert_int_equal(j->state, t->state);
                else if (store_state_is_live(j->state))
                        assert_int_equal(j->state, STORE_WAITING);
        }
}

void worker_expect_whole(const struct room *r)
{
        sqlite3 *db;
        sqlite3_stmt *s;

        assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(s), SQLITE_ROW);
        assert_string_equal(sqlite3_column_text(s, 0), "ok");
        assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &s, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(s), SQLITE_DONE);
        assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
