/* SPDX-License-Identifier: Apache-2.0 */

/* How many wrong tries there are, and how long one waits after them. */

#include "proto/base/cleanup.h"
#include "setup/account/sign-ins.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1800000000 };

static char folder[] = "/tmp/test-sign-ins-XXXXXX", path[64];

static int set_up(void **state)
{
        (void)state;
        (void)snprintf(path, sizeof(path), "%s/sign-ins", folder);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        (void)unlink(path);
        return 0;
}

static struct sign_in_key key(const char *url, const char *user)
{
        struct sign_in_key k;

        sign_in_key_make(url, user, &k);
        return k;
}

static void failed(const struct sign_in_key *k, int64_t at_s)
{
        assert_int_equal(sign_ins_file_failed(path, k, at_s), 0);
}

static void three_and_no_more(void **state)
{
        struct sign_in_key ann = key(NULL, "ann@example.com"), bob = key(NULL, "bob@example.com"),
                           elsewhere = key("https://cloud.test", "ann@example.com");
        struct stat st;

        (void)state;
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW, false), 0); /* no file */
        for (int i = 0; i < 3; i++) {
                assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW + 10 * i, false), 0);
                failed(&ann, NOW + 10 * i);
        }
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW + 60, true), 0);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW + 60, false), 1740);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW + 1799, false), 1);
        assert_int_equal(sign_ins_file_wait_s(path, &bob, NOW + 60, false), 0);
        assert_int_equal(sign_ins_file_wait_s(path, &elsewhere, NOW + 60, false), 0);

        /* the first is out of the window: one more, then none again */
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW + 1800, false), 0);
        failed(&ann, NOW + 1800);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW + 1800, false), 10);
}

static void success_forgets(void **state)
{
        struct sign_in_key ann = key("https://x/", "Ann"), same = key("HTTPS://X", "ann"),
                           bob = key("https://x", "b");

        (void)state;
        assert_int_equal(sign_ins_file_succeeded(path, &ann, NOW), 0); /* nothing to forget */
        assert_int_equal(access(path, F_OK), -1);
        for (int i = 0; i < 3; i++) {
                failed(&ann, NOW);
                failed(&bob, NOW);
        }
        assert_int_equal(sign_ins_file_wait_s(path, &same, NOW, false), 1800);
        assert_int_equal(sign_ins_file_succeeded(path, &same, NOW), 0);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW, false), 0);
        assert_int_equal(sign_ins_file_wait_s(path, &bob, NOW, false), 1800);
}

/* The cloud counts addresses, not users. */
static void nine_of_all_users(void **state)
{
        struct sign_in_key fresh = key(NULL, "fresh");

        (void)state;
        for (int i = 0; i < 9; i++) {
                struct sign_in_key k;
                char user[8];

                (void)snprintf(user, sizeof(user), "u%d", i);
                sign_in_key_make(NULL, user, &k);
                assert_int_equal(sign_ins_file_wait_s(path, &k, NOW + i, false), 0);
                failed(&k, NOW + i);
        }
        assert_int_equal(sign_ins_file_wait_s(path, &fresh, NOW + 100, false), 1700);
}

static void a_clock_that_was_wrong_locks_nobody_out(void **state)
{
        struct sign_in_key ann = key(NULL, "ann");

        (void)state;
        for (int i = 0; i < 3; i++)
                failed(&ann, NOW + 1000000);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW, false), 0);
}

static void a_broken_file_is_mended(void **state)
{
        struct sign_in_key ann = key(NULL, "ann");
        FILE *f = fopen(path, "w");

        (void)state;
        assert_non_null(f);
        fprintf(f, "nonsense\n%d 0123 4567\n%d ", NOW, NOW);
        assert_int_equal(fclose(f), 0);
        for (int i = 0; i < 3; i++)
                failed(&ann, NOW);
        assert_int_equal(sign_ins_file_wait_s(path, &ann, NOW, false), 1800);
        assert_int_equal(sign_ins_file_failed("/nonexistent/x", &ann, NOW), -ENOENT);
}

static int make_folder(void **state)
{
        (void)state;
        return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
        (void)state;
        return rmdir(folder);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(three_and_no_more, set_up, tear_down),
                cmocka_unit_test_setup_teardown(success_forgets, set_up, tear_down),
                cmocka_unit_test_setup_teardown(nine_of_all_users, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_clock_that_was_wrong_locks_nobody_out, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_broken_file_is_mended, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
