/* SPDX-License-Identifier: Apache-2.0 */

/* Somebody sets the clock by a day while a store is open: nothing is lost, and who holds a job holds it as
 * long as was agreed, no longer and no shorter. */

#include "tests/unit/store/conform.h"
#include <errno.h>

enum { DAY_MS = 86400000, HOUR_MS = 3600000, LEASE_MS = 60000, SLACK_MS = 10000 };

static struct got *claim_for(struct room *r, unsigned lease_ms)
{
        return wait_for(ask_claim(r, &(struct store_claim){ .limit = 1, .lease_ms = lease_ms }));
}

static void set(struct room *r, int64_t by_ms)
{
        r->maker->set_clock(by_ms);
}

static void expect_near(int64_t ms, int64_t wanted_ms)
{
        assert_in_range(ms, wanted_ms - SLACK_MS, wanted_ms + SLACK_MS);
}

/* One is held, one was done, one waits an hour because it failed, one until a moment that a person named. */
struct scene {
        const char *held, *done, *again, *named;
        int64_t at_ms, named_ms; /* when this was */
};

static struct scene make(struct room *r)
{
        struct scene s = { .at_ms = wall_ms() };
        struct store_new n = { .serial = "S9",
                               .code = "C9",
                               .not_before_ms = s.at_ms + 2 * (int64_t)DAY_MS };

        s.named_ms = n.not_before_ms;
        s.done = submit(r, 1);
        assert_int_equal(change(r, s.done, claim_it(r, s.done), STORE_DONE), 0);
        s.again = submit(r, 2);
        assert_int_equal(change_with(r, &(struct store_change){ .id = s.again,
                                                                .epoch = claim_it(r, s.again),
                                                                .state = STORE_WAITING,
                                                                .not_before_ms = s.at_ms + HOUR_MS }),
                         0);
        s.named = wait_for(ask_submit(r, &n, 1))->jobs[0].id;
        s.held = submit(r, 3);
        assert_string_equal(claim_for(r, LEASE_MS)->jobs[0].id, s.held);
        return s;
}

/* After the clock was set by so much. */
static void expect_all(struct room *r, const struct scene *s, int64_t by_ms)
{
        assert_int_equal(list(r, NULL, 0, 100)->n_jobs, 4);
        assert_int_equal(claim_for(r, LEASE_MS)->n_jobs, 0); /* nobody else may have one */
        assert_int_equal(look(r, s->held)->state, STORE_CLAIMED);
        expect_near(look(r, s->held)->lease_ms, s->at_ms + by_ms + LEASE_MS);
        assert_int_equal(look(r, s->done)->state, STORE_DONE);
        expect_near(look(r, s->again)->not_before_ms, s->at_ms + by_ms + HOUR_MS);
        assert_int_equal(look(r, s->named)->not_before_ms, s->named_ms);
        assert_int_equal(change(r, s->held, 1, STORE_RUNNING), 0); /* and it is still its own */
}

static void set_while_open(struct room *r, int64_t by_ms)
{
        struct scene s = make(r);

        set(r, by_ms);
        expect_all(r, &s, by_ms);
        assert_int_equal(change(r, s.held, 1, STORE_DONE), 0);
        room_close(r);
        room_open(r);
        assert_int_equal(look(r, s.held)->state, STORE_DONE);
        assert_int_equal(list(r, NULL, 0, 100)->n_jobs, 4);
        expect_near(look(r, s.again)->not_before_ms, s.at_ms + by_ms + HOUR_MS);
}

static void back_a_day(void **state)
{
        set_while_open(*state, -(int64_t)DAY_MS);
}

static void forth_a_day(void **state)
{
        set_while_open(*state, DAY_MS);
}

/* A lease that ends a day too late is one that nobody takes over. */
static void a_lease_ends_all_the_same(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        int64_t until = wall_ms() + SLACK_MS;
        struct got *g = claim_for(r, 300);

        assert_int_equal(g->n_jobs, 1);
        set(r, -(int64_t)DAY_MS);
        do
                g = claim_for(r, LEASE_MS);
        while (g->n_jobs == 0 && wall_ms() < until);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, id);
        assert_int_equal(change(r, id, 1, STORE_DONE), -ESTALE);
}

static void tell(struct room *r, const char *id, enum store_state state)
{
        static const char *const events[] = { "{\"event\":\"step\"}" };

        assert_int_equal(
                change_with(r,
                            &(struct store_change){
                                    .id = id, .epoch = 1, .state = state, .events = events, .n_events = 1 }),
                0);
}

/* What comes afterwards stands behind what was there: pages go by number, not by time. */
static void numbers_go_on(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two;
        struct got *g;

        claim_it(r, one);
        tell(r, one, STORE_RUNNING);
        g = events_of(r, NULL, 0, 100);
        assert_true(g->n_events > 0);
        set(r, -(int64_t)DAY_MS);
        two = submit(r, 2);
        assert_true(look(r, two)->place > look(r, one)->place);
        tell(r, one, STORE_DONE);
        g = events_of(r, NULL, g->events[g->n_events - 1].number, 100);
        assert_true(g->n_events > 0);
        assert_string_equal(g->events[0].job, one);
}

const struct CMUnitTest conform_clock[] = {
        cmocka_unit_test(back_a_day),
        cmocka_unit_test(forth_a_day),
        cmocka_unit_test(a_lease_ends_all_the_same),
        cmocka_unit_test(numbers_go_on),
        { 0 },
};
