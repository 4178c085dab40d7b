/* SPDX-License-Identifier: Apache-2.0 */

/* The loop of the virtual device's system thread (device.md 3.3, 3.9): passes of random length, one request
 * in each, and nothing is read between them, however often data comes. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"

enum { LOOP_MS = 100, FIRST = 915, LONGER = 1028 }; /* bodies of 253 with 912 and 1024 bytes of file */

static void start(struct lab *l, unsigned loop_ms, unsigned seed, unsigned interval_ms)
{
        static struct vdevice_timing timing;

        timing = vdevice_timing_default;
        timing.loop_ms = loop_ms;
        lab_start(l,
                  &(struct lab_config){
                          .device = { .timing = &timing, .loop_seed = seed, .interval_ms = interval_ms } });
        lab_open(l);
}

enum { REQUESTS = 20, GAPS = REQUESTS - 1 };

/* When the replies to requests that were written together come, from one to the next. */
static void gaps(unsigned loop_ms, unsigned seed, uint64_t ret[static GAPS])
{
        unsigned notifications;
        struct lab l;

        start(&l, loop_ms, seed, 0);
        for (size_t i = 0; i < REQUESTS; i++)
                lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
        notifications = l.notifications;
        for (size_t i = 0; i < REQUESTS; i++) {
                uint64_t before_ms = l.notified_ms;

                assert_int_equal(lab_next(&l, 1000), 0);
                if (i > 0)
                        ret[i - 1] = l.notified_ms - before_ms;
        }
        assert_int_equal(l.notifications, notifications + REQUESTS);
        lab_done(&l);
}

static void a_pass_takes_one_request(void **state)
{
        static const unsigned loops[] = { 1, 30, LOOP_MS };
        uint64_t gap[GAPS];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(loops); i++) {
                uint64_t sum = 0, longest = 0;

                gaps(loops[i], 0, gap);
                for (size_t g = 0; g < GAPS; g++) {
                        assert_true(gap[g] <= loops[i]);
                        sum += gap[g];
                        longest = gap[g] > longest ? gap[g] : longest;
                }
                assert_in_range(sum, GAPS * loops[i] / 4, GAPS * loops[i] * 3 / 4);
                assert_true(longest > loops[i] / 2);
        }
}

static void a_seed_is_a_series(void **state)
{
        uint64_t one[GAPS], again[GAPS], other[GAPS];

        (void)state;
        gaps(LOOP_MS, 1, one);
        gaps(LOOP_MS, 1, again);
        gaps(LOOP_MS, 2, other);
        assert_memory_equal(one, again, sizeof(one));
        assert_memory_not_equal(one, other, sizeof(one));
}

/* However long the device has rested, the next pass is at most a pass away. */
static void it_is_never_far_from_a_pass(void **state)
{
        struct lab l;

        (void)state;
        start(&l, LOOP_MS, 0, 0);
        for (unsigned rest_ms = 1; rest_ms < 100000; rest_ms = rest_ms * 3 + 1) {
                lab_run(rest_ms);
                lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
                assert_int_equal(lab_next(&l, 2 * LOOP_MS + 1), 0);
        }
        lab_done(&l);
}

static void nothing_is_read_between_passes(void **state)
{
        static const uint8_t junk[LAB_VALUE];
        struct lab l;

        (void)state;
        start(&l, 10000, 0, 0);
        l.paced = true;
        for (int i = 0; i < 3; i++)
                assert_int_equal(lab_write(&l, junk, LAB_VALUE), 0);
        assert_int_equal(lab_write(&l, junk, 199), 0);
        assert_true(lab_has_link(&l));
        assert_int_equal(lab_facts(&l).pool_high_water, 1024);
        assert_int_equal(lab_write(&l, junk, 1), 0);
        assert_true(lab_is_dropped(&l, 0));
        assert_int_equal(lab_facts(&l).pool_overflows, 1);
        lab_done(&l);
}

/* Sends `n` requests of that length one after another: three writes at once, then a pause before each; tells
 * whether all were answered. */
static bool survives(unsigned loop_ms, unsigned interval_ms, size_t len, unsigned pause_ms, size_t n)
{
        static const uint8_t body[LONGER];
        bool all = true;
        struct lab l;

        start(&l, loop_ms, 0, interval_ms);
        for (size_t i = 0; i < n && all; i++) {
                _cleanup_(buf_done) struct buf out = buf_init(LONGER + 32);
                struct session_header header = { .id = ++l.id, .type = CONTROL_ECHO };

                assert_int_equal(session_seal(l.session, &header, body, len, &out), 0);
                for (size_t at = 0; at < out.len; at += LAB_VALUE) {
                        if (at >= (size_t)3 * LAB_VALUE)
                                lab_run(pause_ms);
                        if (lab_has_link(&l))
                                (void)lab_write(&l, out.data + at,
                                                out.len - at < LAB_VALUE ? out.len - at : LAB_VALUE);
                }
                all = lab_next(&l, LAB_MINUTE) != LAB_LOST;
        }
        assert_int_equal(lab_facts(&l).pool_overflows, !all);
        lab_done(&l);
        return all;
}

/* What fits unread always works; what does not is lost sooner or later, also with pauses: when the device
 * has read cannot be guessed. */
static void pauses_are_no_flow_control(void **state)
{
        static const unsigned loops[] = { 1, 30, LOOP_MS };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(loops); i++) {
                assert_true(survives(loops[i], 0, FIRST, 0, 100));
                assert_true(survives(loops[i], 30, FIRST, 0, 100));
        }
        assert_true(survives(0, 0, LONGER, 20, 100));
        assert_true(survives(1, 0, LONGER, 20, 100));
        assert_false(survives(LOOP_MS, 0, LONGER, 20, 100));
        assert_false(survives(LOOP_MS, 30, LONGER, 20, 100));
        assert_false(survives(30, 30, LONGER, 20, 100));
        assert_false(survives(LOOP_MS, 0, FIRST + 1, 0, 1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_pass_takes_one_request),
                cmocka_unit_test(a_seed_is_a_series),
                cmocka_unit_test(it_is_never_far_from_a_pass),
                cmocka_unit_test(nothing_is_read_between_passes),
                cmocka_unit_test(pauses_are_no_flow_control),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
