/* SPDX-License-Identifier: Apache-2.0 */

/* Running numbers, what ended long ago, copies. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_number_each(void **state)
{
        struct room *r = *state;

        assert_int_equal(number(r, "bench-{n}", "S1")->number, 1);
        assert_true(number(r, "bench-{n}", "S2")->number == 2);
        assert_int_equal(number(r, "bench-{n}", "S1")->number, 1);
        assert_int_equal(number(r, "other-{n}", "S1")->number, 1);
        assert_int_equal(number(r, "bench-{n}", "S3")->number, 3);
        room_close(r);
        room_open(r);
        assert_int_equal(number(r, "bench-{n}", "S2")->number, 2);
        assert_int_equal(number(r, "bench-{n}", "S4")->number, 4);
}

static int import(struct room *r, const struct store_known_number *known, size_t n)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_import_numbers(r->store, known, n, got_answer, g, &g->op)))->error;
}

static void known_numbers_come_in_once(void **state)
{
        static const struct store_known_number known[] = { { "a-{n}", "S1", 7 },
                                                           { "a-{n}", "S2", 41 },
                                                           { "b-{n}", "S1", 3 } },
                                               other[] = { { "a-{n}", "S9", 900 } };
        struct room *r = *state;

        assert_int_equal(import(r, known, 3), 0);
        assert_int_equal(number(r, "a-{n}", "S1")->number, 7);
        assert_int_equal(number(r, "a-{n}", "S3")->number, 42);
        assert_int_equal(number(r, "b-{n}", "S2")->number, 4);
        assert_int_equal(import(r, other, 1), -EALREADY);
        room_close(r);
        room_open(r);
        assert_int_equal(import(r, other, 1), -EALREADY);
        assert_int_equal(number(r, "a-{n}", "S9")->number, 43);
}

static void nothing_to_import_is_once_too(void **state)
{
        assert_int_equal(import(*state, NULL, 0), 0);
        assert_int_equal(import(*state, NULL, 0), -EALREADY);
}

static void a_prune_for(struct room *r, int64_t before_ms, unsigned expected)
{
        struct got *g = got_new(r);

        wait_for(asked(g, store_prune(r->store, before_ms, got_answer, g, &g->op)));
        assert_int_equal(g->error, 0);
        assert_int_equal(g->number, expected);
}

static void ended_ones_go(void **state)
{
        struct room *r = *state;
        const char *done = submit(r, 1), *waiting = submit(r, 2), *work = submit(r, 3), *failed;
        int64_t ended;

        assert_int_equal(change(r, done, claim_it(r, done), STORE_DONE), 0);
        claim_it(r, work);
        ended = look(r, done)->ended_ms;
        a_prune_for(r, ended, 0); /* not before it */
        a_prune_for(r, ended + 1, 1);
        assert_int_equal(wait_for(ask_get(r, done))->error, -ENOENT);
        assert_int_equal(count(r, STORE_DONE), 0);
        assert_int_equal(look(r, waiting)->state, STORE_WAITING);
        assert_int_equal(look(r, work)->state, STORE_CLAIMED);
        failed = submit(r, 4);
        assert_int_equal(change(r, failed, claim_it(r, failed), STORE_FAILED), 0);
        a_prune_for(r, wall_ms() + 1000, 1);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 2);
}

static void many_go_and_others_have_their_turn(void **state)
{
        enum { N = 1600 };
        static struct store_new new[N];
        static char serials[N][16];
        struct room *r = *state;
        struct got *last = NULL, *prune, *meanwhile;

        for (int i = 0; i < N; i++) {
                (void)snprintf(serials[i], sizeof(serials[i]), "S%d", i);
                new[i] = (struct store_new){ .serial = serials[i], .code = "C" };
        }
        assert_int_equal(wait_for(ask_submit(r, new, N))->error, 0);
        for (int left = N; left > 0; left -= STORE_PAGE_MAX) {
                struct got *g = claim(r, STORE_PAGE_MAX);

                for (size_t i = 0; i < g->n_jobs; i++)
                        last = ask_change(r, &(struct store_change){ .id = g->jobs[i].id,
                                                                     .epoch = g->jobs[i].epoch,
                                                                     .state = STORE_DONE });
        }
        wait_for(last);
        assert_int_equal(count(r, STORE_DONE), N);
        prune = got_new(r);
        asked(prune, store_prune(r->store, wall_ms() + 1000, got_answer, prune, &prune->op));
        meanwhile = list(r, NULL, 0, 1);
        assert_int_equal(meanwhile->error, 0);
        wait_for(prune);
        assert_int_equal(prune->number, N);
        assert_true(meanwhile->order < prune->order);
        assert_int_equal(count(r, STORE_DONE), 0);
}

static void secrets_go_in_time(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        int64_t until = wall_ms() + 10000;

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_FAILED,
                                                                .keep_secret_ms = 50 }),
                         0);
        do
                a_prune_for(r, 1, 0); /* it has not ended so long ago: the job stays */
        while (look(r, id)->has_secret && wall_ms() < until);
        assert_false(look(r, id)->has_secret);
        assert_int_equal(retry(r, id), -ENOKEY);
}

static void a_copy(void **state)
{
        struct room *r = *state;
        char copy[160];
        struct stat st;

        (void)snprintf(copy, sizeof(copy), "%s/copy", r->dir);
        submit(r, 1);
        assert_int_equal(backup(r, copy), 0);
        assert_int_equal(stat(copy, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(backup(r, copy), -EEXIST);
        submit(r, 2); /* it goes on */
        assert_false(file_has(copy, "secret-of-", 10));
}

static const char *spoilt(struct room *r, const char *name)
{
        static char path[160];
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s", r->dir, name);
        f = fopen(path, "w");
        assert_non_null(f);
        for (int i = 0; i < 4096; i++)
                (void)fputs("no store ", f);
        (void)fclose(f);
        return path;
}

static int restore(struct room *r, const char *copy, struct trouble *ret_trouble)
{
        struct store_config config = {
                .loop = r->loop, .path = r->path, .key = r->key, .gateway = "gate-1"
        };

        return store_restore(&config, copy, ret_trouble);
}

static void a_copy_comes_back(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two;
        char copy[160], before[160];
        struct trouble t = { 0 };

        (void)snprintf(copy, sizeof(copy), "%s/copy", r->dir);
        (void)snprintf(before, sizeof(before), "%s.before", r->path);
        assert_int_equal(backup(r, copy), 0);
        two = submit(r, 2);
        assert_int_equal(restore(r, copy, &t), -EINVAL); /* it is open */
        assert_int_equal(t.fault, FAULT_STORE);
        room_close(r);
        t = (struct trouble){ 0 };
        if (restore(r, copy, &t) < 0)
                fail_msg("%s", t.cause);
        assert_int_equal(access(before, F_OK), 0);
        room_open(r);
        assert_int_equal(look(r, one)->state, STORE_WAITING);
        assert_int_equal(wait_for(ask_get(r, two))->error, -ENOENT);
        assert_string_equal(secret_text(claim(r, 1)->secrets[0]), "secret-of-S00001");
}

static void no_copy_of_ours(void **state)
{
        static const uint8_t other_key[STORE_KEY_LEN] = "another key";
        struct room *r = *state;
        const char *one = submit(r, 1);
        char copy[160];
        struct secret *mine = r->key;
        struct trouble t = { 0 };

        (void)snprintf(copy, sizeof(copy), "%s/copy", r->dir);
        assert_int_equal(backup(r, copy), 0);
        room_close(r);
        assert_int_equal(restore(r, spoilt(r, "spoilt"), &t), -EINVAL);
        assert_int_equal(t.fault, FAULT_STORE);
        assert_true(t.cause[0]);
        (void)snprintf(copy, sizeof(copy), "%s/nothing", r->dir);
        assert_int_equal(restore(r, copy, &t), -EINVAL);
        (void)snprintf(copy, sizeof(copy), "%s/copy", r->dir);
        assert_int_equal(secret_new(other_key, sizeof(other_key), &r->key), 0);
        assert_int_equal(restore(r, copy, &t), -EINVAL);
        secret_free(r->key);
        r->key = mine;
        room_open(r); /* the old one is in its place */
        assert_int_equal(look(r, one)->state, STORE_WAITING);
}

const struct CMUnitTest conform_house[] = {
        cmocka_unit_test(a_number_each),
        cmocka_unit_test(known_numbers_come_in_once),
        cmocka_unit_test(nothing_to_import_is_once_too),
        cmocka_unit_test(ended_ones_go),
        cmocka_unit_test(many_go_and_others_have_their_turn),
        cmocka_unit_test(secrets_go_in_time),
        cmocka_unit_test(a_copy),
        cmocka_unit_test(a_copy_comes_back),
        cmocka_unit_test(no_copy_of_ours),
        { 0 },
};
