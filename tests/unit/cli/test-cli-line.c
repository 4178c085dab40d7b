/* SPDX-License-Identifier: Apache-2.0 */

/* One object, one line, whatever the texts in it are. */

#include "setup/cli/line.h"
#include "setup/engine/event.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static void one_line_in_order(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);

        (void)state;
        assert_non_null(f);
        assert_int_equal(line_event(f, "device",
                                    json_pack("{s:i, s:o, s:o, s:o}", "z", 1, "a", event_text("x\ny"), "m",
                                              event_text(""), "b", event_text(NULL))),
                         0);
        assert_non_null(strstr(text, "Z\",\"event\":\"device\",\"z\":1,\"a\":\"x y\",\"m\":null,"
                                     "\"b\":null}\n")); /* flushed, too */
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        assert_int_equal(strncmp(text, "{\"v\":2,\"time\":\"20", 17), 0);
        assert_false(line_ended());
        (void)fclose(f);
        free(text);
}

static void texts_that_are_none(void **state)
{
        json_t *j = event_text("a\xff\xc3\xa9z");

        (void)state;
        assert_string_equal(json_string_value(j), "a?\xc3\xa9z");
        json_decref(j);
        j = event_text("\xc3\xa9");
        assert_string_equal(json_string_value(j), "\xc3\xa9");
        json_decref(j);
        j = event_text("\x1b]0;x\a\xc2\x9b\xe2\x80\xae\x7f");
        assert_string_equal(json_string_value(j), "?]0;x????");
        json_decref(j);
}

static void failures(void **state)
{
        FILE *f = fopen("/dev/full", "w");

        (void)state;
        assert_non_null(f);
        assert_int_equal(line_event(f, "device", NULL), -ENOMEM);
        assert_int_equal(line_job_event(f, "", "step", NULL), -ENOMEM);
        assert_int_equal(line_event(f, "device", json_object()), -EIO);
        (void)fclose(f);
}

static void ends(void **state)
{
        FILE *f = fopen("/dev/null", "w");

        (void)state;
        assert_non_null(f);
        assert_false(line_ended());
        assert_int_equal(line_summary(f, &(struct line_counts){ 1, 2, 3, 4 }, 24), 0);
        assert_true(line_ended());
        (void)fclose(f);
}

static void a_full_disk_is_noticed(void **state)
{
        FILE *f = fopen("/dev/full", "w");

        (void)state;
        assert_non_null(f);
        assert_true(line_result(f, "{}") < 0);
        assert_true(line_put(f, "{}") < 0);
        (void)fclose(f);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_line_in_order),
                cmocka_unit_test(texts_that_are_none),
                cmocka_unit_test(failures),
                cmocka_unit_test(ends),
                cmocka_unit_test(a_full_disk_is_noticed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
