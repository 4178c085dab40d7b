/* SPDX-License-Identifier: Apache-2.0 */

#include "proto/base/cleanup.h"
#include "setup/account/finished.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128];

static int set_up(void **state)
{
        (void)state;
        (void)snprintf(folder, sizeof(folder), "/tmp/usher-finished-XXXXXX");
        if (!mkdtemp(folder))
                return -1;
        (void)snprintf(path, sizeof(path), "%s/finished", folder);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        (void)unlink(path);
        return rmdir(folder);
}

static void put(const char *text)
{
        FILE *f = fopen(path, "w");

        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
}

/* 0: it was not */
static int64_t when(const char *serial, uint64_t hash)
{
        int64_t s = 0;
        int r = finished_find(path, serial, hash, &s);

        assert_true(r == 0 || r == -ENOENT);
        return r == 0 ? s : 0;
}

static void the_last_line_counts(void **state)
{
        (void)state;
        assert_int_equal(when("AAA", 7), 0);
        assert_int_equal(finished_note(path, "AAA", 7, 100), 0);
        assert_int_equal(finished_note(path, "BBB", 8, 200), 0);
        assert_int_equal(when("AAA", 7), 100);
        assert_int_equal(when("BBB", 8), 200);
        assert_int_equal(when("AA", 7), 0);
        assert_int_equal(when("AAA", 8), 0); /* another setup */
        assert_int_equal(finished_note(path, "AAA", UINT64_MAX, 300), 0);
        assert_int_equal(when("AAA", 7), 0);
        assert_int_equal(when("AAA", UINT64_MAX), 300);
        assert_int_equal(finished_note(path, "AAA", 7, 0), 0); /* begun again, and not finished */
        assert_int_equal(when("AAA", 7), 0);
}

static void what_cannot_be_read_is_passed_over(void **state)
{
        static const char *const bad[] = { "AAA",           "AAA \n",      "AAA 5\n",     "AAA 5 7",
                                           "AAA -5 7\n",    "AAA x 7\n",   "AAA 5 7 8\n", "AAA 5 g\n",
                                           "BBB AAA 5 7\n", "AAABBB 5 7\n" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                put(bad[i]);
                assert_int_equal(when("AAA", 7), 0);
        }
        put("\nAAA 5 0000000000000007\n\377\n");
        assert_int_equal(when("AAA", 7), 5);
}

static void what_is_no_file_is_left_alone(void **state)
{
        (void)state;
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(when("AAA", 7), 0);
        assert_true(finished_note(path, "AAA", 7, 5) < 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink("/dev/null", path), 0);
        assert_true(finished_note(path, "AAA", 7, 5) < 0);
        assert_int_equal(unlink(path), 0);
        put("AAA 5 7\n");
        assert_int_equal(truncate(path, FINISHED_FILE_MAX), 0);
        assert_int_equal(finished_note(path, "AAA", 7, 6), -E2BIG);
        assert_int_equal(when("AAA", 7), 5);
        assert_int_equal(finished_note(path, "A A", 7, 6), -EINVAL);
        assert_int_equal(finished_note(path, "", 7, 6), -EINVAL);
}

/* What makes another setup of it: a network, a SIM, whose it becomes. */
static void what_is_asked_for(void **state)
{
        struct profile p = { .claim = CLAIM_NONE, .n_networks = 1 }, q = p;
        uint64_t hash;

        (void)state;
        p.networks[0].ssid_len = 4;
        memcpy(p.networks[0].ssid, "Home", 4);
        hash = finished_hash(&p);
        assert_true(hash == finished_hash(&p));
        assert_true(hash != finished_hash(&q));
        q = p;
        q.networks[0].ssid[3] = 'a';
        assert_true(hash != finished_hash(&q));
        q = p;
        q.claim = CLAIM_USER;
        assert_true(hash != finished_hash(&q));
        q = p;
        q.sim = 2;
        assert_true(hash != finished_hash(&q));
        q = p;
        q.release = true;
        assert_true(hash == finished_hash(&q));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_last_line_counts, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_cannot_be_read_is_passed_over, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_no_file_is_left_alone, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_asked_for, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
