/* SPDX-License-Identifier: Apache-2.0 */

/* What is told of a step that takes long: since when, of how long, why; and that what is polled is seen
 * early and given up no sooner. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <string.h>

enum { RADIO, CLOUD, SECOND = 1000, MINUTE = 60 * SECOND, LIMIT = 60 * MINUTE };

static void assert_under_way(const struct scene *s, unsigned lane, const char *step, uint64_t ms,
                             uint32_t limit_ms)
{
        struct runner_event e;

        if (!runner_under_way(s->runner, lane, &e))
                fail_msg("nothing is under way: %s", s->events);
        assert_string_equal(e.step, step);
        assert_int_equal(e.kind, RUNNER_STEP);
        assert_int_equal(e.state, STEP_WAITING);
        assert_in_range(e.ms, ms, ms + 500);
        assert_int_equal(e.limit_ms, limit_ms);
        assert_int_equal(e.whole, 0);
}

static void begin(struct scene *s, const struct fake_rule *rule)
{
        scene_init(s, NULL);
        if (rule)
                fake_add(&s->world, *rule);
        s->world.takes.radio_ms = s->world.takes.cloud_ms = 1;
        scene_start(s);
}

/* Also when it looks for the second time, after 5 s: the person still waits for the same. */
static void of_one_try(void **state)
{
        struct runner_event e;
        struct scene s;

        (void)state;
        begin(&s, &(struct fake_rule){ .kind = FAKE_FIND, .times = FAKE_ALWAYS, .what = FAKE_SILENT });
        timer_virtual_advance(3 * SECOND);
        assert_under_way(&s, RADIO, "find", 3 * SECOND, MINUTE);
        assert_true(runner_under_way(s.runner, RADIO, &e));
        assert_string_equal(e.hint, "hold MODE until it blinks dark blue");
        assert_string_equal(e.trouble.cause, "");
        timer_virtual_advance(9 * SECOND);
        assert_under_way(&s, RADIO, "find", 12 * SECOND, MINUTE);
        scene_done(&s);
}

static void of_one_operation(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, &(struct fake_rule){ .kind = FAKE_ASK,
                                       .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                       .what = FAKE_DELAY,
                                       .delay_ms = 90 * SECOND });
        timer_virtual_advance(40 * SECOND);
        assert_under_way(&s, RADIO, "wifi-join", 39 * SECOND + 500, 110 * SECOND);
        scene_done(&s);
}

/* Between two looks, too; and both lanes at once. */
static void of_polls(void **state)
{
        struct runner_event e;
        struct scene s;

        (void)state;
        begin(&s, NULL);
        s.world.takes.online_ms = LIMIT;
        for (unsigned i = 1; i <= 20; i++) {
                timer_virtual_advance(SECOND);
                assert_under_way(&s, RADIO, "online", i * SECOND - 500, 5 * MINUTE);
                assert_under_way(&s, CLOUD, "verify-owner", i * SECOND - 500, 11 * MINUTE);
        }
        assert_true(runner_under_way(s.runner, RADIO, &e));
        assert_true(strlen(e.trouble.cause) > 10);
        scene_done(&s);
}

/* Not what it is, but why it is done again. */
static void why_again(void **state)
{
        struct runner_event e;
        struct scene s;

        (void)state;
        begin(&s, &(struct fake_rule){ .kind = FAKE_CONNECT,
                                       .what = FAKE_FAULT,
                                       .fault = FAULT_BT_CONNECT,
                                       .cause = "it is busy" });
        fake_add(&s.world,
                 (struct fake_rule){ .kind = FAKE_CONNECT, .what = FAKE_DELAY, .delay_ms = 20 * SECOND });
        timer_virtual_advance(10 * SECOND);
        assert_under_way(&s, RADIO, "connect", 8 * SECOND + 500, 25 * SECOND);
        assert_true(runner_under_way(s.runner, RADIO, &e));
        assert_string_equal(e.trouble.cause, "it is busy");
        scene_done(&s);
}

static void nothing(void **state)
{
        struct runner_event e;
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\n"); /* no network: somebody is asked, and that is no wait of ours */
        scene_start(&s);
        assert_false(runner_under_way(s.runner, RADIO, &e));
        runner_set_interactive(s.runner, true);
        timer_virtual_advance(MINUTE);
        assert_int_equal(s.questions, 1);
        assert_false(runner_under_way(s.runner, RADIO, &e));
        assert_false(runner_under_way(s.runner, CLOUD, &e));
        scene_done(&s);

        begin(&s, NULL);
        assert_true(scene_run(&s, LIMIT));
        assert_false(runner_under_way(s.runner, RADIO, &e));
        assert_false(runner_under_way(s.runner, CLOUD, &e));
        scene_done(&s);
}

/* Until it is over, of a device that is online at once, and whose claim code works so long after. */
static uint64_t owned_after(uint64_t claim_ms, bool works)
{
        struct scene s;
        uint64_t ms;

        begin(&s, NULL);
        s.world.takes.online_ms = 0;
        s.world.takes.claim_ms = claim_ms;
        s.world.device.resumes = !works;
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(s.world.log, "cloud claim"), works ? 0 : 1);
        ms = s.ms;
        scene_done(&s);
        return ms;
}

static void the_owner_is_seen_early(void **state)
{
        uint64_t at_once_ms = owned_after(0, true);

        (void)state;
        assert_in_range(owned_after(400, true) - at_once_ms, 400, 600);
        assert_in_range(owned_after(1400, true) - at_once_ms, 1400, 1600);
        assert_in_range(owned_after(3400, true) - at_once_ms, 3400, 3600);
}

/* A code that comes late is not overtaken by the claim by id: it has 7.5 s at least, as ever; the claim
 * itself takes a second. */
static void the_code_has_its_time(void **state)
{
        uint64_t at_once_ms = owned_after(0, true);

        (void)state;
        assert_in_range(owned_after(7400, true) - at_once_ms, 7400, 8000);
        assert_in_range(owned_after(0, false) - at_once_ms, 8500, 9100);
}

/* Others connect first, for longer than a connect may last: neither the step's time nor the setup's goes
 * by. */
static void for_the_turn(void **state)
{
        struct runner_event e;
        struct scene s;

        (void)state;
        begin(&s, NULL);
        s.world.takes.turn_ms = 4 * MINUTE;
        assert_int_equal(runner_set_deadline(s.runner, MINUTE), 0);
        timer_virtual_advance(40 * SECOND);
        assert_true(runner_under_way(s.runner, RADIO, &e));
        assert_string_equal(e.step, "connect");
        assert_in_range(e.ms, 39 * SECOND, 40 * SECOND);
        assert_int_equal(e.limit_ms, 25 * SECOND + e.ms);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(s.events, "connect started"), 1);
        assert_null(strstr(s.events, "retrying"));
        scene_done(&s);
}

/* What a connect takes once it has its turn counts as ever, and so does all else of a setup. */
static void after_the_turn(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, &(struct fake_rule){ .kind = FAKE_CONNECT, .times = FAKE_ALWAYS, .what = FAKE_SILENT });
        s.world.takes.turn_ms = MINUTE;
        assert_int_equal(runner_set_deadline(s.runner, 2 * MINUTE), 0);
        timer_virtual_advance(84 * SECOND);
        assert_null(strstr(s.events, "connect retrying"));
        timer_virtual_advance(2 * SECOND);
        assert_non_null(strstr(s.events, "connect retrying bluetooth-connect"));
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_FAILED);
        assert_in_range(s.ms, 5 * MINUTE, 6 * MINUTE + 10 * SECOND);
        scene_done(&s);
}

/* Somebody who never lets anybody else connect is not waited for for ever. */
static void for_no_turn(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.turn_ms = 1000 * MINUTE;
        scene_start(&s);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_BT_CONNECT);
        scene_done(&s);
}

/* The machine sleeps while the device is looked for: that is no time in which it was. */
static void asleep(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, &(struct fake_rule){ .kind = FAKE_FIND, .times = FAKE_ALWAYS, .what = FAKE_SILENT });
        assert_int_equal(runner_set_deadline(s.runner, 30 * SECOND), 0);
        timer_virtual_advance(3 * SECOND);
        timer_virtual_sleep(20 * MINUTE);
        timer_virtual_advance(SECOND);
        assert_int_equal(s.job.now.search.look, LOOK_FIRST);
        assert_false(s.over);
        timer_virtual_advance(2 * SECOND);
        assert_int_equal(s.job.now.search.look, LOOK_LONG);
        timer_virtual_advance(23 * SECOND);
        assert_false(s.over);
        timer_virtual_advance(2 * SECOND);
        assert_true(s.over);
        scene_done(&s);
}

/* While what is polled is polled. */
static void asleep_between_two_looks(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, NULL);
        s.world.takes.online_ms = 2 * LIMIT;
        timer_virtual_advance(20 * SECOND);
        timer_virtual_sleep(LIMIT);
        timer_virtual_advance(MINUTE);
        assert_false(s.over);
        s.world.takes.online_ms = 1;
        assert_true(scene_run(&s, MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        scene_done(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(of_one_try),
                cmocka_unit_test(of_one_operation),
                cmocka_unit_test(of_polls),
                cmocka_unit_test(why_again),
                cmocka_unit_test(nothing),
                cmocka_unit_test(the_owner_is_seen_early),
                cmocka_unit_test(the_code_has_its_time),
                cmocka_unit_test(for_the_turn),
                cmocka_unit_test(after_the_turn),
                cmocka_unit_test(for_no_turn),
                cmocka_unit_test(asleep),
                cmocka_unit_test(asleep_between_two_looks),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
