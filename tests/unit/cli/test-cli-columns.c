/* SPDX-License-Identifier: Apache-2.0 */

/* Names of all the world in columns, in whatever locale. */

#include "setup/cli/columns.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

static const struct {
        const char *text;
        size_t columns;
} rows[] = {
        { "", 0 },
        { "Home", 4 },
        { "Caf\xc3\xa9", 4 },
        { "Cafe\xcc\x81", 4 },             /* an accent of its own */
        { "\xe4\xb8\xad\xe6\x96\x87", 4 }, /* two letters of two columns */
        { "a\xf0\x9f\x98\x80", 3 },
        { "a\xff", 2 },
};

static void widths(void **state)
{
        char line[64];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                if (columns_field(rows[i].text, rows[i].columns) != (int)strlen(rows[i].text))
                        fail_msg("%s: %d", rows[i].text, columns_field(rows[i].text, 0));
                (void)snprintf(line, sizeof(line), "%-*s|", columns_field(rows[i].text, 8), rows[i].text);
                assert_int_equal(columns_fit(line, 9), strlen(line));
                assert_true(columns_fit(line, 8) < strlen(line));
        }
}

static void cuts_between_letters(void **state)
{
        (void)state;
        assert_int_equal(columns_fit("Home", 2), 2);
        assert_int_equal(columns_fit("Home", 9), 4);
        assert_int_equal(columns_fit("\xe4\xb8\xad\xe6\x96\x87", 3), 3);
        assert_int_equal(columns_fit("Cafe\xcc\x81", 4), 6);
        assert_int_equal(columns_fit("x", 0), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(widths),
                cmocka_unit_test(cuts_between_letters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
