/* SPDX-License-Identifier: Apache-2.0 */

/* What stands in the way of using an adapter: each has its fault, and a person reads it within a second. */

#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <string.h>

static void expect(struct scene *s, const char *adapter, enum fault fault, const char *cause)
{
        unsigned ms;

        scene_central(s, adapter);
        scene_find(s, &s->a, SCENE_CODE);
        ms = scene_time_until(&s->a.answered, 1000);
        assert_int_equal(s->a.fault, fault);
        if (cause)
                assert_non_null(strstr(s->a.cause, cause));
        assert_true(ms < 1000);
}

/* udev starts bluetoothd only when there is an adapter: its absence is no news then */
static void test_nothing_at_all(void **state)
{
        expect(*state, NULL, FAULT_BT_NO_ADAPTER, NULL);
}

static void test_no_daemon(void **state)
{
        bus_write("sys/class/bluetooth/hci0/type", "");
        expect(*state, NULL, FAULT_BT_NO_DAEMON, NULL);
}

static void test_link_is_no_adapter(void **state)
{
        bus_write("sys/class/bluetooth/hci0:64/type", ""); /* the name of a connection */
        expect(*state, NULL, FAULT_BT_NO_ADAPTER, NULL);
}

static void test_blocked_and_unplugged(void **state)
{
        bus_write("sys/class/rfkill/rfkill3/type", "bluetooth\n");
        bus_write("sys/class/rfkill/rfkill3/name", "tpacpi_bluetooth_sw\n");
        bus_write("sys/class/rfkill/rfkill3/soft", "0\n");
        bus_write("sys/class/rfkill/rfkill3/hard", "1\n");
        expect(*state, NULL, FAULT_BT_BLOCKED, NULL);
}

static void test_no_bus(void **state)
{
        assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/socket", 1), 0);
        bus_write("sys/class/bluetooth/hci0/type", "");
        expect(*state, NULL, FAULT_BT_NO_DAEMON, "no system D-Bus");
}

static void test_denied(void **state)
{
        expect(*state, NULL, FAULT_BT_NOT_PERMITTED, NULL);
}

static void test_no_adapter(void **state)
{
        struct scene *s = *state;

        fake_adapter_remove(&s->fake.adapter[0]);
        expect(s, NULL, FAULT_BT_NO_ADAPTER, NULL);
}

static void test_powered_off(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].powered = false;
        expect(s, NULL, FAULT_BT_POWERED_OFF, "hci0");
}

static void test_blocked(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].powered = false;
        bus_write("sys/class/rfkill/rfkill0/type", "bluetooth\n");
        bus_write("sys/class/rfkill/rfkill0/name", "hci0\n");
        bus_write("sys/class/rfkill/rfkill0/soft", "1\n");
        bus_write("sys/class/rfkill/rfkill0/hard", "0\n");
        expect(s, NULL, FAULT_BT_BLOCKED, "hci0");
}

static void test_blocked_is_another(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].powered = false;
        bus_write("sys/class/rfkill/rfkill0/type", "wlan\n");
        bus_write("sys/class/rfkill/rfkill0/name", "hci0\n");
        bus_write("sys/class/rfkill/rfkill0/soft", "1\n");
        expect(s, NULL, FAULT_BT_POWERED_OFF, NULL);
}

static void test_power_state(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].powered = false;
        s->fake.adapter[0].power_state = "off-blocked"; /* BlueZ >= 5.67 says so itself */
        expect(s, NULL, FAULT_BT_BLOCKED, NULL);
}

static void test_peripheral_only(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].central = false;
        expect(s, NULL, FAULT_BT_NO_ADAPTER, "hci0 cannot connect");
}

static void test_named_one_is_missing(void **state)
{
        expect(*state, "hci3", FAULT_BT_NO_ADAPTER, "there is no hci3, but hci0");
}

/* hci0 is off and hci1 on: never assume hci0 */
static void test_second_adapter(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].powered = false;
        fake_adapter(&s->fake, "hci1", true);
        fake_device(&s->fake, "hci1", "C0:12:34:AB:CD:01", "FEDCBA");
        scene_central(s, NULL);
        scene_find(s, &s->a, "FEDCBA");
        scene_until(&s->a.found, 1000);
        assert_int_equal(fake_count(&s->fake, "hci0 StartDiscovery"), 0);
        assert_int_equal(fake_count(&s->fake, "hci1 StartDiscovery"), 1);
}

/* It is just powering up */
static void test_power_comes(void **state)
{
        struct scene *s = *state;

        s->fake.adapter[0].powered = false;
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_run(300);
        assert_false(s->a.answered);
        fake_adapter_power(&s->fake.adapter[0], true);
        scene_until(&s->a.found, 1000);
}

/* The adapter is pulled out and comes back while somebody searches */
static void test_vanishes_and_returns(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].heard = false;
        s->fake.device[0].exported = false;
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_run(200);
        fake_adapter_remove(&s->fake.adapter[0]);
        scene_run(1500); /* longer than the first patience: there was one before */
        assert_false(s->a.answered);
        s->fake.device[0].heard = true;
        fake_adapter_return(&s->fake.adapter[0]);
        scene_until(&s->a.found, 2000);
        assert_int_equal(fake_count(&s->fake, "hci0 StartDiscovery"), 2);
}

static void test_never_switches(void **state)
{
        struct scene *s = *state;

        scene_central(s, NULL);
        scene_link(s, &s->a, SCENE_CODE);
        s->a.link = link_free(s->a.link);
        s->central = central_free(s->central);
        scene_run(200);
        assert_true(s->fake.adapter[0]
                            .powered); /* Powered is not even writable in the fake: a call would fail */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_nothing_at_all, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_no_daemon, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_link_is_no_adapter, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_blocked_and_unplugged, scene_setup_bare,
                                                scene_teardown),
                cmocka_unit_test_setup_teardown(test_no_bus, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_denied, scene_setup_denied, scene_teardown),
                cmocka_unit_test_setup_teardown(test_no_adapter, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_powered_off, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_blocked, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_blocked_is_another, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_power_state, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_peripheral_only, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_named_one_is_missing, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_second_adapter, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_power_comes, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_vanishes_and_returns, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_never_switches, scene_setup, scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
