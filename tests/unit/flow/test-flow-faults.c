/* SPDX-License-Identifier: Apache-2.0 */

/* Every operation of the flow spoiled in every way: once, which must be survived, and always, which must end
 * with the right fault in bounded time. */

#include "proto/base/timer-virtual.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

/* The operations of the radio lane, in order. */
static const struct {
        enum fake_kind kind;
        int type;
        enum fault silent; /* what it is called when it never answers */
        enum fault lost;   /* what it is called when the link is lost each time; NONE: that is survived */
} radio[] = {
        { FAKE_FIND, 0, FAULT_DEVICE_NOT_FOUND, FAULT_NONE },
        { FAKE_CONNECT, 0, FAULT_BT_CONNECT, FAULT_LINK_LOST },
        { FAKE_OPEN, 0, FAULT_LINK_SILENT, FAULT_LINK_LOST },
        { FAKE_ASK, CONTROL_GET_DEVICE_ID, FAULT_LINK_SILENT, FAULT_LINK_LOST },
        { FAKE_ASK, CONTROL_SET_CLAIM_CODE, FAULT_LINK_SILENT, FAULT_LINK_LOST },
        { FAKE_ASK, CONTROL_WIFI_JOIN_NEW_NETWORK, FAULT_LINK_SILENT, FAULT_LINK_LOST },
        { FAKE_ASK, CONTROL_STOP_LISTENING, FAULT_LINK_SILENT, FAULT_LINK_LOST },
        { FAKE_ASK, CONTROL_CLOUD_GET_CONNECTION_STATUS, FAULT_NONE, FAULT_NONE },
};

static const enum cloud_ask cloud[] = {
        CLOUD_ACCOUNT, CLOUD_SERIAL, CLOUD_DEVICE, CLOUD_CLAIM_CODE, CLOUD_RENAME,
};

static void explain(const struct scene *s, const struct fake_rule *rule, const char *what)
{
        fail_msg("kind %d type %d what %d: %s: outcome %d fault %s (%s)\n%s\n%s", rule->kind, rule->type,
                 rule->what, what, s->job.end.outcome, fault_info(s->job.end.trouble.fault)->key,
                 s->job.end.trouble.cause, s->events, s->world.log);
}

static void survives(struct fake_rule rule, bool mine)
{
        struct scene s;

        scene_init(&s, NULL);
        if (mine)
                s.world.cloud.owner = s.world.cloud.user;
        fake_add(&s.world, rule);
        if (!scene_run(&s, LIMIT))
                explain(&s, &rule, "hangs");
        if (s.job.end.outcome != JOB_DONE || s.job.end.trouble.fault != FAULT_NONE)
                explain(&s, &rule, "does not survive");
        assert_string_equal(s.world.cloud.owner, s.world.cloud.user);
        scene_done(&s);
}

static void ends_as(const char *profile, struct fake_rule rule, enum fault fault, uint64_t limit_ms)
{
        struct scene s;

        scene_init(&s, profile);
        fake_add(&s.world, rule);
        if (!scene_run(&s, limit_ms))
                explain(&s, &rule, "hangs");
        if (s.job.end.trouble.fault != fault)
                explain(&s, &rule, fault_info(fault)->key);
        assert_int_equal(s.job.end.outcome, fault == FAULT_NONE      ? JOB_DONE
                                            : fault == FAULT_PENDING ? JOB_PENDING
                                                                     : JOB_FAILED);
        scene_done(&s);
}

static void ends_with(struct fake_rule rule, enum fault fault, uint64_t limit_ms)
{
        ends_as(NULL, rule, fault, limit_ms);
}

static void radio_spoiled_once(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(radio); i++) {
                struct fake_rule rule = { .kind = radio[i].kind, .type = radio[i].type };

                rule.what = FAKE_LOST;
                if (rule.kind != FAKE_FIND)
                        survives(rule, false);
                rule.what = FAKE_LATE_LOST;
                if (rule.kind == FAKE_ASK)
                        survives(rule, false);
                rule.what = FAKE_SILENT;
                if (rule.kind != FAKE_FIND)
                        survives(rule, false);
                rule.what = FAKE_DELAY;
                rule.delay_ms = 9000;
                survives(rule, false);
                rule.what = FAKE_FAULT;
                rule.fault = FAULT_LINK_PROTOCOL;
                if (rule.kind == FAKE_ASK || rule.kind == FAKE_OPEN)
                        survives(rule, false);
                rule.fault = FAULT_BT_CONNECT;
                if (rule.kind == FAKE_CONNECT)
                        survives(rule, false);
                rule.what = FAKE_RESULT;
                rule.result = CONTROL_BUSY;
                if (rule.kind == FAKE_ASK)
                        survives(rule, false);
        }
}

/* Twice the same row, and each of two rows. */
static void radio_spoiled_twice(void **state)
{
        (void)state;
        for (size_t i = 1; i < ELEMENTSOF(radio); i++)
                for (size_t k = i; k < ELEMENTSOF(radio); k++) {
                        struct fake_rule a = { .kind = radio[i].kind,
                                               .type = radio[i].type,
                                               .what = FAKE_LOST };
                        struct fake_rule b = { .kind = radio[k].kind,
                                               .type = radio[k].type,
                                               .what = FAKE_SILENT };
                        struct scene s;

                        scene_init(&s, NULL);
                        fake_add(&s.world, a);
                        fake_add(&s.world, b);
                        if (!scene_run(&s, LIMIT) || s.job.end.outcome != JOB_DONE)
                                explain(&s, &b, "does not survive");
                        scene_done(&s);
                }
}

static void radio_spoiled_always(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(radio); i++) {
                struct fake_rule rule = { .kind = radio[i].kind,
                                          .type = radio[i].type,
                                          .times = FAKE_ALWAYS };

                rule.what = FAKE_SILENT;
                ends_with(rule, radio[i].silent, LIMIT);
                if (rule.kind == FAKE_FIND)
                        continue;
                rule.what = FAKE_LOST;
                ends_with(rule, radio[i].lost, LIMIT);
        }
}

/* It answers no longer: soon told, and as what it is, though the link seems to be there. */
static void silent_for_good(void **state)
{
        static const struct {
                struct fake_rule then;
                uint64_t limit_ms;
        } cases[] = {
                { { .kind = FAKE_ASK, .type = CONTROL_WIFI_JOIN_NEW_NETWORK, .what = FAKE_SILENT }, 230000 },
                { { .kind = FAKE_OPEN, .first = 1, .what = FAKE_SILENT }, 130000 },
                { { .kind = FAKE_CONNECT, .first = 1, .what = FAKE_SILENT }, 170000 },
                { { .kind = FAKE_CONNECT, .first = 1, .what = FAKE_LOST }, 130000 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct fake_rule then = cases[i].then;
                struct scene s;

                scene_init(&s, NULL);
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                                       .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                                                       .what = FAKE_SILENT });
                then.times = FAKE_ALWAYS;
                fake_add(&s.world, then);
                if (!scene_run(&s, cases[i].limit_ms) || s.job.end.trouble.fault != FAULT_LINK_SILENT)
                        explain(&s, &then, "is not told as silent, or late");
                scene_done(&s);
        }
}

/* Somebody's patience ends first: what was told already is the answer. */
static void deadlines(void **state)
{
        static const struct {
                struct fake_rule rule;
                uint64_t ms;
                enum fault fault;
        } cases[] = {
                { { .kind = FAKE_FIND, .times = FAKE_ALWAYS, .what = FAKE_SILENT }, 1000, FAULT_TIMEOUT },
                { { .kind = FAKE_FIND, .times = FAKE_ALWAYS, .what = FAKE_SILENT },
                  30000,
                  FAULT_DEVICE_NOT_FOUND },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                    .times = FAKE_ALWAYS,
                    .what = FAKE_RESULT,
                    .result = CONTROL_BUSY },
                  8000,
                  FAULT_WIFI_JOIN },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                    .times = FAKE_ALWAYS,
                    .what = FAKE_SILENT },
                  50000,
                  FAULT_TIMEOUT },
                { { .kind = FAKE_CLOUD,
                    .type = CLOUD_DEVICE,
                    .times = FAKE_ALWAYS,
                    .what = FAKE_FAULT,
                    .fault = FAULT_CLOUD_SERVER },
                  1000,
                  FAULT_CLOUD_SERVER },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;

                scene_init(&s, NULL);
                fake_add(&s.world, cases[i].rule);
                scene_start(&s);
                assert_int_equal(runner_set_deadline(s.runner, cases[i].ms), 0);
                if (!scene_run(&s, cases[i].ms + 1) || s.job.end.trouble.fault != cases[i].fault)
                        explain(&s, &cases[i].rule, "another end");
                assert_non_null(s.job.end.trouble.fault == FAULT_TIMEOUT
                                        ? s.job.end.trouble.cause
                                        : strstr(s.job.end.trouble.cause, "time is up"));
                scene_done(&s);
        }
}

/* What an adapter or a firmware says for good is not tried again. */
static void final_faults_end_at_once(void **state)
{
        static const struct {
                struct fake_rule rule;
                enum fault fault;
        } cases[] = {
                { { .kind = FAKE_FIND, .what = FAKE_FAULT, .fault = FAULT_BT_NO_ADAPTER },
                  FAULT_BT_NO_ADAPTER },
                { { .kind = FAKE_FIND, .what = FAKE_FAULT, .fault = FAULT_BT_BLOCKED }, FAULT_BT_BLOCKED },
                { { .kind = FAKE_CONNECT, .what = FAKE_FAULT, .fault = FAULT_BT_NO_DAEMON },
                  FAULT_BT_NO_DAEMON },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_GET_DEVICE_ID,
                    .what = FAKE_RESULT,
                    .result = CONTROL_NOT_ALLOWED },
                  FAULT_DEVICE_REFUSED },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_GET_SERIAL_NUMBER,
                    .what = FAKE_BODY,
                    .body = "\n\x0fP046AB124ABCDEE",
                    .body_len = 17 },
                  FAULT_DEVICE_WRONG },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_GET_DEVICE_ID,
                    .what = FAKE_BODY,
                    .body = "\n\x18"
                            "e00fce680000000000000000",
                    .body_len = 26 },
                  FAULT_DEVICE_WRONG },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                    .what = FAKE_RESULT,
                    .result = CONTROL_NOT_ALLOWED },
                  FAULT_DEVICE_REFUSED },
                { { .kind = FAKE_ASK,
                    .type = CONTROL_WIFI_JOIN_NEW_NETWORK,
                    .what = FAKE_RESULT,
                    .result = CONTROL_PROTECTED },
                  FAULT_DEVICE_PROTECTED },
                { { .kind = FAKE_CLOUD,
                    .type = CLOUD_ACCOUNT,
                    .what = FAKE_FAULT,
                    .fault = FAULT_TOKEN_INVALID },
                  FAULT_TOKEN_INVALID },
                { { .kind = FAKE_CLOUD,
                    .type = CLOUD_SERIAL,
                    .what = FAKE_FAULT,
                    .fault = FAULT_CLOUD_REFUSED },
                  FAULT_CLOUD_REFUSED },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                ends_with(cases[i].rule, cases[i].fault, 20000);
        }
}

static void garbled_bodies(void **state)
{
        static const int types[] = { CONTROL_GET_DEVICE_ID, CONTROL_GET_SERIAL_NUMBER,
                                     CONTROL_GET_SYSTEM_VERSION, CONTROL_NETWORK_GET_INTERFACE_LIST };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(types); i++) {
                struct fake_rule rule = { .kind = FAKE_ASK,
                                          .type = types[i],
                                          .what = FAKE_BODY,
                                          .body = "\x0a\x7f",
                                          .body_len = 2 };

                survives(rule, false);
                rule.times = FAKE_ALWAYS;
                ends_as("[setup]\nclaim = none\nethernet = yes\n[wifi]\nssid = Cafe\n", rule,
                        FAULT_LINK_PROTOCOL, LIMIT); /* so that each of them is asked */
        }
}

/* Firmware whose memory is empty, or that knows no such request, is set up all the same. */
static void dispensable_answers(void **state)
{
        static const int types[] = { CONTROL_GET_SERIAL_NUMBER, CONTROL_GET_SYSTEM_VERSION,
                                     CONTROL_NETWORK_GET_INTERFACE_LIST, CONTROL_SET_CLAIM_CODE,
                                     CONTROL_SET_DEVICE_SETUP_DONE };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(types); i++)
                survives((struct fake_rule){ .kind = FAKE_ASK,
                                             .type = types[i],
                                             .times = FAKE_ALWAYS,
                                             .what = FAKE_RESULT,
                                             .result = CONTROL_NOT_SUPPORTED },
                         types[i] == CONTROL_SET_CLAIM_CODE);
}

static void unknown_protocol_version(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.version = 3;
        assert_true(scene_run(&s, MINUTE));
        assert_int_equal(s.job.end.trouble.fault, FAULT_DEVICE_VERSION);
        assert_int_equal(scene_count(s.world.log, "connect"), 1);
        assert_null(strstr(s.world.log, "open"));
        scene_done(&s);
}

/* the secret */
static void wrong_secret(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.secret = "abcdefghijklmno";
        assert_true(scene_run(&s, MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_FAILED);
        assert_int_equal(s.job.end.trouble.fault, FAULT_SECRET_MISMATCH);
        assert_int_equal(scene_count(s.world.log, "open"), 2);
        assert_non_null(strstr(s.events, "session retrying secret-mismatch;"));
        assert_non_null(strstr(s.events, "session failed secret-mismatch"));
        assert_in_range(s.ms, 0, 3000);
        scene_done(&s);
}

static void link_lost_just_before_the_confirmation(void **state)
{
        (void)state;
        survives((struct fake_rule){ .kind = FAKE_OPEN, .what = FAKE_LOST, .fault = FAULT_SECRET_MISMATCH },
                 false);
}

/* links lost while nobody uses them */
static void idle_link_is_lost(void **state)
{
        (void)state;
        for (unsigned at = 1, end = false; !end; at++) {
                struct scene s;

                scene_init(&s, NULL);
                s.world.takes.cloud_ms = 700; /* the radio lane waits for the cloud now and then */
                scene_start(&s);
                for (unsigned i = 0; i < at && !s.over; i++)
                        timer_virtual_step();
                end = s.over;
                if (!end && s.world.radio_alive == 0)
                        fake_drop_link(&s.world);
                assert_true(scene_run(&s, LIMIT));
                assert_int_equal(s.job.end.outcome, JOB_DONE);
                scene_done(&s);
        }
}

static void endless_losses_end(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
        for (size_t i = 1; i < ELEMENTSOF(radio); i++)
                fake_add(&s.world, (struct fake_rule){ .kind = radio[i].kind,
                                                       .type = radio[i].type,
                                                       .times = 3,
                                                       .what = FAKE_LOST });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_LINK_LOST);
        assert_true(s.world.device.listening);
        scene_done(&s);
}

/* the cloud */
static void cloud_spoiled_once(void **state)
{
        static const enum fault faults[] = { FAULT_CLOUD_UNREACHABLE, FAULT_CLOUD_SERVER, FAULT_CLOUD_BUSY,
                                             FAULT_CLOUD_ANSWER };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cloud); i++) {
                struct fake_rule rule = { .kind = FAKE_CLOUD, .type = (int)cloud[i], .what = FAKE_SILENT };
                bool first = cloud[i] == CLOUD_ACCOUNT;

                if (!first)
                        survives(rule, false);
                rule.what = FAKE_FAULT;
                for (size_t k = first ? 1 : 0; k < ELEMENTSOF(faults); k++) {
                        rule.fault = faults[k];
                        survives(rule, false);
                }
        }
}

/* The very first question finds no cloud: told at once, not tried for as long again. */
static void no_cloud_from_the_beginning(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_ACCOUNT,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLOUD_UNREACHABLE,
                                               .cause = "nobody listens" });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_CLOUD_UNREACHABLE);
        assert_string_equal(s.job.end.trouble.cause, "nobody listens");
        assert_int_equal(scene_count(s.world.log, "cloud"), 1);
        assert_true(s.world.device.listening);
        scene_done(&s);
}

static void cloud_spoiled_always(void **state)
{
        static const enum fault faults[] = { FAULT_CLOUD_UNREACHABLE, FAULT_CLOUD_SERVER, FAULT_CLOUD_ANSWER,
                                             FAULT_CLOUD_REFUSED, FAULT_TOKEN_EXPIRED };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cloud); i++) {
                struct fake_rule rule = { .kind = FAKE_CLOUD, .type = (int)cloud[i], .times = FAKE_ALWAYS };

                for (size_t k = 0; k < ELEMENTSOF(faults); k++) {
                        /* at the name the device is done: what passes by itself is no failure then */
                        bool late = cloud[i] == CLOUD_RENAME && k < 3;

                        /* without a code it is claimed by its id */
                        bool by_id = cloud[i] == CLOUD_CLAIM_CODE && faults[k] == FAULT_CLOUD_REFUSED;

                        rule.what = FAKE_FAULT;
                        rule.fault = faults[k];
                        ends_with(rule, late ? FAULT_PENDING : by_id ? FAULT_NONE : faults[k], LIMIT);
                }
                rule.what = FAKE_SILENT;
                ends_with(rule, cloud[i] == CLOUD_RENAME ? FAULT_PENDING : FAULT_CLOUD_UNREACHABLE, LIMIT);
        }
}

/* The cloud goes away after the device has its settings: it will claim itself. */
static void cloud_lost_in_the_end(void **state)
{
        (void)state;
        ends_with((struct fake_rule){ .kind = FAKE_CLOUD,
                                      .type = CLOUD_DEVICE,
                                      .first = 1,
                                      .times = FAKE_ALWAYS,
                                      .what = FAKE_FAULT,
                                      .fault = FAULT_CLOUD_SERVER },
                  FAULT_PENDING, LIMIT);
}

/* waiting for the device's cloud */
static void never_online(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.takes.online_ms = LIMIT;
        assert_true(scene_run(&s, 10 * MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_FAILED);
        assert_int_equal(s.job.end.trouble.fault, FAULT_DEVICE_OFFLINE);
        assert_in_range(s.ms, 5 * MINUTE - 10000, 6 * MINUTE);
        scene_done(&s);
}

/* The link ends after listening mode: there is no way back, so the cloud alone is watched. */
static void link_lost_while_waiting(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_CLOUD_GET_CONNECTION_STATUS,
                                               .what = FAKE_LOST });
        assert_true(scene_run(&s, 10 * MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_false(s.job.online.connected);
        assert_true(s.job.claim.online);
        assert_int_equal(scene_count(s.world.log, "find"), 1);
        assert_int_equal(scene_count(s.world.log, "connect"), 1);
        scene_done(&s);
}

static void link_lost_while_waiting_without_a_cloud(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_CLOUD_GET_CONNECTION_STATUS,
                                               .what = FAKE_LOST });
        assert_true(scene_run(&s, 10 * MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        assert_int_equal(s.job.end.trouble.fault, FAULT_NONE);
        assert_false(s.job.end.verified);
        assert_non_null(strstr(s.job.end.trouble.cause, "link"));
        scene_done(&s);
}

/* The board beside it is in setup mode: it is named after five seconds, and in the end. Not while the device
 * is only restarting, and not the device itself. */
static void another_board_is_heard(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n");
        s.world.heard[0] = "Argon-C0FFEE";
        s.world.heard[1] = "P2-BADBEE";
        fake_add(&s.world,
                 (struct fake_rule){ .kind = FAKE_FIND, .times = FAKE_ALWAYS, .what = FAKE_SILENT });
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_DEVICE_NOT_FOUND);
        assert_string_equal(
                s.job.end.trouble.cause,
                "\"Argon-C0FFEE\", \"P2-BADBEE\" are in setup mode here, but the label is of setup code "
                "4ABCDE: scan the sticker of the device that you want");
        assert_non_null(strstr(s.events, "find started;find waiting;find failed"));
        assert_in_range(s.ms, 60000, 60500);
        scene_done(&s);

        scene_init(&s, "[setup]\nclaim = none\n");
        s.world.heard[0] = "Argon-4ABCDE";
        fake_add(&s.world,
                 (struct fake_rule){ .kind = FAKE_FIND, .times = FAKE_ALWAYS, .what = FAKE_SILENT });
        assert_true(scene_run(&s, LIMIT));
        assert_string_equal(s.job.end.trouble.cause, "nothing for 60 s");
        assert_null(strstr(s.events, "waiting"));
        scene_done(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(another_board_is_heard),
                cmocka_unit_test(radio_spoiled_once),
                cmocka_unit_test(radio_spoiled_twice),
                cmocka_unit_test(radio_spoiled_always),
                cmocka_unit_test(silent_for_good),
                cmocka_unit_test(deadlines),
                cmocka_unit_test(final_faults_end_at_once),
                cmocka_unit_test(garbled_bodies),
                cmocka_unit_test(dispensable_answers),
                cmocka_unit_test(unknown_protocol_version),
                cmocka_unit_test(wrong_secret),
                cmocka_unit_test(link_lost_just_before_the_confirmation),
                cmocka_unit_test(idle_link_is_lost),
                cmocka_unit_test(endless_losses_end),
                cmocka_unit_test(cloud_spoiled_once),
                cmocka_unit_test(no_cloud_from_the_beginning),
                cmocka_unit_test(cloud_spoiled_always),
                cmocka_unit_test(cloud_lost_in_the_end),
                cmocka_unit_test(never_online),
                cmocka_unit_test(link_lost_while_waiting),
                cmocka_unit_test(link_lost_while_waiting_without_a_cloud),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
