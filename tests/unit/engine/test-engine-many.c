/* SPDX-License-Identifier: Apache-2.0 */

/* What holds for many jobs at once: whose leases are moved on, and what one costs. */

#include "tests/unit/cmocka.h"
#include "tests/unit/engine/place.h"
#include <malloc.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 70, LEASE_MS = 120000, JOB_BYTES_MAX = 200 * 1024 };

static void submit_many(struct place *p)
{
        struct store_new new[MANY] = {};
        char serial[MANY][STORE_SERIAL_LEN + 1];
        struct op *op = NULL;

        for (unsigned i = 0; i < MANY; i++) {
                (void)snprintf(serial[i], sizeof(serial[i]), "ARGNHAB1235%04u", i % 10000);
                new[i] = (struct store_new){ .serial = serial[i],
                                             .code = serial[i] + STORE_SERIAL_LEN - STORE_CODE_LEN,
                                             .secret = p->secret };
        }
        place_answer(p, store_submit(p->store, new, MANY, place_on_answer, p, &op), &op);
}

/* The first lease to end. */
static int64_t first_ms;

static void take_first(void *userdata, const struct store_answer *a)
{
        assert_int_equal(a->n_jobs, MANY);
        first_ms = a->jobs[0].lease_ms;
        for (size_t i = 0; i < a->n_jobs; i++)
                if (a->jobs[i].lease_ms < first_ms)
                        first_ms = a->jobs[i].lease_ms;
        ((struct place *)userdata)->answered = true;
}

/* At once when it goes on after a pause, in which the machine may have slept. */
static void all_leases_move_on(void **state)
{
        struct store_filter f = { .states = 1u << STORE_RUNNING };
        struct place *p = *state;
        struct op *op = NULL;
        int64_t from_ms;

        submit_many(p);
        p->slots = MANY;
        place_engine(p, true);
        while (place_count(p, STORE_RUNNING) < MANY)
                place_turn(p);
        from_ms = timer_wall_ms();
        engine_pause(p->engine, false);
        while (first_ms < from_ms + LEASE_MS) {
                place_turn(p);
                place_answer(p, store_list(p->store, &f, 0, STORE_PAGE_MAX, take_first, p, &op), &op);
        }
}

/* Over all that is allocated in between: the jobs, their links, and their devices' ends of them. */
static void what_a_job_costs(void **state)
{
        struct place *p = *state;
        size_t before, most = 0;

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        p->slots = DEVICES;
        place_engine(p, false);
        engine_pause(p->engine, true);
        for (unsigned i = 0; i < 20; i++)
                place_turn(p);
        before = mallinfo2().uordblks;
        engine_pause(p->engine, false);
        while (place_count(p, STORE_DONE) < DEVICES) {
                place_turn(p);
                if (p->most == DEVICES && mallinfo2().uordblks > before &&
                    mallinfo2().uordblks - before > most)
                        most = mallinfo2().uordblks - before;
        }
        print_message("a job at work: %zu KiB\n", most / DEVICES / 1024);
        assert_true(most / DEVICES <= JOB_BYTES_MAX);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(all_leases_move_on, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(what_a_job_costs, place_set_up, place_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
