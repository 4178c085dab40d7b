/* SPDX-License-Identifier: Apache-2.0 */

/* Frequencies as drivers give them. Whether this machine has Wi-Fi is not known; that it may be asked is. */

#include "setup/ports/airtime.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static void channels(void **state)
{
        static const struct {
                int32_t m;
                int e;
                unsigned channel;
        } rows[] = {
                { 2412, 6, 1 },    { 2437, 6, 6 },        { 2472, 6, 13 }, { 2484, 6, 14 },
                { 2437000, 3, 6 }, { 243700000, 1, 6 },   { 6, 0, 6 },     { 36, 0, 0 },
                { 5180, 6, 0 },    { 5955, 6, 0 },        { 2400, 6, 0 },  { 0, 0, 0 },
                { -1, 6, 0 },      { INT32_MAX, 127, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (airtime_channel(rows[i].m, rows[i].e) != rows[i].channel)
                        fail_msg("%d * 10^%d: %u", rows[i].m, rows[i].e,
                                 airtime_channel(rows[i].m, rows[i].e));
}

static void this_machine_may_be_asked(void **state)
{
        struct airtime a = {};
        int r = airtime_find(&a);

        (void)state;
        assert_true(r == 0 || r == -ENOENT);
        if (r == 0)
                assert_in_range(a.channel, 1, 14);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(channels),
                cmocka_unit_test(this_machine_may_be_asked),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
