/* SPDX-License-Identifier: Apache-2.0 */

/* What usher-scan puts in comes out, and nothing else is believed. */

#include "setup/label/camera/record.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static const struct record examples[] = {
        { .kind = RECORD_CAMERA, .at_ms = 1, .text = "/dev/video0", .len = 11 },
        { .kind = RECORD_SCAN,
          .symbology = LABEL_QR,
          .at_ms = 0x0123456789abcdef,
          .text = "ARNHAB000ABCDEF abcDEF123456789",
          .len = 31 },
        { .kind = RECORD_HINT, .hint = SOURCE_HINT_HOLD_STILL, .at_ms = INT64_MAX },
        { .kind = RECORD_LOST, .fault = FAULT_SCANNER, .text = "unplugged", .len = 9 },
        { .kind = RECORD_BACK },
        { .kind = RECORD_ENDED, .fault = FAULT_INTERNAL },
};

static void comes_back_as_it_was(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(examples); i++) {
                const struct record *in = &examples[i];
                uint8_t bytes[RECORD_SIZE_MAX];
                struct record out;

                assert_int_equal(record_parse(bytes, record_put(in, bytes), &out), 0);
                assert_int_equal(out.kind, in->kind);
                assert_int_equal(out.symbology, in->symbology);
                assert_true(out.at_ms == in->at_ms);
                assert_int_equal(out.len, in->len);
                if (in->len)
                        assert_memory_equal(out.text, in->text, in->len);
        }
}

static void refuses_everything_else(void **state)
{
        static const size_t must_hold[] = {
                0, 1, 2, 10, 11, 12
        }; /* version, kind, its value, sign, length */

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(examples); i++) {
                uint8_t bytes[RECORD_SIZE_MAX + 1] = { 0 };
                size_t len = record_put(&examples[i], bytes);
                struct record r;

                for (size_t cut = 0; cut < len; cut++)
                        assert_int_equal(record_parse(bytes, cut, &r), -EBADMSG);
                assert_int_equal(record_parse(bytes, len + 1, &r), -EBADMSG);
                for (size_t k = 0; k < ELEMENTSOF(must_hold); k++) {
                        uint8_t was = bytes[must_hold[k]];

                        bytes[must_hold[k]] = 0xee;
                        assert_int_equal(record_parse(bytes, len, &r), -EBADMSG);
                        bytes[must_hold[k]] = was;
                }
                bytes[len - 1] = 0;
                assert_int_equal(record_parse(bytes, len, &r), -EBADMSG);
        }
}

/* A camera without a name, a hint with a text, trouble without a fault. */
static void refuses_what_makes_no_sense(void **state)
{
        static const struct record rows[] = {
                { .kind = RECORD_CAMERA },
                { .kind = RECORD_SCAN, .symbology = LABEL_QR },
                { .kind = RECORD_HINT, .text = "x", .len = 1 },
                { .kind = RECORD_BACK, .text = "x", .len = 1 },
                { .kind = RECORD_LOST },
                { .kind = RECORD_ENDED },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                uint8_t bytes[RECORD_SIZE_MAX];
                struct record r;

                assert_int_equal(record_parse(bytes, record_put(&rows[i], bytes), &r), -EBADMSG);
        }
}

static void cuts_what_is_too_long(void **state)
{
        static const char text[RECORD_TEXT_MAX + 1];
        const struct record in = {
                .kind = RECORD_ENDED, .fault = FAULT_SCANNER, .text = text, .len = sizeof(text)
        };
        uint8_t bytes[RECORD_SIZE_MAX];
        struct record out;

        (void)state;
        assert_int_equal(record_parse(bytes, record_put(&in, bytes), &out), 0);
        assert_int_equal(out.len, RECORD_TEXT_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(comes_back_as_it_was),
                cmocka_unit_test(refuses_everything_else),
                cmocka_unit_test(refuses_what_makes_no_sense),
                cmocka_unit_test(cuts_what_is_too_long),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
