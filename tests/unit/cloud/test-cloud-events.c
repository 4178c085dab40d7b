/* SPDX-License-Identifier: Apache-2.0 */

/* The grammar of event streams, cut at every byte, and the stream that is kept open: watchdog, reconnection,
 * limits, ends. */

#include "cloud/events.h"
#include "cloud/sse.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cloud/fake-client.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ID "e00fce681fffffffffc08949"

/* the grammar */
static const struct {
        const char *in, *out; /* out: "name=data|" of each event */
} streams[] = {
        { ":ok\n\n", "" },
        { "event: a\ndata: 1\n\n", "a=1|" },
        { "event:a\r\ndata:1\r\n\r\n", "a=1|" },
        { "event: a\rdata: 1\r\rdata: 2\r\r", "a=1|=2|" },
        { "data: one\ndata: two\ndata\n\n", "=one\ntwo\n|" },
        { "data:  two spaces\n\n", "= two spaces|" },
        { "event: lost\n\ndata: x\n\n", "=x|" },
        { "id: 7\nretry: 10\nfoo: bar\n: comment\ndata: x\n\n", "=x|" },
        { "dataset: x\n\n", "" },
        { "data: never ended\n", "" },
        { "\n\n\n\ndata: x\n\n\n\n", "=x|" },
        { "data:\n\n", "=|" },
        { "event: 1\nevent: 2\ndata: x\n\n", "2=x|" },
};

static void collect(struct sse *s, char *out, size_t size)
{
        struct sse_event e;

        while (sse_next(s, &e) == 1) {
                size_t len = strlen(out);

                assert_int_equal(strlen(e.data), e.len);
                (void)snprintf(out + len, size - len, "%s=%s|", e.name, e.data);
        }
}

static void streams_are_read_however_they_are_cut(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(streams); i++)
                for (size_t cut = 0; cut <= strlen(streams[i].in); cut++) {
                        struct sse s;
                        char out[256] = "";

                        sse_init(&s);
                        assert_int_equal(sse_feed(&s, streams[i].in, cut), 0);
                        collect(&s, out, sizeof(out));
                        assert_int_equal(sse_feed(&s, streams[i].in + cut, strlen(streams[i].in) - cut), 0);
                        collect(&s, out, sizeof(out));
                        assert_string_equal(out, streams[i].out);
                        sse_done(&s);
                }
}

static void streams_have_bounds(void **state)
{
        static char chunk[4096];
        struct sse_event e;
        struct sse s;
        int r = 0;

        (void)state;
        memset(chunk, 'x', sizeof(chunk));
        sse_init(&s); /* a line without end */
        for (size_t fed = 0; r >= 0 && fed <= 2 * SSE_PENDING_MAX; fed += sizeof(chunk)) {
                r = sse_feed(&s, chunk, sizeof(chunk));
                if (r >= 0)
                        r = sse_next(&s, &e);
        }
        assert_int_equal(r, -EMSGSIZE);
        sse_done(&s);
        memcpy(chunk, "data: ", 6);
        chunk[sizeof(chunk) - 1] = '\n';
        sse_init(&s); /* an event without end */
        r = 0;
        for (size_t fed = 0; r >= 0 && fed <= 2 * SSE_DATA_MAX; fed += sizeof(chunk)) {
                r = sse_feed(&s, chunk, sizeof(chunk));
                if (r >= 0)
                        r = sse_next(&s, &e);
        }
        assert_int_equal(r, -EMSGSIZE);
        sse_done(&s);
}

/* A million empty lines are read in one go each, not moved along a million times: that took minutes. */
static void many_lines_take_no_time(void **state)
{
        static char chunk[60000];
        clock_t start = clock();
        struct sse_event e;
        struct sse s;

        (void)state;
        memset(chunk, '\n', sizeof(chunk));
        sse_init(&s);
        for (int i = 0; i < 100; i++) {
                assert_int_equal(sse_feed(&s, chunk, sizeof(chunk)), 0);
                assert_int_equal(sse_next(&s, &e), 0);
        }
        for (size_t i = 0; i < sizeof(chunk); i++) { /* a line that comes byte by byte */
                assert_int_equal(sse_feed(&s, "x", 1), 0);
                assert_int_equal(sse_next(&s, &e), 0);
        }
        sse_done(&s);
        assert_true((clock() - start) / CLOCKS_PER_SEC < 10);
}

/* the stream kept open */
static struct {
        char log[512]; /* O opened, B broken, E ended, and each event's data */
        enum fault fault;
        char cause[TROUBLE_CAUSE_MAX], name[64], id[32];
        int64_t published_s;
        bool drop_at_event, drop_at_open;
} got;

static struct op *op;

static void on_news(void *userdata, const struct cloud_news *n)
{
        static const char *const letters[] = { "O", "", "B", "E" };
        size_t len = strlen(got.log);

        (void)userdata;
        (void)snprintf(got.log + len, sizeof(got.log) - len, "%s%s ", letters[n->kind],
                       n->kind == NEWS_EVENT ? n->data : "");
        if (n->error) {
                got.fault = n->error->trouble.fault;
                (void)snprintf(got.cause, sizeof(got.cause), "%s", n->error->trouble.cause);
        }
        if (n->kind == NEWS_EVENT) {
                (void)snprintf(got.name, sizeof(got.name), "%s", n->name);
                (void)snprintf(got.id, sizeof(got.id), "%s", n->device_id);
                got.published_s = n->published_s;
        }
        if ((got.drop_at_event && n->kind == NEWS_EVENT) || (got.drop_at_open && n->kind == NEWS_OPENED))
                op = op_free(op);
}

#define OPEN "GET", "/v1/devices/events/spark", .after_ms = FAKE_NEVER
#define EVENT(data)                                                                                         \
        "event: spark/status\ndata: {\"data\":\"" data "\",\"ttl\":\"60\",\"published_at\":"                \
        "\"2026-01-01T00:00:01.000Z\",\"coreid\":\"E00FCE681FFFFFFFFFC08949\"}\n\n"

static void start(const struct fake_row *rows, size_t n)
{
        memset(&got, 0, sizeof(got));
        fake_http_script(rows, n);
        assert_int_equal(
                cloud_events(client, &(struct cloud_events){ .prefix = "spark" }, on_news, NULL, &op), 0);
        assert_string_equal(got.log, "");
}

static int tear_down(void **state)
{
        op = op_free(op);
        return client_tear_down(state);
}

static void events_arrive(void **state)
{
        static const struct fake_row rows[] = { { OPEN } };

        (void)state;
        start(rows, 1);
        assert_true(fake_http_stream(":ok\n\n"));
        assert_string_equal(got.log, "O ");
        assert_true(fake_http_stream(EVENT("offline") EVENT("online") "event: spark/sta"));
        assert_string_equal(got.log, "O offline online ");
        assert_true(
                fake_http_stream("tus\ndata: not json\n\ndata: {\"data\":\"no device\"}\n\ndata: []\n\n"));
        assert_string_equal(got.log, "O offline online ");
        assert_string_equal(got.name, "spark/status");
        assert_string_equal(got.id, ID);
        assert_int_equal(got.published_s, 1767225601);
}

static void silence_ends_a_stream_and_it_comes_back(void **state)
{
        static const struct fake_row rows[] = { { OPEN }, { OPEN } };

        (void)state;
        start(rows, 2);
        assert_true(fake_http_stream(":ok\n\n"));
        for (int i = 0; i < 10; i++) { /* a blank line in time is enough */
                timer_virtual_advance(EVENTS_SILENCE_MS - 1);
                assert_true(fake_http_stream("\n"));
        }
        timer_virtual_advance(EVENTS_SILENCE_MS);
        assert_string_equal(got.log, "O B ");
        assert_int_equal(got.fault, FAULT_CLOUD_UNREACHABLE);
        assert_non_null(strstr(got.cause, "silent"));
        assert_false(fake_http_stream("x"));
        timer_virtual_advance(2500);
        assert_true(fake_http_stream(EVENT("online")));
        assert_string_equal(got.log, "O B O online ");
}

static bool all_made(void *userdata)
{
        (void)userdata;
        return fake_http_made() == 5;
}

static void what_heals_is_tried_again_with_longer_pauses(void **state)
{
        static const struct fake_row rows[] = {
                { "GET", "/v1/devices/events/spark", .failure = HTTP_UNSENT },
                { "GET", "/v1/devices/events/spark", .status = 502, .answer = "<html>" },
                { "GET", "/v1/devices/events/spark", .status = 529 },
                { "GET", "/v1/devices/events/spark", .status = 429, .retry_after_s = 90 },
                { OPEN },
        };
        uint64_t begin, at;

        (void)state;
        start(rows, ELEMENTSOF(rows));
        begin = timer_now_ms();
        assert_true(timer_virtual_run(all_made, NULL, 400000));
        assert_string_equal(got.log, "B B B B ");
        at = fake_http_last_ms() - begin; /* 2 + 4 + 30 + 90 s and up to a quarter more */
        assert_in_range(at, 126000, 157500);
        assert_true(fake_http_stream(":ok\n\n"));
        fake_http_stream_end(HTTP_ANSWERED); /* a clean end is normal */
        assert_string_equal(got.log, "B B B B O B ");
        assert_non_null(strstr(got.cause, "closed"));
}

static void what_does_not_heal_ends_it(void **state)
{
        static const struct {
                int status;
                const char *answer;
                enum fault fault;
        } rows[] = {
                { 401, "{\"error\":\"invalid_token\"}", FAULT_TOKEN_INVALID },
                { 403, "{\"error\":\"Permission Denied\"}", FAULT_CLOUD_REFUSED },
                { 400, "{\"ok\":false,\"error\":\"event prefix filter is required\"}", FAULT_CLOUD_REFUSED },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct fake_row row = { "GET", "/v1/devices/events/spark", .status = rows[i].status,
                                              .answer = rows[i].answer };

                start(&row, 1);
                timer_virtual_advance(3600000);
                assert_string_equal(got.log, "E ");
                assert_int_equal(got.fault, rows[i].fault);
                op = op_free(op);
        }
}

static void it_may_be_freed_from_any_news(void **state)
{
        static const struct fake_row rows[] = { { OPEN }, { OPEN } };

        (void)state;
        start(rows, 1);
        got.drop_at_open = true;
        assert_true(fake_http_stream(":ok\n\n" EVENT("online")));
        assert_string_equal(got.log, "O ");
        start(rows, 1);
        got.drop_at_event = true;
        assert_true(fake_http_stream(EVENT("one") EVENT("two")));
        assert_string_equal(got.log, "O one ");
        assert_int_equal(fake_http_open(), 0);
        assert_int_equal(timer_virtual_pending(), 0);
}

static void a_stream_of_rubbish_is_given_up(void **state)
{
        static const struct fake_row rows[] = { { OPEN } };
        static char chunk[60001];

        (void)state;
        memset(chunk, 'x', sizeof(chunk) - 1);
        start(rows, 1);
        for (int i = 0; i < 3; i++)
                (void)fake_http_stream(chunk);
        assert_string_equal(got.log, "O B ");
        assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
}

static void addresses(void **state)
{
        static const struct {
                struct cloud_events what;
                const char *path;
        } rows[] = {
                { { 0, NULL, NULL, 0 }, "/v1/devices/events" },
                { { 0, NULL, "spark/status", 0 }, "/v1/devices/events/spark%2Fstatus" },
                { { 0, ID, NULL, 0 }, "/v1/devices/" ID "/events" },
                { { 9, NULL, "x", 0 }, "/v1/products/9/events/x" },
                { { 9, ID, NULL, 0 }, "/v1/products/9/devices/" ID "/events" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct fake_row row = { "GET", rows[i].path, .after_ms = FAKE_NEVER };

                fake_http_script(&row, 1);
                assert_int_equal(cloud_events(client, &rows[i].what, on_news, NULL, &op), 0);
                op = op_free(op);
        }
        assert_int_equal(
                cloud_events(client, &(struct cloud_events){ .device_id = "x" }, on_news, NULL, &op),
                -EINVAL);
        assert_null(op);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(streams_are_read_however_they_are_cut),
                cmocka_unit_test(streams_have_bounds),
                cmocka_unit_test(many_lines_take_no_time),
                cmocka_unit_test_setup_teardown(events_arrive, client_set_up, tear_down),
                cmocka_unit_test_setup_teardown(silence_ends_a_stream_and_it_comes_back, client_set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(what_heals_is_tried_again_with_longer_pauses, client_set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(what_does_not_heal_ends_it, client_set_up, tear_down),
                cmocka_unit_test_setup_teardown(it_may_be_freed_from_any_news, client_set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_stream_of_rubbish_is_given_up, client_set_up, tear_down),
                cmocka_unit_test_setup_teardown(addresses, client_set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
