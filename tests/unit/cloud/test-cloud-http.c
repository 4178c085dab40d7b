/* SPDX-License-Identifier: Apache-2.0 */

/* The curl adaptor against a server on loopback that does everything a server should not: every reply shape
 * ends in one callback with the right failure, in time. */

#include "cloud/http.h"
#include "proto/base/bytes.h"
#include "tests/unit/cloud/script-server.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <time.h>

#define OK_TEXT                                                                                             \
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: r-77\r\nContent-Length: "       \
        "11\r\n\r\n{\"ok\":true}"

static sd_event *loop;
static struct http *http;
static struct script_server *server;
static struct secret *authorization, *body;

/* what the last callback said; one slot per request under way */
static struct seen {
        unsigned calls;
        struct op *op;
        enum http_failure failure;
        int status;
        unsigned retry_after_s, connects;
        int64_t date_s;
        size_t len;
        char cause[TROUBLE_CAUSE_MAX], body[256], content_type[64], request_id[64], location[128];
        char stream[4096];
} seen[4];

static void on_reply(void *userdata, const struct http_reply *reply)
{
        struct seen *s = userdata;

        s->calls++;
        s->failure = reply->failure;
        s->status = reply->status;
        s->retry_after_s = reply->retry_after_s;
        s->connects = reply->connects;
        s->date_s = reply->date_s;
        s->len = reply->len;
        assert_int_equal(reply->body[reply->len], 0);
        (void)snprintf(s->cause, sizeof(s->cause), "%s", reply->cause);
        (void)snprintf(s->body, sizeof(s->body), "%s", reply->body);
        (void)snprintf(s->content_type, sizeof(s->content_type), "%s", reply->content_type);
        (void)snprintf(s->request_id, sizeof(s->request_id), "%s", reply->request_id);
        (void)snprintf(s->location, sizeof(s->location), "%s", reply->location);
        s->op = op_free(s->op);
}

static uint64_t now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void turn(void)
{
        assert_true(sd_event_run(loop, 100000) >= 0);
}

static void wait_for(const unsigned *calls, unsigned n)
{
        uint64_t start = now_ms();

        while (*calls < n) {
                turn();
                assert_true(now_ms() - start < 20000);
        }
}

static void serve(const struct act *acts, size_t n)
{
        server = script_server_free(server);
        assert_int_equal(script_server_new(loop, acts, n, &server), 0);
        memset(seen, 0, sizeof(seen));
}

static struct http_request request_to(const char *base, const char *method)
{
        static char url[128];

        (void)snprintf(url, sizeof(url), "%s/v1/x", base);
        return (struct http_request){ .method = method, .url = url, .authorization = authorization };
}

static void start(const struct http_request *req, struct seen *s)
{
        assert_int_equal(http_start(http, req, on_reply, s, &s->op), 0);
        assert_int_equal(s->calls, 0);
}

static void get(struct seen *s)
{
        struct http_request req = request_to(script_server_url(server), "GET");

        s->calls = 0;
        start(&req, s);
        wait_for(&s->calls, 1);
}

static int set_up(void **state)
{
        (void)state;
        return secret_init() < 0 || sd_event_new(&loop) < 0 ||
                               secret_new("Authorization: Bearer t0ken", 27, &authorization) < 0 ||
                               secret_new("{\"id\":\"1\"}", 10, &body) < 0 ||
                               http_new(&(struct http_config){ .loop = loop, .connect_ms = 2000 }, &http) < 0
                       ? -1
                       : 0;
}

static int tear_down(void **state)
{
        (void)state;
        http = http_free(http);
        server = script_server_free(server);
        authorization = secret_free(authorization);
        body = secret_free(body);
        loop = sd_event_unref(loop);
        return 0;
}

/* what goes out */
static void the_servers_clock_is_told(void **state)
{
        static const struct {
                const char *header;
                int64_t date_s;
        } rows[] = {
                { "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 784111777 },
                { "date: Sat, 21 Nov 2026 05:27:00 GMT\r\n", 1795238820 },
                { "Date: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 0 },
                { "Date: Sun, 06 Nov 1994 08:49:37 +0200\r\n", 0 },
                { "Date: \r\n", 0 },
                { "", 0 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                char text[160];
                const struct act act = { text, ACT_CLOSE, 0 };

                (void)snprintf(text, sizeof(text), "HTTP/1.1 204 No Content\r\n%s\r\n", rows[i].header);
                serve(&act, 1);
                get(&seen[0]);
                assert_int_equal(seen[0].failure, HTTP_ANSWERED);
                assert_int_equal(seen[0].date_s, rows[i].date_s);
        }
}

static void a_request_says_who_we_are(void **state)
{
        static const struct act acts[] = { { OK_TEXT, ACT_KEEP, 0 }, { OK_TEXT, ACT_KEEP, 0 } };
        struct http_request req;
        const char *text;

        (void)state;
        serve(acts, ELEMENTSOF(acts));
        get(&seen[0]);
        assert_int_equal(seen[0].failure, HTTP_ANSWERED);
        assert_int_equal(seen[0].status, 200);
        assert_string_equal(seen[0].body, "{\"ok\":true}");
        assert_string_equal(seen[0].content_type, "application/json");
        assert_string_equal(seen[0].request_id, "r-77");
        text = script_server_request(server, 0);
        assert_memory_equal(text, "GET /v1/x HTTP/1.1\r\n", 20);
        assert_non_null(strstr(text, "\r\nAuthorization: Bearer t0ken\r\n"));
        assert_non_null(strstr(text, "\r\nX-Particle-Tool: usher@"));
        assert_null(strstr(text, "Content-"));

        req = request_to(script_server_url(server), "POST");
        req.authorization = NULL;
        req.body = body;
        req.content_type = "application/json";
        seen[0].calls = 0;
        start(&req, &seen[0]);
        wait_for(&seen[0].calls, 1);
        text = script_server_request(server, 1);
        assert_memory_equal(text, "POST /v1/x HTTP/1.1\r\n", 21);
        assert_null(strstr(text, "Authorization"));
        assert_non_null(strstr(text, "\r\nContent-Type: application/json\r\n"));
        assert_non_null(strstr(text, "\r\nContent-Length: 10\r\n"));
        assert_null(strstr(text, "Expect"));
        assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n{\"id\":\"1\"}");
}

static void connections_are_kept(void **state)
{
        struct act acts[20];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(acts); i++)
                acts[i] = (struct act){ OK_TEXT, ACT_KEEP, 0 };
        serve(acts, ELEMENTSOF(acts));
        for (size_t i = 0; i < ELEMENTSOF(acts); i++) {
                get(&seen[0]);
                assert_int_equal(seen[0].status, 200);
                assert_int_equal(seen[0].connects, i == 0);
        }
        assert_int_equal(script_server_connections(server), 1);
}

static void methods_without_a_body(void **state)
{
        static const struct act acts[] = {
                { "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", ACT_KEEP, 0 },
                { "HTTP/1.1 204 No Content\r\n\r\n", ACT_KEEP, 0 },
        };
        static const char *const methods[] = { "HEAD", "DELETE" };

        (void)state;
        serve(acts, ELEMENTSOF(acts));
        for (size_t i = 0; i < 2; i++) {
                struct http_request req = request_to(script_server_url(server), methods[i]);

                seen[i].calls = 0;
                start(&req, &seen[i]);
                wait_for(&seen[i].calls, 1);
                assert_int_equal(seen[i].failure, HTTP_ANSWERED);
                assert_int_equal(seen[i].status, 205 - (int)i);
                assert_int_equal(seen[i].len, 0);
                assert_memory_equal(script_server_request(server, i), methods[i], strlen(methods[i]));
        }
        assert_int_equal(script_server_connections(server), 1);
}

/* what comes back */
static const struct {
        struct act act;
        enum http_failure failure;
        int status;
        size_t len;
} replies[] = {
        { { OK_TEXT, ACT_CLOSE, 0 }, HTTP_ANSWERED, 200, 11 },
        { { "HTTP/1.1 200 OK\r\n\r\n{\"ok\":true}", ACT_CLOSE, 0 }, HTTP_ANSWERED, 200, 11 },
        { { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok\"\r\n6\r\n:true}\r\n0\r\n\r\n",
            ACT_KEEP, 0 },
          HTTP_ANSWERED,
          200,
          11 },
        { { "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            ACT_CLOSE, 0 },
          HTTP_ANSWERED,
          502,
          6 },
        { { "HTTP/1.1 100 Continue\r\n\r\n" OK_TEXT, ACT_CLOSE, 0 }, HTTP_ANSWERED, 200, 11 },
        /* broken off */
        { { "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"ok\"", ACT_CLOSE, 0 }, HTTP_LOST, 200, 5 },
        { { "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"ok\"", ACT_RESET, 0 }, HTTP_LOST, 200, 5 },
        { { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok\"\r\n6", ACT_CLOSE, 0 },
          HTTP_LOST,
          200,
          5 },
        { { "HTTP/1.1 200 OK\r\nContent-Len", ACT_RESET, 0 }, HTTP_LOST, 200, 0 },
        { { "", ACT_CLOSE, 0 }, HTTP_LOST, 0, 0 },
        { { "", ACT_RESET, 0 }, HTTP_LOST, 0, 0 },
        /* too slow */
        { { "", ACT_STALL, 0 }, HTTP_TIMED_OUT, 0, 0 },
        { { "HTTP/1.1 200 OK\r\n", ACT_STALL, 0 }, HTTP_TIMED_OUT, 200, 0 },
        { { "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"ok\"", ACT_STALL, 0 },
          HTTP_TIMED_OUT,
          200,
          5 },
        /* too long */
        { { "HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n", ACT_CLOSE, 3 << 20 },
          HTTP_TOO_LARGE,
          200,
          0 },
        { { "HTTP/1.1 200 OK\r\n\r\n", ACT_CLOSE, 3 << 20 }, HTTP_TOO_LARGE, 200, 0 },
        { { "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n", ACT_CLOSE, 1 << 20 },
          HTTP_ANSWERED,
          200,
          1 << 20 },
        /* not HTTP */
        { { "SSH-2.0-OpenSSH_9.2\r\n", ACT_CLOSE, 0 }, HTTP_GARBLED, 0, 0 },
        { { "\x16\x03\x01\x02\x03", ACT_CLOSE, 0 }, HTTP_GARBLED, 0, 0 },
};

static void every_reply_ends_in_time(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(replies); i++) {
                struct http_request req;
                uint64_t begin = now_ms();

                serve(&replies[i].act, 1);
                req = request_to(script_server_url(server), "GET");
                req.timeout_ms = 300;
                start(&req, &seen[0]);
                wait_for(&seen[0].calls, 1);
                if (seen[0].failure != replies[i].failure || seen[0].status != replies[i].status)
                        fail_msg("row %zu: failure %d, status %d, %s", i, seen[0].failure, seen[0].status,
                                 seen[0].cause);
                if (replies[i].failure != HTTP_TOO_LARGE)
                        assert_int_equal(seen[0].len, replies[i].len);
                assert_int_equal(seen[0].failure == HTTP_ANSWERED, seen[0].cause[0] == 0);
                assert_true(now_ms() - begin < 5000);
                server = script_server_free(server);
        }
}

static void a_slow_drip_hits_the_deadline(void **state)
{
        static const struct act acts[] = { { OK_TEXT, ACT_DRIP, 0 } };
        uint64_t begin = now_ms();
        struct http_request req;

        (void)state;
        serve(acts, 1);
        req = request_to(script_server_url(server), "GET");
        req.timeout_ms = 500; /* the drip needs two seconds */
        start(&req, &seen[0]);
        wait_for(&seen[0].calls, 1);
        assert_int_equal(seen[0].failure, HTTP_TIMED_OUT);
        assert_in_range(now_ms() - begin, 450, 1500);
}

static void a_redirect_is_told_and_not_followed(void **state)
{
        static const char *const statuses[] = { "301", "302", "303", "307", "308" };
        struct script_server *other = NULL;
        char text[TROUBLE_CAUSE_MAX];

        (void)state;
        assert_int_equal(script_server_new(loop, NULL, 0, &other),
                         0); /* a request there would fail the test */
        for (size_t i = 0; i < ELEMENTSOF(statuses); i++) {
                struct act act = { text, ACT_CLOSE, 0 };

                (void)snprintf(text, sizeof(text),
                               "HTTP/1.1 %s Moved\r\nLocation: %s/v1/y\r\nContent-Length: 0\r\n\r\n",
                               statuses[i], script_server_url(other));
                serve(&act, 1);
                get(&seen[0]);
                assert_int_equal(seen[0].failure, HTTP_ANSWERED);
                assert_int_equal(seen[0].status, 301 + (int)(statuses[i][2] - '1'));
                assert_non_null(strstr(seen[0].location, "/v1/y"));
                server = script_server_free(server);
        }
        assert_int_equal(script_server_connections(other), 0);
        script_server_free(other);
}

static void retry_after_is_read(void **state)
{
        static const struct act acts[] = {
                { "HTTP/1.1 429 Slow down\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n", ACT_KEEP, 0 },
                { "HTTP/1.1 429 Slow down\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", ACT_KEEP, 0 },
                { "HTTP/1.1 429 Slow down\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n", ACT_KEEP, 0 },
        };
        static const unsigned wanted[] = { 17, 0, 0 };

        (void)state;
        serve(acts, ELEMENTSOF(acts));
        for (size_t i = 0; i < ELEMENTSOF(acts); i++) {
                get(&seen[0]);
                assert_int_equal(seen[0].status, 429);
                assert_int_equal(seen[0].retry_after_s, wanted[i]);
        }
}

static void no_server_is_unsent(void **state)
{
        char url[64];
        struct http_request req;

        (void)state;
        serve(NULL, 0);
        (void)snprintf(url, sizeof(url), "%s", script_server_url(server));
        server = script_server_free(server);
        req = request_to(url, "GET");
        start(&req, &seen[0]);
        wait_for(&seen[0].calls, 1);
        assert_int_equal(seen[0].failure, HTTP_UNSENT);
        assert_non_null(strstr(seen[0].cause, "127.0.0.1"));
}

/* sending twice */

/* A kept connection dies under the second request. What changes something is not sent again. */
static void a_change_is_sent_once(void **state)
{
        static const struct act acts[] = { { OK_TEXT, ACT_KEEP, 0 },
                                           { "", ACT_RESET, 0 },
                                           { OK_TEXT, ACT_KEEP, 0 } };

        (void)state;
        for (int once = 0; once < 2; once++) {
                struct http_request req;

                serve(acts, ELEMENTSOF(acts));
                get(&seen[0]);
                req = request_to(script_server_url(server), "POST");
                req.body = body;
                req.content_type = "application/json";
                req.once = once;
                start(&req, &seen[1]);
                wait_for(&seen[1].calls, 1);
                if (once) {
                        assert_int_equal(seen[1].failure, HTTP_LOST);
                        assert_int_equal(script_server_requests(server), 2);
                } else {
                        assert_int_equal(seen[1].failure, HTTP_ANSWERED);
                        assert_int_equal(script_server_requests(server), 3);
                        assert_non_null(strstr(script_server_request(server, 2), "\r\n\r\n{\"id\":\"1\"}"));
                }
                server = script_server_free(server);
        }
}

/* life of operations */
static void a_dropped_operation_is_silent(void **state)
{
        static const struct act acts[] = { { "", ACT_STALL, 0 }, { OK_TEXT, ACT_KEEP, 0 } };
        struct http_request req;

        (void)state;
        serve(acts, ELEMENTSOF(acts));
        req = request_to(script_server_url(server), "GET");
        start(&req, &seen[0]);
        seen[0].op = op_free(seen[0].op); /* before it was sent */
        start(&req, &seen[0]);
        while (!script_server_requests(server))
                turn();
        seen[0].op = op_free(seen[0].op); /* while it waits */
        start(&req, &seen[1]);
        wait_for(&seen[1].calls, 1);
        assert_int_equal(seen[1].status, 200);
        assert_int_equal(seen[0].calls, 0);
}

/* The owner frees another operation, starts a new one and frees http itself from inside callbacks. */
static struct seen chained;

static void on_last(void *userdata, const struct http_reply *reply)
{
        chained.status = reply->status;
        chained.calls++;
        chained.op = op_free(chained.op);
        http = http_free(http);
        (void)userdata;
}

static void on_first(void *userdata, const struct http_reply *reply)
{
        struct http_request req = request_to(script_server_url(server), "GET");

        (void)userdata;
        assert_int_equal(reply->status, 200);
        seen[0].op = op_free(seen[0].op);
        seen[1].op = op_free(seen[1].op);
        assert_int_equal(http_start(http, &req, on_last, NULL, &chained.op), 0);
}

static void callbacks_may_do_everything(void **state)
{
        static const struct act acts[] = { { OK_TEXT, ACT_KEEP, 0 },
                                           { OK_TEXT, ACT_KEEP, 0 },
                                           { OK_TEXT, ACT_KEEP, 0 } };
        struct http_request req;

        (void)state;
        memset(&chained, 0, sizeof(chained));
        serve(acts, ELEMENTSOF(acts));
        req = request_to(script_server_url(server), "GET");
        assert_int_equal(http_start(http, &req, on_first, NULL, &seen[0].op), 0);
        start(&req, &seen[1]);
        wait_for(&chained.calls, 1);
        assert_int_equal(chained.status, 200);
        assert_int_equal(seen[1].calls, 0);
        assert_null(http);
}

/* streams */
static void on_data(void *userdata, const char *data, size_t len)
{
        struct seen *s = userdata;
        size_t at = strlen(s->stream);

        s->len += len;
        (void)snprintf(s->stream + at, sizeof(s->stream) - at, "%.*s", (int)len, data);
}

static void a_stream_comes_as_it_is_sent(void **state)
{
        static const struct act acts[] = {
                { "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:ok\n\nevent: a\n", ACT_DRIP,
                  0 },
                { "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", ACT_CLOSE, 2 << 20 },
                { "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}", ACT_CLOSE, 0 },
        };
        struct http_request req;

        (void)state;
        serve(acts, ELEMENTSOF(acts));
        req = request_to(script_server_url(server), "GET");
        req.data = on_data;
        start(&req, &seen[0]);
        while (strcmp(seen[0].stream, ":ok\n\nevent: a\n") != 0)
                turn();
        assert_int_equal(seen[0].calls, 0); /* it goes on */
        seen[0].op = op_free(seen[0].op);
        assert_non_null(strstr(script_server_request(server, 0), "\r\nAccept: text/event-stream\r\n"));

        start(&req, &seen[1]); /* longer than any body may be, and faster than it is taken */
        wait_for(&seen[1].calls, 1);
        assert_int_equal(seen[1].failure, HTTP_ANSWERED);
        assert_string_equal(seen[1].body, "");
        assert_int_equal(strspn(seen[1].stream, "x"), sizeof(seen[1].stream) - 1);

        start(&req, &seen[2]); /* an error is no stream */
        wait_for(&seen[2].calls, 1);
        assert_int_equal(seen[2].status, 401);
        assert_string_equal(seen[2].body, "{}");
        assert_string_equal(seen[2].stream, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_request_says_who_we_are, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_servers_clock_is_told, set_up, tear_down),
                cmocka_unit_test_setup_teardown(connections_are_kept, set_up, tear_down),
                cmocka_unit_test_setup_teardown(methods_without_a_body, set_up, tear_down),
                cmocka_unit_test_setup_teardown(every_reply_ends_in_time, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_slow_drip_hits_the_deadline, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_redirect_is_told_and_not_followed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(retry_after_is_read, set_up, tear_down),
                cmocka_unit_test_setup_teardown(no_server_is_unsent, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_change_is_sent_once, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_dropped_operation_is_silent, set_up, tear_down),
                cmocka_unit_test_setup_teardown(callbacks_may_do_everything, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_stream_comes_as_it_is_sent, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
