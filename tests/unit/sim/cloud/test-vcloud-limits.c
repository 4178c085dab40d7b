/* SPDX-License-Identifier: Apache-2.0 */

/* Rate limits (cloud.md 1) and the counters that let a test see them. */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\"},{\"username\":\"you@x.org\"}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"},"
        "{\"token\":\"" OTHER_TOKEN "\",\"user\":\"you@x.org\"}],"
        "\"devices\":[{\"id\":\"e00fce680000000000000001\",\"serial\":\"ARGN000000000A1\",\"owner\":\"me@x.org\","
        "\"mobile_secret\":\"ABCDEFGHJKLMNPQ\",\"iccid\":\"8934\"},"
        "{\"id\":\"e00fce680000000000000002\",\"serial\":\"ARGN000000000A2\",\"secret_recoverable\":false,"
        "\"mobile_secret\":\"ABCDEFGHJKLMNPQ\"}]}";

#define LOOK_UP "GET /v1/serial_numbers/ARGN000000000A1"

static void test_serials(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        for (int i = 0; i < 50; i++)
                assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 429);
        assert_int_equal(ask(c, OTHER_TOKEN, LOOK_UP, NULL), 200); /* by user, not by address */
        timer_virtual_advance(3599 * 1000);
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 429);
        timer_virtual_advance(1000);
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 200);
}

static void test_sliding(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        for (int i = 0; i < 50; i++) {
                assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 200);
                timer_virtual_advance(60 * 1000);
        }
        /* 50 minutes: the first one falls out of the window ten minutes later, and only that one */
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 429);
        timer_virtual_advance(10 * 60 * 1000);
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 429);
}

static void test_address(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        for (int i = 0; i < 10000; i++)
                assert_int_equal(ask(c, NULL, "GET /v1/user", NULL), 400);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 429);
        assert_int_equal(ask(c, NULL, "GET /sim/state", NULL), 200);
        timer_virtual_advance(300 * 1000);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 200);
}

static void test_serial_answers(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP, NULL), 200);
        assert_string_equal(said(), "{\"ok\":true,\"deviceID\":\"e00fce680000000000000001\",\"device_id\":"
                                    "\"e00fce680000000000000001\",\"iccid\":\"8934\",\"platform_id\":12}");
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP "?mobile_secret=ABCDEFGHJKLM", NULL), 200);
        assert_string_equal(told_text("mobile_secret"), "ABCDEFGHJKLMNPQ");
        assert_int_equal(ask(c, MY_TOKEN, LOOK_UP "?mobile_secret=ABCDEFGHJKLX", NULL), 200);
        assert_true(json_is_null(json_object_get(told(), "mobile_secret")));
        assert_int_equal(
                ask(c, MY_TOKEN, "GET /v1/serial_numbers/ARGN000000000A2?mobile_secret=ABCDEFGHJKLM", NULL),
                200);
        assert_true(json_is_null(json_object_get(told(), "mobile_secret")));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/serial_numbers/ARGN000000000ZZ", NULL), 404);
}

static void test_counters(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        json_t *route;

        (void)state;
        (void)ask(c, MY_TOKEN, "GET /v1/devices/e00fce680000000000000001", NULL);
        (void)ask(c, MY_TOKEN, "GET /v1/devices/e00fce680000000000000002", NULL);
        (void)ask(c, MY_TOKEN, "POST /v1/devices", "id=e00fce680000000000000002");
        (void)ask(c, MY_TOKEN, LOOK_UP, NULL);
        assert_int_equal(ask(c, NULL, "GET /sim/requests?reset=1", NULL), 200);
        assert_int_equal(json_integer_value(json_object_get(told(), "total")), 4);
        route = json_object_get(json_object_get(told(), "routes"), "GET /v1/devices/:id");
        assert_int_equal(json_integer_value(json_object_get(route, "n")), 2);
        assert_int_equal(json_integer_value(json_object_get(json_object_get(route, "status"), "403")), 1);
        assert_int_equal(json_integer_value(json_object_get(json_object_get(told(), "devices"),
                                                            "e00fce680000000000000002")),
                         2);
        route = json_object_get(json_object_get(told(), "classes"), "serial_numbers");
        assert_int_equal(json_integer_value(json_object_get(route, "peak")), 1);
        assert_int_equal(json_integer_value(json_object_get(route, "refused")), 0);
        assert_int_equal(ask(c, NULL, "GET /sim/requests", NULL), 200);
        assert_int_equal(json_integer_value(json_object_get(told(), "total")), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_serials),  cmocka_unit_test(test_sliding),
                cmocka_unit_test(test_address),  cmocka_unit_test(test_serial_answers),
                cmocka_unit_test(test_counters),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
