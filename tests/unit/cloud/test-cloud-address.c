/* SPDX-License-Identifier: Apache-2.0 */

/* Where a token may go: which addresses are taken, and what proxies and certificates are used on the way. */

#include "cloud/http.h"
#include "tests/unit/cloud/script-server.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

static sd_event *loop;
static struct script_server *server;
static struct secret *authorization;

static struct {
        bool over;
        struct op *op;
        enum http_failure failure;
        int status;
        char cause[TROUBLE_CAUSE_MAX];
} seen;

static void on_reply(void *userdata, const struct http_reply *reply)
{
        (void)userdata;
        seen.over = true;
        seen.failure = reply->failure;
        seen.status = reply->status;
        (void)snprintf(seen.cause, sizeof(seen.cause), "%s", reply->cause);
        seen.op = op_free(seen.op);
}

static void serve(const struct act *acts, size_t n)
{
        assert_int_equal(script_server_new(loop, acts, n, &server), 0);
}

static void get(const char *proxy, const char *url)
{
        const struct http_request req = { .method = "GET", .url = url, .authorization = authorization };
        struct http *http = NULL;

        memset(&seen, 0, sizeof(seen));
        assert_int_equal(http_new(&(struct http_config){ .loop = loop, .proxy = proxy }, &http), 0);
        assert_int_equal(http_start(http, &req, on_reply, NULL, &seen.op), 0);
        while (!seen.over)
                assert_true(sd_event_run(loop, 20000000) > 0);
        http_free(http);
}

static int set_up(void **state)
{
        (void)state;
        return secret_init() < 0 || sd_event_new(&loop) < 0 ||
                               secret_new("Authorization: Bearer t0ken", 27, &authorization) < 0
                       ? -1
                       : 0;
}

static int tear_down(void **state)
{
        (void)state;
        server = script_server_free(server);
        authorization = secret_free(authorization);
        loop = sd_event_unref(loop);
        return 0;
}

static void plain_http_only_to_loopback(void **state)
{
        static const char *const good[] = {
                "https://api.particle.io", "https://cloud.example:8443/base",
                "http://127.0.0.1:8080",   "http://127.8.9.1",
                "http://[::1]:80",         "http://localhost:1/",
                "HTTP://LOCALHOST",
        };
        static const char *const bad[] = {
                "",
                "api.particle.io",
                "http://api.particle.io",
                "http://128.0.0.1",
                "http://localhost.example.org",
                "http://127.0.0.1.example.org",
                "http://127.0.0.1@example.org",
                "http://example.org#@127.0.0.1",
                "http://[::2]",
                "http://[::ffff:10.0.0.1]",
                "https://user:secret@api.particle.io",
                "https://api.particle.io/?a=b",
                "https://api.particle.io/#x",
                "ftp://127.0.0.1",
                "file:///etc/passwd",
                "https://",
                "https://a b",
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                struct trouble why = {};

                if (http_url_check(good[i], &why) < 0)
                        fail_msg("%s: %s", good[i], why.cause);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                struct trouble why = {};

                if (http_url_check(bad[i], &why) != -EINVAL)
                        fail_msg("%s is taken", bad[i]);
                assert_true(strlen(why.cause) > 20);
        }
}

/* A file lies anywhere, behind a signed address, too; in the clear only where the API itself is. */
static void where_files_may_lie(void **state)
{
        static const struct {
                const char *url;
                bool plain, fine;
        } rows[] = {
                { "https://files.example/a/b.bin", false, true },
                { "https://files.example/b.bin?X-Amz-Signature=a%2Fb&e=1#x", false, true },
                { "http://127.0.0.1:8080/b.bin?x=1", true, true },
                { "http://127.0.0.1:8080/b.bin", false, false },
                { "http://files.example/b.bin", true, false },
                { "https://me:pw@files.example/b.bin", false, false },
                { "ftp://files.example/b.bin", true, false },
                { "file:///etc/passwd", true, false },
                { "b.bin", true, false },
                { "", true, false },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct trouble why = {};
                int r = http_file_check(rows[i].url, rows[i].plain, &why);

                if (r != (rows[i].fine ? 0 : -EINVAL))
                        fail_msg("%s: %d %s", rows[i].url, r, why.cause);
                assert_int_equal(why.fault, rows[i].fine ? FAULT_NONE : FAULT_CLOUD_ANSWER);
        }
}

/* A proxy in the environment must never see what is meant for loopback. */
static void loopback_needs_no_proxy(void **state)
{
        static const struct act acts[] = { { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ACT_KEEP, 0 } };

        (void)state;
        assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
        assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
        serve(acts, 1);
        get(NULL, script_server_url(server));
        assert_int_equal(seen.status, 200);
        assert_int_equal(unsetenv("http_proxy"), 0);
        assert_int_equal(unsetenv("all_proxy"), 0);
}

/* A proxy is asked for a tunnel, and learns the host and nothing else. */
static void a_proxy_never_sees_the_token(void **state)
{
        static const struct act acts[] = { { "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", ACT_CLOSE, 0 },
                                           { "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", ACT_CLOSE,
                                             0 } };

        (void)state;
        serve(acts, 2);
        get(script_server_url(server), "https://cloud.example");
        assert_int_equal(seen.failure, HTTP_UNSENT);
        assert_non_null(strstr(seen.cause, "403"));
        assert_int_equal(setenv("HTTPS_PROXY", script_server_url(server), 1),
                         0); /* the same by environment */
        get(NULL, "https://cloud.example");
        assert_int_equal(unsetenv("HTTPS_PROXY"), 0);
        assert_int_equal(seen.failure, HTTP_UNSENT);
        for (size_t i = 0; i < 2; i++) {
                assert_memory_equal(script_server_request(server, i), "CONNECT cloud.example:443 ", 26);
                assert_null(strstr(script_server_request(server, i), "t0ken"));
        }
}

static void a_missing_ca_file_is_told_at_once(void **state)
{
        struct http *h = NULL;

        (void)state;
        assert_int_equal(http_new(&(struct http_config){ .loop = loop, .ca_file = "/nowhere/ca.pem" }, &h),
                         -ENOENT);
        assert_null(h);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(plain_http_only_to_loopback, set_up, tear_down),
                cmocka_unit_test_setup_teardown(where_files_may_lie, set_up, tear_down),
                cmocka_unit_test_setup_teardown(loopback_needs_no_proxy, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_proxy_never_sees_the_token, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_missing_ca_file_is_told_at_once, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
