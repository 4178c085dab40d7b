/* SPDX-License-Identifier: Apache-2.0 */

/* How the checks of usher doctor are shown in words. */

#include "setup/cli/doctor-print.h"
#include "tests/unit/cmocka.h"
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t size;

static FILE *memory(void)
{
        free(text);
        text = NULL;
        return open_memstream(&text, &size);
}

static const char *shown(const struct doctor_line *line)
{
        FILE *f = memory();

        assert_int_equal(doctor_print(f, line), 0);
        (void)fclose(f);
        return text;
}

static const char *verdict(unsigned problems)
{
        FILE *f = memory();

        assert_int_equal(doctor_print_verdict(f, problems), 0);
        (void)fclose(f);
        return text;
}

static void words(void **state)
{
        struct doctor_line l = { .state = "ok", .title = "Clock", .cause = "agrees with the cloud's" };

        (void)state;
        assert_string_equal(shown(&l), "ok       Clock                agrees with the cloud's\n");
        l = (struct doctor_line){ "note", "Access token", NULL, "there is none", "Get one." };
        assert_string_equal(shown(&l),
                            "note     Access token         there is none\n         What to do: Get one.\n");
        l = (struct doctor_line){ "problem", "Its session", "It is another one.", NULL, "Scan again." };
        assert_string_equal(shown(&l), "problem  Its session          It is another one.\n"
                                       "         What to do: Scan again.\n");
        l.cause = "UDP is refused";
        l.advice = NULL;
        assert_string_equal(shown(&l),
                            "problem  Its session          It is another one. (UDP is refused)\n");
        l = (struct doctor_line){ .state = "ok", .title = "Cloud API" };
        assert_string_equal(shown(&l), "ok       Cloud API            \n");
}

static void verdicts(void **state)
{
        (void)state;
        assert_string_equal(verdict(0), "No problem was found.\n");
        assert_string_equal(verdict(1), "1 problem.\n");
        assert_string_equal(verdict(2), "2 problems.\n");
}

static int clean_up(void **state)
{
        (void)state;
        free(text);
        return 0;
}

int main(void)
{
        static const struct CMUnitTest tests[] = { cmocka_unit_test(words), cmocka_unit_test(verdicts) };

        return cmocka_run_group_tests(tests, NULL, clean_up);
}
