/* SPDX-License-Identifier: Apache-2.0 */

/* Killed after every event, and the same command run again, or the job taken up with what its record has
 * kept: products, customers, claim codes and SIM cards end in the state in which an undisturbed setup ends.
 */

#include "proto/base/timer-virtual.h"
#include "setup/engine/record-json.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60000, LIMIT = 60 * MINUTE, EVENTS_MAX = 200 };

struct way {
        const char *name, *profile;
        void (*prepare)(struct scene *s);
        bool cellular;
        bool alone; /* without the cloud: what has left setup mode is not seen again */
};

#define NETWORK "[wifi]\nssid = Home\n"

static void set_password(struct scene *s)
{
        scene_set_password(s, 0, "password");
}

static void set_code(struct scene *s)
{
        set_password(s);
        s->job.asked.profile.claim = CLAIM_CODE;
        assert_int_equal(secret_new("made-elsewhere", 14, &s->job.now.claim_code), 0);
}

static void set_nothing(struct scene *s)
{
        (void)s;
}

static void set_passwords(struct scene *s)
{
        set_password(s);
        scene_set_password(s, 1, "password");
}

static void plug_in(struct scene *s)
{
        set_password(s);
        s->world.ethernet.wing = true;
}

static const struct way ways[] = {
        { "product",
          "[setup]\nclaim = product\nproduct = 9\nclaim-user = boss@example.com\nname = Lamp\n"
          "notes = cellar\ngroups = north\ndevelopment = yes\n" NETWORK,
          set_password, false, false },
        { "unclaimed", "[setup]\nclaim = product\nproduct = 9\n" NETWORK, set_password, false, false },
        { "customer", "[setup]\nclaim = customer\nproduct = 9\nname = Lamp\n" NETWORK, set_password, false,
          false },
        { "code", "[setup]\n" NETWORK, set_code, false, true },
        { "sim", "[setup]\nname = Boron\n[cellular]\ncountry = DE\n", set_nothing, true, false },
        { "sim of a product", "[setup]\nclaim = product\nproduct = 9\n[cellular]\ncountry = DE\n",
          set_nothing, true, false },
        { "external sim",
          "[setup]\nname = Boron\n[cellular]\nsim = external\napn = internet\ncountry = DE\n", set_nothing,
          true, false },
        { "two networks", "[setup]\nname = Lamp\n[wifi]\nssid = Nowhere\n[wifi 2]\nssid = Home\n",
          set_passwords, false, false },
        { "ethernet", "[setup]\nname = Lamp\nethernet = yes\n" NETWORK, plug_in, false, false },
};

static void begin(struct scene *s, const struct way *w)
{
        scene_init(s, w->profile);
        if (w->cellular) {
                s->world.device.platform_id = 13;
                s->world.device.interfaces[1] = INTERFACE_PPP;
                s->world.card.state = PORT_SIM_NEW;
        }
        w->prepare(s);
}

struct until {
        struct scene *s;
        unsigned events;
};

static bool has_come_so_far(void *userdata)
{
        struct until *u = userdata;

        return u->s->over || scene_count(u->s->events, ";") >= u->events;
}

static void assert_same_end(const struct scene *s, const struct scene *whole, const struct way *w,
                            unsigned at, enum fault unseen)
{
        const struct fake_ports *a = &s->world, *b = &whole->world;
        bool gone = w->alone && !a->device.listening;

        if (s->job.end.trouble.fault != FAULT_NONE && !(gone && s->job.end.trouble.fault == unseen))
                fail_msg("%s, killed after %u events: %s (%s)\n%s", w->name, at,
                         fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause, s->events);
        if (gone)
                return;
        assert_int_equal(a->cloud.member, b->cloud.member);
        assert_int_equal(a->card.state, b->card.state);
        assert_int_equal(a->device.listening, b->device.listening);
        assert_int_equal(a->wifi.joined, b->wifi.joined);
        assert_string_equal(a->cloud.owner ? a->cloud.owner : "", b->cloud.owner ? b->cloud.owner : "");
        assert_string_equal(s->job.cloud.name, whole->job.cloud.name);
        assert_string_equal(s->job.cloud.owner_name, whole->job.cloud.owner_name);
}

static void run_again(struct scene *s, const struct way *w)
{
        scene_again(s, w->profile);
        w->prepare(s);
}

/* What changes the state of cloud or device: the step that does it, and how it looks in the world's log. */
static const struct effect {
        const char *step, *seen;
} effects[] = {
        { "claim", "cloud claim;" },
        { "name", "cloud rename" },
        { "import", "cloud import" },
        { "mark", "cloud mark" },
        { "sim-activate", "cloud sim-activate" },
        { "set-claim-code", "ask 200" },
        { "wifi-join", "ask 500" },
        { "claim-code", "cloud claim-code" },
        { "setup-done", "ask 73" },
};

static bool had_its_effect(const struct scene *s, const struct effect *e)
{
        char done[64];

        (void)snprintf(done, sizeof(done), ";%s done", e->step);
        if (strcmp(e->step, "claim-code") ==
            0) /* it is a secret: until the device has it, it is asked for again */
                return s->job.claim.code_set;
        return strstr(s->events, done);
}

static bool had[ELEMENTSOF(effects)];

static void note_effects(const struct scene *s)
{
        for (size_t i = 0; i < ELEMENTSOF(effects); i++)
                had[i] = had_its_effect(s, &effects[i]);
}

/* Nothing that was told to be done is done again. */
static void assert_none_twice(const struct scene *s, const struct way *w, unsigned at)
{
        for (size_t i = 0; i < ELEMENTSOF(effects); i++)
                if (had[i] && strstr(s->world.log, effects[i].seen))
                        fail_msg("%s, killed after %u events: %s is done twice\n%s", w->name, at,
                                 effects[i].step, s->world.log);
        memset(had, 0, sizeof(had));
}

/* As the engine does it: all that is left of the job is its record. */
static void take_up(struct scene *s, const struct way *w)
{
        struct trouble why = {};
        char *record;

        note_effects(s);
        assert_int_equal(record_json_write(&s->job, &record), 0);
        run_again(s, w);
        if (record_json_read(&s->job, record, &why) < 0)
                fail_msg("%s\n%s", why.cause, record);
        free(record);
}

static void kill_after_every_event(const struct way *w, void (*go_on)(struct scene *s, const struct way *w),
                                   enum fault unseen)
{
        struct scene whole, s;
        unsigned at = 0;
        bool over = false;

        begin(&whole, w);
        assert_true(scene_run(&whole, LIMIT));
        assert_int_equal(whole.job.end.trouble.fault, FAULT_NONE);
        for (; !over && at < EVENTS_MAX; at++) {
                struct until until = { &s, at };

                begin(&s, w);
                scene_start(&s);
                assert_true(timer_virtual_run(has_come_so_far, &until, LIMIT));
                over = s.over;
                go_on(&s, w);
                assert_true(scene_run(&s, LIMIT));
                assert_same_end(&s, &whole, w, at, unseen);
                assert_none_twice(&s, w, at);
                scene_done(&s);
        }
        assert_true(over);
        assert_in_range(at, 20, EVENTS_MAX);
        scene_done(&whole);
}

static void killed_and_run_again(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(ways); i++)
                kill_after_every_event(&ways[i], run_again, FAULT_DEVICE_NOT_FOUND);
}

static void killed_and_taken_up(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(ways); i++)
                kill_after_every_event(&ways[i], take_up, FAULT_NONE);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(killed_and_run_again),
                cmocka_unit_test(killed_and_taken_up),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
