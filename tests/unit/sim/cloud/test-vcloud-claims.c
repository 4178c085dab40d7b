/* SPDX-License-Identifier: Apache-2.0 */

/* Claiming, by code and by id: the whole matrix of cloud.md 3.1 and 3.3. */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"
#include <stdio.h>

#define MINE     "e00fce680000000000000001"
#define FREE     "e00fce680000000000000002"
#define ABSENT   "e00fce680000000000000003"
#define FOREIGN  "e00fce680000000000000004"
#define MEMBER   "e00fce680000000000000005"
#define STRANGER "e00fce680000000000000006"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\",\"user_id\":\"5f0000000000000000000001\",\"max_devices\":3},"
        "{\"username\":\"you@x.org\",\"user_id\":\"5f0000000000000000000002\"}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"},"
        "{\"token\":\"" OTHER_TOKEN "\",\"user\":\"you@x.org\"}],"
        "\"products\":[{\"id\":4711,\"owner\":\"me@x.org\"},{\"id\":4712,\"owner\":\"you@x.org\"}],"
        "\"devices\":["
        "{\"id\":\"" MINE "\",\"owner\":\"me@x.org\",\"online\":true},"
        "{\"id\":\"" FREE "\",\"online\":true},"
        "{\"id\":\"" ABSENT "\",\"iccid\":\"8934076500002589174\"},"
        "{\"id\":\"" FOREIGN "\",\"owner\":\"you@x.org\",\"online\":true},"
        "{\"id\":\"" MEMBER "\",\"product_id\":4711},"
        "{\"id\":\"" STRANGER "\",\"product_id\":4712,\"online\":true}]}";

static const char foreign[] = "{\"errors\":[\"That belongs to someone else.\"]}";
static const char offline[] = "{\"ok\":false,\"errors\":[[\"Core isn't online\",404]]}";
static const char unknown[] = "{\"ok\":false,\"errors\":[\"device does not exist\"]}";
static const char denied[] =
        "{\"error\":\"Permission Denied\",\"info\":\"I didn't recognize that device name or "
        "ID, try opening https://api.particle.io/v1/devices?access_token=undefined\"}";

static const struct {
        const char *body;
        unsigned status;
        const char *said;
} by_id[] = {
        { "{\"id\":\"" FREE "\"}", 200,
          "{\"user_id\":\"5f0000000000000000000001\",\"id\":\"" FREE "\",\"connected\":true,\"ok\":true}" },
        { "id=" FREE, 200,
          "{\"user_id\":\"5f0000000000000000000001\",\"id\":\"" FREE "\",\"connected\":true,\"ok\":true}" },
        { "{\"id\":\"" MINE "\"}", 200,
          "{\"user_id\":\"5f0000000000000000000001\",\"id\":\"" MINE "\",\"connected\":true,\"ok\":true}" },
        { "{\"id\":\"" ABSENT "\"}", 404, offline },
        { "{\"id\":\"" FOREIGN "\"}", 403, foreign },
        { "{\"id\":\"" STRANGER "\"}", 403, foreign },
        { "{\"id\":\"E00FCE680000000000000002\"}", 404, unknown }, /* upper case */
        { "{\"id\":\"e00fce68ffffffffffffffff\"}", 404, unknown },
        { "{\"id\":\"\"}", 404, unknown },
        { "{}", 400, NULL },
        { "{\"id\":7}", 400, NULL },
        { "{\"id\":", 400, NULL },
};

static void test_by_id(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(by_id); i++) {
                _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

                assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", by_id[i].body), by_id[i].status);
                if (by_id[i].said)
                        assert_string_equal(said(), by_id[i].said);
        }
}

static void test_member_offline(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "{\"id\":\"" MEMBER "\"}"), 200);
        assert_true(json_is_true(json_object_get(told(), "ok")));
        assert_int_equal(json_integer_value(json_object_get(told(), "product_id")), 4711);
        assert_true(json_is_false(json_object_get(told(), "connected")));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" MEMBER, NULL), 200);
        assert_string_equal(told_text("owner"), "me@x.org");
}

static void test_transfer(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(
                ask(c, MY_TOKEN, "POST /v1/devices", "{\"id\":\"" FOREIGN "\",\"request_transfer\":true}"),
                200);
        assert_int_equal(strlen(told_text("transfer_id")), 24);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" FOREIGN, NULL), 403);
        assert_int_equal(ask(c, OTHER_TOKEN, "GET /v1/devices/" FOREIGN, NULL), 200);
        assert_string_equal(told_text("owner"), "you@x.org");
}

static void test_limit(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=" FREE), 200);
        goes_online(c, ABSENT, NULL, true);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=" ABSENT), 200);
        goes_online(c, "e00fce680000000000000007", NULL, true);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=e00fce680000000000000007"), 403);
        /* a product's member does not count, and unclaiming makes room */
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=" MEMBER), 200);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/devices/" FREE, NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=e00fce680000000000000007"), 200);
}

static void code_for(struct vcloud *c, const char *token, char ret[static 64])
{
        assert_int_equal(ask(c, token, "POST /v1/device_claims", NULL), 200);
        assert_int_equal(strlen(told_text("claim_code")), 63);
        memcpy(ret, told_text("claim_code"), 64);
}

static const char *owner_of(struct vcloud *c, const char *id)
{
        char what[64];

        (void)snprintf(what, sizeof(what), "GET /v1/devices/%s", id);
        return ask(c, MY_TOKEN, what, NULL) == 200 ? told_text("owner") : "not visible";
}

static void test_code(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char code[64];

        (void)state;
        code_for(c, MY_TOKEN, code);
        assert_string_equal(json_string_value(json_array_get(json_object_get(told(), "device_ids"), 0)),
                            MINE);
        assert_int_equal(json_array_size(json_object_get(told(), "device_ids")), 1);
        assert_string_equal(owner_of(c, ABSENT), "not visible");
        /* not on a resumed session */
        assert_false(goes_online(c, ABSENT, code, false));
        assert_string_equal(owner_of(c, ABSENT), "not visible");
        assert_true(goes_online(c, ABSENT, code, true));
        assert_string_equal(owner_of(c, ABSENT), "me@x.org");
        assert_true(json_is_true(json_object_get(told(), "online")));
        /* one device only */
        assert_false(goes_online(c, FREE, code, true));
        assert_string_equal(owner_of(c, FREE), "not visible");
        assert_false(goes_online(c, FREE, "never given out", true));
}

static void test_code_expires(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char code[64], late[64];

        (void)state;
        code_for(c, MY_TOKEN, code);
        code_for(c, MY_TOKEN, late);
        timer_virtual_advance(3599 * 1000);
        assert_true(goes_online(c, FREE, code, true));
        timer_virtual_advance(2000);
        assert_false(goes_online(c, ABSENT, late, true));
        assert_string_equal(owner_of(c, ABSENT), "not visible");
}

static void test_code_foreign(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char code[64];

        (void)state;
        code_for(c, MY_TOKEN, code);
        assert_false(goes_online(c, FOREIGN, code, true));
        assert_string_equal(owner_of(c, FOREIGN), "not visible");
        /* the code is still good for a device that is free */
        assert_true(goes_online(c, FREE, code, true));
}

static void test_code_dead(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        _cleanup_(freep) char *why = NULL;
        char code[64];

        (void)state;
        assert_int_equal(vcloud_add_fault(c, "POST /v1/device_claims dead-code,times=1", &why), 0);
        code_for(c, MY_TOKEN, code);
        assert_false(goes_online(c, FREE, code, true));
        code_for(c, MY_TOKEN, code);
        assert_true(goes_online(c, FREE, code, true));
}

static void test_code_by_iccid(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/device_claims", "iccid=8934076500002589174"), 200);
        assert_false(goes_online(c, FREE, NULL, true));
        assert_true(goes_online(c, ABSENT, NULL, true));
        assert_string_equal(owner_of(c, ABSENT), "me@x.org");
}

static void test_late(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        _cleanup_(freep) char *why = NULL;
        char code[64];

        (void)state;
        assert_int_equal(vcloud_add_fault(c, "POST /sim/devices late,ms=45000", &why), 0);
        code_for(c, MY_TOKEN, code);
        assert_false(goes_online(c, ABSENT, code, true));
        timer_virtual_advance(44000);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=" ABSENT), 404);
        assert_string_equal(said(), offline);
        timer_virtual_advance(1000);
        assert_string_equal(owner_of(c, ABSENT), "me@x.org");
        assert_int_equal(timer_virtual_pending(), 0);
}

static void test_change(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MINE, "{\"name\":\"lamp\"}"), 200);
        assert_string_equal(told_text("name"), "lamp");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/lamp", NULL), 200);
        assert_string_equal(told_text("id"), MINE);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MINE, "{\"name\":\"\"}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MINE "/ping", NULL), 200);
        assert_string_equal(said(), "{\"online\":true,\"ok\":true}");
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MINE, "signal=1"), 200);
        assert_string_equal(said(), "{\"id\":\"" MINE "\",\"connected\":true,\"signaling\":true}");
        assert_int_equal(ask(c, NULL, "POST /sim/devices/" MINE "/offline", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MINE, "signal=1"), 500);
        assert_string_equal(said(),
                            "{\"ok\":false,\"code\":500,\"errors\":[{\"error\":\"Timed out, didn't hear "
                            "back from device service\"}]}");
        assert_true(reply()->delay_ms >= 5000);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/devices/" MINE, NULL), 200);
        assert_string_equal(said(), "{\"ok\":true}");
        assert_string_equal(owner_of(c, MINE), "not visible");
        assert_string_equal(said(), denied);
}

static void test_not_mine(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        static const char *const asked[] = {
                "GET /v1/devices/" FOREIGN,
                "PUT /v1/devices/" FOREIGN,
                "DELETE /v1/devices/" FOREIGN,
                "PUT /v1/devices/" FOREIGN "/ping",
                "GET /v1/devices/e00fce68ffffffffffffffff",
                "DELETE /v1/devices/nobody",
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(asked); i++) {
                assert_int_equal(ask(c, MY_TOKEN, asked[i], "{\"name\":\"x\"}"), 403);
                assert_string_equal(said(), denied);
        }
}

static void test_stale_online(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, NULL, "POST /sim/devices/" MINE "/offline", "{\"silently\":true}"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" MINE, NULL), 200);
        assert_true(json_is_true(json_object_get(told(), "online")));
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MINE "/ping", NULL), 200);
        assert_string_equal(said(), "{\"online\":false,\"ok\":true}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_by_id),         cmocka_unit_test(test_member_offline),
                cmocka_unit_test(test_transfer),      cmocka_unit_test(test_limit),
                cmocka_unit_test(test_code),          cmocka_unit_test(test_code_expires),
                cmocka_unit_test(test_code_foreign),  cmocka_unit_test(test_code_dead),
                cmocka_unit_test(test_code_by_iccid), cmocka_unit_test(test_late),
                cmocka_unit_test(test_change),        cmocka_unit_test(test_not_mine),
                cmocka_unit_test(test_stale_online),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
