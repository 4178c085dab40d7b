/* SPDX-License-Identifier: Apache-2.0 */

/* Joining Wi-Fi: every way to fail gets its own name, by what the device sees; what was lost is checked
 * before it is repeated. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const struct fake_rule refused = { .kind = FAKE_ASK,
                                          .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                          .times = FAKE_ALWAYS,
                                          .what = FAKE_RESULT,
                                          .result = CONTROL_AT_NOT_OK };

/* Runs with one network of the profile and returns the fault. */
static enum fault join(struct scene *s, const char *wifi, const char *password)
{
        char profile[256];

        snprintf(profile, sizeof(profile), "[setup]\nclaim = none\n[wifi]\n%s\n", wifi);
        scene_init(s, profile);
        if (password)
                scene_set_password(s, 0, password);
        if (s->job.asked.profile.networks[0].ssid_len == 3)
                fake_add(&s->world, refused);
        assert_true(scene_run(s, LIMIT));
        return s->job.end.trouble.fault;
}

static void refined_by_the_scan(void **state)
{
        static const struct {
                const char *wifi, *password;
                enum fault fault;
                const char *cause;
                unsigned joins, scans;
        } cases[] = {
                { "ssid = Home", "not the password", FAULT_WIFI_PASSWORD, "\"Home\" well (-50 dBm)", 1, 1 },
                { "ssid = Home", "not the password", FAULT_WIFI_PASSWORD, "AT_NOT_OK (-1200)", 1, 1 },
                { "ssid = Nowhere", "password", FAULT_WIFI_NOT_SEEN, "3 networks, but not \"Nowhere\"", 1,
                  4 },
                { "ssid = Nowhere", "password", FAULT_WIFI_NOT_SEEN, "it sees \"Home\"", 1, 4 },
                { "ssid = home", "password", FAULT_WIFI_NOT_SEEN, "sees \"Home\", which looks like \"home\"",
                  1, 1 },
                { "ssid-hex = 486f6d6520", "password", FAULT_WIFI_NOT_SEEN, "looks like \"Home \"", 1, 1 },
                { "ssid = HOME", "password", FAULT_WIFI_NOT_SEEN, "ssid-hex = 486f6d65", 1, 1 },
                { "ssid = Nowhere\nhidden = yes", "password", FAULT_WIFI_JOIN, "NOT_FOUND (-170)", 4, 4 },
                { "ssid = Far", "far far away", FAULT_WIFI_WEAK, "\"Far\" with -88 dBm", 4, 4 },
                { "ssid = Home", NULL, FAULT_WIFI_SETTINGS, "wants a password (wpa2)", 1, 1 },
                { "ssid = A,b", "password", FAULT_WIFI_JOIN, "AT_NOT_OK (-1200)", 4, 4 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;
                enum fault fault = join(&s, cases[i].wifi, cases[i].password);

                if (fault != cases[i].fault || !strstr(s.job.end.trouble.cause, cases[i].cause))
                        fail_msg("%s: %s: %s", cases[i].wifi, fault_info(fault)->key,
                                 s.job.end.trouble.cause);
                assert_int_equal(scene_count(s.world.log, "ask 500"), cases[i].joins);
                assert_int_equal(scene_count(s.world.log, "ask 506"), cases[i].scans);
                assert_true(s.world.device.listening);
                scene_done(&s);
        }
}

/* All codes that the versions of Device OS have for a wrong password; another one is told as what it is. */
static void every_code_of_a_failed_join(void **state)
{
        static const struct {
                int32_t result;
                enum fault fault;
                const char *cause;
        } codes[] = { { CONTROL_NOT_FOUND, FAULT_WIFI_PASSWORD, "NOT_FOUND (-170)" },
                      { CONTROL_AT_NOT_OK, FAULT_WIFI_PASSWORD, "AT_NOT_OK (-1200)" },
                      { CONTROL_INTERNAL, FAULT_WIFI_PASSWORD, "INTERNAL (-250)" },
                      { CONTROL_INVALID_STATE, FAULT_WIFI_PASSWORD, "INVALID_STATE (-210)" },
                      { CONTROL_INVALID_ARGUMENT, FAULT_WIFI_PASSWORD, "INVALID_ARGUMENT (-270)" },
                      { CONTROL_TIMEOUT, FAULT_WIFI_JOIN, "TIMEOUT (-160)" },
                      { CONTROL_NETWORK, FAULT_WIFI_JOIN, "NETWORK (-230)" },
                      { CONTROL_NO_MEMORY, FAULT_WIFI_JOIN, "NO_MEMORY (-260)" },
                      { CONTROL_UNKNOWN, FAULT_WIFI_JOIN, "UNKNOWN (-100)" },
                      { -9999, FAULT_WIFI_JOIN, "an error (-9999)" } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                struct fake_rule rule = refused;
                struct scene s;

                rule.result = codes[i].result;
                scene_init(&s, NULL);
                fake_add(&s.world, rule);
                assert_true(scene_run(&s, LIMIT));
                assert_int_equal(s.job.end.trouble.fault, codes[i].fault);
                if (!strstr(s.job.end.trouble.cause, codes[i].cause))
                        fail_msg("%s: %s", codes[i].cause, s.job.end.trouble.cause);
                scene_done(&s);
        }
}

/* It was not there yet, a minute ago: the device sees it now, and joins it. */
static void seen_after_all(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        memcpy(s.world.wifi.air.network[0].ssid, "Wait", 4);
        assert_false(scene_run(&s, 5500));
        memcpy(s.world.wifi.air.network[0].ssid, "Home", 4);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 2);
        scene_done(&s);
}

static void without_a_scan(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, refused);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_WIFI_SCAN_NETWORKS,
                                               .times = FAKE_ALWAYS,
                                               .what = FAKE_RESULT,
                                               .result = CONTROL_BUSY });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_WIFI_JOIN);
        assert_non_null(strstr(s.job.end.trouble.cause, "AT_NOT_OK"));
        scene_done(&s);
}

/* These versions connect and validate at the same time: one failure means nothing. */
static void spurious_failure(void **state)
{
        static const struct {
                const char *os;
                enum fault fault;
        } cases[] = { { "5.8.0", FAULT_NONE },
                      { "6.1.1", FAULT_NONE },
                      { "5.8.2", FAULT_WIFI_PASSWORD },
                      { "6.2.0", FAULT_WIFI_PASSWORD } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct fake_rule rule = refused;
                struct scene s;

                rule.times = 1;
                scene_init(&s, NULL);
                s.world.device.os = cases[i].os;
                fake_add(&s.world, rule);
                assert_true(scene_run(&s, LIMIT));
                assert_int_equal(s.job.end.trouble.fault, cases[i].fault);
                scene_done(&s);
        }
}

static void wrong_password_in_spurious_version(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.os = "6.1.0";
        fake_add(&s.world, refused);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_WIFI_PASSWORD);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 2);
        scene_done(&s);
}

/* The device had joined when the link was lost: the join is not repeated. */
static void lost_after_the_join(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                               .what = FAKE_LATE_LOST });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 1);
        assert_int_equal(scene_count(s.world.log, "ask 505"), 1);
        scene_done(&s);
}

static void lost_before_the_join(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                               .what = FAKE_LOST });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 2);
        assert_int_equal(scene_count(s.world.log, "ask 505"), 1);
        scene_done(&s);
}

/* It is connected, but to something else. */
static void lost_and_elsewhere(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.wifi.joined = true;
        memcpy(s.world.wifi.current, "Cafe", 4);
        s.world.wifi.current_len = 4;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                               .what = FAKE_LOST });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 2);
        assert_memory_equal(s.world.wifi.current, "Home", 4);
        scene_done(&s);
}

static void operator_corrects_the_password(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        scene_set_password(&s, 0, "passwort");
        s.answer_password = "password";
        scene_start(&s);
        runner_set_interactive(s.runner, true);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(s.questions, 1);
        assert_int_equal(s.question, QUESTION_WIFI_PASSWORD);
        scene_done(&s);
}

static void impossible_password_is_asked_again(void **state)
{
        struct wifi_network n = {};
        struct trouble error = {};
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Home\n");
        scene_set_password(&s, 0, "passwort");
        scene_start(&s);
        runner_set_interactive(s.runner, true);
        assert_false(scene_run(&s, 10 * MINUTE));
        assert_int_equal(s.questions, 1);
        assert_int_equal(secret_new("short", 5, &n.password), 0);
        assert_int_equal(runner_answer(s.runner, &n, &error), -22);
        assert_non_null(strstr(error.cause, "8 to 63"));
        assert_non_null(n.password);
        n.password = secret_free(n.password);
        assert_int_equal(secret_new("password", 8, &n.password), 0);
        assert_int_equal(runner_answer(s.runner, &n, &error), 0);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        scene_done(&s);
}

/* None of several: the person hears of the one that the device saw best. */
static void none_of_several_networks(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Nowhere\n[wifi 2]\nssid = Home\n");
        scene_set_password(&s, 0, "password");
        scene_set_password(&s, 1, "not the password");
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_WIFI_PASSWORD);
        assert_non_null(strstr(s.job.end.trouble.cause, "\"Home\""));
        assert_int_equal(scene_count(s.world.log, "ask 500"), 2);
        scene_done(&s);
}

/* What goes over the air. */
static void settings_as_sent(void **state)
{
        static const struct {
                const char *wifi;
                bool password;
                int security; /* on the wire; left out is read as open */
                bool hidden;
        } cases[] = {
                { "ssid = Home", true, WIFI_OPEN, false },
                { "ssid = Home\nsecurity = wpa3", true, WIFI_WPA3, false },
                { "ssid = Home\nhidden = yes", true, WIFI_WPA2, true },
                { "ssid = Home\nhidden = yes\nsecurity = wpa3", true, WIFI_WPA3, true },
                { "ssid = Cafe", false, WIFI_OPEN, false },
                { "ssid = Cafe\nsecurity = open\nhidden = yes", false, WIFI_OPEN, true },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;

                assert_int_equal(join(&s, cases[i].wifi, cases[i].password ? "password" : NULL), FAULT_NONE);
                assert_int_equal(s.world.wifi.sent.security, cases[i].security);
                assert_int_equal(s.world.wifi.sent.hidden, cases[i].hidden);
                assert_int_equal(s.world.wifi.sent.bssid_len, 0);
                assert_int_equal(s.world.wifi.sent.credentials,
                                 cases[i].password ? WIFI_CREDENTIALS_PASSWORD : WIFI_NO_CREDENTIALS);
                scene_done(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(refined_by_the_scan),
                cmocka_unit_test(every_code_of_a_failed_join),
                cmocka_unit_test(seen_after_all),
                cmocka_unit_test(without_a_scan),
                cmocka_unit_test(spurious_failure),
                cmocka_unit_test(wrong_password_in_spurious_version),
                cmocka_unit_test(lost_after_the_join),
                cmocka_unit_test(lost_before_the_join),
                cmocka_unit_test(lost_and_elsewhere),
                cmocka_unit_test(operator_corrects_the_password),
                cmocka_unit_test(impossible_password_is_asked_again),
                cmocka_unit_test(none_of_several_networks),
                cmocka_unit_test(settings_as_sent),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
