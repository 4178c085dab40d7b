/* SPDX-License-Identifier: Apache-2.0 */

/* What is a number and what is not, and where its limits are. */

#include "proto/base/number.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <limits.h>

static void digits_alone(void **state)
{
        static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "1s", "0x1", "1.0", "1e3", "\n" };
        unsigned n = 7;

        (void)state;
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_int_equal(number_read(bad[i], 0, UINT_MAX, &n), -EINVAL);
        assert_int_equal(n, 7);
        assert_int_equal(number_read("0010", 0, 10, &n), 0);
        assert_int_equal(n, 10);
}

static void limits(void **state)
{
        unsigned n = 7;

        (void)state;
        assert_int_equal(number_read("0", 1, 5, &n), -ERANGE);
        assert_int_equal(number_read("6", 1, 5, &n), -ERANGE);
        assert_int_equal(number_read("1", 1, 0, &n), -ERANGE);
        assert_int_equal(number_read("4294967296", 0, UINT_MAX, &n), -ERANGE);
        assert_int_equal(number_read("99999999999999999999999999999999999999", 0, UINT_MAX, &n), -ERANGE);
        assert_int_equal(n, 7);
        assert_int_equal(number_read("5", 1, 5, &n), 0);
        assert_int_equal(n, 5);
        assert_int_equal(number_read("4294967295", 0, UINT_MAX, &n), 0);
        assert_true(n == UINT_MAX);
}

static void hexadecimal(void **state)
{
        unsigned n = 7;

        (void)state;
        assert_int_equal(number_read_hex("0x", 0, 0xffff, &n), -EINVAL);
        assert_int_equal(number_read_hex("0xg", 0, 0xffff, &n), -EINVAL);
        assert_int_equal(number_read_hex("ff", 0, 0xffff, &n), -EINVAL);
        assert_int_equal(number_read_hex("0x10000", 0, 0xffff, &n), -ERANGE);
        assert_int_equal(number_read_hex("0x0aFf", 0, 0xffff, &n), 0);
        assert_int_equal(n, 0xaff);
        assert_int_equal(number_read_hex("1634", 0, 0xffff, &n), 0);
        assert_int_equal(n, 1634);
}

static void signed_ones(void **state)
{
        static const char *const bad[] = { "", "-", "--1", "+1", " -1", "- 1", "-1 ", "-0x1", "1.0" };
        static const struct {
                const char *text;
                int64_t n;
        } good[] = {
                { "0", 0 },
                { "-0", 0 },
                { "-007", -7 },
                { "9223372036854775807", INT64_MAX },
                { "-9223372036854775808", INT64_MIN },
        };
        int64_t n = 7;

        (void)state;
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_int_equal(number_read_signed(bad[i], INT64_MIN, INT64_MAX, &n), -EINVAL);
        assert_int_equal(number_read_signed("9223372036854775808", INT64_MIN, INT64_MAX, &n), -ERANGE);
        assert_int_equal(number_read_signed("-9223372036854775809", INT64_MIN, INT64_MAX, &n), -ERANGE);
        assert_int_equal(number_read_signed("99999999999999999999x", INT64_MIN, INT64_MAX, &n), -EINVAL);
        assert_int_equal(number_read_signed("-2", -1, 9, &n), -ERANGE);
        assert_int_equal(number_read_signed("10", -1, 9, &n), -ERANGE);
        assert_int_equal(n, 7);
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
                assert_int_equal(number_read_signed(good[i].text, INT64_MIN, INT64_MAX, &n), 0);
                assert_true(n == good[i].n);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(digits_alone),
                cmocka_unit_test(limits),
                cmocka_unit_test(hexadecimal),
                cmocka_unit_test(signed_ones),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
