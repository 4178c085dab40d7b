/* SPDX-License-Identifier: Apache-2.0 */

/* Event streams (cloud.md 6). */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"
#include <errno.h>
#include <stdio.h>

#define MINE "e00fce680000000000000001"
#define FREE "e00fce680000000000000002"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\"}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"}],"
        "\"devices\":[{\"id\":\"" MINE "\",\"owner\":\"me@x.org\"},{\"id\":\"" FREE "\"}]}";

/* Everything that the stream has now. */
static const char *heard(struct vcloud_stream *s, int *ret_end)
{
        static char text[4096];
        size_t len = 0, n;
        int r;

        while ((r = vcloud_stream_read(s, text + len, 7, &n)) == 0)
                len += n;
        text[len] = 0;
        *ret_end = r;
        return text;
}

static struct vcloud_stream *stream(struct vcloud *c, const char *what)
{
        struct vcloud_stream *s;

        assert_int_equal(ask(c, MY_TOKEN, what, NULL), 200);
        assert_string_equal(vcloud_reply_header(reply(), "Content-Type"),
                            "text/event-stream; charset=utf-8");
        s = reply()->stream;
        ((struct vcloud_reply *)reply())->stream = NULL;
        assert_non_null(s);
        return s;
}

static void test_wire(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = NULL;
        _cleanup_(vcloud_stream_freep) struct vcloud_stream *s = NULL;
        int end;

        (void)state;
        timer_virtual_set_wall(1767225600);
        c = cloud_of(seed);
        s = stream(c, "GET /v1/devices/events");
        assert_string_equal(heard(s, &end), ":ok\n\n");
        goes_online(c, FREE, NULL, true); /* nobody's device is not heard */
        goes_online(c, MINE, NULL, true);
        assert_string_equal(heard(s, &end),
                            "event: spark/status\ndata: {\"data\":\"offline\",\"ttl\":60,\"published_at\":"
                            "\"2026-01-01T00:00:00.000Z\",\"coreid\":\"" MINE "\"}\n\n"
                            "event: spark/status\ndata: {\"data\":\"online\",\"ttl\":60,\"published_at\":"
                            "\"2026-01-01T00:00:00.000Z\",\"coreid\":\"" MINE "\"}\n\n");
        assert_int_equal(end, -EAGAIN);
        timer_virtual_advance(8999);
        assert_string_equal(heard(s, &end), "");
        timer_virtual_advance(1);
        assert_string_equal(heard(s, &end), "\n");
        timer_virtual_advance(9000);
        assert_string_equal(heard(s, &end), "\n");
}

static void test_filters(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        _cleanup_(vcloud_stream_freep) struct vcloud_stream *flash = NULL, *status = NULL, *device = NULL;
        int end;

        (void)state;
        flash = stream(c, "GET /v1/devices/events/spark%2Fflash");
        status = stream(c, "GET /v1/events/spark/status");
        device = stream(c, "GET /v1/devices/" MINE "/events");
        goes_online(c, MINE, NULL, true);
        assert_string_equal(heard(flash, &end), ":ok\n\n");
        assert_non_null(strstr(heard(status, &end), "online"));
        assert_non_null(strstr(heard(device, &end), "online"));
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices/events", "name=spark/flash/x&data=y"), 200);
        assert_non_null(strstr(heard(flash, &end), "\"coreid\":\"api\""));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/" FREE "/events", NULL), 403);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/events", NULL), 400);
        assert_string_equal(said(), "{\"ok\":false,\"error\":\"event prefix filter is required\"}");
        assert_int_equal(ask(c, NULL, "GET /v1/devices/events", NULL), 400);
}

static void test_published(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c =
                cloud_of("{\"users\":[{\"username\":\"me@x.org\"}],"
                         "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"}],"
                         "\"products\":[{\"id\":7,\"owner\":\"me@x.org\"}],"
                         "\"devices\":[{\"id\":\"" MINE "\",\"product_id\":7}]}");
        _cleanup_(vcloud_stream_freep) struct vcloud_stream *product =
                                                                    stream(c, "GET /v1/products/7/events"),
                                                            *member = stream(
                                                                    c, "GET /v1/products/7/devices/" MINE
                                                                       "/events/spark"),
                                                            *mine = stream(c, "GET /v1/devices/events");
        int end;

        (void)state;
        (void)heard(product, &end);
        (void)heard(member, &end);
        assert_int_equal(ask(c, NULL, "POST /sim/devices/" MINE "/event",
                             "{\"name\":\"spark/status/safe-mode\",\"data\":\"{}\"}"),
                         200);
        assert_non_null(
                strstr(heard(product, &end), "event: spark/status/safe-mode\ndata: {\"data\":\"{}\""));
        assert_non_null(strstr(heard(member, &end), "spark/status/safe-mode"));
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/products/7/events", "name=hello"), 200);
        assert_non_null(strstr(heard(product, &end), "event: hello\ndata: {\"data\":null"));
        assert_string_equal(heard(member, &end), "");
        assert_string_equal(heard(mine, &end), ":ok\n\n"); /* unclaimed: not on my own stream */
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/products/7/events", "name="), 400);
        assert_int_equal(ask(c, NULL, "POST /sim/devices/" FREE "/event", "{\"name\":\"x\"}"), 404);
}

static void test_faults(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        _cleanup_(vcloud_stream_freep) struct vcloud_stream *silent = NULL, *cut = NULL;
        _cleanup_(freep) char *why = NULL;
        const char *text;
        int end;

        (void)state;
        assert_int_equal(vcloud_add_fault(c, "GET /v1/devices/events stall,times=1", &why), 0);
        assert_int_equal(vcloud_add_fault(c, "GET /v1/devices/events cut-event,times=1", &why), 0);
        silent = stream(c, "GET /v1/devices/events");
        cut = stream(c, "GET /v1/devices/events");
        (void)heard(cut, &end);
        goes_online(c, MINE, NULL, true);
        timer_virtual_advance(600000);
        assert_string_equal(heard(silent, &end), ":ok\n\n");
        assert_int_equal(end, -EAGAIN);
        text = heard(cut, &end);
        assert_int_equal(end, -ECONNRESET);
        assert_true(strlen(text) > 10 && !strstr(text, "\n\n"));
}

static void test_limits(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        struct vcloud_stream *open[100];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(open); i++)
                open[i] = stream(c, "GET /v1/devices/events");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/events", NULL), 529);
        timer_virtual_advance(300000);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/events", NULL), 529); /* they are still open */
        for (size_t i = 0; i < ELEMENTSOF(open); i++)
                vcloud_stream_free(open[i]);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices/events", NULL), 200);
        forget();
        assert_int_equal(timer_virtual_pending(), 0);
}

static void count(void *userdata)
{
        ++*(unsigned *)userdata;
}

static void test_ends_with_the_cloud(void **state)
{
        struct vcloud *c = cloud_of(seed);
        _cleanup_(vcloud_stream_freep) struct vcloud_stream *s = stream(c, "GET /v1/devices/events");
        unsigned woken = 0;
        int end;

        (void)state;
        vcloud_stream_watch(s, count, &woken);
        vcloud_free(c);
        assert_int_equal(woken, 1);
        assert_string_equal(heard(s, &end), ":ok\n\n");
        assert_int_equal(end, -EPIPE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_wire),   cmocka_unit_test(test_filters),
                cmocka_unit_test(test_faults), cmocka_unit_test(test_published),
                cmocka_unit_test(test_limits), cmocka_unit_test(test_ends_with_the_cloud),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
