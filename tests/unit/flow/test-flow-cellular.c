/* SPDX-License-Identifier: Apache-2.0 */

/* What is different for devices with a modem: SIM, APN, battery. */

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

static void boron(struct scene *s, const char *profile)
{
        scene_init(s, profile);
        s->world.device.platform_id = 13;
        s->world.device.interfaces[1] = INTERFACE_PPP;
}

static const char NO_ACCOUNT[] = "[setup]\nclaim = none\n";

static void boron_of_a_user(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, "[setup]\nname = Lamp\n");
        s.world.takes.online_ms = 8 * MINUTE;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "ask 200;ask 71;ask 300;"));
        assert_int_equal(scene_count(s.world.log, "ask 553"), 1);
        assert_int_equal(scene_count(s.world.log, "ask 554"), 1);
        assert_null(strstr(s.events, "wifi"));
        assert_string_equal(s.job.modem.iccid, "8934076500002589174");
        assert_string_equal(s.job.modem.imei, "352753090041680");
        assert_string_equal(s.world.cloud.owner, s.world.cloud.user);
        assert_in_range(s.ms, 8 * MINUTE, 8 * MINUTE + 20000);
        scene_done(&s);
}

static void never_registered(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, NO_ACCOUNT);
        s.world.takes.online_ms = LIMIT;
        s.world.device.addressed = false;
        s.world.device.diagnostics = "{\"net:stat\":3,\"cloud:connatt\":0,\"cloud:err\":0}";
        run(&s, JOB_FAILED, FAULT_DEVICE_OFFLINE);
        assert_non_null(strstr(s.job.end.trouble.cause, "not registered in the cellular network"));
        assert_in_range(s.ms, 10 * MINUTE - 10000, 11 * MINUTE);
        scene_done(&s);
}

/* Once external, for ever external: one command goes back. */
static void sticky_external_sim(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, NO_ACCOUNT);
        s.job.asked.task = TASK_REPAIR_SIM;
        s.world.modem.sim = s.world.modem.next_sim = SIM_EXTERNAL;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(s.world.modem.sim, SIM_INTERNAL);
        assert_int_equal(s.world.device.restarts, 1);
        assert_string_equal(s.world.modem.apn, "1::: defaults");
        assert_int_equal(s.job.modem.active_sim, SIM_INTERNAL);
        assert_non_null(strstr(s.world.log, "ask 553;ask 550 552 75 40;find;connect;open;ask 20 21 30 400;"
                                            "ask 553;ask 554;ask 71"));
        scene_done(&s);
}

static void external_sim_with_access_point(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, "[setup]\nclaim = none\n[cellular]\nsim = external\napn = internet\napn-user = me\n");
        assert_int_equal(secret_new("letmein", 7, &s.job.asked.profile.apn.password), 0);
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(s.world.modem.sim, SIM_EXTERNAL);
        assert_string_equal(s.world.modem.apn, "2:internet:me:letmein");
        scene_done(&s);
}

/* Already right: only the access point is written, and no restart. */
static void external_sim_stays(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, "[setup]\nclaim = none\n[cellular]\nsim = external\napn = internet\n");
        s.world.modem.sim = s.world.modem.next_sim = SIM_EXTERNAL;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(s.world.device.restarts, 0);
        assert_non_null(strstr(s.world.log, "ask 553;ask 550;ask 554;ask 71"));
        scene_done(&s);
}

/* The APN that was given, or that there is none, is what may be wrong: going back is not what was asked for.
 */
static void external_sim_does_not_register(void **state)
{
        static const struct {
                const char *profile, *cause;
        } cases[] = { { "[setup]\nclaim = none\n[cellular]\nsim = external\napn = internet\n",
                        "the APN \"internet\"" },
                      { "[setup]\nclaim = none\n[cellular]\nsim = external\n", "no APN was given" } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;

                boron(&s, cases[i].profile);
                s.world.takes.online_ms = LIMIT;
                s.world.device.diagnostics = "{\"net:stat\":3}";
                run(&s, JOB_FAILED, FAULT_DEVICE_OFFLINE);
                if (!strstr(s.job.end.trouble.cause, cases[i].cause))
                        fail_msg("%s", s.job.end.trouble.cause);
                assert_null(strstr(s.job.end.trouble.cause, "internal"));
                scene_done(&s);
        }
}

/* The slot is empty: the modem says so after a restart, or says nothing for long; one that is slow is waited
 * for. */
static void external_sim_is_not_there(void **state)
{
        static const struct fake_rule silent = { .kind = FAKE_ASK,
                                                 .type = CONTROL_CELLULAR_GET_ICCID,
                                                 .times = FAKE_ALWAYS,
                                                 .what = FAKE_SILENT },
                                      slow = { .kind = FAKE_ASK,
                                               .type = CONTROL_CELLULAR_GET_ICCID,
                                               .what = FAKE_DELAY,
                                               .delay_ms = 100000 };
        struct scene s;

        (void)state;
        boron(&s, "[setup]\nclaim = none\n[cellular]\nsim = external\n");
        s.world.modem.errors = 9;
        run(&s, JOB_FAILED, FAULT_SIM);
        assert_non_null(strstr(s.job.end.trouble.cause, "is there a card in the slot?"));
        assert_int_equal(s.world.device.restarts, 2); /* for the choice, and for the error */
        scene_done(&s);
        for (int asked = 0; asked < 2; asked++) {
                boron(&s, asked ? "[setup]\nclaim = none\n[cellular]\nsim = external\n" : NO_ACCOUNT);
                s.world.modem.sim = s.world.modem.next_sim = SIM_EXTERNAL;
                fake_add(&s.world, silent);
                run(&s, JOB_FAILED, FAULT_SIM);
                assert_non_null(strstr(s.job.end.trouble.cause,
                                       asked ? "is there a card in the slot?" : "usher repair sim"));
                assert_int_equal(scene_count(s.world.log, "ask 554"), 1);
                scene_done(&s);
        }
        boron(&s, NO_ACCOUNT);
        fake_add(&s.world, slow);
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "ask 554"), 1);
        scene_done(&s);
}

/* Told as soon as it is sure, long before the modem's ten minutes are over; a charge that is only low is
 * named. */
static void battery_is_empty(void **state)
{
        static const struct {
                const char *diagnostics, *cause;
                uint64_t at_least_ms, at_most_ms;
        } cases[] = { { "{\"net:stat\":3,\"batt:soc\":512,\"pwr:src\":5}", "battery that is at 2 percent", 0,
                        MINUTE },
                      { "{\"net:stat\":3,\"batt:soc\":2600,\"pwr:src\":5}", "battery that is at 10 percent",
                        9 * MINUTE, 11 * MINUTE },
                      { "{\"net:stat\":3,\"batt:soc\":512,\"pwr:src\":2}", "modem is not registered",
                        9 * MINUTE, 11 * MINUTE },
                      { "{\"net:stat\":3,\"batt:soc\":-1,\"pwr:src\":5}", "modem is not registered",
                        9 * MINUTE, 11 * MINUTE } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;

                boron(&s, NO_ACCOUNT);
                s.world.takes.online_ms = LIMIT;
                s.world.device.diagnostics = cases[i].diagnostics;
                run(&s, JOB_FAILED, FAULT_DEVICE_OFFLINE);
                if (!strstr(s.job.end.trouble.cause, cases[i].cause))
                        fail_msg("%s", s.job.end.trouble.cause);
                assert_in_range(s.ms, cases[i].at_least_ms, cases[i].at_most_ms);
                scene_done(&s);
        }
}

/* An external SIM that nobody asked about is left, and named when the device does not come online. */
static void external_sim_is_named(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, NO_ACCOUNT);
        s.world.modem.sim = s.world.modem.next_sim = SIM_EXTERNAL;
        s.world.takes.online_ms = LIMIT;
        s.world.device.diagnostics = "{\"net:stat\":3}";
        run(&s, JOB_FAILED, FAULT_DEVICE_OFFLINE);
        assert_non_null(strstr(s.job.end.trouble.cause, "external SIM (sim = internal"));
        scene_done(&s);
}

static void sim_does_not_change(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, NO_ACCOUNT);
        s.job.asked.task = TASK_REPAIR_SIM;
        s.world.modem.sim = s.world.modem.next_sim = SIM_EXTERNAL;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_CELLULAR_SET_ACTIVE_SIM,
                                               .times = FAKE_ALWAYS,
                                               .what = FAKE_RESULT,
                                               .result = 0 });
        run(&s, JOB_FAILED, FAULT_SIM);
        assert_non_null(strstr(s.job.end.trouble.cause, "still uses the external one"));
        assert_int_equal(s.world.device.restarts, 1);
        scene_done(&s);
}

static void modem_error_is_helped_by_a_restart(void **state)
{
        (void)state;
        for (unsigned errors = 1; errors <= 3; errors++) {
                struct scene s;

                boron(&s, NO_ACCOUNT);
                s.world.modem.errors = errors;
                run(&s, errors <= 2 ? JOB_DONE : JOB_FAILED, errors <= 2 ? FAULT_NONE : FAULT_MODEM);
                assert_int_equal(s.world.device.restarts, errors <= 2 ? errors : 2);
                scene_done(&s);
        }
}

/* Without an ICCID the device may work all the same. */
static void iccid_is_refused(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, NO_ACCOUNT);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_CELLULAR_GET_ICCID,
                                               .times = FAKE_ALWAYS,
                                               .what = FAKE_RESULT,
                                               .result = CONTROL_AT_NOT_OK });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_string_equal(s.job.modem.iccid, "");
        scene_done(&s);
}

/* The link is lost around the restart, in every way. */
static void restart_with_lost_links(void **state)
{
        static const enum fake_what ways[] = { FAKE_LOST, FAKE_LATE_LOST, FAKE_SILENT };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(ways); i++) {
                struct scene s;

                boron(&s, NO_ACCOUNT);
                s.job.asked.task = TASK_REPAIR_SIM;
                s.world.modem.sim = s.world.modem.next_sim = SIM_EXTERNAL;
                fake_add(&s.world,
                         (struct fake_rule){ .kind = FAKE_ASK, .type = CONTROL_RESET, .what = ways[i] });
                run(&s, JOB_DONE, FAULT_NONE);
                assert_int_equal(s.world.modem.sim, SIM_INTERNAL);
                scene_done(&s);
        }
}

static void msom_without_networks_is_cellular(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, "[setup]\nname = Lamp\n");
        s.world.device.platform_id = 35;
        s.world.device.interfaces[2] = INTERFACE_WIFI;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.events, "wifi-join"));
        assert_non_null(strstr(s.events, "register done"));
        scene_done(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(boron_of_a_user),
                cmocka_unit_test(never_registered),
                cmocka_unit_test(sticky_external_sim),
                cmocka_unit_test(external_sim_with_access_point),
                cmocka_unit_test(external_sim_stays),
                cmocka_unit_test(external_sim_does_not_register),
                cmocka_unit_test(external_sim_is_not_there),
                cmocka_unit_test(battery_is_empty),
                cmocka_unit_test(external_sim_is_named),
                cmocka_unit_test(sim_does_not_change),
                cmocka_unit_test(modem_error_is_helped_by_a_restart),
                cmocka_unit_test(iccid_is_refused),
                cmocka_unit_test(restart_with_lost_links),
                cmocka_unit_test(msom_without_networks_is_cellular),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
