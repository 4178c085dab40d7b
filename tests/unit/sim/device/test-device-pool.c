/* SPDX-License-Identifier: Apache-2.0 */

/* The input pool against the numbers of device.md 3.3. */

#include "tests/sim/device/pool.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static int push(struct pool *p, size_t len)
{
        static const uint8_t data[POOL_SIZE];

        return vd_pool_push(p, data, len);
}

static size_t read(struct pool *p, size_t len)
{
        uint8_t data[POOL_SIZE];

        return vd_pool_read_some(p, data, len);
}

static void costs(void **state)
{
        (void)state;
        assert_int_equal(vd_pool_cost(20), 44);
        assert_int_equal(vd_pool_cost(244), 268);
        assert_int_equal(vd_pool_cost(0), 24);
        assert_int_equal(vd_pool_cost(1), 24);
        assert_int_equal(vd_pool_cost(3), 24);
        assert_int_equal(vd_pool_cost(4), 28); /* a multiple of 4 grows as well */
}

static void holds_what_the_reference_says(void **state)
{
        struct pool p = { 0 };

        (void)state;
        for (int i = 0; i < 23; i++)
                assert_int_equal(push(&p, 20), 0);
        assert_int_equal(p.unread, 460);
        assert_int_equal(push(&p, 1), -ENOMEM);
        assert_int_equal(p.overflows, 1);

        p = (struct pool){ 0 };
        for (int i = 0; i < 3; i++)
                assert_int_equal(push(&p, 244), 0);
        assert_int_equal(push(&p, 200), -ENOMEM);
        assert_int_equal(push(&p, 199), 0);
        assert_int_equal(p.cost, POOL_SIZE);
        assert_int_equal(p.high_water, POOL_SIZE);
}

static void bytes_come_out_in_order(void **state)
{
        struct pool p = { 0 };
        uint8_t in[100], out[100];

        (void)state;
        for (uint8_t i = 0; i < sizeof(in); i++)
                in[i] = i;
        assert_int_equal(vd_pool_push(&p, in, 30), 0);
        assert_int_equal(vd_pool_push(&p, in + 30, 1), 0);
        assert_int_equal(vd_pool_push(&p, in + 31, 69), 0);
        assert_false(vd_pool_read_all(&p, out, 101));
        assert_true(vd_pool_read_all(&p, out, 2));
        assert_true(vd_pool_read_all(&p, out + 2, 40));
        assert_int_equal(vd_pool_read_some(&p, out + 42, 58), 58);
        assert_memory_equal(in, out, sizeof(in));
        assert_int_equal(vd_pool_read_some(&p, out, 1), 0);
        assert_int_equal(p.cost, 0);
        assert_int_equal(p.end, 0);
}

/* A freed block that is not at the end keeps its size and takes only what fits: 44 bytes never hold 268. */
static void freed_blocks_do_not_join(void **state)
{
        struct pool p = { 0 };

        (void)state;
        for (int i = 0; i < 22; i++)
                assert_int_equal(push(&p, 20), 0);
        assert_int_equal(read(&p, 21 * 20), 420);
        assert_int_equal(p.cost, 44); /* 980 bytes are free, 56 of them at the end */
        assert_int_equal(push(&p, 244), -ENOMEM);
        for (int i = 0; i < 22; i++)
                assert_int_equal(push(&p, 20), 0);
        assert_int_equal(push(&p, 20), -ENOMEM);
        assert_int_equal(read(&p, 1000), 23 * 20);
        assert_int_equal(push(&p, 244), 0); /* all of it is the end again */
}

static void the_smallest_freed_block_is_taken(void **state)
{
        struct pool p = { 0 };

        (void)state;
        assert_int_equal(push(&p, 244), 0);
        assert_int_equal(push(&p, 20), 0);
        assert_int_equal(push(&p, 244), 0);
        assert_int_equal(push(&p, 244), 0);
        assert_int_equal(push(&p, 140), 0);
        assert_int_equal(read(&p, 264), 264); /* free: one of 268, one of 44; the end has 12 */
        assert_int_equal(push(&p, 20), 0);
        assert_int_equal(push(&p, 244), 0);
        assert_int_equal(push(&p, 1), -ENOMEM);
}

static void drops(void **state)
{
        struct pool p = { 0 };

        (void)state;
        assert_int_equal(push(&p, 10), 0);
        assert_int_equal(push(&p, 10), 0);
        assert_int_equal(push(&p, 10), 0);
        assert_int_equal(read(&p, 2), 2); /* looks at the first only */
        vd_pool_drop_untaken(&p);
        assert_int_equal(p.unread, 8);
        vd_pool_drop_taken(&p);
        assert_int_equal(p.unread, 0);
        assert_int_equal(p.cost, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(costs),
                cmocka_unit_test(holds_what_the_reference_says),
                cmocka_unit_test(bytes_come_out_in_order),
                cmocka_unit_test(freed_blocks_do_not_join),
                cmocka_unit_test(the_smallest_freed_block_is_taken),
                cmocka_unit_test(drops),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
