/* SPDX-License-Identifier: Apache-2.0 */

/* Who is next, and how long one has it. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

static void nothing_to_claim(void **state)
{
        assert_int_equal(claim(*state, 10)->n_jobs, 0);
}

static void a_claim_is_known(void **state)
{
        struct room *r = *state;
        int64_t before = wall_ms();
        const char *id = submit(r, 1);
        struct got *g = claim(r, 5);
        const struct store_job *j = g->jobs;

        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(j->id, id);
        assert_int_equal(j->state, STORE_CLAIMED);
        assert_int_equal(j->epoch, 1);
        assert_string_equal(j->gateway, "gate-1");
        assert_true(j->lease_ms >= before + 60000 && j->lease_ms <= wall_ms() + 60000);
        assert_string_equal(secret_text(g->secrets[0]), "secret-of-S00001");
        assert_true(j->has_secret);
        assert_int_equal(claim(r, 5)->n_jobs, 0);
        assert_int_equal(count(r, STORE_CLAIMED), 1);
        assert_int_equal(count(r, STORE_WAITING), 0);
}

static void without_a_secret_there_is_none(void **state)
{
        struct got *g;

        wait_for(ask_submit(*state, &(struct store_new){ .serial = "S1", .code = "C1" }, 1));
        g = claim(*state, 1);
        assert_int_equal(g->n_jobs, 1);
        assert_null(g->secrets[0]);
        assert_false(g->jobs[0].has_secret);
}

static void by_codes_that_were_heard(void **state)
{
        static const char codes[][STORE_CODE_LEN + 1] = { "C00003", "NOBODY", "C00002", "C00003" };
        struct room *r = *state;
        struct got *g;

        for (unsigned i = 1; i <= 4; i++)
                submit(r, i);
        g = wait_for(ask_claim(
                r, &(struct store_claim){ .codes = codes, .n_codes = 4, .limit = 10, .lease_ms = 60000 }));
        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 2);
        assert_string_equal(g->jobs[0].code, "C00002"); /* the older first */
        assert_string_equal(g->jobs[1].code, "C00003");
        assert_int_equal(count(r, STORE_WAITING), 2);
}

static void several_of_one_code(void **state)
{
        static const char codes[][STORE_CODE_LEN + 1] = { "SAME01" };
        struct room *r = *state;
        struct store_claim want = { .codes = codes, .n_codes = 1, .limit = 10, .lease_ms = 60000 };
        struct got *g;

        for (int i = 0; i < 2; i++)
                wait_for(ask_submit(r, &(struct store_new){ .serial = i ? "S2" : "S1", .code = "SAME01" },
                                    1));
        g = wait_for(ask_claim(r, &want));
        assert_int_equal(g->n_jobs, 2);
        assert_string_equal(g->jobs[0].serial, "S1");
}

static void expect_serials(const struct got *g, const char *serials)
{
        char is[256] = "";

        for (size_t i = 0; i < g->n_jobs; i++)
                (void)snprintf(is + strlen(is), sizeof(is) - strlen(is), "%s%s", i ? " " : "",
                               g->jobs[i].serial + 5);
        assert_string_equal(is, serials);
}

static void people_before_batches(void **state)
{
        struct room *r = *state;

        submit_of(r, 1, "list", 0);
        submit_of(r, 2, "anna", 10);
        submit_of(r, 3, "list", -5);
        submit_of(r, 4, "anna", 10);
        expect_serials(claim(r, 10), "2 4 1 3");
}

static void the_oldest_of_a_submitter(void **state)
{
        struct room *r = *state;

        for (unsigned i = 1; i <= 5; i++)
                submit(r, i);
        expect_serials(claim(r, 2), "1 2");
        expect_serials(claim(r, 10), "3 4 5");
}

static void fair_between_submitters(void **state)
{
        struct room *r = *state;
        unsigned of_b = 0;

        for (unsigned i = 1; i <= 6; i++)
                submit_of(r, i, "a", 0);
        submit_of(r, 7, "b", 0);
        submit_of(r, 8, "b", 0);
        for (int i = 0; i < 4; i++) { /* one by one, as slots get free */
                struct got *g = claim(r, 1);

                assert_int_equal(g->n_jobs, 1);
                of_b += strcmp(g->jobs[0].submitter, "b") == 0;
        }
        assert_int_equal(of_b, 2);
        assert_int_equal(claim(r, 10)->n_jobs, 4);
}

static void fair_in_one_claim(void **state)
{
        struct room *r = *state;
        struct got *g;

        for (unsigned i = 1; i <= 5; i++)
                submit_of(r, i, "a", 0);
        submit_of(r, 6, "b", 0);
        submit_of(r, 7, "c", 0);
        g = claim(r, 3);
        assert_int_equal(g->n_jobs, 3);
        assert_string_not_equal(g->jobs[0].submitter, g->jobs[1].submitter);
        assert_string_not_equal(g->jobs[0].submitter, g->jobs[2].submitter);
        assert_string_not_equal(g->jobs[1].submitter, g->jobs[2].submitter);
}

static void fair_among_those_heard(void **state)
{
        static const char codes[][STORE_CODE_LEN + 1] = { "C00001", "C00002", "C00003", "C00004" };
        struct room *r = *state;
        struct store_claim want = { .codes = codes, .n_codes = 4, .limit = 2, .lease_ms = 60000 };
        struct got *g;

        for (unsigned i = 1; i <= 3; i++)
                submit_of(r, i, "a", 0);
        submit_of(r, 4, "b", 0);
        g = wait_for(ask_claim(r, &want));
        assert_int_equal(g->n_jobs, 2);
        assert_string_not_equal(g->jobs[0].submitter, g->jobs[1].submitter);
}

static void limits(void **state)
{
        struct room *r = *state;

        submit(r, 1);
        assert_int_equal(wait_for(ask_claim(r, &(struct store_claim){ .limit = 0 }))->error, -EINVAL);
        assert_int_equal(wait_for(ask_claim(r, &(struct store_claim){ .limit = STORE_PAGE_MAX + 1 }))->error,
                         -EINVAL);
        assert_int_equal(claim(r, STORE_PAGE_MAX)->n_jobs, 1);
}

static void this_one_only(void **state)
{
        struct room *r = *state;
        const char *two;

        submit(r, 1);
        two = submit(r, 2);
        assert_int_equal(claim_it(r, two), 1);
        assert_int_equal(
                wait_for(ask_claim(r, &(struct store_claim){ .id = two, .limit = 1, .lease_ms = 60000 }))
                        ->n_jobs,
                0);
        assert_int_equal(
                wait_for(ask_claim(r, &(struct store_claim){ .id = "nobody", .limit = 1, .lease_ms = 1 }))
                        ->n_jobs,
                0);
}

static void never_twice(void **state)
{
        struct room *r = *state;
        struct store_claim want = { .limit = 3, .lease_ms = 60000 };
        struct got *a, *b;

        for (unsigned i = 1; i <= 4; i++)
                submit(r, i);
        a = ask_claim(r, &want);
        b = ask_claim(r, &want);
        wait_for(a);
        wait_for(b);
        assert_int_equal(a->n_jobs, 3);
        assert_int_equal(b->n_jobs, 1);
        for (size_t i = 0; i < 3; i++)
                assert_string_not_equal(a->jobs[i].id, b->jobs[0].id);
}

/* Asks again until there is one; as the clock is the store's own. */
static struct got *claim_in_time(struct room *r)
{
        int64_t until = wall_ms() + 10000;
        struct got *g;

        do
                g = claim(r, 1);
        while (g->n_jobs == 0 && wall_ms() < until);
        assert_int_equal(g->n_jobs, 1);
        return g;
}

static void not_before(void **state)
{
        struct room *r = *state;
        int64_t at = wall_ms() + 150;

        wait_for(ask_submit(r, &(struct store_new){ .serial = "S1", .code = "C1", .not_before_ms = at }, 1));
        claim_in_time(r);
        assert_true(wall_ms() >= at);
}

static void not_before_by_code_or_id(void **state)
{
        static const char codes[][STORE_CODE_LEN + 1] = { "C1" };
        struct room *r = *state;
        struct store_new n = { .serial = "S1", .code = "C1", .not_before_ms = wall_ms() + 3600000 };
        const char *id = wait_for(ask_submit(r, &n, 1))->jobs[0].id;

        assert_int_equal(look(r, id)->not_before_ms, n.not_before_ms);
        assert_int_equal(
                wait_for(ask_claim(r,
                                   &(struct store_claim){
                                           .codes = codes, .n_codes = 1, .limit = 1, .lease_ms = 1000 }))
                        ->n_jobs,
                0);
        assert_int_equal(
                wait_for(ask_claim(r, &(struct store_claim){ .id = id, .limit = 1, .lease_ms = 1000 }))
                        ->n_jobs,
                0);
}

static void a_lease_ends(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        struct got *g = wait_for(ask_claim(r, &(struct store_claim){ .limit = 1, .lease_ms = 100 }));

        assert_int_equal(g->n_jobs, 1);
        g = claim_in_time(r);
        assert_string_equal(g->jobs[0].id, id);
        assert_int_equal(g->jobs[0].epoch, 2);
        assert_int_equal(g->jobs[0].interruptions, 0);
        assert_non_null(g->secrets[0]);
        assert_int_equal(change(r, id, 1, STORE_DONE), -ESTALE);
        assert_int_equal(change(r, id, 2, STORE_RUNNING), 0);
}

/* Jobs of a profile that is held up stay, and hold up no others, whatever their names have in common. */
static void profiles_passed_over(void **state)
{
        static const char *const profile[] = { "north", "south", "nor", "north,south", NULL, "south" };
        static const char *const over[] = { "north", "no such one", "th,s" }, *const others[] = {
                "south", "nor", "north,south", ""
        };
        static const char codes[][STORE_CODE_LEN + 1] = { "C0", "C1", "C4" };
        struct store_claim want = { .limit = 1, .lease_ms = 60000, .passed_over = over, .n_passed_over = 3 };
        struct room *r = *state;
        char serial[3] = "S0", code[3] = "C0";
        struct got *g;

        for (int i = 0; i < 6; i++) {
                serial[1] = code[1] = (char)('0' + i);
                wait_for(ask_submit(r,
                                    &(struct store_new){ .serial = serial,
                                                         .code = code,
                                                         .profile = profile[i],
                                                         .priority = i ? 0 : 10 },
                                    1));
        }
        want.codes = codes;
        want.n_codes = 3;
        want.limit = 10;
        g = wait_for(ask_claim(r, &want));
        assert_int_equal(g->n_jobs, 2);
        assert_string_equal(g->jobs[0].serial, "S1");
        assert_string_equal(g->jobs[1].serial, "S4");
        want.n_codes = 0;
        want.limit = 1;
        assert_string_equal(wait_for(ask_claim(r, &want))->jobs[0].serial, "S2");
        want.limit = 10;
        g = wait_for(ask_claim(r, &want));
        assert_int_equal(g->n_jobs, 2);
        assert_string_equal(g->jobs[1].serial, "S5");
        assert_int_equal(change(r, g->jobs[1].id, g->jobs[1].epoch, STORE_PENDING), 0);
        want.pending = true;
        want.passed_over = others;
        want.n_passed_over = 4;
        assert_int_equal(wait_for(ask_claim(r, &want))->n_jobs, 0);
        want.n_passed_over = 0;
        assert_int_equal(wait_for(ask_claim(r, &want))->n_jobs, 1);
        assert_string_equal(claim(r, 10)->jobs[0].serial, "S0");
        want.n_passed_over = STORE_PASSED_OVER_MAX + 1;
        assert_int_equal(ask_claim(r, &want)->error, -EINVAL);
}

static void a_page_of_claims(void **state)
{
        struct room *r = *state;
        struct store_new list[600];
        static char serials[600][16];
        struct got *g;

        for (int i = 0; i < 600; i++) {
                (void)snprintf(serials[i], sizeof(serials[i]), "S%d", i);
                list[i] = (struct store_new){ .serial = serials[i], .code = "C" };
        }
        assert_int_equal(wait_for(ask_submit(r, list, 600))->error, 0);
        g = claim(r, STORE_PAGE_MAX);
        assert_int_equal(g->n_jobs, STORE_PAGE_MAX);
        for (int i = 0; i < STORE_PAGE_MAX; i++)
                assert_string_equal(g->jobs[i].serial, serials[i]);
        assert_int_equal(claim(r, STORE_PAGE_MAX)->n_jobs, 100);
}

const struct CMUnitTest conform_claim[] = {
        cmocka_unit_test(nothing_to_claim),
        cmocka_unit_test(a_claim_is_known),
        cmocka_unit_test(without_a_secret_there_is_none),
        cmocka_unit_test(by_codes_that_were_heard),
        cmocka_unit_test(several_of_one_code),
        cmocka_unit_test(people_before_batches),
        cmocka_unit_test(the_oldest_of_a_submitter),
        cmocka_unit_test(fair_between_submitters),
        cmocka_unit_test(fair_in_one_claim),
        cmocka_unit_test(fair_among_those_heard),
        cmocka_unit_test(limits),
        cmocka_unit_test(this_one_only),
        cmocka_unit_test(never_twice),
        cmocka_unit_test(not_before),
        cmocka_unit_test(not_before_by_code_or_id),
        cmocka_unit_test(a_lease_ends),
        cmocka_unit_test(profiles_passed_over),
        cmocka_unit_test(a_page_of_claims),
        { 0 },
};
