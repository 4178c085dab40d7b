/* SPDX-License-Identifier: Apache-2.0 */

/* Disks that are slow, full, broken or read-only, files that are not what they should be, and a second
 * process: each is told in words that say what to do, and what was answered is there afterwards. */

#include "tests/unit/store/conform.h"
#include "tests/unit/store/slow-vfs.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static const struct store_maker sqlite = { .name = "jobs.db", .open = store_open };

static int set_up(void **state)
{
        struct room *r = room_new(&sqlite);

        bad_disk_register();
        bad_disk = (struct bad_disk){ 0 };
        r->vfs = BAD_DISK;
        room_open(r);
        *state = r;
        return 0;
}

static int tear_down(void **state)
{
        bad_disk = (struct bad_disk){ 0 };
        return room_teardown(state);
}

/* While nobody has it open. */
static void sql(struct room *r, const char *text)
{
        sqlite3 *db;

        assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void sql_later(struct room *r, const char *table, const char *column, int64_t ms)
{
        char text[128];

        (void)snprintf(text, sizeof(text), "UPDATE %s SET %s = %" PRId64, table, column, ms);
        sql(r, text);
}

static const char *beside(const struct room *r, const char *end)
{
        static char path[192];

        (void)snprintf(path, sizeof(path), "%s%s", r->path, end);
        return path;
}

/* ---- slow ---- */

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        int64_t *longest = userdata, late = (wall_ms() * 1000 - (int64_t)usec) / 1000;

        if (late > *longest)
                *longest = late;
        assert_true(sd_event_source_set_time(source, (uint64_t)wall_ms() * 1000 + 5000) >= 0);
        assert_true(sd_event_source_set_enabled(source, SD_EVENT_ONESHOT) >= 0);
        return 0;
}

/* Nobody who runs in the loop notices how long the disk takes. */
static void expect_loop_free(struct room *r, int fsync_ms, int once_ms)
{
        sd_event_source *tick;
        int64_t longest = 0, before = wall_ms();

        assert_true(sd_event_add_time(r->loop, &tick, CLOCK_REALTIME, (uint64_t)wall_ms() * 1000, 1000,
                                      on_tick, &longest) >= 0);
        bad_disk_set(&bad_disk.fsync_ms, fsync_ms);
        bad_disk_set(&bad_disk.once_ms, once_ms);
        submit(r, 1);
        assert_true(wall_ms() - before >= (once_ms ? once_ms : fsync_ms));
        sd_event_source_disable_unref(tick);
        bad_disk_set(&bad_disk.fsync_ms, 0);
        if (longest >= 250)
                fail_msg("the loop stood still for %d ms", (int)longest);
}

static void an_fsync_of_300_ms(void **state)
{
        expect_loop_free(*state, 300, 0);
}

static void an_fsync_of_5_s(void **state)
{
        expect_loop_free(*state, 0, 5000);
}

static void one_commit_a_turn(void **state)
{
        struct room *r = *state;
        struct got *last = NULL;
        int before, after;

        submit(r, 1000);
        before = bad_disk_get(&bad_disk.fsyncs);
        for (unsigned i = 0; i < 100; i++) {
                char serial[16];

                (void)snprintf(serial, sizeof(serial), "S%u", i);
                last = ask_submit(r, &(struct store_new){ .serial = serial, .code = "C" }, 1);
        }
        wait_for(last);
        after = bad_disk_get(&bad_disk.fsyncs);
        assert_in_range(after - before, 1, 4); /* the turn's, and what may come before the first of them */
}

/* ---- full, broken, read-only ---- */

static void expect_trouble(struct room *r, int *what, int error, const char *words)
{
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);
        struct got *g;

        bad_disk_set(what, 1);
        g = wait_for(ask_submit(r, &(struct store_new){ .serial = "S2", .code = "C2" }, 1));
        assert_int_equal(g->error, error);
        assert_int_equal(g->trouble.fault, FAULT_STORE);
        assert_non_null(strstr(g->trouble.cause, words));
        assert_non_null(strstr(g->trouble.cause, r->path));
        assert_int_equal(store_trouble(r->store)->fault, FAULT_STORE);
        assert_non_null(strstr(store_trouble(r->store)->cause, words));
        assert_int_equal(change(r, id, epoch, STORE_DONE), error);
        assert_int_equal(count(r, STORE_WAITING) + count(r, STORE_DONE), 0); /* nothing goes on in memory */
        assert_int_equal(look(r, id)->state, STORE_CLAIMED);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 1);             /* looking is possible */
        assert_int_equal(store_trouble(r->store)->fault, FAULT_STORE); /* which is no proof */
        bad_disk_set(what, 0);
        assert_int_equal(change(r, id, epoch, STORE_DONE), 0);
        assert_int_equal(store_trouble(r->store)->fault, FAULT_NONE);
        submit(r, 2);
        room_close(r);
        room_open(r);
        assert_int_equal(look(r, id)->state, STORE_DONE);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 2);
}

static void a_full_disk(void **state)
{
        expect_trouble(*state, &bad_disk.full, -ENOSPC, "full");
}

/* A claim that finds nobody has nothing to write, but tells whether anything would be taken. */
static void nothing_written_is_no_proof(void **state)
{
        struct room *r = *state;

        bad_disk_set(&bad_disk.full, 1);
        assert_int_equal(
                wait_for(ask_submit(r, &(struct store_new){ .serial = "S1", .code = "C1" }, 1))->error,
                -ENOSPC);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(wait_for(ask_claim(r, &(struct store_claim){ .limit = 1 }))->error,
                                 -ENOSPC);
                assert_int_equal(store_trouble(r->store)->fault, FAULT_STORE);
        }
        bad_disk_set(&bad_disk.full, 0);
        assert_int_equal(claim(r, 1)->n_jobs, 0);
        assert_int_equal(store_trouble(r->store)->fault, FAULT_NONE);
}

static void a_read_only_disk(void **state)
{
        expect_trouble(*state, &bad_disk.read_only, -EROFS, "read-only");
}

static void a_disk_that_fails_to_sync(void **state)
{
        expect_trouble(*state, &bad_disk.fsync_fails, -EIO, "disk reports an error");
}

static void a_disk_that_fails_to_write(void **state)
{
        expect_trouble(*state, &bad_disk.write_fails, -EIO, "disk reports an error");
}

static void opened_on_a_bad_disk(void **state)
{
        const struct {
                int *what;
                const char *words;
        } rows[] = {
                { &bad_disk.full, "full" },
                { &bad_disk.read_only, "read-only" },
                { &bad_disk.fsync_fails, "disk reports an error" },
        };
        struct room *r = *state;
        const char *id = submit(r, 1);

        room_close(r);
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                bad_disk_set(rows[i].what, 1);
                room_refused(r, rows[i].words);
                bad_disk_set(rows[i].what, 0);
                room_open(r);
                assert_int_equal(look(r, id)->state, STORE_WAITING);
                room_close(r);
        }
}

/* ---- who else has it ---- */

static void another_process_has_it(void **state)
{
        struct room *r = *state;
        int pipes[2], status;
        char byte, words[32];
        pid_t child;

        room_close(r);
        assert_int_equal(pipe(pipes), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                (void)setenv("CMOCKA_TEST_ABORT", "1", 1);
                assert_true(sd_event_new(&r->loop) >= 0);
                room_open(r);
                assert_int_equal(write(pipes[1], "x", 1), 1);
                for (;;)
                        (void)pause();
        }
        assert_int_equal(read(pipes[0], &byte, 1), 1);
        (void)snprintf(words, sizeof(words), "process %d", (int)child);
        room_refused(r, words);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        room_open(r);
        (void)close(pipes[0]);
        (void)close(pipes[1]);
}

static void another_key(void **state)
{
        static const uint8_t other[STORE_KEY_LEN] = "another key";
        struct room *r = *state;
        struct secret *mine = r->key;
        const char *id = submit(r, 1);

        room_close(r);
        assert_int_equal(secret_new(other, sizeof(other), &r->key), 0);
        room_refused(r, "another key");
        secret_free(r->key);
        r->key = mine;
        room_open(r);
        assert_int_equal(look(r, id)->state, STORE_WAITING);
        assert_non_null(claim(r, 1)->secrets[0]);
}

static void a_newer_usher_wrote_it(void **state)
{
        struct room *r = *state;

        room_close(r);
        sql(r, "PRAGMA user_version = 99");
        room_refused(r, "newer usher");
}

static void it_is_of_another_program(void **state)
{
        struct room *r = *state;

        room_close(r);
        sql(r, "PRAGMA application_id = 12345");
        room_refused(r, "another program");
}

/* ---- damage ---- */

static void flip(const char *path, long at)
{
        FILE *f = fopen(path, "r+e");
        int byte;

        assert_non_null(f);
        assert_int_equal(fseek(f, at, SEEK_SET), 0);
        byte = fgetc(f);
        assert_int_equal(fseek(f, at, SEEK_SET), 0);
        assert_int_not_equal(fputc(byte ^ 0x55, f), EOF);
        assert_int_equal(fclose(f), 0);
}

static void a_spoilt_header(void **state)
{
        struct room *r = *state;

        submit(r, 1);
        room_close(r);
        flip(r->path, 3);
        room_refused(r, "damaged");
        flip(r->path, 3);
        room_open(r);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 1);
}

/* Opening says so, or what meets the damage does; or it stands where nothing is. */
static void expect_no_lie(struct room *r)
{
        struct store_config config = {
                .loop = r->loop, .path = r->path, .key = r->key, .gateway = "g", .vfs = BAD_DISK
        };
        struct trouble t = { 0 };
        struct got *g;

        if (store_open(&config, &r->store, &t) < 0) {
                assert_int_equal(t.fault, FAULT_STORE);
                assert_non_null(strstr(t.cause, r->path));
                return;
        }
        g = list(r, NULL, 0, 100);
        if (g->error < 0)
                assert_int_equal(g->trouble.fault, FAULT_STORE);
        g = wait_for(ask_claim(r, &(struct store_claim){ .limit = 3, .lease_ms = 60000 }));
        if (g->error < 0)
                assert_int_equal(g->trouble.fault, FAULT_STORE);
        g = wait_for(ask_submit(r, &(struct store_new){ .serial = "NEW", .code = "C" }, 1));
        if (g->error < 0)
                assert_int_equal(g->trouble.fault, FAULT_STORE);
        room_close(r);
}

static void copy_to(const char *from, const char *to)
{
        char bytes[4096];
        size_t n;
        FILE *in = fopen(from, "re"), *out = fopen(to, "we");

        assert_true(in && out);
        while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
                assert_int_equal(fwrite(bytes, 1, n, out), n);
        (void)fclose(in);
        assert_int_equal(fclose(out), 0);
}

static void spoilt_pages(void **state)
{
        struct room *r = *state;
        struct stat st;
        char whole[192];
        long step = getenv("USHER_LONG") ? 97 : 997;

        for (unsigned i = 0; i < 20; i++)
                submit(r, i);
        room_close(r);
        assert_int_equal(stat(r->path, &st), 0);
        (void)snprintf(whole, sizeof(whole), "%s", beside(r, ".whole"));
        copy_to(r->path, whole);
        for (long at = 16; at < st.st_size; at += step) {
                copy_to(whole, r->path);
                (void)unlink(beside(r, "-wal"));
                flip(r->path, at);
                expect_no_lie(r);
        }
}

static void submit_twenty(struct room *r)
{
        for (unsigned i = 0; i < 20; i++)
                submit(r, i);
}

/* What is left of a WAL is the oldest part of it: whole commits, in order. */
static void a_wal_that_was_cut(void **state)
{
        struct room *r = *state;
        struct stat st;
        char wal[192], db_copy[192], wal_copy[192];

        room_close(r);
        room_crash(r, submit_twenty);
        (void)snprintf(wal, sizeof(wal), "%s", beside(r, "-wal"));
        (void)snprintf(db_copy, sizeof(db_copy), "%s", beside(r, ".copy"));
        (void)snprintf(wal_copy, sizeof(wal_copy), "%s", beside(r, ".wal-copy"));
        assert_int_equal(stat(wal, &st), 0);
        assert_true(st.st_size > 20000);
        copy_to(r->path, db_copy);
        copy_to(wal, wal_copy);
        for (off_t left = st.st_size; left > 0; left -= st.st_size / 10 + 13) {
                struct got *g;

                copy_to(db_copy, r->path);
                copy_to(wal_copy, wal);
                assert_int_equal(truncate(wal, left), 0);
                room_open(r);
                g = list(r, NULL, 0, 100);
                assert_int_equal(g->error, 0);
                assert_true(g->n_jobs <= 20 && (left < st.st_size || g->n_jobs == 20));
                for (size_t i = 0; i < g->n_jobs; i++)
                        assert_int_equal(strtoul(g->jobs[i].serial + 1, NULL, 10), i);
                room_close(r);
        }
}

/* ---- clocks ---- */

static void the_clock_is_set_back_a_day(void **state)
{
        const int64_t day = 86400000, hour = 3600000;
        struct room *r = *state;
        const char *id = submit(r, 1);
        int64_t now;

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_WAITING,
                                                                .not_before_ms = wall_ms() + hour }),
                         0);
        room_close(r);
        now = wall_ms(); /* as if all had been written tomorrow */
        sql_later(r, "store", "time", now + day);
        sql_later(r, "job", "not_before", now + day + hour);
        room_open(r);
        assert_true(look(r, id)->not_before_ms <= now + hour + 5000);
        assert_true(look(r, id)->not_before_ms >= now + hour - 5000);
        assert_int_equal(look(r, submit(r, 2))->state, STORE_WAITING);
}

static void run_the_first(struct room *r)
{
        struct got *g = claim(r, 1);

        assert_int_equal(change(r, g->jobs[0].id, g->jobs[0].epoch, STORE_RUNNING), 0);
}

static void a_restart_of_the_machine_harms_none(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        room_close(r);
        room_crash(r, run_the_first);
        sql(r, "UPDATE store SET boot = 'another boot'");
        room_open(r);
        assert_int_equal(look(r, id)->state, STORE_WAITING);
        assert_int_equal(look(r, id)->interruptions, 0);
}

/* ---- secrets ---- */

static void expect_no_secret(struct room *r, const char *path)
{
        assert_int_equal(access(path, F_OK), 0);
        assert_false(file_has(path, "secret-of-", 10));
        assert_false(file_has(path, secret_bytes(r->key), secret_len(r->key)));
}

static void no_secret_in_any_file(void **state)
{
        struct room *r = *state;
        char copy[192];

        (void)snprintf(copy, sizeof(copy), "%s", beside(r, ".copy"));
        submit_twenty(r);
        run_the_first(r);
        assert_int_equal(backup(r, copy), 0);
        expect_no_secret(r, r->path);
        expect_no_secret(r, beside(r, "-wal"));
        expect_no_secret(r, copy);
        assert_true(file_has(copy, "S00001", 6)); /* what is there is found */
}

static void a_secret_moves_to_no_other_job(void **state)
{
        struct room *r = *state;
        struct got *g;

        submit(r, 1);
        submit(r, 2);
        room_close(r);
        sql(r, "UPDATE job SET secret = (SELECT secret FROM job WHERE place = 1) WHERE place = 2");
        room_open(r);
        g = claim(r, 2);
        assert_int_equal(g->n_jobs, 2);
        assert_non_null(g->secrets[0]);
        assert_null(g->secrets[1]);
}

/* Not even what was sealed is left behind. */
static void what_is_wiped_is_gone(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint8_t sealed[60];
        sqlite3 *db;
        sqlite3_stmt *s;

        room_close(r);
        assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, "SELECT secret FROM job", -1, &s, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(s), SQLITE_ROW);
        assert_true(sqlite3_column_bytes(s, 0) >= 60);
        memcpy(sealed, sqlite3_column_blob(s, 0), 60);
        assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        assert_true(file_has(r->path, sealed, 60));
        room_open(r);
        assert_int_equal(change(r, id, claim_it(r, id), STORE_DONE), 0);
        room_close(r);
        assert_false(file_has(r->path, sealed, 60));
        assert_false(file_has(beside(r, "-wal"), sealed, 60));
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                ROW(an_fsync_of_300_ms),
                ROW(an_fsync_of_5_s),
                ROW(one_commit_a_turn),
                ROW(a_full_disk),
                ROW(nothing_written_is_no_proof),
                ROW(a_read_only_disk),
                ROW(a_disk_that_fails_to_sync),
                ROW(a_disk_that_fails_to_write),
                ROW(opened_on_a_bad_disk),
                ROW(another_process_has_it),
                ROW(another_key),
                ROW(a_newer_usher_wrote_it),
                ROW(it_is_of_another_program),
                ROW(a_spoilt_header),
                ROW(spoilt_pages),
                ROW(a_wal_that_was_cut),
                ROW(the_clock_is_set_back_a_day),
                ROW(a_restart_of_the_machine_harms_none),
                ROW(no_secret_in_any_file),
                ROW(a_secret_moves_to_no_other_job),
                ROW(what_is_wiped_is_gone),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
