/* SPDX-License-Identifier: Apache-2.0 */

/* Listening mode, the setup flag, start-up mode, resets, provisioning mode and Device Protection
 * (device.md 3.4, 3.6, 3.8, 4.2, 4.4, 4.6). */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include "tests/wire/far-message.h"
#include <errno.h>

static int32_t set_setup_done(struct lab *l, bool done)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);

        assert_int_equal(message_encode_set_device_setup_done_request(done, &body), 0);
        return lab_ask(l, CONTROL_SET_DEVICE_SETUP_DONE, &body);
}

static bool is_setup_done(struct lab *l)
{
        bool done;

        assert_int_equal(lab_ask(l, CONTROL_IS_DEVICE_SETUP_DONE, NULL), 0);
        assert_int_equal(message_decode_is_device_setup_done_reply(l->payload.data, l->payload.len, &done),
                         0);
        return done;
}

static int mode(struct lab *l)
{
        int m;

        assert_int_equal(lab_ask(l, CONTROL_GET_DEVICE_MODE, NULL), 0);
        assert_int_equal(message_decode_get_device_mode_reply(l->payload.data, l->payload.len, &m), 0);
        return m;
}

static void set_startup_mode(struct lab *l, int m)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);

        assert_int_equal(message_encode_set_startup_mode_request(m, &body), 0);
        assert_int_equal(lab_ask(l, CONTROL_SET_STARTUP_MODE, &body), 0);
}

/* setup flag */

static void setup_flag_by_version(void **state)
{
        static const struct {
                const char *os;
                int32_t undone;
                bool before, after;
        } rows[] = {
                { "1.5.4", 0, false, false },
                { "3.3.1", 0, false, false },
                { "4.0.0", CONTROL_NOT_SUPPORTED, true, true },
                { "6.2.0", CONTROL_NOT_SUPPORTED, true, true },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .os = rows[i].os });
                lab_open(&l);
                assert_int_equal(is_setup_done(&l), rows[i].before);
                assert_int_equal(set_setup_done(&l, true), 0);
                assert_true(is_setup_done(&l));
                assert_int_equal(set_setup_done(&l, false), rows[i].undone);
                assert_int_equal(is_setup_done(&l), rows[i].after);
                lab_done(&l);
        }
}

/* The dark blue device: before 4.0, without the flag, it listens again as soon as it would connect. */
static void without_the_flag_old_firmware_listens_again(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .os = "3.3.1" });
        lab_open(&l);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_int_equal(mode(&l), DEVICE_MODE_LISTENING);
        assert_int_equal(set_setup_done(&l, true), 0);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_int_equal(mode(&l), DEVICE_MODE_NORMAL);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 1);
        lab_done(&l);
}

/* 4.0 and later: without a network a Wi-Fi device listens again, a cellular one does not. */
static void without_a_network(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_int_equal(mode(&l), DEVICE_MODE_LISTENING);
        lab_done(&l);
        lab_start(&l, &(struct lab_config){ .platform = "boron" });
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_int_equal(mode(&l), DEVICE_MODE_NORMAL);
        lab_done(&l);
}

/* listening mode */

static void nrf_keeps_the_link_and_stops_advertising(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron" });
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        lab_run(LAB_MINUTE);
        assert_true(lab_has_link(&l));
        assert_int_equal(lab_cloud_status(&l), CONNECTION_CONNECTED);
        lab_link_down(&l);
        lab_run(LAB_MINUTE);
        assert_false(l.advert.on);
        assert_int_equal(lab_link_up(&l, LAB_MTU), -ECONNREFUSED);
        vdevice_press_mode(l.device);
        lab_run(0);
        assert_true(l.advert.on);
        lab_done(&l);
}

static void start_listening_leaves_the_cloud(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron" });
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_START_LISTENING, NULL), 0); /* it does already: still 0 */
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0); /* always 0 */
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 1);
        assert_int_equal(lab_ask(&l, CONTROL_START_LISTENING, NULL), 0);
        assert_int_equal(l.offline, 1);
        assert_int_equal(lab_cloud_status(&l), CONNECTION_DISCONNECTED);
        assert_int_equal(mode(&l), DEVICE_MODE_LISTENING);
        lab_done(&l);
}

/* resets */

static void reset_comes_a_second_after_the_reply(void **state)
{
        static const uint16_t types[] = { CONTROL_RESET, CONTROL_SAFE_MODE, CONTROL_FACTORY_RESET };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(types); i++) {
                struct vdevice_facts f;
                uint64_t replied_ms;
                struct lab l;

                lab_start(&l, NULL);
                lab_open(&l);
                assert_int_equal(lab_ask(&l, types[i], NULL), 0);
                replied_ms = timer_now_ms();
                lab_send(&l, CONTROL_GET_DEVICE_ID, NULL); /* nothing is read any more */
                lab_silent(&l, 990);
                vdevice_facts(l.device, &f);
                assert_int_equal(f.resets, 0);
                lab_run(20);
                vdevice_facts(l.device, &f);
                assert_int_equal(f.resets, 1);
                assert_false(f.running);
                /* the client's radio notices only by its supervision timeout */
                assert_false(lab_is_dropped(&l, 4900));
                assert_true(lab_is_dropped(&l, 200));
                assert_in_range(timer_now_ms() - replied_ms, 6000, 6100);
                lab_done(&l);
        }
}

/* A new connection may come while the old one is not yet given up. */
static void ghosts_do_not_hold_the_radio(void **state)
{
        struct lab l;
        unsigned ghost;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        set_startup_mode(&l, DEVICE_MODE_LISTENING);
        assert_int_equal(lab_ask(&l, CONTROL_RESET, NULL), 0);
        ghost = l.link;
        lab_run(1000 + vdevice_timing_default.boot_ms + 10);
        assert_true(l.advert.on);
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        lab_run(5000);
        assert_int_equal(l.lost, ghost);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        lab_done(&l);
}

static void startup_mode_counts_once(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron" });
        lab_open(&l);
        set_startup_mode(&l, DEVICE_MODE_LISTENING);
        assert_int_equal(lab_ask(&l, CONTROL_RESET, NULL), 0);
        lab_run(LAB_MINUTE);
        assert_true(lab_is_listening(&l));
        vdevice_press_reset(l.device);
        lab_run(LAB_MINUTE);
        assert_false(lab_is_listening(&l));
        assert_int_equal(l.online, 1);
        lab_done(&l);
}

static void dfu_waits_for_the_button(void **state)
{
        struct vdevice_facts f;
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_DFU_MODE, NULL), 0);
        lab_run(10 * LAB_MINUTE);
        vdevice_facts(l.device, &f);
        assert_false(f.running);
        assert_false(l.advert.on);
        vdevice_press_reset(l.device);
        lab_run(5000);
        vdevice_facts(l.device, &f);
        assert_true(f.running);
        lab_done(&l);
}

static void factory_reset_forgets_networks(void **state)
{
        struct vdevice_facts f;
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
        assert_int_equal(lab_ask(&l, CONTROL_FACTORY_RESET, NULL), 0);
        lab_run(LAB_MINUTE);
        vdevice_facts(l.device, &f);
        assert_int_equal(f.known_networks, 0);
        assert_true(f.listening);
        lab_done(&l);
}

static void rebooting(void **state)
{
        struct vdevice_facts f;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_REBOOTING, .arg = 3000 } },
                                            .n_mishaps = 1 });
        lab_run(20000);
        vdevice_facts(l.device, &f);
        assert_in_range(f.resets, 4, 6);
        lab_done(&l);
}

/* provisioning mode */

static void provisioning(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .device.start = VDEVICE_START_PROVISIONING });
        assert_true(l.advert.on);
        assert_string_not_equal(l.advert.service_uuid, "6fa90001-5c4e-48a8-94f4-8030546f36fc");
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_START_LISTENING, NULL), CONTROL_NOT_ALLOWED);
        assert_int_equal(mode(&l), DEVICE_MODE_NORMAL);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 1); /* beside the application */
        assert_true(lab_has_link(&l));
        lab_done(&l);
        /* older firmware knows no such mode */
        lab_start(&l, &(struct lab_config){ .os = "3.2.0", .device.start = VDEVICE_START_PROVISIONING });
        lab_run(LAB_MINUTE);
        assert_true(lab_is_listening(&l));
        assert_string_equal(l.advert.service_uuid, "6fa90001-5c4e-48a8-94f4-8030546f36fc");
        lab_done(&l);
}

/* Device Protection */

static void protected_and_listening_is_silent(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .device.protected = true });
        lab_run(LAB_MINUTE);
        assert_true(lab_is_listening(&l));
        assert_false(l.advert.on);
        lab_done(&l);
        lab_start(&l, &(struct lab_config){ .os = "5.9.0", .device.protected = true }); /* not known yet */
        assert_true(l.advert.on);
        lab_done(&l);
}

static int32_t protect(struct lab *l, const struct message_protection_request *m)
{
        _cleanup_(buf_done) struct buf body = buf_init(512);

        assert_int_equal(message_encode_set_protected_state_request(m, &body), 0);
        return lab_ask(l, CONTROL_SET_PROTECTED_STATE, &body);
}

static void protection_is_lifted_for_a_while(void **state)
{
        const struct message_protection_request prepare = { .action = PROTECTION_PREPARE,
                                                            .server_nonce_len = PROTECTION_NONCE_LEN };
        const struct message_protection_request short_nonce = { .action = PROTECTION_PREPARE,
                                                                .server_nonce_len = 8 };
        const struct message_protection_request confirm = {
                .action = PROTECTION_CONFIRM,
                .server_signature_len = 64,
                .server_key_fingerprint_len = PROTECTION_FINGERPRINT_LEN,
        };
        struct message_protection_reply reply;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){
                              .device = { .start = VDEVICE_START_PROVISIONING, .protected = true } });
        lab_open(&l);
        assert_int_equal(protect(&l, &confirm), CONTROL_INVALID_STATE);
        assert_int_equal(protect(&l, &short_nonce), CONTROL_INVALID_ARGUMENT);
        assert_int_equal(protect(&l, &prepare), 0);
        assert_int_equal(message_decode_set_protected_state_reply(l.payload.data, l.payload.len, &reply), 0);
        assert_true(reply.prepared);
        lab_run(60000);
        assert_int_equal(protect(&l, &confirm), CONTROL_TIMEOUT);
        assert_int_equal(protect(&l, &prepare), 0);
        assert_int_equal(protect(&l, &confirm), 0);
        assert_int_equal(lab_ask(&l, CONTROL_GET_SERIAL_NUMBER, NULL), 0);
        lab_run(24 * 60 * (uint64_t)LAB_MINUTE);
        assert_int_equal(lab_ask(&l, CONTROL_GET_SERIAL_NUMBER, NULL), CONTROL_PROTECTED);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(setup_flag_by_version),
                cmocka_unit_test(without_the_flag_old_firmware_listens_again),
                cmocka_unit_test(without_a_network),
                cmocka_unit_test(nrf_keeps_the_link_and_stops_advertising),
                cmocka_unit_test(start_listening_leaves_the_cloud),
                cmocka_unit_test(reset_comes_a_second_after_the_reply),
                cmocka_unit_test(ghosts_do_not_hold_the_radio),
                cmocka_unit_test(startup_mode_counts_once),
                cmocka_unit_test(dfu_waits_for_the_button),
                cmocka_unit_test(factory_reset_forgets_networks),
                cmocka_unit_test(rebooting),
                cmocka_unit_test(provisioning),
                cmocka_unit_test(protected_and_listening_is_silent),
                cmocka_unit_test(protection_is_lifted_for_a_while),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
