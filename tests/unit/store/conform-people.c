/* SPDX-License-Identifier: Apache-2.0 */

/* What people ask for of a job: that it ends, that it is tried again. */

#include "tests/unit/store/conform.h"
#include <errno.h>

static void a_waiting_one_ends_at_once(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        const struct store_job *j;

        assert_int_equal(cancel(r, id), 0);
        j = look(r, id);
        assert_int_equal(j->state, STORE_CANCELLED);
        assert_true(j->ended_ms > 0);
        assert_false(j->has_secret);
        assert_false(j->cancel_asked);
        assert_int_equal(claim(r, 1)->n_jobs, 0);
        assert_int_equal(count(r, STORE_CANCELLED), 1);
        assert_int_equal(count(r, STORE_WAITING), 0);
}

static void a_pending_one_ends_at_once(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);

        assert_int_equal(change(r, id, claim_it(r, id), STORE_PENDING), 0);
        assert_int_equal(cancel(r, id), 0);
        assert_int_equal(look(r, id)->state, STORE_CANCELLED);
        assert_int_equal(count(r, STORE_PENDING), 0);
}

static void one_at_work_is_marked(void **state)
{
        static const enum store_state at_work[] = { STORE_RUNNING, STORE_ASKING };
        struct room *r = *state;

        for (unsigned i = 0; i < 2; i++) {
                const char *id = submit(r, i + 1);
                uint64_t epoch = claim_it(r, id);

                assert_int_equal(change(r, id, epoch, at_work[i]), 0);
                assert_int_equal(cancel(r, id), 0);
                assert_int_equal(cancel(r, id), 0); /* whoever asks twice means the same */
                assert_int_equal(look(r, id)->state, at_work[i]);
                assert_true(look(r, id)->cancel_asked);
                assert_int_equal(change(r, id, epoch, STORE_CANCELLED), 0);
                assert_int_equal(look(r, id)->state, STORE_CANCELLED);
                assert_false(look(r, id)->cancel_asked);
        }
}

static void too_late_to_cancel(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);

        assert_int_equal(cancel(r, id), 0);
        assert_int_equal(change(r, id, epoch, STORE_DONE), 0); /* it was faster */
        assert_int_equal(look(r, id)->state, STORE_DONE);
        assert_int_equal(cancel(r, id), -EALREADY);
}

static void given_back_after_a_cancel(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch = claim_it(r, id);

        assert_int_equal(cancel(r, id), 0);
        assert_int_equal(change(r, id, epoch, STORE_WAITING), 0);
        assert_int_equal(look(r, id)->state, STORE_CANCELLED); /* nobody wants it any more */
        assert_int_equal(count(r, STORE_CANCELLED), 1);
        assert_int_equal(count(r, STORE_WAITING), 0);
}

static void unknown(void **state)
{
        assert_int_equal(cancel(*state, "nobody"), -ENOENT);
        assert_int_equal(retry(*state, "nobody"), -ENOENT);
        assert_int_equal(cancel(*state, ""), -ENOENT);
}

static void only_what_failed_is_tried_again(void **state)
{
        struct room *r = *state;
        const char *id = submit(r, 1);
        uint64_t epoch;

        assert_int_equal(retry(r, id), -EALREADY);
        epoch = claim_it(r, id);
        assert_int_equal(retry(r, id), -EALREADY);
        assert_int_equal(change(r, id, epoch, STORE_RUNNING), 0);
        assert_int_equal(retry(r, id), -EALREADY);
        assert_int_equal(change(r, id, epoch, STORE_PENDING), 0);
        assert_int_equal(retry(r, id), -EALREADY);
        epoch = 2;
        wait_for(ask_claim(r, &(struct store_claim){ .limit = 1, .pending = true, .lease_ms = 60000 }));
        assert_int_equal(change(r, id, epoch, STORE_DONE), 0);
        assert_int_equal(retry(r, id), -EALREADY);
}

static void without_its_secret(void **state)
{
        struct room *r = *state;
        const char *failed = submit(r, 1), *cancelled = submit(r, 2);

        assert_int_equal(change(r, failed, claim_it(r, failed), STORE_FAILED), 0);
        assert_int_equal(cancel(r, cancelled), 0);
        assert_int_equal(retry(r, failed), -ENOKEY);
        assert_int_equal(retry(r, cancelled), -ENOKEY);
        assert_int_equal(look(r, failed)->state, STORE_FAILED);
}

static const char *fail_it(struct room *r, unsigned number)
{
        const char *id = submit(r, number);

        assert_int_equal(change_with(r, &(struct store_change){ .id = id,
                                                                .epoch = claim_it(r, id),
                                                                .state = STORE_FAILED,
                                                                .step = "wifi",
                                                                .fault = "wifi-join",
                                                                .cause = "no such network",
                                                                .record = "{\"a\":1}",
                                                                .keep_secret_ms = 3600000 }),
                         0);
        return id;
}

static void tried_again(void **state)
{
        struct room *r = *state;
        const char *id = fail_it(r, 1);
        const struct store_job *j;
        struct got *g;

        assert_int_equal(retry(r, id), 0);
        j = look(r, id);
        assert_int_equal(j->state, STORE_WAITING);
        assert_int_equal(j->ended_ms, 0);
        assert_string_equal(j->record, "{\"a\":1}"); /* it goes on from what is known */
        assert_string_equal(j->fault, "");
        g = claim(r, 1);
        assert_int_equal(g->n_jobs, 1);
        assert_int_equal(g->jobs[0].epoch, 2);
        assert_non_null(g->secrets[0]);
        assert_int_equal(count(r, STORE_FAILED), 0);
}

static void scanned_again_meanwhile(void **state)
{
        struct room *r = *state;
        const char *id = fail_it(r, 1), *other = submit(r, 1);

        assert_string_not_equal(id, other);
        assert_int_equal(retry(r, id), -EEXIST);
        assert_int_equal(look(r, id)->state, STORE_FAILED);
        assert_int_equal(cancel(r, other), 0);
        assert_int_equal(retry(r, id), 0);
}

const struct CMUnitTest conform_people[] = {
        cmocka_unit_test(a_waiting_one_ends_at_once),
        cmocka_unit_test(a_pending_one_ends_at_once),
        cmocka_unit_test(one_at_work_is_marked),
        cmocka_unit_test(too_late_to_cancel),
        cmocka_unit_test(given_back_after_a_cancel),
        cmocka_unit_test(unknown),
        cmocka_unit_test(only_what_failed_is_tried_again),
        cmocka_unit_test(without_its_secret),
        cmocka_unit_test(tried_again),
        cmocka_unit_test(scanned_again_meanwhile),
        { 0 },
};
