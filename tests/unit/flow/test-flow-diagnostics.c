/* SPDX-License-Identifier: Apache-2.0 */

/* The reader of the device's diagnostics text. */

#include "setup/flow/diagnostics.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static char seen[256];

static void each(void *userdata, const char *name, long value)
{
        (void)userdata;
        snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s=%ld;", name, value);
}

static int read_text(const char *text)
{
        seen[0] = 0;
        return diagnostics_read(text, strlen(text), each, NULL);
}

static void numbers_are_read(void **state)
{
        static const struct {
                const char *text, *seen;
        } cases[] = {
                { "{}", "" },
                { "{\"net:stat\":4,\"cloud:err\":-5}", "net:stat=4;cloud:err=-5;" },
                { " { \"a\" : 1 , \"b\" : {\"err\":-120} , \"c\":2 } ", "a=1;c=2;" },
                { "{\"a\":\"x}\\\"\",\"b\":[1,{\"c\":2}],\"d\":true,\"e\":null,\"f\":3}", "f=3;" },
                { "{\"a\":1.5,\"b\":1e3,\"c\":99999999999999999999,\"d\":0}", "d=0;" },
                { "{\"0123456789012345678901234567890123456789\":1}", "0123456789012345678901234567890=1;" },
                { "{\"a\":1} trailing", "a=1;" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                if (read_text(cases[i].text) != 0)
                        fail_msg("%s", cases[i].text);
                assert_string_equal(seen, cases[i].seen);
        }
}

static void nonsense_is_refused(void **state)
{
        static const char *const cases[] = {
                "",
                "[]",
                "{",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":[}]}",
                "{\"a\":\"x}",
                "{\"a\":-}",
                "{\"a\":1 2}",
                "{\"a\":{\"b\"}",
                "{\"a\n\":1}",
                "{\"a\":[[[[[[[[[1]]]]]]]]]}",
        };
        char big[DIAGNOSTICS_TEXT_MAX + 2];

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                if (read_text(cases[i]) != -EBADMSG)
                        fail_msg("%s", cases[i]);
        memset(big, ' ', sizeof(big));
        big[0] = '{';
        big[sizeof(big) - 2] = '}';
        assert_int_equal(diagnostics_read(NULL, 0, each, NULL), -EBADMSG); /* an empty body */
        assert_int_equal(diagnostics_read(big, DIAGNOSTICS_TEXT_MAX + 1, each, NULL), -EBADMSG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers_are_read),
                cmocka_unit_test(nonsense_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
