/* SPDX-License-Identifier: Apache-2.0 */

/* JSON within bounds, times, and addresses with everything encoded. */

#include "cloud/json.h"
#include "cloud/url.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static int read_text(const char *text)
{
        json_t *j = NULL;
        int r = cloud_json_read(text, strlen(text), &j);

        assert_true(r == 0 || !j);
        json_decref(j);
        return r;
}

static void bounds_are_kept(void **state)
{
        (void)state;
        assert_int_equal(read_text("{\"a\":[1,2,{\"b\":null}]}"), 0);
        assert_int_equal(read_text("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"), 0);          /* 16 levels */
        assert_int_equal(read_text("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), -EBADMSG); /* 17 */
        assert_int_equal(read_text("[\"[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[\"]"), 0);
        assert_int_equal(read_text("{\"a\":1,\"a\":1}"), -EBADMSG);
        assert_int_equal(read_text("{\"a\":\"\\u0000\"}"), -EBADMSG);
        assert_int_equal(read_text("{\"a\":\"\xff\"}"), -EBADMSG);
        assert_int_equal(read_text("\"text\""), -EBADMSG);
        assert_int_equal(read_text("{} x"), -EBADMSG);
        assert_int_equal(read_text(""), -EBADMSG);
        assert_int_equal(read_text("\""), -EBADMSG);
        assert_int_equal(read_text("\"\\"), -EBADMSG);
}

static char *repeat(const char *open, const char *part, const char *close, size_t size)
{
        char *text = malloc(size + 1);
        size_t len = strlen(open);

        assert_non_null(text);
        memcpy(text, open, len);
        while (len + strlen(part) + strlen(close) + 1 < size) {
                memcpy(text + len, part, strlen(part));
                len += strlen(part);
                text[len++] = ',';
        }
        memcpy(text + len - 1, close, strlen(close) + 1);
        return text;
}

/* What it takes at most, as the heap counts it; the size of the text if it is refused. */
static size_t heap_of(char *text, int *ret_r)
{
        size_t before = mallinfo2().uordblks, after;
        json_t *j = NULL;

        *ret_r = cloud_json_read(text, strlen(text), &j);
        after = mallinfo2().uordblks;
        json_decref(j);
        free(text);
        return after - before;
}

/* 4 MiB took 336 of them. */
static void memory_has_a_bound(void **state)
{
        static const char device[] =
                "{\"id\":\"e00fce681fffffffffc08949\",\"name\":\"lamp-000001\",\"last_ip_address\":\"10.1.2.3\","
                "\"last_heard\":\"2026-01-31T12:00:00.123Z\",\"product_id\":4711,\"online\":false,\"platform_id\":12,"
                "\"cellular\":false,\"notes\":null,\"functions\":[],\"variables\":{},\"status\":\"normal\","
                "\"serial_number\":\"ARNHAM000000001\",\"system_firmware_version\":\"6.2.0\",\"groups\":[\"a\"]}";
        static const char *const parts[] = { "{}", "[]", "0", "[0]", "{\"a\":0}", "\"\"", "\"a\"" };
        enum { SIZE = 4 << 20 };
        int r;

        (void)state;
        assert_true(heap_of(repeat("[", device, "]", SIZE), &r) < (size_t)SIZE * CLOUD_JSON_COST_MAX);
        assert_int_equal(r, 0); /* a list as long as one may be */
        for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                for (size_t size = 1024; size <= SIZE; size *= 4) {
                        size_t heap = heap_of(repeat("[", parts[i], "]", size), &r);

                        if (heap > size * CLOUD_JSON_COST_MAX + CLOUD_JSON_COST_FREE)
                                fail_msg("%zu bytes of %s take %zu", size, parts[i], heap);
                        assert_int_equal(r, size <= 1024 ? 0 : r);
                }
}

static void other_types_are_not_there(void **state)
{
        static const char text[] = "{\"t\":\"x\",\"e\":\"\",\"n\":7,\"neg\":-1,\"big\":4294967296,\"f\":1.5,"
                                   "\"yes\":true,\"no\":false,\"o\":{}}";
        json_t *j = NULL;

        (void)state;
        assert_int_equal(cloud_json_read(text, strlen(text), &j), 0);
        assert_string_equal(cloud_json_text(j, "t"), "x");
        assert_null(cloud_json_text(j, "e"));
        assert_null(cloud_json_text(j, "n"));
        assert_null(cloud_json_text(j, "absent"));
        assert_null(cloud_json_text(NULL, "t"));
        assert_int_equal(cloud_json_number(j, "n"), 7);
        assert_int_equal(cloud_json_number(j, "neg"), 0);
        assert_int_equal(cloud_json_number(j, "big"), 0);
        assert_int_equal(cloud_json_number(j, "f"), 0);
        assert_int_equal(cloud_json_number(j, "t"), 0);
        assert_true(cloud_json_true(j, "yes"));
        assert_false(cloud_json_true(j, "no"));
        assert_false(cloud_json_true(j, "n"));
        assert_int_equal(cloud_json_time(j, "t"), 0);
        assert_int_equal(cloud_json_time(j, "o"), 0);
        json_decref(j);
}

static void times_are_read(void **state)
{
        static const struct {
                const char *text;
                int64_t s;
        } rows[] = {
                { "2026-01-01T00:00:00.000Z", 1767225600 },
                { "2026-01-01T00:00:00Z", 1767225600 },
                { "2026-01-01T01:30:00+01:30", 1767225600 },
                { "2025-12-31T19:00:00.5-05:00", 1767225600 },
                { "2024-02-29T12:00:00Z", 1709208000 },
                { "9999-12-31T23:59:59.999Z", 0 },
                { "2026-01-01T00:00:00", 0 },
                { "2026-01-01T00:00:00Zx", 0 },
                { "2026-01-01 00:00:00Z", 0 },
                { "2026-13-01T00:00:00Z", 0 },
                { "1960-01-01T00:00:00Z", 0 },
                { " 2026-01-01T00:00:00Z", 0 },
                { "2026-01-01T00:00:00+1:30", 0 },
                { "", 0 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(cloud_time_read(rows[i].text), rows[i].s);
}

static void addresses_are_encoded(void **state)
{
        struct buf out = buf_init(URL_MAX);

        (void)state;
        assert_int_equal(url_format(&out, "/v1/products/%u/customers/%s?x=%s", 42U, "a+b@c.d/../?&#%",
                                    "\xc3\xa4 ~-._0"),
                         0);
        assert_int_equal(buf_append(&out, "", 1), 0);
        assert_string_equal(out.data,
                            "/v1/products/42/customers/a%2Bb%40c.d%2F..%2F%3F%26%23%25?x=%C3%A4%20~-._0");
        buf_done(&out);
        out = buf_init(8);
        assert_int_equal(url_format(&out, "/%s", "//////"), -ENOBUFS);
        buf_done(&out);
}

static void device_ids_become_lower_case(void **state)
{
        char id[25];

        (void)state;
        assert_int_equal(url_device_id("E00FCE681fffffffffC08949", id), 0);
        assert_string_equal(id, "e00fce681fffffffffc08949");
        assert_int_equal(url_device_id("e00fce681fffffffffc0894", id), -EINVAL);
        assert_int_equal(url_device_id("e00fce681fffffffffc08949 ", id), -EINVAL);
        assert_int_equal(url_device_id("g00fce681fffffffffc08949", id), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bounds_are_kept),           cmocka_unit_test(memory_has_a_bound),
                cmocka_unit_test(other_types_are_not_there), cmocka_unit_test(times_are_read),
                cmocka_unit_test(addresses_are_encoded),     cmocka_unit_test(device_ids_become_lower_case),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
