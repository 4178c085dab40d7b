/* SPDX-License-Identifier: Apache-2.0 */

/* Cellular devices: SIM, access point, registration (device.md 1.3, 1.3b, 3.6, 4.1). What sticks
 * across resets: test-device-setup.c. */

#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include "tests/wire/far-message.h"

static int32_t iccid(struct lab *l, struct message_sim *ret)
{
        int32_t r = lab_ask(l, CONTROL_CELLULAR_GET_ICCID, NULL);

        if (r == 0)
                assert_int_equal(message_decode_get_iccid_reply(l->payload.data, l->payload.len, ret), 0);
        return r;
}

static void iccid_and_imei(void **state)
{
        static const struct {
                const char *platform, *os;
                bool imei;
        } rows[] = {
                { "boron", "1.5.0", false },   { "bsom", "5.8.2", false }, { "b5som", "5.9.0", true },
                { "tracker", "6.0.0", false }, { "msom", "6.1.0", true },  { "esomx", "6.2.0", true },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct message_sim m;
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = rows[i].platform, .os = rows[i].os });
                lab_open(&l);
                assert_int_equal(iccid(&l, &m), 0);
                assert_true(strlen(m.iccid) >= 18);
                assert_int_equal(strlen(m.imei), rows[i].imei ? 15 : 0);
                lab_done(&l);
        }
}

static void modem_errors(void **state)
{
        struct message_sim m;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron",
                                            .mishap = { { .kind = MISHAP_MODEM_ERROR, .times = 1 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        assert_int_equal(iccid(&l, &m), CONTROL_INVALID_STATE);
        assert_int_equal(iccid(&l, &m), 0);
        lab_done(&l);
        lab_start(&l,
                  &(struct lab_config){ .platform = "boron", .world = "[cellular]\ninternal = error\n" });
        lab_open(&l);
        assert_int_equal(iccid(&l, &m), CONTROL_INVALID_STATE);
        lab_done(&l);
}

static int32_t set_apn(struct lab *l, int sim, const char *apn, bool defaults)
{
        _cleanup_(buf_done) struct buf body = buf_init(512);
        _cleanup_(secret_freep) struct secret *s = NULL;
        struct message_access_point m = { .sim_type = sim, .user = "u", .use_defaults = defaults };

        memcpy(m.apn, apn, strlen(apn));
        assert_int_equal(secret_new("p", 1, &s), 0);
        assert_int_equal(message_encode_set_access_point_request(&m, s, &body), 0);
        return lab_ask(l, CONTROL_CELLULAR_SET_ACCESS_POINT, &body);
}

static void access_points(void **state)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);
        _cleanup_(secret_freep) struct secret *password = NULL, *none = NULL;
        struct message_access_point m;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron" });
        lab_open(&l);
        assert_int_equal(lab_ask_bytes(&l, CONTROL_CELLULAR_SET_ACCESS_POINT, "\x08\x03", 2),
                         CONTROL_INVALID_ARGUMENT);
        assert_int_equal(set_apn(&l, SIM_EXTERNAL, "iot.example", false), 0);
        assert_int_equal(message_encode_get_access_point_request(SIM_EXTERNAL, &body), 0);
        assert_int_equal(lab_ask(&l, CONTROL_CELLULAR_GET_ACCESS_POINT, &body), 0);
        assert_int_equal(message_decode_get_access_point_reply(l.payload.data, l.payload.len, &m, &password),
                         0);
        assert_string_equal(m.apn, "iot.example");
        assert_string_equal(m.user, "u");
        assert_string_equal(secret_text(password), "p");
        assert_false(m.use_defaults);
        assert_int_equal(set_apn(&l, SIM_EXTERNAL, "", true), 0);
        assert_int_equal(lab_ask(&l, CONTROL_CELLULAR_GET_ACCESS_POINT, &body), 0);
        assert_int_equal(message_decode_get_access_point_reply(l.payload.data, l.payload.len, &m, &none), 0);
        assert_string_equal(m.apn, "");
        assert_true(m.use_defaults);
        lab_done(&l);
}

/* 552 checks nothing: what makes no sense is stored as well, and the device is off the air after a reset. */
static void any_sim_is_stored(void **state)
{
        struct message_sim m;
        struct lab l;
        int sim;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron" });
        lab_open(&l);
        assert_int_equal(lab_ask_bytes(&l, CONTROL_CELLULAR_SET_ACTIVE_SIM, "\x08\x03", 2), 0);
        assert_int_equal(lab_ask(&l, CONTROL_CELLULAR_GET_ACTIVE_SIM, NULL), 0);
        assert_int_equal(message_decode_get_active_sim_reply(l.payload.data, l.payload.len, &sim), 0);
        assert_int_equal(sim, 3);
        assert_int_equal(iccid(&l, &m), 0); /* until the reset */
        vdevice_press_reset(l.device);
        assert_false(lab_wait_online(&l, 20 * LAB_MINUTE));
        lab_done(&l);
}

static void registration(void **state)
{
        static const struct {
                const char *world;
                unsigned active_sim;
                const char *apn;
                bool online;
        } rows[] = {
                { "[cellular]\ninternal = ok\nregister-ms = 480000\n", 1, "", true },
                { "[cellular]\ninternal = refused\n", 1, "", false },
                { "[cellular]\ninternal = none\n", 1, "", false },
                { "[cellular]\ninternal = ok\nexternal = none\n", 2, "", false },
                { "[cellular]\nexternal = ok\n", 2, "", true },
                { "[cellular]\nexternal = ok\napn = iot.example\n", 2, "", false },
                { "[cellular]\nexternal = ok\napn = iot.example\n", 2, "internet", false },
                { "[cellular]\nexternal = ok\napn = iot.example\n", 2, "iot.example", true },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = "boron",
                                                    .world = rows[i].world,
                                                    .device.active_sim = rows[i].active_sim });
                lab_open(&l);
                if (*rows[i].apn)
                        assert_int_equal(set_apn(&l, SIM_EXTERNAL, rows[i].apn, false), 0);
                assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
                if (rows[i].online && i == 0)
                        assert_false(lab_wait_online(&l, 470000));
                assert_int_equal(lab_wait_online(&l, 15 * LAB_MINUTE), rows[i].online);
                lab_done(&l);
        }
}

/* An M SoM has both: without a Wi-Fi network it goes online by its modem. */
static void two_ways(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "msom", .os = "5.4.0" });
        lab_open(&l);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_true(lab_wait_online(&l, LAB_MINUTE));
        assert_int_equal(lab_ask(&l, CONTROL_WIFI_GET_CURRENT_NETWORK, NULL), CONTROL_INVALID_STATE);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(iccid_and_imei), cmocka_unit_test(modem_errors),
                cmocka_unit_test(access_points),  cmocka_unit_test(any_sim_is_stored),
                cmocka_unit_test(registration),   cmocka_unit_test(two_ways),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
