/* SPDX-License-Identifier: Apache-2.0 */

/* One radio for all: who checks, listens and searches shares one scan. */

#include "setup/ports/heard.h"
#include "tests/bus/scene.h"
#include "tests/unit/cmocka.h"
#include <string.h>

struct user {
        bool answered, changed, none;
        struct trouble trouble;
        struct heard *heard;
};

static void on_answer(void *userdata, const struct answer *a)
{
        struct user *u = userdata;

        u->answered = true;
        u->trouble = a->trouble;
}

static void on_changed(void *userdata)
{
        struct user *u = userdata;

        u->changed = true;
        u->none = !heard_at(u->heard, 0);
}

static void on_failed(void *userdata, const struct trouble *why)
{
        (void)userdata;
        fail_msg("%s: %s", fault_info(why->fault)->key, why->cause);
}

static struct radio *make(const char *spec)
{
        struct radio *radio = NULL;
        struct trouble why;

        assert_int_equal(setenv("XDG_RUNTIME_DIR", bus_dir(), 1), 0);
        assert_int_equal(radio_new(scene_loop(), spec, &radio, &why), 0);
        return radio;
}

static void assert_check(const char *spec, enum fault fault, const char *cause)
{
        struct radio *radio = make(spec);
        struct user u = { 0 };
        struct op *op = NULL;

        assert_int_equal(radio->ops->check(radio, on_answer, &u, &op), 0);
        assert_false(u.answered);
        scene_until(&u.answered, 1000);
        assert_int_equal(u.trouble.fault, fault);
        assert_string_equal(u.trouble.cause, cause);
        op_free(op);
        radio_free(radio);
}

static void test_check(void **state)
{
        (void)state;
        assert_check("bluez", FAULT_NONE, "hci0, powered, 0 connections");
        assert_check("bluez:hci0", FAULT_NONE, "hci0, powered, 0 connections");
        assert_check("bluez:hci7", FAULT_BT_NO_ADAPTER, "there is no hci7, but hci0");
}

static void test_one_scan_for_all(void **state)
{
        static const struct heard_events events = { .changed = on_changed, .failed = on_failed };
        struct port_target target = { .setup_code = SCENE_CODE };
        struct user listener = { 0 }, finder = { 0 }, checker = { 0 };
        struct op *find = NULL, *check = NULL;
        struct radio *radio = make("bluez");
        const struct heard_device *d;
        struct scene *s = *state;

        assert_int_equal(heard_new(radio, &events, &listener, &listener.heard), 0);
        assert_int_equal(radio->ops->find(radio, &target, on_answer, &finder, &find), 0);
        assert_int_equal(radio->ops->check(radio, on_answer, &checker, &check), 0);
        scene_until(&finder.answered, 2000);
        scene_until(&listener.changed, 2000);
        assert_true(checker.answered);
        assert_int_equal(finder.trouble.fault, FAULT_NONE);
        d = heard_at(listener.heard, 0);
        assert_non_null(d);
        assert_string_equal(d->setup_code, SCENE_CODE);
        assert_string_equal(d->address, SCENE_ADDRESS);
        assert_true(d->connectable);
        assert_null(heard_at(listener.heard, 1));
        assert_int_equal(fake_count(&s->fake, "hci0 StartDiscovery"), 1);

        /* who found it goes; who listens goes on, and hears that it is gone */
        op_free(find);
        op_free(check);
        fake_device_remove(&s->fake.device[0]);
        scene_until(&listener.none, 2000);
        assert_int_equal(fake_count(&s->fake, "hci0 StopDiscovery"), 0);
        heard_free(listener.heard);
        scene_run(100);
        assert_int_equal(fake_count(&s->fake, "hci0 StopDiscovery"), 1);
        radio_free(radio);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_check, scene_setup, scene_teardown),
                cmocka_unit_test_setup_teardown(test_one_scan_for_all, scene_setup, scene_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
