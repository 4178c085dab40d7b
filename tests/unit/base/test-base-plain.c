/* SPDX-License-Identifier: Apache-2.0 */

/* What is taken of small files, what is refused, and that no refusal repeats what the file holds. */

#include "proto/base/plain.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

struct row {
        const char *text;
        const char *value; /* NULL: refused, and */
        const char *why;
};

static int take_free(struct plain *text, struct trouble *why)
{
        return plain_value(text, true, why);
}

static int take_bound(struct plain *text, struct trouble *why)
{
        return plain_value(text, false, why);
}

static void check(int (*take)(struct plain *text, struct trouble *why), const struct row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const struct row *row = &rows[i];
                struct plain text = { row->text, strlen(row->text) };
                struct trouble why = {};
                int r = take(&text, &why);

                if (r != (row->value ? 0 : -EINVAL))
                        fail_msg("%s: %d, %s", row->text, r, why.cause);
                if (!row->value && (why.fault != FAULT_CONFIG || !strstr(why.cause, row->why)))
                        fail_msg("%s: %s", row->text, why.cause);
                if (row->value && (text.len != strlen(row->value) || memcmp(text.at, row->value, text.len)))
                        fail_msg("%s: \"%.*s\"", row->text, (int)text.len, text.at);
                assert_null(strstr(why.cause, "secret"));
        }
}

static void passwords(void **state)
{
        static const struct row rows[] = {
                { "secret", "secret", NULL },
                { "secret\n", "secret", NULL },
                { "\xef\xbb\xbfsecret\r\n\r\n", "secret", NULL },
                { "\r\nsecret\r", "secret", NULL },
                { "my secret # 1", "my secret # 1", NULL },
                { "#secret", "#secret", NULL },
                { "PASS=secret", "PASS=secret", NULL },
                { "sec\"ret\"", "sec\"ret\"", NULL },
                { "\" secret\"", " secret", NULL },
                { "'secret '\n", "secret ", NULL },
                { "\"\"secret\"\"", "\"secret\"", NULL },
                { "\"secret\"", NULL, "stands in quotes: take them off, or double them" },
                { "'secret'\n", NULL, "stands in quotes" },
                { "secret \n", NULL, "ends with a blank" },
                { "\tsecret", NULL, "begins with a blank" },
                { "secret\n\nsecret\n", NULL, "line 3: there is more text" },
                { "secret\n ", NULL, "line 2: there is more text" },
                { "", NULL, "empty" },
                { "\xef\xbb\xbf\r\n\n", NULL, "empty" },
                { "\xff\xfes", NULL, "UTF-16" },
                { "\xfe\xff", NULL, "UTF-16" },
        };

        (void)state;
        check(plain_password, rows, sizeof(rows) / sizeof(rows[0]));
}

static void words(void **state)
{
        static const struct row rows[] = {
                { " secret\t\r\n", "secret", NULL },
                { "\n# mine\n  secret\n  # yours\n", "secret", NULL },
                { "\" secret \"", "secret", NULL },
                { "export A_1=secret", "secret", NULL },
                { "A=\"Bearer secret\"", "secret", NULL },
                { "secret==", "secret==", NULL },
                { "SECRET=", "SECRET=", NULL },
                { "=secret", "=secret", NULL },
                { "Bearer", "Bearer", NULL },
                { "secret secret", NULL, "more than one word" },
                { "secret\nsecret", NULL, "line 2: more than one word" },
                { "A=\"\"", NULL, "empty" },
                { "#", NULL, "empty" },
        };

        (void)state;
        check(plain_word, rows, sizeof(rows) / sizeof(rows[0]));
}

static void codes(void **state)
{
        static const struct row rows[] = {
                { "\xef\xbb\xbf WIFI:S:a;; \r\n", "WIFI:S:a;;", NULL },
                { "a\nb", NULL, "line 2: there is more text, and a code is one line" },
        };

        (void)state;
        check(plain_code, rows, sizeof(rows) / sizeof(rows[0]));
}

static void values(void **state)
{
        static const struct row names[] = {
                { " Home \r", "Home", NULL },
                { "a;b#c", "a;b#c", NULL },
                { "\"a ;b\" ; c", "a ;b", NULL },
                { "'s Gravenhage", "'s Gravenhage", NULL },
                { "\"a\" b", "\"a\" b", NULL },
                { "\"\"a\"\"", "\"a\"", NULL },
                { "\"\"", "", NULL },
                { "\"", "\"", NULL },
                { "a #b", NULL, "'#' after a blank" },
                { "; b", NULL, "';' after a blank" },
                { "", "", NULL },
        };
        static const struct row numbers[] = {
                { "5 # of ten", "5", NULL }, { "none\t; as it is", "none", NULL }, { "#5", "", NULL },
                { "a#5", "a#5", NULL },      { "\"/a #b\" # c", "/a #b", NULL },
        };

        (void)state;
        check(take_free, names, sizeof(names) / sizeof(names[0]));
        check(take_bound, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

static void zero_bytes(void **state)
{
        struct plain text = { "ab\0c", 4 };
        struct trouble why = {};

        (void)state;
        assert_int_equal(plain_password(&text, &why), -EINVAL);
        assert_non_null(strstr(why.cause, "byte 3 is of value zero"));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(passwords), cmocka_unit_test(words),      cmocka_unit_test(codes),
                cmocka_unit_test(values),    cmocka_unit_test(zero_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
