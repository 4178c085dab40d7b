/* SPDX-License-Identifier: Apache-2.0 */

/* Profiles that were not read from a file: copies, and secrets that are handed over as bytes. */

#include "setup/flow/profile/keys.h"
#include "setup/flow/profile/read.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static void same_secret(const struct secret *a, const struct secret *b)
{
        assert_true(a != b);
        assert_true(secret_equal(a, b));
}

static void a_copy_has_everything_of_its_own(void **state)
{
        static const char text[] = "[setup]\nclaim = product\nproduct = 7\nname = Lamp {n}\ngroups = a, b\n"
                                   "[cellular]\napn = internet\nsim = external\n"
                                   "[wifi]\nssid = Home\n[wifi 2]\nssid = Guests\nsecurity = wpa2\n";
        struct trouble error = {};
        struct profile p, copy;

        (void)state;
        assert_int_equal(profile_parse(text, strlen(text), &p, &error), 0);
        assert_int_equal(profile_set_secret(&p, "wifi 2", "password", "12345678", 8, &error), 0);
        assert_int_equal(profile_set_secret(&p, "setup", "claim-code", "code", 4, &error), 0);
        assert_int_equal(profile_set_secret(&p, "cellular", "apn-password", "word", 4, &error), 0);
        assert_int_equal(profile_copy(&p, &copy), 0);
        assert_int_equal(copy.claim, CLAIM_PRODUCT);
        assert_int_equal(copy.product, 7);
        assert_true(copy.name != p.name);
        assert_string_equal(copy.name, "Lamp {n}");
        assert_string_equal(copy.groups, "a, b");
        assert_string_equal(copy.apn.name, "internet");
        assert_int_equal(copy.n_networks, 2);
        assert_string_equal(copy.sections[1], "wifi 2");
        assert_int_equal(copy.networks[1].security, WIFI_WPA2);
        same_secret(copy.networks[1].password, p.networks[1].password);
        same_secret(copy.claim_code, p.claim_code);
        same_secret(copy.apn.password, p.apn.password);
        profile_done(&p);
        assert_string_equal(secret_text(copy.networks[1].password), "12345678");
        assert_int_equal(profile_parse("[wifi]\nssid = Old\n", 18, &p, &error), 0);
        profile_take_networks(&p, &copy);
        assert_int_equal(copy.n_networks, 0);
        assert_int_equal(p.n_networks, 2);
        assert_string_equal(p.sections[1], "wifi 2");
        assert_string_equal(secret_text(p.networks[1].password), "12345678");
        profile_done(&p);
        profile_done(&copy);
}

/* A network that a person has answered comes from no section. */
static void a_network_without_section(void **state)
{
        struct profile p = { .networks = { { .ssid = "Home", .ssid_len = 4 } }, .n_networks = 1 }, copy;

        (void)state;
        assert_int_equal(profile_copy(&p, &copy), 0);
        assert_int_equal(copy.n_networks, 1);
        assert_null(copy.sections[0]);
        profile_done(&copy);
}

static void secrets_from_memory(void **state)
{
        static const struct {
                const char *section, *key;
                size_t len;
                const char *words;
        } rows[] = {
                { "wifi", "ssid", 4, "no secret 'ssid' in [wifi]" },
                { "wifi", "password-file", 4, "no secret 'password-file'" },
                { "setup", "password", 4, "no secret 'password' in [setup]" },
                { "home", "password", 4, "no section [home]" },
                { "wifi", "password", 0, "password has 0 bytes" },
                { "wifi", "password", WIFI_PASSWORD_MAX + 1, "are possible" },
        };
        char bytes[WIFI_PASSWORD_MAX + 1];
        struct trouble error = {};
        struct profile p = {};

        (void)state;
        memset(bytes, 'x', sizeof(bytes));
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                assert_int_equal(
                        profile_set_secret(&p, rows[i].section, rows[i].key, bytes, rows[i].len, &error),
                        -EINVAL);
                if (!strstr(error.cause, rows[i].words))
                        fail_msg("%s: '%s'", rows[i].key, error.cause);
        }
        assert_int_equal(profile_set(&p, "wifi", "password-file", "home.password", &error), 0);
        assert_int_equal(profile_set_secret(&p, "wifi", "password", "first", 5, &error), 0);
        assert_int_equal(profile_set_secret(&p, "wifi", "password", "second one", 10, &error), 0);
        assert_null(p.networks[0].password_file);
        assert_string_equal(secret_text(p.networks[0].password), "second one");
        profile_done(&p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_copy_has_everything_of_its_own),
                cmocka_unit_test(a_network_without_section),
                cmocka_unit_test(secrets_from_memory),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
