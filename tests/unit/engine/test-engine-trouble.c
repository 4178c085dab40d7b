/* SPDX-License-Identifier: Apache-2.0 */

/* What goes wrong with jobs: they are asked about, tried again, moved, given up; and a store that takes
 * nothing for a while. */

#include "tests/unit/cmocka.h"
#include "tests/unit/engine/place.h"
#include "tests/unit/store/slow-vfs.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST_DEVICE_ID = 20, RETRIES = 3 };

/* one job as the store has it */
struct seen {
        struct place *p;
        bool answered;
        char id[STORE_ID_LEN + 1], fault[STORE_NAME_MAX + 1], cause[STORE_CAUSE_MAX + 1], question[1024];
        enum store_state state;
        uint64_t epoch;
        unsigned attempt, interruptions;
        int64_t not_before_ms;
};

static void take(void *userdata, const struct store_answer *a)
{
        struct seen *s = userdata;

        assert_int_equal(a->error, 0);
        s->answered = true;
        if (a->n_jobs == 0)
                return;
        memcpy(s->id, a->jobs[0].id, sizeof(s->id));
        (void)snprintf(s->fault, sizeof(s->fault), "%s", a->jobs[0].fault);
        (void)snprintf(s->cause, sizeof(s->cause), "%s", a->jobs[0].cause);
        (void)snprintf(s->question, sizeof(s->question), "%s",
                       a->jobs[0].question ? a->jobs[0].question : "");
        s->state = a->jobs[0].state;
        s->epoch = a->jobs[0].epoch;
        s->attempt = a->jobs[0].attempt;
        s->interruptions = a->jobs[0].interruptions;
        s->not_before_ms = a->jobs[0].not_before_ms;
}

static void wait_seen(struct seen *s, int asked, struct op **op)
{
        assert_int_equal(asked, 0);
        s->answered = false;
        place_wait(s->p, &s->answered);
        *op = op_free(*op);
}

/* The job of the first device. */
static void look(struct seen *s)
{
        struct store_filter f = { .serial = s->p->device[0].serial };
        struct op *op = NULL;

        wait_seen(s, store_list(s->p->store, &f, 0, 1, take, s, &op), &op);
}

static void claim(struct seen *s)
{
        char codes[1][STORE_CODE_LEN + 1];
        struct store_claim want = { .codes = codes, .n_codes = 1, .limit = 1 };
        struct op *op = NULL;

        memcpy(codes[0], s->p->device[0].serial + STORE_SERIAL_LEN - STORE_CODE_LEN, sizeof(codes[0]));
        wait_seen(s, store_claim(s->p->store, &want, take, s, &op), &op);
        assert_int_equal(s->state, STORE_CLAIMED);
}

/* Claims it and gives it to `state`. */
static void change(struct seen *s, const struct store_change *change)
{
        struct store_change c = *change;
        struct op *op = NULL;

        claim(s);
        c.id = s->id;
        c.epoch = s->epoch;
        wait_seen(s, store_change(s->p->store, &c, take, s, &op), &op);
}

/* The store's process dies by itself, with the job at work. */
static void die(struct seen *s)
{
        struct place *p = s->p;
        int status;
        pid_t pid;

        p->store = store_free(p->store);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                if (context_new(&p->context) < 0 || sd_event_new(&p->air) < 0)
                        _exit(1);
                place_open_store(p);
                change(s, &(struct store_change){ .state = STORE_RUNNING, .step = "wifi-scan" });
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        place_open_store(p);
}

/* A question is an event like the others, and the store holds it. */
static void asked(void **state)
{
        struct wifi_network network = { .ssid = "usher-lab", .ssid_len = 9, .security = -1 };
        struct place *p = *state;
        struct seen s = { .p = p };
        struct trouble why = {};
        struct op *op = NULL;

        p->profile = "[setup]\nclaim = none\n";
        p->question_s = 600;
        place_device(p, 0);
        place_engine(p, false);
        while (!*p->question)
                place_turn(p);
        look(&s);
        assert_int_equal(s.state, STORE_ASKING);
        assert_string_equal(s.question, p->question);
        assert_non_null(strstr(s.question, "\"event\":\"question\""));
        assert_non_null(strstr(s.question, "\"ssid\":\"usher-lab\""));
        assert_int_equal(secret_new("correct horse", 13, &network.password), 0);
        assert_int_equal(engine_answer(p->engine, s.id, &network, &why), 0);
        while (place_count(p, STORE_DONE) == 0)
                place_turn(p);
        place_answer(p, store_events(p->store, s.id, 0, STORE_PAGE_MAX, place_on_answer, p, &op), &op);
        assert_int_equal(p->n_events, p->n_steps + p->n_results + 1);
}

static void answer_it(struct place *p, const char *id)
{
        struct wifi_network network = { .ssid = "usher-lab", .ssid_len = 9, .security = -1 };
        struct trouble why = {};

        assert_int_equal(secret_new("correct horse", 13, &network.password), 0);
        assert_int_equal(engine_answer(p->engine, id, &network, &why), 0);
}

/* One slot, and a person who thinks: the next has it meanwhile; who is answered has it before others. */
static void all_are_asked(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };
        struct engine_status now;

        p->profile = "[setup]\nclaim = none\n";
        p->question_s = 40;
        p->slots = 1;
        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, false);
        do {
                place_turn(p);
                engine_status(p->engine, &now);
        } while (now.asking < DEVICES);
        assert_int_equal(p->n_begun, DEVICES);
        look(&s);
        assert_int_equal(s.state, STORE_ASKING);
        answer_it(p, s.id);
        while (place_count(p, STORE_DONE) == 0)
                place_turn(p);
        look(&s);
        assert_int_equal(s.state, STORE_DONE);
        assert_int_equal(s.attempt, 1);
        assert_int_equal(place_count(p, STORE_ASKING), DEVICES - 1);
        assert_int_equal(place_count(p, STORE_FAILED), 0);
}

static void bad_device(struct place *p, size_t i, const char *dir)
{
        place_device_in(p, i, dir,
                        &(struct mishap){ .kind = MISHAP_DROP_AT_REQUEST, .arg = REQUEST_DEVICE_ID });
}

/* A fault that another attempt may mend: the job waits, longer each time. */
static void again_later(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };
        int64_t from_ms;

        change(&s, &(struct store_change){ .state = STORE_WAITING, .attempted = true });
        bad_device(p, 0, p->dir);
        place_engine(p, false);
        from_ms = timer_wall_ms();
        do {
                place_turn(p);
                look(&s);
        } while (!*s.fault);
        assert_int_equal(s.state, STORE_WAITING);
        assert_string_equal(s.fault, "link-lost");
        assert_int_equal(s.attempt, 2);
        assert_true(s.not_before_ms >= from_ms + 20000 && s.not_before_ms <= timer_wall_ms() + 20000);
        assert_int_equal(p->n_results, 0);
}

static void no_more_retries(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };

        for (unsigned i = 0; i < RETRIES; i++)
                change(&s, &(struct store_change){ .state = STORE_WAITING, .attempted = true });
        bad_device(p, 0, p->dir);
        place_engine(p, false);
        while (place_count(p, STORE_FAILED) == 0)
                place_turn(p);
        look(&s);
        assert_string_equal(s.fault, "link-lost");
        assert_int_equal(s.attempt, RETRIES + 1);
        while (p->n_results == 0)
                place_turn(p);
}

/* What is left to do in the cloud needs no device and no adapter; and no job goes before its time. */
static void pending_later(void **state)
{
        struct engine_adapter_status a;
        struct place *p = *state;
        struct seen s = { .p = p };

        change(&s, &(struct store_change){ .state = STORE_PENDING, .not_before_ms = timer_wall_ms() + 300 });
        place_engine(p, false);
        while (p->n_begun == 0)
                place_turn(p);
        assert_true(timer_wall_ms() >= s.not_before_ms);
        assert_int_equal(engine_adapter_at(p->engine, 0, &a), 0);
        assert_int_equal(a.used, 0);
        look(&s);
        assert_int_equal(s.attempt, 1);
}

/* Twice may be another job's doing; three times is its own. */
static void third_interruption(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };

        for (unsigned i = 0; i < 3; i++)
                die(&s);
        look(&s);
        assert_int_equal(s.interruptions, 3);
        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, false);
        while (place_count(p, STORE_DONE) < DEVICES - 1 || place_count(p, STORE_FAILED) == 0)
                place_turn(p);
        look(&s);
        assert_string_equal(s.fault, "internal");
        assert_string_equal(s.cause,
                            "usher has ended by itself 3 times at the step \"wifi-scan\" of this job");
}

/* It is given back before it has got so far: nothing of it is forgotten. Past the step others run beside it.
 */
static void interrupted_and_given_back(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };

        die(&s);
        die(&s);
        place_engine(p, true);
        while (s.state != STORE_RUNNING) {
                place_turn(p);
                look(&s);
        }
        engine_stop(p->engine, 5000);
        place_wait(p, &p->over);
        look(&s);
        assert_int_equal(s.state, STORE_WAITING);
        assert_int_equal(s.interruptions, 2);
        p->engine = engine_free(p->engine);
        place_device(p, 0);
        place_engine(p, false);
        while (place_count(p, STORE_DONE) == 0) {
                place_turn(p);
                look(&s);
        }
        look(&s);
        assert_int_equal(s.interruptions, 0);
}

/* Two interruptions: no other job beside it. */
static void alone(void **state)
{
        struct engine_status now;
        struct place *p = *state;
        struct seen s = { .p = p };
        bool was = false;

        die(&s);
        die(&s);
        p->slots = DEVICES;
        for (size_t i = 1; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, false);
        while (p->n_begun < DEVICES - 1)
                place_turn(p);
        place_device(p, 0); /* it is heard while the others are at work */
        while (place_count(p, STORE_DONE) < DEVICES) {
                place_turn(p);
                look(&s);
                engine_status(p->engine, &now);
                if (s.state != STORE_RUNNING)
                        continue;
                was = true;
                assert_int_equal(now.working, 1);
                assert_int_equal(place_count(p, STORE_RUNNING), 1);
        }
        assert_true(was);
}

/* One that waits for the others can be cancelled like any other. */
static void alone_and_cancelled(void **state)
{
        struct place *p = *state;
        struct seen s = { .p = p };

        die(&s);
        die(&s);
        p->slots = DEVICES;
        for (size_t i = 1; i < DEVICES; i++)
                place_device_in(
                        p, i, p->dir,
                        &(struct mishap){ .kind = MISHAP_SILENT_AT_REQUEST, .arg = REQUEST_DEVICE_ID });
        place_engine(p, false);
        while (p->n_begun < DEVICES - 1)
                place_turn(p);
        place_device(p, 0);
        while (s.state != STORE_CLAIMED || engine_cancel(p->engine, s.id) < 0) {
                place_turn(p);
                look(&s);
        }
        while (place_count(p, STORE_CANCELLED) == 0)
                place_turn(p);
        for (size_t i = 1; i < DEVICES; i++) {
                struct store_filter f = { .serial = p->device[i].serial };
                struct seen other = { .p = p };
                struct op *op = NULL;

                wait_seen(&other, store_list(p->store, &f, 0, 1, take, &other, &op), &op);
                (void)engine_cancel(p->engine, other.id);
        }
        while (place_count(p, STORE_CANCELLED) < DEVICES)
                place_turn(p);
        assert_int_equal(p->n_begun, DEVICES - 1);
}

/* One adapter loses it, another one hears it: there it gets through, and it is one attempt. */
static void lost_on_one_adapter(void **state)
{
        char dir[] = "/tmp/usher-jobs-XXXXXX", second[64];
        struct place *p = *state;
        struct seen s = { .p = p };

        assert_non_null(mkdtemp(dir));
        (void)snprintf(second, sizeof(second), "sim:%s", dir);
        memcpy(p->device[1].serial, p->device[0].serial, sizeof(p->device[0].serial));
        bad_device(p, 0, p->dir);
        place_device_in(p, 1, dir, NULL);
        place_engine_on(p, false, second);
        while (place_count(p, STORE_DONE) == 0)
                place_turn(p);
        look(&s);
        assert_int_equal(s.attempt, 1);
        assert_int_equal(p->n_begun, 2);
        p->device[1].v = vdevice_free(p->device[1].v);
        p->device[1].radio = sim_radio_free(p->device[1].radio);
        assert_int_equal(rmdir(dir), 0);
}

static void unplug(struct place *p, size_t n, const char *dir)
{
        for (size_t i = 0; i < n; i++) {
                p->device[i].v = vdevice_free(p->device[i].v);
                p->device[i].radio = sim_radio_free(p->device[i].radio);
        }
        assert_int_equal(rmdir(dir), 0);
}

/* An adapter goes with several jobs at work: they wait, and go on where their devices are heard again, on
 * another one or on the same when it is back. It is no attempt of theirs. */
static void unplugged_and_back(void **state)
{
        char dir[] = "/tmp/usher-jobs-XXXXXX", second[64];
        struct place *p = *state;
        struct seen s = { .p = p };

        assert_non_null(mkdtemp(dir));
        (void)snprintf(second, sizeof(second), "sim:%s", dir);
        p->slots = DEVICES;
        for (size_t i = 0; i < 3; i++)
                place_device_in(
                        p, i, dir,
                        &(struct mishap){ .kind = MISHAP_SILENT_AT_REQUEST, .arg = REQUEST_DEVICE_ID });
        place_engine_on(p, false, second);
        while (p->n_steps < 3 * 7) /* find, connect, session; and asked who it is */
                place_turn(p);
        unplug(p, 3, dir);
        while (place_count(p, STORE_WAITING) < DEVICES)
                place_turn(p);
        assert_int_equal(p->n_results, 0);
        assert_int_equal(mkdir(dir, 0700), 0);
        place_device(p, 0);
        place_device_in(p, 1, dir, NULL);
        place_device_in(p, 2, dir, NULL);
        while (place_count(p, STORE_DONE) < 3)
                place_turn(p);
        look(&s);
        assert_int_equal(s.attempt, 1);
        assert_int_equal(place_count(p, STORE_FAILED), 0);
        unplug(p, 3, dir);
}

/* a store that refuses */
static int set_up_bad_disk(void **state)
{
        struct place *p;

        bad_disk_register();
        bad_disk = (struct bad_disk){ 0 };
        if (place_set_up(state) < 0)
                return -1;
        p = *state;
        p->store = store_free(p->store);
        p->vfs = BAD_DISK;
        place_open_store(p);
        for (size_t i = 0; i < DEVICES; i++)
                place_device(p, i);
        place_engine(p, false);
        return 0;
}

static void refuse_and_take_again(struct place *p)
{
        struct engine_status s = {};
        struct op *op = NULL;

        bad_disk_set(&bad_disk.full, 1);
        while (s.trouble.fault == FAULT_NONE || s.working) {
                place_turn(p);
                engine_status(p->engine, &s);
                if (s.trouble.fault != FAULT_NONE && place_count(p, STORE_RUNNING) > 0)
                        break; /* what the jobs at work have to say is kept */
        }
        assert_int_equal(s.trouble.fault, FAULT_STORE);
        bad_disk_set(&bad_disk.full, 0);
        while (place_count(p, STORE_DONE) < DEVICES)
                place_turn(p);
        engine_status(p->engine, &s);
        assert_int_equal(s.trouble.fault, FAULT_NONE);
        assert_int_equal(p->trouble.n, 1); /* it does not come and go */
        assert_int_equal(place_count(p, STORE_FAILED), 0);
        while (p->n_results < DEVICES)
                place_turn(p);
        place_answer(p, store_events(p->store, NULL, 0, STORE_PAGE_MAX, place_on_answer, p, &op), &op);
        assert_int_equal(p->n_events, p->n_steps + p->n_results);
}

static void store_refuses_at_work(void **state)
{
        struct place *p = *state;

        while (p->n_steps < 6)
                place_turn(p);
        refuse_and_take_again(p);
}

static void store_refuses_at_first(void **state)
{
        refuse_and_take_again(*state);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(asked, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(all_are_asked, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(again_later, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(no_more_retries, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(pending_later, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(third_interruption, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(interrupted_and_given_back, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(alone, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(alone_and_cancelled, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(lost_on_one_adapter, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(unplugged_and_back, place_set_up, place_tear_down),
                cmocka_unit_test_setup_teardown(store_refuses_at_work, set_up_bad_disk, place_tear_down),
                cmocka_unit_test_setup_teardown(store_refuses_at_first, set_up_bad_disk, place_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
