/* SPDX-License-Identifier: Apache-2.0 */

/* Finding the device on the label among others, as adverts come in pieces and other clients scan as well. */

#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

static void begin(struct scene *s)
{
        scene_central(s, NULL);
        scene_find(s, &s->a, SCENE_CODE);
}

static void expect_not_found(struct scene *s)
{
        scene_run(400);
        assert_false(s->a.answered);
}

static void test_found(void **state)
{
        struct scene *s = *state;

        fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:09", "OTHER1");
        begin(s);
        scene_until(&s->a.found, 1000);
        assert_string_equal(s->a.address, SCENE_ADDRESS);
        assert_string_equal(s->a.name, "Argon-" SCENE_CODE);
        scene_run(100);
        /* the scan ends with the search; the filter came first */
        assert_int_equal(fake_find(&s->fake, "hci0 SetDiscoveryFilter", 0), 0);
        assert_int_equal(fake_count(&s->fake, "hci0 StopDiscovery"), 1);
        assert_false(s->fake.adapter[0].discovering);
}

/* The service is in the scan response, the name too: they come in later signals (bluez.md 17) */
static void test_in_pieces(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = &s->fake.device[0];
        const char *name = d->name;

        d->has_service = false;
        d->company = 0;
        d->name = NULL;
        begin(s);
        expect_not_found(s);
        d->name = name;
        fake_hear(d);
        expect_not_found(s); /* a name alone proves nothing */
        d->has_service = true;
        fake_hear(d);
        scene_until(&s->a.found, 500);
}

/* bluetoothd knows the name from long ago, and nothing is heard */
static void test_cached_name(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].heard = false;
        fake_hear(&s->fake.device[0]);
        begin(s);
        expect_not_found(s);
        s->fake.device[0].heard = true;
        fake_hear(&s->fake.device[0]);
        scene_until(&s->a.found, 500);
}

/* Product firmware with a name of its own: the manufacturer data tells */
static void test_own_name(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].name = "Pump 7";
        begin(s);
        scene_until(&s->a.found, 1000);
}

/* Photon 2: the manufacturer data lost its last byte on the air */
static void test_truncated(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].mfr_len = 7;
        begin(s);
        scene_until(&s->a.found, 1000);
}

/* Device OS before 3.3.0: no setup code in the manufacturer data */
static void test_old_firmware(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].mfr_len = 2;
        s->fake.device[0].has_service = false;
        begin(s);
        scene_until(&s->a.found, 1000);
}

/* The data says another code than the name: the data is of now */
static void test_data_beats_name(void **state)
{
        struct scene *s = *state;

        memcpy(s->fake.device[0].mfr + 2, "OTHER1", 6);
        begin(s);
        expect_not_found(s);
}

/* Another client scans all the time with a filter of its own: its devices appear, ours is picked out, and
 * its scan outlives ours (bluez.md 15) */
static void test_foreign_client(void **state)
{
        struct scene *s = *state;
        struct fake_device *other;

        s->fake.adapter[0].other_client = true;
        other = fake_device(&s->fake, "hci0", "00:11:22:33:44:55", "OTHER1");
        other->name = "Heart rate";
        other->has_service = false;
        other->company = 0x004c;
        fake_hear(other);
        begin(s);
        scene_until(&s->a.found, 1000);
        assert_string_equal(s->a.address, SCENE_ADDRESS);
        scene_connect(s, &s->a);
        scene_until(&s->a.connected, 2000);
}

/* bluetoothd is busy with its own start (bluez.md 8) */
static void test_start_in_progress(void **state)
{
        struct scene *s = *state;

        s->fake.start_error = "InProgress";
        s->fake.start_errors = 2;
        begin(s);
        scene_until(&s->a.found, 3000);
        assert_int_equal(fake_count(&s->fake, "hci0 StartDiscovery"), 3);
}

static void test_start_refused_for_good(void **state)
{
        struct scene *s = *state;

        s->fake.start_error = "Failed";
        s->fake.start_errors = 1000;
        begin(s);
        scene_until(&s->a.answered, 10000);
        assert_int_equal(s->a.fault, FAULT_BT_BUSY);
}

/* StopDiscovery fails when the adapter lost its power meanwhile: no matter (bluez.md 16) */
static void test_stop_fails(void **state)
{
        struct scene *s = *state;

        s->fake.stop_error = "NotReady";
        scene_central(s, NULL);
        scene_link(s, &s->a, SCENE_CODE);
}

/* Dropping the search ends the scan, and nothing is answered any more */
static void test_dropped(void **state)
{
        struct scene *s = *state;

        s->fake.device[0].heard = false;
        begin(s);
        scene_run(200);
        s->a.op = op_free(s->a.op);
        s->fake.device[0].heard = true;
        fake_hear(&s->fake.device[0]);
        scene_run(300);
        assert_false(s->a.answered);
        assert_int_equal(fake_count(&s->fake, "hci0 StopDiscovery"), 1);
}

/* Several with one code, all known when the search begins: the strongest; then the next */
static void test_same_code(void **state)
{
        static const char *const address[] = { SCENE_ADDRESS, "C0:12:34:AB:CD:02", "C0:12:34:AB:CD:03" };
        struct scene *s = *state;

        fake_device(&s->fake, "hci0", address[1], SCENE_CODE)->rssi = -40;
        fake_device(&s->fake, "hci0", address[2], SCENE_CODE)->rssi = -70;
        begin(s);
        scene_until(&s->a.found, 1000);
        assert_string_equal(s->a.address, address[1]);
        (void)snprintf(s->a.want.avoid[0], BLE_ADDRESS_MAX, "%s", address[1]);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        assert_string_equal(s->a.address, address[0]);
        (void)snprintf(s->a.want.avoid[1], BLE_ADDRESS_MAX, "%s", address[0]);
        scene_find(s, &s->a, SCENE_CODE);
        scene_until(&s->a.found, 1000);
        assert_string_equal(s->a.address, address[2]);
        (void)snprintf(s->a.want.avoid[2], BLE_ADDRESS_MAX, "%s", address[2]);
        scene_find(s, &s->a, SCENE_CODE);
        expect_not_found(s);
}

static void test_two_at_once(void **state)
{
        struct scene *s = *state;

        fake_device(&s->fake, "hci0", "C0:12:34:AB:CD:02", "SECOND");
        s->fake.device[1].heard = false;
        begin(s);
        scene_find(s, &s->b, "SECOND");
        scene_until(&s->a.found, 1000);
        assert_int_equal(fake_count(&s->fake, "hci0 StartDiscovery"), 1); /* one scan for both */
        scene_run(150);
        assert_true(s->fake.adapter[0].discovering);
        s->fake.device[1].heard = true;
        fake_hear(&s->fake.device[1]);
        scene_until(&s->b.found, 500);
}

/* A link that outlived whoever made it hides the device: it is ended (bluez.md 9) */
static void test_stale_link(void **state)
{
        struct scene *s = *state;
        struct fake_device *d = &s->fake.device[0];

        fake_hear(d);
        d->connected = true;
        begin(s);
        scene_run(1000);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " Disconnect"),
                         0); /* whoever uses it may finish */
        scene_run(3000);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " Disconnect"), 1);
        scene_run(200);
        fake_hear(d);
        scene_until(&s->a.found, 1000);
}

static void test_paired_is_left_alone(void **state)
{
        struct scene *s = *state;

        fake_hear(&s->fake.device[0]);
        s->fake.device[0].connected = s->fake.device[0].paired = true;
        begin(s);
        scene_run(4000);
        assert_int_equal(fake_count(&s->fake, SCENE_DEVICE " Disconnect"), 0);
}

static unsigned browsed, ticks;

static void on_told(void *userdata, const struct central_found *f)
{
        (void)userdata;
        assert_int_equal(f->trouble.fault, FAULT_NONE);
        browsed += f->device != NULL;
        ticks++;
}

static void test_browse(void **state)
{
        struct scene *s = *state;
        const struct ble_mode mode = ble_mode_listening();
        struct fake_device *other = fake_device(&s->fake, "hci0", "00:11:22:33:44:55", "OTHER1");

        other->has_service = false;
        other->company = 0x004c;
        browsed = ticks = 0;
        scene_central(s, NULL);
        assert_int_equal(central_browse(s->central, &mode, on_told, NULL, &s->a.op), 0);
        scene_run(400);
        assert_true(browsed > 0);
        fake_device_remove(&s->fake.device[0]);
        ticks = 0;
        scene_run(100);
        assert_true(ticks > 0); /* that one is gone is told as well */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_found, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_in_pieces, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_cached_name, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_own_name, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_truncated, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_old_firmware, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_data_beats_name, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_client, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_start_in_progress, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_start_refused_for_good, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_stop_fails, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_dropped, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_same_code, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_two_at_once, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_stale_link, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_paired_is_left_alone, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_browse, scene_setup, scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
