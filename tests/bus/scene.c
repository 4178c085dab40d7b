/* SPDX-License-Identifier: Apache-2.0 */

/* Fake and central share one loop, so a scenario is one thread from top to bottom. */

#include "tests/bus/scene.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

static struct scene scene;

uint64_t scene_now_ms(void)
{
        return timer_now_ms();
}

sd_event *scene_loop(void)
{
        return scene.loop;
}

void scene_until(const bool *flag, unsigned ms)
{
        (void)scene_time_until(flag, ms);
}

unsigned scene_time_until(const bool *flag, unsigned ms)
{
        uint64_t begin = timer_now_ms();

        while (!*flag) {
                if (timer_now_ms() - begin > ms) {
                        for (size_t i = 0; i < scene.fake.n_log; i++)
                                print_message("log: %s\n", scene.fake.log[i]);
                        fail_msg("nothing within %u ms (a: fault %s, cause '%s')", ms,
                                 fault_info(scene.a.fault)->key, scene.a.cause);
                }
                assert_true(sd_event_run(scene.loop, 10000) >= 0);
        }
        return (unsigned)(timer_now_ms() - begin);
}

void scene_run(unsigned ms)
{
        uint64_t end = timer_now_ms() + ms;

        while (timer_now_ms() < end)
                assert_true(sd_event_run(scene.loop, 5000) >= 0);
}

/* life */
static int setup(void **state, bool denied, bool fake)
{
        memset(&scene, 0, sizeof(scene));
        assert_true(sd_event_new(&scene.loop) >= 0);
        bus_start(denied);
        bus_write("sys/class/bluetooth/.keep", "");
        bus_write("sys/class/rfkill/.keep", "");
        bus_write("locks/.keep", "");
        if (fake) {
                fake_start(&scene.fake, scene.loop);
                scene.has_fake = true;
                fake_adapter(&scene.fake, "hci0", true);
                fake_device(&scene.fake, "hci0", SCENE_ADDRESS, SCENE_CODE);
                fake_own(&scene.fake, true);
        }
        *state = &scene;
        return 0;
}

int scene_setup(void **state)
{
        return setup(state, false, true);
}

int scene_setup_bare(void **state)
{
        return setup(state, false, false);
}

int scene_setup_denied(void **state)
{
        return setup(state, true, true);
}

static void seen_done(struct seen *w)
{
        w->op = op_free(w->op);
        w->link = link_free(w->link);
}

int scene_teardown(void **state)
{
        struct scene *s = *state;

        seen_done(&s->a);
        seen_done(&s->b);
        central_free(s->central);
        if (s->has_fake)
                fake_stop(&s->fake);
        bus_stop();
        sd_event_unref(s->loop);
        return 0;
}

void scene_central(struct scene *s, const char *adapter)
{
        char sysfs[96], state_dir[96], lock_dir[96];

        (void)snprintf(sysfs, sizeof(sysfs), "%s/sys", bus_dir());
        (void)snprintf(state_dir, sizeof(state_dir), "%s/state", bus_dir());
        (void)snprintf(lock_dir, sizeof(lock_dir), "%s/locks", bus_dir());
        assert_int_equal(central_new(&(struct central_config){ .loop = s->loop,
                                                               .adapter = adapter,
                                                               .sysfs = sysfs,
                                                               .state_dir = state_dir,
                                                               .lock_dir = lock_dir },
                                     &s->central),
                         0);
}

/* answers */
static void on_found(void *userdata, const struct central_found *f)
{
        struct seen *w = userdata;

        assert_false(w->answered);
        w->answered = true;
        w->fault = f->trouble.fault;
        (void)snprintf(w->cause, sizeof(w->cause), "%s", f->trouble.cause);
        if (f->trouble.fault == FAULT_NONE) {
                w->found = true;
                (void)snprintf(w->address, sizeof(w->address), "%s", f->device->address);
                (void)snprintf(w->name, sizeof(w->name), "%.60s", f->device->name);
        }
}

void scene_find(struct scene *s, struct seen *who, const char *code)
{
        const struct ble_mode mode = ble_mode_listening();
        struct ble_want want = who->want;

        (void)snprintf(want.setup_code, sizeof(want.setup_code), "%s", code);
        who->op = op_free(who->op);
        who->answered = who->found = false;
        assert_int_equal(central_find(s->central, &mode, &want, on_found, who, &who->op), 0);
        assert_false(who->answered); /* never from inside the call */
}

static void on_data(void *userdata, const uint8_t *data, size_t len)
{
        struct seen *w = userdata;

        assert_false(w->lost);
        assert_true(len <= sizeof(w->data) - w->len);
        memcpy(w->data + w->len, data, len);
        w->len += len;
        w->packets++;
        if (w->free_on_data)
                w->link = link_free(w->link);
}

static void on_writable(void *userdata)
{
        ((struct seen *)userdata)->writable++;
}

static void on_lost(void *userdata, const struct trouble *why)
{
        struct seen *w = userdata;

        assert_false(w->lost);
        w->lost = true;
        (void)snprintf(w->cause, sizeof(w->cause), "%s", why->cause);
        if (w->free_on_lost)
                w->link = link_free(w->link);
}

static void on_connected(void *userdata, const struct central_connected *a)
{
        static const struct link_events events = { .data = on_data,
                                                   .writable = on_writable,
                                                   .lost = on_lost };
        struct seen *w = userdata;

        assert_false(w->answered);
        w->answered = true;
        w->fault = a->trouble.fault;
        (void)snprintf(w->cause, sizeof(w->cause), "%s", a->trouble.cause);
        if (a->trouble.fault != FAULT_NONE)
                return;
        w->link = a->link;
        w->connected = true;
        w->lost = false;
        w->len = 0;
        link_start(w->link, &events, w);
}

void scene_connect(struct scene *s, struct seen *who)
{
        who->op = op_free(who->op);
        who->answered = who->connected = false;
        assert_int_equal(central_connect(s->central, who->address, on_connected, who, &who->op), 0);
        assert_false(who->answered);
}

void scene_link(struct scene *s, struct seen *who, const char *code)
{
        scene_find(s, who, code);
        scene_until(&who->found, 3000);
        scene_connect(s, who);
        scene_until(&who->connected, 15000);
        who->op = op_free(who->op);
}
