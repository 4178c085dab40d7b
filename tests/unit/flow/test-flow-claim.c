/* SPDX-License-Identifier: Apache-2.0 */

/* Whose the device is and becomes: the cloud's word counts, never the device's. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "setup/flow/step.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static void run(struct scene *s, enum job_outcome outcome, enum fault fault)
{
        assert_true(scene_run(s, LIMIT));
        if (s->job.end.outcome != outcome || s->job.end.trouble.fault != fault)
                fail_msg("outcome %d %s: %s\n%s", s->job.end.outcome,
                         fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events);
}

/* A device that resumes its cloud session never shows its claim code (device.md 4.7). */
static void claimed_by_id_after_a_resumed_session(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.resumes = true;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_string_equal(s.world.cloud.owner, s.world.cloud.user);
        assert_int_equal(scene_count(s.world.log, "cloud claim"), 1);
        assert_non_null(strstr(s.events, "claim done;"));
        assert_in_range(s.ms, 15000, 40000);
        scene_done(&s);
}

/* No code, so that no owner comes by himself: claimed as soon as it is online. */
static void claimed_by_id_where_there_are_no_codes(void **state)
{
        static const enum fault faults[] = { FAULT_CLOUD_NOT_FOUND, FAULT_CLOUD_REFUSED };
        uint64_t ms[ELEMENTSOF(faults) + 1];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(ms); i++) {
                struct scene s;

                scene_init(&s, NULL);
                if (i < ELEMENTSOF(faults))
                        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                               .type = CLOUD_CLAIM_CODE,
                                                               .times = FAKE_ALWAYS,
                                                               .what = FAKE_FAULT,
                                                               .fault = faults[i] });
                run(&s, JOB_DONE, FAULT_NONE);
                assert_string_equal(s.world.cloud.owner, s.world.cloud.user);
                assert_int_equal(scene_count(s.world.log, "cloud claim"), i < ELEMENTSOF(faults) ? 1 : 0);
                ms[i] = s.ms;
                scene_done(&s);
        }
        assert_in_range(ms[0], 0, ms[2] + 1500); /* a pause between the claim and the look */
        assert_int_equal(ms[0], ms[1]);
}

/* The device says it is connected before its cloud does: the claim is refused and repeated. */
static void claim_races_with_coming_online(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.resumes = true;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_CLAIM,
                                               .times = 3,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLAIM_OFFLINE });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "cloud claim"), 4);
        assert_int_equal(scene_count(s.events, "claim retrying"), 0);
        scene_done(&s);
}

/* The answer to the claim was lost: the owner is read before anything is repeated. */
static void answer_to_the_claim_is_lost(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.resumes = true;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_CLAIM,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLOUD_SERVER });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.events, "claim retrying cloud-server;"));
        assert_non_null(strstr(s.world.log, "cloud claim;cloud device;"));
        scene_done(&s);
}

static void never_claimable(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.resumes = true;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_CLAIM,
                                               .times = FAKE_ALWAYS,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLAIM_OFFLINE });
        run(&s, JOB_FAILED, FAULT_CLAIM_OFFLINE);
        assert_in_range(s.ms, 5 * MINUTE, 7 * MINUTE);
        scene_done(&s);
}

/* Somebody else's and visible: nothing is written to the device. */
static void foreign_and_visible(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.owner = "other@example.com";
        run(&s, JOB_FAILED, FAULT_CLAIM_FOREIGN);
        assert_non_null(strstr(s.job.end.trouble.cause, "other@example.com"));
        assert_null(strstr(s.world.log, "ask 200"));
        assert_null(strstr(s.world.log, "ask 500"));
        scene_done(&s);
}

/* Somebody else's, which the cloud does not tell from unknown: only claiming by id does. */
static void foreign_and_hidden(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.owner = "hidden";
        s.world.device.resumes = true;
        run(&s, JOB_FAILED, FAULT_CLAIM_FOREIGN);
        assert_int_equal(s.job.cloud.owner, OWNER_HIDDEN);
        assert_false(s.world.device.listening);
        scene_done(&s);
}

static void owner_is_compared_without_case(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.owner = "Me@Example.COM";
        s.world.cloud.handshake_s = 1;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(s.job.cloud.owner, OWNER_ME);
        assert_null(strstr(s.world.log, "cloud code"));
        scene_done(&s);
}

/* serial numbers */
static struct fake_rule serial_fault(enum fault fault)
{
        return (struct fake_rule){ .kind = FAKE_CLOUD,
                                   .type = CLOUD_SERIAL,
                                   .times = FAKE_ALWAYS,
                                   .what = FAKE_FAULT,
                                   .fault = fault };
}

static void unknown_serial_of_a_device_that_answers(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, serial_fault(FAULT_CLOUD_NOT_FOUND));
        run(&s, JOB_FAILED, FAULT_CLOUD_NOT_FOUND);
        assert_non_null(strstr(s.job.end.trouble.cause, "answers over Bluetooth"));
        assert_null(strstr(s.world.log, "ask 200"));
        scene_done(&s);
}

static void unknown_serial_and_no_device(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        fake_add(&s.world, serial_fault(FAULT_CLOUD_NOT_FOUND));
        run(&s, JOB_FAILED, FAULT_DEVICE_NOT_FOUND);
        assert_non_null(strstr(s.job.end.trouble.cause, "check the label"));
        scene_done(&s);
}

/* Lookups are limited to 50 an hour: the device tells its id itself. */
static void lookup_is_rate_limited(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world, serial_fault(FAULT_CLOUD_BUSY));
        run(&s, JOB_DONE, FAULT_NONE);
        assert_string_equal(s.job.cloud.id, "");
        scene_done(&s);
}

static void second_generation_is_refused(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.platform_id = 10;
        run(&s, JOB_FAILED, FAULT_DEVICE_UNSUPPORTED);
        scene_done(&s);
}

/* the token */
static void token_ends_soon(void **state)
{
        struct scene s;

        (void)state;
        for (int left_s = -100; left_s <= 400; left_s += 500) {
                scene_init(&s, NULL);
                s.world.cloud.token_expires_s = timer_wall_s() + left_s;
                run(&s, left_s < 300 ? JOB_FAILED : JOB_DONE,
                    left_s < 300 ? FAULT_TOKEN_EXPIRED : FAULT_NONE);
                scene_done(&s);
        }
        scene_init(&s, NULL);
        s.world.cloud.token_expires_s = timer_wall_s() + 200;
        run(&s, JOB_FAILED, FAULT_TOKEN_EXPIRED);
        assert_non_null(strstr(s.job.end.trouble.cause, "too soon"));
        scene_done(&s);
}

static void token_of_an_api_user(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.user = "";
        run(&s, JOB_FAILED, FAULT_TOKEN_SCOPE);
        scene_done(&s);
}

/* not nearby */
static void not_found_and_not_online(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        run(&s, JOB_FAILED, FAULT_DEVICE_NOT_FOUND);
        assert_in_range(s.ms, MINUTE, MINUTE + 5000);
        scene_done(&s);
}

/* Mine and online for long: what was asked for, its new settings, was not done. */
static void not_found_but_mine_and_online(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.online = true;
        s.world.cloud.handshake_s = timer_wall_s() - 3600;
        run(&s, JOB_FAILED, FAULT_DEVICE_NOT_FOUND);
        assert_in_range(s.ms, MINUTE, MINUTE + 5000); /* time to press its button */
        assert_non_null(strstr(s.job.end.trouble.cause, "with the settings that it had"));
        scene_done(&s);
}

/* Set up on this machine before, and the cloud shows what became of it. */
static void not_found_but_set_up_here(void **state)
{
        (void)state;
        for (int online = 0; online < 2; online++) {
                struct scene s;

                scene_init(&s, NULL);
                s.job.asked.finished_s = timer_wall_s() - 7200;
                s.world.device.listening = false;
                s.world.cloud.owner = s.world.cloud.user;
                s.world.cloud.online = online;
                s.world.cloud.handshake_s = timer_wall_s() - 3600;
                run(&s, online ? JOB_DONE : JOB_FAILED, online ? FAULT_NONE : FAULT_DEVICE_NOT_FOUND);
                assert_true(s.job.end.verified == online);
                assert_non_null(strstr(s.job.end.trouble.cause, "set up here"));
                if (online)
                        assert_in_range(s.ms, 15000, 16000);
                scene_done(&s);
        }
}

/* There is nobody to ask: the record of this machine is named as what it is. */
static void not_found_without_a_cloud(void **state)
{
        (void)state;
        for (int here = 0; here < 2; here++) {
                struct scene s;

                scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
                s.job.asked.finished_s = here ? timer_wall_s() - 7200 : 0;
                s.world.device.listening = false;
                run(&s, here ? JOB_DONE : JOB_FAILED, here ? FAULT_NONE : FAULT_DEVICE_NOT_FOUND);
                assert_false(s.job.end.verified);
                assert_int_equal(strstr(s.job.end.trouble.cause, "not in setup mode now") != NULL, here);
                assert_in_range(s.ms, here ? 15000 : MINUTE, here ? 16000 : MINUTE + 5000);
                scene_done(&s);
        }
}

/* In setup mode again: it is set up again. */
static void set_up_here_and_in_setup_mode_again(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[setup]\nclaim = none\n[wifi]\nssid = Cafe\n");
        s.job.asked.finished_s = timer_wall_s() - 7200;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.job.end.verified);
        assert_string_equal(s.job.end.trouble.cause, "");
        scene_done(&s);
}

/* Just set up by a setup that was cut off after leaving listening mode: the rest is done. */
static void not_found_but_just_set_up(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.online = true;
        s.world.cloud.handshake_s = timer_wall_s() - 30;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.job.claim.named);
        assert_in_range(s.ms, 15000, 16000); /* a device in listening mode would have been seen */
        scene_done(&s);
}

/* The cloud takes longer than that to say so: looking ends then. */
static void just_set_up_says_a_slow_cloud(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.online = true;
        s.world.cloud.handshake_s = timer_wall_s() - 30;
        fake_add(&s.world,
                 (struct fake_rule){
                         .kind = FAKE_CLOUD, .type = CLOUD_DEVICE, .what = FAKE_DELAY, .delay_ms = 40000 });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_in_range(s.ms, 40000, 41000);
        scene_done(&s);
}

/* It is seen after all, after ten seconds: set up once more. */
static void just_set_up_and_in_listening_mode_again(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.online = true;
        s.world.cloud.handshake_s = timer_wall_s() - 30;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_FIND, .what = FAKE_DELAY, .delay_ms = 10000 });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_false(s.job.now.absent);
        assert_true(s.job.finish.setup_done);
        scene_done(&s);
}

static void not_found_and_somebody_elses(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.listening = false;
        s.world.cloud.owner = "hidden";
        s.world.cloud.online = true;
        run(&s, JOB_FAILED, FAULT_DEVICE_NOT_FOUND);
        assert_non_null(strstr(s.job.end.trouble.cause, "somebody else's"));
        scene_done(&s);
}

/* RTL872x: the link ends when listening mode does. Whether it did is looked at; the cloud alone tells the
 * rest.
 */
static void link_ends_with_listening_mode(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.rtl = true;
        s.world.device.platform_id = 32;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "find"), 2);
        scene_done(&s);
}

/* Ours already, and the cloud alone can tell when it is online: it is asked now and then, and told at once.
 */
static void news_of_a_device_that_is_ours(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.rtl = true;
        s.world.device.platform_id = 32;
        s.world.device.os = "5.6.0";
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.handshake_s = 1;
        s.world.takes.online_ms = 5 * MINUTE;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_in_range(scene_count(s.world.log, "cloud device"), 15, 22);
        assert_in_range(s.ms, 5 * MINUTE, 5 * MINUTE + 2000);
        scene_done(&s);
}

/* The same word "online" that the cloud had before, but told as it happened. */
static void news_of_a_resumed_session(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.device.rtl = true;
        s.world.device.platform_id = 32;
        s.world.device.os = "5.6.0";
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.handshake_s = 1;
        s.world.cloud.online = true;
        scene_start(&s);
        assert_false(scene_run(&s, MINUTE));
        assert_false(s.job.claim.online);
        s.world.cloud.online = false;
        s.world.device.free_at_ms = timer_now_ms();
        assert_true(scene_run(&s, MINUTE));
        assert_int_equal(s.job.end.outcome, JOB_DONE);
        scene_done(&s);
}

/* What the device says itself is not waited for any longer than it takes to hear it. */
static void device_tells_before_the_news(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.cloud.owner = s.world.cloud.user;
        s.world.cloud.handshake_s = 1;
        s.world.cloud.online = true;
        s.world.takes.online_ms = 40000;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.job.online.connected);
        assert_false(s.job.claim.online);
        assert_in_range(s.ms, 40000, 46000);
        assert_non_null(strstr(s.events, "verify-owner done"));
        scene_done(&s);
}

/* Argon keeps its link, so that one which ends there is looked after: the device may still be listening. */
static void link_lost_with_listening_mode(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        fake_add(&s.world,
                 (struct fake_rule){ .kind = FAKE_ASK, .type = CONTROL_STOP_LISTENING, .what = FAKE_LOST });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "find"), 2);
        assert_int_equal(scene_count(s.world.log, "ask 71"), 2);
        scene_done(&s);

        scene_init(&s, NULL);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_STOP_LISTENING,
                                               .what = FAKE_LATE_LOST });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "find"), 2);
        assert_int_equal(scene_count(s.world.log, "ask 71"), 1);
        scene_done(&s);
}

static const struct step_acts *acts_of(const char *name)
{
        size_t n, i = 0;
        const struct step *table = steps(&n);

        while (strcmp(table[i].name, name) != 0)
                assert_true(++i < n);
        return table[i].acts;
}

/* The device was ours, so no code was asked for; then the cloud denied it once, and MODE was pressed again:
 * it does without a code, and is claimed by its id. */
static void no_code_to_give(void **state)
{
        struct job j = { .cloud.user = "me@example.com", .identity.id = "e00fce68aabbccddeeff0011" };
        const struct port_cloud *mine = SAID_DEVICE(.known = true, .owner = "me@example.com"),
                                *unknown = SAID_DEVICE(.known = false);
        struct step_result r = {};

        (void)state;
        assert_false((acts_of("claim-code")->skip)(&j));
        assert_false((acts_of("set-claim-code")->skip)(&j));
        assert_int_equal(acts_of("owner")->finish(&j, &(struct answer){ .cloud = mine }, &r), STEP_NEXT);
        assert_true((acts_of("claim-code")->skip)(&j));
        assert_true((acts_of("set-claim-code")->skip)(&j));
        (void)acts_of("verify-owner")->finish(&j, &(struct answer){ .cloud = unknown }, &r);
        assert_int_equal(j.cloud.owner, OWNER_HIDDEN);
        assert_true((acts_of("claim-code")->skip)(&j));
        assert_true((acts_of("set-claim-code")->skip)(&j));
        assert_false((acts_of("claim")->skip)(&j));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(claimed_by_id_after_a_resumed_session),
                cmocka_unit_test(claimed_by_id_where_there_are_no_codes),
                cmocka_unit_test(no_code_to_give),
                cmocka_unit_test(claim_races_with_coming_online),
                cmocka_unit_test(answer_to_the_claim_is_lost),
                cmocka_unit_test(never_claimable),
                cmocka_unit_test(foreign_and_visible),
                cmocka_unit_test(foreign_and_hidden),
                cmocka_unit_test(owner_is_compared_without_case),
                cmocka_unit_test(unknown_serial_of_a_device_that_answers),
                cmocka_unit_test(unknown_serial_and_no_device),
                cmocka_unit_test(lookup_is_rate_limited),
                cmocka_unit_test(second_generation_is_refused),
                cmocka_unit_test(token_ends_soon),
                cmocka_unit_test(token_of_an_api_user),
                cmocka_unit_test(not_found_and_not_online),
                cmocka_unit_test(not_found_but_mine_and_online),
                cmocka_unit_test(not_found_but_set_up_here),
                cmocka_unit_test(not_found_without_a_cloud),
                cmocka_unit_test(set_up_here_and_in_setup_mode_again),
                cmocka_unit_test(not_found_but_just_set_up),
                cmocka_unit_test(just_set_up_says_a_slow_cloud),
                cmocka_unit_test(just_set_up_and_in_listening_mode_again),
                cmocka_unit_test(not_found_and_somebody_elses),
                cmocka_unit_test(link_ends_with_listening_mode),
                cmocka_unit_test(link_lost_with_listening_mode),
                cmocka_unit_test(news_of_a_device_that_is_ours),
                cmocka_unit_test(news_of_a_resumed_session),
                cmocka_unit_test(device_tells_before_the_news),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
