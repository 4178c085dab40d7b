/* SPDX-License-Identifier: Apache-2.0 */

/* Waiting for news of devices on one stream, and the flow's question that waits for them, over a scripted
 * HTTP on the virtual clock. */

#include "cloud/events.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "setup/ports/news.h"
#include "setup/ports/ports-cloud.h"
#include "tests/unit/cloud/fake-http.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ONE    "e00fce681fffffffffc08949"
#define TWO    "e00fce682fffffffffc08949"
#define EVENTS "GET", "/v1/devices/events/spark%2Fstatus"
#define OPEN   EVENTS, .after_ms = FAKE_NEVER
#define EVENT(name, data, id)                                                                               \
        "event: " name "\ndata: {\"data\":\"" data "\",\"published_at\":\"2026-01-01T00:00:01.000Z\","      \
        "\"coreid\":\"" id "\"}\n\n"
#define STATUS(data, id) EVENT("spark/status", data, id)

enum { WAIT = 15000 };

static struct cloud_client *client;
static struct news *news;

static struct waiter {
        struct op *op;
        unsigned calls;
        enum news_heard heard;
        uint64_t at_ms; /* when it was told */
} one, two;

static void on_heard(void *userdata, enum news_heard heard)
{
        struct waiter *w = userdata;

        w->calls++;
        w->heard = heard;
        w->at_ms = timer_now_ms();
        w->op = op_free(w->op);
}

static void wait_for(struct waiter *w, unsigned product_id, const char *id)
{
        *w = (struct waiter){};
        assert_int_equal(news_wait(news, product_id, id, WAIT, on_heard, w, &w->op), 0);
        assert_int_equal(w->calls, 0);
}

/* Told at once, that is by the next turn of the loop. */
static bool at_once(struct waiter *w)
{
        timer_virtual_advance(0);
        return w->calls == 1;
}

static void begin(const struct fake_row *rows, size_t n)
{
        fake_http_script(rows, n);
        wait_for(&one, 0, ONE);
        assert_true(at_once(&one));
        assert_int_equal(one.heard, HEARD_NOTHING);
}

/* The stream is open, and what was before is known. */
static void begin_open(const struct fake_row *rows, size_t n)
{
        begin(rows, n);
        assert_true(fake_http_stream(":ok\n\n"));
        wait_for(&one, 0, ONE);
        assert_true(at_once(&one));
}

static int set_up(void **state)
{
        _cleanup_(secret_freep) struct secret *token = NULL;

        (void)state;
        if (secret_init() < 0 || secret_new("t0ken-t0ken", 11, &token) < 0 ||
            cloud_client_new(&(struct cloud_config){ .url = FAKE_URL, .token = token }, &client) < 0)
                return -1;
        return news_new(NULL, client, &news);
}

static int tear_down(void **state)
{
        (void)state;
        one.op = op_free(one.op);
        two.op = op_free(two.op);
        news = news_free(news);
        client = cloud_client_free(client);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_int_equal(fake_http_open(), 0);
        return 0;
}

static void an_event_ends_the_wait(void **state)
{
        static const struct fake_row rows[] = { { OPEN } };

        (void)state;
        begin_open(rows, 1);
        wait_for(&one, 0, "E00FCE681FFFFFFFFFC08949");
        timer_virtual_advance(WAIT - 1);
        assert_int_equal(one.calls, 0);
        assert_true(fake_http_stream(STATUS("offline", ONE) STATUS("online", ONE)));
        assert_int_equal(one.calls, 0); /* never from inside the stream */
        assert_true(at_once(&one));
        assert_int_equal(one.heard, HEARD_ONLINE);
        wait_for(&one, 0, ONE); /* nothing new */
        assert_true(fake_http_stream(STATUS("offline", ONE)));
        assert_true(at_once(&one));
        assert_int_equal(one.heard, HEARD_OFFLINE);
        wait_for(&one, 0, ONE);
        assert_true(fake_http_stream(EVENT("spark/status/safe-mode", "{}", ONE)));
        assert_true(at_once(&one));
        assert_int_equal(one.heard, HEARD_NOTHING);
        assert_int_equal(fake_http_made(), 1);
}

static void silence_ends_it_in_time(void **state)
{
        static const struct fake_row rows[] = { { OPEN } };
        uint64_t begin_ms;

        (void)state;
        begin_open(rows, 1);
        begin_ms = timer_now_ms();
        wait_for(&one, 0, ONE);
        timer_virtual_advance(2 * WAIT);
        assert_int_equal(one.calls, 1);
        assert_int_equal(one.at_ms - begin_ms, WAIT);
        assert_int_equal(one.heard, HEARD_NOTHING);
}

/* While the question is on its way nobody waits; what happens then is news all the same, once. */
static void events_between_two_waits_count(void **state)
{
        static const struct fake_row rows[] = { { OPEN } };

        (void)state;
        begin_open(rows, 1);
        assert_true(fake_http_stream(STATUS("online", ONE)));
        timer_virtual_advance(2000);
        wait_for(&one, 0, ONE);
        assert_true(at_once(&one));
        assert_int_equal(one.heard, HEARD_ONLINE);
        wait_for(&one, 0, ONE);
        assert_false(at_once(&one));
        timer_virtual_advance(WAIT);
        assert_int_equal(one.heard, HEARD_NOTHING);
}

static void one_stream_serves_all(void **state)
{
        static const struct fake_row rows[] = { { OPEN } };

        (void)state;
        begin_open(rows, 1);
        wait_for(&two, 0, TWO);
        assert_true(at_once(&two)); /* never asked for until now */
        wait_for(&one, 0, ONE);
        wait_for(&two, 0, TWO);
        assert_true(fake_http_stream(STATUS("online", "e00fce683fffffffffc08949")));
        assert_true(fake_http_stream(STATUS("online", TWO)));
        assert_true(at_once(&two));
        assert_int_equal(one.calls, 0);
        assert_true(fake_http_stream(STATUS("online", ONE)));
        assert_true(at_once(&one));
        assert_int_equal(fake_http_made(), 1);
        assert_int_equal(fake_http_open(), 1);
}

/* After each (re)connect the device is asked for: what was meanwhile is lost. */
static void a_broken_stream_is_polled_and_comes_back(void **state)
{
        static const struct fake_row rows[] = { { OPEN }, { OPEN } };

        (void)state;
        begin_open(rows, 2);
        wait_for(&one, 0, ONE);
        fake_http_stream_end(HTTP_LOST);
        assert_true(at_once(&one));
        wait_for(&one, 0, ONE); /* no stream, no waiting */
        assert_true(at_once(&one));
        timer_virtual_advance(2500);
        wait_for(&one, 0, ONE); /* being opened */
        assert_true(at_once(&one));
        assert_int_equal(fake_http_made(), 2);
        assert_true(fake_http_stream(":ok\n\n"));
        wait_for(&one, 0, ONE);
        assert_true(at_once(&one));
        wait_for(&one, 0, ONE);
        assert_false(at_once(&one));
        assert_true(fake_http_stream(STATUS("online", ONE)));
        assert_true(at_once(&one));
        assert_int_equal(one.heard, HEARD_ONLINE);
}

static void a_silent_stream_is_given_up(void **state)
{
        static const struct fake_row rows[] = { { OPEN }, { OPEN } };
        uint64_t begin_ms, told = 0;

        (void)state;
        begin_open(rows, 2);
        begin_ms = timer_now_ms();
        while (timer_now_ms() < begin_ms + EVENTS_SILENCE_MS - 1) {
                wait_for(&one, 0, ONE);
                timer_virtual_advance(WAIT - 1);
                told += one.calls;
                timer_virtual_advance(1);
                assert_int_equal(one.calls, 1); /* asked all the while */
        }
        assert_int_equal(told, 0);
        timer_virtual_advance(2500);
        assert_int_equal(fake_http_made(), 2);
}

static void a_stream_that_is_refused_is_not_asked_for_again(void **state)
{
        static const struct fake_row rows[] = { { EVENTS, .status = 401,
                                                  .answer = "{\"error\":\"invalid_token\"}" } };

        (void)state;
        begin(rows, 1);
        for (int i = 0; i < 60; i++) {
                timer_virtual_advance(2000);
                wait_for(&one, 0, ONE);
                assert_true(at_once(&one));
        }
        timer_virtual_advance(NEWS_LINGER_MS);
        wait_for(&one, 0, ONE);
        assert_true(at_once(&one));
        assert_int_equal(fake_http_made(), 1);
}

static void a_limit_is_kept(void **state)
{
        static const struct fake_row rows[] = { { EVENTS, .status = 529 }, { OPEN } };

        (void)state;
        begin(rows, 2);
        for (int i = 0; i < 14; i++) {
                timer_virtual_advance(2000);
                wait_for(&one, 0, ONE);
                assert_true(at_once(&one));
        }
        assert_int_equal(fake_http_made(), 1);
        timer_virtual_advance(10000);
        assert_int_equal(fake_http_made(), 2);
}

static void nobody_waits_and_it_is_closed(void **state)
{
        static const struct fake_row rows[] = { { OPEN }, { OPEN } };

        (void)state;
        begin_open(rows, 2);
        timer_virtual_advance(NEWS_LINGER_MS - 1);
        assert_int_equal(fake_http_open(), 1);
        timer_virtual_advance(1);
        assert_int_equal(fake_http_open(), 0);
        assert_int_equal(timer_virtual_pending(), 0);
        wait_for(&one, 0, ONE);
        assert_true(at_once(&one));
        assert_int_equal(fake_http_made(), 2);
}

static void the_stream_follows_the_product(void **state)
{
        static const struct fake_row rows[] = {
                { OPEN },
                { "GET", "/v1/products/7/events/spark%2Fstatus", .after_ms = FAKE_NEVER },
        };

        (void)state;
        begin_open(rows, 2);
        wait_for(&one, 0, ONE);
        wait_for(&two, 7, TWO); /* somebody else waits for another stream */
        assert_true(at_once(&two));
        assert_int_equal(fake_http_made(), 1);
        one.op = op_free(one.op);
        wait_for(&two, 7, TWO);
        assert_true(at_once(&two));
        assert_int_equal(fake_http_made(), 2);
        assert_int_equal(fake_http_open(), 1);
        assert_true(fake_http_stream(":ok\n\n"));
        wait_for(&two, 7, TWO);
        assert_true(at_once(&two));
        wait_for(&two, 7, TWO);
        assert_true(fake_http_stream(STATUS("online", TWO)));
        assert_true(at_once(&two));
}

static void what_is_no_device_is_refused(void **state)
{
        (void)state;
        assert_int_equal(news_wait(news, 0, "x", WAIT, on_heard, &one, &one.op), -EINVAL);
        assert_null(news_free(NULL));
}

/* the flow's question */
static struct {
        struct op *op;
        unsigned calls;
        enum fault fault;
        bool known, online, came_online;
} asked;

static void on_answer(void *userdata, const struct answer *a)
{
        (void)userdata;
        asked.calls++;
        asked.fault = a->trouble.fault;
        if (a->trouble.fault == FAULT_NONE) {
                asked.known = said_device(a->cloud)->known;
                asked.online = said_device(a->cloud)->online;
                asked.came_online = said_device(a->cloud)->came_online;
        }
        asked.op = op_free(asked.op);
}

static void question(uint32_t news_ms)
{
        memset(&asked, 0, sizeof(asked));
        assert_int_equal(ports_cloud_ask(NULL, client, news,
                                         ASK_DEVICE(.device_id = ONE, .news_ms = news_ms), on_answer, NULL,
                                         &asked.op),
                         0);
}

static bool is_answered(void *userdata)
{
        (void)userdata;
        return asked.calls > 0;
}

#define GET(online)                                                                                         \
        "GET", "/v1/devices/" ONE, .status = 200, .answer = "{\"id\":\"" ONE "\",\"online\":" online "}"

static void the_question_waits_for_news(void **state)
{
        static const struct fake_row rows[] = {
                { GET("false") }, { OPEN },        { GET("false") },
                { GET("false") }, { GET("true") }, { GET("true") },
        };

        (void)state;
        fake_http_script(rows, ELEMENTSOF(rows));
        question(0);
        assert_true(timer_virtual_run(is_answered, NULL, 0));
        question(WAIT);
        assert_true(timer_virtual_run(is_answered, NULL, 0));
        assert_true(fake_http_stream(":ok\n\n"));
        question(WAIT);
        assert_true(timer_virtual_run(is_answered, NULL, 0));
        assert_false(asked.came_online);
        question(WAIT);
        assert_false(timer_virtual_run(is_answered, NULL, WAIT - 1));
        assert_true(fake_http_stream(STATUS("online", ONE)));
        assert_true(timer_virtual_run(is_answered, NULL, 0));
        assert_true(asked.known && asked.online && asked.came_online);
        question(WAIT);
        assert_true(timer_virtual_run(is_answered, NULL, WAIT));
        assert_false(asked.came_online);
        question(WAIT);
        asked.op = op_free(asked.op); /* dropped while it waits */
        assert_int_equal(fake_http_made(), ELEMENTSOF(rows));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(an_event_ends_the_wait, set_up, tear_down),
                cmocka_unit_test_setup_teardown(silence_ends_it_in_time, set_up, tear_down),
                cmocka_unit_test_setup_teardown(events_between_two_waits_count, set_up, tear_down),
                cmocka_unit_test_setup_teardown(one_stream_serves_all, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_broken_stream_is_polled_and_comes_back, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_silent_stream_is_given_up, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_stream_that_is_refused_is_not_asked_for_again, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_limit_is_kept, set_up, tear_down),
                cmocka_unit_test_setup_teardown(nobody_waits_and_it_is_closed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_stream_follows_the_product, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_no_device_is_refused, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_question_waits_for_news, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
