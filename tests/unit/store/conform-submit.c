/* SPDX-License-Identifier: Apache-2.0 */

/* New jobs: one live job a serial number, one a key, all of a list or none. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void shows_what_was_given(void **state)
{
        struct room *r = *state;
        int64_t before = wall_ms();
        struct got *g = wait_for(ask_submit(r,
                                            &(struct store_new){ .serial = "E00FCE68ABCDEF0",
                                                                 .code = "ABCDEF",
                                                                 .priority = 10,
                                                                 .submitter = "anna",
                                                                 .profile = "lab",
                                                                 .revision = "r1",
                                                                 .options = "{\"name\":\"x\"}" },
                                            1));
        const struct store_job *j = g->jobs;

        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        assert_true(g->is_new);
        assert_int_equal(strlen(j->id), STORE_ID_LEN);
        assert_int_equal(j->id[14], '7');
        assert_string_equal(j->serial, "E00FCE68ABCDEF0");
        assert_string_equal(j->code, "ABCDEF");
        assert_int_equal(j->state, STORE_WAITING);
        assert_int_equal(j->epoch, 0);
        assert_int_equal(j->attempt, 0);
        assert_int_equal(j->priority, 10);
        assert_false(j->has_secret);
        assert_string_equal(j->submitter, "anna");
        assert_string_equal(j->profile, "lab");
        assert_string_equal(j->revision, "r1");
        assert_string_equal(j->options, "{\"name\":\"x\"}");
        assert_null(j->record);
        assert_null(j->question);
        assert_true(j->created_ms >= before && j->created_ms <= wall_ms());
        assert_true(j->place > 0);
        assert_int_equal(j->started_ms + j->ended_ms + j->lease_ms + j->not_before_ms, 0);
        assert_int_equal(count(r, STORE_WAITING), 1);
}

static void texts_may_be_left_out(void **state)
{
        struct got *g = wait_for(ask_submit(*state, &(struct store_new){ .serial = "S1", .code = "C1" }, 1));

        assert_int_equal(g->error, 0);
        assert_string_equal(g->jobs[0].submitter, "");
        assert_string_equal(g->jobs[0].profile, "");
        assert_string_equal(g->jobs[0].step, "");
        assert_null(g->jobs[0].options);
}

static struct got *with_key(struct room *r, const char *key, const char *serial)
{
        return wait_for(
                ask_submit(r, &(struct store_new){ .key = key, .serial = serial, .code = "CODE01" }, 1));
}

static void same_key_is_the_first_job(void **state)
{
        struct got *one = with_key(*state, "key-1", "S1"), *two = with_key(*state, "key-1", "S1"),
                   *other = with_key(*state, "key-1", "S2");

        assert_true(one->is_new);
        assert_false(two->is_new);
        assert_false(other->is_new);
        assert_string_equal(two->jobs[0].id, one->jobs[0].id);
        assert_string_equal(other->jobs[0].id, one->jobs[0].id);
        assert_string_equal(other->jobs[0].serial, "S1");
        assert_int_equal(count(*state, STORE_WAITING), 1);
}

static void same_key_after_the_end(void **state)
{
        struct room *r = *state;
        const char *id = with_key(r, "key-1", "S1")->jobs[0].id;
        struct got *again;

        assert_int_equal(change(r, id, claim_it(r, id), STORE_DONE), 0);
        again = with_key(r, "key-1", "S1");
        assert_false(again->is_new);
        assert_string_equal(again->jobs[0].id, id);
        assert_int_equal(again->jobs[0].state, STORE_DONE);
        assert_true(with_key(r, "key-2", "S1")->is_new);
}

static void one_live_job_a_serial(void **state)
{
        struct room *r = *state;
        static const enum store_state live[] = { STORE_RUNNING, STORE_ASKING };
        const char *id = submit(r, 1);
        uint64_t epoch;

        assert_string_equal(submit(r, 1), id);
        epoch = claim_it(r, id);
        assert_string_equal(submit(r, 1), id);
        for (size_t i = 0; i < sizeof(live) / sizeof(*live); i++) {
                assert_int_equal(change(r, id, epoch, live[i]), 0);
                assert_string_equal(submit(r, 1), id);
                assert_int_equal(look(r, id)->state, live[i]);
        }
        assert_int_equal(change(r, id, epoch, STORE_PENDING), 0);
        assert_string_equal(submit(r, 1), id);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 1);
}

static void ended_ones_make_room(void **state)
{
        struct room *r = *state;
        static const enum store_state ends[] = { STORE_DONE, STORE_FAILED, STORE_CANCELLED };
        const char *last = NULL, *id;

        for (size_t i = 0; i < 3; i++, last = id) {
                id = submit(r, 1);
                if (last)
                        assert_string_not_equal(id, last);
                assert_int_equal(change(r, id, claim_it(r, id), ends[i]), 0);
        }
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 3);
}

static void a_list_is_in_order(void **state)
{
        struct got *g;
        struct store_new three[] = { { .serial = "S1", .code = "C1" },
                                     { .serial = "S2", .code = "C2" },
                                     { .serial = "S1", .code = "C1" } };

        g = wait_for(ask_submit(*state, three, 3));
        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 3);
        assert_string_equal(g->jobs[0].serial, "S1");
        assert_string_equal(g->jobs[1].serial, "S2");
        assert_string_equal(g->jobs[2].id, g->jobs[0].id);
        assert_true(g->jobs[1].place > g->jobs[0].place);
        assert_true(strcmp(g->jobs[0].id, g->jobs[1].id) < 0);
        assert_int_equal(count(*state, STORE_WAITING), 2);
}

static void all_or_none(void **state)
{
        struct room *r = *state;
        struct store_new three[] = { { .serial = "S1", .code = "C1" },
                                     { .serial = "S2", .code = "C2" },
                                     { .serial = "S3", .code = "C3" } };
        struct got *g;

        room_close(r);
        r->jobs_max = 2;
        room_open(r);
        g = wait_for(ask_submit(r, three, 3));
        assert_int_equal(g->error, -EDQUOT);
        assert_int_equal(g->n_jobs, 0);
        assert_int_equal(count(r, STORE_WAITING), 0);
        assert_int_equal(list(r, NULL, 0, 10)->n_jobs, 0);
        assert_int_equal(wait_for(ask_submit(r, three, 2))->error, 0);
}

static void no_more_than_jobs_max(void **state)
{
        struct room *r = *state;
        const char *first;

        room_close(r);
        r->jobs_max = 2;
        room_open(r);
        first = submit(r, 1);
        submit(r, 2);
        assert_int_equal(
                wait_for(ask_submit(r, &(struct store_new){ .serial = "S3", .code = "C" }, 1))->error,
                -EDQUOT);
        assert_string_equal(submit(r, 1), first); /* what is there is still found */
        assert_int_equal(store_trouble(r->store)->fault, FAULT_NONE);
        room_close(r);
        r->jobs_max = 3;
        room_open(r);
        submit(r, 3);
        assert_int_equal(count(r, STORE_WAITING), 3);
}

static void submit_secret(struct room *r, const char *serial, const char *words)
{
        struct secret *s;

        assert_int_equal(secret_new(words, strlen(words), &s), 0);
        assert_int_equal(
                wait_for(
                        ask_submit(r, &(struct store_new){ .serial = serial, .code = "C1", .secret = s }, 1))
                        ->error,
                0);
        secret_free(s);
}

static void newer_scan_has_the_secret(void **state)
{
        struct room *r = *state;
        struct got *g;

        submit_secret(r, "S1", "first");
        submit_secret(r, "S1", "second");
        g = claim(r, 1);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(secret_text(g->secrets[0]), "second");
        submit_secret(r, "S1", "third"); /* it is at work: too late */
        assert_int_equal(change(r, g->jobs[0].id, g->jobs[0].epoch, STORE_WAITING), 0);
        assert_string_equal(secret_text(claim(r, 1)->secrets[0]), "second");
}

static void a_scan_without_secret_takes_none_away(void **state)
{
        struct room *r = *state;

        submit_secret(r, "S1", "first");
        assert_int_equal(
                wait_for(ask_submit(r, &(struct store_new){ .serial = "S1", .code = "C1" }, 1))->error, 0);
        assert_string_equal(secret_text(claim(r, 1)->secrets[0]), "first");
}

static void hostile_texts_stay_texts(void **state)
{
        static const char *const texts[] = {
                "'); DROP TABLE job; --",
                "%s%n%d",
                "\"\\\n\t\r",
                "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
                "{}[]\x7f",
        };
        struct room *r = *state;
        char serial[16];

        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
                struct store_new n = { .key = texts[i],
                                       .serial = serial,
                                       .code = "C",
                                       .submitter = texts[i],
                                       .profile = texts[i],
                                       .revision = texts[i],
                                       .options = texts[i] };
                const struct store_job *j;

                (void)snprintf(serial, sizeof(serial), "'%zu\"", i);
                j = look(r, wait_for(ask_submit(r, &n, 1))->jobs[0].id);
                assert_string_equal(j->serial, serial);
                assert_string_equal(j->submitter, texts[i]);
                assert_string_equal(j->profile, texts[i]);
                assert_string_equal(j->revision, texts[i]);
                assert_string_equal(j->options, texts[i]);
        }
        assert_int_equal(count(r, STORE_WAITING), 5);
        assert_int_equal(claim(r, 10)->n_jobs, 5);
}

static void texts_have_a_length(void **state)
{
        static char longer[STORE_OPTIONS_MAX + 2];
        const struct {
                size_t max;
                size_t at;
        } rows[] = {
                { STORE_KEY_MAX, offsetof(struct store_new, key) },
                { STORE_SERIAL_LEN, offsetof(struct store_new, serial) },
                { STORE_CODE_LEN, offsetof(struct store_new, code) },
                { STORE_NAME_MAX, offsetof(struct store_new, submitter) },
                { STORE_NAME_MAX, offsetof(struct store_new, profile) },
                { STORE_NAME_MAX, offsetof(struct store_new, revision) },
                { STORE_OPTIONS_MAX, offsetof(struct store_new, options) },
        };
        struct room *r = *state;

        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                for (size_t more = 0; more < 2; more++) {
                        struct store_new n = { .serial = "S", .code = "C" };

                        memset(longer, 'a' + (int)i, rows[i].max + more);
                        longer[rows[i].max + more] = 0;
                        *(const char **)((char *)&n + rows[i].at) = longer;
                        assert_int_equal(wait_for(ask_submit(r, &n, 1))->error, more ? -EINVAL : 0);
                }
        assert_int_equal(count(r, STORE_WAITING), 2); /* S, and the long serial number */
}

const struct CMUnitTest conform_submit[] = {
        cmocka_unit_test(shows_what_was_given),
        cmocka_unit_test(texts_may_be_left_out),
        cmocka_unit_test(same_key_is_the_first_job),
        cmocka_unit_test(same_key_after_the_end),
        cmocka_unit_test(one_live_job_a_serial),
        cmocka_unit_test(ended_ones_make_room),
        cmocka_unit_test(a_list_is_in_order),
        cmocka_unit_test(all_or_none),
        cmocka_unit_test(no_more_than_jobs_max),
        cmocka_unit_test(newer_scan_has_the_secret),
        cmocka_unit_test(a_scan_without_secret_takes_none_away),
        cmocka_unit_test(hostile_texts_stay_texts),
        cmocka_unit_test(texts_have_a_length),
        { 0 },
};
