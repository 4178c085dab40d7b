/* SPDX-License-Identifier: Apache-2.0 */

/* What holds for many jobs at once: whose leases are moved on, what one costs, how many devices are heard,
 * and how many jobs the cloud may have. */

#include "setup/engine/engine-private.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/engine/place.h"
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MANY = 70, AROUND = 200, JOB_BYTES_MAX = 200 * 1024 };

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

/* A name in the air for which there is no job. */
static void add_stranger(struct place *p, unsigned i, int ret_fd[static 1])
{
        struct sockaddr_un a = { .sun_family = AF_UNIX };

        (void)snprintf(a.sun_path, sizeof(a.sun_path), "%s/Argon-F%05u", p->dir, i % 100000);
        *ret_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        assert_true(*ret_fd >= 0);
        assert_int_equal(bind(*ret_fd, (struct sockaddr *)&a, sizeof(a)), 0);
}

static void remove_stranger(struct place *p, unsigned i, int fd)
{
        char path[96];

        (void)snprintf(path, sizeof(path), "%s/Argon-F%05u", p->dir, i % 100000);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(close(fd), 0);
}

/* In a hall of 200 each one that somebody waits for is heard. */
static void two_hundred_around(void **state)
{
        struct place *p = *state;
        int fd[AROUND - DEVICES];

        for (unsigned i = 0; i < ELEMENTSOF(fd); i++)
                add_stranger(p, i, &fd[i]);
        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, false);
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
        for (unsigned i = 0; i < ELEMENTSOF(fd); i++)
                remove_stranger(p, i, fd[i]);
}

/* One whose device is done, and whose cloud is not. */
static void add_in_cloud(struct place *p, unsigned i)
{
        struct slot *s = calloc(1, sizeof(*s));

        assert_non_null(s);
        *s = (struct slot){ .engine = p->engine,
                            .next = p->engine->slots,
                            .row = calloc(1, sizeof(*s->row)),
                            .job = calloc(1, sizeof(*s->job)) };
        assert_true(s->row && s->job);
        (void)snprintf(s->row->id, sizeof(s->row->id), "in-cloud-%u", i);
        s->row->profile = s->row->interrupted_at = "";
        s->write.last = &s->write.first;
        p->engine->slots = s;
}

/* They cost no slot, but memory and questions: with so many of them nothing more is begun. */
static void many_in_the_cloud(void **state)
{
        struct place *p = *state;
        const char *radio;

        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, true);
        for (unsigned i = 0; i < CLOUD_MAX; i++)
                add_in_cloud(p, i);
        while (!engine_heard(p->engine, DEVICES - 1, &radio))
                place_turn(p);
        for (unsigned i = 0; i < 20; i++) {
                engine_wake(p->engine);
                place_turn(p);
        }
        assert_int_equal(p->n_begun, 0);
        slot_drop(slot_by_id(p->engine, "in-cloud-0"));
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(all_leases_move_on, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(what_a_job_costs, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(two_hundred_around, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(many_in_the_cloud, place_set_up, place_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
