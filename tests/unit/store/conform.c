/* SPDX-License-Identifier: Apache-2.0 */

/* The room of a case, and short words for what a case asks. Every call is watched for an answer that comes
 * inside of it. */

#include "tests/unit/store/conform.h"
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_MS = 20000 };

int64_t wall_ms(void)
{
        struct timespec t;

        assert_int_equal(clock_gettime(CLOCK_REALTIME, &t), 0);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the room ---- */

struct room *room_new(const struct store_maker *maker)
{
        static const uint8_t bytes[32] = "a key of thirty-two bytes, or so";
        struct room *r = calloc(1, sizeof(*r));

        assert_non_null(r);
        r->maker = maker;
        (void)snprintf(r->dir, sizeof(r->dir), "/tmp/usher-store-XXXXXX");
        assert_non_null(mkdtemp(r->dir));
        (void)snprintf(r->path, sizeof(r->path), "%s/%s", r->dir, maker->name);
        assert_int_equal(secret_init(), 0);
        assert_int_equal(secret_new(bytes, sizeof(bytes), &r->key), 0);
        assert_true(sd_event_new(&r->loop) >= 0);
        return r;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
        (void)st, (void)type, (void)where;
        return remove(path);
}

static void got_free(struct got *g)
{
        op_free(g->op);
        for (size_t i = 0; g->secrets && i < g->n_jobs; i++)
                secret_free(g->secrets[i]);
        for (size_t i = 0; i < g->n_texts; i++)
                free(g->texts[i]);
        free(g->texts);
        free(g->secrets);
        free(g->jobs);
        free(g->events);
        free(g);
}

struct room *room_free(struct room *r)
{
        room_close(r);
        if (r->maker->set_clock)
                r->maker->set_clock(0);
        while (r->answers) {
                struct got *g = r->answers;

                r->answers = g->next;
                got_free(g);
        }
        sd_event_unref(r->loop);
        secret_free(r->key);
        (void)nftw(r->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        free(r);
        return NULL;
}

int room_setup(void **state)
{
        struct room *r = room_new(*state);

        room_open(r);
        *state = r;
        return 0;
}

int room_teardown(void **state)
{
        room_free(*state);
        return 0;
}

static int open_it(struct room *r, struct trouble *ret_trouble)
{
        struct store_config config = {
                .loop = r->loop,
                .path = r->path,
                .key = r->key,
                .gateway = "gate-1",
                .jobs_max = r->jobs_max,
                .vfs = r->vfs,
        };

        return r->maker->open(&config, &r->store, ret_trouble);
}

void room_open(struct room *r)
{
        struct trouble t = { 0 };
        int e = open_it(r, &t);

        if (e < 0)
                fail_msg("does not open: %d, %s", e, t.cause);
}

void room_refused(struct room *r, const char *words)
{
        struct trouble t = { 0 };

        assert_int_equal(open_it(r, &t), -EINVAL);
        assert_int_equal(t.fault, FAULT_STORE);
        if (!strstr(t.cause, words))
                fail_msg("\"%s\" is not in: %s", words, t.cause);
}

void room_close(struct room *r)
{
        r->store = store_free(r->store);
}

void room_crash(struct room *r, void (*work)(struct room *r))
{
        pid_t child = fork();
        int status;

        assert_true(child >= 0);
        if (child == 0) {
                (void)setenv("CMOCKA_TEST_ABORT", "1",
                             1); /* or a failure would go on with the next case here */
                r->answers = NULL;
                assert_true(sd_event_new(&r->loop) >= 0);
                room_open(r);
                work(r);
                (void)kill(getpid(), SIGKILL);
                abort();
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* ---- answers ---- */

static const char *copied(struct got *g, const char *text)
{
        if (!text)
                return NULL;
        g->texts = realloc(g->texts, (g->n_texts + 1) * sizeof(*g->texts));
        assert_non_null(g->texts);
        g->texts[g->n_texts] = strdup(text);
        assert_non_null(g->texts[g->n_texts]);
        return g->texts[g->n_texts++];
}

static void copy_job(struct got *g, const struct store_job *from, struct store_job *to)
{
        *to = *from;
        to->submitter = copied(g, from->submitter);
        to->profile = copied(g, from->profile);
        to->revision = copied(g, from->revision);
        to->options = copied(g, from->options);
        to->record = copied(g, from->record);
        to->question = copied(g, from->question);
        to->step = copied(g, from->step);
        to->fault = copied(g, from->fault);
        to->cause = copied(g, from->cause);
        to->gateway = copied(g, from->gateway);
        to->interrupted_at = copied(g, from->interrupted_at);
        assert_true(to->submitter && to->profile && to->revision && to->step && to->fault && to->cause &&
                    to->gateway && to->interrupted_at);
}

static void copy_secret(const struct secret *from, struct secret **to)
{
        if (from)
                assert_int_equal(secret_new(secret_bytes(from), secret_len(from), to), 0);
}

void got_answer(void *userdata, const struct store_answer *a)
{
        struct got *g = userdata;

        assert_false(g->room->inside);
        assert_false(g->here);
        g->here = true;
        g->order = ++g->room->n_answered;
        g->error = a->error;
        g->trouble = a->trouble;
        g->n_jobs = a->n_jobs;
        g->jobs = calloc(a->n_jobs + 1, sizeof(*g->jobs));
        g->secrets = calloc(a->n_jobs + 1, sizeof(struct secret *));
        g->n_events = a->n_events;
        g->events = calloc(a->n_events + 1, sizeof(*g->events));
        assert_true(g->jobs && g->secrets && g->events);
        for (size_t i = 0; i < a->n_jobs; i++) {
                copy_job(g, &a->jobs[i], &g->jobs[i]);
                if (a->secrets)
                        copy_secret(a->secrets[i], &g->secrets[i]);
        }
        for (size_t i = 0; i < a->n_events; i++) {
                g->events[i] = a->events[i];
                g->events[i].json = copied(g, a->events[i].json);
        }
        g->next_page = a->next;
        g->number = a->number;
        g->is_new = a->is_new;
        if (a->counts)
                g->counts = *a->counts;
}

struct got *got_new(struct room *r)
{
        struct got *g = calloc(1, sizeof(*g));

        assert_non_null(g);
        g->room = r;
        g->next = r->answers;
        r->answers = g;
        r->inside = true;
        return g;
}

struct got *asked(struct got *g, int error)
{
        g->room->inside = false;
        assert_true(error == 0 || error == -EINVAL);
        if (error < 0) {
                g->here = true;
                g->error = error;
        }
        return g;
}

struct got *wait_for(struct got *g)
{
        int64_t until = wall_ms() + LIMIT_MS;

        while (!g->here) {
                assert_true(wall_ms() < until);
                assert_true(sd_event_run(g->room->loop, 1000000) >= 0);
        }
        g->op = op_free(g->op);
        return g;
}

/* ---- asking ---- */

struct got *ask_submit(struct room *r, const struct store_new *list, size_t n)
{
        struct got *g = got_new(r);

        return asked(g, store_submit(r->store, list, n, got_answer, g, &g->op));
}

struct got *ask_claim(struct room *r, const struct store_claim *want)
{
        struct got *g = got_new(r);

        return asked(g, store_claim(r->store, want, got_answer, g, &g->op));
}

struct got *ask_change(struct room *r, const struct store_change *c)
{
        struct got *g = got_new(r);

        return asked(g, store_change(r->store, c, got_answer, g, &g->op));
}

struct got *ask_get(struct room *r, const char *id)
{
        struct got *g = got_new(r);

        return asked(g, store_get(r->store, id, got_answer, g, &g->op));
}

const char *submit_of(struct room *r, unsigned number, const char *submitter, int priority)
{
        char serial[16], code[7], words[32];
        struct secret *secret;
        struct got *g;

        (void)snprintf(serial, sizeof(serial), "S%05u", number % 100000);
        (void)snprintf(code, sizeof(code), "C%05u", number % 100000);
        (void)snprintf(words, sizeof(words), "secret-of-%s", serial);
        assert_int_equal(secret_new(words, strlen(words), &secret), 0);
        g = wait_for(ask_submit(r,
                                &(struct store_new){ .serial = serial,
                                                     .code = code,
                                                     .secret = secret,
                                                     .submitter = submitter,
                                                     .priority = priority },
                                1));
        secret_free(secret);
        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        return g->jobs[0].id;
}

const char *submit(struct room *r, unsigned number)
{
        return submit_of(r, number, "list-1", 0);
}

struct got *claim(struct room *r, size_t limit)
{
        struct got *g = wait_for(ask_claim(r, &(struct store_claim){ .limit = limit, .lease_ms = 60000 }));

        assert_int_equal(g->error, 0);
        return g;
}

uint64_t claim_it(struct room *r, const char *id)
{
        struct got *g =
                wait_for(ask_claim(r, &(struct store_claim){ .id = id, .limit = 1, .lease_ms = 60000 }));

        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, id);
        return g->jobs[0].epoch;
}

int change_with(struct room *r, const struct store_change *c)
{
        return wait_for(ask_change(r, c))->error;
}

int change(struct room *r, const char *id, uint64_t epoch, enum store_state state)
{
        return change_with(r, &(struct store_change){ .id = id, .epoch = epoch, .state = state });
}

int cancel(struct room *r, const char *id)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_cancel(r->store, id, got_answer, g, &g->op)))->error;
}

int retry(struct room *r, const char *id)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_retry(r->store, id, got_answer, g, &g->op)))->error;
}

const struct store_job *look(struct room *r, const char *id)
{
        struct got *g = wait_for(ask_get(r, id));

        assert_int_equal(g->error, 0);
        assert_int_equal(g->n_jobs, 1);
        assert_string_equal(g->jobs[0].id, id);
        return &g->jobs[0];
}

struct got *list(struct room *r, const struct store_filter *f, uint64_t after, size_t limit)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_list(r->store, f, after, limit, got_answer, g, &g->op)));
}

struct got *events_of(struct room *r, const char *id, uint64_t after, size_t limit)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_events(r->store, id, after, limit, got_answer, g, &g->op)));
}

struct got *number(struct room *r, const char *name, const char *serial)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_number(r->store, name, serial, got_answer, g, &g->op)));
}

int backup(struct room *r, const char *path)
{
        struct got *g = got_new(r);

        return wait_for(asked(g, store_backup(r->store, path, got_answer, g, &g->op)))->error;
}

uint64_t count(struct room *r, enum store_state state)
{
        struct store_counts counts;

        store_counts(r->store, &counts);
        return counts.of[state];
}

bool file_has(const char *path, const void *bytes, size_t len)
{
        FILE *f = fopen(path, "re");
        char *all = NULL;
        long size = 0;
        bool has;

        if (!f)
                return false;
        assert_int_equal(fseek(f, 0, SEEK_END), 0);
        size = ftell(f);
        rewind(f);
        all = malloc((size_t)size + 1);
        assert_non_null(all);
        assert_int_equal(fread(all, 1, (size_t)size, f), size);
        (void)fclose(f);
        has = memmem(all, (size_t)size, bytes, len);
        free(all);
        return has;
}

/* ---- all of them ---- */

static int run_table(const struct CMUnitTest *cases, const struct store_maker *maker)
{
        struct CMUnitTest tests[64];
        size_t n = 0;

        for (; cases[n].name; n++) {
                assert_true(n < sizeof(tests) / sizeof(*tests));
                tests[n] = cases[n];
                tests[n].setup_func = room_setup;
                tests[n].teardown_func = room_teardown;
                tests[n].initial_state = (void *)maker;
        }
        return _cmocka_run_group_tests(maker->name, tests, n, NULL, NULL);
}

int conform_run(const struct store_maker *maker)
{
        return run_table(conform_submit, maker) + run_table(conform_claim, maker) +
               run_table(conform_change, maker) + run_table(conform_people, maker) +
               run_table(conform_look, maker) + run_table(conform_house, maker) +
               run_table(conform_life, maker) + run_table(conform_clock, maker);
}
