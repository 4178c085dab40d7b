/* SPDX-License-Identifier: Apache-2.0 */

/* The virtual clock: order, cancelling (also from a callback), advancing. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include <string.h>

static char trace[16];
static struct timer *victim;

static void mark(void *userdata)
{
        strncat(trace, userdata, 1);
}

static void kill_victim(void *userdata)
{
        mark(userdata);
        victim = timer_free(victim);
}

static bool never(void *userdata)
{
        (void)userdata;
        return false;
}

static void fires_in_order(void **state)
{
        struct timer *a, *b, *c;
        uint64_t start_ms = timer_now_ms();

        (void)state;
        trace[0] = 0;
        assert_int_equal(timer_new(NULL, 20, mark, "c", &c), 0);
        assert_int_equal(timer_new(NULL, 0, mark, "a", &a), 0);
        assert_int_equal(timer_new(NULL, 20, mark, "d", &victim), 0);
        assert_int_equal(timer_new(NULL, 10, kill_victim, "b", &b), 0);
        assert_int_equal(timer_virtual_pending(), 4);
        assert_string_equal(trace, "");
        timer_virtual_advance(19);
        assert_string_equal(trace, "ab");
        timer_virtual_advance(1);
        assert_string_equal(trace, "abc");
        assert_int_equal(timer_now_ms(), start_ms + 20);
        timer_free(a);
        timer_free(b);
        timer_free(c);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_false(timer_virtual_step());
}

static void runs_to_a_limit(void **state)
{
        struct timer *late;
        uint64_t start_ms = timer_now_ms();
        int64_t wall_s;

        (void)state;
        assert_int_equal(timer_new(NULL, 600000, mark, "x", &late), 0);
        assert_false(timer_virtual_run(never, NULL, 1000));
        assert_int_equal(timer_now_ms(), start_ms);
        timer_virtual_set_wall(1800000000);
        wall_s = timer_wall_s();
        assert_int_equal(wall_s, 1800000000);
        assert_false(timer_virtual_run(never, NULL, 700000));
        assert_int_equal(timer_wall_s() - wall_s, 600);
        timer_free(late);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(fires_in_order),
                cmocka_unit_test(runs_to_a_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
