/* SPDX-License-Identifier: Apache-2.0 */

/* The bounded buffer keeps its ceiling and its content. */

#include "proto/base/bytes.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

static void grows_and_consumes(void **state)
{
        _cleanup_(buf_done) struct buf b = buf_init(1000);

        (void)state;
        for (int i = 0; i < 100; i++)
                assert_int_equal(buf_append(&b, "0123456789", 10), 0);
        assert_int_equal(b.len, 1000);
        assert_memory_equal(b.data + 990, "0123456789", 10);
        buf_consume(&b, 995);
        assert_int_equal(b.len, 5);
        assert_memory_equal(b.data, "56789", 5);
        buf_consume(&b, 5);
        assert_int_equal(b.len, 0);
}

static void never_beyond_the_ceiling(void **state)
{
        _cleanup_(buf_done) struct buf b = buf_init(3);

        (void)state;
        assert_int_equal(buf_append(&b, "abc", 3), 0);
        assert_int_equal(buf_append(&b, "d", 1), -ENOBUFS);
        assert_int_equal(buf_reserve(&b, SIZE_MAX), -ENOBUFS);
        assert_int_equal(b.len, 3);
        assert_memory_equal(b.data, "abc", 3);
        assert_int_equal(buf_append(&b, NULL, 0), 0);
}

static void little_endian(void **state)
{
        _cleanup_(buf_done) struct buf b = buf_init(8);
        uint8_t four[4];

        (void)state;
        assert_int_equal(buf_append_le16(&b, 0x1234), 0);
        assert_memory_equal(b.data, "\x34\x12", 2);
        assert_int_equal(le16_get(b.data), 0x1234);
        le32_put(four, 0x89abcdef);
        assert_memory_equal(four, "\xef\xcd\xab\x89", 4);
        assert_int_equal(le32_get(four), 0x89abcdef);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(grows_and_consumes),
                cmocka_unit_test(never_beyond_the_ceiling),
                cmocka_unit_test(little_endian),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
