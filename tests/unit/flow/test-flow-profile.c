/* SPDX-License-Identifier: Apache-2.0 */

/* Profiles: what is accepted, what is refused and with which words, and that no secret stands in one. */

#include "setup/flow/profile/check.h"
#include "setup/flow/profile/keys.h"
#include "setup/flow/profile/read.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The line that the cause begins with; 0: none. */
static unsigned line_of(const struct trouble *t)
{
        unsigned line = 0;

        return sscanf(t->cause, "line %u: ", &line) == 1 ? line : 0;
}

static int parse(const char *text, struct profile *ret, struct trouble *error)
{
        return profile_parse(text, strlen(text), ret, error);
}

static void everything(void **state)
{
        static const char text[] = "# a site\n"
                                   "; another comment\n"
                                   "\n"
                                   "[setup]\r\n"
                                   "claim = none\r\n"
                                   "name: Lamp in the hall\n"
                                   "secret-file = /etc/usher/product\n"
                                   "[wifi]\n"
                                   "ssid = Home = 1\n"
                                   "password-file = home.password\n"
                                   "security = wpa2-wpa3\n"
                                   "hidden = yes\n"
                                   "[wifi guests]\n"
                                   "ssid-hex = 01ff7E\n"
                                   "security=open\n"
                                   "hidden=no";
        struct trouble error = {};
        struct profile p;

        (void)state;
        assert_int_equal(parse(text, &p, &error), 0);
        assert_int_equal(p.claim, CLAIM_NONE);
        assert_string_equal(p.name, "Lamp in the hall");
        assert_string_equal(p.secret_file, "/etc/usher/product");
        assert_int_equal(p.n_networks, 2);
        assert_int_equal(p.networks[0].ssid_len, 8);
        assert_memory_equal(p.networks[0].ssid, "Home = 1", 8);
        assert_string_equal(p.networks[0].password_file, "home.password");
        assert_int_equal(p.networks[0].security, WIFI_WPA2_WPA3);
        assert_true(p.networks[0].hidden);
        assert_int_equal(p.networks[1].ssid_len, 3);
        assert_memory_equal(p.networks[1].ssid, "\x01\xff~", 3);
        assert_int_equal(p.networks[1].security, WIFI_OPEN);
        assert_false(p.networks[1].hidden);
        profile_done(&p);
}

static void nothing(void **state)
{
        struct trouble error = {};
        struct profile p;

        (void)state;
        assert_int_equal(parse("", &p, &error), 0);
        assert_int_equal(p.claim, CLAIM_USER);
        assert_int_equal(p.n_networks, 0);
        assert_null(p.name);
        assert_int_equal(profile_check(&p, &error), 0);
        profile_done(&p);
}

static void refusals_name_line_and_reason(void **state)
{
        static const struct {
                const char *text;
                unsigned line;
                const char *why;
        } cases[] = {
                { "[setup]\nclaim = me\n", 2, "user, product, customer or none, not 'me'" },
                { "[setup]\n\n# x\ncliam = user\n", 4, "unknown key 'cliam' in [setup]" },
                { "[setup]\nssid = x\n", 2, "unknown key 'ssid' in [setup]" },
                { "[network]\nssid = x\n", 2, "no section [network]" },
                { "[wifix]\nssid = x\n", 2, "no section [wifix]" },
                { "ssid = x\n", 1, "before the first [section]" },
                { "[wifi]\npassword = 12345678\n", 2, "never stands in a profile" },
                { "[wifi]\nssid = x\nssid = y\n", 3, "'ssid' is given twice" },
                { "[wifi]\nssid = 123456789012345678901234567890123\n", 2, "33 bytes" },
                { "[wifi]\nssid =\n", 2, "0 bytes" },
                { "[wifi]\nssid-hex = 0\n", 2, "hexadecimal" },
                { "[wifi]\nssid-hex = 0g\n", 2, "no digit" },
                { "[wifi]\nsecurity = wpa4\n", 2, "not 'wpa4'" },
                { "[wifi]\nhidden = true\n", 2, "yes or no" },
                { "[wifi]\nssid = a ;b\n", 2,
                  "';' after a blank may begin a comment or belong to the value" },
                { "[wifi]\nssid = Cafe #5\n", 2, "or the value in quotes" },
                { "[setup]\nname = #1\n", 2, "'#' after a blank" },
                { "[wifi]\nssid = a\n  b\n", 3, "neither" },
                { "[wifi]\nssid\n", 2, "neither" },
                { "[wifi\nssid = x\n", 1, "the ']' of the section is missing" },
                { "[wifi] home\n", 1, "more behind the ']'" },
                { "[wifi]\n= x\n", 2, "a key is missing" },
                { "[setup]\nname = \"\"\n", 2, "name is empty" },
                { "[setup]\nclaim = # none\n", 2, "not ''" },
                { "[setup]\nname =\n", 2, "name is empty" },
                { "[setup]\nname = Caf\xe9\n", 2, "name is not plain text: UTF-8" },
                { "[setup]\nnotes = a\tb\n", 2, "notes is not plain text: UTF-8" },
                { "[setup]\ngroups = a, North Hall\n", 2, "small letters, digits, '-' and '_'" },
                { "[setup]\ngroups = a,\xc0\xaf\n", 2, "groups is not plain text" },
                { "[setup]\npassword-file =\n", 2, "unknown key" },
                { "[wifi 123456789012345678901234567890123456789012345]\nssid=x\n", 1,
                  "section is too long" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct trouble error = {};
                struct profile p;

                if (parse(cases[i].text, &p, &error) != -EINVAL)
                        fail_msg("accepted: %s", cases[i].text);
                if (line_of(&error) != cases[i].line || !strstr(error.cause, cases[i].why))
                        fail_msg("%s: line %u: %s", cases[i].text, line_of(&error), error.cause);
        }
}

/* Values that mean nothing without another one, or beside it. */
static void contradictions(void **state)
{
        static const struct {
                const char *text, *why; /* NULL: none */
        } cases[] = {
                { "[wifi]\nssid-hex = 610062\n", "byte of value zero" },

                { "[setup]\nclaim = product\n", "needs the number of the product" },
                { "[setup]\nclaim-user = me\n", "claim-user goes with claim = product" },
                { "[setup]\ngroups = a\n", "give product" },
                { "[setup]\nclaim = customer\n", "needs the product that the customer" },
                { "[setup]\nclaim = customer\nproduct = 1\ncustomer = a@b\n", "go together" },
                { "[setup]\nclaim = product\nproduct = 1\nrequest-transfer = yes\n",
                  "goes with claim = user" },
                { "[setup]\nclaim = customer\nproduct = 1\nrequest-transfer = yes\n",
                  "goes with claim = user" },
                { "[setup]\nclaim = customer\nproduct = 1\n[cellular]\ncountry = DE\n",
                  "goes with claim = user or product" },
                { "[setup]\nclaim = none\nrequest-transfer = yes\nproduct = 1\n[cellular]\ncountry = DE\n",
                  NULL },
                { "[setup]\nrequest-transfer = yes\nproduct = 1\n[cellular]\ncountry = DE\n", NULL },
                { "[setup]\nclaim = product\nproduct = 1\n[cellular]\ncountry = DE\n", NULL },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct trouble error = {};
                struct profile p;
                int e;

                assert_int_equal(parse(cases[i].text, &p, &error), 0);
                e = profile_check(&p, &error);
                if (cases[i].why ? e != -EINVAL || !strstr(error.cause, cases[i].why) : e != 0)
                        fail_msg("%s: %s", cases[i].text, error.cause);
                profile_done(&p);
        }
}

static void claim_codes(void **state)
{
        static const struct {
                const char *code;
                size_t len;
                bool good;
        } cases[] = { { "Ab0+/=-_", 8, true }, { "two words", 9, false }, { "\"ab\",", 5, false },
                      { "a\nb", 3, false },    { "a\0b", 3, false },      { "\xc3\xa9", 2, false } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct profile p = {};
                struct trouble error = {};

                assert_int_equal(secret_new(cases[i].code, cases[i].len, &p.claim_code), 0);
                assert_int_equal(profile_check(&p, &error), cases[i].good ? 0 : -EINVAL);
                p.request_transfer = true;
                assert_int_equal(profile_check(&p, &error), -EINVAL);
                profile_done(&p);
        }
}

static void bounds(void **state)
{
        char text[8192] = "[setup]\nname = ", *big;
        struct trouble error = {};
        struct profile p;

        (void)state;
        memset(text + strlen(text), 'x', 300);
        assert_int_equal(parse(text, &p, &error), -EINVAL);
        assert_non_null(strstr(error.cause, "longer than 63 bytes"));
        assert_int_equal(line_of(&error), 2);

        text[0] = 0;
        for (int i = 0; i < 11; i++)
                snprintf(text + strlen(text), 64, "[wifi %d]\nssid = n%d\n", i, i);
        assert_int_equal(parse(text, &p, &error), -EINVAL);
        assert_non_null(strstr(error.cause, "more than 10 networks"));

        big = malloc(PROFILE_TEXT_MAX + 1);
        memset(big, '\n', PROFILE_TEXT_MAX + 1);
        assert_int_equal(profile_parse(big, PROFILE_TEXT_MAX, &p, &error), 0);
        assert_int_equal(profile_parse(big, PROFILE_TEXT_MAX + 1, &p, &error), -EINVAL);
        free(big);
        assert_int_equal(profile_parse("[setup]\nname = a\0b\n", 19, &p, &error), -EINVAL);
}

static void options_over_a_profile(void **state)
{
        struct trouble error = {};
        struct profile p;

        (void)state;
        assert_int_equal(parse("[setup]\nname = a\n[wifi]\nssid = Home\n", &p, &error), 0);
        assert_int_equal(profile_set(&p, "setup", "name", "b", &error), 0);
        profile_drop_networks(&p);
        assert_int_equal(profile_set(&p, "wifi", "ssid", "Cafe", &error), 0);
        assert_int_equal(profile_set(&p, "wifi", "hidden", "yes", &error), 0);
        assert_string_equal(p.name, "b");
        assert_int_equal(p.n_networks, 1);
        assert_memory_equal(p.networks[0].ssid, "Cafe", 4);
        assert_int_equal(profile_set(&p, "wifi", "channel", "1", &error), -EINVAL);
        profile_done(&p);
}

static void every_key_is_a_row(void **state)
{
        const struct profile_key *k;
        size_t n = 0;

        (void)state;
        for (; (k = profile_key(n)); n++) {
                struct trouble error = {};
                struct profile p = {};

                assert_true(k->help[0] && k->value[0]);
                assert_int_equal(k->help[strlen(k->help) - 1], '.');
                if (profile_set(&p, k->section, k->key, "?", &error) < 0)
                        assert_null(strstr(error.cause, "unknown key"));
                profile_done(&p);
        }
        assert_in_range(n, 8, 100);
}

static size_t size_of(const struct profile_key *k)
{
        return k->kind == KEY_YES_NO                            ? sizeof(bool)
               : k->kind == KEY_COUNTRY                         ? COUNTRY_LEN + 1
               : k->kind == KEY_SSID || k->kind == KEY_SSID_HEX ? 0
                                                                : sizeof(int);
}

/* No two rows fill the same member: what copying a row and forgetting half of it would do. */
static void every_row_has_its_member(void **state)
{
        const struct profile_key *a, *b;

        (void)state;
        for (size_t i = 0; (a = profile_key(i)); i++)
                for (size_t k = 0; k < i && (b = profile_key(k)); k++) {
                        if ((strcmp(a->section, "wifi") == 0) != (strcmp(b->section, "wifi") == 0))
                                continue;
                        if (a->offset < b->offset + size_of(b) && b->offset < a->offset + size_of(a))
                                fail_msg("%s and %s fill the same member", a->key, b->key);
                        if (profile_key_is_secret(a) && profile_key_is_secret(b))
                                assert_int_not_equal(a->secret, b->secret);
                }
}

static void words_stand_for_what_they_say(void **state)
{
        static const char *const claims[] = { "user", "product", "customer", "none" };
        struct trouble error = {};
        struct profile p = {};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(claims); i++) {
                assert_int_equal(profile_set(&p, "setup", "claim", claims[i], &error), 0);
                assert_string_equal(profile_claim_name(p.claim), claims[i]);
        }
        for (int s = WIFI_SECURITY_AUTO; wifi_security_name(s); s++) {
                assert_int_equal(profile_set(&p, "wifi", "security", wifi_security_name(s), &error), 0);
                assert_int_equal(p.networks[0].security, s);
        }
        assert_int_equal(p.networks[0].security, WIFI_WPA2_WPA3);
        assert_int_equal(profile_set(&p, "cellular", "sim", "external", &error), 0);
        assert_int_equal(p.sim, SIM_EXTERNAL);
        assert_int_equal(profile_set(&p, "cellular", "sim", "internal", &error), 0);
        assert_int_equal(p.sim, SIM_INTERNAL);
        assert_int_equal(profile_set(&p, "setup", "ethernet", "no", &error), 0);
        assert_int_equal(p.ethernet, CHOICE_NO);
        assert_int_equal(profile_set(&p, "setup", "ethernet", "yes", &error), 0);
        assert_int_equal(p.ethernet, CHOICE_YES);
        assert_int_equal(profile_set(&p, "setup", "claim", "use", &error), -EINVAL);
        assert_int_equal(profile_set(&p, "setup", "claim", "user|product", &error), -EINVAL);
        assert_int_equal(profile_set(&p, "setup", "claim", "", &error), -EINVAL);
        profile_done(&p);
}

/* A secret in place of its file's name is told to be one. */
static void secrets_are_not_taken_from_a_profile(void **state)
{
        const struct profile_key *k;

        (void)state;
        for (size_t i = 0; (k = profile_key(i)); i++) {
                struct trouble error = {};
                struct profile p = {};
                char key[64];

                if (!profile_key_is_secret(k))
                        continue;
                (void)snprintf(key, sizeof(key), "%.*s", (int)(strlen(k->key) - strlen("-file")), k->key);
                assert_int_equal(profile_set(&p, k->section, key, "hunter22", &error), -EINVAL);
                assert_non_null(strstr(error.cause, "never stands in a profile"));
                assert_null(strstr(error.cause, "hunter22"));
        }
}

/* networks */
static int check(const char *password, int security)
{
        struct wifi_network n = { .ssid = "Home", .ssid_len = 4, .security = security };
        struct trouble error = {};
        int e;

        if (password)
                assert_int_equal(secret_new(password, strlen(password), &n.password), 0);
        e = wifi_network_check(&n, &error);
        assert_true((e < 0) == (error.cause[0] != 0));
        if (password && strlen(password) > 3)
                assert_null(strstr(error.cause, password));
        wifi_network_done(&n);
        return e;
}

static void password_rules(void **state)
{
        char text[70];

        (void)state;
        memset(text, 'a', sizeof(text));
        text[63] = 0;
        assert_int_equal(check("1234567", WIFI_WPA2), -EINVAL);
        assert_int_equal(check("12345678", WIFI_WPA2), 0);
        assert_int_equal(check(text, WIFI_WPA3), 0);
        text[63] = 'a';
        text[64] = 0;
        assert_int_equal(check(text, WIFI_SECURITY_AUTO), 0); /* 64 hexadecimal digits */
        text[7] = 'g';
        assert_int_equal(check(text, WIFI_SECURITY_AUTO), -EINVAL);
        assert_int_equal(check(NULL, WIFI_SECURITY_AUTO), 0);
        assert_int_equal(check(NULL, WIFI_OPEN), 0);
        assert_int_equal(check(NULL, WIFI_WPA2), -EINVAL);
        assert_int_equal(check("12345678", WIFI_OPEN), -EINVAL);
        assert_int_equal(check("12345", WIFI_WEP), 0);
        assert_int_equal(check("123456", WIFI_WEP), -EINVAL);
        assert_int_equal(check("0123456789", WIFI_WEP), 0);
        assert_int_equal(check("012345678x", WIFI_WEP), -EINVAL);
        assert_int_equal(check("\t\xc3\xa4\xc3\xb6\xc3\xbc$", WIFI_WPA), 0);
}

static void names_for_people(void **state)
{
        static const struct {
                const char *ssid, *text;
        } cases[] = {
                { "Home", "Home" },
                { "K\xc3\xa4mpferstra\xc3\x9f"
                  "e",
                  "K\xc3\xa4mpferstra\xc3\x9f"
                  "e" },
                { "\xe2\x98\x95 \xf0\x9f\x98\x80", "\xe2\x98\x95 \xf0\x9f\x98\x80" },
                { "a\nb\x1b[31m\x7f", "a?b?[31m?" },
                { "\xff\xc3", "??" },
                { "\xc0\xaf\xe0\x80\x80\xed\xa0\x80", "????????" },
                { "\xc2\x9b", "??" },
                { "a\xe2\x80\xaegnp", "a?gnp" },
        };
        char text[WIFI_TEXT_MAX];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                wifi_ssid_text((const uint8_t *)cases[i].ssid, strlen(cases[i].ssid), text);
                assert_string_equal(text, cases[i].text);
        }
        assert_string_equal(wifi_security_name(WIFI_WPA3), "wpa3");
        assert_null(wifi_security_name(99));
}

/* QR codes */
static void networks_from_codes(void **state)
{
        static const struct {
                const char *text, *ssid, *password;
                int security;
                bool hidden;
        } good[] = {
                { "WIFI:T:WPA;S:Home;P:password;;", "Home", "password", WIFI_SECURITY_AUTO, false },
                { "wifi:H:true;P:pass\\;word;S:a\\;b\\\\;T:WPA;", "a;b\\", "pass;word", WIFI_SECURITY_AUTO,
                  true },
                { "WIFI:T:nopass;S:Cafe;;", "Cafe", NULL, WIFI_OPEN, false },
                { "WIFI:S:Cafe;;", "Cafe", NULL, WIFI_OPEN, false },
                { "WIFI:S:Cafe;P:12345678;;", "Cafe", "12345678", WIFI_SECURITY_AUTO, false },
                { "WIFI:T:SAE;R:1;S:\"x\";P:\"12345678\";;", "x", "12345678", WIFI_WPA3, false },
                { "WIFI:T:WEP;S:x;P:12345;;", "x", "12345", WIFI_WEP, false },
                { "WIFI:T:WPA3;S:x;P:12345678;;", "x", "12345678", WIFI_WPA3, false },
                { "WIFI:T:WPA/WPA2;S:x;P:12345678;;", "x", "12345678", WIFI_SECURITY_AUTO, false },
                { "wifi:t:wpa;s:x;p:12345678;h:TRUE;;", "x", "12345678", WIFI_SECURITY_AUTO, true },
                { "WIFI:T:sae-mixed;S:x;P:12345678;;", "x", "12345678", WIFI_SECURITY_AUTO, false },
                { "WIFI:T:NOPASS;S:x;H:True;;", "x", NULL, WIFI_OPEN, true },
                { "WIFI:T:WPA;S:x;P:12345678;TD:1;PH2:a\\;b;K:12345678901234567890123456789012345678901234567"
                  "8901234567890123456789012345678901234567890;;",
                  "x", "12345678", WIFI_SECURITY_AUTO, false },
        };
        static const struct {
                const char *text, *why;
        } bad[] = {
                { "https://example.com", "not the code" },
                { "WIFI", "not the code" },
                { "WIFI:T:WPA;S:x;P:pass\\", "damaged" },
                { "WIFI:TT;;", "damaged" },
                { "WIFI:T:WPA2-EAP;S:x;;", "WPA2-EAP" },
                { "WIFI:T:WPA;S:x;P:short;;", "8 to 63" },
                { "WIFI:T:WPA;P:password;;", "no ssid" },
                { "WIFI:S:123456789012345678901234567890123;;", "longer than 32" },
        };
        struct trouble error = {};
        struct wifi_network n;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                if (wifi_network_from_qr(good[i].text, strlen(good[i].text), &n, &error) < 0)
                        fail_msg("%s: %s", good[i].text, error.cause);
                assert_int_equal(n.ssid_len, strlen(good[i].ssid));
                assert_memory_equal(n.ssid, good[i].ssid, n.ssid_len);
                assert_int_equal(n.security, good[i].security);
                assert_int_equal(n.hidden, good[i].hidden);
                assert_true(!n.password == !good[i].password);
                if (n.password)
                        assert_string_equal(secret_text(n.password), good[i].password);
                wifi_network_done(&n);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                assert_int_equal(wifi_network_from_qr(bad[i].text, strlen(bad[i].text), &n, &error),
                                 -EINVAL);
                if (!strstr(error.cause, bad[i].why))
                        fail_msg("%s: %s", bad[i].text, error.cause);
        }
}

static void rules_over_several_values(void **state)
{
        static const struct {
                const char *text, *why;
        } cases[] = {
                { "[cellular]\napn-user = me\n", "without apn" },
                { "[cellular]\nsim = internal\napn = x\n", "needs no apn" },
                { "[product]\nservice-uuid = 6e400021-b5a3-f393-e0a9-e50e24dcca9e\n", "go together" },
                { "[wifi]\nhidden = yes\n", "no ssid" },
                { "[wifi]\nssid = x\nsecurity = wpa2\n", "has no password" },
        };
        struct trouble error = {};
        struct profile p;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                assert_int_equal(parse(cases[i].text, &p, &error), 0);
                assert_int_equal(profile_check(&p, &error), -EINVAL);
                if (!strstr(error.cause, cases[i].why))
                        fail_msg("%s: %s", cases[i].text, error.cause);
                profile_done(&p);
        }
        assert_int_equal(
                parse("[product]\nservice-uuid = 6e400021-b5a3-f393-e0a9-e50e24dcca9\n", &p, &error), -22);
        assert_int_equal(parse("[product]\ncompany-id = 0x10000\n", &p, &error), -22);
        assert_int_equal(parse("[cellular]\nsim = 1\n", &p, &error), -22);
        assert_int_equal(parse("[setup]\nethernet = on\n", &p, &error), -22);
}

/* files */
static void write_file(const char *path, const char *text, mode_t mode)
{
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(chmod(path, mode), 0);
}

static void loads_with_its_secrets(void **state)
{
        char folder[] = "/tmp/usher-profile-XXXXXX", path[64], password[64];
        struct trouble error = {};
        struct profile p;

        (void)state;
        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof(path), "%s/site.profile", folder);
        snprintf(password, sizeof(password), "%s/home", folder);
        write_file(path, "[wifi]\nssid = Home\npassword-file = home\n", 0644);

        assert_int_equal(profile_load(path, &p, &error), -ENOENT);
        assert_non_null(strstr(error.cause, password));
        write_file(password, "password\n", 0644);
        assert_int_equal(profile_load(path, &p, &error), -EPERM);
        assert_non_null(strstr(error.cause, "chmod o-rwx"));
        write_file(password, "short\n", 0600);
        assert_int_equal(profile_load(path, &p, &error), -EINVAL);
        assert_null(strstr(error.cause, "short "));
        write_file(password, "", 0600);
        assert_int_equal(profile_load(path, &p, &error), -ENODATA);
        write_file(password, "0123456789012345678901234567890123456789012345678901234567890123456789\n",
                   0600);
        assert_int_equal(profile_load(path, &p, &error), -E2BIG);
        write_file(password, "password\n", 0600);
        assert_int_equal(profile_load(path, &p, &error), 0);
        assert_string_equal(secret_text(p.networks[0].password), "password");
        assert_null(p.networks[0].password_file);
        profile_done(&p);

        assert_int_equal(unlink(password), 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(profile_load(path, &p, &error), -ENOENT);
        assert_non_null(strstr(error.cause, path));
        assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(everything),
                cmocka_unit_test(nothing),
                cmocka_unit_test(refusals_name_line_and_reason),
                cmocka_unit_test(contradictions),
                cmocka_unit_test(claim_codes),
                cmocka_unit_test(bounds),
                cmocka_unit_test(options_over_a_profile),
                cmocka_unit_test(every_key_is_a_row),
                cmocka_unit_test(every_row_has_its_member),
                cmocka_unit_test(words_stand_for_what_they_say),
                cmocka_unit_test(secrets_are_not_taken_from_a_profile),
                cmocka_unit_test(password_rules),
                cmocka_unit_test(names_for_people),
                cmocka_unit_test(networks_from_codes),
                cmocka_unit_test(rules_over_several_values),
                cmocka_unit_test(loads_with_its_secrets),
        };

        assert_int_equal(secret_init(), 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
