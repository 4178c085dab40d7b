/* SPDX-License-Identifier: Apache-2.0 */

/* Seeds: what a wrong one is told, and that a dump is a seed that makes the same cloud. */

#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"
#include <errno.h>

static const struct {
        const char *seed, *why;
} wrong[] = {
        { "", NULL },
        { "{\"users\":[{]}", NULL },
        { "[]", "the seed must be an object" },
        { "{\"cats\":[]}", "cats: no such collection" },
        { "{\"users\":{}}", "users: must be an array of records" },
        { "{\"users\":[7]}", "users[0].username: the record must be an object" },
        { "{\"users\":[{}]}", "users[0].username: is missing" },
        { "{\"users\":[{\"username\":\"a\"},{\"username\":\"a\"}]}",
          "users[1]: another record has the same key" },
        { "{\"users\":[{\"username\":\"a\",\"passwort\":\"b\"}]}", "users[0].passwort: no such field" },
        { "{\"devices\":[{\"id\":\"E00FCE680000000000000001\"}]}",
          "devices[0].id: must be 24 lower-case hexadecimal digits" },
        { "{\"devices\":[{\"id\":\"e00fce680000000000000001\",\"online\":1}]}",
          "devices[0].online: must be true or false" },
        { "{\"devices\":[{\"id\":\"e00fce680000000000000001\",\"groups\":null}]}",
          "devices[0].groups: must not be null" },
        { "{\"tokens\":[{\"token\":\"t\",\"expires_at\":\"tomorrow\"}]}",
          "tokens[0].expires_at: must be a time like \"2026-01-31T12:00:00.000Z\"" },
        { "{\"options\":{\"speed\":1}}", "options.speed: no such field" },
        { "{\"faults\":[\"GET\"]}", "fault rule \"GET\": write METHOD PATHPREFIX KIND[,key=value]..." },
};

static void test_wrong_seeds(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                _cleanup_(freep) char *why = NULL;
                struct vcloud *c = NULL;

                assert_int_equal(vcloud_new(NULL, wrong[i].seed, &why, &c), -EINVAL);
                assert_non_null(why);
                if (wrong[i].why)
                        assert_string_equal(why, wrong[i].why);
                assert_null(c);
        }
}

static void test_dump_is_seed(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(NULL), *again = NULL;
        _cleanup_(freep) char *first = NULL, *second = NULL;

        (void)state;
        assert_false(vcloud_take_changed(c));
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/device_claims", NULL), 200);
        assert_true(vcloud_take_changed(c));
        assert_false(vcloud_take_changed(c));
        assert_true(goes_online(c, "e00fce680000000000000001", told_text("claim_code"), true));
        assert_int_equal(ask(c, NULL, "POST /sim/faults", "{\"faults\":[\"GET /v1/user 500\"]}"), 200);
        assert_int_equal(vcloud_dump(c, &first), 0);
        again = cloud_of(first);
        assert_int_equal(vcloud_dump(again, &second), 0);
        assert_string_equal(first, second);
        assert_int_equal(ask(again, MY_TOKEN, "GET /v1/devices/e00fce680000000000000001", NULL), 200);
        assert_string_equal(told_text("owner"), "lab@example.com");
        assert_int_equal(ask(again, MY_TOKEN, "GET /v1/user", NULL), 500);
}

static void test_no_secrets_shown(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c =
                cloud_of("{\"users\":[{\"username\":\"u\",\"password\":\"hush-1\",\"otp\":\"hush-2\"}],"
                         "\"tokens\":[{\"token\":\"hush-3\",\"user\":\"u\",\"refresh_token\":\"hush-4\"}],"
                         "\"devices\":[{\"id\":\"e00fce680000000000000001\",\"mobile_secret\":\"hush-5\"}],"
                         "\"claim_codes\":[{\"code\":\"hush-6\",\"owner\":\"u\"}],"
                         "\"clients\":[{\"id\":\"x\",\"secret\":\"hush-7\"}]}");

        (void)state;
        assert_int_equal(ask(c, NULL, "GET /sim/state", NULL), 200);
        assert_null(strstr(said(), "hush"));
        assert_non_null(strstr(said(), "e00fce680000000000000001"));
}

static void test_auto_register(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of("{\"options\":{\"auto_register\":false}}");

        (void)state;
        assert_int_equal(ask(c, NULL, "POST /sim/devices/e00fce680000000000000001/online", "{}"), 404);
        assert_int_equal(ask(c, NULL, "POST /sim/devices/E00FCE680000000000000001/online", "{}"), 400);
}

/* A device is known from the factory on; what a seed says of it counts more. */
static void test_made(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(NULL);

        (void)state;
        assert_int_equal(
                ask(c, NULL, "POST /sim/devices/e00fce680000000000000001",
                    "{\"serial\":\"ARGN000000000A1\",\"mobile_secret\":\"ABCDEFGHJKLMNPQ\",\"platform_id\":13}"),
                200);
        assert_int_equal(
                ask(c, MY_TOKEN, "GET /v1/serial_numbers/ARGN000000000A1?mobile_secret=ABCDEFGHJKLM", NULL),
                200);
        assert_string_equal(told_text("device_id"), "e00fce680000000000000001");
        assert_string_equal(told_text("mobile_secret"), "ABCDEFGHJKLMNPQ");
        assert_int_equal(json_integer_value(json_object_get(told(), "platform_id")), 13);
        assert_int_equal(ask(c, NULL, "POST /sim/devices/e00fce680000000000000001", "{\"serial\":\"X\"}"),
                         200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/serial_numbers/X", NULL), 404);
        assert_int_equal(ask(c, NULL, "POST /sim/devices/e00fce680000000000000001/online", "{}"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=e00fce680000000000000001"), 200);
        assert_int_equal(ask(c, NULL, "POST /sim/devices/nonsense", "{}"), 400);
        assert_int_equal(
                ask(c, NULL, "POST /sim/devices/e00fce680000000000000001", "{\"platform_id\":\"x\"}"), 400);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_wrong_seeds),
                cmocka_unit_test(test_dump_is_seed),
                cmocka_unit_test(test_no_secrets_shown),
                cmocka_unit_test(test_auto_register),
                cmocka_unit_test(test_made),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
