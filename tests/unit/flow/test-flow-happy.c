/* SPDX-License-Identifier: Apache-2.0 */

/* Setups in a good world: which rows run, in which order, with which exchanges, and what overlaps. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "setup/flow/step.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000 };

static void assert_done(const struct scene *s)
{
        if (s->job.end.outcome != JOB_DONE)
                fail_msg("outcome %d, %s (%s): %s", s->job.end.outcome,
                         fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events);
}

static void assert_starts_with(const char *text, const char *start)
{
        if (strncmp(text, start, strlen(start)) != 0)
                fail_msg("%s", text);
}

static void assert_ends_with(const char *text, const char *end)
{
        assert_true(strlen(text) >= strlen(end));
        assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void argon_of_a_user(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_string_equal(s.world.cloud.owner, "me@example.com");
        assert_int_equal(s.job.cloud.owner, OWNER_ME);
        assert_true(s.job.online.connected && s.job.finish.setup_done && s.job.claim.named);
        assert_int_equal(s.job.end.exchanges, 6);
        assert_string_equal(s.job.identity.os, "6.2.0");
        assert_starts_with(
                s.world.log,
                "find;cloud account;connect;cloud serial;open;ask 20 21 30;cloud device;cloud limit;cloud code;"
                "ask 200;ask 500;ask 71;ask 300;cloud device;");
        assert_ends_with(s.world.log, ";cloud device;cloud rename");
        assert_in_range(s.ms, 9000, 14000);
        scene_done(&s);
}

/* A step that has its effect may have something to say, and says it once. */
static void connected_beside_somebody(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        (void)trouble_set(&s.world.beside, FAULT_NONE, "the Bluetooth turn is held by cat, process 7");
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_int_equal(s.job.end.trouble.cause[0], 0);
        assert_int_equal(
                scene_count(s.events, "connect done (the Bluetooth turn is held by cat, process 7);"), 1);
        assert_int_equal(scene_count(s.events, "done ("), 1);
        scene_done(&s);
}

/* What is told of the radio's rows for an Argon without an account: what it needs is done, all else passed
 * over.
 */
static void tell_rows(char *to, size_t size)
{
        static const char needed[] = " find connect session identity wifi-join setup-done online ";
        const struct step *row;
        size_t n, len = 0;

        row = steps(&n);
        for (; n > 0; n--, row++) {
                const char *wait = strcmp(row->name, "online") == 0 ? ";online waiting" : "";
                char name[40];

                if (row->lane != LANE_RADIO || row->claims || (row->tasks && !(row->tasks & TASKS_SETUP)) ||
                    (row->families && !(row->families & FAMILY_WIFI)))
                        continue;
                (void)snprintf(name, sizeof(name), " %s ", row->name);
                if (strstr(needed, name))
                        len += (size_t)snprintf(to + len, size - len, ";%s started%s;%s done", row->name,
                                                wait, row->name);
                else
                        len += (size_t)snprintf(to + len, size - len, ";%s skipped", row->name);
                assert_true(len < size);
        }
}

static void without_an_account(void **state)
{
        char told[4096];
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_null(strstr(s.world.log, "cloud"));
        assert_int_equal(s.job.end.exchanges, 5);
        tell_rows(told, sizeof(told));
        assert_string_equal(s.events, told + 1);
        scene_done(&s);
}

/* The cloud takes 4 s for each answer: the radio goes as far as it can, which is up to the claim code. */
static void radio_overtakes_a_slow_cloud(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.cloud_ms = 4000;
        assert_true(scene_run(&s, 5 * MINUTE));
        assert_done(&s);
        assert_starts_with(s.world.log,
                           "find;cloud account;connect;open;ask 20 21 30;cloud serial;cloud device;"
                           "cloud limit;cloud code;ask 200;ask 500;");
        scene_done(&s);
}

static void cloud_overtakes_a_slow_radio(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.radio_ms = 3000;
        assert_true(scene_run(&s, 5 * MINUTE));
        assert_done(&s);
        assert_starts_with(
                s.world.log,
                "find;cloud account;cloud serial;cloud device;cloud limit;cloud code;connect;open;");
        scene_done(&s);
}

/* The session waits for the cloud only if the label is short. */
/* Each request costs a pass of the device's loop: what the cloud has said, or the model, is not asked, and a
 * claim code that is there goes along. */
static void code_goes_with_identity(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.radio_ms = 3000;
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_non_null(strstr(s.world.log, ";ask 20 30 200;ask 500;ask 71;"));
        assert_non_null(strstr(s.events, ";set-claim-code skipped"));
        assert_true(s.world.device.claim_code);
        assert_int_equal(s.job.end.exchanges, 5);
        scene_done(&s);
}

/* What comes of it in passing is no verdict: the row gives the code, or says why not. */
static void code_refused_in_passing_is_given_again(void **state)
{
        static const int32_t results[] = { CONTROL_BUSY, CONTROL_NOT_ALLOWED };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(results); i++) {
                struct scene s;

                scene_init(&s, NULL);
                s.world.takes.radio_ms = 3000;
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                                       .type = CONTROL_SET_CLAIM_CODE,
                                                       .what = FAKE_RESULT,
                                                       .result = results[i] });
                assert_true(scene_run(&s, 2 * MINUTE));
                assert_done(&s);
                assert_non_null(strstr(s.world.log, ";ask 20 30 200;ask 200;ask 500;"));
                assert_true(s.world.device.claim_code);
                scene_done(&s);
        }
}

/* A code lasts an hour: not before the firmware is what it should be. */
static void code_waits_for_the_firmware(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nmin-os = 6.0.0\n[wifi]\nssid = Cafe\n");
        s.world.takes.radio_ms = 3000;
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_non_null(strstr(s.world.log, ";ask 20 30;"));
        assert_non_null(strstr(s.world.log, "ask 200;ask 500;"));
        scene_done(&s);
}

/* Another serial number or id than the label's: told, whatever went along. */
static void wrong_device_is_told(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.radio_ms = 3000;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_GET_DEVICE_ID,
                                               .what = FAKE_BODY,
                                               .body = "\n\x18"
                                                       "e00fce680000000000000000",
                                               .body_len = 26 });
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_int_equal(s.job.end.trouble.fault, FAULT_DEVICE_WRONG);
        assert_null(strstr(s.world.log, "ask 500"));
        scene_done(&s);
}

/* Only firmware before 4.0.0 has the flag (device.md 4.2). */
static void old_firmware_gets_its_flag(void **state)
{
        static const struct {
                const char *os, *log;
        } rows[] = { { "3.3.1", ";ask 73 71;" }, { "4.0.0", ";ask 71;" } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct scene s;

                scene_init(&s, NULL);
                s.world.device.os = rows[i].os;
                assert_true(scene_run(&s, 2 * MINUTE));
                assert_done(&s);
                assert_non_null(strstr(s.world.log, rows[i].log));
                scene_done(&s);
        }
}

static void partial_secret_is_completed(void **state)
{
        const char *const text = "ARNKAB1234ABCDE ABCDEFGHIJKL";
        struct scene s;
        struct trouble why;

        (void)state;
        scene_init(&s, NULL);
        label_done(&s.job.asked.label);
        assert_int_equal(label_parse(text, strlen(text), &s.job.asked.label, &why), 0);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_starts_with(s.world.log, "find;cloud account;cloud serial;");
        assert_false(label_is_partial(&s.job.asked.label));
        scene_done(&s);
}

static void partial_secret_without_a_cloud(void **state)
{
        const char *const text = "ARNKAB1234ABCDE ABCDEFGHIJKL";
        struct scene s;
        struct trouble why;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
        label_done(&s.job.asked.label);
        assert_int_equal(label_parse(text, strlen(text), &s.job.asked.label, &why), 0);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_int_equal(s.job.end.trouble.fault, FAULT_LABEL_PARTIAL_SECRET);
        assert_null(strstr(s.world.log, "connect"));
        scene_done(&s);
}

static void product_secret_replaces_the_label(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.secret = "AAAAAAAAAAAAAAA";
        assert_int_equal(secret_new("AAAAAAAAAAAAAAA", 15, &s.job.asked.profile.secret), 0);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        scene_done(&s);
}

/* Mine already: no claim code, no claim, but its coming online is waited for. */
static void own_device_gets_a_new_network(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.name = "Lamp";
        s.world.cloud.handshake_s = 12345;
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_null(strstr(s.world.log, "code"));
        assert_null(strstr(s.world.log, "ask 200"));
        assert_null(strstr(s.world.log, "rename"));
        assert_non_null(strstr(s.events, "claim-code skipped;"));
        assert_non_null(strstr(s.events, "name skipped"));
        assert_int_equal(s.job.end.exchanges, 5);
        scene_done(&s);
}

/* Minutes of waiting for the cloud cost no time here; five are the limit. */
static void slow_device_comes_online(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.online_ms = 4 * MINUTE + 50000;
        assert_true(scene_run(&s, 10 * MINUTE));
        assert_done(&s);
        assert_in_range(s.ms, 4 * MINUTE + 50000, 5 * MINUTE + 10000);
        scene_done(&s);
}

static void operator_chooses_a_network(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        s.answer_ssid = "Home";
        s.answer_password = "password";
        scene_start(&s);
        runner_set_interactive(s.runner, true);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_int_equal(s.questions, 2);
        assert_int_equal(s.question, QUESTION_WIFI_PASSWORD);
        assert_int_equal(s.job.now.scan.n, 3);
        scene_done(&s);
}

static void operator_chooses_an_open_network(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        s.answer_ssid = "Cafe";
        scene_start(&s);
        runner_set_interactive(s.runner, true);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_int_equal(s.questions, 1);
        scene_done(&s);
}

/* The question stands until it is answered, however long, and is not answered by nonsense. */
static void operator_takes_an_hour(void **state)
{
        struct wifi_network none = {}, cafe = { .ssid = "Cafe", .ssid_len = 4, .security = WIFI_OPEN };
        struct trouble error = {};
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        scene_start(&s);
        assert_int_equal(runner_answer(s.runner, &cafe, &error), -22);
        runner_set_interactive(s.runner, true);
        assert_false(scene_run(&s, 2 * MINUTE));
        assert_int_equal(s.questions, 1);
        timer_virtual_advance(60 * MINUTE);
        assert_int_equal(runner_answer(s.runner, &none, &error), -22);
        assert_int_equal(runner_answer(s.runner, &cafe, &error), 0);
        assert_int_equal(runner_answer(s.runner, &cafe, &error), -22);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        scene_done(&s);
}

/* The link that idled meanwhile is gone: the runner connects again by itself. */
static void link_ends_while_the_operator_thinks(void **state)
{
        struct wifi_network cafe = { .ssid = "Cafe", .ssid_len = 4, .security = WIFI_OPEN };
        struct trouble error = {};
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        scene_start(&s);
        runner_set_interactive(s.runner, true);
        assert_false(scene_run(&s, 2 * MINUTE));
        fake_drop_link(&s.world);
        assert_int_equal(runner_answer(s.runner, &cafe, &error), 0);
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_int_equal(scene_count(s.world.log, "connect"), 2);
        assert_int_equal(scene_count(s.world.log, "ask 506"), 1);
        scene_done(&s);
}

static void nobody_is_there_to_choose(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_FAILED);
        assert_int_equal(s.job.end.trouble.fault, FAULT_CONFIG);
        assert_int_equal(s.questions, 0);
        assert_true(s.world.device.listening);
        scene_done(&s);
}

/* Of several networks the one that the device sees best is joined. */
static void best_of_several_networks(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Nowhere\n[wifi 2]\nssid = Far\n"
                       "[wifi 3]\nssid = Home\n");
        scene_set_password(&s, 0, "somewhere");
        scene_set_password(&s, 1, "far far away");
        scene_set_password(&s, 2, "password");
        assert_true(scene_run(&s, 2 * MINUTE));
        assert_done(&s);
        assert_int_equal(s.job.wifi.network, 2);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 1);
        scene_done(&s);
}

static void next_of_several_networks(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Home\n[wifi 2]\nssid = Cafe\n");
        scene_set_password(&s, 0, "not the password");
        assert_true(scene_run(&s, 5 * MINUTE));
        assert_done(&s);
        assert_int_equal(s.job.wifi.network, 1);
        assert_memory_equal(s.world.wifi.current, "Cafe", 4);
        scene_done(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(argon_of_a_user),
                cmocka_unit_test(connected_beside_somebody),
                cmocka_unit_test(without_an_account),
                cmocka_unit_test(radio_overtakes_a_slow_cloud),
                cmocka_unit_test(cloud_overtakes_a_slow_radio),
                cmocka_unit_test(code_goes_with_identity),
                cmocka_unit_test(code_refused_in_passing_is_given_again),
                cmocka_unit_test(code_waits_for_the_firmware),
                cmocka_unit_test(wrong_device_is_told),
                cmocka_unit_test(old_firmware_gets_its_flag),
                cmocka_unit_test(partial_secret_is_completed),
                cmocka_unit_test(partial_secret_without_a_cloud),
                cmocka_unit_test(product_secret_replaces_the_label),
                cmocka_unit_test(own_device_gets_a_new_network),
                cmocka_unit_test(slow_device_comes_online),
                cmocka_unit_test(operator_chooses_a_network),
                cmocka_unit_test(operator_chooses_an_open_network),
                cmocka_unit_test(operator_takes_an_hour),
                cmocka_unit_test(link_ends_while_the_operator_thinks),
                cmocka_unit_test(nobody_is_there_to_choose),
                cmocka_unit_test(best_of_several_networks),
                cmocka_unit_test(next_of_several_networks),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
