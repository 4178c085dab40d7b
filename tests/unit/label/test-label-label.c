/* SPDX-License-Identifier: Apache-2.0 */

/* The text rules of stickers as one table: text in, fault or parts out. */

#include "setup/label/label.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

#define SERIAL "ARNHAB000ABCDEF"
#define SECRET "abcDEF123456789"
#define ROW(text, ...)                                                                                      \
        {                                                                                                   \
                text, sizeof(text) - 1, __VA_ARGS__                                                         \
        }

static const struct row {
        const char *text;
        size_t len;
        enum fault fault;
        const char *secret;  /* if the text is good */
        const char *explain; /* a part of the explanation, if it is not */
} rows[] = {
        ROW(SERIAL " " SECRET, FAULT_NONE, .secret = SECRET),
        ROW(SERIAL "\n" SECRET "\n", FAULT_NONE, .secret = SECRET),
        ROW("\xef\xbb\xbf" SERIAL "\r\n" SECRET "\r\n", FAULT_NONE, .secret = SECRET),
        ROW("  \t" SERIAL " \t  " SECRET " ", FAULT_NONE, .secret = SECRET),
        ROW("]d1" SERIAL " " SECRET "\r", FAULT_NONE, .secret = SECRET),
        ROW(" ]Q1" SERIAL " " SECRET, FAULT_NONE, .secret = SECRET),
        ROW("arnhab000abcdef " SECRET, FAULT_NONE, .secret = SECRET),
        ROW(SERIAL " 123456789012", FAULT_NONE, .secret = "123456789012"),
        ROW(SERIAL " 1234567890123", FAULT_NONE, .secret = "1234567890123"),
        ROW(SERIAL " 12345678901234", FAULT_NONE, .secret = "12345678901234"),
        ROW(SERIAL " 12345678901", FAULT_LABEL_INVALID, .explain = "it has 11 characters"),
        ROW(SERIAL " 1234567890123456", FAULT_LABEL_INVALID, .explain = "it has 16 characters"),
        ROW(SERIAL " 12345678901234-", FAULT_LABEL_INVALID, .explain = "no mobile secret"),
        ROW(SERIAL " " SECRET " X", FAULT_LABEL_INVALID, .explain = "more than two"),
        ROW(SERIAL SECRET, FAULT_LABEL_INVALID, .explain = "one word of 30"),
        ROW(SERIAL "\0" SECRET, FAULT_LABEL_INVALID, .explain = "one word of 31"),
        ROW("ARNHAB000ABCDE " SECRET, FAULT_LABEL_INVALID, .explain = "no serial number"),
        ROW("ARNHAB000ABCD\xc3\x89 " SECRET, FAULT_LABEL_INVALID, .explain = "no serial number"),
        ROW("]C1" SERIAL " " SECRET, FAULT_LABEL_INVALID, .explain = "no serial number"),
        ROW("]d1", FAULT_LABEL_INVALID, .explain = "empty"),
        ROW("]d", FAULT_LABEL_INVALID, .explain = "one word of 2"),
        ROW("", FAULT_LABEL_INVALID, .explain = "empty"),
        ROW(" \r\n", FAULT_LABEL_INVALID, .explain = "empty"),
        ROW(SERIAL, FAULT_LABEL_NO_SECRET, .explain = "(Argon) alone"),
        ROW("]d1" SERIAL "\n", FAULT_LABEL_NO_SECRET, .explain = "(Argon) alone"),
        ROW("ZZZZAB000ABCDEF", FAULT_LABEL_NO_SECRET, .explain = "a serial number alone"),
        ROW("PHHKAB000ABCDEF", FAULT_LABEL_NO_SECRET, .explain = "Photon, a generation 2"),
        ROW("e26kab000abcdef", FAULT_LABEL_NO_SECRET, .explain = "Electron or E series, a generation 2"),
        ROW("358887095812345", FAULT_LABEL_INVALID, .explain = "IMEI"),
        ROW("e00fce681234567890abcdef", FAULT_LABEL_INVALID, .explain = "device ID"),
        ROW("https://particle.io/", FAULT_LABEL_INVALID, .explain = "one word of 20"),
};

static void follows_the_table(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct row *row = &rows[i];
                struct label l = { .serial = "untouched" };
                struct trouble why = {};
                int r = label_parse(row->text, row->len, &l, &why);

                assert_int_equal(label_check(row->text, row->len), row->fault);
                if (row->fault == FAULT_NONE) {
                        assert_int_equal(r, 0);
                        assert_string_equal(l.serial, SERIAL);
                        assert_string_equal(secret_text(l.mobile_secret), row->secret);
                        assert_int_equal(label_is_partial(&l), strlen(row->secret) < LABEL_SECRET_LEN);
                        assert_string_equal(why.cause, "");
                        label_done(&l);
                        assert_null(l.mobile_secret);
                } else {
                        assert_int_equal(r, -EINVAL);
                        assert_int_equal(why.fault, row->fault);
                        assert_string_equal(l.serial, "untouched");
                        assert_non_null(strstr(why.cause, row->explain));
                        assert_null(strstr(why.cause, SECRET));
                }
        }
}

static void takes_white_space_without_end_but_not_without_limit(void **state)
{
        struct trouble why = {};
        struct label l;
        char text[400];

        (void)state;
        memset(text, ' ', sizeof(text));
        memcpy(text, SERIAL " " SECRET, 31);
        assert_int_equal(label_check(text, 256), FAULT_NONE);
        assert_int_equal(label_check(text, 257), FAULT_LABEL_INVALID);
        assert_int_equal(label_parse(text, sizeof(text), &l, &why), -EINVAL);
        assert_string_equal(why.cause, "It holds 400 characters; a sticker has 31.");
}

static void hints_at_the_model(void **state)
{
        static const struct {
                const char *serial, *name;
                unsigned platform_id;
        } hints[] = {
                { "ARNKAB000ABCDEF", "Argon", 12 },     { "P010AB000ABCDEF", "Argon", 12 },
                { "B40TAB000ABCDEF", "Boron LTE", 13 }, { "B31KAB000ABCDEF", "Boron 2G/3G", 13 },
                { "P042AB000ABCDEF", "B SoM", 23 },     { "P051AB000ABCDEF", "Photon 2", 32 },
                { "P068AB000ABCDEF", "M SoM", 35 },     { "P1MDAB000ABCDEF", "P1", 8 },
                { "ARGHAB000ABCDEF", NULL, 0 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(hints); i++) {
                struct label l = { 0 };
                unsigned platform_id = 99;
                const char *name;

                memcpy(l.serial, hints[i].serial, LABEL_SERIAL_LEN);
                name = label_model_hint(&l, &platform_id);
                assert_int_equal(platform_id, hints[i].platform_id);
                assert_string_equal(label_setup_code(&l), "ABCDEF");
                if (hints[i].name)
                        assert_string_equal(name, hints[i].name);
                else
                        assert_null(name);
        }
}

static void knows_what_cannot_go_on(void **state)
{
        static const struct {
                const char *text;
                bool whole;
        } texts[] = {
                { "ARNHAB000ABCDEF abcDEF123456789", true },
                { "]d1ARNHAB000ABCDEF abcDEF123456789 ", true },
                { "ARNHAB000ABCDEF abcDEF12345678", false },
                { "ARNHAB000ABCDEF abcDEF123456", false },
                { "ARNHAB000ABCDEF abcDEF1234567890", false },
                { "ARNHAB000ABCDEF", false },
                { "abcDEF123456789", false },
                { "", false },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                assert_int_equal(label_is_whole(texts[i].text, strlen(texts[i].text)), texts[i].whole);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(follows_the_table),
                cmocka_unit_test(takes_white_space_without_end_but_not_without_limit),
                cmocka_unit_test(hints_at_the_model),
                cmocka_unit_test(knows_what_cannot_go_on),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
