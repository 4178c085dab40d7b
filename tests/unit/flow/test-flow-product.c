/* SPDX-License-Identifier: Apache-2.0 */

/* Devices of products and of their customers, claim codes that were made elsewhere, the sandbox's limit, and
 * asking an owner to hand a device over. */

#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const char HOME[] = "[wifi]\nssid = Home\n";

static void begin(struct scene *s, const char *setup)
{
        char text[512];

        (void)snprintf(text, sizeof(text), "[setup]\n%s%s", setup, HOME);
        scene_init(s, text);
        scene_set_password(s, 0, "password");
}

static void run(struct scene *s, enum job_outcome outcome, enum fault fault)
{
        assert_true(scene_run(s, LIMIT));
        if (s->job.end.outcome != outcome || s->job.end.trouble.fault != fault)
                fail_msg("outcome %d %s: %s\n%s\n%s", s->job.end.outcome,
                         fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events,
                         s->world.log);
}

static size_t place(const char *text, const char *what)
{
        const char *at = strstr(text, what);

        if (!at)
                fail_msg("no '%s' in %s", what, text);
        return (size_t)(at - text);
}

/* product */
static void member_before_it_is_online(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\nclaim-user = boss@example.com\nname = Lamp {code}\n");
        s.world.cloud.user = NULL; /* an API user */
        s.world.cloud.product_platform = 12;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(place(s.world.log, "cloud import of 4711 for boss@example.com;") <
                    place(s.world.log, "ask 500"));
        assert_non_null(strstr(s.world.log, "cloud mark of 4711 name Lamp 4ABCDE"));
        assert_null(strstr(s.world.log, "cloud code"));
        assert_null(strstr(s.world.log, "ask 200"));
        assert_null(strstr(s.world.log, "cloud limit"));
        assert_null(strstr(s.world.log, "cloud claim"));
        assert_null(strstr(s.world.log, "with SIM"));
        assert_string_equal(s.job.cloud.owner_name, "boss@example.com");
        assert_string_equal(s.job.cloud.name, "Lamp 4ABCDE");
        scene_done(&s);
}

static void left_unclaimed(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\n");
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "cloud import of 4711;"));
        assert_null(strstr(s.world.log, "cloud mark"));
        assert_string_equal(s.job.cloud.owner_name, "");
        assert_true(s.world.cloud.member);
        scene_done(&s);
}

/* The list of members tells the id: no lookup of the serial number is used up, nothing is imported again. */
static void a_member_already(void **state)
{
        struct scene s;

        (void)state;
        begin(&s,
              "claim = product\nproduct = 4711\ngroups = north, spare\nnotes = cellar\ndevelopment = no\n");
        s.world.cloud.member = true;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "cloud serial"));
        assert_null(strstr(s.world.log, "cloud import"));
        assert_non_null(strstr(s.world.log, "cloud mark of 4711 notes cellar;cloud mark of 4711 development;"
                                            "cloud mark of 4711 groups north,spare"));
        scene_done(&s);
}

/* Old firmware that knows its product: the device waits until it is let in. */
static void quarantine_is_ended(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\n");
        s.world.device.os = "3.3.0";
        s.world.cloud.member = s.world.cloud.quarantined = true;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "cloud import of 4711"), 1);
        assert_false(s.world.cloud.quarantined);
        scene_done(&s);
}

static void quarantined_later(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\nclaim-user = boss@example.com\n");
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_IMPORT,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLOUD_SERVER });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_int_equal(scene_count(s.world.log, "cloud import of 4711"), 2);
        scene_done(&s);
}

/* Its owner is changed offline: that says nothing of the device, which the cloud may believe to be online
 * for most of an hour after it left. */
static void a_stale_online_does_not_count(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\nclaim-user = boss@example.com\n");
        s.world.cloud.member = s.world.cloud.online = true;
        s.world.cloud.handshake_s = 1000;
        s.world.takes.online_ms = LIMIT;
        run(&s, JOB_FAILED, FAULT_DEVICE_OFFLINE);
        assert_string_equal(s.world.cloud.owner, "boss@example.com");
        scene_done(&s);
}

static void another_platform(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\n");
        s.world.cloud.product_platform = 13;
        run(&s, JOB_FAILED, FAULT_CLAIM_REFUSED);
        assert_non_null(strstr(s.job.end.trouble.cause, "product 4711 are boron, this one is argon"));
        assert_null(strstr(s.world.log, "ask 500"));
        assert_null(strstr(s.world.log, "cloud import"));
        scene_done(&s);
}

/* A claim-user who is not of the team: the cloud adds the device and leaves it without owner. */
static void an_owner_outside_the_team(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\nclaim-user = nobody@example.com\n");
        s.world.cloud.claim_user = NULL;
        run(&s, JOB_FAILED, FAULT_CLAIM_REFUSED);
        assert_non_null(strstr(s.job.end.trouble.cause, "nobody@example.com its owner: is that a member"));
        assert_int_equal(scene_count(s.world.log, "cloud import"), 2);
        assert_in_range(s.ms, 0, MINUTE);
        scene_done(&s);
}

/* What speaks against a member is told before the device gets anything. */
static void refused_members(void **state)
{
        static const enum fault faults[] = { FAULT_CLAIM_FOREIGN, FAULT_CLAIM_REFUSED,
                                             FAULT_DEVICE_PROTECTED };
        struct scene s;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(faults); i++) {
                begin(&s, "claim = product\nproduct = 4711\n");
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                       .type = CLOUD_IMPORT,
                                                       .times = FAKE_ALWAYS,
                                                       .what = FAKE_FAULT,
                                                       .fault = faults[i] });
                run(&s, JOB_FAILED, faults[i]);
                assert_null(strstr(s.world.log, "ask 500"));
                assert_null(strstr(s.world.log, "ask 71"));
                scene_done(&s);
        }
}

static void no_such_product(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\n");
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_PRODUCT,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLOUD_NOT_FOUND });
        run(&s, JOB_FAILED, FAULT_CONFIG);
        assert_non_null(strstr(s.job.end.trouble.cause, "4711"));
        scene_done(&s);
}

/* A token with few rights: product, members and serial numbers cannot be read; the device tells its id. */
static void few_rights_are_enough(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\n");
        for (size_t i = 0; i < 3; i++)
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                       .type = i == 0   ? CLOUD_SERIAL
                                                               : i == 1 ? CLOUD_PRODUCT
                                                                        : CLOUD_MEMBER,
                                                       .what = FAKE_FAULT,
                                                       .fault = FAULT_TOKEN_SCOPE });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_true(s.world.cloud.member);
        scene_done(&s);
}

/* ... unless it is not there: then nobody tells the id. */
static void few_rights_and_no_device(void **state)
{
        static const enum cloud_ask asks[] = { CLOUD_SERIAL, CLOUD_PRODUCT, CLOUD_MEMBER };
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\n");
        s.world.device.listening = false;
        for (size_t i = 0; i < ELEMENTSOF(asks); i++)
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                       .type = (int)asks[i],
                                                       .what = FAKE_FAULT,
                                                       .fault = FAULT_TOKEN_SCOPE });
        run(&s, JOB_FAILED, FAULT_DEVICE_NOT_FOUND);
        assert_null(strstr(s.job.end.trouble.cause, "answers over Bluetooth"));
        scene_done(&s);
}

/* What is missing is said by the name of the right. */
static void rights_that_are_missing(void **state)
{
        static const struct {
                enum cloud_ask ask;
                const char *scope;
        } cases[] = {
                { CLOUD_DEVICE, "devices:get" },
                { CLOUD_IMPORT, "devices:import" },
                { CLOUD_MARK, "devices:update" },
        };
        struct scene s;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                begin(&s, "claim = product\nproduct = 4711\nnotes = cellar\n");
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                       .type = (int)cases[i].ask,
                                                       .what = FAKE_FAULT,
                                                       .fault = FAULT_TOKEN_SCOPE });
                run(&s, JOB_FAILED, FAULT_TOKEN_SCOPE);
                assert_non_null(strstr(s.job.end.trouble.cause, cases[i].scope));
                scene_done(&s);
        }
}

static void somebody_elses_in_the_team(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = product\nproduct = 4711\nclaim-user = boss@example.com\n");
        s.world.cloud.member = true;
        s.world.cloud.owner = "other@example.com";
        run(&s, JOB_FAILED, FAULT_CLAIM_FOREIGN);
        assert_non_null(strstr(s.job.end.trouble.cause,
                               "'usher cloud unclaim e00fce68aabbccddeeff0011 --product 4711'"));
        assert_null(strstr(s.world.log, "ask 500"));
        scene_done(&s);
}

/* A cloud without claim codes: an account's own device is claimed by its id; only the code, though, brings
 * it into a product. */
static void no_claim_codes(void **state)
{
        static const char *const profiles[] = { "", "product = 4711\n",
                                                "claim = customer\nproduct = 4711\n" };
        struct scene s;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(profiles); i++) {
                begin(&s, profiles[i]);
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                       .type = CLOUD_CLAIM_CODE,
                                                       .what = FAKE_FAULT,
                                                       .fault = FAULT_CLOUD_NOT_FOUND });
                if (i == 0) {
                        run(&s, JOB_DONE, FAULT_NONE);
                        assert_int_equal(scene_count(s.world.log, "cloud claim"), 1);
                } else {
                        run(&s, JOB_FAILED, FAULT_CONFIG);
                        assert_non_null(strstr(s.job.end.trouble.cause, "product 4711"));
                        assert_null(strstr(s.world.log, "ask 500"));
                }
                assert_null(strstr(s.world.log, "ask 200"));
                scene_done(&s);
        }
}

/* the account's own devices that join a product by their claim code */
static void a_products_claim_code(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "product = 4711\ngroups = north\n");
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "cloud code of 4711;"));
        assert_null(strstr(s.world.log, "cloud limit"));
        assert_non_null(strstr(s.world.log, "cloud mark of 4711 groups north"));
        scene_done(&s);
}

/* customers */
static void a_customers_device(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "claim = customer\nproduct = 4711\nname = Lamp\n");
        s.world.cloud.user = NULL;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_SERIAL,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_CLOUD_REFUSED });
        s.world.cloud.user = "someone@example.com";
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "cloud code of 4711;"));
        assert_non_null(strstr(s.world.log, "ask 200;"));
        assert_null(strstr(s.world.log, "cloud device of"));
        assert_null(strstr(s.world.log, "cloud sim"));
        assert_string_equal(s.job.cloud.name, "Lamp");
        scene_done(&s);
}

/* A claim code from elsewhere: the device gets it, the cloud is not asked anything. */
static void a_code_made_elsewhere(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "");
        s.job.asked.profile.claim = CLAIM_CODE;
        assert_int_equal(secret_new("made-elsewhere", 14, &s.job.now.claim_code), 0);
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "cloud"));
        assert_non_null(strstr(s.world.log, "ask 20 21 30 200;ask 500;"));
        assert_true(s.world.device.claim_code);
        scene_done(&s);
}

static void the_job_takes_the_code(void **state)
{
        struct profile p = { .claim = CLAIM_CUSTOMER };
        struct label l = {};
        struct job j;

        (void)state;
        assert_int_equal(secret_new("made-elsewhere", 14, &p.claim_code), 0);
        job_init(&j, &l, &p);
        assert_int_equal(j.asked.profile.claim, CLAIM_CODE);
        assert_string_equal(secret_text(j.now.claim_code), "made-elsewhere");
        job_done(&j);
}

/* the sandbox */
static void a_full_sandbox(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "");
        s.world.cloud.limit_reached = true;
        run(&s, JOB_FAILED, FAULT_CLAIM_LIMIT);
        assert_null(strstr(s.world.log, "ask 500"));
        scene_done(&s);

        begin(&s, ""); /* one that is counted already */
        s.world.cloud.limit_reached = true;
        s.world.cloud.owner = s.world.cloud.user;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "cloud limit"));
        scene_done(&s);
}

/* transfer */
static void the_owner_is_asked(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "");
        s.world.cloud.owner = "hidden";
        s.world.device.resumes = true; /* its claim code has no effect */
        run(&s, JOB_FAILED, FAULT_CLAIM_FOREIGN);
        scene_done(&s);

        begin(&s, "");
        s.world.cloud.owner = "hidden";
        s.world.device.resumes = true;
        s.job.asked.profile.request_transfer = true;
        run(&s, JOB_PENDING, FAULT_PENDING);
        assert_int_equal(scene_count(s.world.log, "cloud claim with transfer"), 1); /* each is an e-mail */
        assert_non_null(strstr(s.job.end.trouble.cause, "e-mail"));
        scene_done(&s);

        begin(&s, ""); /* one that is seen, but not the own: a team's */
        s.world.cloud.owner = "other@example.com";
        s.world.device.resumes = true;
        s.job.asked.profile.request_transfer = true;
        run(&s, JOB_PENDING, FAULT_PENDING);
        assert_non_null(strstr(s.world.log, "ask 71"));
        scene_done(&s);
}

/* A claim code takes its turn before anybody is asked. */
static void nobody_is_asked_for_a_free_device(void **state)
{
        struct scene s;

        (void)state;
        begin(&s, "");
        s.job.asked.profile.request_transfer = true;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "with transfer"));
        scene_done(&s);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(member_before_it_is_online),
                cmocka_unit_test(left_unclaimed),
                cmocka_unit_test(a_member_already),
                cmocka_unit_test(quarantine_is_ended),
                cmocka_unit_test(quarantined_later),
                cmocka_unit_test(a_stale_online_does_not_count),
                cmocka_unit_test(another_platform),
                cmocka_unit_test(an_owner_outside_the_team),
                cmocka_unit_test(refused_members),
                cmocka_unit_test(no_such_product),
                cmocka_unit_test(few_rights_are_enough),
                cmocka_unit_test(few_rights_and_no_device),
                cmocka_unit_test(rights_that_are_missing),
                cmocka_unit_test(somebody_elses_in_the_team),
                cmocka_unit_test(no_claim_codes),
                cmocka_unit_test(a_products_claim_code),
                cmocka_unit_test(a_customers_device),
                cmocka_unit_test(a_code_made_elsewhere),
                cmocka_unit_test(the_job_takes_the_code),
                cmocka_unit_test(a_full_sandbox),
                cmocka_unit_test(the_owner_is_asked),
                cmocka_unit_test(nobody_is_asked_for_a_free_device),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
