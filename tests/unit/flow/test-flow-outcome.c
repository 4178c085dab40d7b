/* SPDX-License-Identifier: Apache-2.0 */

/* An outcome is only what was read back: what the device refused is not done, a link that ends is no answer,
 * and what nobody can tell is named. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/world-ports.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

#define NONE "[setup]\nclaim = none\n[wifi]\nssid = usher-lab\n"

static void run(struct world_scene *s, enum job_outcome outcome, enum fault fault, bool verified)
{
        assert_true(world_scene_run(s, LIMIT));
        if (s->job.end.outcome != outcome || s->job.end.trouble.fault != fault ||
            s->job.end.verified != verified)
                fail_msg("ends as %s (%s), verified %d\n%s", fault_info(s->job.end.trouble.fault)->key,
                         s->job.end.trouble.cause, s->job.end.verified, s->events);
}

static void give_code(struct world_scene *s)
{
        s->job.asked.profile.claim = CLAIM_CODE;
        assert_int_equal(secret_new("made-elsewhere", 14, &s->job.now.claim_code), 0);
}

/* a claim code made elsewhere */
static void code_is_refused(void **state)
{
        static const int32_t results[] = { CONTROL_NOT_ALLOWED, CONTROL_NOT_SUPPORTED, CONTROL_PROTECTED };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(results); i++) {
                struct world_scene s;

                world_scene_init(&s, &(struct world_config){ .mishap = { { .kind = MISHAP_RESULT,
                                                                           .arg = CONTROL_SET_CLAIM_CODE,
                                                                           .result = results[i] } },
                                                             .n_mishaps = 1 });
                give_code(&s);
                run(&s, JOB_FAILED,
                    results[i] == CONTROL_PROTECTED ? FAULT_DEVICE_PROTECTED : FAULT_DEVICE_REFUSED, false);
                timer_virtual_advance(0);
                assert_true(s.world.advertised); /* told before the device is changed */
                world_scene_done(&s);
        }
}

static void code_for_a_protected_device(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &(struct world_config){ .device.start = VDEVICE_START_PROVISIONING,
                                                     .device.protected = true });
        give_code(&s);
        run(&s, JOB_FAILED, FAULT_DEVICE_PROTECTED, false);
        assert_null(strstr(s.events, "wifi-join started"));
        world_scene_done(&s);
}

static void code_is_taken(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &(struct world_config){});
        give_code(&s);
        run(&s, JOB_DONE, FAULT_NONE, false);
        world_scene_done(&s);
}

/* The link ends with setup mode, and there is nobody else to ask. */
static void nobody_can_see_it_online(void **state)
{
        static const char *const versions[] = { "5.7.0", "6.1.0" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(versions); i++) {
                struct world_scene s;

                world_scene_init(
                        &s, &(struct world_config){ .platform = "p2", .os = versions[i], .profile = NONE });
                run(&s, JOB_DONE, FAULT_NONE, false);
                assert_non_null(strstr(s.job.end.trouble.cause, "breathes cyan"));
                assert_false(s.world.advertised);
                assert_in_range(s.ms, 0, 30000);
                world_scene_done(&s);
        }
}

/* Lost before the device obeyed: it is still there, and is told again. */
static void link_lost_as_the_end_is_asked_for(void **state)
{
        static const char *const platforms[] = { "p2", "argon" };
        static const uint32_t requests[] = { CONTROL_SET_DEVICE_SETUP_DONE, CONTROL_STOP_LISTENING };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(platforms) * ELEMENTSOF(requests) * 2; i++) {
                struct world_scene s;

                world_scene_init(&s, &(struct world_config){ .platform = platforms[i % 2],
                                                             .os = i % 2 ? "3.3.0" : NULL, /* has the flag */
                                                             .profile = i / 4 ? NONE : NULL,
                                                             .mishap = { { .kind = MISHAP_DROP_AT_REQUEST,
                                                                           .arg = requests[i / 2 % 2],
                                                                           .times = 1 } },
                                                             .n_mishaps = 1 });
                run(&s, JOB_DONE, FAULT_NONE, true);
                assert_false(s.world.advertised);
                world_scene_done(&s);
        }
}

/* It obeyed, and the answer was lost. */
static void answer_to_the_end_is_lost(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &(struct world_config){ .profile = NONE,
                                                     .mishap = { { .kind = MISHAP_DROP_AT_REQUEST,
                                                                   .arg = CONTROL_STOP_LISTENING,
                                                                   .after = true } },
                                                     .n_mishaps = 1 });
        run(&s, JOB_DONE, FAULT_NONE, false);
        assert_false(s.world.advertised);
        assert_in_range(s.ms, 5000, 12000);
        world_scene_done(&s);
}

/* A protected device takes its network, and none of the rest. */
static void nothing_was_done_to_a_protected_device(void **state)
{
        static const enum task tasks[] = { TASK_REPAIR_SETUP_DONE, TASK_REPAIR_SIM, TASK_UPDATE };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(tasks); i++) {
                struct world_scene s;

                world_scene_init(&s, &(struct world_config){ .platform = i == 1 ? "msom" : "argon",
                                                             .profile = i == 2 ? NULL : NONE,
                                                             .task = tasks[i],
                                                             .device.start = VDEVICE_START_PROVISIONING,
                                                             .device.protected = true });
                run(&s, JOB_FAILED, FAULT_DEVICE_PROTECTED, false);
                world_scene_done(&s);
        }
}

static void protected_device_is_set_up(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &(struct world_config){ .profile = NONE,
                                                     .device.start = VDEVICE_START_PROVISIONING,
                                                     .device.protected = true });
        run(&s, JOB_DONE, FAULT_NONE, false);
        assert_non_null(strstr(s.job.end.trouble.cause, "protected"));
        world_scene_done(&s);
}

/* The device says that it did it, and knows the network all the same. */
static void networks_that_stay(void **state)
{
        static const struct {
                enum task task;
                uint32_t request;
        } cases[] = { { TASK_WIFI_FORGET, CONTROL_WIFI_REMOVE_KNOWN_NETWORK },
                      { TASK_WIFI_CLEAR, CONTROL_WIFI_CLEAR_KNOWN_NETWORKS } };

        (void)state;
        for (size_t i = 0; i < 2 * ELEMENTSOF(cases); i++) {
                bool obeys = i / 2 > 0;
                struct world_config config = { .profile = NONE,
                                               .mishap = { { .kind = MISHAP_RESULT,
                                                             .arg = cases[i % 2].request } },
                                               .n_mishaps = obeys ? 0 : 1 };
                struct world_scene s;

                world_scene_init(&s, &config);
                run(&s, JOB_DONE, FAULT_NONE, true);
                vdevice_press_mode(s.world.vdevice);
                config.task = cases[i % 2].task;
                world_scene_again(&s, &config);
                run(&s, obeys ? JOB_DONE : JOB_FAILED, obeys ? FAULT_NONE : FAULT_DEVICE_REFUSED, obeys);
                assert_int_equal(strstr(s.job.end.trouble.cause, "still knows \"usher-lab\"") == NULL,
                                 obeys);
                world_scene_done(&s);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(code_is_refused),
                cmocka_unit_test(code_for_a_protected_device),
                cmocka_unit_test(code_is_taken),
                cmocka_unit_test(nobody_can_see_it_online),
                cmocka_unit_test(link_lost_as_the_end_is_asked_for),
                cmocka_unit_test(answer_to_the_end_is_lost),
                cmocka_unit_test(nothing_was_done_to_a_protected_device),
                cmocka_unit_test(protected_device_is_set_up),
                cmocka_unit_test(networks_that_stay),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
