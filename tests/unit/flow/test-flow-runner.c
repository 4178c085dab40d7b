/* SPDX-License-Identifier: Apache-2.0 */

/* What must hold wherever a job stands: it can be cancelled without a trace, goes on after a restart, and
 * can be run again from nothing. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const char NO_ACCOUNT[] = "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n";

static bool advance(struct scene *s, unsigned turns)
{
        scene_start(s);
        for (unsigned i = 0; i < turns && !s->over; i++)
                timer_virtual_step();
        return !s->over;
}

/* scene_done() insists that no operation, timer or link is left. */
static void cancelled_at_every_turn(void **state)
{
        unsigned turns = 0;
        bool running = true;

        (void)state;
        for (; running; turns++) {
                struct scene s;

                scene_init(&s, NULL);
                running = advance(&s, turns);
                s.runner = runner_free(s.runner);
                assert_int_equal(s.job.end.outcome, running ? JOB_CANCELLED : JOB_DONE);
                assert_int_equal(s.job.end.trouble.fault, running ? FAULT_CANCELLED : FAULT_NONE);
                scene_done(&s);
        }
        assert_in_range(turns, 40, 200);
}

/* The job's facts survive, the link does not. */
static void restarted_at_every_turn(void **state)
{
        bool running = true;

        (void)state;
        for (unsigned turns = 0; running; turns++) {
                struct scene s;

                scene_init(&s, NULL);
                running = advance(&s, turns);
                scene_restart(&s);
                if (!scene_run(&s, LIMIT) || s.job.end.outcome != JOB_DONE)
                        fail_msg("after %u turns: %s (%s) %s", turns,
                                 fault_info(s.job.end.trouble.fault)->key, s.job.end.trouble.cause,
                                 s.events);
                assert_string_equal(s.world.cloud.owner, s.world.cloud.user);
                assert_true(s.job.claim.named);
                assert_memory_equal(s.world.wifi.current, "Home", 4);
                assert_false(s.world.device.listening);
                scene_done(&s);
        }
}

/* Killed and started again: nothing is known any more but what device and cloud remember. */
static void repeated_after_every_turn(void **state)
{
        bool running = true;

        (void)state;
        for (unsigned turns = 0; running; turns++) {
                struct scene s, again;

                scene_init(&s, NULL);
                running = advance(&s, turns);
                scene_restart(&s);
                scene_init(&again, NULL);
                again.world = s.world;
                job_done(&s.job);
                if (!scene_run(&again, LIMIT) || again.job.end.outcome != JOB_DONE)
                        fail_msg("after %u turns: %s (%s) %s", turns,
                                 fault_info(again.job.end.trouble.fault)->key, again.job.end.trouble.cause,
                                 again.events);
                assert_string_equal(again.world.cloud.owner, again.world.cloud.user);
                assert_int_equal(scene_count(again.world.log, "rename"), 1);
                scene_done(&again);
        }
}

/* A job that is done does nothing but look. */
static void done_job_is_run_again(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        assert_true(scene_run(&s, LIMIT));
        scene_restart(&s);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_string_equal(s.world.log, "");
        assert_null(strstr(s.events, "started"));
        scene_done(&s);
}

static void started_only_once(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        scene_start(&s);
        assert_int_equal(runner_start(s.runner), -114);
        scene_done(&s);
        assert_null(runner_free(NULL));
}

static void deadline_ends_it(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.online_ms = LIMIT;
        scene_start(&s);
        assert_int_equal(runner_set_deadline(s.runner, 5000), 0);
        assert_int_equal(runner_set_deadline(s.runner, MINUTE), 0);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_FAILED);
        assert_int_equal(s.job.end.trouble.fault, FAULT_TIMEOUT);
        assert_int_equal(s.ms, MINUTE);
        assert_int_equal(s.world.alive, 0);
        assert_int_equal(timer_virtual_pending(), 0);
        scene_done(&s);
}

static void deadline_is_not_reached(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NO_ACCOUNT);
        scene_start(&s);
        assert_int_equal(runner_set_deadline(s.runner, MINUTE), 0);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(timer_virtual_pending(), 0);
        scene_done(&s);
}

/* Until a setup is over whose device comes online so long after it was let go. */
static uint64_t takes_ms(uint64_t online_ms)
{
        struct scene s;
        uint64_t ms;

        scene_init(&s, NO_ACCOUNT);
        s.world.takes.online_ms = online_ms;
        s.world.takes.radio_ms = 1;
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        ms = s.ms;
        scene_done(&s);
        return ms;
}

/* Looks come after 0.5, 1, 2 and then every 3 s; each takes the radio's millisecond. */
static void looks_grow_rarer(void **state)
{
        static const struct {
                unsigned online_ms, seen_ms;
        } looks[] = { { 400, 500 }, { 1400, 1500 }, { 3400, 3500 }, { 6400, 6500 }, { 9400, 9500 } };
        uint64_t at_once_ms = takes_ms(0);

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(looks); i++)
                assert_in_range(takes_ms(looks[i].online_ms) - at_once_ms, looks[i].seen_ms,
                                looks[i].seen_ms + 10);
}

/* A fault in one lane stops the other where it is. */
static void failing_lane_stops_the_other(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_CLAIM_CODE,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_TOKEN_SCOPE });
        s.world.takes.radio_ms = 350;
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_TOKEN_SCOPE);
        assert_int_equal(s.world.alive, 0);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_false(s.world.linked);
        assert_null(strstr(s.world.log, "ask 200"));
        scene_done(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(cancelled_at_every_turn),   cmocka_unit_test(restarted_at_every_turn),
                cmocka_unit_test(repeated_after_every_turn), cmocka_unit_test(done_job_is_run_again),
                cmocka_unit_test(started_only_once),         cmocka_unit_test(deadline_ends_it),
                cmocka_unit_test(deadline_is_not_reached),   cmocka_unit_test(failing_lane_stops_the_other),
                cmocka_unit_test(looks_grow_rarer),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
