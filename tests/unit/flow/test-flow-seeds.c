/* SPDX-License-Identifier: Apache-2.0 */

/* What five people wrote in the vendor's forum, each as a world: the complaint is reproduced, and then
 * either put right or named with its remedy. And the tasks beside setting up, against the virtual device. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/world-ports.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static void run(struct world_scene *s, enum fault fault)
{
        assert_true(world_scene_run(s, LIMIT));
        if (s->job.end.trouble.fault != fault)
                fail_msg("%s: %s\n%s", fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause,
                         s->events);
}

static void again(struct world_scene *s, const struct world_config *config, enum fault fault)
{
        world_scene_again(s, config);
        run(s, fault);
}

static void assert_advice(const struct world_scene *s, const char *advice)
{
        if (!strstr(fault_info(s->job.end.trouble.fault)->advice, advice) &&
            !strstr(s->job.end.trouble.cause, advice))
                fail_msg("%s / %s", fault_info(s->job.end.trouble.fault)->advice, s->job.end.trouble.cause);
}

/* "The ext SIM setting is sticky": pulled out, factory reset, and the app still asks for it. */
static void boron_with_a_sticky_external_sim(void **state)
{
        const struct world_config setup = { .platform = "boron", .device = { .active_sim = SIM_EXTERNAL } };
        const struct world_config repair = { .platform = "boron",
                                             .task = TASK_REPAIR_SIM,
                                             .profile = "[setup]\nclaim = none\n" };
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &setup);
        run(&s, FAULT_SIM);
        assert_advice(&s, "usher repair sim");
        again(&s, &repair, FAULT_NONE);
        assert_int_equal(s.job.modem.active_sim, SIM_INTERNAL);
        vdevice_press_mode(s.world.vdevice);
        again(&s, &setup, FAULT_NONE);
        assert_string_equal(s.world.owner, "me@example.com");
        assert_int_equal(s.job.restart.count, 0);
        world_scene_done(&s);
}

/* The long article on claiming: the device that is online and still not claimed. */
static void device_that_never_shows_its_claim_code(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &(struct world_config){ .mishap = { { .kind = MISHAP_RESUMED_SESSION } },
                                                     .n_mishaps = 1 });
        run(&s, FAULT_NONE);
        assert_string_equal(s.world.owner, "me@example.com");
        assert_non_null(strstr(s.events, "claim done"));
        world_scene_done(&s);
}

/* "Flashes red one time": the keys, found after days of reflashing. */
static void device_whose_keys_are_wrong(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(
                &s, &(struct world_config){ .mishap = { { .kind = MISHAP_BAD_KEYS } }, .n_mishaps = 1 });
        run(&s, FAULT_DEVICE_KEYS);
        assert_advice(&s, "particle keys doctor");
        world_scene_done(&s);
}

/* "Fail on verify device ownership, two orange blinks": no way to the internet. */
static void network_without_internet(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s,
                         &(struct world_config){ .world = "[network]\nssid = usher-lab\nsecurity = wpa2\n"
                                                          "password = correct horse\ninternet = no\n" });
        run(&s, FAULT_DEVICE_NO_INTERNET);
        assert_advice(&s, "DNS");
        world_scene_done(&s);
}

/* "Can you double check that the port isn't blocked by a firewall?" */
static void firewall_in_the_way(void **state)
{
        struct world_scene s;

        (void)state;
        world_scene_init(&s,
                         &(struct world_config){ .world = "[network]\nssid = usher-lab\nsecurity = wpa2\n"
                                                          "password = correct horse\nudp5684 = no\n" });
        run(&s, FAULT_DEVICE_CLOUD_BLOCKED);
        assert_advice(&s, "UDP port 5684");
        world_scene_done(&s);
}

/* the tasks */
static const char NO_ACCOUNT[] = "[setup]\nclaim = none\n";

static void networks_are_listed_forgotten_and_cleared(void **state)
{
        const struct world_config setup = { .profile = "[setup]\nclaim = none\n[wifi]\nssid = usher-lab\n" };
        struct world_config task = setup;
        struct vdevice_facts facts;
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &setup);
        run(&s, FAULT_NONE);
        vdevice_press_mode(s.world.vdevice);
        task.task = TASK_WIFI_LIST;
        again(&s, &task, FAULT_NONE);
        assert_int_equal(s.job.now.known.n, 1);
        assert_memory_equal(s.job.now.known.network[0].ssid, "usher-lab", 9);
        task.task = TASK_WIFI_FORGET;
        again(&s, &task, FAULT_NONE);
        task.task = TASK_WIFI_LIST;
        again(&s, &task, FAULT_NONE);
        assert_int_equal(s.job.now.known.n, 0);
        task.task = TASK_WIFI_CLEAR;
        again(&s, &task, FAULT_NONE);
        vdevice_facts(s.world.vdevice, &facts);
        assert_int_equal(facts.known_networks, 0);
        assert_true(facts.listening);
        world_scene_done(&s);
}

/* Old firmware without its flag goes back to dark blue for ever. */
static void device_stuck_dark_blue(void **state)
{
        const struct world_config repair = {
                .platform = "boron", .os = "3.3.0", .task = TASK_REPAIR_SETUP_DONE, .profile = NO_ACCOUNT
        };
        struct vdevice_facts facts;
        struct world_scene s;

        (void)state;
        world_scene_init(&s, &repair);
        run(&s, FAULT_NONE);
        vdevice_facts(s.world.vdevice, &facts);
        assert_true(facts.setup_done && facts.online && !facts.listening);
        world_scene_done(&s);
}

static void everything_is_inspected(void **state)
{
        static const char *const platforms[] = { "argon", "boron", "p2", "msom", "tracker" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(platforms); i++) {
                const struct world_config inspect = { .platform = platforms[i],
                                                      .task = TASK_INSPECT,
                                                      .profile = NO_ACCOUNT };
                struct world_scene s;

                world_scene_init(&s, &inspect);
                run(&s, FAULT_NONE);
                assert_true(s.job.now.inspection.asked);
                assert_int_equal(s.job.now.inspection.mode, DEVICE_MODE_LISTENING);
                assert_int_equal(s.job.now.inspection.setup_done, 1);
                assert_int_equal(s.job.now.inspection.protection, 0);
                assert_true(s.job.now.inspection.modules.n > 0);
                assert_non_null(s.job.now.inspection.diagnostics);
                assert_true(s.job.diagnosis.counters_known);
                world_scene_done(&s);
        }
}

/* For a report, a setup asks the same, and goes on as it would have. */
static void inspected_in_passing(void **state)
{
        static const char *const platforms[] = { "argon", "p2", "boron" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(platforms); i++) {
                struct world_scene s;

                world_scene_init(&s, &(struct world_config){ .platform = platforms[i],
                                                             .mishap = { { .kind = MISHAP_RESULT,
                                                                           .arg = CONTROL_GET_MODULE_INFO,
                                                                           .result = -1 } },
                                                             .n_mishaps = i == 0 });
                s.job.asked.inspect = true;
                run(&s, FAULT_NONE);
                assert_true(s.job.now.inspection.asked);
                assert_int_equal(s.job.now.inspection.modules.n > 0, i > 0);
                assert_non_null(s.job.now.inspection.diagnostics);
                world_scene_done(&s);
        }
}

/* Somebody's patience ends before the table's: what the device has told is the answer. */
static void deadline_knows_the_cause(void **state)
{
        static const struct {
                enum mishap_kind kind;
                uint64_t ms;
                enum fault fault;
        } rows[] = {
                { MISHAP_NO_ADDRESS, 60000, FAULT_DEVICE_NO_ADDRESS },
                { MISHAP_UDP_BLOCKED, 90000, FAULT_DEVICE_CLOUD_BLOCKED },
                { MISHAP_SILENT_AT_REQUEST, 5000, FAULT_TIMEOUT },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct world_scene s;

                world_scene_init(
                        &s, &(struct world_config){ .mishap = { { .kind = rows[i].kind,
                                                                  .arg = CONTROL_WIFI_JOIN_NEW_NETWORK } },
                                                    .n_mishaps = 1 });
                world_scene_start(&s);
                assert_int_equal(runner_set_deadline(s.runner, rows[i].ms), 0);
                run(&s, rows[i].fault);
                world_scene_done(&s);
        }
}

/* What waiting does not mend is told in about a minute, and what only takes its time is waited for. */
static void proven_causes_are_told_soon(void **state)
{
        static const struct {
                enum mishap_kind kind;
                const char *world;
                const char *platform, *os;
                uint64_t within_s;
                enum fault fault;
        } rows[] = {
                { MISHAP_NO_ADDRESS, NULL, "argon", "6.2.0", 80, FAULT_DEVICE_NO_ADDRESS },
                { MISHAP_BAD_KEYS, NULL, "argon", "6.2.0", 80, FAULT_DEVICE_KEYS },
                { MISHAP_UDP_BLOCKED, NULL, "argon", "6.2.0", 130, FAULT_DEVICE_CLOUD_BLOCKED },
                { 0, "internet = no", "argon", "6.2.0", 80, FAULT_DEVICE_NO_INTERNET },
                { MISHAP_BAD_KEYS, NULL, "p2", "6.2.0", 80, FAULT_DEVICE_KEYS },
                { 0, "internet = no", "p2", "6.2.0", 80, FAULT_DEVICE_NO_INTERNET },
                { MISHAP_UDP_BLOCKED, NULL, "p2", "6.2.0", 130, FAULT_DEVICE_CLOUD_BLOCKED },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct world_scene s;
                char world[256];
                uint64_t start_ms = timer_now_ms(), took_s;

                (void)snprintf(
                        world, sizeof(world),
                        "[network]\nssid = usher-lab\nsecurity = wpa2\npassword = correct horse\n%s\n",
                        rows[i].world ? rows[i].world : "");
                world_scene_init(&s, &(struct world_config){ .mishap = { { .kind = rows[i].kind } },
                                                             .n_mishaps = rows[i].world ? 0 : 1,
                                                             .platform = rows[i].platform,
                                                             .os = rows[i].os,
                                                             .world = world });
                run(&s, rows[i].fault);
                took_s = (timer_now_ms() - start_ms) / 1000;
                print_message("%s on %s: told after %u s\n", fault_info(rows[i].fault)->key,
                              rows[i].platform, (unsigned)took_s);
                assert_in_range(took_s, 30, rows[i].within_s);
                world_scene_done(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(boron_with_a_sticky_external_sim),
                cmocka_unit_test(device_that_never_shows_its_claim_code),
                cmocka_unit_test(device_whose_keys_are_wrong),
                cmocka_unit_test(network_without_internet),
                cmocka_unit_test(firewall_in_the_way),
                cmocka_unit_test(networks_are_listed_forgotten_and_cleared),
                cmocka_unit_test(device_stuck_dark_blue),
                cmocka_unit_test(everything_is_inspected),
                cmocka_unit_test(inspected_in_passing),
                cmocka_unit_test(deadline_knows_the_cause),
                cmocka_unit_test(proven_causes_are_told_soon),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
