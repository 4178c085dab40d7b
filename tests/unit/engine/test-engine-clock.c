/* SPDX-License-Identifier: Apache-2.0 */

/* A machine that sleeps with jobs at work. The clocks of this program, those of its libraries among them,
 * are its own: while it sleeps all but one go on. */

#include "tests/unit/cmocka.h"
#include "tests/unit/engine/place.h"
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MINUTE_S = 60 };

static time_t slept_s;

int clock_gettime(clockid_t clock, struct timespec *ret)
{
        int r = (int)syscall(SYS_clock_gettime, clock, ret);

        if (r == 0 && clock != CLOCK_MONOTONIC)
                ret->tv_sec += __atomic_load_n(&slept_s, __ATOMIC_SEQ_CST);
        return r;
}

static void sleep_for(time_t s)
{
        (void)__atomic_add_fetch(&slept_s, s, __ATOMIC_SEQ_CST);
}

struct seen {
        struct place *p;
        bool answered;
        char id[STORE_ID_LEN + 1];
        enum store_state state;
        uint64_t epoch;
        int64_t lease_ms;
};

static void take(void *userdata, const struct store_answer *a)
{
        struct seen *s = userdata;

        assert_int_equal(a->error, 0);
        assert_int_equal(a->n_jobs, 1);
        memcpy(s->id, a->jobs[0].id, sizeof(s->id));
        s->state = a->jobs[0].state;
        s->epoch = a->jobs[0].epoch;
        s->lease_ms = a->jobs[0].lease_ms;
        s->answered = true;
}

/* The job of the first device. */
static void look(struct seen *s)
{
        struct store_filter f = { .serial = s->p->device[0].serial };
        struct op *op = NULL;

        s->answered = false;
        assert_int_equal(store_list(s->p->store, &f, 0, 1, take, s, &op), 0);
        place_wait(s->p, &s->answered);
        op_free(op);
}

static void ask(struct place *p, bool any)
{
        p->profile = "[setup]\nclaim = none\n";
        p->question_s = 600;
        place_device(p, 0);
        place_engine(p, any);
        while (!*p->question)
                place_turn(p);
}

/* The store is asked for one more again and again, whose time has not come. */
static void later(struct place *p)
{
        struct store_new new = { .serial = "ARGNHAB12340AAZ",
                                 .code = "340AAZ",
                                 .secret = p->secret,
                                 .not_before_ms = timer_wall_ms() + 4 * MINUTE_S * 1000 };
        struct op *op = NULL;

        place_answer(p, store_submit(p->store, &new, 1, place_on_answer, p, &op), &op);
        while (p->n_begun < DEVICES)
                place_turn(p);
}

/* Its lease has ended meanwhile, and nobody but the engine knows: the job is still its own, in the hands in
 * which it was. */
static void leases_are_moved_on(void **state)
{
        struct wifi_network network = { .ssid = "usher-lab", .ssid_len = 9, .security = -1 };
        struct place *p = *state;
        struct seen s = { .p = p };
        struct trouble why = {};
        int64_t before_ms;

        p->slots = DEVICES + 1;
        ask(p, true);
        later(p);
        look(&s);
        assert_int_equal(s.state, STORE_ASKING);
        assert_int_equal(s.epoch, 1);
        before_ms = s.lease_ms;
        engine_wake(p->engine); /* it looks for others first of all when it is awake again */
        sleep_for(5 * MINUTE_S);
        do {
                place_turn(p);
                look(&s);
                assert_int_equal(s.epoch, 1);
                assert_int_equal(s.state, STORE_ASKING);
        } while (s.lease_ms <= before_ms);
        assert_true(s.lease_ms >= timer_wall_ms() + 60 * 1000);
        while (p->n_begun <= DEVICES)
                place_turn(p);
        look(&s);
        assert_int_equal(s.epoch, 1);
        assert_int_equal(secret_new("correct horse", 13, &network.password), 0);
        assert_int_equal(engine_answer(p->engine, s.id, &network, &why), 0);
        while (place_count(p, STORE_DONE) == 0)
                place_turn(p);
        look(&s);
        assert_int_equal(s.epoch, 1);
}

/* People do not sleep: what they were asked until ten o'clock is over at eleven. */
static void a_question_has_ended(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };

        ask(p, false);
        sleep_for(11 * MINUTE_S);
        while (place_count(p, STORE_FAILED) == 0)
                place_turn(p);
        look(&s);
        assert_int_equal(s.epoch, 1);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(leases_are_moved_on, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(a_question_has_ended, place_set_up, place_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
