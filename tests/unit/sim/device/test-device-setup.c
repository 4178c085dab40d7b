/* SPDX-License-Identifier: Apache-2.0 */

/* What a setup does to a device: joining by version and world, leaving listening mode, the sticky SIM,
 * Ethernet (device.md 1.3b, 1.4, 3.6-3.8, 4). */

#include "proto/base/timer-virtual.h"
#include "proto/message.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include <string.h>

static const char world[] =
        "[network]\nssid = home\nsecurity = wpa2\npassword = correct horse\n"
        "[network]\nssid = open\nsecurity = open\n"
        "[network]\nssid = hidden\nsecurity = wpa2\npassword = correct horse\nhidden = yes\n"
        "[network]\nssid = five\nsecurity = wpa2\npassword = correct horse\nchannel = 36\n"
        "[network]\nssid = three\nsecurity = wpa3\npassword = correct horse\n"
        "[network]\nssid = far\nsecurity = wpa2\npassword = correct horse\nrssi = -95\n";

static void joins(void **state)
{
        static const struct {
                const char *platform, *os, *ssid;
                int security;
                const char *password;
                bool hidden;
                int32_t result;
        } rows[] = {
                { "argon", "6.2.0", "home", 0, "correct horse", false, 0 },
                { "argon", "6.2.0", "home", 3, "correct horse", false, 0 },
                { "argon", "6.2.0", "home", 3, "wrong", false, -1200 },
                { "argon", "6.1.0", "home", 3, "wrong", false, -1200 },
                { "argon", "5.8.0", "home", 3, "wrong", false, -1200 },
                { "argon", "5.7.0", "home", 3, "wrong", false, -170 },
                { "argon", "6.0.0", "home", 3, "wrong", false, -170 },
                { "argon", "3.3.0", "nowhere", 3, "correct horse", false, -170 },
                { "argon", "6.2.0", "nowhere", 3, "correct horse", false, -1200 },
                { "argon", "6.2.0", "open", 0, NULL, false, 0 },
                { "argon", "6.2.0", "hidden", 3, "correct horse", true, 0 },
                { "argon", "6.2.0", "five", 3, "correct horse", false, -1200 },
                { "argon", "6.2.0", "far", 3, "correct horse", false, -1200 },
                { "argon", "6.2.0", "three", 5, "correct horse", true, 0 },
                { "p2", "6.2.0", "home", 0, "correct horse", false, 0 },
                { "p2", "6.2.0", "home", 0, "wrongwrong", false, -250 },
                { "p2", "6.2.0", "home", 0, "short", false, -270 },
                { "p2", "6.2.0", "nowhere", 3, "correct horse", false, -210 },
                { "p2", "6.2.0", "five", 0, "correct horse", false, 0 },
                { "p2", "6.2.0", "hidden", 3, "correct horse", true, 0 },
                { "p2", "5.7.0", "home", 0, "wrongwrong", false, -170 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;
                int32_t r;

                lab_start(&l, &(struct lab_config){
                                      .platform = rows[i].platform, .os = rows[i].os, .world = world });
                lab_open(&l);
                r = lab_join(&l, rows[i].ssid, rows[i].security, rows[i].password, rows[i].hidden);
                if (r != rows[i].result)
                        fail_msg("%s %s, %s: %d, not %d", rows[i].platform, rows[i].os, rows[i].ssid, r,
                                 rows[i].result);
                assert_int_equal(lab_facts(&l).known_networks, r == 0);
                lab_done(&l);
        }
}

static void leaving_listening_mode_by_chip_and_version(void **state)
{
        static const struct {
                const char *platform, *os;
                int32_t result;
        } rows[] = {
                { "argon", "6.2.0", 0 },     { "boron", "4.2.0", 0 },     { "p2", "5.4.0", 0 },
                { "p2", "5.4.1", LAB_LOST }, { "p2", "6.2.0", LAB_LOST }, { "msom", "5.8.0", LAB_LOST },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = rows[i].platform,
                                                    .os = rows[i].os,
                                                    .device = { .setup_done = true } });
                lab_open(&l);
                if (strcmp(rows[i].platform, "boron") != 0)
                        assert_int_equal(lab_join(&l, "usher-lab", 0, "correct horse", false), 0);
                assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), rows[i].result);
                assert_true(lab_wait_online(&l, 120000));
                assert_false(l.advert.on);
                lab_done(&l);
        }
}

static int32_t set_sim(struct lab *l, int sim)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);

        assert_int_equal(message_encode_set_active_sim_request(sim, &body), 0);
        return lab_ask(l, CONTROL_CELLULAR_SET_ACTIVE_SIM, &body);
}

static void reopen(struct lab *l, uint16_t reset)
{
        _cleanup_(buf_done) struct buf body = buf_init(16);

        assert_int_equal(message_encode_set_startup_mode_request(DEVICE_MODE_LISTENING, &body), 0);
        assert_int_equal(lab_ask(l, CONTROL_SET_STARTUP_MODE, &body), 0);
        assert_int_equal(lab_ask(l, reset, NULL), 0);
        timer_virtual_advance(20000);
        lab_open(l);
}

static void expect_iccid(struct lab *l, const char *start)
{
        struct message_sim sim;

        assert_int_equal(lab_ask(l, CONTROL_CELLULAR_GET_ICCID, NULL), 0);
        assert_int_equal(message_decode_get_iccid_reply(l->payload.data, l->payload.len, &sim), 0);
        assert_memory_equal(sim.iccid, start, strlen(start));
}

static void the_external_sim_sticks(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "boron",
                                            .world = "[cellular]\ninternal = ok\nexternal = ok\n",
                                            .device = { .setup_done = true } });
        lab_open(&l);
        expect_iccid(&l, "8934");
        assert_int_equal(set_sim(&l, SIM_EXTERNAL), 0);
        expect_iccid(&l, "8934"); /* until the next start */
        reopen(&l, CONTROL_RESET);
        expect_iccid(&l, "8988");
        reopen(&l, CONTROL_FACTORY_RESET);
        expect_iccid(&l, "8988"); /* the reason for many a complaint */
        assert_int_equal(set_sim(&l, SIM_INTERNAL), 0);
        reopen(&l, CONTROL_RESET);
        expect_iccid(&l, "8934");
        lab_done(&l);
}

static bool has_ethernet(struct lab *l)
{
        struct message_interfaces m;

        assert_int_equal(lab_ask(l, CONTROL_NETWORK_GET_INTERFACE_LIST, NULL), 0);
        assert_int_equal(message_decode_get_interface_list_reply(l->payload.data, l->payload.len, &m), 0);
        for (size_t i = 0; i < m.n; i++)
                if (m.entry[i].type == INTERFACE_ETHERNET)
                        return true;
        return false;
}

static void ethernet_is_looked_for_at_boot(void **state)
{
        struct lab l;
        _cleanup_(buf_done) struct buf body = buf_init(16);

        (void)state;
        lab_start(&l, &(struct lab_config){ .world = "[ethernet]\nwing = yes\ncable = yes\n",
                                            .device = { .setup_done = true } });
        lab_open(&l);
        assert_false(has_ethernet(&l));
        assert_int_equal(message_encode_set_feature_request(DEVICE_FEATURE_ETHERNET_DETECTION, true, &body),
                         0);
        assert_int_equal(lab_ask(&l, CONTROL_SET_FEATURE, &body), 0);
        assert_false(has_ethernet(&l));
        reopen(&l, CONTROL_RESET);
        assert_true(has_ethernet(&l));
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_true(lab_wait_online(&l, 60000));
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(joins),
                cmocka_unit_test(leaving_listening_mode_by_chip_and_version),
                cmocka_unit_test(the_external_sim_sticks),
                cmocka_unit_test(ethernet_is_looked_for_at_boot),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
