/* SPDX-License-Identifier: Apache-2.0 */

/* Devices live on a loop of their own, as they would in a process of their own. */

#include "tests/unit/engine/place.h"
#include "setup/flow/profile/read.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECRET "ABCDEFGHIJKLMNO"

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

void place_device_in(struct place *p, size_t i, const char *dir, const struct mishap *m)
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
                                         .timing = &brisk,
                                         .mishaps = m,
                                         .n_mishaps = m ? 1 : 0 };

        d->place = p;
        (void)snprintf(d->id, sizeof(d->id), "e00fce68000000000000000%zu", i);
        assert_int_equal(sim_radio_new(p->air, dir, &d->radio), 0);
        assert_int_equal(vdevice_new(&config, &ops, d, &d->v), 0);
        sim_radio_set_device(d->radio, d->v);
}

void place_device(struct place *p, size_t i)
{
        place_device_in(p, i, p->dir, NULL);
}

/* the owner */
static int begin(void *userdata, const struct store_job *row, struct profile *ret_profile,
                 struct usher_ports_config *ret_world, struct trouble *ret_trouble)
{
        static const char text[] = "[setup]\nclaim = none\n[wifi]\nssid = usher-lab\n";
        struct place *p = userdata;
        const char *profile = p->profile ? p->profile : text;

        if (p->refuse && (!p->refused || strcmp(row->profile, p->refused) == 0)) {
                (void)trouble_set(ret_trouble, FAULT_TOKEN_EXPIRED, "it ended yesterday");
                return p->refuse;
        }
        assert_int_equal(profile_parse(profile, strlen(profile), ret_profile, ret_trouble), 0);
        if (ret_profile->n_networks > 0)
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
        assert_int_equal(strlen(t->job->asked.label.serial), STORE_SERIAL_LEN);
        p->n_results += json && t->kind == TOLD_RESULT;
        p->n_steps += json && t->kind == TOLD_STEP;
        if (json && t->kind == TOLD_QUESTION)
                (void)snprintf(p->question, sizeof(p->question), "%s", json);
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
        p->trouble.n += !p->trouble.now && s.trouble.fault != FAULT_NONE;
        p->trouble.now = s.trouble.fault != FAULT_NONE;
        p->over = s.idle || s.stopped;
}

void place_engine_on(struct place *p, bool any, const char *second)
{
        static const struct engine_host host = {
                .begin = begin, .ended = ended, .told = told, .changed = changed
        };
        unsigned slots = p->slots ? p->slots : SLOTS;
        struct engine_adapter adapters[] = { { p->radio, slots }, { second, slots } };
        struct engine_config config = { .context = p->context,
                                        .store = p->store,
                                        .adapters = adapters,
                                        .n_adapters = second ? 2 : 1,
                                        .retries = p->retries,
                                        .interactive = p->question_s > 0,
                                        .question_s = p->question_s,
                                        .any = any };
        struct trouble why = {};

        p->over = false;
        assert_int_equal(engine_new(&config, &host, p, &p->engine, &why), 0);
}

void place_engine(struct place *p, bool any)
{
        place_engine_on(p, any, NULL);
}

/* the store */
void place_on_answer(void *userdata, const struct store_answer *a)
{
        struct place *p = userdata;

        assert_int_equal(a->error, 0);
        p->n_events = a->n_events;
        p->answered = true;
}

void place_turn(struct place *p)
{
        assert_true(sd_event_run(p->air, 500) >= 0);
        assert_true(sd_event_run(context_loop(p->context), 500) >= 0);
}

void place_wait(struct place *p, const bool *over)
{
        uint64_t start_ms = timer_now_ms();

        while (!*over) {
                place_turn(p);
                if (timer_now_ms() - start_ms > PLACE_LIMIT_MS)
                        fail_msg("not over after %d ms", PLACE_LIMIT_MS);
        }
}

void place_answer(struct place *p, int asked, struct op **op)
{
        assert_int_equal(asked, 0);
        p->answered = false;
        place_wait(p, &p->answered);
        *op = op_free(*op);
}

void place_open_store(struct place *p)
{
        struct store_config config = {
                .loop = context_loop(p->context), .path = p->path, .key = p->key, .vfs = p->vfs
        };
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
                                             .profile = i < NORTH ? "north" : "south",
                                             .secret = p->secret };
        place_answer(p, store_submit(p->store, new, DEVICES, place_on_answer, p, &op), &op);
}

uint64_t place_count(struct place *p, enum store_state state)
{
        struct store_counts counts;

        store_counts(p->store, &counts);
        return counts.of[state];
}

/* life */
int place_set_up(void **state)
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
        place_open_store(p);
        submit(p);
        *state = p;
        return 0;
}

int place_tear_down(void **state)
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
