/* SPDX-License-Identifier: Apache-2.0 */

/* The world's file: every key, and errors that say where without showing a password. */

#include "tests/sim/device/world.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct world *parse(const char *text)
{
        _cleanup_(freep) char *why = NULL;
        struct world *w;

        if (world_parse(text, &why, &w) < 0)
                fail_msg("%s", why);
        return w;
}

static void the_world_without_a_file(void **state)
{
        _cleanup_(world_freep) struct world *w = NULL;

        (void)state;
        assert_int_equal(world_new(&w), 0);
        assert_int_equal(w->n_networks, 1);
        assert_memory_equal(w->network[0].ssid, "usher-lab", 9);
        assert_string_equal(secret_text(w->network[0].password), "correct horse");
        assert_int_equal(w->network[0].security, WORLD_WPA2);
        assert_int_equal(w->network[0].rssi, -48);
        assert_false(w->network[0].hidden);
        assert_true(w->network[0].path.dhcp && w->network[0].path.dns && w->network[0].path.internet &&
                    w->network[0].path.udp5684);
        assert_int_equal(w->cellular.sim[1], WORLD_SIM_OK);
        assert_int_equal(w->cellular.sim[2], WORLD_SIM_NONE);
        assert_int_equal(w->cellular.register_ms, 5000);
        assert_false(w->ethernet.wing);
}

static void every_key(void **state)
{
        _cleanup_(world_freep) struct world *w = parse(
                "[network]\nssid = Home\nsecurity = wpa2-wpa3\npassword = a b#c\nrssi = -77\n"
                "channel = 149\nhidden = yes\ndhcp = no\ndns = no\ninternet = no\nudp5684 = no\n"
                "[network]\nssid-hex = 00ff2c\n"
                "[ethernet]\nwing = yes\ncable = no\ndhcp = no\n"
                "[cellular]\ninternal = refused\nexternal = ok\napn = iot.example\nregister-ms = 90000\n"
                "rssi = -101\ninternet = no\n");

        (void)state;
        assert_int_equal(w->n_networks, 2);
        assert_int_equal(w->network[0].security, WORLD_WPA2_WPA3);
        assert_string_equal(secret_text(w->network[0].password), "a b#c");
        assert_int_equal(w->network[0].rssi, -77);
        assert_int_equal(w->network[0].channel, 149);
        assert_true(w->network[0].hidden);
        assert_false(w->network[0].path.dhcp || w->network[0].path.dns || w->network[0].path.internet ||
                     w->network[0].path.udp5684);
        assert_int_equal(w->network[1].ssid_len, 3);
        assert_memory_equal(w->network[1].ssid, "\0\xff,", 3);
        assert_int_equal(w->network[1].security, WORLD_OPEN);
        assert_true(w->network[1].path.dhcp);
        assert_memory_not_equal(w->network[0].bssid, w->network[1].bssid, 6);
        assert_true(w->ethernet.wing);
        assert_false(w->ethernet.cable || w->ethernet.path.dhcp);
        assert_int_equal(w->cellular.sim[1], WORLD_SIM_REFUSED);
        assert_int_equal(w->cellular.sim[2], WORLD_SIM_OK);
        assert_string_equal(w->cellular.apn, "iot.example");
        assert_int_equal(w->cellular.register_ms, 90000);
        assert_int_equal(w->cellular.rssi, -101);
        assert_false(w->cellular.path.internet);
}

static void an_empty_file_is_a_desert(void **state)
{
        _cleanup_(world_freep) struct world *w = parse("");

        (void)state;
        assert_int_equal(w->n_networks, 0);
}

static void errors(void **state)
{
        static const struct {
                const char *text, *why;
        } rows[] = {
                { "[network]\nrssi = -5\n", "has no ssid" },
                { "[network]\nssid = A\nrssi = loud\n", "line 3: [network] rssi" },
                { "[network]\nssid = A\nssid-hex = zz\n", "line 3" },
                { "[network]\nssid = 123456789012345678901234567890123\n", "line 2: [network] ssid" },
                { "[network]\nssid = A\nsecurity = wpa9\n", "line 3: [network] security" },
                { "[network]\nssid = A\nsecurity = wpa2\n", "number 1 has no password" },
                { "[network]\nssid = A\npassword = verysecretthing\n", "is open and has a password" },
                { "[network]\nssid = A\ncolour = red\n", "[network] has no key 'colour'" },
                { "[network]\nssid = A\n[network]\nsecurity = wpa2\nsecurity = wpa\n", "comes twice" },
                { "[moon]\nphase = full\n", "[moon] has no key 'phase'" },
                { "[cellular]\ninternal = maybe\n", "line 2: [cellular] internal" },
                { "[cellular]\nregister-ms = -1\n", "line 2" },
                { "[network\nssid = A\n", "line 1" },
                { "nonsense\n", "line 1" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(freep) char *why = NULL;
                struct world *w = NULL;

                assert_int_equal(world_parse(rows[i].text, &why, &w), -EINVAL);
                assert_null(w);
                assert_non_null(why);
                if (!strstr(why, rows[i].why))
                        fail_msg("row %zu: \"%s\"", i, why);
                assert_null(strstr(why, "verysecretthing"));
        }
}

static void too_many_networks(void **state)
{
        char text[WORLD_NETWORKS_MAX * 32 + 64];
        _cleanup_(freep) char *why = NULL;
        struct world *w = NULL;
        size_t len = 0;

        (void)state;
        for (int i = 0; i <= WORLD_NETWORKS_MAX; i++)
                len += (size_t)snprintf(text + len, sizeof(text) - len, "[network]\nssid = n%d\n", i);
        assert_int_equal(world_parse(text, &why, &w), -E2BIG);
        assert_non_null(why);
}

static void no_file(void **state)
{
        struct world *w = NULL;
        char *why = NULL;

        (void)state;
        assert_int_equal(world_load("/nonexistent/world", &why, &w), -ENOENT);
        assert_null(why);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_world_without_a_file),  cmocka_unit_test(every_key),
                cmocka_unit_test(an_empty_file_is_a_desert), cmocka_unit_test(errors),
                cmocka_unit_test(too_many_networks),         cmocka_unit_test(no_file),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
