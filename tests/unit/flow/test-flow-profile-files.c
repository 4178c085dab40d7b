/* SPDX-License-Identifier: Apache-2.0 */

/* Profiles as people and their editors write them. */

#include "setup/flow/profile/read.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int parse(const char *text, struct profile *ret, struct trouble *error)
{
        return profile_parse(text, strlen(text), ret, error);
}

/* What editors and people add, where it can be meant in one way only. */
static void as_people_write_it(void **state)
{
        static const char text[] = "\xef\xbb\xbf[Setup]                 ; the site\r\n"
                                   "  Claim = NONE            # nothing\r\n"
                                   "  name = \"Lamp #{n}\"     ; numbered  \r\n"
                                   "\t\r\n"
                                   "[WiFi 2] # upstairs\r\n"
                                   "ssid = \"usher-lab\"\r\n"
                                   "password-file = home.password     ; beside the profile\r\n"
                                   "[Cellular]\r\ncountry = de\r\n"
                                   "[wifi 3]\r\n"
                                   "ssid = \"\"quoted\" ;\"\r\n"
                                   "security = open#ly\r\n";
        static const char good[] = "[wifi]\nssid = 's Heeren Loo\nhidden = Yes\n"
                                   "[wifi 2]\nssid = \"\"q\"\"\n[wifi 3]\nssid='a '\n"
                                   "[wifi 4]\nssid = #tag\n";
        struct trouble error = {};
        struct profile p;

        (void)state;
        assert_int_equal(parse(text, &p, &error), -EINVAL);
        assert_string_equal(error.cause,
                            "line 12: security is auto, open, wep, wpa, wpa2, wpa-wpa2, wpa3 or "
                            "wpa2-wpa3, not 'open#ly'");
        assert_int_equal(profile_parse(text, strlen(text) - strlen("security = open#ly\r\n"), &p, &error),
                         0);
        assert_int_equal(p.claim, CLAIM_NONE);
        assert_string_equal(p.country, "DE");
        assert_string_equal(p.name, "Lamp #{n}");
        assert_int_equal(p.n_networks, 2);
        assert_string_equal(p.sections[0], "wifi 2");
        assert_int_equal(p.networks[0].ssid_len, 9);
        assert_memory_equal(p.networks[0].ssid, "usher-lab", 9);
        assert_string_equal(p.networks[0].password_file, "home.password");
        assert_int_equal(p.networks[1].ssid_len, 7);
        assert_memory_equal(p.networks[1].ssid, "\"quoted", 7);
        profile_done(&p);
        assert_int_equal(profile_parse(good, strlen(good) - strlen("[wifi 4]\nssid = #tag\n"), &p, &error),
                         0);
        assert_memory_equal(p.networks[0].ssid, "'s Heeren Loo", 13);
        assert_true(p.networks[0].hidden);
        assert_int_equal(p.networks[1].ssid_len, 3);
        assert_memory_equal(p.networks[1].ssid, "\"q\"", 3);
        assert_memory_equal(p.networks[2].ssid, "a ", 2);
        profile_done(&p);
}

/* A path is as long as it is, and a text that is none is said to be none. */
static void lengths_and_encodings(void **state)
{
        char text[1200];
        struct trouble error = {};
        struct profile p;

        (void)state;
        (void)snprintf(text, sizeof(text), "[wifi]\nssid = a\npassword-file = /%0999d\n", 0);
        assert_int_equal(parse(text, &p, &error), 0);
        assert_int_equal(strlen(p.networks[0].password_file), 1000);
        profile_done(&p);
        assert_int_equal(profile_parse("\xff\xfe[\0", 4, &p, &error), -EINVAL);
        assert_non_null(strstr(error.cause, "UTF-16: save it as UTF-8"));
        assert_int_equal(profile_parse("[wifi]\nssid = a\0b\n", 18, &p, &error), -EINVAL);
        assert_non_null(strstr(error.cause, "byte 16 is of value zero"));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(as_people_write_it),
                cmocka_unit_test(lengths_and_encodings),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
