/* SPDX-License-Identifier: Apache-2.0 */

/* Firmware for updates over BLE (cloud.md 7). */

#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"

/* "module!" and its CRC-32, big-endian */
#define MODULE "bW9kdWxlIavScw8="

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\"}],\"tokens\":[{\"token\":\"" MY_TOKEN
        "\",\"user\":\"me@x.org\"}],"
        "\"firmware\":[{\"id\":\"one\",\"from\":1512,\"base64\":\"AQID\"},{\"id\":\"two\",\"from\":2302},"
        "{\"id\":\"ncp\",\"from\":3000,\"ncp_from\":5}],"
        "\"releases\":[{\"version\":\"6.1.0\",\"internal_version\":6100,\"platforms\":{\"12\":[]}},"
        "{\"version\":\"6.2.0\",\"internal_version\":6200,\"platforms\":{\"12\":[{\"filename\":\"sp1.bin\","
        "\"function\":\"system_part\",\"index\":1,\"base64\":\"" MODULE "\"}]}},"
        "{\"version\":\"7.0.0-rc.1\",\"internal_version\":7000,\"release_state\":\"preview\","
        "\"platforms\":{\"12\":[]}}]}";

#define UPGRADE "GET /v1/system_firmware/upgrade?platform_id=12&current_system_firmware_version="

static void test_chain(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(vcloud_set_base_url(c, "http://127.0.0.1:1"), 0);
        assert_int_equal(ask(c, MY_TOKEN, UPGRADE "1512", NULL), 200);
        assert_string_equal(
                said(), "{\"binary_url\":\"http://127.0.0.1:1/v1/firmware/files/one/system-part1.bin\"}");
        assert_int_equal(ask(c, NULL, "GET /v1/firmware/files/one/system-part1.bin", NULL), 200);
        assert_int_equal(reply()->len, 3);
        assert_memory_equal(reply()->body, "\1\2\3", 3);
        assert_int_equal(ask(c, MY_TOKEN, UPGRADE "2302", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, UPGRADE "6200", NULL), 204);
        assert_int_equal(reply()->len, 0);
        assert_int_equal(ask(c, MY_TOKEN, UPGRADE "6200&current_ncp_firmware_module_version=5", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/system_firmware/upgrade", NULL), 400);
        assert_int_equal(ask(c, NULL, "GET /v1/firmware/files/none/x", NULL), 404);
}

static void test_releases(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        json_t *module, *crc;

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/device-os/versions?platform_id=12", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "versions")), 3);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/device-os/versions?internal_version=6100", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "versions")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/device-os/versions?platform_id=13", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "versions")), 0);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/device-os/versions/latest?platform_id=12", NULL), 200);
        assert_string_equal(told_text("version"), "6.2.0"); /* not the preview */
        assert_string_equal(told_text("base_url"), "https://api.particle.io/v1/firmware/device-os/v6.2.0");
        module = json_array_get(json_object_get(told(), "modules"), 0);
        assert_string_equal(json_string_value(json_object_get(module, "filename")), "sp1.bin");
        crc = json_object_get(module, "crc");
        assert_string_equal(json_string_value(json_object_get(crc, "storedCrc")),
                            json_string_value(json_object_get(crc, "actualCrc")));
        assert_true(json_is_true(json_object_get(crc, "ok")));
        assert_int_equal(ask(c, NULL, "GET /v1/firmware/device-os/v6.2.0/sp1.bin", NULL), 200);
        assert_int_equal(reply()->len, 11);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/device-os/versions/9.9.9?platform_id=12", NULL), 404);
        assert_int_equal(ask(c, NULL, "GET /v1/build_targets", NULL), 200);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_chain),
                cmocka_unit_test(test_releases),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
