/* SPDX-License-Identifier: Apache-2.0 */

/* Databases that older ushers wrote (tests/wire/store-N.sql, one a schema, never changed) open, and show
 * what is in them. `--make FILE` writes one of today for tests/wire/store-dump.py. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

static struct store_maker sqlite = { .name = "jobs.db", .open = store_open };

static const int64_t hundred_years_ms = 100LL * 365 * 86400 * 1000;

/* ---- what is in each ---- */

static void make_ended(struct room *r)
{
        static const char *const events[] = { "{\"v\":2,\"event\":\"result\",\"outcome\":\"done\"}" };
        const char *done = submit(r, 2), *failed = submit(r, 3), *cancelled = submit(r, 4);

        assert_int_equal(change_with(r, &(struct store_change){ .id = done,
                                                                .epoch = claim_it(r, done),
                                                                .state = STORE_DONE,
                                                                .step = "setup-done",
                                                                .record = "{\"os\":\"6.2.0\"}",
                                                                .events = events,
                                                                .n_events = 1 }),
                         0);
        assert_int_equal(change_with(r, &(struct store_change){ .id = failed,
                                                                .epoch = claim_it(r, failed),
                                                                .state = STORE_FAILED,
                                                                .step = "wifi-join",
                                                                .fault = "wifi-join",
                                                                .cause = "no such network",
                                                                .keep_secret_ms = hundred_years_ms }),
                         0);
        assert_int_equal(cancel(r, cancelled), 0);
}

static void make_live(struct room *r)
{
        const char *pending = submit(r, 5), *asking = submit(r, 6), *running = submit(r, 7);

        assert_int_equal(change(r, pending, claim_it(r, pending), STORE_PENDING), 0);
        assert_int_equal(change_with(r, &(struct store_change){ .id = asking,
                                                                .epoch = claim_it(r, asking),
                                                                .state = STORE_ASKING,
                                                                .step = "wifi-join",
                                                                .question = "{\"ask\":\"network\"}",
                                                                .question_until_ms = 4000000000000 }),
                         0);
        assert_int_equal(change(r, running, claim_it(r, running), STORE_RUNNING), 0);
}

static int make(const char *path)
{
        static const struct store_known_number known[] = { { "bench-{n}", "S00001", 41 } };
        struct room *r = room_new(&sqlite);
        struct got *g;

        (void)snprintf(r->path, sizeof(r->path), "%s", path);
        room_open(r);
        wait_for(ask_submit(r,
                            &(struct store_new){ .key = "key-1",
                                                 .serial = "S00001",
                                                 .code = "C00001",
                                                 .priority = 10,
                                                 .submitter = "anna",
                                                 .profile = "lab",
                                                 .revision = "r1",
                                                 .options = "{\"name\":\"bench-{n}\"}",
                                                 .not_before_ms = 4000000000000 },
                            1));
        submit(r, 1); /* its secret */
        make_ended(r);
        make_live(r);
        g = got_new(r);
        wait_for(asked(g, store_import_numbers(r->store, known, 1, got_answer, g, &g->op)));
        number(r, "bench-{n}", "S00002");
        room_free(r);
        return 0;
}

/* ---- that it is read ---- */

static void read_sql(const struct room *r, const char *path)
{
        FILE *f = fopen(path, "re");
        char *text = NULL, *why = NULL;
        size_t size = 0;
        sqlite3 *db;

        assert_non_null(f);
        assert_true(getdelim(&text, &size, 0, f) > 0);
        (void)fclose(f);
        assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
        if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
                fail_msg("%s: %s", path, why);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        free(text);
}

static int set_up(void **state)
{
        struct room *r = room_new(&sqlite);

        read_sql(r, *state);
        room_open(r);
        *state = r;
        return 0;
}

static const struct store_job *by_serial(struct room *r, const char *serial)
{
        struct got *g = list(r, &(struct store_filter){ .serial = serial }, 0, 10);

        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        return g->jobs;
}

static void jobs_are_as_they_were(void **state)
{
        static const struct {
                const char *serial;
                enum store_state state;
                const char *step, *fault;
                bool has_secret;
        } rows[] = {
                { "S00001", STORE_WAITING, "", "", true },
                { "S00002", STORE_DONE, "setup-done", "", false },
                { "S00003", STORE_FAILED, "wifi-join", "wifi-join", true },
                { "S00004", STORE_CANCELLED, "", "", false },
                { "S00005", STORE_PENDING, "", "", true },
                { "S00006", STORE_WAITING, "wifi-join", "", true }, /* was at work */
                { "S00007", STORE_WAITING, "", "", true },
        };
        struct room *r = *state;

        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                const struct store_job *j = by_serial(r, rows[i].serial);

                assert_int_equal(j->state, rows[i].state);
                assert_string_equal(j->step, rows[i].step);
                assert_string_equal(j->fault, rows[i].fault);
                assert_int_equal(j->has_secret, rows[i].has_secret);
                assert_int_equal(j->interruptions, 0);
                assert_int_equal(j->place, i + 1);
        }
        assert_int_equal(list(r, NULL, 0, 100)->n_jobs, 7);
        assert_string_equal(by_serial(r, "S00002")->record, "{\"os\":\"6.2.0\"}");
        assert_string_equal(by_serial(r, "S00003")->cause, "no such network");
}

static void all_of_one_is_there(void **state)
{
        struct room *r = *state;
        const struct store_job *j = by_serial(r, "S00001");
        struct got *g;

        assert_int_equal(j->priority, 10);
        assert_int_equal(j->not_before_ms, 4000000000000);
        assert_string_equal(j->submitter, "anna");
        assert_string_equal(j->profile, "lab");
        assert_string_equal(j->revision, "r1");
        assert_string_equal(j->options, "{\"name\":\"bench-{n}\"}");
        g = wait_for(ask_submit(r, &(struct store_new){ .key = "key-1", .serial = "S9", .code = "C" }, 1));
        assert_false(g->is_new);
        assert_string_equal(g->jobs[0].id, j->id);
}

static void it_goes_on(void **state)
{
        struct room *r = *state;
        struct got *g = claim(r, 10);

        assert_int_equal(g->n_jobs, 2); /* those that were at work */
        assert_string_equal(secret_text(g->secrets[0]), "secret-of-S00006");
        assert_int_equal(g->jobs[0].epoch, 2);
        assert_int_equal(change(r, g->jobs[0].id, 2, STORE_DONE), 0);
        assert_int_equal(retry(r, by_serial(r, "S00003")->id), 0);
        assert_string_equal(secret_text(claim(r, 1)->secrets[0]), "secret-of-S00003");
        assert_int_equal(number(r, "bench-{n}", "S00001")->number, 41);
        assert_int_equal(number(r, "bench-{n}", "S00002")->number, 42);
        assert_int_equal(number(r, "bench-{n}", "S00003")->number, 43);
        g = events_of(r, by_serial(r, "S00002")->id, 0, 100);
        assert_true(g->n_events >= 1);
        assert_non_null(strstr(g->events[0].json, "\"outcome\":\"done\""));
}

static char *schema(const char *path)
{
        sqlite3 *db;
        sqlite3_stmt *s;
        char *text;

        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db,
                                            "SELECT group_concat(name || ': ' || sql, char(10)) FROM"
                                            " (SELECT * FROM sqlite_schema WHERE sql NOTNULL ORDER BY name)"
                                            " UNION ALL SELECT user_version FROM pragma_user_version",
                                            -1, &s, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(s), SQLITE_ROW);
        text = strdup((const char *)sqlite3_column_text(s, 0));
        assert_non_null(text);
        assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        return text;
}

/* Whatever it began as: afterwards nobody can tell it from a new one. */
static void it_is_one_of_today(void **state)
{
        struct room *r = *state, *fresh = room_new(&sqlite);
        char *old_schema, *new_schema;

        room_open(fresh);
        room_close(fresh);
        room_close(r);
        old_schema = schema(r->path);
        new_schema = schema(fresh->path);
        assert_string_equal(old_schema, new_schema);
        free(old_schema);
        free(new_schema);
        room_free(fresh);
}

int main(int argc, char **argv)
{
        if (argc == 3 && strcmp(argv[1], "--make") == 0)
                return make(argv[2]);
        for (int i = 1; i < argc; i++) {
#define ROW(f) cmocka_unit_test_prestate_setup_teardown(f, set_up, room_teardown, argv[i])
                const struct CMUnitTest tests[] = {
                        ROW(jobs_are_as_they_were),
                        ROW(all_of_one_is_there),
                        ROW(it_goes_on),
                        ROW(it_is_one_of_today),
                };

                if (cmocka_run_group_tests_name(argv[i], tests, NULL, NULL) != 0)
                        return 1;
        }
        return argc > 1 ? 0 : 2;
}
