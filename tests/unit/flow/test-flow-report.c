/* SPDX-License-Identifier: Apache-2.0 */

/* What a report asks of the device in passing changes nothing: each situation ends as it does without one.
 */

#include "proto/base/timer.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static void run(struct scene *s, enum job_outcome outcome, enum fault fault)
{
        s->job.asked.inspect = true;
        assert_true(scene_run(s, LIMIT));
        if (s->job.end.outcome != outcome || s->job.end.trouble.fault != fault)
                fail_msg("ends as %s (%s)\n%s", fault_info(s->job.end.trouble.fault)->key,
                         s->job.end.trouble.cause, s->events);
}

static void known_to_the_cloud_and_heard_by_nobody(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        run(&s, JOB_FAILED, FAULT_DEVICE_NOT_FOUND);
        assert_null(strstr(s.events, "inspect started"));
        scene_done(&s);
}

static void set_up_already(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.online = true;
        s.world.cloud.handshake_s = timer_wall_s() - 30;
        run(&s, JOB_DONE, FAULT_NONE);
        scene_done(&s);
}

/* The setup goes on with another link if need be, and does not ask again. */
static void asking_is_spoiled(void **state)
{
        static const char *const profiles[] = { NULL, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n" };
        static const enum fake_what whats[] = { FAKE_LOST, FAKE_LATE_LOST, FAKE_SILENT, FAKE_FAULT };
        static const enum fault faults[] = { FAULT_LINK_PROTOCOL, FAULT_INTERNAL, FAULT_LINK_SILENT };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(profiles) * ELEMENTSOF(whats) * ELEMENTSOF(faults); i++) {
                struct fake_rule rule = { .kind = FAKE_ASK,
                                          .type = CONTROL_GET_MODULE_INFO,
                                          .times = FAKE_ALWAYS,
                                          .what = whats[i / 2 % 4],
                                          .fault = whats[i / 2 % 4] == FAKE_FAULT ? faults[i / 8]
                                                                                  : FAULT_NONE };
                struct scene s;

                scene_init(&s, profiles[i % 2]);
                fake_add(&s.world, rule);
                run(&s, JOB_DONE, FAULT_NONE);
                assert_int_equal(scene_count(s.events, "inspect started"), 1);
                assert_true(s.job.end.verified);
                scene_done(&s);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_to_the_cloud_and_heard_by_nobody),
                cmocka_unit_test(set_up_already),
                cmocka_unit_test(asking_is_spoiled),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
