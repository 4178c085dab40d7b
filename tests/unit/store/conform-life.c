/* SPDX-License-Identifier: Apache-2.0 */

/* A store is opened, closed, and left by processes that die; operations are dropped. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static void it_is_all_there_again(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two = submit(r, 2);
        const struct store_job *j;

        assert_int_equal(change_with(r, &(struct store_change){ .id = two,
                                                                .epoch = claim_it(r, two),
                                                                .state = STORE_FAILED,
                                                                .step = "wifi",
                                                                .fault = "wifi-join",
                                                                .cause = "why",
                                                                .record = "{\"a\":1}" }),
                         0);
        room_close(r);
        room_open(r);
        assert_int_equal(look(r, one)->state, STORE_WAITING);
        j = look(r, two);
        assert_int_equal(j->state, STORE_FAILED);
        assert_string_equal(j->step, "wifi");
        assert_string_equal(j->fault, "wifi-join");
        assert_string_equal(j->cause, "why");
        assert_string_equal(j->record, "{\"a\":1}");
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 2);
        assert_string_equal(secret_text(claim(r, 1)->secrets[0]), "secret-of-S00001");
}

static void at_work_when_it_was_closed(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two = submit(r, 2);
        const struct store_job *j;

        assert_int_equal(change_with(r, &(struct store_change){ .id = one,
                                                                .epoch = claim_it(r, one),
                                                                .state = STORE_RUNNING,
                                                                .step = "connect" }),
                         0);
        assert_int_equal(change_with(r, &(struct store_change){ .id = two,
                                                                .epoch = claim_it(r, two),
                                                                .state = STORE_ASKING,
                                                                .question = "{}" }),
                         0);
        room_close(r);
        room_open(r);
        j = look(r, one);
        assert_int_equal(j->state, STORE_WAITING);
        assert_int_equal(j->attempt, 1);
        assert_int_equal(j->interruptions, 0);
        assert_string_equal(j->step, "connect");
        assert_int_equal(j->lease_ms, 0);
        assert_null(look(r, two)->question);
        assert_int_equal(change(r, one, 1, STORE_DONE), -ESTALE);
        assert_int_equal(claim_it(r, one), 2);
}

static void run_the_first(struct room *r)
{
        struct got *g = claim(r, 1);

        assert_int_equal(g->n_jobs, 1);
        assert_int_equal(change_with(r, &(struct store_change){ .id = g->jobs[0].id,
                                                                .epoch = g->jobs[0].epoch,
                                                                .state = STORE_RUNNING,
                                                                .step = "connect" }),
                         0);
}

static void a_process_that_died_counts(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        size_t events;

        for (unsigned i = 1; i <= 3; i++) {
                const struct store_job *j;

                events = events_of(r, id, 0, 100)->n_events;
                room_close(r);
                room_crash(r, run_the_first);
                room_open(r);
                j = look(r, id);
                assert_int_equal(j->state, STORE_WAITING);
                assert_int_equal(j->interruptions, i);
                assert_int_equal(j->attempt, i);
                assert_int_equal(j->epoch, i);
                assert_true(events_of(r, id, 0, 100)->n_events > events);
        }
}

static void run_it_further(struct room *r)
{
        struct got *g = claim(r, 1);

        assert_int_equal(g->n_jobs, 1);
        assert_int_equal(change_with(r, &(struct store_change){ .id = g->jobs[0].id,
                                                                .epoch = g->jobs[0].epoch,
                                                                .state = STORE_RUNNING,
                                                                .step = "wifi" }),
                         0);
}

static void at_another_step_it_begins_anew(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        room_close(r);
        room_crash(r, run_the_first);
        room_crash(r, run_the_first);
        room_crash(r, run_it_further);
        room_open(r);
        assert_int_equal(look(r, id)->interruptions, 1);
}

/* A job that is given back has not got past the step at which its process died: it is as suspect as before,
 * also where it stood nearer to the beginning then. */
static void given_back_it_still_counts(void **state)
{
        struct store_change back = { .state = STORE_WAITING, .step = "find", .attempted = true };
        struct room *r = *state;
        const char *id = submit(r, 1);

        room_close(r);
        room_crash(r, run_the_first);
        room_crash(r, run_the_first);
        room_open(r);
        back.id = id;
        back.epoch = claim_it(r, id);
        assert_int_equal(change_with(r, &back), 0);
        assert_int_equal(look(r, id)->interruptions, 2);
        assert_string_equal(look(r, id)->interrupted_at, "connect");
        room_close(r);
        room_crash(r, run_the_first);
        room_open(r);
        assert_int_equal(look(r, id)->interruptions, 3);
}

static void past_the_step_it_begins_anew(void **state)
{
        struct store_change past = { .state = STORE_RUNNING, .step = "connect", .passed = true };
        struct room *r = *state;
        const char *id = submit(r, 1);

        room_close(r);
        room_crash(r, run_the_first);
        room_crash(r, run_the_first);
        room_open(r);
        past.id = id;
        past.epoch = claim_it(r, id);
        assert_int_equal(change_with(r, &past), 0);
        assert_int_equal(look(r, id)->interruptions, 0);
        assert_string_equal(look(r, id)->interrupted_at, "");
        assert_int_equal(change(r, id, past.epoch, STORE_WAITING), 0);
        room_close(r);
        room_crash(r, run_the_first);
        room_open(r);
        assert_int_equal(look(r, id)->interruptions, 1);
}

static void an_end_forgets_them(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        room_close(r);
        room_crash(r, run_the_first);
        room_open(r);
        assert_int_equal(change(r, id, claim_it(r, id), STORE_FAILED), 0);
        assert_int_equal(look(r, id)->interruptions, 0);
}

static void claim_and_wait(struct room *r)
{
        assert_int_equal(claim(r, 1)->n_jobs, 1);
}

static void who_had_none_at_work_harms_none(void **state)
{
        struct room *r = *state;
        const char *one = submit(r, 1), *two = submit(r, 2);

        room_close(r);
        room_crash(r, claim_and_wait);
        room_open(r);
        assert_int_equal(look(r, one)->state, STORE_WAITING);
        assert_int_equal(look(r, two)->state, STORE_WAITING);
        assert_int_equal(look(r, two)->interruptions, 0);
}

static void submit_many(struct room *r)
{
        for (unsigned i = 1; i <= 20; i++)
                submit(r, i);
}

static void what_was_answered_is_there(void **state)
{
        struct room *r = *state;

        room_close(r);
        room_crash(r, submit_many);
        room_open(r);
        assert_int_equal(count(r, STORE_WAITING), 20);
        assert_int_equal(list(r, NULL, 0, 100)->n_jobs, 20);
}

static void a_cancel_outlives_its_holder(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        claim_it(r, id);
        assert_int_equal(cancel(r, id), 0);
        room_close(r);
        room_open(r);
        assert_int_equal(look(r, id)->state, STORE_CANCELLED);
        assert_false(look(r, id)->has_secret);
}

static void pending_stays_pending(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        struct store_claim want = { .limit = 1, .pending = true, .lease_ms = 60000 };

        assert_int_equal(change(r, id, claim_it(r, id), STORE_PENDING), 0);
        assert_int_equal(wait_for(ask_claim(r, &want))->n_jobs, 1);
        room_close(r);
        room_open(r);
        assert_int_equal(look(r, id)->state, STORE_PENDING); /* the radio's part is done */
        assert_int_equal(wait_for(ask_claim(r, &want))->n_jobs, 1);
}

static void dropped_is_done_all_the_same(void **state)
{
        struct room *r = *state;
        struct got *g = ask_submit(r, &(struct store_new){ .serial = "S00001", .code = "C00001" }, 1);

        g->op = op_free(g->op);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 1);
        assert_false(g->here);
        assert_int_equal(count(r, STORE_WAITING), 1);
}

static void drop_itself(void *userdata, const struct store_answer *a)
{
        struct got *g = userdata;

        got_answer(g, a);
        g->op = op_free(g->op);
}

static void dropped_in_its_answer(void **state)
{
        struct room *r = *state;
        struct got *g = got_new(r);

        wait_for(asked(g, store_list(r->store, NULL, 0, 10, drop_itself, g, &g->op)));
        assert_int_equal(g->error, 0);
}

static void close_the_store(void *userdata, const struct store_answer *a)
{
        struct got *g = userdata;

        got_answer(g, a);
        room_close(g->room);
}

static void closed_in_an_answer(void **state)
{
        struct room *r = *state;
        struct got *g = got_new(r), *never;

        asked(g, store_list(r->store, NULL, 0, 10, close_the_store, g, &g->op));
        never = ask_submit(r, &(struct store_new){ .serial = "S00001", .code = "C00001" }, 1);
        wait_for(g);
        assert_null(r->store);
        assert_false(never->here);
        never->op = op_free(never->op); /* after the store */
        room_open(r);
        assert_int_equal(count(r, STORE_WAITING), 1);
}

static void closing_finishes(void **state)
{
        struct room *r = *state;
        struct got *all[30];

        for (unsigned i = 0; i < 30; i++) {
                char serial[16];

                (void)snprintf(serial, sizeof(serial), "S%u", i);
                all[i] = ask_submit(r, &(struct store_new){ .serial = serial, .code = "C" }, 1);
        }
        room_close(r);
        for (unsigned i = 0; i < 30; i++)
                assert_false(all[i]->here);
        room_open(r);
        assert_int_equal(count(r, STORE_WAITING), 30);
}

static void what_was_given_may_go(void **state)
{
        struct room *r = *state;
        char serial[16] = "S00001", code[7] = "C00001", text[] = "{\"n\":1}";
        const char *events[] = { text };
        struct got *g;
        char id[STORE_ID_LEN + 1];

        g = ask_submit(r, &(struct store_new){ .serial = serial, .code = code, .options = text }, 1);
        memset(serial, 'x', 6);
        memset(code, 'x', 6);
        memset(text, 'x', 7);
        assert_string_equal(wait_for(g)->jobs[0].serial, "S00001");
        assert_string_equal(g->jobs[0].options, "{\"n\":1}");
        (void)snprintf(id, sizeof(id), "%s", g->jobs[0].id);
        (void)snprintf(text, sizeof(text), "{}");
        claim_it(r, id);
        g = ask_change(r, &(struct store_change){ .id = id,
                                                  .epoch = 1,
                                                  .state = STORE_RUNNING,
                                                  .step = text,
                                                  .record = text,
                                                  .events = events,
                                                  .n_events = 1 });
        memset(text, 'x', 7);
        memset(id, 'x', 7);
        events[0] = NULL;
        assert_int_equal(wait_for(g)->error, 0);
        assert_string_equal(g->jobs[0].record, "{}");
}

static void only_its_owner_reads_it(void **state)
{
        struct room *r = *state;
        struct stat st;

        assert_int_equal(stat(r->path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
}

const struct CMUnitTest conform_life[] = {
        cmocka_unit_test(it_is_all_there_again),      cmocka_unit_test(at_work_when_it_was_closed),
        cmocka_unit_test(a_process_that_died_counts), cmocka_unit_test(at_another_step_it_begins_anew),
        cmocka_unit_test(given_back_it_still_counts), cmocka_unit_test(past_the_step_it_begins_anew),
        cmocka_unit_test(an_end_forgets_them),        cmocka_unit_test(who_had_none_at_work_harms_none),
        cmocka_unit_test(what_was_answered_is_there), cmocka_unit_test(a_cancel_outlives_its_holder),
        cmocka_unit_test(pending_stays_pending),      cmocka_unit_test(dropped_is_done_all_the_same),
        cmocka_unit_test(dropped_in_its_answer),      cmocka_unit_test(closed_in_an_answer),
        cmocka_unit_test(closing_finishes),           cmocka_unit_test(what_was_given_may_go),
        cmocka_unit_test(only_its_owner_reads_it),    { 0 },
};
