/* SPDX-License-Identifier: Apache-2.0 */

/* Looking: one job, pages of them, events, counts. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void one_that_is_not_there(void **state)
{
        assert_int_equal(wait_for(ask_get(*state, "nobody"))->error, -ENOENT);
        assert_int_equal(wait_for(ask_get(*state, "nobody"))->n_jobs, 0);
}

static void pages_go_by_the_last_one_seen(void **state)
{
        struct room *r = *state;
        const char *ids[10];
        uint64_t after = 0;
        unsigned n = 0;

        for (unsigned i = 0; i < 7; i++)
                ids[i] = submit(r, i + 1);
        do {
                struct got *g = list(r, NULL, after, 3);

                assert_int_equal(g->error, 0);
                for (size_t i = 0; i < g->n_jobs; i++, n++) {
                        assert_true(n < 9);
                        assert_string_equal(g->jobs[i].id, ids[n]);
                        assert_true(g->jobs[i].place > after);
                }
                after = g->next_page;
                if (n == 6) { /* more come while somebody looks */
                        ids[7] = submit(r, 8);
                        ids[8] = submit(r, 9);
                }
        } while (after);
        assert_int_equal(n, 9);
}

static void the_last_page_says_so(void **state)
{
        struct room *r = *state;

        assert_int_equal(list(r, NULL, 0, 3)->next_page, 0);
        for (unsigned i = 1; i <= 3; i++)
                submit(r, i);
        assert_int_equal(list(r, NULL, 0, 3)->n_jobs, 3);
        assert_int_equal(list(r, NULL, 0, 3)->next_page, 0);
        assert_true(list(r, NULL, 0, 2)->next_page > 0);
        assert_int_equal(list(r, NULL, 1000000, 2)->n_jobs, 0);
}

static void newest_first(void **state)
{
        struct room *r = *state;
        const struct store_filter f = { .newest_first = true };
        struct got *g;

        for (unsigned i = 1; i <= 3; i++)
                submit(r, i);
        g = list(r, &f, 0, 2);
        assert_int_equal(g->n_jobs, 2);
        assert_string_equal(g->jobs[0].serial, "S00003");
        assert_string_equal(g->jobs[1].serial, "S00002");
        g = list(r, &f, g->next_page, 2);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].serial, "S00001");
        assert_int_equal(g->next_page, 0);
}

static void by_state(void **state)
{
        struct room *r = *state;
        const char *two;
        struct got *g;

        submit(r, 1);
        two = submit(r, 2);
        submit(r, 3);
        assert_int_equal(change(r, two, claim_it(r, two), STORE_FAILED), 0);
        g = list(r, &(struct store_filter){ .states = 1u << STORE_FAILED }, 0, 10);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, two);
        g = list(r, &(struct store_filter){ .states = 1u << STORE_FAILED | 1u << STORE_WAITING }, 0, 10);
        assert_int_equal(g->n_jobs, 3);
        assert_string_equal(g->jobs[1].id, two); /* in the order of submission all the same */
        assert_int_equal(list(r, &(struct store_filter){ .states = 1u << STORE_ASKING }, 0, 10)->n_jobs, 0);
        assert_int_equal(list(r, &(struct store_filter){ .states = 0xff }, 0, 10)->n_jobs, 3);
}

static void by_what_it_is(void **state)
{
        struct room *r = *state;
        const char *one = submit_of(r, 1, "anna", 0);
        struct got *g;

        submit_of(r, 12, "bob", 0);
        submit_of(r, 23, "anna", 0);
        assert_int_equal(change_with(r, &(struct store_change){ .id = one,
                                                                .epoch = claim_it(r, one),
                                                                .state = STORE_FAILED,
                                                                .fault = "wifi-join" }),
                         0);
        assert_int_equal(list(r, &(struct store_filter){ .submitter = "anna" }, 0, 10)->n_jobs, 2);
        assert_int_equal(list(r, &(struct store_filter){ .serial = "0012" }, 0, 10)->n_jobs, 1);
        assert_int_equal(list(r, &(struct store_filter){ .serial = "S0" }, 0, 10)->n_jobs, 3);
        assert_int_equal(list(r, &(struct store_filter){ .serial = "" }, 0, 10)->n_jobs, 3);
        g = list(r, &(struct store_filter){ .fault = "wifi-join" }, 0, 10);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, one);
        g = list(r,
                 &(struct store_filter){ .states = 1u << STORE_WAITING, .submitter = "anna", .serial = "3" },
                 0, 10);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].serial, "S00023");
}

static void a_filter_is_no_pattern(void **state)
{
        struct room *r = *state;
        static const char *const nothing[] = { "%", "_", "S%", "*", "' OR 1=1 --" };

        submit(r, 1);
        for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++) {
                assert_int_equal(list(r, &(struct store_filter){ .serial = nothing[i] }, 0, 10)->n_jobs, 0);
                assert_int_equal(list(r, &(struct store_filter){ .submitter = nothing[i] }, 0, 10)->n_jobs,
                                 0);
        }
}

static void pages_with_a_filter(void **state)
{
        struct room *r = *state;
        const struct store_filter f = { .states = 1u << STORE_WAITING | 1u << STORE_DONE, .submitter = "a" };
        uint64_t after = 0;
        unsigned n = 0;

        for (unsigned i = 0; i < 12; i++) {
                const char *id = submit_of(r, i, i % 2 ? "a" : "b", 0);

                if (i % 3 == 0)
                        assert_int_equal(change(r, id, claim_it(r, id), STORE_DONE), 0);
        }
        do {
                struct got *g = list(r, &f, after, 2);

                n += (unsigned)g->n_jobs;
                after = g->next_page;
        } while (after);
        assert_int_equal(n, 6);
}

static void limits(void **state)
{
        assert_int_equal(list(*state, NULL, 0, 0)->error, -EINVAL);
        assert_int_equal(list(*state, NULL, 0, STORE_PAGE_MAX + 1)->error, -EINVAL);
        assert_int_equal(list(*state, NULL, 0, STORE_PAGE_MAX)->error, 0);
        assert_int_equal(events_of(*state, NULL, 0, 0)->error, -EINVAL);
        assert_int_equal(events_of(*state, NULL, 0, STORE_PAGE_MAX + 1)->error, -EINVAL);
}

static void tell(struct room *r, const char *id, uint64_t epoch, const char *text)
{
        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = epoch,
                                                                .state = STORE_RUNNING,
                                                                .events = &text,
                                                                .n_events = 1 }),
                         0);
}

static void events_after_a_number(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two = submit(r, 2);
        uint64_t of_one = claim_it(r, one), of_two = claim_it(r, two);
        uint64_t after;
        struct got *g = events_of(r, NULL, 0, 100);

        after = g->n_events ? g->events[g->n_events - 1].number : 0;
        tell(r, one, of_one, "{\"n\":1}");
        tell(r, two, of_two, "{\"n\":2}");
        tell(r, one, of_one, "{\"n\":3}");
        g = events_of(r, NULL, after, 100);
        assert_int_equal(g->n_events, 3);
        assert_int_equal(g->next_page, 0);
        assert_string_equal(g->events[0].job, one);
        assert_string_equal(g->events[1].job, two);
        assert_string_equal(g->events[2].json, "{\"n\":3}");
        g = events_of(r, one, after, 1);
        assert_int_equal(g->n_events, 1);
        assert_string_equal(g->events[0].json, "{\"n\":1}");
        g = events_of(r, one, g->next_page, 10);
        assert_int_equal(g->n_events, 1);
        assert_string_equal(g->events[0].json, "{\"n\":3}");
        assert_int_equal(events_of(r, NULL, g->events[0].number, 10)->n_events, 0);
        assert_int_equal(events_of(r, "nobody", 0, 10)->error, -ENOENT);
}

static void numbers_of_events_are_never_given_twice(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1);
        uint64_t epoch = claim_it(r, one), last;
        struct got *g;

        tell(r, one, epoch, "{}");
        assert_int_equal(change(r, one, epoch, STORE_DONE), 0);
        g = events_of(r, NULL, 0, 100);
        last = g->events[g->n_events - 1].number;
        g = got_new(r);
        wait_for(asked(g, store_prune(r->store, wall_ms() + 10000, got_answer, g, &g->op)));
        assert_int_equal(g->number, 1);
        assert_int_equal(events_of(r, NULL, 0, 100)->n_events, 0);
        one = submit(r, 1);
        tell(r, one, claim_it(r, one), "{}");
        g = events_of(r, NULL, last, 100);
        assert_true(g->n_events > 0);
}

static void counts_are_exact(void **state)
{
        struct room *r = *state;
        const char *ids[6];
        struct store_counts c;

        for (unsigned i = 0; i < 6; i++)
                ids[i] = submit(r, i + 1);
        claim_it(r, ids[1]);
        assert_int_equal(change(r, ids[2], claim_it(r, ids[2]), STORE_RUNNING), 0);
        assert_int_equal(change(r, ids[3], claim_it(r, ids[3]), STORE_DONE), 0);
        assert_int_equal(cancel(r, ids[4]), 0);
        for (int again = 0; again < 2; again++) {
                struct got *g = list(r, NULL, 0, 1);

                store_counts(r->store, &c);
                assert_memory_equal(&c, &g->counts, sizeof(c));
                assert_int_equal(c.of[STORE_DONE], 1);
                assert_int_equal(c.of[STORE_CANCELLED], 1);
                assert_int_equal(c.of[STORE_WAITING] + c.of[STORE_CLAIMED] + c.of[STORE_RUNNING], 4);
                assert_int_equal(c.of[STORE_WAITING], again ? 4 : 2); /* what was at work waits again */
                room_close(r);
                room_open(r);
        }
}

const struct CMUnitTest conform_look[] = {
        cmocka_unit_test(one_that_is_not_there),
        cmocka_unit_test(pages_go_by_the_last_one_seen),
        cmocka_unit_test(the_last_page_says_so),
        cmocka_unit_test(newest_first),
        cmocka_unit_test(by_state),
        cmocka_unit_test(by_what_it_is),
        cmocka_unit_test(a_filter_is_no_pattern),
        cmocka_unit_test(pages_with_a_filter),
        cmocka_unit_test(limits),
        cmocka_unit_test(events_after_a_number),
        cmocka_unit_test(numbers_of_events_are_never_given_twice),
        cmocka_unit_test(counts_are_exact),
        { 0 },
};
