/* SPDX-License-Identifier: Apache-2.0 */

/* Connecting: every way in which BlueZ is known to fail at it (bluez.md 2-9, 12, 17, 20), as a script for
 * the fake. Each ends with a link that works, or with a fault that says why. */

#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define CONNECT    SCENE_DEVICE " Connect"
#define DISCONNECT SCENE_DEVICE " Disconnect"
#define REMOVE     SCENE_DEVICE " RemoveDevice"

static void script(struct scene *s, struct fake_connect c)
{
        struct fake_device *d = &s->fake.device[0];

        d->script[d->n_script++] = c;
}

static void expect_link(struct scene *s, unsigned connects)
{
        scene_central(s, NULL);
        scene_link(s, &s->a, SCENE_CODE);
        assert_int_equal(s->fake.device[0].connects, connects);
        assert_int_equal(link_version(s->a.link), 2);
        s->fake.device[0].gatt.echo = true;
        assert_int_equal(link_write(s->a.link, (const uint8_t *)"ping", 4), 0);
        scene_run(50);
        assert_int_equal(s->a.len, 4);
        assert_memory_equal(s->a.data, "ping", 4);
}

/* The scan is stopped before Connect, and not begun before the services are known (bluez.md 2) */
static void test_order(void **state)
{
        struct scene *s = *state;
        size_t connect, stop;

        fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:02", "SECOND");
        s->fake.device[1].heard = false;
        scene_central(s, NULL);
        scene_find(s, &s->b, "SECOND"); /* somebody else searches on */
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        scene_connect(s, &s->a);
        scene_until(&s->a.connected, 2000);
        connect = fake_find(&s->fake, CONNECT, 0);
        stop = fake_find(&s->fake, "hci0 StopDiscovery", 0);
        assert_true(stop < connect);
        assert_true(fake_find(&s->fake, "hci0 StartDiscovery", stop) > connect);
        scene_run(100);
        assert_true(s->fake.adapter[0].discovering); /* the other search goes on */
}

static void test_abort_by_local(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .error = "Failed", .message = "le-connection-abort-by-local" });
        script(s, (struct fake_connect){ .error = "Failed", .message = "le-connection-abort-by-local" });
        expect_link(s, 3);
        assert_int_equal(fake_count(&s->fake, REMOVE), 0);
}

/* A stale attempt of a client that died is pending: ended, cleared, found anew (bluez.md 8) */
static void test_in_progress(void **state)
{
        struct scene *s = *state;

        script(s,
               (struct fake_connect){ .error = "InProgress", .message = "Operation already in progress" });
        expect_link(s, 2);
        assert_int_equal(fake_count(&s->fake, DISCONNECT), 1);
        assert_int_equal(fake_count(&s->fake, REMOVE), 1);
        assert_true(fake_find(&s->fake, "hci0 StartDiscovery", fake_find(&s->fake, REMOVE, 0)) != SIZE_MAX);
}

static void test_already_connected(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = &s->fake.device[0];

        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        fake_device_connected(d);
        script(s, (struct fake_connect){ .error = "AlreadyConnected", .message = "Already Connected" });
        scene_connect(s, &s->a);
        scene_until(&s->a.connected, 2000);
        assert_int_equal(d->connects, 1);
}

/* ServicesResolved before the services are exported (bluez.md 6) */
static void test_resolved_early(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .early = true });
        expect_link(s, 1);
}

/* The temporary object vanishes under the call (bluez.md 4): looked for again */
static void test_unknown_object(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .vanish = true });
        expect_link(s, 2);
        assert_int_equal(fake_count(&s->fake, "hci0 StartDiscovery"), 2);
}

/* Another device with the same code is no stand-in for the one that vanished */
static void test_same_code_found_again(void **state)
{
        struct scene *s = *state;
        struct fake_device *other = fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:02", SCENE_CODE);

        other->heard = false;
        other->rssi = -40;
        script(s, (struct fake_connect){ .vanish = true });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        other->heard = true;
        scene_connect(s, &s->a);
        scene_until(&s->a.connected, 5000);
        assert_int_equal(s->fake.device[0].connects, 2);
        assert_int_equal(other->connects, 0);
}

/* Connected=false, or InterfacesRemoved, while the services are looked up (bluez.md 7) */
static void test_drops_at_once(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .drop = true });
        expect_link(s, 2);
}

static void test_removed_at_once(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .remove = true });
        expect_link(s, 2);
}

static void test_never_answers(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .never = true });
        expect_link(s, 2);
        assert_int_equal(fake_count(&s->fake, DISCONNECT), 1); /* what ends a pending attempt */
}

/* Without the setup service: bluetoothd's copy is of another firmware, and is cleared (bluez.md 17) */
static void test_stale_services(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .bare = true });
        expect_link(s, 2);
        assert_int_equal(fake_count(&s->fake, REMOVE), 1);
}

static void test_no_setup_service(void **state)
{
        struct scene *s = *state;

        for (unsigned i = 0; i < FAKE_SCRIPT_MAX; i++)
                script(s, (struct fake_connect){ .bare = true });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        scene_connect(s, &s->a);
        scene_until(&s->a.answered, 25000);
        assert_int_equal(s->a.fault, FAULT_BT_CONNECT);
        assert_non_null(strstr(s->a.cause, "does not offer the setup service"));
}

/* All connections of the adapter are taken (bluez.md 20) */
static void test_slots(void **state)
{
        struct scene *s = *state;

        for (unsigned i = 0; i < FAKE_SCRIPT_MAX; i++)
                script(s, (struct fake_connect){ .error = "Failed",
                                                 .message = "le-connection-concurrent-connection-limit" });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        scene_connect(s, &s->a);
        scene_until(&s->a.answered, 25000);
        assert_int_equal(s->a.fault, FAULT_BT_BUSY);
        assert_true(s->fake.device[0].connects <= 6); /* it backs off */
}

static void test_denied(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .error = SD_BUS_ERROR_ACCESS_DENIED, .message = "not for you" });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        scene_connect(s, &s->a);
        scene_until(&s->a.answered, 1000);
        assert_int_equal(s->a.fault, FAULT_BT_NOT_PERMITTED);
        assert_int_equal(s->fake.device[0].connects, 1);
}

/* bluetoothd restarts under the call (bluez.md 12): all objects are gone, and come back */
static void test_daemon_restarts(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .restart = true });
        expect_link(s, 2);
}

static void test_adapter_vanishes(void **state)
{
        struct scene *s = *state;

        script(s, (struct fake_connect){ .never = true });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        scene_connect(s, &s->a);
        scene_run(300);
        fake_adapter_remove(&s->fake.adapter[0]);
        scene_run(300);
        assert_false(s->a.answered);
        fake_adapter_return(&s->fake.adapter[0]);
        scene_until(&s->a.connected, 5000);
}

/* One Connect in flight per adapter, also between processes (bluez.md 3) */
static void test_one_at_a_time(void **state)
{
        struct scene *s = *state;
        char path[128];
        size_t first, second;

        fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:02", "SECOND");
        script(s, (struct fake_connect){ .never = true });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_find(s, &s->b, "SECOND");
        scene_until(&s->a.found, 1000);
        scene_until(&s->b.found, 1000);
        scene_connect(s, &s->a);
        scene_run(100); /* two that begin in the same turn of the loop have no order */
        scene_connect(s, &s->b);
        scene_run(1000);
        assert_int_equal(fake_count(&s->fake, CONNECT), 1);
        assert_int_equal(fake_count(&s->fake, "dev_C0_12_34_AB_CD_02 Connect"), 0);
        scene_until(&s->b.connected, 10000);
        scene_until(&s->a.connected, 10000);
        first = fake_find(&s->fake, DISCONNECT, 0); /* the end of the attempt that hung */
        second = fake_find(&s->fake, "dev_C0_12_34_AB_CD_02 Connect", 0);
        assert_true(first < second);
        (void)snprintf(path, sizeof(path), "%s/locks/usher-hci0.lock", bus_dir());
        assert_int_equal(access(path, F_OK), 0);
}

/* Dropping the operation takes back what was begun, and gives the turn on */
static void test_dropped(void **state)
{
        struct scene *s = *state;

        fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:02", "SECOND");
        script(s, (struct fake_connect){ .never = true });
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_find(s, &s->b, "SECOND");
        scene_until(&s->a.found, 1000);
        scene_until(&s->b.found, 1000);
        scene_connect(s, &s->a);
        scene_run(100); /* two that begin in the same turn of the loop have no order */
        scene_connect(s, &s->b);
        scene_run(200);
        s->a.op = op_free(s->a.op);
        scene_until(&s->b.connected, 1000);
        assert_int_equal(fake_count(&s->fake, DISCONNECT), 1);
        assert_false(s->a.answered);
}

/* The object is removed when the central ends, and its record with it */
static void test_leaves_nothing(void **state)
{
        struct scene *s = *state;
        char path[128];
        struct dirent *e;
        unsigned records = 0;
        DIR *dir;

        scene_central(s, NULL);
        scene_link(s, &s->a, SCENE_CODE);
        s->a.link = link_free(s->a.link);
        s->central = central_free(s->central);
        scene_run(200);
        assert_int_equal(fake_count(&s->fake, REMOVE), 1);
        assert_false(s->fake.device[0].exported);
        (void)snprintf(path, sizeof(path), "%s/state", bus_dir());
        dir = opendir(path);
        assert_non_null(dir);
        while ((e = readdir(dir)))
                records += e->d_name[0] != '.';
        (void)closedir(dir);
        assert_int_equal(records, 0);
}

/* A killed process left a connected device and its record: the next start removes it, then finds it
 * (bluez.md 9) */
static void test_after_a_kill(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = &s->fake.device[0];

        bus_write("state/bluez-killed",
                  "/org/bluez/hci0/" SCENE_DEVICE "\n/org/bluez/hci0/dev_11_22_33_44_55_66\n");
        fake_device_connected(d);
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 2000);
        assert_int_equal(fake_count(&s->fake, REMOVE), 1);
        assert_int_equal(fake_count(&s->fake, "dev_11_22_33_44_55_66 RemoveDevice"), 0);
}

/* Another living process has the device in its record: hands off */
static void test_of_another_process(void **state)
{
        struct scene *s = *state;
        struct central *other;
        struct seen first = { 0 };

        scene_central(s, NULL);
        other = s->central;
        scene_link(s, &first, SCENE_CODE);
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
        scene_run(4500);
        assert_int_equal(fake_count(&s->fake, DISCONNECT), 0);
        assert_int_equal(fake_count(&s->fake, REMOVE), 0);
        assert_false(first.lost);
        first.link = link_free(first.link);
        central_free(other);
        scene_until(&s->a.found, 3000); /* and now it is free */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_order, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_abort_by_local, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_in_progress, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_already_connected, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_resolved_early, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_unknown_object, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_same_code_found_again, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_drops_at_once, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_removed_at_once, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_never_answers, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_stale_services, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_no_setup_service, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_slots, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_denied, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_daemon_restarts, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_adapter_vanishes, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_one_at_a_time, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_dropped, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_leaves_nothing, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_after_a_kill, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_of_another_process, scene_setup, scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
