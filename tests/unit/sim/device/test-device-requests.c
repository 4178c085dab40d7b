/* SPDX-License-Identifier: Apache-2.0 */

/* Result codes of every request, by platform and version, as one table (device.md 3.5, 3.6, 4.1). */

#include "proto/base/timer-virtual.h"
#include "proto/message.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include "tests/wire/far-message.h"
#include <string.h>

enum { NO = CONTROL_NOT_SUPPORTED };

/* Requests without a body, or with one that must be there. */
static const struct {
        uint16_t type;
        int32_t argon, boron, p2; /* 6.2.0 */
} plain[] = {
        { CONTROL_ECHO, 0, 0, 0 },
        { CONTROL_APP_CUSTOM, NO, NO, NO },
        { CONTROL_GET_DEVICE_ID, 0, 0, 0 },
        { CONTROL_GET_SERIAL_NUMBER, 0, 0, 0 },
        { CONTROL_GET_SYSTEM_VERSION, 0, 0, 0 },
        { CONTROL_GET_NCP_FIRMWARE_VERSION, 0, NO, NO },
        { CONTROL_GET_SYSTEM_CAPABILITIES, 0, 0, 0 },
        { CONTROL_SET_FEATURE, NO, NO, NO }, /* no feature named */
        { CONTROL_GET_FEATURE, NO, NO, NO },
        { CONTROL_START_LISTENING, 0, 0, 0 },
        { CONTROL_GET_DEVICE_MODE, 0, 0, 0 },
        { CONTROL_SET_DEVICE_SETUP_DONE, NO, NO, NO }, /* done = false */
        { CONTROL_IS_DEVICE_SETUP_DONE, 0, 0, 0 },
        { CONTROL_SET_STARTUP_MODE, 0, 0, 0 },
        { CONTROL_GET_PROTECTED_STATE, 0, 0, 0 },
        { CONTROL_GET_MODULE_INFO, 0, 0, 0 },
        { CONTROL_GET_ASSET_INFO, 0, 0, 0 },
        { CONTROL_DIAGNOSTIC_INFO, 0, 0, 0 },
        { 210, NO, NO, NO },
        { 211, NO, NO, NO },
        { 240, NO, NO, NO },
        { CONTROL_IS_CLAIMED, 0, 0, 0 },
        { CONTROL_START_NYAN_SIGNAL, 0, 0, 0 },
        { CONTROL_STOP_NYAN_SIGNAL, 0, 0, 0 },
        { CONTROL_FINISH_FIRMWARE_UPDATE, -210, -210, -210 },
        { CONTROL_CANCEL_FIRMWARE_UPDATE, 0, 0, 0 },
        { CONTROL_FIRMWARE_UPDATE_DATA, -210, -210, -210 },
        { CONTROL_START_FIRMWARE_UPDATE, -1351, -1351, -1351 }, /* size 0 */
        { CONTROL_CLOUD_GET_CONNECTION_STATUS, 0, 0, 0 },
        { CONTROL_CLOUD_CONNECT, 0, 0, 0 },
        { CONTROL_CLOUD_DISCONNECT, 0, 0, 0 },
        { CONTROL_NETWORK_GET_INTERFACE_LIST, 0, 0, 0 },
        { CONTROL_NETWORK_GET_INTERFACE, -170, -170, -170 }, /* index 0 */
        { 402, NO, NO, NO },
        { 600, NO, NO, NO },
        { 1005, NO, NO, NO },
        { CONTROL_WIFI_JOIN_NEW_NETWORK, -270, NO, -270 }, /* no SSID */
        { CONTROL_WIFI_JOIN_KNOWN_NETWORK, -170, NO, -170 },
        { CONTROL_WIFI_GET_KNOWN_NETWORKS, 0, NO, 0 },
        { CONTROL_WIFI_REMOVE_KNOWN_NETWORK, 0, NO, 0 },
        { CONTROL_WIFI_CLEAR_KNOWN_NETWORKS, 0, NO, 0 },
        { CONTROL_WIFI_GET_CURRENT_NETWORK, -210, NO, -210 },
        { CONTROL_WIFI_SCAN_NETWORKS, 0, NO, 0 },
        { CONTROL_WIFI_SET_NETWORK_CREDENTIALS, -270, NO, -270 },
        { CONTROL_CELLULAR_SET_ACCESS_POINT, NO, -270, NO },
        { CONTROL_CELLULAR_GET_ACCESS_POINT, NO, -270, NO },
        { CONTROL_CELLULAR_GET_ACTIVE_SIM, NO, 0, NO },
        { CONTROL_CELLULAR_GET_ICCID, NO, 0, NO },
        { CONTROL_CELLULAR_SET_ACTIVE_SIM, NO, 0, NO },
};

static void each_on(const char *platform, size_t column)
{
        struct lab l;

        lab_start(&l, &(struct lab_config){ .platform = platform });
        lab_open(&l);
        for (size_t i = 0; i < ELEMENTSOF(plain); i++) {
                int32_t want = ((const int32_t[]){ plain[i].argon, plain[i].boron, plain[i].p2 })[column];
                int32_t got = lab_ask(&l, plain[i].type, NULL);

                if (got != want)
                        fail_msg("%s answers %u with %d, not %d", platform, plain[i].type, got, want);
        }
        assert_int_equal(lab_facts(&l).pool_overflows, 0);
        lab_done(&l);
}

static void every_request(void **state)
{
        (void)state;
        each_on("argon", 0);
        each_on("boron", 1);
        each_on("p2", 2);
}

static void what_came_when(void **state)
{
        static const struct {
                const char *os;
                int32_t r76, r77, r91, r507;
        } rows[] = {
                { "1.5.0", NO, NO, NO, NO },  { "3.3.0", NO, NO, NO, NO }, { "5.6.0", NO, NO, NO, NO },
                { "5.7.0", NO, NO, 0, NO },   { "5.8.0", NO, NO, 0, NO },  { "5.8.2", NO, NO, 0, -270 },
                { "5.9.0", NO, NO, 0, -270 }, { "6.0.0", 0, NO, 0, NO },   { "6.1.0", 0, NO, 0, NO },
                { "6.1.1", 0, 0, 0, NO },     { "6.2.0", 0, 0, 0, -270 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .os = rows[i].os });
                lab_open(&l);
                assert_int_equal(lab_ask(&l, CONTROL_GET_PROTECTED_STATE, NULL), rows[i].r76);
                assert_int_equal(lab_ask(&l, CONTROL_SET_PROTECTED_STATE, NULL), rows[i].r77);
                assert_int_equal(lab_ask(&l, CONTROL_GET_ASSET_INFO, NULL), rows[i].r91);
                assert_int_equal(lab_ask(&l, CONTROL_WIFI_SET_NETWORK_CREDENTIALS, NULL), rows[i].r507);
                lab_done(&l);
        }
}

static void undecodable_bodies_are_bad_data(void **state)
{
        static const uint16_t types[] = { 33, 34, 73, 75, 77, 200, 250, 401, 500, 501, 503, 507 };
        static const uint8_t cut[] = { 0x0a, 0x7f, 0x01 };
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        for (size_t i = 0; i < ELEMENTSOF(types); i++)
                assert_int_equal(lab_ask_bytes(&l, types[i], cut, sizeof(cut)), CONTROL_BAD_DATA);
        /* 100 takes no body at all; a claim code has at most 64 characters */
        assert_int_equal(lab_ask_bytes(&l, CONTROL_DIAGNOSTIC_INFO, cut, 1), CONTROL_NOT_SUPPORTED);
        {
                uint8_t code[2 + 65] = { 0x0a, 65 };

                memset(code + 2, 'c', 65);
                assert_int_equal(lab_ask_bytes(&l, CONTROL_SET_CLAIM_CODE, code, sizeof(code)),
                                 CONTROL_BAD_DATA);
                code[1] = 64;
                assert_int_equal(lab_ask_bytes(&l, CONTROL_SET_CLAIM_CODE, code, sizeof(code) - 1), 0);
        }
        lab_done(&l);
}

static void lists_of_old_firmware_are_padded(void **state)
{
        static const struct {
                const char *os;
                bool padded;
        } rows[] = { { "3.3.0", true },
                     { "4.0.0", true },
                     { "4.0.1", false },
                     { "5.0.0", true },
                     { "5.1.0", false } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct message_networks networks;
                struct lab l;

                lab_start(&l, &(struct lab_config){ .os = rows[i].os });
                lab_open(&l);
                assert_int_equal(lab_ask(&l, CONTROL_WIFI_SCAN_NETWORKS, NULL), 0);
                assert_true((l.payload.data[l.payload.len - 1] == 0) == rows[i].padded);
                assert_int_equal(
                        message_decode_scan_networks_reply(l.payload.data, l.payload.len, &networks), 0);
                assert_int_equal(networks.n, 1);
                assert_memory_equal(networks.network[0].ssid, "usher-lab", 9);
                lab_done(&l);
        }
}

static void protection_refuses_all_but_a_few(void **state)
{
        struct lab l;
        _cleanup_(buf_done) struct buf body = buf_init(512);
        struct message_protection_request m = { .action = PROTECTION_PREPARE, .server_nonce_len = 32 };

        (void)state;
        lab_start(&l, &(struct lab_config){
                              .device = { .protected = true, .start = VDEVICE_START_PROVISIONING } });
        lab_open(&l);
        for (size_t i = 0; i < ELEMENTSOF(plain); i++) {
                uint16_t t = plain[i].type;
                bool allowed = t == 76 || t == 77 || t == 20 || t == 10 || t == 506 || t == 500 || t == 504;
                int32_t got = lab_ask(&l, t, NULL);

                assert_int_equal(got == CONTROL_PROTECTED, !allowed);
        }
        assert_int_equal(message_encode_set_protected_state_request(&m, &body), 0);
        assert_int_equal(lab_ask(&l, CONTROL_SET_PROTECTED_STATE, &body), 0);
        buf_consume(&body, body.len);
        m = (struct message_protection_request){ .action = PROTECTION_CONFIRM,
                                                 .server_signature_len = 64,
                                                 .server_key_fingerprint_len = 32 };
        memset(m.server_signature, 1, 64);
        memset(m.server_key_fingerprint, 1, 32);
        assert_int_equal(message_encode_set_protected_state_request(&m, &body), 0);
        assert_int_equal(lab_ask(&l, CONTROL_SET_PROTECTED_STATE, &body), 0);
        assert_int_equal(lab_ask(&l, CONTROL_CLOUD_GET_CONNECTION_STATUS, NULL), 0);
        lab_done(&l);
        /* and in listening mode it is not even seen */
        lab_start(&l, &(struct lab_config){ .device = { .protected = true } });
        assert_false(l.advert.on);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_request),
                cmocka_unit_test(what_came_when),
                cmocka_unit_test(undecodable_bodies_are_bad_data),
                cmocka_unit_test(lists_of_old_firmware_are_padded),
                cmocka_unit_test(protection_refuses_all_but_a_few),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
