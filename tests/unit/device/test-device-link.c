/* SPDX-License-Identifier: Apache-2.0 */

/* Links, pool and handshake as the firmware has them (device reference, sections 3.1-3.4). Bytes are written
 * by hand where a client would never send them. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "proto/message.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/device/lab.h"
#include <errno.h>
#include <string.h>

static void settle(void)
{
        timer_virtual_advance(100);
}

static void advertises_as_it_should(void **state)
{
        static const struct {
                const char *platform, *os, *name;
                size_t manufacturer_len;
                unsigned id;
        } rows[] = {
                { "argon", "6.2.0", "Argon-ABCDEF", 10, 12 },
                { "argon", "3.2.0", "Argon-ABCDEF", 4, 12 },
                { "boron", "3.3.0", "Boron-ABCDEF", 10, 13 },
                { "b5som", "4.2.0", "Boron-ABCDEF", 10, 25 },
                { "p2", "5.4.0", "Pseries-ABCDEF", 10, 32 },
                { "p2", "6.2.0", "P2-ABCDEF", 10, 32 },
                { "photon2", "5.8.0", "P2-ABCDEF", 10, 32 },
                { "photon2", "5.8.2", "Photon 2-ABCDEF", 10, 32 },
                { "trackerm", "6.2.0", "Tracker-ABCDEF", 10, 28 },
                { "msom", "6.2.0", "M-SoM-ABCDEF", 10, 35 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_init(&l, &(struct lab_config){ .platform = rows[i].platform, .os = rows[i].os });
                assert_true(l.advertising);
                assert_string_equal(l.advert.name, rows[i].name);
                assert_int_equal(l.advert.manufacturer_len, rows[i].manufacturer_len);
                assert_memory_equal(l.advert.manufacturer, "\x62\x06", 2);
                assert_int_equal(le16_get(l.advert.manufacturer + 2), rows[i].id);
                if (rows[i].manufacturer_len == 10)
                        assert_memory_equal(l.advert.manufacturer + 4, "ABCDEF", 6);
                lab_done(&l);
        }
}

static void nrf_has_one_link(void **state)
{
        struct lab l;
        uint8_t version = 0;

        (void)state;
        lab_init(&l, &(struct lab_config){ 0 });
        lab_connect(&l);
        settle();
        assert_false(l.advertising);
        assert_int_equal(vdevice_link_up(l.device, 7, 247, &version), -EBUSY);
        vdevice_link_down(l.device, l.link);
        settle();
        assert_true(l.advertising);
        assert_int_equal(vdevice_link_up(l.device, 7, 247, &version), 0);
        assert_int_equal(version, 2);
        lab_done(&l);
}

static void rtl_replaces_the_link_silently(void **state)
{
        struct lab l;

        (void)state;
        lab_init(&l, &(struct lab_config){ .platform = "p2" });
        lab_connect(&l);
        settle();
        assert_true(l.advertising);
        lab_connect(&l);
        settle();
        assert_int_equal(l.drops, 0);
        /* bytes of the old link are ignored, whatever they are */
        assert_int_equal(vdevice_write(l.device, 1, (const uint8_t[4]){ 0 }, 4), 0);
        settle();
        assert_int_equal(l.drops, 0);
        assert_true(l.up[1] && l.up[2]);
        lab_done(&l);
}

static void odd_handshake_frames_end_the_link(void **state)
{
        static const uint8_t empty[] = { 0, 0 }, too_long[] = { 1, 2, 9 };

        (void)state;
        for (int i = 0; i < 2; i++) {
                struct lab l;

                lab_init(&l, &(struct lab_config){ 0 });
                lab_connect(&l);
                assert_int_equal(vdevice_write(l.device, l.link, i ? too_long : empty, i ? 3 : 2), 0);
                settle();
                assert_int_equal(l.drops, 1);
                assert_int_equal(l.heard.len, 0);
                lab_done(&l);
        }
}

/* Section 3.4: the ten seconds exist in the firmware, but nothing looks at them. */
static void nothing_hurries_a_handshake(void **state)
{
        struct lab l;

        (void)state;
        lab_init(&l, &(struct lab_config){ 0 });
        lab_connect(&l);
        assert_int_equal(vdevice_write(l.device, l.link, (const uint8_t[5]){ 74, 1, 65, 4, 1 }, 5), 0);
        timer_virtual_advance(3600 * 1000);
        assert_int_equal(l.drops, 0);
        lab_done(&l);
}

static void a_wrong_secret_ends_the_link_without_a_word(void **state)
{
        struct lab l;

        (void)state;
        lab_init(&l, &(struct lab_config){ 0 });
        assert_false(lab_open(&l, "ABCDEFGHJKLMNPX"));
        assert_true(client_awaits_confirm(l.client));
        assert_int_equal(l.drops, 1);
        assert_int_equal(lab_facts(&l).handshakes, 0);
        settle();
        assert_true(lab_open(&l, LAB_SECRET));
        assert_int_equal(lab_facts(&l).handshakes, 1);
        lab_done(&l);
}

static void unreadable_frames_end_the_link(void **state)
{
        struct lab l;
        uint8_t frame[16] = { 0 };

        (void)state;
        lab_init(&l, &(struct lab_config){ 0 });
        assert_true(lab_open(&l, LAB_SECRET));
        memset(frame + 2, 0x5a, sizeof(frame) - 2);
        assert_int_equal(vdevice_write(l.device, l.link, frame, sizeof(frame)), 0);
        settle();
        assert_int_equal(l.drops, 1);
        assert_int_equal(lab_facts(&l).decrypt_failures, 1);
        lab_done(&l);
}

/* Section 3.3: 20-byte writes cost 44 bytes of 1024: 23 of them fit. A device that reads nothing is one that
 * scans. */
static void the_pool_overflows_where_the_firmware_s_does(void **state)
{
        static const struct {
                size_t len;
                unsigned fit;
        } rows[] = { { 20, 23 }, { 244, 3 }, { 1, 42 }, { 4, 36 } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;
                uint8_t data[244] = { 0 };
                uint16_t id;
                uint8_t packet[244];
                size_t len;

                lab_init(&l, &(struct lab_config){ 0 });
                assert_true(lab_open(&l, LAB_SECRET));
                assert_int_equal(client_request(l.client, CONTROL_WIFI_SCAN_NETWORKS, NULL, 0, &id), 0);
                assert_int_equal(client_take_write(l.client, packet, sizeof(packet), &len), 0);
                assert_int_equal(vdevice_write(l.device, l.link, packet, len), 0);
                timer_virtual_advance(100); /* it is scanning now */
                for (unsigned n = 0; n < rows[i].fit; n++) {
                        assert_int_equal(vdevice_write(l.device, l.link, data, rows[i].len), 0);
                        timer_virtual_advance(1);
                        assert_int_equal(l.drops, 0);
                }
                assert_int_equal(vdevice_write(l.device, l.link, data, rows[i].len), 0);
                timer_virtual_advance(1);
                assert_int_equal(l.drops, 1);
                assert_int_equal(lab_facts(&l).pool_overflows, 1);
                lab_done(&l);
        }
}

static void data_passes_on_connection_events_only(void **state)
{
        struct lab l;
        uint64_t start_ms;

        (void)state;
        lab_init(&l, &(struct lab_config){ .device = { .interval_ms = 50 } });
        start_ms = timer_now_ms();
        assert_true(lab_open(&l, LAB_SECRET));
        /* two exchanges, each at least one event to the device and one back */
        assert_in_range(timer_now_ms() - start_ms, 100, 300);
        start_ms = timer_now_ms();
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL, 0), 0);
        assert_in_range(timer_now_ms() - start_ms, 50, 100);
        lab_done(&l);
}

static void requests_are_served_one_after_the_other(void **state)
{
        static const uint16_t types[] = { CONTROL_GET_DEVICE_ID, CONTROL_GET_SERIAL_NUMBER,
                                          CONTROL_GET_SYSTEM_VERSION, CONTROL_NETWORK_GET_INTERFACE_LIST,
                                          CONTROL_GET_DEVICE_MODE };
        struct lab l;
        struct client_event e;
        uint8_t packet[244];
        uint16_t id[ELEMENTSOF(types)];
        size_t len;

        (void)state;
        lab_init(&l, &(struct lab_config){ 0 });
        assert_true(lab_open(&l, LAB_SECRET));
        for (size_t i = 0; i < ELEMENTSOF(types); i++)
                assert_int_equal(client_request(l.client, types[i], NULL, 0, &id[i]), 0);
        while (client_take_write(l.client, packet, sizeof(packet), &len) == 0)
                assert_int_equal(vdevice_write(l.device, l.link, packet, len), 0);
        settle();
        for (size_t i = 0; i < ELEMENTSOF(types); i++) {
                assert_int_equal(client_next_event(l.client, &e), 0);
                assert_int_equal(e.id, id[i]);
                assert_int_equal(e.result, 0);
        }
        lab_done(&l);
}

static void links_die_slowly_in_a_reset(void **state)
{
        struct lab l;

        (void)state;
        lab_init(&l, &(struct lab_config){ 0 });
        assert_true(lab_open(&l, LAB_SECRET));
        assert_int_equal(lab_ask(&l, CONTROL_RESET, NULL, 0), 0);
        timer_virtual_advance(900);
        assert_true(lab_facts(&l).running);
        timer_virtual_advance(200);
        assert_false(lab_facts(&l).running);
        assert_int_equal(l.drops, 0); /* the client's radio has not noticed */
        timer_virtual_advance(6000);
        assert_int_equal(l.drops, 1);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(advertises_as_it_should),
                cmocka_unit_test(nrf_has_one_link),
                cmocka_unit_test(rtl_replaces_the_link_silently),
                cmocka_unit_test(odd_handshake_frames_end_the_link),
                cmocka_unit_test(nothing_hurries_a_handshake),
                cmocka_unit_test(a_wrong_secret_ends_the_link_without_a_word),
                cmocka_unit_test(unreadable_frames_end_the_link),
                cmocka_unit_test(the_pool_overflows_where_the_firmware_s_does),
                cmocka_unit_test(data_passes_on_connection_events_only),
                cmocka_unit_test(requests_are_served_one_after_the_other),
                cmocka_unit_test(links_die_slowly_in_a_reset),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
