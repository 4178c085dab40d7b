/* SPDX-License-Identifier: Apache-2.0 */

/* Every fault has a complete row, keys are unique, and the exit codes are those of design.md 6. */

#include "proto/base/fault.h"
#include "tests/unit/cmocka.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static void rows_are_complete(void **state)
{
        (void)state;
        for (int i = 0; i < _FAULT_MAX; i++) {
                const struct fault_info *f = fault_info((enum fault)i);

                assert_non_null(f->key);
                assert_true(strlen(f->sentence) > 5 && strlen(f->advice) > 5);
                assert_true(isupper((unsigned char)f->bus_name[0]));
                for (const char *p = f->key; *p; p++)
                        assert_true(islower((unsigned char)*p) || *p == '-');
                for (int k = 0; k < i; k++)
                        assert_string_not_equal(f->key, fault_info((enum fault)k)->key);
                assert_int_equal(fault_find(f->key), i);
                assert_true((i == FAULT_NONE) == (f->exit_code == 0));
        }
}

static void codes_of_the_design(void **state)
{
        (void)state;
        assert_int_equal(fault_info(FAULT_LABEL_UNREADABLE)->exit_code, 10);
        assert_int_equal(fault_info(FAULT_DEVICE_NOT_FOUND)->exit_code, 11);
        assert_int_equal(fault_info(FAULT_SECRET_MISMATCH)->exit_code, 12);
        assert_int_equal(fault_info(FAULT_LINK_LOST)->exit_code, 13);
        assert_int_equal(fault_info(FAULT_DEVICE_PROTECTED)->exit_code, 14);
        assert_int_equal(fault_info(FAULT_WIFI_JOIN)->exit_code, 15);
        assert_int_equal(fault_info(FAULT_MODEM)->exit_code, 16);
        assert_int_equal(fault_info(FAULT_DEVICE_OFFLINE)->exit_code, 17);
        assert_int_equal(fault_info(FAULT_TOKEN_EXPIRED)->exit_code, 18);
        assert_int_equal(fault_info(FAULT_CLOUD_SERVER)->exit_code, 19);
        assert_int_equal(fault_info(FAULT_CLAIM_FOREIGN)->exit_code, 20);
        assert_int_equal(fault_info(FAULT_PENDING)->exit_code, 21);
        assert_int_equal(fault_info(FAULT_TIMEOUT)->exit_code, 22);
        assert_int_equal(fault_info(FAULT_BATCH)->exit_code, 24);
        assert_int_equal(fault_info(FAULT_CANCELLED)->exit_code, 130);
        assert_string_equal(fault_info((enum fault)9999)->key, "internal");
        assert_int_equal(fault_find("no-such-fault"), FAULT_INTERNAL);
}

static bool is_told(int code)
{
        const struct fault_code *c;

        for (size_t i = 0; (c = fault_code_at(i)); i++)
                if (c->code == code)
                        return strlen(c->meaning) > 4;
        return false;
}

static bool is_used(int code)
{
        for (int i = 0; i < _FAULT_MAX; i++)
                if (fault_info((enum fault)i)->exit_code == code)
                        return true;
        return false;
}

static void codes_have_a_meaning(void **state)
{
        const struct fault_code *c;
        int before = -1;

        (void)state;
        for (int i = 0; i < _FAULT_MAX; i++)
                assert_true(is_told(fault_info((enum fault)i)->exit_code));
        for (size_t i = 0; (c = fault_code_at(i)); i++) {
                assert_true(c->code > before && c->code < 256);
                assert_true(is_used(c->code));
                before = c->code;
        }
}

/* What an engine tries again by itself: what passes without a person. */
static void what_is_retried(void **state)
{
        static const enum fault retried[] = {
                FAULT_DEVICE_NOT_FOUND,
                FAULT_BT_CONNECT,
                FAULT_BT_BUSY,
                FAULT_LINK_LOST,
                FAULT_LINK_SILENT,
                FAULT_LINK_PROTOCOL,
                FAULT_FIRMWARE,
                FAULT_WIFI_JOIN,
                FAULT_DEVICE_OFFLINE,
                FAULT_DEVICE_NO_ADDRESS,
                FAULT_DEVICE_NO_INTERNET,
                FAULT_CLOUD_UNREACHABLE,
                FAULT_CLOUD_BUSY,
                FAULT_CLOUD_SERVER,
                FAULT_CLOUD_ANSWER,
                FAULT_CLAIM_OFFLINE,
                FAULT_PENDING,
                FAULT_TIMEOUT,
        };

        (void)state;
        for (int i = 0; i < _FAULT_MAX; i++) {
                bool listed = false;

                for (size_t k = 0; k < sizeof(retried) / sizeof(retried[0]); k++)
                        listed |= retried[k] == (enum fault)i;
                if (fault_info((enum fault)i)->retry != listed)
                        fail_msg("%s", fault_info((enum fault)i)->key);
                assert_true(fault_info((enum fault)i)->again || !listed);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_are_complete),
                cmocka_unit_test(codes_of_the_design),
                cmocka_unit_test(codes_have_a_meaning),
                cmocka_unit_test(what_is_retried),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
