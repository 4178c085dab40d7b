/* SPDX-License-Identifier: Apache-2.0 */

/* The table of control requests: every number is there once, and the limits are those of device.md 3.6. */

#include "proto/base/cleanup.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"

static void every_request_is_found(void **state)
{
        unsigned n = 0;

        (void)state;
        for (unsigned type = 0; type <= UINT16_MAX; type++) {
                const struct control_info *info = control_info((uint16_t)type);

                if (!info)
                        continue;
                n++;
                assert_int_equal(info->type, type);
                assert_non_null(info->name);
                assert_in_range(info->timeout_ms, 15000, 120000);
        }
        assert_int_equal(n, 50);
        assert_null(control_info(112));
}

static void limits(void **state)
{
        static const uint16_t slow[] = { 31, 40, 71, 250, 251, 252, 253, 500, 506, 554 };
        static const uint16_t minute[] = { 31, 506 };
        static const uint16_t secret[] = { 200, 500, 507, 550, 551 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(slow); i++)
                assert_true(control_info(slow[i])->slow);
        for (size_t i = 0; i < ELEMENTSOF(minute); i++)
                assert_int_equal(control_info(minute[i])->timeout_ms, 60000);
        for (size_t i = 0; i < ELEMENTSOF(secret); i++)
                assert_true(control_info(secret[i])->secret);
        assert_int_equal(control_info(500)->timeout_ms, 100000);
        assert_int_equal(control_info(554)->timeout_ms, 120000);
        assert_int_equal(control_info(20)->timeout_ms, 15000);
        assert_false(control_info(20)->slow);
        assert_false(control_info(200)->slow);
        assert_string_equal(control_info(500)->name, "JoinNewNetwork");
}

static void names_of_results(void **state)
{
        (void)state;
        assert_string_equal(control_result_name(0), "OK");
        assert_string_equal(control_result_name(-170), "NOT_FOUND");
        assert_string_equal(control_result_name(-1801), "PROTECTED");
        assert_null(control_result_name(-171));
        assert_null(control_result_name(1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_request_is_found),
                cmocka_unit_test(limits),
                cmocka_unit_test(names_of_results),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
