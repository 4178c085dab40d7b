/* SPDX-License-Identifier: Apache-2.0 */

/* Several jobs of a real store on a sim radio: who is begun when, what is kept, and how it ends. Devices
 * live on a loop of their own. */

#include "proto/base/timer.h"
#include "setup/engine/engine.h"
#include "setup/flow/profile/read.h"
#include "setup/ports/context.h"
#include "tests/sim/cli/radio.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LIMIT_MS = 30000, DEVICES = 5, SLOTS = 2 };

#define SECRET "ABCDEFGHIJKLMNO"

struct place;

struct device {
        struct place *place;
        char serial[STORE_SERIAL_LEN + 1], id[25];
        struct sim_radio *radio;
        struct vdevice *v;
};

struct place {
        char dir[32], folder[32], path[64], radio[64];
        sd_event *air;
        struct world *world;
        struct secret *secret, *key;
        struct device device[DEVICES];
        struct context *context;
        struct store *store;
        struct engine *engine;
        size_t n_results, n_steps, n_begun, n_ended, most;
        int refuse; /* what begin() answers */
        bool answered, over;
        size_t n_events;
        char id[STORE_ID_LEN + 1];
};

/* devices */
static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        sim_radio_notify(((struct device *)userdata)->radio, link, data, len);
}

static void on_drop(void *userdata, unsigned link)
{
        sim_radio_drop_link(((struct device *)userdata)->radio, link);
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        sim_radio_advertise(((struct device *)userdata)->radio, advert);
}

static void on_online(void *userdata, const struct vdevice_online *online)
{
        (void)userdata;
        (void)online;
}

static void make_device_in(struct place *p, size_t i, const char *dir)
{
        static const struct vdevice_ops ops = {
                .notify = on_notify, .drop_link = on_drop, .advertise = on_advertise, .online = on_online
        };
        static const struct vdevice_timing brisk = {
                .scan_ms = 5, .join_ms = 5, .dhcp_ms = 5, .dtls_ms = 5, .boot_ms = 5, .supervision_ms = 1000
        };
        struct device *d = &p->device[i];
        struct vdevice_config config = { .loop = p->air,
                                         .platform = platform_by_key("argon"),
                                         .os = { .major = 6, .minor = 2 },
                                         .serial = d->serial,
                                         .id = d->id,
                                         .mobile_secret = p->secret,
                                         .world = p->world,
                                         .start = VDEVICE_START_LISTENING,
                                         .timing = &brisk };

        d->place = p;
        (void)snprintf(d->id, sizeof(d->id), "e00fce68000000000000000%zu", i);
        assert_int_equal(sim_radio_new(p->air, dir, &d->radio), 0);
        assert_int_equal(vdevice_new(&config, &ops, d, &d->v), 0);
        sim_radio_set_device(d->radio, d->v);
}

static void make_device(struct place *p, size_t i)
{
        make_device_in(p, i, p->dir);
}

/* the owner */
static int begin(void *userdata, const struct store_job *row, struct profile *ret_profile,
                 struct usher_ports_config *ret_world, struct trouble *ret_trouble)
{
        static const char text[] = "[setup]\nclaim = none\n[wifi]\nssid = usher-lab\n";
        struct place *p = userdata;

        (void)row;
        if (p->refuse) {
                (void)trouble_set(ret_trouble, FAULT_TOKEN_EXPIRED, "it ended yesterday");
                return p->refuse;
        }
        assert_int_equal(profile_parse(text, strlen(text), ret_profile, ret_trouble), 0);
        assert_int_equal(secret_new("correct horse", 13, &ret_profile->networks[0].password), 0);
        *ret_world = (struct usher_ports_config){};
        p->n_begun++;
        return 0;
}

static void ended(void *userdata, const struct store_job *row, const struct job *job)
{
        struct place *p = userdata;

        (void)row;
        (void)job;
        p->n_ended++;
}

static void told(void *userdata, const struct told *t, const char *json)
{
        struct place *p = userdata;

        assert_true(!json || strstr(json, t->id));
        p->n_results += json && t->kind == TOLD_RESULT;
        p->n_steps += json && t->kind == TOLD_STEP;
}

static void changed(void *userdata)
{
        struct place *p = userdata;
        struct engine_adapter_status a;
        struct engine_status s;

        engine_status(p->engine, &s);
        assert_int_equal(engine_adapter_at(p->engine, 0, &a), 0);
        assert_true(a.used <= a.slots);
        if (a.used > p->most)
                p->most = a.used;
        p->over = s.idle || s.stopped;
}

static void make_engine_on(struct place *p, bool any, const char *second)
{
        static const struct engine_host host = {
                .begin = begin, .ended = ended, .told = told, .changed = changed
        };
        struct engine_adapter adapters[] = { { p->radio, SLOTS }, { second, SLOTS } };
        struct engine_config config = { .context = p->context,
                                        .store = p->store,
                                        .adapters = adapters,
                                        .n_adapters = second ? 2 : 1,
                                        .any = any };
        struct trouble why = {};

        p->over = false;
        assert_int_equal(engine_new(&config, &host, p, &p->engine, &why), 0);
}

static void make_engine(struct place *p, bool any)
{
        make_engine_on(p, any, NULL);
}

/* the store */
static void on_answer(void *userdata, const struct store_answer *a)
{
        struct place *p = userdata;

        assert_int_equal(a->error, 0);
        p->n_events = a->n_events;
        p->answered = true;
}

static void turn(struct place *p)
{
        assert_true(sd_event_run(p->air, 500) >= 0);
        assert_true(sd_event_run(context_loop(p->context), 500) >= 0);
}

static void wait_until(struct place *p, const bool *over)
{
        uint64_t start_ms = timer_now_ms();

        while (!*over) {
                turn(p);
                if (timer_now_ms() - start_ms > LIMIT_MS)
                        fail_msg("not over after %d ms", LIMIT_MS);
        }
}

static void answer(struct place *p, int asked, struct op *op)
{
        assert_int_equal(asked, 0);
        p->answered = false;
        wait_until(p, &p->answered);
        op_free(op);
}

static void open_store(struct place *p)
{
        struct store_config config = { .loop = context_loop(p->context), .path = p->path, .key = p->key };
        struct trouble why = {};

        assert_int_equal(store_open(&config, &p->store, &why), 0);
}

static void submit(struct place *p)
{
        struct store_new new[DEVICES] = {};
        struct op *op = NULL;

        for (size_t i = 0; i < DEVICES; i++)
                new[i] = (struct store_new){ .serial = p->device[i].serial,
                                             .code = p->device[i].serial + STORE_SERIAL_LEN - STORE_CODE_LEN,
                                             .secret = p->secret };
        answer(p, store_submit(p->store, new, DEVICES, on_answer, p, &op), op);
}

static uint64_t count(struct place *p, enum store_state state)
{
        struct store_counts counts;

        store_counts(p->store, &counts);
        return counts.of[state];
}

/* life */
static int set_up(void **state)
{
        struct place *p = calloc(1, sizeof(*p));
        uint8_t key[STORE_KEY_LEN] = { 7 };

        assert_non_null(p);
        (void)snprintf(p->dir, sizeof(p->dir), "/tmp/usher-jobs-XXXXXX");
        (void)snprintf(p->folder, sizeof(p->folder), "/tmp/usher-jobs-XXXXXX");
        assert_non_null(mkdtemp(p->dir));
        assert_non_null(mkdtemp(p->folder));
        (void)snprintf(p->path, sizeof(p->path), "%s/jobs.db", p->folder);
        (void)snprintf(p->radio, sizeof(p->radio), "sim:%s", p->dir);
        assert_int_equal(context_new(&p->context), 0);
        assert_true(sd_event_new(&p->air) >= 0);
        assert_int_equal(world_new(&p->world), 0);
        assert_int_equal(secret_new(SECRET, strlen(SECRET), &p->secret), 0);
        assert_int_equal(secret_new(key, sizeof(key), &p->key), 0);
        for (size_t i = 0; i < DEVICES; i++)
                (void)snprintf(p->device[i].serial, sizeof(p->device[i].serial), "ARGNHAB12340AA%c",
                               (char)('A' + i));
        open_store(p);
        submit(p);
        *state = p;
        return 0;
}

static int tear_down(void **state)
{
        static const char *const ends[] = { "", ".lock", "-wal" };
        struct place *p = *state;
        char name[96];

        engine_free(p->engine);
        store_free(p->store);
        for (size_t i = 0; i < DEVICES; i++) {
                vdevice_free(p->device[i].v);
                sim_radio_free(p->device[i].radio);
        }
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                (void)snprintf(name, sizeof(name), "%s%s", p->path, ends[i]);
                (void)unlink(name);
        }
        (void)rmdir(p->dir);
        assert_int_equal(rmdir(p->folder), 0);
        context_free(p->context);
        world_free(p->world);
        secret_free(p->secret);
        secret_free(p->key);
        sd_event_unref(p->air);
        free(p);
        return 0;
}

static void all_done_on_two_slots(void **state)
{
        struct place *p = *state;
        struct engine_adapter_status a;
        struct op *op = NULL;

        for (size_t i = 0; i < DEVICES; i++)
                make_device(p, i);
        make_engine(p, true);
        wait_until(p, &p->over);
        assert_int_equal(count(p, STORE_DONE), DEVICES);
        assert_int_equal(p->n_results, DEVICES);
        assert_int_equal(p->n_begun, DEVICES);
        assert_int_equal(p->n_ended, DEVICES);
        assert_int_equal(p->most, SLOTS);
        assert_int_equal(engine_adapter_at(p->engine, 0, &a), 0);
        assert_int_equal(a.used, 0);
        assert_int_equal(engine_adapter_at(p->engine, 1, &a), -ERANGE);
        answer(p, store_events(p->store, NULL, 0, STORE_PAGE_MAX, on_answer, p, &op), op);
        assert_int_equal(p->n_events, p->n_steps + p->n_results); /* what was told is what is kept */
}

/* Only the devices that are there are begun with; the others wait. */
static void the_unheard_wait(void **state)
{
        struct place *p = *state;
        const char *radio;

        make_device(p, 1);
        make_device(p, 3);
        make_engine(p, false);
        while (!engine_heard(p->engine, 1, &radio))
                turn(p);
        assert_string_equal(radio, p->radio);
        while (count(p, STORE_DONE) < 2)
                turn(p);
        assert_int_equal(count(p, STORE_WAITING), DEVICES - 2);
        assert_int_equal(p->n_begun, 2);
}

/* Jobs whose devices are looked for stop, and wait for the next time. */
static void stopped(void **state)
{
        struct place *p = *state;
        struct engine_status s = {};
        struct trouble why = {};

        make_engine(p, true);
        while (s.working < SLOTS) {
                turn(p);
                engine_status(p->engine, &s);
        }
        assert_int_equal(engine_cancel(p->engine, "nobody"), -ENOENT);
        assert_int_equal(engine_answer(p->engine, "nobody", NULL, &why), -ENOENT);
        engine_stop(p->engine, 10000);
        wait_until(p, &p->over);
        engine_status(p->engine, &s);
        assert_true(s.stopped);
        assert_int_equal(count(p, STORE_WAITING), DEVICES);
        assert_int_equal(p->n_results, 0);
}

static void take_id(void *userdata, const struct store_answer *a)
{
        struct place *p = userdata;

        for (size_t i = 0; i < a->n_jobs && !p->id[0]; i++)
                memcpy(p->id, a->jobs[i].id, sizeof(p->id));
        p->answered = true;
}

static void cancelled(void **state)
{
        struct store_filter working = { .states = 1u << STORE_RUNNING };
        struct place *p = *state;
        struct op *op = NULL;

        make_engine(p, true);
        while (count(p, STORE_RUNNING) == 0)
                turn(p);
        answer(p, store_list(p->store, &working, 0, 1, take_id, p, &op), op);
        assert_int_equal(engine_cancel(p->engine, p->id), 0);
        while (count(p, STORE_CANCELLED) == 0)
                turn(p);
        assert_int_equal(p->n_results, 1);
        assert_int_equal(engine_cancel(p->engine, p->id), -ENOENT);
}

/* An engine that ends as in a crash; the store gives its jobs to the next. */
static void taken_up_again(void **state)
{
        struct place *p = *state;

        for (size_t i = 0; i < DEVICES; i++)
                make_device(p, i);
        make_engine(p, true);
        while (p->n_steps < 12)
                turn(p);
        p->engine = engine_free(p->engine);
        p->store = store_free(p->store);
        open_store(p);
        make_engine(p, true);
        wait_until(p, &p->over);
        assert_int_equal(count(p, STORE_DONE), DEVICES);
        assert_int_equal(p->n_results, DEVICES);
}

static void an_account_that_is_not_let_in(void **state)
{
        struct place *p = *state;
        struct engine_status s = {};

        for (size_t i = 0; i < DEVICES; i++)
                make_device(p, i);
        p->refuse = -EAGAIN;
        make_engine(p, true);
        while (s.trouble.fault == FAULT_NONE || s.working) {
                turn(p);
                engine_status(p->engine, &s);
        }
        assert_int_equal(s.trouble.fault, FAULT_TOKEN_EXPIRED);
        assert_int_equal(count(p, STORE_FAILED), 0);
        assert_int_equal(count(p, STORE_WAITING), DEVICES);
        assert_int_equal(p->n_results, 0);
        p->refuse = 0; /* a new token */
        engine_wake(p->engine);
        while (count(p, STORE_DONE) < DEVICES)
                turn(p);
        engine_status(p->engine, &s);
        assert_int_equal(s.trouble.fault, FAULT_NONE);
}

/* All slots look for devices that are not there when one comes whose job is further back. */
static void the_heard_first(void **state)
{
        struct engine_status s = {};
        struct place *p = *state;

        make_engine(p, true);
        while (s.working < SLOTS) {
                turn(p);
                engine_status(p->engine, &s);
        }
        make_device(p, DEVICES - 1);
        while (count(p, STORE_DONE) == 0)
                turn(p);
        assert_int_equal(count(p, STORE_FAILED), 0);
}

/* Two labels end in the same six characters, and the device is the other one's. */
static void a_code_of_two(void **state)
{
        _cleanup_(secret_freep) struct secret *other = NULL;
        struct place *p = *state;
        struct store_new new = { .serial = "ARGNHAC12340AAA", .code = "340AAA", .priority = 10 };
        struct op *op = NULL;

        assert_int_equal(secret_new("OOOOOOOOOOOOOOO", 15, &other), 0);
        new.secret = other;
        answer(p, store_submit(p->store, &new, 1, on_answer, p, &op), op);
        make_device(p, 0);
        make_engine(p, false);
        while (count(p, STORE_DONE) == 0)
                turn(p);
        assert_int_equal(p->n_begun, 2);
        assert_int_equal(count(p, STORE_WAITING), DEVICES);
        assert_int_equal(count(p, STORE_FAILED), 0);
}

/* Each device by the adapter that hears it; one that cannot be used holds nobody else up. */
static void several_adapters(void **state)
{
        char dir[] = "/tmp/usher-jobs-XXXXXX", second[64];
        struct engine_adapter_status a;
        struct engine_status s;
        struct place *p = *state;
        size_t i;

        assert_non_null(mkdtemp(dir));
        (void)snprintf(second, sizeof(second), "sim:%s", dir);
        assert_int_equal(rmdir(dir), 0);
        for (i = 0; i < 3; i++)
                make_device(p, i);
        make_engine_on(p, false, second);
        while (count(p, STORE_DONE) < 3)
                turn(p);
        assert_int_equal(engine_adapter_at(p->engine, 1, &a), 0);
        assert_int_equal(a.trouble.fault, FAULT_CONFIG);
        engine_status(p->engine, &s);
        assert_int_equal(s.trouble.fault, FAULT_NONE);
        assert_int_equal(mkdir(dir, 0700), 0); /* it is plugged in again */
        for (; i < DEVICES; i++)
                make_device_in(p, i, dir);
        while (count(p, STORE_DONE) < DEVICES)
                turn(p);
        assert_int_equal(engine_adapter_at(p->engine, 1, &a), 0);
        assert_int_equal(a.trouble.fault, FAULT_NONE);
        for (i = 3; i < DEVICES; i++) {
                p->device[i].v = vdevice_free(p->device[i].v);
                p->device[i].radio = sim_radio_free(p->device[i].radio);
        }
        assert_int_equal(rmdir(dir), 0);
}

/* Nothing begins while it pauses. */
static void paused(void **state)
{
        struct engine_status s = {};
        struct place *p = *state;

        for (size_t i = 0; i < DEVICES; i++)
                make_device(p, i);
        make_engine(p, true);
        engine_pause(p->engine, true);
        for (unsigned i = 0; i < 20; i++) {
                turn(p);
                engine_status(p->engine, &s);
                assert_int_equal(s.working, 0);
        }
        engine_pause(p->engine, false);
        engine_wake(p->engine);
        p->over = false;
        while (count(p, STORE_DONE) < DEVICES)
                turn(p);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(all_done_on_two_slots, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_unheard_wait, set_up, tear_down),
                cmocka_unit_test_setup_teardown(stopped, set_up, tear_down),
                cmocka_unit_test_setup_teardown(cancelled, set_up, tear_down),
                cmocka_unit_test_setup_teardown(taken_up_again, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_heard_first, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_code_of_two, set_up, tear_down),
                cmocka_unit_test_setup_teardown(several_adapters, set_up, tear_down),
                cmocka_unit_test_setup_teardown(paused, set_up, tear_down),
                cmocka_unit_test_setup_teardown(an_account_that_is_not_let_in, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
