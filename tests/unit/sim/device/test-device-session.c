/* SPDX-License-Identifier: Apache-2.0 */

/* Handshake and request frames as the device takes them (device.md 0 and 3.4), and the order of its
 * replies. */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include <errno.h>

static void opens(void **state)
{
        struct vdevice_facts f;
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        vdevice_facts(l.device, &f);
        assert_int_equal(f.handshakes, 1);
        assert_int_equal(f.connections, 1);
        assert_int_equal(f.pool_overflows, 0);
        lab_done(&l);
}

/* Wrong secret: dropped right after our confirmation, and not a byte of answer to it. */
static void wrong_secret(void **state)
{
        struct lab l;
        size_t answered;

        (void)state;
        lab_start(&l, NULL);
        l.secret = secret_free(l.secret);
        assert_int_equal(secret_new("BBCDEFGHJKLMNPQ", 15, &l.secret), 0);
        assert_false(lab_try_open(&l, LAB_MINUTE));
        assert_true(lab_is_dropped(&l, 0));
        answered = l.in.len;
        assert_int_equal(answered, 0); /* all that came were its rounds, and they were used up */
        assert_int_equal(session_state(l.session), SESSION_HANDSHAKE);
        lab_run(10);
        assert_true(l.advert.on);
        lab_done(&l);
}

static void no_secret(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_NO_SECRET } }, .n_mishaps = 1 });
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        assert_true(lab_is_dropped(&l, 0));
        lab_done(&l);
}

static void bad_lengths(void **state)
{
        static const struct {
                uint8_t header[2];
                bool dropped;
        } rows[] = {
                { { 0x00, 0x00 }, true },
                { { 0x01, 0x02 }, true },  /* 513 */
                { { 0x00, 0x02 }, false }, /* 512: waits for them */
                { { 0xff, 0xff }, true },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, NULL);
                assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
                assert_int_equal(lab_write(&l, rows[i].header, 1), 0);
                assert_false(lab_is_dropped(&l, 10)); /* half a header says nothing */
                assert_int_equal(lab_write(&l, rows[i].header + 1, 1), 0);
                assert_int_equal(lab_is_dropped(&l, 1000), rows[i].dropped);
                lab_done(&l);
        }
}

static void garbage_instead_of_round_1(void **state)
{
        uint8_t junk[332] = { 0x4a, 0x01 };
        struct lab l;

        (void)state;
        memset(junk + 2, 0x41, sizeof(junk) - 2);
        lab_start(&l, NULL);
        assert_int_equal(lab_link_up(&l, LAB_MTU), 0);
        assert_int_equal(lab_write(&l, junk, sizeof(junk)), 0);
        assert_true(lab_is_dropped(&l, 0));
        lab_done(&l);
}

static void byte_by_byte(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        l.value = 1;
        lab_send(&l, CONTROL_GET_SERIAL_NUMBER, NULL);
        assert_int_equal(lab_next(&l, 10), 0);
        lab_done(&l);
}

static void damaged_request(void **state)
{
        _cleanup_(buf_done) struct buf out = buf_init(64);
        struct session_header h = { .id = 1, .type = CONTROL_GET_DEVICE_ID };
        struct vdevice_facts f;
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(session_seal(l.session, &h, NULL, 0, &out), 0);
        out.data[out.len - 1] ^= 0x80;
        assert_int_equal(lab_write(&l, out.data, out.len), 0);
        assert_true(lab_is_dropped(&l, 0));
        vdevice_facts(l.device, &f);
        assert_int_equal(f.decrypt_failures, 1);
        assert_int_equal(f.requests, 0);
        lab_done(&l);
}

/* Zero bytes between frames are what old devices send, never what they take. */
static void padded_request(void **state)
{
        _cleanup_(buf_done) struct buf out = buf_init(64);
        struct session_header h = { .id = 1, .type = CONTROL_GET_DEVICE_ID };
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(buf_append(&out, (uint8_t[2]){ 0 }, 2), 0);
        assert_int_equal(session_seal(l.session, &h, NULL, 0, &out), 0);
        assert_int_equal(lab_write(&l, out.data, out.len), 0);
        assert_true(lab_is_dropped(&l, 0));
        lab_done(&l);
}

static void spoiled_handshakes(void **state)
{
        static const enum mishap_kind kinds[] = { MISHAP_BAD_PROOF, MISHAP_BAD_CONFIRM };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .mishap = { { .kind = kinds[i], .times = 1 } },
                                                    .n_mishaps = 1 });
                assert_false(lab_try_open(&l, LAB_MINUTE));
                assert_int_equal(session_state(l.session), SESSION_FAILED);
                lab_link_down(&l);
                lab_open(&l);
                lab_done(&l);
        }
}

static void spoiled_reply(void **state)
{
        struct session_header h;
        struct lab l;
        size_t used;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_BAD_TAG } }, .n_mishaps = 1 });
        lab_open(&l);
        lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
        lab_run(1);
        assert_int_equal(session_open(l.session, l.in.data, l.in.len, &h, &l.payload, &used), -EBADMSG);
        lab_done(&l);
}

static void frames_with_padding(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_PAD_FRAMES, .arg = 4 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        for (int i = 0; i < 3; i++)
                assert_int_equal(lab_ask(&l, CONTROL_GET_SERIAL_NUMBER, NULL), 0);
        lab_done(&l);
}

/* What takes time beside the system thread is answered when it is done, and the replies' counters follow
 * that order, not the requests'. */
static void replies_come_when_they_are_done(void **state)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);
        struct lab l;
        uint16_t slow, quick, later;

        (void)state;
        assert_int_equal(buf_append(&body, "hello", 5), 0);
        lab_start(&l, &(struct lab_config){ .device.app_ms = 300 });
        lab_open(&l);
        slow = lab_send(&l, CONTROL_APP_CUSTOM, &body);
        quick = lab_send(&l, CONTROL_ECHO, &body);
        assert_int_equal(lab_next(&l, 10), 0);
        assert_int_equal(l.reply_id, quick);
        lab_run(100);
        later = lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
        assert_int_equal(lab_next(&l, 10), 0);
        assert_int_equal(l.reply_id, later);
        assert_int_equal(lab_next(&l, 1000), 0);
        assert_int_equal(l.reply_id, slow);
        assert_memory_equal(l.payload.data, "hello", 5);
        lab_done(&l);
}

/* What keeps the system thread busy holds up all that follows. */
static void slow_requests_hold_up_the_rest(void **state)
{
        struct lab l;
        uint16_t slow, quick;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        slow = lab_send(&l, CONTROL_WIFI_SCAN_NETWORKS, NULL);
        quick = lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
        lab_silent(&l, vdevice_timing_default.scan_ms - 10);
        assert_int_equal(lab_next(&l, 1000), 0);
        assert_int_equal(l.reply_id, slow);
        assert_int_equal(lab_next(&l, 10), 0);
        assert_int_equal(l.reply_id, quick);
        lab_done(&l);
}

/* A request outlives its link, its reply does not. */
static void link_lost_under_a_request(void **state)
{
        struct message_known_networks known;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_DROP_AT_REQUEST,
                                                          .arg = 500,
                                                          .after = true,
                                                          .times = 1 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        {
                _cleanup_(buf_done) struct buf body = buf_init(128);
                _cleanup_(secret_freep) struct secret *s = NULL;
                struct message_join m = { .ssid = "usher-lab", .ssid_len = 9, .credentials = 1 };

                assert_int_equal(secret_new("correct horse", 13, &s), 0);
                assert_int_equal(message_encode_join_new_network_request(&m, s, &body), 0);
                lab_send(&l, CONTROL_WIFI_JOIN_NEW_NETWORK, &body);
        }
        assert_true(lab_is_dropped(&l, LAB_MINUTE));
        lab_run(5000);
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_WIFI_GET_KNOWN_NETWORKS, NULL), 0);
        assert_int_equal(message_decode_get_known_networks_reply(l.payload.data, l.payload.len, &known), 0);
        assert_int_equal(known.n, 1);
        lab_done(&l);
}

static void told_mishaps(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){
                              .mishap = { { .kind = MISHAP_RESULT, .arg = 21, .result = -110, .times = 2 },
                                          { .kind = MISHAP_SILENT_AT_REQUEST, .arg = 30, .times = 1 },
                                          { .kind = MISHAP_DROP_AT_REQUEST, .arg = 400, .times = 1 },
                                          { .kind = MISHAP_HOSTILE_TEXT, .arg = 20, .times = 1 } },
                              .n_mishaps = 4 });
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_GET_DEVICE_ID, NULL), 0);
        assert_memory_equal(l.payload.data + 2, "\033\a\n\x9b", 4);
        assert_int_equal(lab_ask(&l, CONTROL_GET_SERIAL_NUMBER, NULL), -110);
        assert_int_equal(lab_ask(&l, CONTROL_GET_SERIAL_NUMBER, NULL), -110);
        assert_int_equal(lab_ask(&l, CONTROL_GET_SERIAL_NUMBER, NULL), 0);
        lab_send(&l, CONTROL_GET_SYSTEM_VERSION, NULL);
        lab_silent(&l, LAB_MINUTE);
        assert_int_equal(lab_ask(&l, CONTROL_GET_SYSTEM_VERSION, NULL), 0);
        lab_send(&l, CONTROL_NETWORK_GET_INTERFACE_LIST, NULL);
        assert_true(lab_is_dropped(&l, 0));
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_NETWORK_GET_INTERFACE_LIST, NULL), 0);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(opens),
                cmocka_unit_test(wrong_secret),
                cmocka_unit_test(no_secret),
                cmocka_unit_test(bad_lengths),
                cmocka_unit_test(garbage_instead_of_round_1),
                cmocka_unit_test(byte_by_byte),
                cmocka_unit_test(damaged_request),
                cmocka_unit_test(padded_request),
                cmocka_unit_test(spoiled_handshakes),
                cmocka_unit_test(spoiled_reply),
                cmocka_unit_test(frames_with_padding),
                cmocka_unit_test(replies_come_when_they_are_done),
                cmocka_unit_test(slow_requests_hold_up_the_rest),
                cmocka_unit_test(link_lost_under_a_request),
                cmocka_unit_test(told_mishaps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
