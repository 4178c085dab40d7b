/* SPDX-License-Identifier: Apache-2.0 */

/* Lists of devices and SIM cards: kinds, columns, headings, and what is said of a bad line. */

#include "setup/account/items.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static struct trouble why;
static struct items items;

static int parse(const char *text)
{
        items_done(&items);
        why = (struct trouble){};
        return items_parse(&items, text, strlen(text), &why);
}

static void kinds(void **state)
{
        (void)state;
        assert_int_equal(parse("E00FCE68C0FFEE0123456789\narnham000000001\n8934076500002589174\n"), 0);
        assert_int_equal(items.n, 3);
        assert_int_equal(items.item[0].kind, ITEM_DEVICE_ID);
        assert_string_equal(items.item[0].text, "e00fce68c0ffee0123456789");
        assert_int_equal(items.item[1].kind, ITEM_SERIAL);
        assert_string_equal(items.item[1].text, "ARNHAM000000001");
        assert_int_equal(items.item[2].kind, ITEM_ICCID);
}

static void columns(void **state)
{
        (void)state;
        assert_int_equal(parse("Device ID,Name,Notes\r\n"
                               "# a comment\r\n"
                               "\r\n"
                               "\"e00fce68c0ffee0123456789\" , \"My Kitchen\" ,x\r\n"
                               "ARNHAM000000001;Attic\n"
                               "ARNHAM000000002\tCellar"),
                         0);
        assert_int_equal(items.n, 3);
        assert_string_equal(items.item[0].name, "My Kitchen");
        assert_string_equal(items.item[1].name, "Attic");
        assert_string_equal(items.item[2].name, "Cellar");
}

static void bad_lines(void **state)
{
        (void)state;
        assert_int_equal(parse("ARNHAM000000001\nwhat is this\n"), -EINVAL);
        assert_non_null(strstr(why.cause, "line 2"));
        assert_non_null(strstr(why.cause, "what is this"));
        assert_int_equal(parse("e00fce68c0ffee012345678\n"), -EINVAL); /* 23 digits */
        assert_int_equal(parse("x1\n"), -EINVAL);
        assert_int_equal(parse("id\nid\n"), -EINVAL); /* only the first line may be a heading */
        assert_int_equal(parse(""), 0);
        assert_int_equal(items.n, 0);
        assert_int_equal(items_parse(&items, "a\0b", 3, &why), -EINVAL);
}

static void long_names(void **state)
{
        char line[128];

        (void)state;
        memset(line, 'n', sizeof(line) - 1);
        memcpy(line, "ARNHAM000000001,", 16);
        line[16 + ITEM_NAME_MAX] = 0;
        assert_int_equal(parse(line), 0);
        assert_int_equal(strlen(items.item[0].name), ITEM_NAME_MAX);
        line[16 + ITEM_NAME_MAX] = 'n';
        line[17 + ITEM_NAME_MAX] = 0;
        assert_int_equal(parse(line), -EINVAL);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(kinds),
                cmocka_unit_test(columns),
                cmocka_unit_test(bad_lines),
                cmocka_unit_test(long_names),
        };
        int r = cmocka_run_group_tests(tests, NULL, NULL);

        items_done(&items);
        return r;
}
