/* SPDX-License-Identifier: Apache-2.0 */

/* What a terminal would obey does not get through, whatever bytes come; what is too long keeps both its ends
 * and no half character. */

#include "proto/base/cleanup.h"
#include "proto/base/text.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

static void outside_text_is_cleaned(void **state)
{
        static const struct {
                const char *from, *to;
        } rows[] = {
                { "", "" },
                { "Kitchen", "Kitchen" },
                { "K\u00fcche \u4e2d\u6587 \U0001f600", "K\u00fcche \u4e2d\u6587 \U0001f600" },
                { "a\tb\nc\r\nd", "a b c  d" },
                { "\033[31mred\033[0m", "?[31mred?[0m" },
                { "bell\a del\x7f", "bell? del?" },
                { "C1 \xc2\x9b"
                  "2J \xc2\x85",
                  "C1 ?2J ?" },
                { "raw \x9b"
                  "2J",
                  "raw ?2J" },
                { "latin \xfc", "latin ?" },
                { "cut \xe4\xb8", "cut ??" },
                { "overlong \xc0\xaf", "overlong ??" },
                { "surrogate \xed\xa0\x80", "surrogate ???" },
                { "beyond \xf4\x90\x80\x80", "beyond ????" },
                { "gpj.\u202egnp\u2069 \u200e\u061c", "gpj.?gnp? ??" },
                { "lines\u2028and\u2029paragraphs", "lines?and?paragraphs" },
                { "joined \u200d stays", "joined \u200d stays" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                char text[64];

                (void)snprintf(text, sizeof(text), "%s", rows[i].from);
                text_clean(text);
                assert_string_equal(text, rows[i].to);
                assert_true(text_is_utf8(text));
                text_clean(text);
                assert_string_equal(text, rows[i].to);
        }
}

/* Every pair of bytes, alone and with an ordinary one behind it. */
static void whatever_bytes_come(void **state)
{
        (void)state;
        for (unsigned a = 1; a < 256; a++)
                for (unsigned b = 1; b < 256; b++) {
                        char text[] = { (char)a, (char)b, 'x', 0 };

                        text_clean(text);
                        assert_true(strlen(text) > 0 && strlen(text) <= 3 && text_is_utf8(text));
                        for (const char *p = text; *p; p++)
                                assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
                }
}

static void characters_are_recognised(void **state)
{
        (void)state;
        assert_int_equal(text_character((const uint8_t *)"a", 1), 1);
        assert_int_equal(text_character((const uint8_t *)"\xc3\xbc", 2), 2);
        assert_int_equal(text_character((const uint8_t *)"\xc3\xbc", 1), 0);
        assert_int_equal(text_character((const uint8_t *)"\n", 1), 0);
        assert_int_equal(text_character((const uint8_t *)"", 0), 0);
        assert_true(text_is_utf8(""));
        assert_false(text_is_utf8("a\x80"));
}

static void the_middle_goes(void **state)
{
        char out[16];

        (void)state;
        text_shorten(out, sizeof(out), "123456789012345", 15);
        assert_string_equal(out, "123456789012345");
        text_shorten(out, sizeof(out), "1234567890123456", 16);
        assert_string_equal(out, "123456...123456");
        text_shorten(out, 8, "/home/somebody/sticker.txt", 26);
        assert_string_equal(out, "/h...xt");
        text_shorten(out, sizeof(out), "not all of it", 3);
        assert_string_equal(out, "not");
        text_shorten(out, sizeof(out), "", 0);
        assert_string_equal(out, "");
}

/* Characters of two to four bytes, at every phase, in every size. */
static void no_character_is_cut(void **state)
{
        static const char *const characters[] = { "\u00fc", "\u4e2d", "\U0001f600" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(characters); i++)
                for (size_t phase = 0; phase < 4; phase++)
                        for (size_t size = 8; size < 48; size++) {
                                char text[128] = "", out[48];
                                size_t len = strlen(characters[i]);

                                memset(text, '-', phase);
                                for (size_t at = phase; at < 100; at += len)
                                        memcpy(text + at, characters[i], len);
                                text_shorten(out, size, text, strlen(text));
                                assert_true(text_is_utf8(out));
                                assert_non_null(strstr(out, "..."));
                                assert_true(strlen(out) < size && strlen(out) + 2 * 3 + 1 >= size);
                        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(outside_text_is_cleaned),   cmocka_unit_test(whatever_bytes_come),
                cmocka_unit_test(characters_are_recognised), cmocka_unit_test(the_middle_goes),
                cmocka_unit_test(no_character_is_cut),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
