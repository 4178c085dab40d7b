/* SPDX-License-Identifier: Apache-2.0 */

/* Two equal reads within a second are a scan, and a sticker that stays in view is one scan. */

#include "setup/label/camera/accept.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

static int take(struct accept *a, const char *text, int64_t now_ms)
{
        return accept_take(a, LABEL_DATA_MATRIX, text, strlen(text), now_ms);
}

static void wants_two_equal_reads_within_a_second(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };

        (void)state;
        assert_int_equal(take(&a, "one", 1000), 0);
        assert_int_equal(take(&a, "one", 2001), 0); /* too late: the first of two again */
        assert_int_equal(take(&a, "one", 3001), 1);
}

static void one_frame_counts_once(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };

        (void)state;
        assert_int_equal(take(&a, "one", 1000), 0);
        assert_int_equal(take(&a, "one", 1000), 0);
        assert_int_equal(take(&a, "one", 1066), 1);
}

static void a_misread_between_does_no_harm(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };

        (void)state;
        assert_int_equal(take(&a, "one", 1000), 0);
        assert_int_equal(take(&a, "0ne", 1066), 0);
        assert_int_equal(take(&a, "one", 1132), 1);
        assert_int_equal(take(&a, "one ", 1198), 0);
}

static void the_same_text_in_another_symbol_is_another(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };

        (void)state;
        assert_int_equal(take(&a, "one", 1000), 0);
        assert_int_equal(accept_take(&a, LABEL_QR, "one", 3, 1066), 0);
        assert_int_equal(accept_take(&a, LABEL_QR, "one", 3, 1132), 1);
}

static void a_sticker_in_view_is_one_scan(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };
        int64_t now_ms = 1000;
        int taken = 0;

        (void)state;
        for (; now_ms < 61000; now_ms += 66)
                taken += take(&a, "one", now_ms);
        assert_int_equal(taken, 1);
        now_ms += 1900; /* unread for a while, but there */
        assert_int_equal(take(&a, "one", now_ms), 0);
        assert_int_equal(take(&a, "one", now_ms + 66), 0);
        now_ms += 66 + 2000; /* taken away, and held up again */
        assert_int_equal(take(&a, "one", now_ms), 0);
        assert_int_equal(take(&a, "one", now_ms + 66), 1);
}

static void two_stickers_are_two_scans(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };
        int one = 0, two = 0;

        (void)state;
        for (int64_t now_ms = 1000; now_ms < 9000; now_ms += 66) {
                one += take(&a, "one", now_ms);
                two += take(&a, "two", now_ms);
        }
        assert_int_equal(one, 1);
        assert_int_equal(two, 1);
}

/* A film of ever new texts never fills more than its places, and what it pushes out is the oldest. */
static void many_texts_do_not_add_up(void **state)
{
        _cleanup_(accept_done) struct accept a = { 0 };
        char text[16];

        (void)state;
        for (int i = 0; i < 1000; i++) {
                (void)snprintf(text, sizeof(text), "text %d", i);
                assert_int_equal(take(&a, text, 1000 + i), 0);
        }
        assert_int_equal(take(&a, "text 999", 2000), 1);
        assert_int_equal(take(&a, "text 993", 2001), 1);
        assert_int_equal(take(&a, "text 991", 2002), 0); /* pushed out: new */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(wants_two_equal_reads_within_a_second),
                cmocka_unit_test(one_frame_counts_once),
                cmocka_unit_test(a_misread_between_does_no_harm),
                cmocka_unit_test(the_same_text_in_another_symbol_is_another),
                cmocka_unit_test(a_sticker_in_view_is_one_scan),
                cmocka_unit_test(two_stickers_are_two_scans),
                cmocka_unit_test(many_texts_do_not_add_up),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
