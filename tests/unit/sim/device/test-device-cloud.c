/* SPDX-License-Identifier: Apache-2.0 */

/* From the network to the cloud: claim code, session resumption, back-off, and what request 100 shows when
 * it does not work (device.md 3.7, 3.8, 4.7). */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include "tests/wire/far-message.h"
#include <jansson.h>
#include <stdio.h>

static void set_claim_code(struct lab *l, const char *code, int32_t result)
{
        _cleanup_(secret_freep) struct secret *s = NULL;
        _cleanup_(buf_done) struct buf body = buf_init(128);

        assert_int_equal(secret_new(code, strlen(code), &s), 0);
        assert_int_equal(message_encode_set_claim_code_request(s, &body), 0);
        assert_int_equal(lab_ask(l, CONTROL_SET_CLAIM_CODE, &body), result);
}

static bool is_claimed(struct lab *l)
{
        bool claimed;

        assert_int_equal(lab_ask(l, CONTROL_IS_CLAIMED, NULL), 0);
        assert_int_equal(message_decode_is_claimed_reply(l->payload.data, l->payload.len, &claimed), 0);
        return claimed;
}

/* One value of request 100; -1 if the source reports an error. */
static long diagnostic(struct lab *l, const char *name)
{
        json_t *all, *value;
        long v;

        assert_int_equal(lab_ask(l, CONTROL_DIAGNOSTIC_INFO, NULL), 0);
        all = json_loadb((const char *)l->payload.data, l->payload.len, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(all);
        value = json_object_get(all, name);
        assert_non_null(value);
        if (json_is_object(value))
                assert_true(json_integer_value(json_object_get(value, "err")) < 0);
        v = json_is_integer(value) ? (long)json_integer_value(value) : -1;
        json_decref(all);
        return v;
}

static void go_online(struct lab *l)
{
        assert_int_equal(lab_join(l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
        assert_int_equal(lab_ask(l, CONTROL_STOP_LISTENING, NULL), 0);
}

static void the_code_goes_with_the_first_handshake(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        set_claim_code(&l, "rubbish", 0);
        set_claim_code(&l, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567890", 0);
        go_online(&l);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 1);
        assert_true(l.full_handshake);
        assert_string_equal(l.claim_code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567890");
        assert_false(is_claimed(&l)); /* until the cloud says so */
        vdevice_set_claimed(l.device, true);
        assert_true(is_claimed(&l));
        lab_done(&l);
}

/* A device that was online before resumes its session: the code stays where it is. */
static void a_resumed_session_sends_no_code(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l,
                  &(struct lab_config){ .mishap = { { .kind = MISHAP_RESUMED_SESSION } }, .n_mishaps = 1 });
        lab_open(&l);
        set_claim_code(&l, "code", 0);
        go_online(&l);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 1);
        assert_false(l.full_handshake);
        assert_string_equal(l.claim_code, "");
        lab_done(&l);
}

static void the_second_time_is_a_resumption(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        go_online(&l);
        lab_run(LAB_MINUTE);
        assert_true(l.full_handshake);
        set_claim_code(&l, "too late", 0);
        vdevice_press_reset(l.device);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 2);
        assert_false(l.full_handshake);
        assert_string_equal(l.claim_code, "");
        lab_done(&l);
}

static void claim_codes_are_bounded(void **state)
{
        _cleanup_(buf_done) struct buf body = buf_init(128);
        uint8_t head[2] = { 1 << 3 | 2, 65 };
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        set_claim_code(&l, "0123456789012345678901234567890123456789012345678901234567890123", 0);
        assert_int_equal(buf_append(&body, head, 2), 0);
        for (int i = 0; i < 65; i++)
                assert_int_equal(buf_append(&body, "x", 1), 0);
        assert_int_equal(lab_ask(&l, CONTROL_SET_CLAIM_CODE, &body), CONTROL_BAD_DATA);
        lab_done(&l);
}

/* Whether a device connects while it still listens (device.md 3.8). */
static void online_while_listening(void **state)
{
        static const struct {
                const char *platform, *os;
                bool online;
        } rows[] = {
                { "argon", "5.7.0", false }, { "argon", "5.8.0", false }, { "argon", "5.8.2", true },
                { "argon", "6.1.1", false }, { "argon", "6.2.0", true },  { "p2", "5.6.0", false },
                { "p2", "6.0.0", false },    { "p2", "6.2.0", true },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = rows[i].platform, .os = rows[i].os });
                lab_open(&l);
                assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
                lab_run(LAB_MINUTE);
                assert_int_equal(l.online, rows[i].online);
                assert_int_equal(lab_cloud_status(&l),
                                 rows[i].online ? CONNECTION_CONNECTED : CONNECTION_DISCONNECTED);
                lab_send(&l, CONTROL_STOP_LISTENING, NULL);
                lab_run(LAB_MINUTE);
                assert_int_equal(l.online, 1);
                assert_int_equal(l.offline, 0);
                lab_done(&l);
        }
}

static void cloud_flags(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        go_online(&l);
        lab_run(LAB_MINUTE);
        assert_int_equal(lab_ask(&l, CONTROL_CLOUD_DISCONNECT, NULL), 0);
        assert_int_equal(l.offline, 1);
        assert_int_equal(lab_cloud_status(&l), CONNECTION_DISCONNECTED);
        lab_run(10 * LAB_MINUTE);
        assert_int_equal(l.online, 1);
        assert_int_equal(lab_ask(&l, CONTROL_CLOUD_CONNECT, NULL), 0);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 2);
        lab_done(&l);
}

/* The handshake keeps the system thread busy. */
static void nothing_is_read_during_the_handshake(void **state)
{
        struct vdevice_timing timing = vdevice_timing_default;
        struct lab l;
        uint64_t asked_ms;

        (void)state;
        timing.dtls_ms = 8000;
        lab_start(&l, &(struct lab_config){ .device.timing = &timing });
        lab_open(&l);
        go_online(&l);
        lab_run(timing.associate_ms + timing.dhcp_ms + 100);
        asked_ms = timer_now_ms();
        assert_int_equal(lab_cloud_status(&l), CONNECTION_CONNECTED);
        assert_in_range(timer_now_ms() - asked_ms, 7000, 8000);
        lab_done(&l);
}

static const struct cause {
        enum mishap_kind kind;
        long net, error; /* error 1: not 0 */
        bool attempts;
} causes[] = {
        { MISHAP_NO_ASSOCIATION, 3, 0, false }, { MISHAP_NO_ADDRESS, 3, 0, false },
        { MISHAP_NO_DNS, 4, 0, true },          { MISHAP_NO_INTERNET, 4, 0, true },
        { MISHAP_UDP_BLOCKED, 4, 1, true },     { MISHAP_BAD_KEYS, 4, 1, true },
};

static void every_cause_shows(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(causes); i++) {
                const struct cause *c = &causes[i];
                struct lab l;
                long attempts;

                lab_start(&l, &(struct lab_config){ .mishap = { { .kind = c->kind } }, .n_mishaps = 1 });
                lab_open(&l);
                go_online(&l);
                lab_run(LAB_MINUTE);
                assert_int_equal(l.online, 0);
                assert_int_equal(diagnostic(&l, "net:stat"), c->net);
                assert_int_equal(diagnostic(&l, "cloud:err") != 0, c->error);
                attempts = diagnostic(&l, "cloud:connatt");
                assert_int_equal(attempts > 0, c->attempts);
                assert_true(diagnostic(&l, "sys:uptime") >= 60);
                lab_run(LAB_MINUTE);
                assert_int_equal(diagnostic(&l, "cloud:connatt") > attempts, c->attempts);
                lab_done(&l);
        }
}

static void the_world_has_the_same_causes(void **state)
{
        static const char *const keys[] = { "dhcp", "dns", "internet", "udp5684" };
        static const long net[] = { 3, 4, 4, 4 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                char world[160];
                struct lab l;

                snprintf(world, sizeof(world),
                         "[network]\nssid = usher-lab\nsecurity = wpa2\npassword = correct horse\n%s = no\n",
                         keys[i]);
                lab_start(&l, &(struct lab_config){ .world = world });
                lab_open(&l);
                go_online(&l);
                lab_run(LAB_MINUTE);
                assert_int_equal(l.online, 0);
                assert_int_equal(diagnostic(&l, "net:stat"), net[i]);
                /* what was wrong is put right: it comes by itself */
                l.world->network[0].path = (struct world_path){ true, true, true, true };
                lab_run(5 * LAB_MINUTE);
                assert_int_equal(l.online, 1);
                assert_int_equal(diagnostic(&l, "cloud:err"), 0);
                lab_done(&l);
        }
}

static void back_off(void **state)
{
        struct vdevice_timing timing = vdevice_timing_default;
        struct lab l;

        (void)state;
        timing.dtls_ms = 0;
        lab_start(&l, &(struct lab_config){ .device.timing = &timing,
                                            .mishap = { { .kind = MISHAP_BAD_KEYS } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        lab_run(timing.associate_ms + timing.dhcp_ms);
        assert_int_equal(diagnostic(&l, "cloud:connatt"), 1);
        lab_run(5500); /* five pauses of 1 s */
        assert_int_equal(diagnostic(&l, "cloud:connatt"), 6);
        lab_run(10000); /* five of 2 s */
        assert_int_equal(diagnostic(&l, "cloud:connatt"), 11);
        lab_run(20000); /* five of 4 s */
        assert_int_equal(diagnostic(&l, "cloud:connatt"), 16);
        lab_run(6 * LAB_MINUTE); /* after 5 minutes the network is reset */
        assert_int_equal(diagnostic(&l, "net:dconnrsn"), 6);
        lab_done(&l);
}

static void diagnostics_name_what_a_product_measures(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_DIAGNOSTIC_INFO, NULL), 0);
        assert_null(memmem(l.payload.data, l.payload.len, "batt:soc", 8));
        assert_int_equal(diagnostic(&l, "net:rssi"), -1);
        go_online(&l);
        lab_run(LAB_MINUTE);
        assert_int_equal(diagnostic(&l, "net:rssi"), -48 * 256);
        assert_int_equal(diagnostic(&l, "cloud:stat"), 2);
        {
                _cleanup_(buf_done) struct buf body = buf_init(8);

                assert_int_equal(buf_append(&body, "x", 1), 0);
                assert_int_equal(lab_ask(&l, CONTROL_DIAGNOSTIC_INFO, &body), CONTROL_NOT_SUPPORTED);
        }
        lab_done(&l);
        lab_start(&l, &(struct lab_config){ .platform = "boron",
                                            .mishap = { { .kind = MISHAP_LOW_POWER } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        assert_int_equal(diagnostic(&l, "batt:soc"), 2 * 256);
        assert_int_equal(diagnostic(&l, "pwr:src"), 5);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_code_goes_with_the_first_handshake),
                cmocka_unit_test(a_resumed_session_sends_no_code),
                cmocka_unit_test(the_second_time_is_a_resumption),
                cmocka_unit_test(claim_codes_are_bounded),
                cmocka_unit_test(online_while_listening),
                cmocka_unit_test(cloud_flags),
                cmocka_unit_test(nothing_is_read_during_the_handshake),
                cmocka_unit_test(every_cause_shows),
                cmocka_unit_test(the_world_has_the_same_causes),
                cmocka_unit_test(back_off),
                cmocka_unit_test(diagnostics_name_what_a_product_measures),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
