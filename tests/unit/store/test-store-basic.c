/* SPDX-License-Identifier: Apache-2.0 */

/* The store in its simplest use: a job from its sticker to its end, over restarts, and how much of it there
 * may be. */

#include "setup/store/store.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>

struct scene {
        char folder[64], path[96];
        sd_event *loop;
        struct secret *key, *mobile;
        struct store *store;
        /* of the last answer */
        bool answered, is_new;
        int error;
        size_t n;
        struct store_job job, second;
        char secret[STORE_SECRET_MAX + 1], event[1024];
        uint64_t next;
        unsigned number;
};

static void on_answer(void *userdata, const struct store_answer *a)
{
        struct scene *c = userdata;

        c->answered = true;
        c->error = a->error;
        c->is_new = a->is_new;
        c->n = a->n_jobs + a->n_events;
        c->next = a->next;
        c->number = a->number;
        if (a->n_jobs)
                c->job = a->jobs[0]; /* texts are gone afterwards */
        if (a->n_jobs > 1)
                c->second = a->jobs[1];
        c->secret[0] = c->event[0] = 0;
        if (a->secrets && a->n_jobs && a->secrets[0])
                (void)snprintf(c->secret, sizeof(c->secret), "%s", secret_text(a->secrets[0]));
        if (a->n_events)
                (void)snprintf(c->event, sizeof(c->event), "%s", a->events[a->n_events - 1].json);
}

/* Runs the loop until the answer; its error. */
static int wait_for(struct scene *c, int asked, struct op **op)
{
        assert_int_equal(asked, 0);
        c->answered = false;
        while (!c->answered)
                assert_true(sd_event_run(c->loop, 60000000) > 0);
        *op = op_free(*op);
        return c->error;
}

static void open_store(struct scene *c)
{
        struct store_config config = { .loop = c->loop, .path = c->path, .key = c->key, .gateway = "here" };
        struct trouble t;
        int r = store_open(&config, &c->store, &t);

        if (r < 0)
                print_error("%d %s\n", r, t.cause);
        assert_int_equal(r, 0);
}

static int set_up(void **state)
{
        struct scene *c = calloc(1, sizeof(*c));
        uint8_t key[STORE_KEY_LEN] = { 7 };

        (void)snprintf(c->folder, sizeof(c->folder), "/tmp/usher-store-XXXXXX");
        assert_non_null(mkdtemp(c->folder));
        (void)snprintf(c->path, sizeof(c->path), "%s/jobs.db", c->folder);
        assert_int_equal(secret_init(), 0);
        assert_int_equal(secret_new(key, sizeof(key), &c->key), 0);
        assert_int_equal(secret_new("ABCDEFGHJKLMNPQ", 15, &c->mobile), 0);
        assert_true(sd_event_new(&c->loop) >= 0);
        open_store(c);
        *state = c;
        return 0;
}

static int tear_down(void **state)
{
        static const char *const ends[] = { "", ".lock", "-wal", ".before", ".copy", ".key" };
        struct scene *c = *state;
        char name[128];

        store_free(c->store);
        sd_event_unref(c->loop);
        secret_free(c->key);
        secret_free(c->mobile);
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                (void)snprintf(name, sizeof(name), "%s%s", c->path, ends[i]);
                (void)unlink(name);
        }
        assert_int_equal(rmdir(c->folder), 0);
        free(c);
        return 0;
}

static int submit(struct scene *c, const char *serial, const char *code, const char *submitter, int priority)
{
        struct store_new new = { .serial = serial,
                                 .code = code,
                                 .secret = c->mobile,
                                 .submitter = submitter,
                                 .priority = priority };
        struct op *op = NULL;

        return wait_for(c, store_submit(c->store, &new, 1, on_answer, c, &op), &op);
}

static int claim(struct scene *c, const struct store_claim *want)
{
        struct op *op = NULL;

        return wait_for(c, store_claim(c->store, want, on_answer, c, &op), &op);
}

static int claim_next(struct scene *c)
{
        return claim(c, &(struct store_claim){ .limit = 1, .lease_ms = 60000 });
}

static int change(struct scene *c, struct store_change what)
{
        struct op *op = NULL;

        return wait_for(c, store_change(c->store, &what, on_answer, c, &op), &op);
}

static uint64_t count(const struct scene *c, enum store_state state)
{
        struct store_counts counts;

        store_counts(c->store, &counts);
        return counts.of[state];
}

static void states_have_names(void **state)
{
        (void)state;
        for (int i = 0; i < _STORE_STATE_MAX; i++)
                assert_int_equal(store_state_read(store_state_name((enum store_state)i)), i);
        assert_int_equal(store_state_read("done?"), -EINVAL);
        assert_true(store_state_is_live(STORE_PENDING));
        assert_false(store_state_is_live(STORE_DONE));
}

static void from_sticker_to_end(void **state)
{
        struct scene *c = *state;
        struct op *op = NULL;
        char id[STORE_ID_LEN + 1];
        const char *events[] = { "{\"a\":1}", "{\"b\":2}" };

        assert_int_equal(submit(c, "ARNHAM000000001", "000001", "list", 0), 0);
        assert_true(c->is_new && c->job.place == 1 && c->job.has_secret);
        memcpy(id, c->job.id, sizeof(id));
        assert_int_equal(submit(c, "ARNHAM000000001", "000001", "list", 0), 0);
        assert_false(c->is_new);
        assert_string_equal(c->job.id, id);
        assert_int_equal(claim_next(c), 0);
        assert_int_equal(c->n, 1);
        assert_string_equal(c->secret, "ABCDEFGHJKLMNPQ");
        assert_true(c->job.epoch == 1 && c->job.attempt == 1 && c->job.state == STORE_CLAIMED);
        assert_int_equal(change(c, (struct store_change){ .id = id, .epoch = 2, .state = STORE_RUNNING }),
                         -ESTALE);
        assert_int_equal(change(c, (struct store_change){ .id = id,
                                                          .epoch = 1,
                                                          .state = STORE_RUNNING,
                                                          .step = "connect",
                                                          .events = events,
                                                          .n_events = 2 }),
                         0);
        assert_true(c->job.started_ms > 0 && count(c, STORE_RUNNING) == 1 && count(c, STORE_CLAIMED) == 0);
        assert_int_equal(change(c, (struct store_change){ .id = id, .epoch = 1, .state = STORE_DONE }), 0);
        assert_false(c->job.has_secret);
        assert_int_equal(change(c, (struct store_change){ .id = id, .epoch = 1, .state = STORE_DONE }),
                         -ESTALE);
        assert_int_equal(wait_for(c, store_events(c->store, id, 0, 10, on_answer, c, &op), &op), 0);
        assert_int_equal(c->n, 2);
        assert_string_equal(c->event, "{\"b\":2}");
        assert_int_equal(claim_next(c), 0);
        assert_int_equal(c->n, 0);
}

static void again_after_an_end(void **state)
{
        struct scene *c = *state;
        char id[STORE_ID_LEN + 1];
        struct op *op = NULL;

        assert_int_equal(submit(c, "ARNHAM000000001", "000001", "list", 0), 0);
        assert_int_equal(claim_next(c), 0);
        memcpy(id, c->job.id, sizeof(id));
        c->store = store_free(c->store);
        open_store(c);
        assert_int_equal(count(c, STORE_WAITING), 1);
        assert_int_equal(wait_for(c, store_events(c->store, NULL, 0, 10, on_answer, c, &op), &op), 0);
        assert_non_null(strstr(c->event, "interrupted"));
        assert_int_equal(claim_next(c), 0);
        assert_true(c->job.epoch == 2 && c->job.attempt == 2 && c->job.interruptions == 0);
        assert_string_equal(c->secret, "ABCDEFGHJKLMNPQ");
}

static void who_is_next(void **state)
{
        struct scene *c = *state;
        const char codes[][STORE_CODE_LEN + 1] = { "000003", "999999", "000003" };

        assert_int_equal(submit(c, "A00000000000001", "000001", "a", 0), 0);
        assert_int_equal(submit(c, "A00000000000002", "000002", "a", 0), 0);
        assert_int_equal(submit(c, "B00000000000003", "000003", "b", 0), 0);
        assert_int_equal(submit(c, "C00000000000004", "000004", "c", 10), 0);
        assert_int_equal(submit(c, "B00000000000005", "000003", "b", 0), 0);
        assert_int_equal(claim_next(c), 0);
        assert_string_equal(c->job.serial, "C00000000000004");
        assert_int_equal(claim(c, &(struct store_claim){ .limit = 2 }), 0);
        assert_int_equal(c->n, 2);
        assert_string_equal(c->job.serial, "A00000000000001");
        assert_string_equal(c->second.serial, "B00000000000003");
        assert_int_equal(claim(c, &(struct store_claim){ .codes = codes, .n_codes = 3, .limit = 5 }), 0);
        assert_int_equal(c->n, 1);
        assert_string_equal(c->job.serial, "B00000000000005");
}

static void one_process_only(void **state)
{
        struct scene *c = *state;
        struct store_config config = { .loop = c->loop, .path = c->path, .key = c->key };
        struct store *second = NULL;
        struct trouble t = { 0 };
        char pid[32];

        (void)snprintf(pid, sizeof(pid), "process %d", getpid());
        assert_int_equal(store_open(&config, &second, &t), -EINVAL);
        assert_int_equal(t.fault, FAULT_STORE);
        assert_non_null(strstr(t.cause, pid));
}

static void numbers(void **state)
{
        struct scene *c = *state;
        struct store_known_number known = { "Lamp {n}", "A7", 41 };
        struct op *op = NULL;

        assert_int_equal(wait_for(c, store_number(c->store, "Lamp {n}", "A1", on_answer, c, &op), &op), 0);
        assert_int_equal(c->number, 1);
        assert_int_equal(wait_for(c, store_import_numbers(c->store, &known, 1, on_answer, c, &op), &op), 0);
        assert_int_equal(wait_for(c, store_import_numbers(c->store, &known, 1, on_answer, c, &op), &op),
                         -EALREADY);
        assert_int_equal(wait_for(c, store_number(c->store, "Lamp {n}", "A2", on_answer, c, &op), &op), 0);
        assert_int_equal(c->number, 42);
        assert_int_equal(wait_for(c, store_number(c->store, "Lamp {n}", "A1", on_answer, c, &op), &op), 0);
        assert_int_equal(c->number, 1);
}

static void restored(void **state)
{
        struct scene *c = *state;
        struct store_config config = { .loop = c->loop, .path = c->path, .key = c->key };
        struct op *op = NULL;
        char copy[128];
        struct trouble t;

        (void)snprintf(copy, sizeof(copy), "%s.copy", c->path);
        assert_int_equal(submit(c, "ARNHAM000000001", "000001", "list", 0), 0);
        assert_int_equal(wait_for(c, store_backup(c->store, copy, on_answer, c, &op), &op), 0);
        assert_int_equal(submit(c, "ARNHAM000000002", "000002", "list", 0), 0);
        assert_int_equal(wait_for(c, store_cancel(c->store, c->job.id, on_answer, c, &op), &op), 0);
        assert_int_equal(wait_for(c, store_retry(c->store, c->job.id, on_answer, c, &op), &op), -ENOKEY);
        assert_int_equal(wait_for(c, store_prune(c->store, INT64_MAX, on_answer, c, &op), &op), 0);
        assert_int_equal(c->number, 1);
        assert_int_equal(store_restore(&config, copy, &t), -EINVAL); /* it is in use */
        c->store = store_free(c->store);
        assert_int_equal(store_restore(&config, copy, &t), 0);
        open_store(c);
        assert_int_equal(count(c, STORE_WAITING), 1);
        assert_int_equal(claim_next(c), 0);
        assert_string_equal(c->secret, "ABCDEFGHJKLMNPQ");
}

static void held_and_kept(void **state)
{
        struct scene *c = *state;
        struct store_held held[] = { { c->job.id, 1 }, { c->job.id, 2 } };
        _cleanup_(secret_freep) struct secret *first = NULL;
        _cleanup_(secret_freep) struct secret *again = NULL;
        struct op *op = NULL;
        struct trouble t;
        char name[128];

        assert_int_equal(submit(c, "ARNHAM000000001", "000001", "list", 0), 0);
        assert_int_equal(claim_next(c), 0);
        assert_int_equal(wait_for(c, store_renew(c->store, held, 2, 90000, on_answer, c, &op), &op), 0);
        assert_int_equal(c->n, 1);
        assert_int_equal(wait_for(c, store_get(c->store, c->job.id, on_answer, c, &op), &op), 0);
        assert_int_equal(wait_for(c, store_get(c->store, "no such job", on_answer, c, &op), &op), -ENOENT);
        assert_int_equal(store_trouble(c->store)->fault, FAULT_NONE);
        (void)snprintf(name, sizeof(name), "%s.key", c->path);
        assert_int_equal(store_key_file(name, &first, &t), 0);
        assert_int_equal(store_key_file(name, &again, &t), 0);
        assert_true(secret_equal(first, again) && secret_len(first) == STORE_KEY_LEN);
}

/* Whoever asked may go, and so may the store, also inside an answer. */
static void on_answer_free(void *userdata, const struct store_answer *a)
{
        struct scene *c = userdata;

        assert_int_equal(a->n_jobs, 1);
        c->store = store_free(c->store);
        c->answered = true;
}

static void dropped(void **state)
{
        struct scene *c = *state;
        struct store_new new = { .serial = "ARNHAM000000001", .code = "000001" };
        struct op *op = NULL, *last = NULL;

        assert_int_equal(store_submit(c->store, &new, 1, on_answer, c, &op), 0);
        op = op_free(op);
        assert_int_equal(store_submit(c->store, &new, 1, on_answer_free, c, &op), 0);
        assert_int_equal(store_submit(c->store, &new, 1, on_answer, c, &last), 0);
        assert_int_equal(wait_for(c, 0, &op), 0);
        last = op_free(last);
        open_store(c);
        assert_int_equal(count(c, STORE_WAITING), 1);
}

static uint64_t now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static long rss_kib(void)
{
        long pages = 0, resident = 0;
        FILE *f = fopen("/proc/self/statm", "re");

        assert_non_null(f);
        assert_int_equal(fscanf(f, "%ld %ld", &pages, &resident), 2);
        (void)fclose(f);
        return resident * 4;
}

/* Numbers are printed; five times the aim is asserted. */
static void many_wait(void **state)
{
        enum { MANY = 100000 };
        struct scene *c = *state;
        struct store_new *list = calloc(MANY, sizeof(*list));
        char(*serials)[16] = calloc(MANY, sizeof(*serials));
        struct op *op = NULL;
        uint64_t start;
        long before = rss_kib();

        for (unsigned i = 0; i < MANY; i++) {
                (void)snprintf(serials[i], sizeof(serials[i]), "P04600%09u", i * 7919u % MANY);
                list[i] = (struct store_new){ .serial = serials[i],
                                              .code = serials[i] + 9,
                                              .secret = c->mobile,
                                              .submitter = "list",
                                              .options = "{\"name\":\"Lamp {n}\"}" };
        }
        start = now_ms();
        assert_int_equal(store_submit(c->store, list, MANY, on_answer, c, &op), 0);
        print_message("100,000: the call takes %u ms\n", (unsigned)(now_ms() - start));
        assert_int_equal(wait_for(c, 0, &op), 0);
        print_message("100,000: submitted in %u ms\n", (unsigned)(now_ms() - start));
        free(list);
        free(serials);
        c->store = store_free(c->store);
        start = now_ms();
        open_store(c);
        print_message("100,000: start %u ms, RSS +%ld KiB\n", (unsigned)(now_ms() - start),
                      rss_kib() - before);
        assert_true(now_ms() - start < 5000);
        assert_int_equal(count(c, STORE_WAITING), MANY);
        start = now_ms();
        assert_int_equal(wait_for(c, store_list(c->store, NULL, MANY / 2, 50, on_answer, c, &op), &op), 0);
        assert_true(now_ms() - start < 250 && c->n == 50 && c->next == MANY / 2 + 50);
        print_message("100,000: page %u ms\n", (unsigned)(now_ms() - start));
        start = now_ms();
        assert_int_equal(claim(c, &(struct store_claim){ .limit = 10 }), 0);
        print_message("100,000: claim of 10 %u ms, RSS +%ld KiB\n", (unsigned)(now_ms() - start),
                      rss_kib() - before);
        start = now_ms();
        assert_int_equal(wait_for(c,
                                  store_list(c->store, &(struct store_filter){ .serial = "ZZ", .states = 3 },
                                             0, 50, on_answer, c, &op),
                                  &op),
                         0);
        print_message("100,000: part of a serial number that none has, two states %u ms\n",
                      (unsigned)(now_ms() - start));
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(states_have_names),
                ROW(from_sticker_to_end),
                ROW(again_after_an_end),
                ROW(who_is_next),
                ROW(one_process_only),
                ROW(numbers),
                ROW(held_and_kept),
                ROW(dropped),
                ROW(restored),
                ROW(many_wait),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
