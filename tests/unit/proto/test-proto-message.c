/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies of requests and replies: the vendor's bytes mean what they should and are written again as they
 * were; what is not such a body is refused. */

#include "tests/unit/cmocka.h"
#include "tests/wire/bodies.h"
#include "tests/wire/far-message.h"
#include <errno.h>
#include <sodium.h>

struct bytes {
        uint8_t data[1024];
        size_t len;
};

static struct bytes from_hex(const char *hex)
{
        struct bytes b;

        assert_int_equal(sodium_hex2bin(b.data, sizeof(b.data), hex, strlen(hex), NULL, &b.len, NULL), 0);
        return b;
}

static void expect_bytes(struct buf *out, const char *hex)
{
        struct bytes b = from_hex(hex);

        assert_int_equal(out->len, b.len);
        if (b.len)
                assert_memory_equal(out->data, b.data, b.len);
        buf_consume(out, out->len);
}

static void expect_secret(const struct secret *s, const char *text)
{
        assert_non_null(s);
        assert_string_equal(secret_text(s), text);
        assert_int_equal(secret_len(s), strlen(text));
}

/* all of them */

static void every_body_is_read_and_written(void **state)
{
        (void)state;
        assert_int_equal(n_bodies, 37);
        for (size_t i = 0; i < n_bodies; i++) {
                struct bytes b = from_hex(bodies[i].hex);
                _cleanup_(buf_done) struct buf out = buf_init(65536);

                assert_int_equal(bodies[i].again(b.data, b.len, &out), 0);
                expect_bytes(&out, bodies[i].hex);

                /* an empty body says that everything is at its default */
                assert_int_equal(bodies[i].again(NULL, 0, &out), 0);
        }
}

static void padding_is_skipped_and_nothing_else(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_bodies; i++) {
                struct bytes b = from_hex(bodies[i].hex);
                size_t len = b.len;
                _cleanup_(buf_done) struct buf out = buf_init(65536);

                memset(b.data + len, 0, 40);
                for (size_t n = 1; n <= 40; n++) {
                        assert_int_equal(bodies[i].again(b.data, len + n, &out), 0);
                        expect_bytes(&out, bodies[i].hex);
                }
                b.data[len + 39] = 1;
                assert_int_equal(bodies[i].again(b.data, len + 40, &out), -EBADMSG);
        }
}

static void fields_of_the_future_are_skipped(void **state)
{
        /* field 99 as varint, 98 as bytes, 97 as fixed32 */
        static const char future[] = "9806ff01"
                                     "92060361626d"
                                     "8d0601020304";

        (void)state;
        for (size_t i = 0; i < n_bodies; i++) {
                struct bytes b = from_hex(bodies[i].hex), f = from_hex(future);
                _cleanup_(buf_done) struct buf out = buf_init(65536);

                memcpy(b.data + b.len, f.data, f.len);
                assert_int_equal(bodies[i].again(b.data, b.len + f.len, &out), 0);
                expect_bytes(&out, bodies[i].hex);
        }
}

/* Cut anywhere, a body is refused or says less; with any byte changed it is refused or says something else.
 * The sanitizers watch. */
static void damage_is_survived(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_bodies; i++) {
                struct bytes b = from_hex(bodies[i].hex);
                int r;

                for (size_t n = 0; n < b.len; n++) {
                        _cleanup_(buf_done) struct buf out = buf_init(65536);
                        uint8_t *exact = malloc(n + 1);

                        memcpy(exact, b.data, n);
                        r = bodies[i].again(exact, n, &out);
                        assert_true(r == 0 || r == 1 || r == -EBADMSG);
                        free(exact);
                }
                for (size_t at = 0; at < b.len; at++)
                        for (int value = 0; value < 256; value += 5) {
                                _cleanup_(buf_done) struct buf out = buf_init(65536);
                                struct bytes bad = b;

                                bad.data[at] = (uint8_t)value;
                                r = bodies[i].again(bad.data, bad.len, &out);
                                assert_true(r == 0 || r == 1 || r == -EBADMSG);
                        }
        }
}

/* values */

static void texts(void **state)
{
        static const char *const bad[] = {
                "0a1965303066636536383132333435363738393061626364656631", /* 25 characters of 24 */
                "0a03610062",                                             /* NUL inside */
                "0a03611b62",                                             /* escape character */
                "0a02c3a4",                                               /* not ASCII */
                "0a0561",                                                 /* shorter than it says */
                "0801",                                                   /* a number */
                "61",
        };
        _cleanup_(buf_done) struct buf out = buf_init(64);
        char id[DEVICE_ID_LEN + 1] = "untouched", serial[SERIAL_NUMBER_MAX + 1], version[VERSION_MAX + 1];
        struct bytes b = from_hex("0a18653030666365363831323334353637383930616263646566");

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                struct bytes x = from_hex(bad[i]);

                assert_int_equal(message_decode_get_device_id_reply(x.data, x.len, id), -EBADMSG);
                assert_string_equal(id, "untouched");
        }
        assert_int_equal(message_decode_get_device_id_reply(b.data, b.len, id), 0);
        assert_string_equal(id, "e00fce681234567890abcdef");
        b = from_hex("0a0f41524e4b4142313233414243444546");
        assert_int_equal(message_decode_get_serial_number_reply(b.data, b.len, serial), 0);
        assert_string_equal(serial, "ARNKAB123ABCDEF");
        b = from_hex("0a05362e322e30");
        assert_int_equal(message_decode_get_system_version_reply(b.data, b.len, version), 0);
        assert_string_equal(version, "6.2.0");

        assert_int_equal(message_encode_get_device_id_reply("e00fce681234567890abcdef1", &out), -E2BIG);
        assert_int_equal(message_encode_get_system_version_reply("6.2.0\n", &out), -EINVAL);
        assert_int_equal(out.len, 0);
}

static void ncp_version(void **state)
{
        struct bytes b = from_hex("0a05302e302e3710ac02");
        struct message_ncp_version m;

        (void)state;
        assert_int_equal(message_decode_get_ncp_firmware_version_reply(b.data, b.len, &m), 0);
        assert_string_equal(m.version, "0.0.7");
        assert_int_equal(m.module_version, 300);
}

static void claim_code(void **state)
{
        char text[CLAIM_CODE_MAX + 2];
        _cleanup_(buf_done) struct buf out = buf_init(128);
        _cleanup_(secret_freep) struct secret *longest = NULL, *too_long = NULL, *code = NULL, *none = NULL;

        (void)state;
        memset(text, 'x', sizeof(text));
        assert_int_equal(secret_new(text, CLAIM_CODE_MAX, &longest), 0);
        assert_int_equal(secret_new(text, CLAIM_CODE_MAX + 1, &too_long), 0);
        assert_int_equal(message_encode_set_claim_code_request(too_long, &out), -E2BIG);
        assert_int_equal(message_encode_set_claim_code_request(longest, &out), 0);
        assert_int_equal(out.len, CLAIM_CODE_MAX + 2);
        assert_int_equal(message_decode_set_claim_code_request(out.data, out.len, &code), 0);
        assert_true(secret_equal(code, longest));

        /* one character more */
        assert_int_equal(buf_append(&out, "x", 1), 0);
        out.data[1]++;
        assert_int_equal(message_decode_set_claim_code_request(out.data, out.len, &none), -EBADMSG);
        assert_null(none);
        assert_int_equal(message_decode_set_claim_code_request(NULL, 0, &none), 0);
        expect_secret(none, "");
}

static void protection(void **state)
{
        struct bytes b =
                from_hex("08021a290a0530030201011220000102030405060708090a0b0c0d0e0f101112131415161718191a1"
                         "b1c1d1e1f");
        struct message_protection_request m;
        struct message_protection_reply reply = { .device_nonce_len = PROTECTION_NONCE_LEN + 1 };
        _cleanup_(buf_done) struct buf out = buf_init(1024);

        (void)state;
        assert_int_equal(message_decode_set_protected_state_request(b.data, b.len, &m), 0);
        assert_int_equal(m.action, PROTECTION_CONFIRM);
        assert_int_equal(m.server_nonce_len, 0);
        assert_int_equal(m.server_signature_len, 5);
        assert_int_equal(m.server_key_fingerprint_len, 32);
        assert_int_equal(m.server_key_fingerprint[31], 0x1f);
        m.action = PROTECTION_RESET;
        assert_int_equal(message_encode_set_protected_state_request(&m, &out), 0);
        expect_bytes(&out, "");
        assert_int_equal(message_encode_set_protected_state_reply(&reply, &out), -E2BIG);
        assert_int_equal(message_decode_set_protected_state_reply(NULL, 0, &reply), 0);
        assert_false(reply.prepared);
}

/* As newer firmware writes it, with everything that is left out here. */
static void modules(void **state)
{
        struct bytes b =
                from_hex("12450802100018fe11200028808003351e0000003d1e0000004220000102030405060708090a0b0c0d"
                         "0e0f101112131415161718191a1b1c1d1e1f4a0608041001180158c0b802121b0804100118b8302000"
                         "28808029351e0000003d1a00000058a0c21e");
        struct message_modules m;

        (void)state;
        assert_int_equal(message_decode_get_module_info_reply(b.data, b.len, &m), 0);
        assert_int_equal(m.n, 2);
        assert_int_equal(m.module[0].type, MODULE_BOOTLOADER);
        assert_int_equal(m.module[0].version, 2302);
        assert_int_equal(m.module[0].size, 40000);
        assert_int_equal(m.module[0].checked, m.module[0].passed);
        assert_int_equal(m.module[1].type, MODULE_SYSTEM_PART);
        assert_int_equal(m.module[1].index, 1);
        assert_int_equal(m.module[1].checked & ~m.module[1].passed, MODULE_CHECK_DEPENDENCIES);
}

static void modules_of_old_firmware(void **state)
{
        struct bytes b =
                from_hex("0a150801100018f50320b0ea01280032060802100118010a0d0802100118e80b20c0cf2428020a0608"
                         "0518052801");
        struct message_modules m;

        (void)state;
        assert_int_equal(message_decode_get_module_info_reply(b.data, b.len, &m), 0);
        assert_int_equal(m.n, 3);
        assert_int_equal(m.module[0].type, MODULE_BOOTLOADER);
        assert_int_equal(m.module[0].version, 501);
        assert_int_equal(m.module[0].checked, m.module[0].passed);
        assert_int_equal(m.module[1].type, MODULE_SYSTEM_PART);
        assert_int_equal(m.module[1].checked & ~m.module[1].passed, MODULE_CHECK_DEPENDENCIES);
        assert_int_equal(m.module[2].type, MODULE_NCP);
        assert_int_equal(m.module[2].checked & ~m.module[2].passed, MODULE_CHECK_INTEGRITY);
}

static void firmware_chunks(void **state)
{
        uint8_t chunk[1024];
        _cleanup_(buf_done) struct buf out = buf_init(2048), back = buf_init(1024), small = buf_init(1023);

        (void)state;
        randombytes_buf(chunk, sizeof(chunk));
        assert_int_equal(message_encode_firmware_update_data_request(chunk, sizeof(chunk), &out), 0);
        assert_int_equal(out.len, 1027);
        assert_int_equal(message_decode_firmware_update_data_request(out.data, out.len, &back), 0);
        assert_int_equal(back.len, sizeof(chunk));
        assert_memory_equal(back.data, chunk, sizeof(chunk));
        assert_int_equal(message_decode_firmware_update_data_request(out.data, out.len, &small), -ENOBUFS);
        assert_int_equal(small.len, 0);
}

static void interfaces(void **state)
{
        /* with gateway, name server and source, which newer firmware might tell */
        struct bytes b =
                from_hex("0a5908041203776c33180820c3800228a08004321d0a0b0a070a050d0201a8c010181a050d0101a8c0"
                         "22050d0808080828013a1a0a180a1412120a10fe800000000000000203fffe04050607104042060203"
                         "0405060748dc0b500a");
        static const uint8_t v4[] = { 192, 168, 1, 2 },
                             v6[] = { 0xfe, 0x80, [8] = 2, 3, 0xff, 0xfe, 4, 5, 6, 7 };
        struct message_interface m;
        _cleanup_(buf_done) struct buf out = buf_init(1024);

        (void)state;
        assert_int_equal(message_decode_get_interface_reply(b.data, b.len, &m), 0);
        assert_int_equal(m.entry.index, 4);
        assert_string_equal(m.entry.name, "wl3");
        assert_int_equal(m.entry.type, INTERFACE_WIFI);
        assert_int_equal(m.flags, 0x8043);
        assert_int_equal(m.ext_flags, 0x10020);
        assert_int_equal(m.mtu, 1500);
        assert_int_equal(m.metric, 10);
        assert_int_equal(m.hw_address_len, 6);
        assert_int_equal(m.n_addresses, 2);
        assert_int_equal(m.address[0].len, 4);
        assert_memory_equal(m.address[0].bytes, v4, 4);
        assert_int_equal(m.address[0].prefix_len, 24);
        assert_int_equal(m.address[1].len, 16);
        assert_memory_equal(m.address[1].bytes, v6, 16);
        assert_int_equal(m.address[1].prefix_len, 64);

        m.address[0].len = 5;
        assert_int_equal(message_encode_get_interface_reply(&m, &out), -EINVAL);
        m.address[0] = m.address[1];
        m.address[1].len = 4;
        assert_int_equal(message_encode_get_interface_reply(&m, &out), -EINVAL);
}

static void lists_are_counted_and_cut(void **state)
{
        struct bytes known = from_hex("0a0a0a04686f6d6510031801"),
                     network = from_hex("0a080a04686f6d651803");
        struct bytes entry = from_hex("0a0908041203776c331808"), module = from_hex("12040802182a");
        _cleanup_(buf_done) struct buf list = buf_init(65536);
        static struct message_networks scan;
        static struct message_known_networks k;
        static struct message_interfaces i;
        static struct message_modules m;

        (void)state;
        for (int n = 0; n < WIFI_KNOWN_MAX + 3; n++)
                assert_int_equal(buf_append(&list, known.data, known.len), 0);
        assert_int_equal(message_decode_get_known_networks_reply(list.data, list.len, &k), 0);
        assert_int_equal(k.n, WIFI_KNOWN_MAX);
        assert_int_equal(k.n_dropped, 3);
        buf_consume(&list, list.len);
        for (int n = 0; n < MESSAGE_INTERFACES_MAX + 1; n++)
                assert_int_equal(buf_append(&list, entry.data, entry.len), 0);
        assert_int_equal(message_decode_get_interface_list_reply(list.data, list.len, &i), 0);
        assert_int_equal(i.n, MESSAGE_INTERFACES_MAX);
        assert_int_equal(i.n_dropped, 1);
        assert_string_equal(i.entry[MESSAGE_INTERFACES_MAX - 1].name, "wl3");
        buf_consume(&list, list.len);
        for (int n = 0; n < MESSAGE_NETWORKS_MAX + 100; n++)
                assert_int_equal(buf_append(&list, network.data, network.len), 0);
        assert_int_equal(message_decode_scan_networks_reply(list.data, list.len, &scan), 0);
        assert_int_equal(scan.n, MESSAGE_NETWORKS_MAX);
        assert_int_equal(scan.n_dropped, 100);
        assert_int_equal(scan.network[MESSAGE_NETWORKS_MAX - 1].security, WIFI_WPA2);
        buf_consume(&list, list.len);
        for (int n = 0; n < MESSAGE_MODULES_MAX + 2; n++)
                assert_int_equal(buf_append(&list, module.data, module.len), 0);
        assert_int_equal(message_decode_get_module_info_reply(list.data, list.len, &m), 0);
        assert_int_equal(m.n, MESSAGE_MODULES_MAX);
        assert_int_equal(m.n_dropped, 2);
}

static void join(void **state)
{
        struct message_join m = {
                .ssid = "home",
                .ssid_len = 4,
                .security = WIFI_WPA2,
                .credentials = WIFI_CREDENTIALS_PASSWORD,
        };
        _cleanup_(secret_freep) struct secret *password = NULL, *back = NULL, *none = NULL;
        _cleanup_(buf_done) struct buf out = buf_init(256);
        struct bytes b;

        (void)state;
        assert_int_equal(secret_new("secret pass", 11, &password), 0);
        assert_int_equal(message_encode_join_new_network_request(&m, password, &out), 0);
        expect_bytes(&out, "0a04686f6d651803220f0801120b7365637265742070617373");
        assert_int_equal(message_encode_join_new_network_request(&m, NULL, &out), -EINVAL);
        m.security = WIFI_SECURITY_AUTO;
        assert_int_equal(message_encode_join_new_network_request(&m, password, &out), 0);
        expect_bytes(&out, "0a04686f6d65220f0801120b7365637265742070617373");
        m = (struct message_join){ .ssid = "cafe", .ssid_len = 4 };
        assert_int_equal(message_encode_join_new_network_request(&m, password, &out), -EINVAL);
        assert_int_equal(message_encode_join_new_network_request(&m, NULL, &out), 0);
        expect_bytes(&out, "0a04636166652200");

        b = from_hex("0a04686f6d651206a0b0c0d0e0f01805220c0801120831323334353637383001");
        assert_int_equal(message_decode_join_new_network_request(b.data, b.len, &m, &back), 0);
        assert_memory_equal(m.ssid, "home", 4);
        assert_int_equal(m.ssid_len, 4);
        assert_int_equal(m.bssid_len, 6);
        assert_int_equal(m.bssid[5], 0xf0);
        assert_int_equal(m.security, WIFI_WPA3);
        assert_int_equal(m.credentials, WIFI_CREDENTIALS_PASSWORD);
        assert_true(m.hidden);
        expect_secret(back, "12345678");

        /* an interface configuration is ignored, as the device does; open network */
        b = from_hex("0a04636166652a0708041203776c33");
        assert_int_equal(message_decode_join_new_network_request(b.data, b.len, &m, &none), 0);
        assert_int_equal(m.ssid_len, 4);
        assert_int_equal(m.credentials, WIFI_NO_CREDENTIALS);
        assert_null(none);
}

static void join_is_bounded(void **state)
{
        uint8_t ssid[WIFI_SSID_MAX + 1] = { 0 }, ret_ssid[WIFI_SSID_MAX];
        char text[WIFI_PASSWORD_MAX + 1];
        struct message_join m = { .ssid_len = WIFI_SSID_MAX, .credentials = WIFI_CREDENTIALS_PASSWORD };
        _cleanup_(secret_freep) struct secret *longest = NULL, *too_long = NULL, *back = NULL;
        _cleanup_(buf_done) struct buf out = buf_init(256);
        struct bytes b;
        size_t len;

        (void)state;
        memset(text, 'p', sizeof(text));
        assert_int_equal(secret_new(text, WIFI_PASSWORD_MAX, &longest), 0);
        assert_int_equal(secret_new(text, WIFI_PASSWORD_MAX + 1, &too_long), 0);
        assert_int_equal(message_encode_join_new_network_request(&m, too_long, &out), -E2BIG);
        assert_int_equal(message_encode_join_new_network_request(&m, longest, &out), 0);
        assert_int_equal(message_decode_join_new_network_request(out.data, out.len, &m, &back), 0);
        assert_int_equal(m.ssid_len, WIFI_SSID_MAX); /* of zero bytes, which are none of padding */
        assert_true(secret_equal(back, longest));
        buf_consume(&out, out.len);
        m.ssid_len = WIFI_SSID_MAX + 1;
        assert_int_equal(message_encode_join_new_network_request(&m, longest, &out), -E2BIG);
        assert_int_equal(message_encode_known_network_request(ssid, sizeof(ssid), &out), -E2BIG);
        assert_int_equal(message_encode_known_network_request(ssid, WIFI_SSID_MAX, &out), 0);
        assert_int_equal(message_decode_known_network_request(out.data, out.len, ret_ssid, &len), 0);
        assert_int_equal(len, WIFI_SSID_MAX);

        /* 33 bytes of SSID, 7 of BSSID */
        b = from_hex("0a21000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
        assert_int_equal(message_decode_known_network_request(b.data, b.len, ret_ssid, &len), -EBADMSG);
        b = from_hex("0a02686f120701020304050607");
        secret_free(back);
        back = NULL;
        assert_int_equal(message_decode_join_new_network_request(b.data, b.len, &m, &back), -EBADMSG);
        assert_null(back);
}

static void scan(void **state)
{
        struct bytes b =
                from_hex("0a1d0a04686f6d651206a0b0c0d0e0f01803200b28c3ffffffffffffffff010a1b0a04636166651206"
                         "0a0b0c0d0e0f200128b0ffffffffffffffff01");
        static struct message_networks m;

        (void)state;
        assert_int_equal(message_decode_scan_networks_reply(b.data, b.len, &m), 0);
        assert_int_equal(m.n, 2);
        assert_int_equal(m.n_dropped, 0);
        assert_memory_equal(m.network[0].ssid, "home", 4);
        assert_int_equal(m.network[0].security, WIFI_WPA2);
        assert_int_equal(m.network[0].channel, 11);
        assert_int_equal(m.network[0].rssi, -61);
        assert_int_equal(m.network[1].bssid_len, 6);
        assert_int_equal(m.network[1].security, WIFI_OPEN);
        assert_int_equal(m.network[1].rssi, -80);
}

static void access_point(void **state)
{
        struct bytes b = from_hex("080212100a08696e7465726e65741201751a0170");
        struct message_access_point m;
        _cleanup_(secret_freep) struct secret *password = NULL;
        _cleanup_(buf_done) struct buf out = buf_init(256);

        (void)state;
        assert_int_equal(message_decode_set_access_point_request(b.data, b.len, &m, &password), 0);
        assert_int_equal(m.sim_type, SIM_EXTERNAL);
        assert_string_equal(m.apn, "internet");
        assert_string_equal(m.user, "u");
        assert_false(m.use_defaults);
        expect_secret(password, "p");
        m = (struct message_access_point){ .sim_type = SIM_INTERNAL, .use_defaults = true };
        assert_int_equal(message_encode_set_access_point_request(&m, NULL, &out), 0);
        expect_bytes(&out, "080112022001");
}

static void sim(void **state)
{
        struct bytes b = from_hex("0a143839303134313033323131313138353130373230");
        struct message_sim m;

        (void)state;
        assert_int_equal(message_decode_get_iccid_reply(b.data, b.len, &m), 0);
        assert_string_equal(m.iccid, "89014103211118510720");
        assert_string_equal(m.imei, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_body_is_read_and_written),
                cmocka_unit_test(padding_is_skipped_and_nothing_else),
                cmocka_unit_test(fields_of_the_future_are_skipped),
                cmocka_unit_test(damage_is_survived),
                cmocka_unit_test(texts),
                cmocka_unit_test(ncp_version),
                cmocka_unit_test(claim_code),
                cmocka_unit_test(protection),
                cmocka_unit_test(modules),
                cmocka_unit_test(modules_of_old_firmware),
                cmocka_unit_test(firmware_chunks),
                cmocka_unit_test(interfaces),
                cmocka_unit_test(lists_are_counted_and_cut),
                cmocka_unit_test(join),
                cmocka_unit_test(join_is_bounded),
                cmocka_unit_test(scan),
                cmocka_unit_test(access_point),
                cmocka_unit_test(sim),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
