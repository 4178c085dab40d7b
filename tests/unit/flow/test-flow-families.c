/* SPDX-License-Identifier: Apache-2.0 */

/* What is different for Ethernet, for RTL872x, for product firmware and protected devices, and
 * the tasks beside setting up. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static void run(struct scene *s, enum job_outcome outcome, enum fault fault)
{
        assert_true(scene_run(s, LIMIT));
        if (s->job.end.outcome != outcome || s->job.end.trouble.fault != fault)
                fail_msg("outcome %d %s: %s\n%s\n%s", s->job.end.outcome,
                         fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events,
                         s->world.log);
}

static const char NO_ACCOUNT[] = "[setup]\nclaim = none\n";

/* Ethernet */
static void ethernet_is_switched_on(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\nethernet = yes\n");
        s.world.ethernet.wing = true;
        s.world.wifi.joined = true; /* stands for the cable */
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.world.ethernet.on);
        assert_int_equal(s.world.device.restarts, 1);
        assert_null(strstr(s.events, "wifi-join"));
        assert_non_null(strstr(s.world.log, "ask 34;ask 33;ask 75 40;find;"));
        scene_done(&s);
}

static void ethernet_without_a_wing(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\nethernet = yes\n");
        run(&s, JOB_FAILED, FAULT_ETHERNET);
        assert_int_equal(s.world.device.restarts, 1);
        scene_done(&s);

        scene_init(&s, "[setup]\nclaim = none\nethernet = yes\n");
        s.world.ethernet.on = true;
        run(&s, JOB_FAILED, FAULT_ETHERNET);
        assert_int_equal(s.world.device.restarts, 1);
        scene_done(&s);
}

static void ethernet_in_old_firmware(void **state)
{
        static const struct fake_rule refuse = { .kind = FAKE_ASK,
                                                 .type = CONTROL_GET_FEATURE,
                                                 .times = FAKE_ALWAYS,
                                                 .what = FAKE_RESULT,
                                                 .result = CONTROL_NOT_SUPPORTED };
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\nethernet = yes\n");
        fake_add(&s.world, refuse);
        run(&s, JOB_FAILED, FAULT_ETHERNET);
        scene_done(&s);

        scene_init(&s, "[setup]\nclaim = none\nethernet = no\n[wifi]\nssid = Cafe\n");
        fake_add(&s.world, refuse);
        run(&s, JOB_DONE, FAULT_NONE);
        scene_done(&s);
}

static void ethernet_is_switched_off(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\nethernet = no\n[wifi]\nssid = Cafe\n");
        s.world.ethernet.on = s.world.ethernet.wing = true;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_false(s.world.ethernet.on);
        assert_int_equal(s.world.device.restarts, 1);
        scene_done(&s);
}

static void cable_is_not_plugged_in(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        s.world.device.interfaces[1] = INTERFACE_ETHERNET;
        s.world.device.addressed = false;
        s.world.takes.online_ms = LIMIT;
        s.world.device.diagnostics = "{\"net:stat\":3}";
        run(&s, JOB_FAILED, FAULT_DEVICE_NO_ADDRESS);
        assert_non_null(strstr(s.job.end.trouble.cause, "cable"));
        scene_done(&s);
}

/* RTL872x */
static void p2(struct scene *s)
{
        scene_init(s, NULL);
        s->world.device.platform_id = 32;
        s->world.device.rtl = true;
}

/* It is waited for while the device still listens, because nothing can be asked afterwards. */
static void p2_connects_before_it_stops_listening(void **state)
{
        struct scene s;

        (void)state;
        p2(&s);
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "ask 500;ask 300;"));
        assert_non_null(strstr(s.events, "wait-online done;"));
        assert_true(s.job.online.connected);
        assert_int_equal(scene_count(s.world.log, "find"), 2); /* has it left? */
        scene_done(&s);
}

static void p2_is_slow(void **state)
{
        struct scene s;

        (void)state;
        p2(&s);
        s.world.takes.online_ms = 4 * MINUTE;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_false(s.job.online.connected);
        assert_true(s.job.claim.online);
        assert_in_range(s.ms, 4 * MINUTE, 5 * MINUTE);
        scene_done(&s);
}

static void p2_with_old_firmware_stops_at_once(void **state)
{
        struct scene s;

        (void)state;
        p2(&s);
        s.world.device.os = "5.4.0";
        s.world.device.rtl = false;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "ask 500;ask 71;ask 300"));
        scene_done(&s);
}

/* The radio resets under scans and joins: reconnect, shake hands, repeat. */
static void p2_radio_resets(void **state)
{
        static const int types[] = { CONTROL_WIFI_JOIN_NEW_NETWORK, CONTROL_CLOUD_GET_CONNECTION_STATUS };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(types); i++) {
                struct fake_rule busy = { .kind = FAKE_ASK,
                                          .type = types[i],
                                          .times = 2,
                                          .what = FAKE_RESULT,
                                          .result = CONTROL_BUSY };
                struct fake_rule lost = { .kind = FAKE_ASK, .type = types[i], .what = FAKE_LOST };
                struct scene s;

                p2(&s);
                fake_add(&s.world, busy);
                fake_add(&s.world, lost);
                run(&s, JOB_DONE, FAULT_NONE);
                assert_int_equal(scene_count(s.world.log, "open"), 2);
                scene_done(&s);
        }
}

/* the rest */
static void other_networks_are_saved(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n[wifi 2]\nssid = Elsewhere\n"
                       "[wifi 3]\nssid = Third\n");
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(s.world.wifi.saved, 2);
        assert_non_null(strstr(s.world.log, "ask 502 506;ask 500;ask 507 507 502;"));
        scene_done(&s);
}

static void link_is_released(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nrelease = yes\n[wifi]\nssid = Cafe\n");
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.job.now.released);
        assert_null(strstr(s.world.log, "ask 300"));
        assert_true(s.job.claim.online);
        scene_done(&s);
}

static void protected_device_is_claimed_by_id(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nname = Lamp\n[product]\n"
                       "service-uuid = 6e400021-b5a3-f393-e0a9-e50e24dcca9e\n"
                       "version-uuid = 6e400024-b5a3-f393-e0a9-e50e24dcca9e\n"
                       "tx-uuid = 6e400023-b5a3-f393-e0a9-e50e24dcca9e\n"
                       "rx-uuid = 6e400022-b5a3-f393-e0a9-e50e24dcca9e\ncompany-id = 0x1234\n"
                       "[wifi]\nssid = Cafe\n");
        s.world.device.protected = true;
        s.world.device.listening = true;
        s.world.device.rtl = true; /* stands for: connects without leaving listening mode */
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.job.identity.protected);
        assert_null(strstr(s.world.log, "ask 200"));
        assert_null(strstr(s.world.log, "ask 71"));
        assert_int_equal(scene_count(s.world.log, "cloud claim"), 1);
        assert_string_equal(s.world.cloud.owner, s.world.cloud.user);
        scene_done(&s);
}

/* Neither label, cloud nor device tell what it is: the networks that were given are joined all the same. */
static void unknown_platform(void **state)
{
        const char *const text = "ZZZZAB1234ABCDE ABCDEFGHIJKLMNO";
        struct scene s;
        struct trouble why;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
        label_done(&s.job.asked.label);
        assert_int_equal(label_parse(text, strlen(text), &s.job.asked.label, &why), 0);
        s.world.device.serial = "ZZZZAB1234ABCDE";
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_NETWORK_GET_INTERFACE_LIST,
                                               .times = FAKE_ALWAYS,
                                               .what = FAKE_RESULT,
                                               .result = CONTROL_INTERNAL });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_memory_equal(s.world.wifi.current, "Cafe", 4);
        assert_string_equal(job_platform(&s.job), "");
        scene_done(&s);
}

static void went_back_to_listening(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.online_ms = 20000;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_GET_DEVICE_MODE,
                                               .what = FAKE_BODY,
                                               .body = "\x08\x01",
                                               .body_len = 2 });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "ask 71"), 2);
        scene_done(&s);
}

/* tasks */
static void task(struct scene *s, enum task t, const char *profile)
{
        scene_init(s, profile);
        s->job.asked.task = t;
        run(s, JOB_DONE, FAULT_NONE);
}

static void other_tasks(void **state)
{
        struct scene s;

        (void)state;
        task(&s, TASK_WIFI_LIST, NO_ACCOUNT);
        assert_string_equal(s.world.log, "find;connect;open;ask 20 21 30 400;ask 502");
        assert_true(s.world.device.listening);
        scene_done(&s);

        task(&s, TASK_WIFI_FORGET, "[setup]\nclaim = none\n[wifi]\nssid = A\n[wifi 2]\nssid = B\n");
        assert_int_equal(s.world.wifi.forgotten, 2);
        scene_done(&s);

        task(&s, TASK_WIFI_CLEAR, NO_ACCOUNT);
        assert_non_null(strstr(s.world.log, "ask 504"));
        scene_done(&s);

        task(&s, TASK_INSPECT, NO_ACCOUNT);
        assert_true(s.job.now.inspection.asked);
        assert_int_equal(s.job.now.inspection.mode, DEVICE_MODE_LISTENING);
        assert_int_equal(s.job.now.inspection.protection, -1);
        scene_done(&s);
}

static void repair_setup_done(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NO_ACCOUNT);
        s.job.asked.task = TASK_REPAIR_SETUP_DONE;
        s.world.wifi.joined = true;
        s.world.wifi.current_len = 4;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "ask 20 21 30 400;ask 71;ask 300"));
        scene_done(&s);
}

/* diagnosis */
static void cause_of_being_offline(void **state)
{
        static const struct {
                const char *diagnostics;
                bool associated, addressed;
                enum fault fault;
                const char *cause;
        } cases[] = {
                { "{\"net:stat\":3}", false, false, FAULT_DEVICE_OFFLINE, "not associated" },
                { "{\"net:stat\":3}", true, false, FAULT_DEVICE_NO_ADDRESS, "without an address" },
                { NULL, true, false, FAULT_DEVICE_NO_ADDRESS, "without an address" },
                { "{\"net:stat\":4,\"cloud:connatt\":7,\"cloud:err\":0}", true, true,
                  FAULT_DEVICE_NO_INTERNET, "name or address" },
                { "{\"net:stat\":4,\"cloud:connatt\":7,\"cloud:err\":10}", true, true,
                  FAULT_DEVICE_CLOUD_BLOCKED, "does not answer" },
                { "{\"net:stat\":4,\"cloud:connatt\":7,\"cloud:err\":8}", true, true, FAULT_DEVICE_KEYS,
                  "handshake" },
                { "{\"net:stat\":4,\"cloud:connatt\":1,\"cloud:err\":0}", true, true, FAULT_DEVICE_OFFLINE,
                  "connects to its cloud" },
                { "not json", true, true, FAULT_DEVICE_OFFLINE, "connects" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;

                scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
                s.world.takes.online_ms = LIMIT;
                s.world.device.diagnostics = cases[i].diagnostics;
                s.world.device.associated = cases[i].associated;
                s.world.device.addressed = cases[i].addressed;
                assert_true(scene_run(&s, LIMIT));
                if (s.job.end.trouble.fault != cases[i].fault ||
                    !strstr(s.job.end.trouble.cause, cases[i].cause))
                        fail_msg("%zu: %s: %s", i, fault_info(s.job.end.trouble.fault)->key,
                                 s.job.end.trouble.cause);
                scene_done(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ethernet_is_switched_on),
                cmocka_unit_test(ethernet_without_a_wing),
                cmocka_unit_test(ethernet_in_old_firmware),
                cmocka_unit_test(ethernet_is_switched_off),
                cmocka_unit_test(cable_is_not_plugged_in),
                cmocka_unit_test(p2_connects_before_it_stops_listening),
                cmocka_unit_test(p2_is_slow),
                cmocka_unit_test(p2_with_old_firmware_stops_at_once),
                cmocka_unit_test(p2_radio_resets),
                cmocka_unit_test(other_networks_are_saved),
                cmocka_unit_test(link_is_released),
                cmocka_unit_test(protected_device_is_claimed_by_id),
                cmocka_unit_test(unknown_platform),
                cmocka_unit_test(went_back_to_listening),
                cmocka_unit_test(other_tasks),
                cmocka_unit_test(repair_setup_done),
                cmocka_unit_test(cause_of_being_offline),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
