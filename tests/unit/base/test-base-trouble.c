/* SPDX-License-Identifier: Apache-2.0 */

/* The reason is never cut, however long what it is about; nothing in a cause moves a terminal's cursor. */

#include "proto/base/text.h"
#include "proto/base/trouble.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_LEN = 4095 };

/* A path of that length whose ends can be told. */
static void make_path(char ret[static PATH_LEN + 1], size_t len)
{
        memset(ret, 'p', len);
        memcpy(ret, "/begin/", 7);
        memcpy(ret + len - 4, ".end", 4);
        ret[len] = 0;
}

static void words_are_formatted(void **state)
{
        struct trouble t = {};
        char expected[256];

        (void)state;
        assert_int_equal(trouble_set(&t, FAULT_CONFIG, "%s %.*s %c %d %ld %u %zu %lu 100%%", "text", 3,
                                     "abcdef", 'x', -5, -6l, 7u, (size_t)8, 9ul),
                         -EINVAL);
        assert_int_equal(t.fault, FAULT_CONFIG);
        assert_string_equal(t.cause, "text abc x -5 -6 7 8 9 100%");
        (void)trouble_set(&t, FAULT_TIMEOUT, "%" PRIu64 " %" PRId64 " %lld %d %u", UINT64_MAX, INT64_MIN,
                          (long long)INT64_MAX, INT32_MIN, UINT32_MAX);
        (void)snprintf(expected, sizeof(expected), "%" PRIu64 " %" PRId64 " %" PRId64 " %d %u", UINT64_MAX,
                       INT64_MIN, INT64_MAX, INT32_MIN, UINT32_MAX);
        assert_string_equal(t.cause, expected);
        (void)trouble_set(&t, FAULT_SIM, "%s", "");
        assert_string_equal(t.cause, "");
        assert_string_equal(trouble_words(&t), fault_info(FAULT_SIM)->sentence);
}

static void own_cause_may_be_put_in(void **state)
{
        struct trouble t = {};

        (void)state;
        (void)trouble_set(&t, FAULT_CONFIG, "not a %s", "number");
        (void)trouble_set(&t, t.fault, "line %d: %s", 4, t.cause);
        assert_string_equal(t.cause, "line 4: not a number");
        trouble_add(&t, " (%s)", t.cause);
        assert_string_equal(t.cause, "line 4: not a number (line 4: not a number)");
}

static void what_fits_is_whole(void **state)
{
        char path[PATH_LEN + 1];
        struct trouble t;

        (void)state;
        make_path(path, 346);
        (void)trouble_set(&t, FAULT_CONFIG, "cannot read %s: %s", path, strerror(ENOENT));
        assert_non_null(strstr(t.cause, path));
        assert_non_null(strstr(t.cause, strerror(ENOENT)));
}

/* At every length: the format's text, the short string, and both ends of the long one. */
static void the_reason_is_never_cut(void **state)
{
        char path[PATH_LEN + 1];

        (void)state;
        for (size_t len = 400; len <= PATH_LEN; len += len < 600 ? 1 : 97) {
                struct trouble t;
                const char *end;

                make_path(path, len);
                (void)trouble_set(&t, FAULT_CONFIG, "cannot read the label file %s: %s", path,
                                  "No such file or directory");
                end = strstr(t.cause, ".end: No such file or directory");
                assert_ptr_equal(strstr(t.cause, "cannot read the label file /begin/pp"), t.cause);
                assert_non_null(end);
                assert_int_equal(strlen(end), strlen(".end: No such file or directory"));
                assert_true(strlen(t.cause) < sizeof(t.cause));
                if (len > 470)
                        assert_true(strlen(t.cause) >= sizeof(t.cause) - 3 && strstr(t.cause, "..."));
        }
}

static void the_longest_is_shortened(void **state)
{
        char path[PATH_LEN + 1];
        struct trouble t;

        (void)state;
        make_path(path, PATH_LEN);
        (void)trouble_set(&t, FAULT_CONFIG, "%s and %s and %s, number %zu", "a short one", path, path,
                          sizeof(path));
        assert_ptr_equal(strstr(t.cause, "a short one and /begin/"), t.cause);
        assert_non_null(strstr(t.cause, ".end and /begin/"));
        assert_non_null(strstr(t.cause, ".end, number 4096"));
        trouble_add(&t, "; %s", "more");
        assert_non_null(strstr(t.cause, "number 4096; more"));
        assert_true(strlen(t.cause) < sizeof(t.cause));
        (void)trouble_set(&t, FAULT_CONFIG, "%s", path);
        assert_int_equal(strlen(t.cause), sizeof(t.cause) - 1);
        (void)trouble_set(&t, FAULT_CONFIG, "not '%.40s'", path);
        assert_int_equal(strlen(t.cause), 46);
        assert_non_null(strstr(t.cause, "...pppp"));
        assert_non_null(strstr(t.cause, ".end'"));
        (void)trouble_set(&t, FAULT_CONFIG, "%.*s", 600, path);
        assert_int_equal(strlen(t.cause), sizeof(t.cause) - 1);
}

static void no_cause_moves_the_cursor(void **state)
{
        char text[1200] = "";
        struct trouble t;

        (void)state;
        (void)trouble_set(&t, FAULT_CLOUD_REFUSED, "\"%s\"\n%c", "\033[2Jname\xc2\x9b", '\a');
        assert_string_equal(t.cause, "\"?[2Jname?\" ?");
        for (size_t i = 0; i < 300; i++)
                memcpy(text + 3 * i, "\u4e2d", 3);
        for (size_t skip = 0; skip < 3; skip++) {
                (void)trouble_set(&t, FAULT_CLOUD_REFUSED, "%.*s%s", (int)skip, "ab", text);
                assert_true(text_is_utf8(t.cause));
                assert_null(strchr(t.cause, '?'));
        }
}

static void an_errno_completes_it(void **state)
{
        struct trouble t = {};

        (void)state;
        trouble_complete(&t, -ENOSPC);
        assert_int_equal(t.fault, FAULT_INTERNAL);
        assert_string_equal(t.cause, strerror(ENOSPC));
        (void)trouble_set(&t, FAULT_CONFIG, "told");
        trouble_complete(&t, -EINVAL);
        assert_int_equal(t.fault, FAULT_CONFIG);
        assert_string_equal(t.cause, "told");
        trouble_complete(&t, -ENOMEM); /* what stands there is of a try before */
        assert_int_equal(t.fault, FAULT_INTERNAL);
        trouble_complete(&t, -ECANCELED);
        assert_int_equal(t.fault, FAULT_CANCELLED);
        assert_string_equal(t.cause, "");
        t = (struct trouble){};
        trouble_complete(&t, -EINVAL); /* said to be told and was not: never "no fault" */
        assert_int_equal(t.fault, FAULT_INTERNAL);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_are_formatted),      cmocka_unit_test(own_cause_may_be_put_in),
                cmocka_unit_test(what_fits_is_whole),       cmocka_unit_test(the_reason_is_never_cut),
                cmocka_unit_test(the_longest_is_shortened), cmocka_unit_test(no_cause_moves_the_cursor),
                cmocka_unit_test(an_errno_completes_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
