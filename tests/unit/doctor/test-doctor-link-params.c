/* SPDX-License-Identifier: Apache-2.0 */

/* The kernel's answer about connection parameters, whole and broken. That it is what the kernel says, the
 * tests in the virtual machine show. */

#include "proto/base/cleanup.h"
#include "setup/doctor/link-params.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

static const uint8_t linux_defaults[] = {
        0x00, 0x00, 2, 1,  2,       /* something else */
        0x17, 0x00, 2, 24, 0,       /* 30 ms */
        0x18, 0x00, 2, 40, 0,       /* 50 ms */
        0x19, 0x00, 2, 0,  0,       /* */
        0x1a, 0x00, 2, 42, 0,       /* 420 ms */
        0x1f, 0x00, 4, 0,  0, 0, 0, /* one that comes later */
};

static void test_defaults(void **state)
{
        struct link_params p;

        (void)state;
        assert_int_equal(link_params_parse(linux_defaults, sizeof(linux_defaults), &p), 0);
        assert_int_equal(p.interval_min_us, 30000);
        assert_int_equal(p.interval_max_us, 50000);
        assert_int_equal(p.latency, 0);
        assert_int_equal(p.supervision_ms, 420);
}

static void test_cut(void **state)
{
        struct link_params p;

        (void)state;
        for (size_t len = 0; len < 25; len++)
                assert_int_equal(link_params_parse(linux_defaults, len, &p), -EBADMSG);
        assert_int_equal(link_params_parse(linux_defaults, sizeof(linux_defaults) - 1, &p), -EBADMSG);
}

static void test_names(void **state)
{
        static const char *const none[] = { "", "hci", "hci-1", "hcix", "hci1x", "hci99999", "/dev/hci0" };
        struct link_params p;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(none); i++)
                assert_int_equal(link_params_read(none[i], &p), -ENODEV);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_defaults), cmocka_unit_test(test_cut),
                                            cmocka_unit_test(test_names) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
