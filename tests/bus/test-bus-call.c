/* SPDX-License-Identifier: Apache-2.0 */

/* What holds for every call: it starts nobody, it ends, and a bus that has stopped working keeps nobody. */

#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/error.h"
#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <errno.h>

struct caller {
        sd_bus *bus;
        sd_bus_slot *slot;
        unsigned answers;
        bool answered;
        enum bluez_error class;
};

static int on_answer(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct caller *c = userdata;

        (void)reterr;
        c->answers++;
        c->answered = true;
        c->class = bluez_error_class(sd_bus_message_get_error(m));
        return 0;
}

static const struct bluez_call objects = {
        .path = "/",
        .interface = DBUS_IFACE_OBJECTS,
        .method = "GetManagedObjects",
        .done = on_answer,
        .timeout_ms = 300,
};

static void open_bus(struct caller *c)
{
        assert_true(sd_bus_open_system(&c->bus) >= 0);
        assert_true(sd_bus_attach_event(c->bus, scene_loop(), SD_EVENT_PRIORITY_NORMAL) >= 0);
}

static void close_bus(struct caller *c)
{
        c->slot = sd_bus_slot_unref(c->slot);
        c->bus = bluez_bus_close(c->bus);
}

/* Somebody who owns org.bluez and never looks at his messages. */
static sd_bus *own_and_be_silent(void)
{
        sd_bus *bus = NULL;

        assert_true(sd_bus_open_system(&bus) >= 0);
        assert_true(sd_bus_request_name(bus, BLUEZ_BUS_NAME, 0) >= 0);
        return bus;
}

static void test_refused(void **state)
{
        struct bluez_call call = objects;
        struct caller c = { 0 };

        (void)state;
        assert_int_equal(bluez_call(NULL, &call, &c, &c.slot), -ENOTCONN);
        open_bus(&c);
        call.timeout_ms = 0;
        assert_int_equal(bluez_call(c.bus, &call, &c, &c.slot), -EINVAL);
        close_bus(&c);
        assert_null(bluez_bus_close(NULL));
}

static void test_starts_nobody(void **state)
{
        struct caller c = { 0 };

        (void)state;
        open_bus(&c);
        assert_int_equal(bluez_call(c.bus, &objects, &c, &c.slot), 0);
        scene_until(&c.answered, 1000);
        assert_int_equal(c.class, BLUEZ_NO_DAEMON);
        close_bus(&c);
}

static void test_deadline(void **state)
{
        sd_bus *silent = own_and_be_silent();
        struct caller c = { 0 };
        unsigned ms;

        (void)state;
        open_bus(&c);
        assert_int_equal(bluez_call(c.bus, &objects, &c, &c.slot), 0);
        ms = scene_time_until(&c.answered, 1500);
        assert_true(ms >= 250);
        assert_int_equal(c.class, BLUEZ_NO_ANSWER);
        assert_int_equal(c.answers, 1);
        close_bus(&c);
        sd_bus_close_unref(silent);
}

static void test_later_call_counts(void **state)
{
        sd_bus *silent = own_and_be_silent();
        struct caller first = { 0 }, c = { 0 };

        (void)state;
        open_bus(&c);
        assert_int_equal(bluez_call(c.bus, &objects, &first, &c.slot), 0);
        assert_int_equal(bluez_call(c.bus, &objects, &c, &c.slot), 0);
        scene_until(&c.answered, 1500);
        assert_int_equal(first.answers, 0);
        assert_int_equal(c.answers, 1);
        close_bus(&c);
        sd_bus_close_unref(silent);
}

static void expect_close(struct caller *c, uint64_t limit_ms)
{
        uint64_t begin = scene_now_ms();

        close_bus(c);
        assert_true(scene_now_ms() - begin < limit_ms);
}

/* A bus that has not even said hello. */
static void test_close_without_hello(void **state)
{
        struct caller c = { 0 };

        (void)state;
        bus_pause();
        open_bus(&c);
        assert_int_equal(bluez_call(c.bus, &objects, &c, &c.slot), 0);
        expect_close(&c, 500);
}

/* A bus that takes nothing any more. */
static void test_close_with_a_full_socket(void **state)
{
        const struct bluez_call say = { .path = "/", .interface = DBUS_IFACE_OBJECTS, .method = "Hang" };
        struct caller c = { 0 };
        uint64_t queued = 0;

        (void)state;
        open_bus(&c);
        assert_int_equal(bluez_call(c.bus, &objects, &c, &c.slot), 0);
        scene_until(&c.answered, 1000);
        bus_pause();
        for (int i = 0; i < 100000 && queued == 0; i++) {
                assert_int_equal(bluez_call(c.bus, &say, NULL, NULL), 0);
                assert_true(sd_bus_get_n_queued_write(c.bus, &queued) >= 0);
        }
        assert_true(queued > 0);
        expect_close(&c, 3000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_refused, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_starts_nobody, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_deadline, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_later_call_counts, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_close_without_hello, scene_setup_bare, scene_teardown),
                cmocka_unit_test_setup_teardown(test_close_with_a_full_socket, scene_setup_bare,
                                                scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
