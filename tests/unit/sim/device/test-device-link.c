/* SPDX-License-Identifier: Apache-2.0 */

/* Advertising, links, pool and connection events of the virtual device (device.md 3.1-3.4). */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include <errno.h>

static size_t high_water(struct lab *l)
{
        struct vdevice_facts f;

        vdevice_facts(l->device, &f);
        return f.pool_high_water;
}

static unsigned overflows(struct lab *l)
{
        struct vdevice_facts f;

        vdevice_facts(l->device, &f);
        return f.pool_overflows;
}

/* advertising */

static void adverts(void **state)
{
        static const struct {
                const char *platform, *os, *name;
                size_t len;
                uint8_t id;
        } rows[] = {
                { "argon", "6.2.0", "Argon-45A0DE", 10, 12 },
                { "argon", "3.2.0", "Argon-45A0DE", 4, 12 },
                { "argon", "3.3.0", "Argon-45A0DE", 10, 12 },
                { "bsom", "6.2.0", "Boron-45A0DE", 10, 23 },
                { "tracker", "4.2.0", "Boron-45A0DE", 10, 26 },
                { "p2", "5.0.0", "Pseries-45A0DE", 10, 32 },
                { "p2", "5.8.2", "P2-45A0DE", 10, 32 },
                { "photon2", "5.8.0", "P2-45A0DE", 10, 32 },
                { "photon2", "5.8.2", "Photon 2-45A0DE", 10, 32 },
                { "msom", "6.2.0", "M-SoM-45A0DE", 10, 35 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = rows[i].platform, .os = rows[i].os });
                assert_true(l.advert.on);
                assert_string_equal(l.advert_name, rows[i].name);
                assert_int_equal(l.advert.manufacturer_len, rows[i].len);
                assert_memory_equal(l.advert.manufacturer, ((uint8_t[]){ 0x62, 0x06, rows[i].id, 0 }), 4);
                if (rows[i].len == 10)
                        assert_memory_equal(l.advert.manufacturer + 4, "45A0DE", 6);
                lab_done(&l);
        }
}

static void nrf_has_one_link_and_is_silent_meanwhile(void **state)
{
        struct lab l;
        uint8_t version;

        (void)state;
        lab_start(&l, NULL);
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        assert_int_equal(l.version, 2);
        lab_run(0);
        assert_false(l.advert.on);
        assert_int_equal(vdevice_link_up(l.device, 77, LAB_MTU, &version), -EBUSY);
        lab_link_down(&l);
        assert_true(l.advert.on);
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        lab_done(&l);
}

static void rtl_lets_a_new_link_take_over(void **state)
{
        static const uint8_t junk[40];
        struct lab l;
        unsigned first;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "p2" });
        lab_open(&l);
        first = l.link;
        lab_run(0);
        assert_true(l.advert.on);
        lab_open(&l); /* the second one works */
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        assert_int_equal(vdevice_write(l.device, first, junk, sizeof(junk)),
                         0); /* and the first is not heard */
        lab_run(1000);
        assert_int_equal(l.lost, 0);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        vdevice_link_down(l.device, first); /* its end changes nothing */
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        lab_done(&l);
}

static void a_silent_client_blocks_for_ever(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        lab_run(24 * 60 * (uint64_t)LAB_MINUTE);
        assert_int_equal(l.lost, 0);
        assert_false(l.advert.on);
        lab_done(&l);
}

static void a_value_is_bounded_by_the_mtu(void **state)
{
        static const uint8_t data[LAB_VALUE + 1];
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        assert_int_equal(lab_link_up(&l, 23), 0);
        assert_int_equal(vdevice_write(l.device, l.link, data, 21), -EMSGSIZE);
        assert_int_equal(vdevice_write(l.device, 99, data, 1), -ENOTCONN);
        vdevice_set_mtu(l.device, l.link, 500);
        assert_int_equal(vdevice_write(l.device, l.link, data, LAB_VALUE + 1), -EMSGSIZE);
        lab_done(&l);
}

static void works_with_the_smallest_mtu(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        l.value = 20;
        lab_open(&l);
        assert_int_equal(l.longest, 20);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        assert_int_equal(overflows(&l), 0);
        lab_done(&l);
}

static void answers_wait_for_the_subscription(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        vdevice_subscribe(l.device, l.link, false);
        l.notifications = 0;
        lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
        lab_silent(&l, LAB_MINUTE);
        assert_int_equal(l.notifications, 0);
        vdevice_subscribe(l.device, l.link, true);
        assert_int_equal(lab_next(&l, 1), 0);
        lab_done(&l);
}

/* pool */

/* While the thread is busy nothing is read: what does not fit any more ends the link, at once. */
static void overflow_ends_the_link(void **state)
{
        static const uint8_t junk[LAB_VALUE];
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        lab_send(&l, CONTROL_WIFI_SCAN_NETWORKS, NULL);
        lab_run(10);
        for (int i = 0; i < 3; i++)
                assert_int_equal(lab_write(&l, junk, LAB_VALUE), 0);
        assert_int_equal(lab_write(&l, junk, 199), 0);
        lab_run(100);
        assert_true(lab_has_link(&l));
        assert_int_equal(lab_write(&l, junk, 1), 0);
        assert_true(lab_is_dropped(&l, 0));
        assert_int_equal(overflows(&l), 1);
        assert_int_equal(high_water(&l), 1024);
        lab_run(10);
        assert_true(l.advert.on);
        lab_run(5000);
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        lab_done(&l);
}

static void small_requests_together_fit(void **state)
{
        _cleanup_(buf_done) struct buf flight = buf_init(512);
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        for (int i = 0; i < 7; i++) {
                struct session_header h = { .id = (uint16_t)(100 + i), .type = CONTROL_GET_DEVICE_ID };

                assert_int_equal(session_seal(l.session, &h, NULL, 0, &flight), 0);
        }
        assert_int_equal(lab_write(&l, flight.data, flight.len), 0);
        for (int i = 0; i < 7; i++) {
                assert_int_equal(lab_next(&l, 10), 0);
                assert_int_equal(l.reply_id, 100 + i);
        }
        assert_int_equal(overflows(&l), 0);
        lab_done(&l);
}

/* connection events */

static void data_passes_on_events_only(void **state)
{
        struct lab l;
        uint64_t origin_ms;

        (void)state;
        lab_start(&l, &(struct lab_config){ .device.interval_ms = 30 });
        lab_run(7);
        lab_open(&l);
        origin_ms = timer_now_ms();
        for (int i = 0; i < 5; i++) {
                lab_run(3);
                assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
                assert_int_equal((l.notified_ms - origin_ms) % 30, 0);
        }
        lab_done(&l);
}

/* Asked just after an event: one interval to get there, one to come back. */
static void an_exchange_takes_two_events(void **state)
{
        struct lab l;
        uint64_t asked_ms;

        (void)state;
        lab_start(&l, &(struct lab_config){ .device.interval_ms = 50 });
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        asked_ms = timer_now_ms();
        lab_run(1);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        assert_int_equal(timer_now_ms() - asked_ms, 100);
        lab_done(&l);
}

static void an_event_holds_so_many_packets(void **state)
{
        _cleanup_(buf_done) struct buf body = buf_init(8192);
        struct lab l;
        uint64_t first_ms = 0;

        (void)state;
        lab_start(&l, &(struct lab_config){ .device = { .interval_ms = 30, .packets = 2 } });
        lab_open(&l);
        assert_int_equal(buf_reserve(&body, 700), 0);
        memset(body.data, 7, 700);
        body.len = 700;
        lab_send(&l, CONTROL_ECHO, &body); /* three packets there, three back */
        l.notifications = 0;
        while (l.notifications < 1)
                lab_run(1);
        first_ms = l.notified_ms;
        while (l.notifications < 3)
                lab_run(1);
        assert_int_equal(l.notified_ms - first_ms, 30);
        assert_int_equal(lab_next(&l, 1), 0);
        assert_int_equal(l.payload.len, 700);
        assert_memory_equal(l.payload.data, body.data, 700);
        lab_done(&l);
}

/* mishaps of the radio */

static void counted_bytes(void **state)
{
        static const enum mishap_kind kinds[] = { MISHAP_DROP_AFTER_RX, MISHAP_DROP_AFTER_TX,
                                                  MISHAP_DROP_AFTER_BYTES };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                struct lab l;

                lab_start(&l,
                          &(struct lab_config){ .mishap = { { .kind = kinds[i], .arg = 100, .times = 1 } },
                                                .n_mishaps = 1 });
                assert_false(lab_try_open(&l, LAB_MINUTE));
                assert_true(lab_is_dropped(&l, 0));
                if (kinds[i] == MISHAP_DROP_AFTER_TX)
                        assert_int_equal(l.in.len, 100);
                else
                        assert_int_equal(l.in.len, 0);
                lab_open(&l); /* the next connection is well */
                lab_done(&l);
        }
}

static void silent_in_the_middle(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_SILENT_AFTER_BYTES, .arg = 300 } },
                                            .n_mishaps = 1 });
        assert_false(lab_try_open(&l, LAB_MINUTE));
        assert_true(lab_has_link(&l));
        lab_done(&l);
}

static void odd_version(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_VERSION, .arg = 3 } },
                                            .n_mishaps = 1 });
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        assert_int_equal(l.version, 3);
        lab_done(&l);
}

static void refused_link_and_silence(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_REFUSE_LINK, .times = 1 } },
                                            .n_mishaps = 1 });
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        assert_true(lab_is_dropped(&l, 0));
        lab_open(&l);
        lab_done(&l);
        lab_start(&l,
                  &(struct lab_config){ .mishap = { { .kind = MISHAP_NOT_ADVERTISING } }, .n_mishaps = 1 });
        lab_run(LAB_MINUTE);
        assert_false(l.advert.on);
        assert_int_equal(lab_link_up(&l, LAB_MTU), -ECONNREFUSED);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(adverts),
                cmocka_unit_test(nrf_has_one_link_and_is_silent_meanwhile),
                cmocka_unit_test(rtl_lets_a_new_link_take_over),
                cmocka_unit_test(a_silent_client_blocks_for_ever),
                cmocka_unit_test(a_value_is_bounded_by_the_mtu),
                cmocka_unit_test(works_with_the_smallest_mtu),
                cmocka_unit_test(answers_wait_for_the_subscription),
                cmocka_unit_test(overflow_ends_the_link),
                cmocka_unit_test(small_requests_together_fit),
                cmocka_unit_test(data_passes_on_events_only),
                cmocka_unit_test(an_exchange_takes_two_events),
                cmocka_unit_test(an_event_holds_so_many_packets),
                cmocka_unit_test(counted_bytes),
                cmocka_unit_test(silent_in_the_middle),
                cmocka_unit_test(odd_version),
                cmocka_unit_test(refused_link_and_silence),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
