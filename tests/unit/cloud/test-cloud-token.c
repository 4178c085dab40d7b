/* SPDX-License-Identifier: Apache-2.0 */

/* Where the token is found, and what is said when it is not. Each case gets a home of its own. */

#include "cloud/token.h"
#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64];

static void put_file(const char *name, mode_t mode, const char *text)
{
        char path[128];
        int fd;

        (void)snprintf(path, sizeof(path), "%s/%s", home, name);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        assert_int_equal(fchmod(fd, mode), 0);
        assert_int_equal(close(fd), 0);
}

static const char *path_of(const char *name)
{
        static char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", home, name);
        return path;
}

static int set_up(void **state)
{
        (void)state;
        if (secret_init() < 0)
                return -1;
        (void)snprintf(home, sizeof(home), "/tmp/test-cloud-token-XXXXXX");
        if (!mkdtemp(home) || mkdir(path_of(".particle"), 0700) < 0 || mkdir(path_of("creds"), 0700) < 0)
                return -1;
        timer_virtual_set_wall(1767225600); /* 2026-01-01T00:00:00Z */
        (void)unsetenv("home");
        (void)unsetenv("CREDENTIALS_DIRECTORY");
        (void)unsetenv("XDG_CONFIG_HOME");
        return setenv("HOME", home, 1);
}

static int tear_down(void **state)
{
        static const char *const names[] = { "t",
                                             ".config/usher/token",
                                             ".config/usher",
                                             ".config",
                                             "creds/token",
                                             "creds",
                                             ".particle/profile.json",
                                             ".particle/particle.config.json",
                                             ".particle/work.config.json",
                                             ".particle",
                                             "" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                (void)remove(path_of(names[i]));
        return 0;
}

static void expect(const char *file, enum fault fault, const char *words)
{
        struct trouble why = {};
        struct token t = { 0 };

        assert_int_equal(token_find(file, &t, &why), -EINVAL);
        assert_int_equal(why.fault, fault);
        if (!strstr(why.cause, words))
                fail_msg("\"%s\" is not in \"%s\"", words, why.cause);
        assert_null(t.secret);
        assert_null(t.origin);
}

static void expect_token(const char *file, const char *text, struct token *ret)
{
        struct trouble why = {};

        assert_int_equal(token_find(file, ret, &why), 0);
        assert_string_equal(why.cause, "");
        assert_string_equal(secret_text(ret->secret), text);
}

static void a_file_that_was_named_is_the_only_place(void **state)
{
        struct token t;

        (void)state;
        put_file(".particle/particle.config.json", 0600, "{\"access_token\":\"from-cli\"}");
        expect(path_of("t"), FAULT_TOKEN_MISSING, "/t: there is no such file");
        put_file("t", 0600, "abc123\n");
        expect_token(path_of("t"), "abc123", &t);
        assert_string_equal(t.origin, path_of("t"));
        assert_int_equal(t.expires_s, 0);
        token_done(&t);
        assert_null(t.secret);
}

static void files_that_hold_no_token(void **state)
{
        char long_text[TOKEN_MAX + 10];

        (void)state;
        memset(long_text, 'a', sizeof(long_text) - 1);
        long_text[sizeof(long_text) - 1] = 0;
        put_file("t", 0604, "abc");
        expect(path_of("t"), FAULT_CONFIG, "chmod o-rwx");
        put_file("t", 0600, "");
        expect(path_of("t"), FAULT_TOKEN_INVALID, "is empty");
        put_file("t", 0600, "abc\r\nX-Evil: 1\n");
        expect(path_of("t"), FAULT_TOKEN_INVALID, "more than one word");
        put_file("t", 0600, long_text);
        expect(path_of("t"), FAULT_TOKEN_INVALID, "too long");
        expect(home, FAULT_CONFIG, "is a folder");
}

static void tokens_as_people_keep_them(void **state)
{
        static const char *const good[] = {
                "\xef\xbb\xbf"
                "abc123\r\n\r\n",
                "  abc123 \n",
                "'abc123'",
                "\"abc123\"\n",
                "# of the kiosk\nabc123\n",
                "PARTICLE_TOKEN=abc123",
                "export PARTICLE_TOKEN='abc123'\n",
                "Bearer abc123",
                "Authorization: bearer abc123\n",
                "{\"access_token\":\"abc123\"}",
                "\xef\xbb\xbf{\n  \"username\": \"me\",\n  \"access_token\": \"abc123\"\n}\n",
                "TOKEN=\"Bearer abc123\"",
        };
        static const struct {
                const char *text, *why;
        } bad[] = {
                { "{\"token\":\"abc123\"}", "JSON without an access_token" },
                { "{\"access_token\":", "JSON without an access_token" },
                { "abc\ndef\n", "line 2: more than one word" },
                { "abc def", "more than one word" },
                { "# nothing\n", "is empty" },
                { "\"\"", "is empty" },
                { "abc\x01", "a character that no token has" },
                { "\xff\xfe"
                  "a",
                  "UTF-16" },
        };
        struct token t;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                put_file("t", 0600, good[i]);
                expect_token(path_of("t"), "abc123", &t);
                assert_int_equal(secret_len(t.secret), 6);
                token_done(&t);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                put_file("t", 0600, bad[i].text);
                expect(path_of("t"), FAULT_TOKEN_INVALID, bad[i].why);
        }
}

static void credentials_come_before_the_cli(void **state)
{
        struct token t;

        (void)state;
        put_file(".particle/particle.config.json", 0600, "{\"access_token\":\"from-cli\"}");
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", path_of("creds"), 1), 0);
        expect_token(NULL, "from-cli", &t);
        token_done(&t);
        put_file("creds/token", 0600, "from-systemd");
        expect_token(NULL, "from-systemd", &t);
        token_done(&t);
        put_file("creds/token", 0600, "two words");
        expect(NULL, FAULT_TOKEN_INVALID, "creds/token: more than one word");
}

static void an_own_sign_in_comes_before_the_cli(void **state)
{
        char own[TOKEN_PATH_MAX];
        struct token t;

        (void)state;
        assert_int_equal(mkdir(path_of(".config"), 0700), 0);
        assert_int_equal(mkdir(path_of(".config/usher"), 0700), 0);
        put_file(".particle/particle.config.json", 0600, "{\"access_token\":\"from-cli\"}");
        put_file(".config/usher/token", 0600, "from-login\n");
        expect_token(NULL, "from-login", &t);
        assert_int_equal(t.kind, TOKEN_OWN);
        assert_true(token_is_for(&t, NULL));
        assert_true(token_is_for(&t, "https://API.particle.io/"));
        assert_false(token_is_for(&t, "https://cloud.example.com"));
        assert_false(token_is_for(&t, "https://api.particle.io.example.com"));
        assert_int_equal(token_own_path(own), 0);
        assert_string_equal(own, path_of(".config/usher/token"));
        token_done(&t);
        (void)setenv("XDG_CONFIG_HOME", "relative/is/ignored", 1);
        assert_int_equal(token_own_path(own), 0);
        assert_string_equal(own, path_of(".config/usher/token"));
        (void)setenv("XDG_CONFIG_HOME", path_of("elsewhere"), 1);
        expect_token(NULL, "from-cli", &t);
        assert_int_equal(t.kind, TOKEN_PARTICLE_CLI);
        token_done(&t);
}

static void the_cli_profile_is_read(void **state)
{
        struct token t;

        (void)state;
        put_file(".particle/profile.json", 0600, "{\"name\":\"work\"}");
        put_file(".particle/particle.config.json", 0600, "{\"access_token\":\"wrong\"}");
        put_file(".particle/work.config.json", 0600,
                 "{\"access_token\":\"tok\",\"access_token_expires_at\":\"2026-01-01T00:05:01Z\","
                 "\"username\":\"ann@example.org\",\"apiUrl\":\"https://cloud.example\","
                 "\"proxyUrl\":\"http://proxy:3128\"}");
        expect_token(NULL, "tok", &t);
        assert_string_equal(t.origin, path_of(".particle/work.config.json"));
        assert_string_equal(t.user, "ann@example.org");
        assert_string_equal(t.url, "https://cloud.example");
        assert_string_equal(t.proxy, "http://proxy:3128");
        assert_int_equal(t.expires_s, 1767225901);
        token_done(&t);
        put_file(".particle/work.config.json", 0600,
                 "{\"access_token\":\"tok\",\"access_token_expires_at\":\"9999-12-31T23:59:59.999Z\"}");
        expect_token(NULL, "tok", &t);
        assert_int_equal(t.expires_s, 0);
        token_done(&t);
}

static void the_cli_profile_cannot_be_used(void **state)
{
        static const struct {
                const char *text;
                enum fault fault;
                const char *words;
        } rows[] = {
                { "{\"access_token\":\"tok\",\"access_token_expires_at\":\"2026-01-01T00:04:59.000Z\"}",
                  FAULT_TOKEN_EXPIRED, "particle login" },
                { "{\"access_token\":\"to k\"}", FAULT_TOKEN_INVALID, "cannot be one" },
                { "{\"access_token\":null}", FAULT_TOKEN_MISSING, "Looked for it in" },
                { "{\"access_token\":", FAULT_CONFIG, "is not the JSON" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                put_file(".particle/particle.config.json", 0600, rows[i].text);
                expect(NULL, rows[i].fault, rows[i].words);
        }
        put_file(".particle/particle.config.json", 0644, "{\"access_token\":\"tok\"}");
        expect(NULL, FAULT_CONFIG, "chmod o-rwx");
        put_file(".particle/profile.json", 0600, "{\"name\":\"../../etc/x\"}");
        expect(NULL, FAULT_CONFIG, "cannot be one");
}

static void nothing_anywhere_names_the_places(void **state)
{
        (void)state;
        expect(NULL, FAULT_TOKEN_MISSING, "$CREDENTIALS_DIRECTORY (not set)");
        expect(NULL, FAULT_TOKEN_MISSING, path_of(".particle/particle.config.json"));
        assert_int_equal(unsetenv("HOME"), 0);
        expect(NULL, FAULT_TOKEN_MISSING, "no HOME is set");
}

static void what_is_saved_is_found(void **state)
{
        _cleanup_(secret_freep) struct secret *token = NULL;
        struct token t;
        struct stat st;

        (void)state;
        put_file("t", 0644, "a longer token from before");
        assert_int_equal(secret_new("abc123", 6, &token), 0);
        assert_int_equal(token_save(path_of("t"), token), 0);
        assert_int_equal(stat(path_of("t"), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(st.st_size, 7);
        expect_token(path_of("t"), "abc123", &t);
        token_done(&t);
        assert_int_equal(token_save(path_of("nowhere/t"), token), -ENOENT);
        assert_int_equal(token_save(path_of("creds"), token), -EISDIR);
        assert_int_equal(rmdir(path_of("creds")), 0); /* nothing was left beside it */
        assert_int_equal(unlink(path_of("t")), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_file_that_was_named_is_the_only_place, set_up, tear_down),
                cmocka_unit_test_setup_teardown(files_that_hold_no_token, set_up, tear_down),
                cmocka_unit_test_setup_teardown(tokens_as_people_keep_them, set_up, tear_down),
                cmocka_unit_test_setup_teardown(credentials_come_before_the_cli, set_up, tear_down),
                cmocka_unit_test_setup_teardown(an_own_sign_in_comes_before_the_cli, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_cli_profile_is_read, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_cli_profile_cannot_be_used, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_saved_is_found, set_up, tear_down),
                cmocka_unit_test_setup_teardown(nothing_anywhere_names_the_places, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
