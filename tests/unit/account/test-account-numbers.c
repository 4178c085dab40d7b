/* SPDX-License-Identifier: Apache-2.0 */

#include "proto/base/cleanup.h"
#include "setup/account/numbers.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[128];

static int set_up(void **state)
{
        (void)state;
        (void)snprintf(folder, sizeof(folder), "/tmp/usher-numbers-XXXXXX");
        if (!mkdtemp(folder))
                return -1;
        (void)snprintf(path, sizeof(path), "%s/numbers", folder);
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

static unsigned take(const char *name, const char *serial)
{
        unsigned n = 0;

        assert_int_equal(numbers_take(path, name, serial, &n), 0);
        return n;
}

/* The machine went down while a line was written. */
static void a_line_that_was_cut_off(void **state)
{
        (void)state;
        put("1 AAA Lamp {n}\n2 BB");
        assert_int_equal(take("Lamp {n}", "CCC"), 2);
        assert_int_equal(take("Lamp {n}", "DDD"), 3);
        assert_int_equal(take("Lamp {n}", "CCC"), 2);
}

static void a_series_for_each_name(void **state)
{
        struct stat st;

        (void)state;
        assert_int_equal(take("Lamp {n}", "AAA"), 1);
        assert_int_equal(take("Lamp {n}", "BBB"), 2);
        assert_int_equal(take("Lamp {n}", "AAA"), 1);
        assert_int_equal(take("Door {n}", "AAA"), 1);
        assert_int_equal(take("Lamp {n} b", "AAA"), 1);
        assert_int_equal(take("Lamp {n}", "CCC"), 3);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_cannot_be_read_is_passed_over(void **state)
{
        (void)state;
        put("nonsense\n7\n7 X\n0 Y Lamp {n}\n-4 Y Lamp {n}\n99999999999999999999 Y Lamp {n}\n\n \n"
            "41 Z Lamp {n}\n5 AAA Lamp {n}x\n");
        assert_int_equal(take("Lamp {n}", "AAA"), 42);
        assert_int_equal(take("Lamp {n}", "Z"), 41);
}

static void what_no_line_holds_is_refused(void **state)
{
        static const char *const bad[][2] = {
                { "", "AAA" }, { "Lamp {n}", "" }, { "Lamp\n{n}", "AAA" }, { "Lamp {n}", "A A" }
        };
        char name[300];
        unsigned n;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_int_equal(numbers_take(path, bad[i][0], bad[i][1], &n), -EINVAL);
        memset(name, 'x', sizeof(name) - 1);
        name[sizeof(name) - 1] = 0;
        assert_int_equal(numbers_take(path, name, "AAA", &n), -EINVAL);
        assert_int_equal(access(path, F_OK), -1);
        put("1000000000 Z Lamp {n}\n");
        assert_int_equal(numbers_take(path, "Lamp {n}", "AAA", &n), -ERANGE);
        assert_int_equal(truncate(path, NUMBERS_FILE_MAX), 0);
        assert_int_equal(numbers_take(path, "Door {n}", "AAA", &n), -E2BIG);
}

/* Two processes at once never take the same number. */
static void several_processes(void **state)
{
        enum { PROCESSES = 4, EACH = 50 };
        int status;

        (void)state;
        for (int p = 0; p < PROCESSES; p++) {
                pid_t pid = fork();

                assert_true(pid >= 0);
                for (int i = 0; pid == 0 && i < EACH; i++) {
                        char serial[16];
                        unsigned n;

                        (void)snprintf(serial, sizeof(serial), "S%d-%d", p, i);
                        if (numbers_take(path, "Lamp {n}", serial, &n) < 0)
                                _exit(1);
                }
                if (pid == 0)
                        _exit(0);
        }
        for (int p = 0; p < PROCESSES; p++) {
                assert_true(wait(&status) > 0);
                assert_int_equal(status, 0);
        }
        assert_int_equal(take("Lamp {n}", "last"), PROCESSES * EACH + 1);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_line_that_was_cut_off, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_series_for_each_name, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_cannot_be_read_is_passed_over, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_no_line_holds_is_refused, set_up, tear_down),
                cmocka_unit_test_setup_teardown(several_processes, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
