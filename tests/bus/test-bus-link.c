/* SPDX-License-Identifier: Apache-2.0 */

/* A link's life: data both ways, the MTU, and every way in which it ends. */

#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static struct fake_device *begin(struct scene *s)
{
        struct fake_device *d = &s->fake.device[0];

        d->gatt.echo = true;
        scene_central(s, NULL);
        scene_link(s, &s->a, SCENE_CODE);
        return d;
}

static void expect_echo(struct scene *s, size_t len)
{
        uint8_t data[LINK_WRITE_MAX];

        for (size_t i = 0; i < len; i++)
                data[i] = (uint8_t)i;
        s->a.len = 0;
        assert_int_equal(link_write(s->a.link, data, len), 0);
        scene_run(50);
        assert_int_equal(s->a.len, len);
        assert_memory_equal(s->a.data, data, len);
}

static void test_sockets(void **state)
{
        struct scene *s = *state;
        uint8_t big[LINK_WRITE_MAX + 1] = { 0 };

        begin(s);
        assert_int_equal(link_max_write(s->a.link), 244);
        expect_echo(s, 1);
        expect_echo(s, 244);
        assert_int_equal(link_write(s->a.link, big, sizeof(big)), -EMSGSIZE);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " WriteValue"), 0);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " StartNotify"), 0);
}

static void test_mtu_23(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].gatt.mtu = 23;
        begin(s);
        assert_int_equal(link_max_write(s->a.link), 20);
        expect_echo(s, 20);
}

static void test_mtu_large(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].gatt.mtu = 517; /* Device OS takes 244 at most */
        begin(s);
        assert_int_equal(link_max_write(s->a.link), 244);
}

static void test_version(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].gatt.version = 3;
        s->fake.device[0].gatt.reads_in_progress = 3; /* somebody else reads it as well (bluez.md 8) */
        begin(s);
        assert_int_equal(link_version(s->a.link), 3);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " ReadValue"), 4);
}

/* Without sockets: signals and WriteValue, one at a time */
static void without_sockets(struct scene *s, enum fake_acquire refusal)
{
        struct fake_device *d = &s->fake.device[0];
        int r, sent = 0;

        d->gatt.acquire = refusal;
        d->gatt.mtu = 50;
        begin(s);
        assert_int_equal(link_max_write(s->a.link), 47);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " StartNotify"), 1);
        expect_echo(s, 47);
        s->a.len = s->a.packets = 0;
        for (int i = 0; i < 5; i++) {
                unsigned told = s->a.writable;

                r = link_write(s->a.link, (const uint8_t *)"x", 1);
                if (r == -EAGAIN) { /* writable() says when */
                        for (int k = 0; k < 100 && s->a.writable == told; k++)
                                scene_run(5);
                        assert_int_equal(s->a.writable, told + 1);
                        r = link_write(s->a.link, (const uint8_t *)"x", 1);
                }
                assert_int_equal(r, 0);
                sent++;
        }
        scene_run(100);
        assert_int_equal(s->a.packets, sent); /* notifications keep their borders */
        s->a.link = link_free(s->a.link);
        scene_run(50);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " StopNotify"), 1); /* (bluez.md 10) */
}

static void test_not_supported(void **state)
{
        without_sockets(*state, FAKE_ACQUIRE_NOT_SUPPORTED);
}

static void test_not_permitted(void **state)
{
        without_sockets(*state, FAKE_ACQUIRE_NOT_PERMITTED);
}

/* endings, in any order */
static void test_drop(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = begin(s);

        fake_drop(d);
        scene_until(&s->a.lost, 500);
        assert_int_equal(link_write(s->a.link, (const uint8_t *)"x", 1), -ENOTCONN);
        scene_run(100); /* told once (asserted in the callback) */
}

static void test_notify_closed(void **state)
{
        struct scene *s = *state;

        fake_close_notify(begin(s));
        scene_until(&s->a.lost, 500);
}

static void test_write_closed(void **state)
{
        struct scene *s = *state;

        fake_close_write(begin(s));
        scene_until(&s->a.lost, 500);
}

static void test_removed(void **state)
{
        struct scene *s = *state;

        fake_device_remove(begin(s));
        scene_until(&s->a.lost, 500);
}

static void test_daemon_gone(void **state)
{
        struct scene *s = *state;

        begin(s);
        fake_own(&s->fake, false);
        scene_until(&s->a.lost, 500);
}

static void test_adapter_gone(void **state)
{
        struct scene *s = *state;

        begin(s);
        fake_adapter_remove(&s->fake.adapter[0]);
        scene_until(&s->a.lost, 500);
}

static void test_power_off(void **state)
{
        struct scene *s = *state;

        begin(s);
        fake_adapter_power(&s->fake.adapter[0], false);
        scene_until(&s->a.lost, 500);
}

/* The last answer and the end come together: the answer first */
static void test_data_before_the_end(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = begin(s);

        fake_send(d, "done", 4);
        fake_send(d, "bye", 3);
        d->connected = false; /* the property's change overtakes the sockets */
        (void)sd_bus_emit_properties_changed(s->fake.bus, d->path, "org.bluez.Device1", "Connected", NULL);
        scene_until(&s->a.lost, 500);
        assert_int_equal(s->a.len, 7);
        assert_memory_equal(s->a.data, "donebye", 7);
}

static void test_freed_in_callbacks(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = begin(s);

        s->a.free_on_data = true;
        fake_send(d, "one", 3);
        fake_send(d, "two", 3);
        scene_run(100);
        assert_null(s->a.link);
        assert_int_equal(s->a.len, 3);
        assert_false(s->a.lost);
}

static void test_freed_when_lost(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = begin(s);

        s->a.free_on_lost = true;
        fake_drop(d);
        scene_until(&s->a.lost, 500);
        assert_null(s->a.link);
}

/* Freeing does not wait for bluetoothd's two seconds, and the next connection does (bluez.md 21) */
static void test_slow_disconnect(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = begin(s);
        uint64_t before = scene_now_ms();

        d->disconnect_ms = 2000;
        s->a.link = link_free(s->a.link);
        assert_true(scene_now_ms() - before < 20);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 4000);
        assert_in_range(scene_now_ms() - before, 1900, 3000);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " Disconnect"), 1);
        scene_connect(s, &s->a);
        scene_until(&s->a.connected, 2000);
        expect_echo(s, 5);
}

/* While one link is up, another device is found and connected */
static void test_beside_another(void **state)
{
        struct scene *s = *state;

        begin(s);
        fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:02", "SECOND")->gatt.echo = true;
        scene_link(s, &s->b, "SECOND");
        expect_echo(s, 20);
        s->b.link = link_free(s->b.link);
        scene_run(150);
        assert_false(s->a.lost);
        expect_echo(s, 20);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_sockets, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_mtu_23, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_mtu_large, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_version, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_not_supported, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_not_permitted, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_drop, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_notify_closed, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_write_closed, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_removed, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_daemon_gone, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_adapter_gone, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_power_off, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_data_before_the_end, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_freed_in_callbacks, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_freed_when_lost, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_slow_disconnect, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_beside_another, scene_setup, scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
