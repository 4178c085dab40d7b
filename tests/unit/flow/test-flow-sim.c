/* SPDX-License-Identifier: Apache-2.0 */

/* SIM cards in the cloud during a setup: nothing that may cost money without a country, nothing that is
 * waited for in vain, and a device that gets what it needs whatever becomes of its card. */

#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE };

static const char PLAIN[] = "[setup]\n", GERMANY[] = "[setup]\n[cellular]\ncountry = DE\n";

static void boron(struct scene *s, const char *profile, enum port_sim card)
{
        scene_init(s, profile);
        s->world.device.platform_id = 13;
        s->world.device.interfaces[1] = INTERFACE_PPP;
        s->world.card.state = card;
}

static void run(struct scene *s, enum job_outcome outcome, enum fault fault)
{
        assert_true(scene_run(s, LIMIT));
        if (s->job.end.outcome != outcome || s->job.end.trouble.fault != fault)
                fail_msg("outcome %d %s: %s\n%s\n%s", s->job.end.outcome,
                         fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events,
                         s->world.log);
}

static void cards_that_need_nothing(void **state)
{
        static const enum port_sim cards[] = { PORT_SIM_ACTIVE, PORT_SIM_OTHERS, PORT_SIM_THIRD_PARTY };
        struct scene s;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cards); i++) {
                boron(&s, GERMANY, cards[i]);
                run(&s, JOB_DONE, FAULT_NONE);
                assert_int_equal(scene_count(s.world.log, "cloud sim"), 1);
                assert_null(strstr(s.world.log, "cloud activate"));
                scene_done(&s);
        }
}

static void activated_while_the_device_is_set_up(void **state)
{
        static const enum port_sim cards[] = { PORT_SIM_NEW, PORT_SIM_INACTIVE, PORT_SIM_FAILED,
                                               PORT_SIM_ACTIVATING };
        struct scene s;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cards); i++) {
                boron(&s, GERMANY, cards[i]);
                run(&s, JOB_DONE, FAULT_NONE);
                assert_int_equal(scene_count(s.world.log, "cloud activate in DE"), 1);
                assert_int_equal(s.world.card.state, PORT_SIM_ACTIVE);
                scene_done(&s);
        }
}

/* The device is set up, the person told, nothing is asked for. */
static void no_country_no_activation(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, PLAIN, PORT_SIM_NEW);
        s.world.takes.online_ms = LIMIT;
        run(&s, JOB_FAILED, FAULT_SIM);
        assert_non_null(strstr(s.job.end.trouble.cause, "--country"));
        assert_null(strstr(s.world.log, "cloud activate"));
        assert_non_null(strstr(s.world.log, "ask 71"));
        assert_in_range(s.ms, MINUTE, MINUTE + 10000);
        scene_done(&s);
}

static void an_account_that_is_blocked(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_INACTIVE);
        s.world.card.status = "inactive_invalid_payment_method";
        s.world.takes.online_ms = LIMIT;
        run(&s, JOB_FAILED, FAULT_SIM);
        assert_non_null(strstr(s.job.end.trouble.cause,
                               "inactive_invalid_payment_method: correct the account's way of paying"));
        assert_null(strstr(s.world.log, "cloud activate"));
        scene_done(&s);
}

static void slow_activation_is_pending(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_INACTIVE);
        s.world.card.pending = true;
        s.world.takes.online_ms = LIMIT;
        run(&s, JOB_PENDING, FAULT_PENDING);
        assert_non_null(strstr(s.job.end.trouble.cause, "8934076500002589174"));
        assert_non_null(strstr(s.world.log, "ask 71"));
        scene_done(&s);
}

/* Once it is active the same setup is run again and finishes what is left. */
static void pending_is_finished_later(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_INACTIVE);
        s.world.card.pending = true;
        s.world.takes.online_ms = 5 * MINUTE;
        run(&s, JOB_PENDING, FAULT_PENDING);
        scene_restart(&s);
        s.world.card.pending = false;
        s.world.card.state = PORT_SIM_ACTIVE;
        s.job.sim.pending = s.job.sim.wanted = s.job.sim.asked = false;
        run(&s, JOB_DONE, FAULT_NONE);
        scene_done(&s);
}

/* A device that comes online with a card that the cloud calls inactive: it works. */
static void what_works_is_not_judged(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, PLAIN, PORT_SIM_NEW);
        s.world.takes.online_ms = 40000;
        run(&s, JOB_DONE, FAULT_NONE);
        scene_done(&s);
}

/* It left setup mode before its card was activated: nothing is spent on a number that it did not tell
 * itself. */
static void a_device_that_is_gone(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_NEW);
        s.world.device.listening = false;
        s.world.card.iccid = "8934076500002589174";
        s.world.cloud.owner = s.world.cloud.user;
        run(&s, JOB_FAILED, FAULT_SIM);
        assert_non_null(strstr(s.job.end.trouble.cause,
                               "usher cloud sim activate 8934076500002589174 --country CC"));
        assert_null(strstr(s.world.log, "cloud activate"));
        scene_done(&s);
}

/* Rights, outages of the endpoint, answers that cannot be read: the device shows whether its card works. */
static void what_cannot_be_asked_is_no_obstacle(void **state)
{
        static const enum fault faults[] = { FAULT_TOKEN_SCOPE, FAULT_CLOUD_REFUSED, FAULT_CLOUD_NOT_FOUND,
                                             FAULT_SIM, FAULT_CLOUD_ANSWER };
        struct scene s;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(faults); i++) {
                boron(&s, GERMANY, PORT_SIM_NEW);
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                                       .type = CLOUD_SIM,
                                                       .what = FAKE_FAULT,
                                                       .fault = faults[i] });
                run(&s, JOB_DONE, FAULT_NONE);
                assert_null(strstr(s.world.log, "cloud activate"));
                scene_done(&s);
        }
}

static void refused_activation_is_told_at_the_end(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_NEW);
        s.world.takes.online_ms = LIMIT;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_SIM_ACTIVATE,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_SIM,
                                               .cause = "activate it by hand: https://setup.particle.io" });
        run(&s, JOB_FAILED, FAULT_SIM);
        assert_non_null(strstr(s.job.end.trouble.cause, "8934076500002589174: activate it by hand"));
        assert_non_null(strstr(s.world.log, "ask 71"));
        scene_done(&s);
}

static void of_a_product(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, "[setup]\nclaim = product\nproduct = 9\n[cellular]\ncountry = DE\n", PORT_SIM_NEW);
        run(&s, JOB_DONE, FAULT_NONE);
        assert_non_null(strstr(s.world.log, "cloud import of 9 with SIM"));
        assert_non_null(strstr(s.world.log, "cloud sim of 9"));
        assert_non_null(strstr(s.world.log, "cloud activate of 9 in DE"));
        scene_done(&s);
}

/* A member whose card never came into the product, and a token that may not ask for cards elsewhere. */
static void a_card_that_is_not_in_the_product(void **state)
{
        static const char *const profiles[] = {
                "[setup]\nclaim = product\nproduct = 9\n",
                "[setup]\nclaim = product\nproduct = 9\n[cellular]\ncountry = DE\n"
        };
        struct scene s;

        (void)state;
        for (unsigned i = 0; i < 4; i++) {
                bool internal = i < 2, country = i % 2;

                boron(&s, profiles[country], PORT_SIM_UNSEEN);
                s.world.cloud.member = true;
                s.world.modem.sim = s.world.modem.next_sim = internal ? SIM_INTERNAL : SIM_EXTERNAL;
                run(&s, JOB_DONE, FAULT_NONE);
                assert_int_equal(scene_count(s.world.log, "cloud activate of 9 in DE"), internal && country);
                scene_done(&s);
        }
}

/* Its way to the cloud is Wi-Fi: the card that nobody activated is no reason to give up. */
static void a_card_that_is_not_needed(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, "[wifi]\nssid = Home\n");
        scene_set_password(&s, 0, "password");
        s.world.device.platform_id = 35;
        s.world.device.interfaces[2] = INTERFACE_PPP;
        s.world.card.state = PORT_SIM_NEW;
        s.world.takes.online_ms = 3 * MINUTE;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "cloud activate"));
        scene_done(&s);
}

/* The endpoint is gone: what to do by hand is told when the modem finds no network. */
static void what_could_not_be_asked_is_told(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_NEW);
        s.world.takes.online_ms = LIMIT;
        s.world.device.addressed = false;
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_CLOUD,
                                               .type = CLOUD_SIM,
                                               .what = FAKE_FAULT,
                                               .fault = FAULT_SIM,
                                               .cause = "do it by hand at https://setup.particle.io" });
        run(&s, JOB_FAILED, FAULT_DEVICE_OFFLINE);
        assert_non_null(strstr(s.job.end.trouble.cause, "do it by hand at https://setup.particle.io"));
        scene_done(&s);
}

/* The device does not tell the number of its card: nothing can be asked. */
static void without_a_number(void **state)
{
        struct scene s;

        (void)state;
        boron(&s, GERMANY, PORT_SIM_NEW);
        fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                               .type = CONTROL_CELLULAR_GET_ICCID,
                                               .what = FAKE_RESULT,
                                               .result = CONTROL_NOT_SUPPORTED });
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "cloud sim"));
        scene_done(&s);
}

static void wifi_devices_have_none(void **state)
{
        struct scene s;

        (void)state;
        scene_init(&s, NULL);
        s.world.card.state = PORT_SIM_NEW;
        run(&s, JOB_DONE, FAULT_NONE);
        assert_null(strstr(s.world.log, "cloud sim"));
        scene_done(&s);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(cards_that_need_nothing),
                cmocka_unit_test(activated_while_the_device_is_set_up),
                cmocka_unit_test(no_country_no_activation),
                cmocka_unit_test(an_account_that_is_blocked),
                cmocka_unit_test(slow_activation_is_pending),
                cmocka_unit_test(pending_is_finished_later),
                cmocka_unit_test(what_works_is_not_judged),
                cmocka_unit_test(a_device_that_is_gone),
                cmocka_unit_test(what_cannot_be_asked_is_no_obstacle),
                cmocka_unit_test(refused_activation_is_told_at_the_end),
                cmocka_unit_test(of_a_product),
                cmocka_unit_test(a_card_that_is_not_in_the_product),
                cmocka_unit_test(a_card_that_is_not_needed),
                cmocka_unit_test(what_could_not_be_asked_is_told),
                cmocka_unit_test(without_a_number),
                cmocka_unit_test(wifi_devices_have_none),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
