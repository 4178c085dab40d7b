/* SPDX-License-Identifier: Apache-2.0 */

/* Several jobs of a real store on a sim radio: who is begun when, what is kept, and how it ends. */

#include "tests/unit/cmocka.h"
#include "tests/unit/engine/place.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void all_done_on_two_slots(void **state)
{
        struct place *p = *state;
        struct engine_adapter_status a;
        struct op *op = NULL;

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, true);
        place_wait(p, &p->over);
        assert_int_equal(place_count(p, STORE_DONE), DEVICES);
        assert_int_equal(p->n_results, DEVICES);
        assert_int_equal(p->n_begun, DEVICES);
        assert_int_equal(p->n_ended, DEVICES);
        assert_int_equal(p->most, SLOTS);
        assert_int_equal(engine_adapter_at(p->engine, 0, &a), 0);
        assert_int_equal(a.used, 0);
        assert_int_equal(engine_adapter_at(p->engine, 1, &a), -ERANGE);
        place_answer(p, store_events(p->store, NULL, 0, STORE_PAGE_MAX, place_on_answer, p, &op), &op);
        assert_int_equal(p->n_events, p->n_steps + p->n_results); /* what was told is what is kept */
}

/* Only the devices that are there are begun with; the others wait. */
static void the_unheard_wait(void **state)
{
        struct place *p = *state;
        const char *radio;

        place_device(p, 1);
        place_device(p, 3);
        place_engine(p, false);
        while (!engine_heard(p->engine, 1, &radio))
                place_turn(p);
        assert_string_equal(radio, p->radio);
        while (place_count(p, STORE_DONE) < 2)
                place_turn(p);
        assert_int_equal(place_count(p, STORE_WAITING), DEVICES - 2);
        assert_int_equal(p->n_begun, 2);
}

/* Jobs whose devices are looked for stop, and wait for the next time. */
static void stopped(void **state)
{
        struct place *p = *state;
        struct engine_status s = {};
        struct trouble why = {};

        place_engine(p, true);
        while (s.working < SLOTS) {
                place_turn(p);
                engine_status(p->engine, &s);
        }
        assert_int_equal(engine_cancel(p->engine, "nobody"), -ENOENT);
        assert_int_equal(engine_answer(p->engine, "nobody", NULL, &why), -ENOENT);
        engine_stop(p->engine, 10000);
        place_wait(p, &p->over);
        engine_status(p->engine, &s);
        assert_true(s.stopped);
        assert_int_equal(place_count(p, STORE_WAITING), DEVICES);
        assert_int_equal(p->n_results, 0);
}

static void take_id(void *userdata, const struct store_answer *a)
{
        struct place *p = userdata;

        for (size_t i = 0; i < a->n_jobs && !p->id[0]; i++)
                memcpy(p->id, a->jobs[i].id, sizeof(p->id));
        p->answered = true;
}

static void cancelled(void **state)
{
        struct store_filter working = { .states = 1u << STORE_RUNNING };
        struct place *p = *state;
        struct op *op = NULL;

        place_engine(p, true);
        while (place_count(p, STORE_RUNNING) == 0)
                place_turn(p);
        place_answer(p, store_list(p->store, &working, 0, 1, take_id, p, &op), &op);
        assert_int_equal(engine_cancel(p->engine, p->id), 0);
        while (place_count(p, STORE_CANCELLED) == 0)
                place_turn(p);
        assert_int_equal(p->n_results, 1);
        assert_int_equal(engine_cancel(p->engine, p->id), -ENOENT);
}

/* An engine that ends as in a crash; the store gives its jobs to the next. */
static void taken_up_again(void **state)
{
        struct place *p = *state;

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, true);
        while (p->n_steps < 12)
                place_turn(p);
        p->engine = engine_free(p->engine);
        p->store = store_free(p->store);
        place_open_store(p);
        place_engine(p, true);
        place_wait(p, &p->over);
        assert_int_equal(place_count(p, STORE_DONE), DEVICES);
        assert_int_equal(p->n_results, DEVICES);
}

static void an_account_that_is_not_let_in(void **state)
{
        struct place *p = *state;
        struct engine_status s = {};

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        p->refuse = -EAGAIN;
        place_engine(p, true);
        while (s.trouble.fault == FAULT_NONE || s.working) {
                place_turn(p);
                engine_status(p->engine, &s);
        }
        assert_int_equal(s.trouble.fault, FAULT_TOKEN_EXPIRED);
        assert_int_equal(place_count(p, STORE_FAILED), 0);
        assert_int_equal(place_count(p, STORE_WAITING), DEVICES);
        assert_int_equal(p->n_results, 0);
        p->refuse = 0; /* a new token */
        engine_wake(p->engine);
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
        engine_status(p->engine, &s);
        assert_int_equal(s.trouble.fault, FAULT_NONE);
}

/* Jobs of an account that is not let in wait, and nobody for them. */
static void another_account(struct place *p, bool any)
{
        struct engine_held held = {};
        struct engine_status s;

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        p->refuse = -EAGAIN;
        p->refused = "north";
        place_engine(p, any);
        while (place_count(p, STORE_DONE) < DEVICES - NORTH)
                place_turn(p);
        engine_status(p->engine, &s);
        assert_int_equal(s.held, 1);
        assert_int_equal(s.trouble.fault, FAULT_TOKEN_EXPIRED);
        assert_int_equal(engine_held_at(p->engine, 0, &held), 0);
        assert_string_equal(held.profile, "north");
        assert_int_equal(held.trouble.fault, FAULT_TOKEN_EXPIRED);
        assert_int_equal(engine_held_at(p->engine, 1, &held), -ERANGE);
        assert_int_equal(p->n_begun, DEVICES - NORTH);
        assert_int_equal(place_count(p, STORE_FAILED), 0);
        p->refuse = 0;
        engine_wake(p->engine);
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
        engine_status(p->engine, &s);
        assert_int_equal(s.held, 0);
        assert_int_equal(s.trouble.fault, FAULT_NONE);
}

static void another_account_is_let_in(void **state)
{
        another_account(*state, false);
}

static void another_account_in_a_list(void **state)
{
        another_account(*state, true);
}

/* All slots look for devices that are not there when one comes whose job is further back. */
static void the_heard_first(void **state)
{
        struct engine_status s = {};
        struct place *p = *state;

        place_engine(p, true);
        while (s.working < SLOTS) {
                place_turn(p);
                engine_status(p->engine, &s);
        }
        place_device(p, DEVICES - 1);
        while (place_count(p, STORE_DONE) == 0)
                place_turn(p);
        assert_int_equal(place_count(p, STORE_FAILED), 0);
}

/* Two labels end in the same six characters, and the device is the other one's. */
static void a_code_of_two(void **state)
{
        _cleanup_(secret_freep) struct secret *other = NULL;
        struct place *p = *state;
        struct store_new new = { .serial = "ARGNHAC12340AAA", .code = "340AAA", .priority = 10 };
        struct op *op = NULL;

        assert_int_equal(secret_new("OOOOOOOOOOOOOOO", 15, &other), 0);
        new.secret = other;
        place_answer(p, store_submit(p->store, &new, 1, place_on_answer, p, &op), &op);
        place_device(p, 0);
        place_engine(p, false);
        while (place_count(p, STORE_DONE) == 0)
                place_turn(p);
        assert_int_equal(p->n_begun, 2);
        assert_int_equal(place_count(p, STORE_WAITING), DEVICES);
        assert_int_equal(place_count(p, STORE_FAILED), 0);
}

/* Each device by the adapter that hears it; one that cannot be used holds nobody else up. */
static void several_adapters(void **state)
{
        char dir[] = "/tmp/usher-jobs-XXXXXX", second[64];
        struct engine_adapter_status a;
        struct engine_status s;
        struct place *p = *state;
        size_t i;

        assert_non_null(mkdtemp(dir));
        (void)snprintf(second, sizeof(second), "sim:%s", dir);
        assert_int_equal(rmdir(dir), 0);
        for (i = 0; i < 3; i++)
                place_device(p, i);
        place_engine_on(p, false, second);
        while (place_count(p, STORE_DONE) < 3)
                place_turn(p);
        assert_int_equal(engine_adapter_at(p->engine, 1, &a), 0);
        assert_int_equal(a.trouble.fault, FAULT_CONFIG);
        engine_status(p->engine, &s);
        assert_int_equal(s.trouble.fault, FAULT_NONE);
        assert_int_equal(mkdir(dir, 0700), 0); /* it is plugged in again */
        for (; i < DEVICES; i++)
                place_device_in(p, i, dir, NULL);
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
        assert_int_equal(engine_adapter_at(p->engine, 1, &a), 0);
        assert_int_equal(a.trouble.fault, FAULT_NONE);
        for (i = 3; i < DEVICES; i++) {
                p->device[i].v = vdevice_free(p->device[i].v);
                p->device[i].radio = sim_radio_free(p->device[i].radio);
        }
        assert_int_equal(rmdir(dir), 0);
}

/* Nothing begins while it pauses. */
static void paused(void **state)
{
        struct engine_status s = {};
        struct place *p = *state;

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, true);
        engine_pause(p->engine, true);
        for (unsigned i = 0; i < 20; i++) {
                place_turn(p);
                engine_status(p->engine, &s);
                assert_int_equal(s.working, 0);
        }
        engine_pause(p->engine, false);
        engine_wake(p->engine);
        p->over = false;
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(all_done_on_two_slots, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(the_unheard_wait, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(stopped, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(cancelled, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(taken_up_again, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(the_heard_first, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(a_code_of_two, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(several_adapters, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(paused, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(another_account_is_let_in, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(another_account_in_a_list, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(an_account_that_is_not_let_in, place_set_up,
                                                place_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
