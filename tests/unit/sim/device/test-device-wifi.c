/* SPDX-License-Identifier: Apache-2.0 */

/* Scans, known networks, and what comes of a join later (device.md 3.6, 3.8, 4.3). Joins themselves
 * by platform and version: test-device-setup.c. */

#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"
#include <stdio.h>

static void scan(struct lab *l, struct message_networks *ret)
{
        assert_int_equal(lab_ask(l, CONTROL_WIFI_SCAN_NETWORKS, NULL), 0);
        assert_int_equal(message_decode_scan_networks_reply(l->payload.data, l->payload.len, ret), 0);
}

static const struct message_network *find(const struct message_networks *m, const char *ssid)
{
        for (size_t i = 0; i < m->n; i++)
                if (m->network[i].ssid_len == strlen(ssid) &&
                    memcmp(m->network[i].ssid, ssid, strlen(ssid)) == 0)
                        return &m->network[i];
        return NULL;
}

static const char crowd[] =
        "[network]\nssid = plain\nsecurity = wpa2\npassword = correct horse\nrssi = -61\nchannel = 11\n"
        "[network]\nssid = open\n"
        "[network]\nssid = hidden\nsecurity = wpa2\npassword = correct horse\nhidden = yes\n"
        "[network]\nssid = five\nsecurity = wpa2\npassword = correct horse\nchannel = 36\n"
        "[network]\nssid = three\nsecurity = wpa3\npassword = correct horse\n"
        "[network]\nssid = mixed\nsecurity = wpa2-wpa3\npassword = correct horse\n"
        "[network]\nssid = a,b\n"
        "[network]\nssid-hex = 226e\n";

static void what_a_scan_shows(void **state)
{
        struct message_networks m;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .world = crowd });
        lab_open(&l);
        scan(&l, &m);
        assert_int_equal(m.n, 4); /* no hidden one, no 5 GHz, no comma, no quote */
        assert_int_equal(find(&m, "plain")->rssi, -61);
        assert_int_equal(find(&m, "plain")->channel, 11);
        assert_int_equal(find(&m, "plain")->security, WIFI_WPA2);
        assert_int_equal(find(&m, "plain")->bssid_len, 6);
        assert_int_equal(find(&m, "open")->security, WIFI_OPEN);
        assert_int_equal(find(&m, "three")->security, WIFI_WPA3);
        assert_int_equal(find(&m, "mixed")->security, WIFI_WPA2_WPA3);
        lab_done(&l);
        lab_start(&l, &(struct lab_config){ .platform = "p2", .world = crowd });
        lab_open(&l);
        scan(&l, &m);
        assert_int_equal(m.n, 6);
        assert_non_null(find(&m, "five"));
        assert_non_null(find(&m, "a,b"));
        assert_null(find(&m, "three")); /* WPA3 alone is left out, mixed shows as WPA2 */
        assert_int_equal(find(&m, "mixed")->security, WIFI_WPA2);
        lab_done(&l);
}

/* known networks */

static struct message_known_networks known(struct lab *l)
{
        struct message_known_networks m;

        assert_int_equal(lab_ask(l, CONTROL_WIFI_GET_KNOWN_NETWORKS, NULL), 0);
        assert_int_equal(message_decode_get_known_networks_reply(l->payload.data, l->payload.len, &m), 0);
        return m;
}

static bool is(const struct message_known_network *n, const char *ssid)
{
        return n->ssid_len == strlen(ssid) && memcmp(n->ssid, ssid, n->ssid_len) == 0;
}

static int32_t store_as(struct lab *l, const char *ssid, int security, bool hidden)
{
        _cleanup_(secret_freep) struct secret *s = NULL;
        _cleanup_(buf_done) struct buf body = buf_init(512);
        struct message_join m = { .ssid_len = strlen(ssid),
                                  .security = security,
                                  .credentials = WIFI_CREDENTIALS_PASSWORD,
                                  .hidden = hidden };

        memcpy(m.ssid, ssid, m.ssid_len);
        assert_int_equal(secret_new("correct horse", 13, &s), 0);
        assert_int_equal(message_encode_join_new_network_request(&m, s, &body), 0);
        return lab_ask(l, CONTROL_WIFI_SET_NETWORK_CREDENTIALS, &body);
}

static int32_t store(struct lab *l, const char *ssid, bool hidden)
{
        return store_as(l, ssid, WIFI_WPA2, hidden);
}

static int32_t about(struct lab *l, uint16_t type, const char *ssid)
{
        _cleanup_(buf_done) struct buf body = buf_init(64);

        assert_int_equal(message_encode_known_network_request((const uint8_t *)ssid, strlen(ssid), &body),
                         0);
        return lab_ask(l, type, &body);
}

/* Ten fit; one more takes the place of the last; the same SSID is overwritten where it stands. */
static void the_list_of_known_networks(void **state)
{
        struct message_known_networks m;
        struct lab l;
        char ssid[8];

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        for (int i = 0; i < 10; i++) {
                snprintf(ssid, sizeof(ssid), "n%d", i);
                assert_int_equal(store(&l, ssid, false), 0);
        }
        m = known(&l);
        assert_int_equal(m.n, 10);
        assert_true(is(&m.network[0], "n0"));
        assert_true(is(&m.network[9], "n9"));
        assert_int_equal(m.network[0].security, WIFI_WPA2);
        assert_int_equal(m.network[0].credentials, WIFI_CREDENTIALS_PASSWORD);
        assert_int_equal(store(&l, "n5", false), 0);
        m = known(&l);
        assert_int_equal(m.n, 10);
        assert_true(is(&m.network[5], "n5"));
        assert_int_equal(store(&l, "new", false), 0);
        m = known(&l);
        assert_int_equal(m.n, 10);
        assert_true(is(&m.network[9], "new"));
        assert_true(is(&m.network[8], "n8"));
        assert_int_equal(about(&l, CONTROL_WIFI_REMOVE_KNOWN_NETWORK, "n5"), 0);
        assert_int_equal(about(&l, CONTROL_WIFI_REMOVE_KNOWN_NETWORK, "never there"), 0);
        assert_int_equal(known(&l).n, 9);
        assert_int_equal(lab_ask(&l, CONTROL_WIFI_CLEAR_KNOWN_NETWORKS, NULL), 0);
        assert_int_equal(known(&l).n, 0);
        lab_done(&l);
}

/* A full list: the network that is joined takes the last place, and the next that is stored takes it away,
 * until the device has connected to it once, which puts it first. */
static void a_full_list_loses_what_was_joined(void **state)
{
        struct message_known_networks m;
        struct lab l;
        char ssid[8];

        (void)state;
        for (int connected = 0; connected < 2; connected++) {
                lab_start(&l, NULL);
                lab_open(&l);
                for (int i = 0; i < 10; i++) {
                        snprintf(ssid, sizeof(ssid), "n%d", i);
                        assert_int_equal(store(&l, ssid, false), 0);
                }
                assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
                assert_true(is(&known(&l).network[9], "usher-lab"));
                if (connected)
                        lab_run(LAB_MINUTE);
                assert_int_equal(store(&l, "new", false), 0);
                m = known(&l);
                assert_int_equal(is(&m.network[0], "usher-lab"), connected);
                assert_true(is(&m.network[9], "new"));
                lab_done(&l);
        }
}

/* RTL872x stores what it is sent; an Argon looks up what was left out. */
static void security_of_a_stored_network(void **state)
{
        static const struct {
                const char *platform;
                int security; /* sent */
                unsigned stored;
                bool online;
        } rows[] = { { "p2", WIFI_OPEN, WIFI_OPEN, false },
                     { "p2", WIFI_WPA2, WIFI_WPA2, true },
                     { "argon", WIFI_OPEN, WIFI_WPA2, true } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = rows[i].platform });
                lab_open(&l);
                assert_int_equal(store_as(&l, "usher-lab", rows[i].security, false), 0);
                assert_int_equal(known(&l).network[0].security, rows[i].stored);
                (void)lab_ask(&l, CONTROL_STOP_LISTENING, NULL);
                assert_int_equal(lab_wait_online(&l, LAB_MINUTE), rows[i].online);
                lab_done(&l);
        }
}

/* As strings do. */
static void a_name_ends_at_a_zero_byte(void **state)
{
        static const uint8_t body[] = { 0x0a, 3, 'a', 0, 'b', 0x22, 2, 0x08, 0 };
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(lab_ask_bytes(&l, CONTROL_WIFI_SET_NETWORK_CREDENTIALS, body, sizeof(body)), 0);
        assert_true(is(&known(&l).network[0], "a"));
        lab_done(&l);
}

static void a_failed_join_leaves_the_old_credentials(void **state)
{
        static const char *const versions[] = { "5.7.0", "6.1.0", "6.2.0" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(versions); i++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .os = versions[i] });
                lab_open(&l);
                assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
                assert_true(lab_join(&l, "usher-lab", WIFI_WPA2, "wrong horse", false) < 0);
                assert_int_equal(known(&l).n, 1);
                (void)lab_ask(&l, CONTROL_STOP_LISTENING, NULL);
                assert_true(lab_wait_online(&l, LAB_MINUTE));
                lab_done(&l);
        }
}

static void stored_without_joining(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(store(&l, "usher-lab", false), 0);
        lab_run(LAB_MINUTE);
        assert_int_equal(l.online, 0);
        assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
        assert_true(lab_wait_online(&l, LAB_MINUTE));
        lab_done(&l);
}

static void joining_a_known_network(void **state)
{
        struct message_network now;
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(about(&l, CONTROL_WIFI_JOIN_KNOWN_NETWORK, "usher-lab"), CONTROL_NOT_FOUND);
        assert_int_equal(store(&l, "usher-lab", false), 0);
        assert_int_equal(store(&l, "far away", false), 0);
        assert_int_equal(about(&l, CONTROL_WIFI_JOIN_KNOWN_NETWORK, "far away"), CONTROL_NOT_FOUND);
        assert_int_equal(lab_ask(&l, CONTROL_WIFI_GET_CURRENT_NETWORK, NULL), CONTROL_INVALID_STATE);
        assert_int_equal(about(&l, CONTROL_WIFI_JOIN_KNOWN_NETWORK, "usher-lab"), 0);
        assert_true(lab_wait_online(&l, LAB_MINUTE));
        assert_int_equal(lab_ask(&l, CONTROL_WIFI_GET_CURRENT_NETWORK, NULL), 0);
        assert_int_equal(message_decode_get_current_network_reply(l.payload.data, l.payload.len, &now), 0);
        assert_memory_equal(now.ssid, "usher-lab", 9);
        assert_int_equal(now.rssi, -48);
        lab_done(&l);
}

/* Joined without hidden = true, a hidden network is not found again: it is in no scan. */
static void hidden_networks_need_their_flag(void **state)
{
        static const char world[] = "[network]\nssid = cave\nsecurity = wpa2\npassword = correct horse\n"
                                    "hidden = yes\n";

        (void)state;
        for (int flag = 0; flag < 2; flag++) {
                struct lab l;

                lab_start(&l, &(struct lab_config){ .world = world });
                lab_open(&l);
                assert_int_equal(lab_join(&l, "cave", WIFI_WPA2, "correct horse", flag), 0);
                assert_int_equal(lab_ask(&l, CONTROL_STOP_LISTENING, NULL), 0);
                assert_int_equal(lab_wait_online(&l, 10 * LAB_MINUTE), flag);
                lab_done(&l);
        }
}

static void the_strongest_access_point_is_taken(void **state)
{
        static const char world[] =
                "[network]\nssid = mesh\nsecurity = wpa2\npassword = correct horse\nrssi = -80\n"
                "[network]\nssid = mesh\nsecurity = wpa2\npassword = correct horse\nrssi = -50\nchannel = 11\n"
                "[network]\nssid = mesh\nsecurity = wpa2\npassword = another one\nrssi = -30\n";
        struct message_network now;
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .world = world });
        lab_open(&l);
        assert_int_equal(lab_join(&l, "mesh", WIFI_WPA2, "correct horse", false), 0);
        assert_true(lab_wait_online(&l, LAB_MINUTE));
        assert_int_equal(lab_ask(&l, CONTROL_WIFI_GET_CURRENT_NETWORK, NULL), 0);
        assert_int_equal(message_decode_get_current_network_reply(l.payload.data, l.payload.len, &now), 0);
        assert_int_equal(now.rssi, -50);
        lab_done(&l);
}

static void credentials_of_an_unknown_kind(void **state)
{
        /* ssid "x", credentials { type 2 } */
        static const uint8_t eap[] = { 0x0a, 1, 'x', 0x22, 2, 0x08, 2 };
        struct lab l;

        (void)state;
        lab_start(&l, NULL);
        lab_open(&l);
        assert_int_equal(lab_ask_bytes(&l, CONTROL_WIFI_JOIN_NEW_NETWORK, eap, sizeof(eap)),
                         CONTROL_NOT_SUPPORTED);
        lab_done(&l);
}

/* RTL872x since 5.5.0: a scan that found nothing is followed by BUSY and a reset of the Bluetooth stack. */
static void an_empty_scan_resets_the_radio(void **state)
{
        static const struct {
                const char *platform, *os;
                bool resets;
        } rows[] = { { "argon", "6.2.0", false },
                     { "p2", "5.4.1", false },
                     { "p2", "5.5.0", true },
                     { "msom", "6.2.0", true } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct message_networks m;
                struct lab l;

                lab_start(&l, &(struct lab_config){ .platform = rows[i].platform,
                                                    .os = rows[i].os,
                                                    .mishap = { { .kind = MISHAP_SCAN_EMPTY, .times = 1 } },
                                                    .n_mishaps = 1 });
                lab_open(&l);
                scan(&l, &m);
                assert_int_equal(m.n, 0);
                assert_int_equal(lab_ask(&l, CONTROL_WIFI_SCAN_NETWORKS, NULL),
                                 rows[i].resets ? CONTROL_BUSY : 0);
                if (rows[i].resets) {
                        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false),
                                         CONTROL_BUSY);
                        assert_true(lab_is_dropped(&l, 2000));
                        assert_false(l.advert.on);
                        lab_run(vdevice_timing_default.radio_reset_ms);
                        assert_true(l.advert.on);
                        lab_open(&l);
                        scan(&l, &m);
                        assert_int_equal(m.n, 1);
                }
                assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
                lab_done(&l);
        }
}

/* The join's own scan does the same, where there is nothing on the air. */
static void joining_in_a_desert(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "p2", .world = "[cellular]\ninternal = ok\n" });
        lab_open(&l);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), CONTROL_BUSY);
        assert_true(lab_is_dropped(&l, 2000));
        lab_done(&l);
}

/* A join whose link drops goes on; afterwards the network is known. */
static void the_radio_resets_during_a_join(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "p2",
                                            .mishap = { { .kind = MISHAP_JOIN_DROPS_LINK, .times = 1 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), LAB_LOST);
        lab_run(2000);
        lab_open(&l);
        assert_int_equal(known(&l).n, 1);
        lab_done(&l);
}

static void the_race_of_force_and_validate(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .os = "6.1.0",
                                            .mishap = { { .kind = MISHAP_JOIN_RACE, .times = 1 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), CONTROL_AT_NOT_OK);
        assert_int_equal(known(&l).n, 0);
        assert_int_equal(lab_join(&l, "usher-lab", WIFI_WPA2, "correct horse", false), 0);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_a_scan_shows),
                cmocka_unit_test(the_list_of_known_networks),
                cmocka_unit_test(a_full_list_loses_what_was_joined),
                cmocka_unit_test(security_of_a_stored_network),
                cmocka_unit_test(a_name_ends_at_a_zero_byte),
                cmocka_unit_test(a_failed_join_leaves_the_old_credentials),
                cmocka_unit_test(stored_without_joining),
                cmocka_unit_test(joining_a_known_network),
                cmocka_unit_test(hidden_networks_need_their_flag),
                cmocka_unit_test(the_strongest_access_point_is_taken),
                cmocka_unit_test(credentials_of_an_unknown_kind),
                cmocka_unit_test(an_empty_scan_resets_the_radio),
                cmocka_unit_test(joining_in_a_desert),
                cmocka_unit_test(the_radio_resets_during_a_join),
                cmocka_unit_test(the_race_of_force_and_validate),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
