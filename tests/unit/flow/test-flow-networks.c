/* SPDX-License-Identifier: Apache-2.0 */

/* The profile's other networks: stored as they can be used, never in place of the one that was joined, and
 * read back: what is not there as it was meant is told. */

#include "proto/control.h"
#include "setup/flow/wifi-seen.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/flow/scene.h"
#include <stdio.h>
#include <string.h>

enum { LIMIT = 3600000 };

static const char TWO[] = "[wifi]\nssid = Home\n[wifi 2]\nssid = Office\n";

/* "Office" is on the air with that security, or not at all. */
static void two_networks(struct scene *s, bool rtl, int office)
{
        struct message_networks *air = &s->world.wifi.air;

        scene_init(s, TWO);
        scene_set_password(s, 0, "password");
        scene_set_password(s, 1, "of the office");
        s->world.device.platform_id = rtl ? 32 : 12;
        s->world.device.rtl = rtl;
        if (office < 0)
                return;
        air->network[air->n] = (struct message_network){ .security = office, .rssi = -70, .ssid_len = 6 };
        memcpy(air->network[air->n++].ssid, "Office", 6);
}

static void run(struct scene *s)
{
        assert_true(scene_run(s, LIMIT));
        if (s->job.end.outcome != JOB_DONE)
                fail_msg("%s: %s\n%s", fault_info(s->job.end.trouble.fault)->key, s->job.end.trouble.cause,
                         s->world.log);
}

static const struct message_known_network *kept(const struct scene *s, const char *name)
{
        const struct message_known_networks *k = &s->world.wifi.kept;

        for (size_t i = 0; i < k->n; i++)
                if (k->network[i].ssid_len == strlen(name) &&
                    memcmp(k->network[i].ssid, name, strlen(name)) == 0)
                        return &k->network[i];
        return NULL;
}

static void fill(struct scene *s, size_t n)
{
        struct message_known_networks *k = &s->world.wifi.kept;

        for (k->n = 0; k->n < n; k->n++)
                k->network[k->n] = (struct message_known_network){ .ssid = { 'n', (uint8_t)('0' + k->n) },
                                                                   .ssid_len = 2 };
}

static void with_the_security_that_is_seen(void **state)
{
        static const struct {
                int air, stored;
        } cases[] = { { WIFI_WPA2, WIFI_WPA2 },
                      { WIFI_WPA, WIFI_WPA },
                      { WIFI_WPA2_WPA3, WIFI_WPA2_WPA3 },
                      { -1, WIFI_WPA2 } };

        (void)state;
        for (size_t i = 0; i < 2 * ELEMENTSOF(cases); i++) {
                struct scene s;

                two_networks(&s, i % 2, cases[i / 2].air);
                run(&s);
                assert_int_equal(kept(&s, "Office")->security, cases[i / 2].stored);
                assert_string_equal(s.job.end.trouble.cause, "");
                assert_non_null(strstr(s.world.log, "ask 502 506;ask 500;ask 507 502;"));
                scene_done(&s);
        }
}

static void assert_told(const struct scene *s, const char *what)
{
        assert_int_equal(s->job.end.trouble.fault, FAULT_NONE);
        assert_false(s->job.end.verified);
        if (!strstr(s->job.end.trouble.cause, what))
                fail_msg("%s: %s", what, s->job.end.trouble.cause);
}

static void refused(void **state)
{
        static const struct {
                int32_t result;
                const char *cause;
        } cases[] = {
                { CONTROL_NOT_SUPPORTED,
                  "not saved on the device: \"Office\" (its Device OS keeps only networks that it has joined)" },
                { CONTROL_NO_MEMORY, "\"Office\" (the device answers NO_MEMORY, -260)" },
                { -9999, "an error, -9999" }
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct scene s;

                two_networks(&s, false, WIFI_WPA2);
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                                       .type = CONTROL_WIFI_SET_NETWORK_CREDENTIALS,
                                                       .what = FAKE_RESULT,
                                                       .result = cases[i].result });
                run(&s);
                assert_told(&s, cases[i].cause);
                scene_done(&s);
        }
}

/* The last place is that of the network that was joined. */
static void a_full_list(void **state)
{
        (void)state;
        for (size_t used = 8; used <= 10; used++) {
                struct scene s;

                two_networks(&s, used % 2, WIFI_WPA2);
                fill(&s, used);
                run(&s);
                assert_non_null(kept(&s, "Home"));
                assert_int_equal(kept(&s, "Office") != NULL, used == 8);
                if (used == 8)
                        assert_string_equal(s.job.end.trouble.cause, "");
                else
                        assert_told(&s, "\"Office\" (its list of 10 is full: usher wifi forget makes room)");
                scene_done(&s);
        }
}

/* What it knows already needs no room. */
static void a_full_list_that_has_it(void **state)
{
        struct scene s;

        (void)state;
        two_networks(&s, false, WIFI_WPA2);
        fill(&s, 10);
        s.world.wifi.kept.network[3].ssid_len = 6;
        memcpy(s.world.wifi.kept.network[3].ssid, "Office", 6);
        run(&s);
        assert_int_equal(kept(&s, "Office")->security, WIFI_WPA2);
        assert_string_equal(s.job.end.trouble.cause, "");
        scene_done(&s);
}

/* What it lists afterwards is another thing, once (the network that it joined is missing), or for good. */
static void read_back(void **state)
{
        static const char none[] = "";
        struct fake_rule rule = { .kind = FAKE_ASK,
                                  .type = CONTROL_WIFI_GET_KNOWN_NETWORKS,
                                  .first = 1,
                                  .what = FAKE_BODY,
                                  .body = none };
        struct scene s;

        (void)state;
        two_networks(&s, false, WIFI_WPA2);
        fake_add(&s.world, rule);
        run(&s);
        assert_int_equal(scene_count(s.world.log, "ask 500"), 2);
        assert_string_equal(s.job.end.trouble.cause, "");
        scene_done(&s);

        two_networks(&s, false, WIFI_WPA2);
        rule.times = FAKE_ALWAYS;
        fake_add(&s.world, rule);
        assert_true(scene_run(&s, LIMIT));
        assert_int_equal(s.job.end.trouble.fault, FAULT_WIFI_JOIN);
        assert_non_null(strstr(s.job.end.trouble.cause, "does not keep it"));
        scene_done(&s);

        two_networks(&s, false, WIFI_WPA2);
        rule = (struct fake_rule){ .kind = FAKE_ASK,
                                   .type = CONTROL_WIFI_GET_KNOWN_NETWORKS,
                                   .first = 1,
                                   .what = FAKE_RESULT,
                                   .result = CONTROL_NOT_ALLOWED };
        fake_add(&s.world, rule);
        run(&s);
        assert_told(&s, "\"Office\" (the device does not tell which networks it keeps)");
        scene_done(&s);
}

/* Another run joined it: what there is, and what is on the air, is asked now. */
static void after_a_restart(void **state)
{
        struct scene s;

        (void)state;
        two_networks(&s, true, WIFI_WPA);
        s.job.wifi.network = 0;
        s.job.wifi.join = JOIN_DONE;
        s.world.wifi.joined = true;
        memcpy(s.world.wifi.current, "Home", 4);
        s.world.wifi.current_len = 4;
        run(&s);
        assert_int_equal(kept(&s, "Office")->security, WIFI_WPA);
        assert_non_null(strstr(s.world.log, "ask 502 506;ask 507 502;"));
        scene_done(&s);
}

/* A network that no scan shows and that an Argon joined all the same is hidden. */
static void joined_and_not_seen(void **state)
{
        (void)state;
        for (int rtl = 0; rtl < 2; rtl++) {
                struct scene s;

                two_networks(&s, rtl, WIFI_WPA2);
                fake_add(&s.world, (struct fake_rule){ .kind = FAKE_ASK,
                                                       .type = CONTROL_WIFI_SCAN_NETWORKS,
                                                       .what = FAKE_BODY,
                                                       .body = "" });
                run(&s);
                assert_int_equal(s.world.wifi.sent.hidden, !rtl);
                scene_done(&s);
        }
}

static void hear(struct message_networks *scan, const char *ssid, int rssi)
{
        struct message_network *n = &scan->network[scan->n++];

        n->ssid_len = strlen(ssid);
        memcpy(n->ssid, ssid, n->ssid_len);
        n->rssi = rssi;
}

static void networks_are_sorted_and_told_once(void **state)
{
        struct message_networks scan = {};
        struct message_network sorted[MESSAGE_NETWORKS_MAX];

        (void)state;
        hear(&scan, "Home", -70);
        hear(&scan, "", -20);
        hear(&scan, "Guests", -60);
        hear(&scan, "Far", -90);
        hear(&scan, "Home", -40);
        hear(&scan, "Guests", -80);
        assert_int_equal(wifi_seen_sorted(&scan, sorted), 3);
        assert_memory_equal(sorted[0].ssid, "Home", 4);
        assert_int_equal(sorted[0].rssi, -40);
        assert_memory_equal(sorted[1].ssid, "Guests", 6);
        assert_int_equal(sorted[1].rssi, -60);
        assert_memory_equal(sorted[2].ssid, "Far", 3);

        scan.n = 0;
        for (int i = 0; i < MESSAGE_NETWORKS_MAX; i++) {
                char name[8];

                (void)snprintf(name, sizeof(name), "n%d", i);
                hear(&scan, name, -100 + i);
        }
        assert_int_equal(wifi_seen_sorted(&scan, sorted), MESSAGE_NETWORKS_MAX);
        assert_int_equal(sorted[0].rssi, -100 + MESSAGE_NETWORKS_MAX - 1);
        assert_int_equal(sorted[MESSAGE_NETWORKS_MAX - 1].rssi, -100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(networks_are_sorted_and_told_once),
                cmocka_unit_test(with_the_security_that_is_seen),
                cmocka_unit_test(refused),
                cmocka_unit_test(a_full_list),
                cmocka_unit_test(a_full_list_that_has_it),
                cmocka_unit_test(read_back),
                cmocka_unit_test(after_a_restart),
                cmocka_unit_test(joined_and_not_seen),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
