/* SPDX-License-Identifier: Apache-2.0 */

/* What becomes of a sticker that is scanned while others are set up. */

#include "setup/cli/scan-queue.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

/* The n-th sticker; `secret` is its first character. */
static struct label sticker(unsigned n, char secret)
{
        char text[40];
        struct trouble why;
        struct label l = {};

        (void)snprintf(text, sizeof(text), "ARNHAM%09u %cBCDEFGHJKLMNPQ", n, secret);
        assert_int_equal(label_parse(text, strlen(text), &l, &why), 0);
        return l;
}

static enum scan_fate put(struct scan_queue *q, unsigned n, char secret, int64_t at_ms)
{
        struct label l = sticker(n, secret);
        enum scan_fate fate = scan_queue_put(q, &l, at_ms);

        assert_int_equal(fate == SCAN_KEPT, l.mobile_secret == NULL);
        label_done(&l);
        return fate;
}

static void first_come_first_served(void **state)
{
        struct scan_queue q = {};
        struct label l;

        (void)state;
        for (unsigned n = 1; n <= 3; n++)
                assert_int_equal(put(&q, n, 'A', 0), SCAN_KEPT);
        for (unsigned n = 1; n <= 3; n++) {
                assert_true(scan_queue_next(&q, &l));
                assert_int_equal(l.serial[LABEL_SERIAL_LEN - 1] - '0', n);
                label_done(&l);
        }
        assert_false(scan_queue_next(&q, &l));
        scan_queue_done(&q);
}

static void no_second_setup(void **state)
{
        struct scan_queue q = {};
        struct label l;

        (void)state;
        assert_int_equal(put(&q, 1, 'A', 0), SCAN_KEPT);
        assert_int_equal(put(&q, 1, 'A', 1), SCAN_WAITS);
        assert_true(scan_queue_next(&q, &l));
        q.at_work = &l;
        assert_int_equal(put(&q, 1, 'A', 2), SCAN_AT_WORK);
        scan_queue_end(&q, true, 1000);
        assert_int_equal(put(&q, 1, 'A', 1000 + SCAN_DONE_MS - 1), SCAN_JUST_DONE);
        assert_int_equal(put(&q, 1, 'A', 1000 + SCAN_DONE_MS), SCAN_KEPT);
        label_done(&l);
        scan_queue_done(&q);
}

/* A setup that failed is tried again by scanning again, also with a secret that was read better. */
static void another_try(void **state)
{
        struct scan_queue q = {};
        struct label l;

        (void)state;
        assert_int_equal(put(&q, 1, 'A', 0), SCAN_KEPT);
        assert_true(scan_queue_next(&q, &l));
        q.at_work = &l;
        assert_int_equal(put(&q, 1, 'Z', 1), SCAN_KEPT);
        scan_queue_end(&q, false, 1000);
        assert_int_equal(put(&q, 1, 'A', 1001), SCAN_KEPT);
        label_done(&l);
        scan_queue_done(&q);
}

static void bounded(void **state)
{
        struct scan_queue q = {};
        struct label l;

        (void)state;
        for (unsigned n = 0; n < SCAN_QUEUE_MAX; n++)
                assert_int_equal(put(&q, n, 'A', 0), SCAN_KEPT);
        assert_int_equal(put(&q, 999, 'A', 0), SCAN_FULL);
        assert_int_equal(put(&q, 0, 'A', 0), SCAN_WAITS);
        assert_true(scan_queue_next(&q, &l));
        label_done(&l);
        assert_int_equal(put(&q, 999, 'A', 0), SCAN_KEPT);
        scan_queue_done(&q);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(first_come_first_served),
                cmocka_unit_test(no_second_setup),
                cmocka_unit_test(another_try),
                cmocka_unit_test(bounded),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
