/* SPDX-License-Identifier: Apache-2.0 */

/* Products: import with its four fates, claim_user, SIMs that come along, quarantine, lists, settings
 * (cloud.md 3.5-3.7, 4.1). */

#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"

#define FREE   "e00fce680000000000000001"
#define MEMBER "e00fce680000000000000002"
#define OTHER  "e00fce680000000000000003"
#define THEIRS "e00fce680000000000000004"
#define BORON  "e00fce680000000000000005"
#define GUARD  "e00fce680000000000000006"
#define P      "/v1/products/4711"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\"},{\"username\":\"mate@x.org\"},{\"username\":\"you@x.org\"}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"},"
        "{\"token\":\"" OTHER_TOKEN "\",\"user\":\"you@x.org\"},"
        "{\"token\":\"robot\",\"kind\":\"api\",\"user\":\"bot\",\"product_id\":4711,\"scopes\":[\"devices:*\","
        "\"sims:*\"]}],"
        "\"products\":[{\"id\":4711,\"slug\":\"lamp-v1\",\"name\":\"Lamp\",\"owner\":\"me@x.org\","
        "\"team\":[\"mate@x.org\"]},{\"id\":4712,\"owner\":\"you@x.org\"}],"
        "\"devices\":["
        "{\"id\":\"" FREE "\",\"serial\":\"ARGN000000000A1\",\"iccid\":\"8934000000000000001\"},"
        "{\"id\":\"" MEMBER "\",\"product_id\":4711,\"name\":\"kitchen\",\"groups\":[\"a\",\"b\"]},"
        "{\"id\":\"" OTHER "\",\"product_id\":4712},"
        "{\"id\":\"" THEIRS "\",\"owner\":\"you@x.org\"},"
        "{\"id\":\"" BORON "\",\"platform_id\":13},"
        "{\"id\":\"" GUARD "\",\"protected\":true}]}";

static const char *list(const char *name, size_t at)
{
        return json_string_value(json_array_get(json_object_get(told(), name), at)) ?: "";
}

static void test_import(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/devices",
                             "{\"ids\":[\"" FREE "\",\"" MEMBER "\",\"" OTHER "\",\"" THEIRS "\",\"" BORON
                             "\",\"" GUARD "\",\"ffffffffffffffffffffffff\"]}"),
                         200);
        assert_string_equal(said(),
                            "{\"updated\":1,\"updatedDeviceIds\":[\"" FREE
                            "\"],\"existingDeviceIds\":[\"" MEMBER "\"],\"nonmemberDeviceIds\":[\"" THEIRS
                            "\"],\"invalidDeviceIds\":[\"" OTHER "\",\"" BORON
                            "\",\"ffffffffffffffffffffffff\"],\"protectedDeviceIds\":[\"" GUARD "\"]}");
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/devices", "{\"id\":\"" FREE "\"}"), 200);
        assert_string_equal(list("existingDeviceIds", 0), FREE);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" FREE, NULL), 200);
        assert_int_equal(json_integer_value(json_object_get(told(), "product_id")), 4711);
        assert_true(json_is_null(json_object_get(told(), "owner")));
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/devices", "{}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/devices", "{\"ids\":[7]}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/products/4712/devices", "{\"id\":\"" FREE "\"}"), 404);
        assert_string_equal(said(), "{\"ok\":false,\"error\":\"Product not found.\"}");
}

static void test_import_by_api_user(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, "robot", "POST " P "/devices",
                             "{\"ids\":[\"ARGN000000000A1\"],\"claim_user\":\"mate@x.org\"}"),
                         200);
        assert_string_equal(list("updatedDeviceIds", 0), FREE);
        assert_int_equal(ask(c, "robot", "GET " P "/devices/" FREE, NULL), 200);
        assert_string_equal(told_text("owner"), "mate@x.org"); /* claimed offline */
        assert_true(json_is_false(json_object_get(told(), "online")));
        /* its SIM came along and is being activated */
        assert_int_equal(ask(c, "robot", "GET " P "/sims/8934000000000000001", NULL), 200);
        assert_true(json_is_true(json_object_get(told(), "state_change_in_progress")));
        (void)ask(c, "robot", "GET " P "/sims/8934000000000000001", NULL);
        (void)ask(c, "robot", "GET " P "/sims/8934000000000000001", NULL);
        assert_string_equal(told_text("status"), "active");
        /* a stranger is not made the owner */
        assert_int_equal(ask(c, "robot", "POST " P "/devices",
                             "{\"id\":\"" MEMBER "\",\"claim_user\":\"you@x.org\"}"),
                         200);
        assert_int_equal(ask(c, "robot", "GET " P "/devices/" MEMBER, NULL), 200);
        assert_true(json_is_null(json_object_get(told(), "owner")));
}

static void test_import_file(void **state)
{
        static const char body[] =
                "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.txt\"\r\n"
                "Content-Type: text/plain\r\n\r\n" FREE "\r\nARGN000000000A1\n" OTHER "\r\n--XX--\r\n";
        const struct vcloud_header header[] = {
                { "Authorization", "Bearer " MY_TOKEN },
                { "Content-Type", "multipart/form-data; boundary=XX" },
        };
        const struct vcloud_request q = { .method = "POST",
                                          .path = P "/devices",
                                          .query = "claim_user=me%40x.org",
                                          .header = header,
                                          .n_headers = 2,
                                          .body = body,
                                          .len = strlen(body) };
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        struct vcloud_reply r;

        (void)state;
        assert_int_equal(vcloud_handle(c, &q, &r), 0);
        assert_int_equal(r.status, 200);
        assert_non_null(strstr(r.body,
                               "\"updatedDeviceIds\":[\"" FREE "\"],\"existingDeviceIds\":[\"" FREE
                               "\"],\"nonmemberDeviceIds\":[],\"invalidDeviceIds\":[\"" OTHER "\"]"));
        vcloud_reply_done(&r);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" FREE, NULL), 200);
        assert_string_equal(told_text("owner"), "me@x.org");
}

static void test_quarantine(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(
                ask(c, NULL, "POST /sim/devices/" FREE "/online", "{\"os\":\"3.3.1\",\"product_id\":4711}"),
                200);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?quarantined=true", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/devices", "{\"id\":\"" FREE "\"}"), 200);
        assert_string_equal(list("updatedDeviceIds", 0), FREE);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?quarantined=true", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 0);
        /* from 4.0 on there is none */
        assert_int_equal(ask(c, NULL, "POST /sim/devices/e00fce680000000000000009/online",
                             "{\"os\":\"6.2.0\",\"product_id\":4711}"),
                         200);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices/e00fce680000000000000009", NULL), 404);
        /* denied */
        assert_int_equal(ask(c, NULL, "POST /sim/devices/e00fce680000000000000008/online",
                             "{\"os\":\"2.0.0\",\"product_id\":4711}"),
                         200);
        assert_int_equal(
                ask(c, MY_TOKEN, "DELETE " P "/devices/e00fce680000000000000008", "{\"deny\":true}"), 204);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices/e00fce680000000000000008", NULL), 200);
        assert_true(json_is_true(json_object_get(told(), "denied")));
}

static void test_lists(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/devices", "{\"id\":\"" FREE "\"}"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 2);
        assert_int_equal(json_integer_value(json_object_get(json_object_get(told(), "meta"), "total_pages")),
                         1);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?per_page=1&page=2", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 1);
        assert_int_equal(json_integer_value(json_object_get(json_object_get(told(), "meta"), "total_pages")),
                         2);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?serialNumber=argn0000", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?groups=x,b&deviceName=kit", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?deviceId=ffff", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "devices")), 0);
        assert_int_equal(ask(c, OTHER_TOKEN, "GET " P "/devices", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user/products", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "products")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/lamp-v1", NULL), 200);
        assert_string_equal(json_string_value(json_object_get(json_object_get(told(), "product"), "name")),
                            "Lamp");
}

static bool lists(struct vcloud *c, const char *query, const char *first, const char *second)
{
        const json_t *devices;
        char what[128];

        (void)snprintf(what, sizeof(what), "GET " P "/devices?%s", query);
        assert_int_equal(ask(c, MY_TOKEN, what, NULL), 200);
        devices = json_object_get(told(), "devices");
        return strcmp(json_string_value(json_object_get(json_array_get(devices, 0), "id")), first) == 0 &&
               strcmp(json_string_value(json_object_get(json_array_get(devices, 1), "id")), second) == 0;
}

/* The last that connected comes first; other orders by name, id and firmware. */
static void test_order(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(
                "{\"users\":[{\"username\":\"me@x.org\"}],\"tokens\":[{\"token\":\"" MY_TOKEN
                "\",\"user\":\"me@x.org\"}],\"products\":[{\"id\":4711,\"owner\":\"me@x.org\"}],\"devices\":["
                "{\"id\":\"" FREE "\",\"product_id\":4711,\"name\":\"b\",\"firmware_version\":10},"
                "{\"id\":\"" MEMBER "\",\"product_id\":4711,\"name\":\"a\",\"firmware_version\":9,"
                "\"last_handshake_at\":\"2026-01-01T00:00:00.000Z\"}]}");

        (void)state;
        assert_true(lists(c, "", MEMBER, FREE));
        assert_true(lists(c, "sortDir=asc", FREE, MEMBER));
        assert_true(lists(c, "sortAttr=lastConnection&sortDir=desc", MEMBER, FREE));
        assert_true(lists(c, "sortAttr=deviceName&sortDir=asc", MEMBER, FREE));
        assert_true(lists(c, "sortAttr=deviceId&sortDir=asc", FREE, MEMBER));
        assert_true(lists(c, "sortAttr=deviceId&sortDir=desc", MEMBER, FREE));
        assert_true(lists(c, "sortAttr=firmwareVersion&sortDir=asc", MEMBER, FREE));
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?sortAttr=name", NULL), 400);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices?sortDir=down", NULL), 400);
}

static void test_groups(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/groups", "name=north&color=%23fff"), 201);
        assert_string_equal(said(), "{\"group\":{\"name\":\"north\",\"description\":null,\"color\":\"#fff\","
                                    "\"device_count\":0}}");
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/groups", "name=north"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/groups", "name=North"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "POST " P "/groups", "name="), 400);
        /* naming one makes it; a name that cannot be is refused */
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"groups\":[\"x\",\"north\"]}"),
                         200);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"groups\":[\"a b\"]}"), 400);
        assert_non_null(strstr(told_text("error"), "lowercase letters"));
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/groups", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "groups")), 2);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/groups?name=NOR", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "groups")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/groups/y", NULL), 404);
        /* for many: all of them or none */
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices",
                             "{\"action\":\"groups\",\"devices\":[\"" MEMBER
                             "\"],\"metadata\":{\"add\":[\"y\"],\"remove\":[\"x\",\"z\"]}}"),
                         200);
        assert_string_equal(said(), "{\"ok\":true}");
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices",
                             "{\"action\":\"groups\",\"devices\":[\"" MEMBER "\",\"" FREE
                             "\"],\"metadata\":{\"add\":[\"w\"]}}"),
                         404);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices", "{\"action\":\"groups\",\"devices\":[]}"),
                         400);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices/" MEMBER, NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "groups")), 2);
        assert_string_equal(list("groups", 0), "north");
        assert_string_equal(list("groups", 1), "y");
}

/* A new id, where the product says so. */
static void test_provision(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c =
                cloud_of("{\"users\":[{\"username\":\"me@x.org\"}],\"tokens\":[{\"token\":\"" MY_TOKEN
                         "\",\"user\":\"me@x.org\"}],\"products\":[{\"id\":4711,\"owner\":\"me@x.org\"},"
                         "{\"id\":4712,\"owner\":\"me@x.org\",\"provisions\":true,\"platform_id\":13},"
                         "{\"id\":4713,\"provisions\":true}]}");

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "{\"product_id\":4711}"), 403);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "{\"product_id\":4713}"), 404);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "{\"product_id\":4712}"), 200);
        assert_int_equal(strlen(told_text("id")), 24);
        assert_int_equal(json_integer_value(json_object_get(told(), "platform_id")), 13);
}

static void test_settings(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER,
                             "{\"development\":true,\"groups\":[\"x\"],\"desired_firmware_version\":3}"),
                         200);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices/" MEMBER, NULL), 200);
        assert_true(json_is_true(json_object_get(told(), "development")));
        assert_int_equal(json_integer_value(json_object_get(told(), "desired_firmware_version")), 3);
        assert_string_equal(list("groups", 0), "x");
        assert_int_equal(
                ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"desired_firmware_version\":null}"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"groups\":\"x\"}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"name\":\"hall\"}"), 200);
        assert_string_equal(told_text("name"), "hall");
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" FREE, "{\"name\":\"hall\"}"), 404);
}

/* All of what one PUT sends, or nothing of it. */
static void test_many_settings(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER,
                             "{\"name\":\"hall\",\"notes\":\"left\",\"development\":true,"
                             "\"desired_firmware_version\":3,\"flash\":true}"),
                         200);
        assert_string_equal(told_text("notes"), "left");
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices/" MEMBER, NULL), 200);
        assert_string_equal(told_text("name"), "hall");
        assert_string_equal(told_text("notes"), "left");
        assert_true(json_is_true(json_object_get(told(), "development")));
        assert_int_equal(json_integer_value(json_object_get(told(), "desired_firmware_version")), 3);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"name\":\"loft\",\"notes\":7}"),
                         400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"name\":\"loft\",\"nmae\":\"x\"}"),
                         400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"notes\":\"x\",\"name\":\"\"}"),
                         400);
        assert_string_equal(told_text("error"), "Invalid device name");
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"flash\":true}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MEMBER, "{\"development\":true}"), 400);
        /* absent: the signal fails, the name has changed */
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" MEMBER, "{\"notes\":null,\"signal\":\"1\"}"),
                         500);
        assert_int_equal(ask(c, MY_TOKEN, "GET " P "/devices/" MEMBER, NULL), 200);
        assert_string_equal(told_text("name"), "hall");
        assert_true(json_is_null(json_object_get(told(), "notes")));
        (void)goes_online(c, MEMBER, NULL, true);
        assert_int_equal(
                ask(c, MY_TOKEN, "PUT " P "/devices/" MEMBER, "{\"notes\":\"up\",\"signal\":\"1\"}"), 200);
        assert_string_equal(told_text("notes"), "up");
        assert_true(json_is_true(json_object_get(told(), "signaling")));
}

static void test_leaving(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "{\"id\":\"" MEMBER "\"}"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE " P "/devices/" MEMBER "/owner", NULL), 200);
        assert_string_equal(said(), "{\"ok\":true}");
        assert_int_equal(ask(c, MY_TOKEN, "DELETE " P "/devices/" MEMBER, NULL), 204);
        assert_int_equal(reply()->len, 0);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE " P "/devices/" MEMBER, NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" MEMBER, NULL), 403);
}

#define BYTES32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static unsigned confirm(struct vcloud *c, const char *nonce, const char *fingerprint)
{
        char body[512];

        (void)snprintf(body, sizeof(body),
                       "{\"action\":\"confirm\",\"server_nonce\":\"%s\",\"device_nonce\":\"" BYTES32
                       "\",\"device_signature\":\"QUI=\",\"device_public_key_fingerprint\":\"%s\"}",
                       nonce, fingerprint);
        return ask(c, MY_TOKEN, "PUT " P "/devices/" GUARD "/unprotect", body);
}

static unsigned prepare(struct vcloud *c, char ret[static 64])
{
        unsigned status =
                ask(c, MY_TOKEN, "PUT " P "/devices/" GUARD "/unprotect", "{\"action\":\"prepare\"}");

        (void)snprintf(ret, 64, "%s", told_text("server_nonce"));
        return status;
}

/* Nonce and answer within a minute, once, for members only. */
static void test_protection(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(
                "{\"users\":[{\"username\":\"me@x.org\"}],\"tokens\":[{\"token\":\"" MY_TOKEN
                "\",\"user\":\"me@x.org\"}],\"products\":[{\"id\":4711,\"owner\":\"me@x.org\"}],"
                "\"devices\":[{\"id\":\"" GUARD "\",\"protected\":true,\"product_id\":4711},{\"id\":\"" FREE
                "\",\"product_id\":4711},{\"id\":\"" OTHER "\",\"protected\":true}]}");
        char nonce[64];

        (void)state;
        assert_int_equal(confirm(c, "", BYTES32), 400); /* nothing was prepared */
        assert_int_equal(prepare(c, nonce), 200);
        assert_int_equal(strlen(nonce), 44);
        assert_int_equal(confirm(c, BYTES32, BYTES32), 400);
        assert_int_equal(confirm(c, nonce, "QUI="), 400);
        assert_int_equal(confirm(c, nonce, BYTES32), 200);
        assert_int_equal(strlen(told_text("server_public_key_fingerprint")), 44);
        assert_true(told_text("server_signature")[0]);
        assert_int_equal(confirm(c, nonce, BYTES32), 400);
        assert_int_equal(prepare(c, nonce), 200);
        vcloud_advance(c, 60000);
        assert_int_equal(confirm(c, nonce, BYTES32), 400);
        assert_int_equal(
                ask(c, MY_TOKEN, "PUT " P "/devices/" FREE "/unprotect", "{\"action\":\"prepare\"}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT " P "/devices/" GUARD "/unprotect", "{\"action\":\"x\"}"),
                         400);
        assert_int_equal(
                ask(c, MY_TOKEN, "PUT " P "/devices/" OTHER "/unprotect", "{\"action\":\"prepare\"}"), 404);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/devices/" OTHER "/unprotect", "{\"action\":\"prepare\"}"),
                         403);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_import),        cmocka_unit_test(test_import_by_api_user),
                cmocka_unit_test(test_import_file),   cmocka_unit_test(test_quarantine),
                cmocka_unit_test(test_lists),         cmocka_unit_test(test_settings),
                cmocka_unit_test(test_many_settings), cmocka_unit_test(test_order),
                cmocka_unit_test(test_groups),        cmocka_unit_test(test_provision),
                cmocka_unit_test(test_leaving),       cmocka_unit_test(test_protection),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
