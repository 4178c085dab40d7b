/* SPDX-License-Identifier: Apache-2.0 */

/* What the holder of a job writes, and what one that holds it no longer may not. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

static void a_checkpoint(void **state)
{
        struct room *r = *state;
        int64_t before = wall_ms();
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);
        struct got *g = wait_for(ask_change(r, &(struct store_change){ .id = id,
                                                                       .epoch = epoch,
                                                                       .state = STORE_RUNNING,
                                                                       .step = "connect",
                                                                       .record = "{\"a\":1}" }));

        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        assert_int_equal(g->jobs[0].state, STORE_RUNNING);
        assert_string_equal(g->jobs[0].step, "connect");
        assert_string_equal(g->jobs[0].record, "{\"a\":1}");
        assert_int_equal(g->jobs[0].attempt, 1);
        assert_true(g->jobs[0].started_ms >= before && g->jobs[0].started_ms <= wall_ms());
        assert_true(g->jobs[0].has_secret);
        assert_int_equal(count(r, STORE_RUNNING), 1);
        assert_int_equal(count(r, STORE_CLAIMED), 0);
}

static void what_is_not_named_stays(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);
        const struct store_job *j;

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = epoch,
                                                                .state = STORE_RUNNING,
                                                                .step = "wifi",
                                                                .fault = "wifi-join",
                                                                .cause = "too far",
                                                                .record = "{}" }),
                         0);
        assert_int_equal(change(r, id, epoch, STORE_RUNNING), 0);
        j = look(r, id);
        assert_string_equal(j->step, "wifi");
        assert_string_equal(j->fault, "wifi-join");
        assert_string_equal(j->cause, "too far");
        assert_string_equal(j->record, "{}");
        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = epoch,
                                                                .state = STORE_DONE,
                                                                .fault = "",
                                                                .cause = "" }),
                         0);
        assert_string_equal(look(r, id)->fault, "");
}

static void a_late_write_changes_nothing(void **state)
{
        static const enum store_state all[] = { STORE_RUNNING, STORE_ASKING, STORE_WAITING,  STORE_PENDING,
                                                STORE_DONE,    STORE_FAILED, STORE_CANCELLED };
        static const char *const events[] = { "{}" };
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t old = claim_it(r, id), mine;
        size_t n_events;

        assert_int_equal(change(r, id, old, STORE_WAITING), 0);
        mine = claim_it(r, id);
        assert_int_equal(mine, old + 1);
        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = mine,
                                                                .step = "mine",
                                                                .state = STORE_RUNNING,
                                                                .record = "{}" }),
                         0);
        n_events = events_of(r, id, 0, 100)->n_events;
        for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
                const struct store_job *j;

                assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                        .epoch = old,
                                                                        .state = all[i],
                                                                        .step = "late",
                                                                        .fault = "late",
                                                                        .record = "late",
                                                                        .events = events,
                                                                        .n_events = 1 }),
                                 -ESTALE);
                j = look(r, id);
                assert_int_equal(j->state, STORE_RUNNING);
                assert_int_equal(j->epoch, mine);
                assert_string_equal(j->step, "mine");
                assert_string_equal(j->record, "{}");
                assert_string_equal(j->fault, "");
                assert_true(j->has_secret);
        }
        assert_int_equal(events_of(r, id, 0, 100)->n_events, n_events);
        assert_int_equal(change(r, id, mine + 1, STORE_DONE), -ESTALE);
        assert_int_equal(change(r, id, mine, STORE_DONE), 0);
}

static void who_holds_nothing_writes_nothing(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch;

        assert_int_equal(change(r, "nobody", 1, STORE_DONE), -ESTALE);
        assert_int_equal(change(r, id, 0, STORE_DONE), -ESTALE);
        epoch = claim_it(r, id);
        assert_int_equal(change(r, id, epoch, STORE_WAITING), 0);
        assert_int_equal(change(r, id, epoch, STORE_RUNNING), -ESTALE); /* it was given back */
        epoch = claim_it(r, id);
        assert_int_equal(change(r, id, epoch, STORE_DONE), 0);
        assert_int_equal(change(r, id, epoch, STORE_FAILED), -ESTALE);
        assert_int_equal(change(r, id, epoch, STORE_RUNNING), -ESTALE);
        assert_int_equal(look(r, id)->state, STORE_DONE);
}

static void claimed_is_no_change(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);

        assert_int_equal(change(r, id, epoch, STORE_CLAIMED), -EINVAL);
        assert_int_equal(change(r, id, epoch, _STORE_STATE_MAX), -EINVAL);
}

static void a_question(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);
        int64_t until = wall_ms() + 1800000;
        const struct store_job *j;

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = epoch,
                                                                .state = STORE_ASKING,
                                                                .question = "{\"ask\":\"network\"}",
                                                                .question_until_ms = until }),
                         0);
        j = look(r, id);
        assert_int_equal(j->state, STORE_ASKING);
        assert_string_equal(j->question, "{\"ask\":\"network\"}");
        assert_int_equal(j->question_until_ms, until);
        assert_int_equal(count(r, STORE_ASKING), 1);
        assert_int_equal(claim(r, 1)->n_jobs, 0);
        assert_int_equal(change(r, id, epoch, STORE_RUNNING), 0); /* answered */
        j = look(r, id);
        assert_null(j->question);
        assert_int_equal(j->question_until_ms, 0);
}

static void given_back(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        const struct store_job *j;

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_WAITING,
                                                                .attempted = true }),
                         0);
        j = look(r, id);
        assert_int_equal(j->attempt, 1);
        assert_int_equal(j->lease_ms, 0);
        assert_string_equal(j->gateway, "");
        assert_true(j->has_secret);
        assert_int_equal(change(r, id, claim_it(r, id), STORE_WAITING), 0); /* does not count */
        assert_int_equal(look(r, id)->attempt, 1);
        assert_int_equal(claim(r, 1)->jobs[0].attempt, 2);
}

static void given_back_for_later(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        int64_t at = wall_ms() + 3600000;

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_WAITING,
                                                                .not_before_ms = at }),
                         0);
        assert_int_equal(look(r, id)->not_before_ms, at);
        assert_int_equal(claim(r, 1)->n_jobs, 0);
}

static void pending_goes_on(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        struct got *g;

        submit(r, 2);
        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_PENDING,
                                                                .record = "{\"b\":2}" }),
                         0);
        assert_int_equal(count(r, STORE_PENDING), 1);
        g = claim(r, 10); /* waiting ones only */
        assert_int_equal(g->n_jobs, 1);
        assert_string_not_equal(g->jobs[0].id, id);
        g = wait_for(ask_claim(r, &(struct store_claim){ .limit = 10, .pending = true, .lease_ms = 60000 }));
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, id);
        assert_int_equal(g->jobs[0].epoch, 2);
        assert_int_equal(g->jobs[0].attempt, 1);
        assert_string_equal(g->jobs[0].record, "{\"b\":2}");
        assert_int_equal(change(r, id, 1, STORE_DONE), -ESTALE);
        assert_int_equal(change(r, id, 2, STORE_DONE), 0);
        assert_int_equal(count(r, STORE_PENDING), 0);
        assert_int_equal(count(r, STORE_DONE), 1);
}

static void pending_for_later(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_PENDING,
                                                                .not_before_ms = wall_ms() + 3600000 }),
                         0);
        assert_int_equal(
                wait_for(
                        ask_claim(r, &(struct store_claim){ .limit = 1, .pending = true, .lease_ms = 1000 }))
                        ->n_jobs,
                0);
}

static void the_end_wipes_the_secret(void **state)
{
        static const enum store_state ends[] = { STORE_DONE, STORE_FAILED, STORE_CANCELLED };
        struct room *r = *state;

        for (unsigned i = 0; i < 3; i++) {
                int64_t before = wall_ms();
                const char *id = submit(r, i + 1);
                const struct store_job *j;

                assert_int_equal(change(r, id, claim_it(r, id), ends[i]), 0);
                j = look(r, id);
                assert_int_equal(j->state, ends[i]);
                assert_false(j->has_secret);
                assert_int_equal(j->lease_ms, 0);
                assert_true(j->ended_ms >= before && j->ended_ms <= wall_ms());
                assert_int_equal(count(r, ends[i]), 1);
        }
}

static void a_failed_one_keeps_it_a_while(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_FAILED,
                                                                .fault = "wifi-join",
                                                                .keep_secret_ms = 3600000 }),
                         0);
        assert_true(look(r, id)->has_secret);
        assert_int_equal(retry(r, id), 0);
        assert_string_equal(secret_text(claim(r, 1)->secrets[0]), "secret-of-S00001");
}

static void events_are_appended(void **state)
{
        static const char *const two[] = { "{\"n\":1}", "{\"n\":2}" }, *const one[] = { "{\"n\":\"'\"}" };
        struct room *r = *state;
        const char *id = submit(r, 1);
        struct store_change c = { .id = id, .epoch = claim_it(r, id), .state = STORE_RUNNING };
        struct got *g;

        c.events = two;
        c.n_events = 2;
        assert_int_equal(change_with(r, &c), 0);
        c.events = one;
        c.n_events = 1;
        assert_int_equal(change_with(r, &c), 0);
        g = events_of(r, id, 0, 100);
        assert_true(g->n_events >= 3);
        assert_string_equal(g->events[g->n_events - 3].json, two[0]);
        assert_string_equal(g->events[g->n_events - 2].json, two[1]);
        assert_string_equal(g->events[g->n_events - 1].json, one[0]);
        for (size_t i = 0; i < g->n_events; i++) {
                assert_string_equal(g->events[i].job, id);
                assert_true(g->events[i].time_ms > 0);
                assert_true(i == 0 || g->events[i].number > g->events[i - 1].number);
        }
}

static void old_events_go(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);
        struct got *last = NULL;
        struct got *g;

        for (int i = 0; i < STORE_EVENTS_A_JOB + 50; i++) {
                char text[32];
                const char *events[] = { text };

                (void)snprintf(text, sizeof(text), "{\"n\":%d}", i);
                last = ask_change(r, &(struct store_change){ .id = id,
                                                             .epoch = epoch,
                                                             .state = STORE_RUNNING,
                                                             .events = events,
                                                             .n_events = 1 });
        }
        assert_int_equal(wait_for(last)->error, 0);
        g = events_of(r, id, 0, STORE_PAGE_MAX);
        assert_int_equal(g->n_events, STORE_EVENTS_A_JOB);
        assert_string_equal(g->events[STORE_EVENTS_A_JOB - 1].json, "{\"n\":249}");
}

static void texts_have_a_length(void **state)
{
        static char longer[STORE_RECORD_MAX + 2];
        const struct {
                size_t max, at;
        } rows[] = {
                { STORE_NAME_MAX, offsetof(struct store_change, step) },
                { STORE_NAME_MAX, offsetof(struct store_change, fault) },
                { STORE_CAUSE_MAX, offsetof(struct store_change, cause) },
                { STORE_RECORD_MAX, offsetof(struct store_change, record) },
                { STORE_OPTIONS_MAX, offsetof(struct store_change, question) },
        };
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);

        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                for (size_t more = 0; more < 2; more++) {
                        struct store_change c = { .id = id, .epoch = epoch, .state = STORE_ASKING };

                        memset(longer, 'a', rows[i].max + more);
                        longer[rows[i].max + more] = 0;
                        *(const char **)((char *)&c + rows[i].at) = longer;
                        assert_int_equal(change_with(r, &c), more ? -EINVAL : 0);
                }
}

static void several_in_a_turn(void **state)
{
        struct room *r = *state;
        const char *ids[20];
        uint64_t epochs[20];
        struct got *got[21];
        unsigned before;

        for (unsigned i = 0; i < 20; i++) {
                ids[i] = submit(r, i + 1);
                epochs[i] = claim_it(r, ids[i]);
        }
        before = r->n_answered;
        for (unsigned i = 0; i < 20; i++)
                got[i] = ask_change(
                        r, &(struct store_change){ .id = ids[i],
                                                   .epoch = epochs[i] + (i == 7), /* one of them fails */
                                                   .state = STORE_DONE });
        got[20] = ask_get(r, ids[19]);
        wait_for(got[20]);
        for (unsigned i = 0; i < 21; i++) {
                assert_true(got[i]->here);
                assert_int_equal(got[i]->order, before + i + 1);
                assert_int_equal(got[i]->error, i == 7 ? -ESTALE : 0);
        }
        assert_int_equal(got[20]->jobs[0].state, STORE_DONE); /* what was asked for first is done first */
        assert_int_equal(count(r, STORE_DONE), 19);
        assert_int_equal(look(r, ids[7])->state, STORE_CLAIMED);
}

static struct got *renew(struct room *r, const struct store_held *held, size_t n, unsigned lease_ms)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_renew(r->store, held, n, lease_ms, got_answer, g, &g->op)));
}

static void leases_move_on(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two = submit(r, 2);
        struct store_held held[] = { { one, claim_it(r, one) }, { two, claim_it(r, two) }, { "nobody", 1 } };
        int64_t lease_of_two = look(r, two)->lease_ms;
        struct got *g;

        held[1].epoch--;
        g = renew(r, held, 3, 120000);
        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, one);
        assert_true(g->jobs[0].lease_ms > wall_ms() + 100000);
        assert_int_equal(look(r, two)->lease_ms, lease_of_two);
}

static void the_holder_is_told_to_stop(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        struct store_held held = { id, claim_it(r, id) };

        assert_false(renew(r, &held, 1, 60000)->jobs[0].cancel_asked);
        assert_int_equal(cancel(r, id), 0);
        assert_true(renew(r, &held, 1, 60000)->jobs[0].cancel_asked);
        assert_int_equal(change(r, id, held.epoch, STORE_CANCELLED), 0);
        assert_int_equal(renew(r, &held, 1, 60000)->n_jobs, 0);
        assert_int_equal(renew(r, NULL, 0, 60000)->error, 0);
}

const struct CMUnitTest conform_change[] = {
        cmocka_unit_test(a_checkpoint),
        cmocka_unit_test(what_is_not_named_stays),
        cmocka_unit_test(a_late_write_changes_nothing),
        cmocka_unit_test(who_holds_nothing_writes_nothing),
        cmocka_unit_test(claimed_is_no_change),
        cmocka_unit_test(a_question),
        cmocka_unit_test(given_back),
        cmocka_unit_test(given_back_for_later),
        cmocka_unit_test(pending_goes_on),
        cmocka_unit_test(pending_for_later),
        cmocka_unit_test(the_end_wipes_the_secret),
        cmocka_unit_test(a_failed_one_keeps_it_a_while),
        cmocka_unit_test(events_are_appended),
        cmocka_unit_test(old_events_go),
        cmocka_unit_test(texts_have_a_length),
        cmocka_unit_test(several_in_a_turn),
        cmocka_unit_test(leases_move_on),
        cmocka_unit_test(the_holder_is_told_to_stop),
        { 0 },
};
