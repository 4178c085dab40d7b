/* SPDX-License-Identifier: Apache-2.0 */

/* The child's message: what is put in comes out, and nothing else is believed. */

#include "setup/label/verdict.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static const struct verdict example = {
        .kind = VERDICT_PICTURE,
        .damaged = true,
        .width = 1280,
        .height = 720,
        .measure = { .mean = 1,
                     .contrast = 2,
                     .sharpness = 300,
                     .code_px = 400,
                     .glare_percent = 5,
                     .evenness_percent = 6 },
        .code = { { LABEL_DATA_MATRIX, "ARNHAB000ABCDEF abcDEF123456789", 31 }, { LABEL_QR, "WIFI:", 5 } },
        .n = 2,
};

static void comes_back_as_it_was(void **state)
{
        uint8_t bytes[VERDICT_SIZE_MAX];
        size_t len = verdict_put(&example, bytes);
        struct verdict v;

        (void)state;
        assert_int_equal(verdict_parse(bytes, len, &v), 0);
        assert_int_equal(v.kind, VERDICT_PICTURE);
        assert_true(v.damaged);
        assert_int_equal(v.width, 1280);
        assert_int_equal(v.height, 720);
        assert_int_equal(v.measure.mean, 1);
        assert_int_equal(v.measure.contrast, 2);
        assert_int_equal(v.measure.sharpness, 300);
        assert_int_equal(v.measure.code_px, 400);
        assert_int_equal(v.measure.glare_percent, 5);
        assert_int_equal(v.measure.evenness_percent, 6);
        assert_int_equal(v.n, 2);
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(v.code[i].symbology, example.code[i].symbology);
                assert_int_equal(v.code[i].len, example.code[i].len);
                assert_memory_equal(v.code[i].text, example.code[i].text, v.code[i].len);
        }
}

static void refuses_everything_else(void **state)
{
        uint8_t bytes[VERDICT_SIZE_MAX] = { 0 }, bad[VERDICT_SIZE_MAX];
        size_t len = verdict_put(&example, bytes);
        static const size_t must_hold[] = {
                0, 1, 2, 15, 16, 17, 18
        }; /* version, kind, flag, count, first header */
        struct verdict v = { 0 };

        (void)state;
        for (size_t cut = 0; cut < len; cut++)
                assert_int_equal(verdict_parse(bytes, cut, &v), -EBADMSG);
        assert_int_equal(verdict_parse(bytes, len + 1, &v), -EBADMSG);
        for (size_t i = 0; i < ELEMENTSOF(must_hold); i++) {
                memcpy(bad, bytes, len);
                bad[must_hold[i]] = 0xee;
                assert_int_equal(verdict_parse(bad, len, &v), -EBADMSG);
        }
        assert_int_equal(v.n, 0);
}

static void leaves_out_what_is_too_long(void **state)
{
        static const char text[VERDICT_TEXT_MAX + 1];
        struct verdict in = { .n = VERDICT_CODES_MAX }, out;
        uint8_t bytes[VERDICT_SIZE_MAX];

        (void)state;
        for (size_t i = 0; i < in.n; i++)
                in.code[i] =
                        (struct verdict_code){ LABEL_QR, text, i == 0 ? sizeof(text) : VERDICT_TEXT_MAX };
        assert_int_equal(verdict_parse(bytes, verdict_put(&in, bytes), &out), 0);
        assert_int_equal(out.n, VERDICT_CODES_MAX - 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(comes_back_as_it_was),
                cmocka_unit_test(refuses_everything_else),
                cmocka_unit_test(leaves_out_what_is_too_long),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
