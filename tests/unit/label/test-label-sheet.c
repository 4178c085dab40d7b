/* SPDX-License-Identifier: Apache-2.0 */

/* The calibration sheet: whatever format, its codes hold what they should, read from the file that a person
 * prints; and codes that cannot be made are refused. */

#include "setup/label/reading.h"
#include "setup/label/scanner/calibration.h"
#include "setup/label/sheet/sheet.h"
#include "setup/label/sheet/symbol.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 60000, WIDTH = 1680, HEIGHT = 2376, IHDR_WIDTH = 16 };

static char folder[] = "/tmp/usher-test-sheet-XXXXXX";

static int set_up(void **state)
{
        (void)state;
        return secret_init() >= 0 && mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        return rmdir(folder);
}

static bool holds(const struct label_reading *r, enum label_symbology symbology, const char *text)
{
        for (size_t i = 0; i < r->n_codes; i++)
                if (r->codes[i].symbology == symbology && strcmp(secret_text(r->codes[i].text), text) == 0)
                        return true;
        return false;
}

static uint32_t be32_at(const void *data, size_t at)
{
        const uint8_t *p = (const uint8_t *)data + at;

        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void check_picture(const void *data, size_t len)
{
        static const struct picture_options options = { .qr = true, .timeout_ms = PATIENCE_MS };
        _cleanup_(source_freep) struct source *source = NULL;
        struct label_reading r = { 0 };
        char path[128];
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/page", folder);
        f = fopen(path, "we");
        assert_non_null(f);
        assert_int_equal(fwrite(data, 1, len, f), len);
        fclose(f);
        assert_int_equal(source_open_picture(path, &options, &source), 0);
        assert_int_equal(label_reading_finish(&r, source), 0);
        unlink(path);
        assert_string_equal(r.trouble.cause, "");
        assert_string_equal(r.label.serial, "ARNHAB000SAMPLE");
        assert_int_equal(r.n_codes, 3);
        assert_true(holds(&r, LABEL_DATA_MATRIX, calibration_text()));
        assert_true(holds(&r, LABEL_QR, calibration_text()));
        assert_true(holds(&r, LABEL_DATA_MATRIX, "ARNHAB000SAMPLE SAMPLESECRET000"));
        label_reading_done(&r);
}

static char *draw(enum sheet_format format, size_t *ret_len)
{
        struct trouble why = { 0 };
        char *file = NULL;

        if (sheet_draw(calibration_text(), format, &file, ret_len, &why) < 0)
                fail_msg("%s", why.cause);
        return file;
}

static void picture_is_read(void **state)
{
        size_t len;
        _cleanup_(freep) char *file = draw(SHEET_PNG, &len);

        (void)state;
        assert_memory_equal(file, "\x89PNG", 4);
        assert_int_equal(be32_at(file, IHDR_WIDTH), WIDTH);
        assert_int_equal(be32_at(file, IHDR_WIDTH + 4), HEIGHT);
        assert_memory_equal(file + 37, "pHYs\0\0\x1f\x40\0\0\x1f\x40\x01", 13); /* 8 dots a millimetre */
        check_picture(file, len);
}

/* The black squares of the file, on paper. */
static uint8_t *paint(const char *svg)
{
        static const char head[] = "P5 1680 2376 255\n";
        uint8_t *page = malloc(sizeof(head) - 1 + WIDTH * HEIGHT), *grey = page + sizeof(head) - 1;
        unsigned x, y, width, height;

        memcpy(page, head, sizeof(head) - 1);
        memset(grey, 255, WIDTH * HEIGHT);
        for (const char *at = svg; (at = strstr(at, "<rect x=")); at++) {
                assert_int_equal(sscanf(at, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>", &x, &y,
                                        &width, &height),
                                 4);
                assert_true(x + width <= WIDTH && y + height <= HEIGHT);
                for (unsigned row = y; row < y + height; row++)
                        memset(grey + (size_t)row * WIDTH + x, 0, width);
        }
        return page;
}

static void drawing_is_read(void **state)
{
        size_t len;
        _cleanup_(freep) char *file = draw(SHEET_SVG, &len);
        _cleanup_(freep) uint8_t *page = NULL;

        (void)state;
        assert_memory_equal(file, "<?xml", 5);
        assert_int_equal(strlen(file), len);
        assert_non_null(strstr(file, "width=\"210mm\" height=\"297mm\""));
        assert_non_null(strstr(file, "</svg>\n"));
        assert_non_null(strstr(file, "usher scan --test"));
        page = paint(file);
        check_picture(page, strlen("P5 1680 2376 255\n") + WIDTH * HEIGHT);
}

static void format_is_that_of_the_name(void **state)
{
        enum sheet_format format;

        (void)state;
        assert_int_equal(sheet_format_of("a/sheet.svg", &format), 0);
        assert_int_equal(format, SHEET_SVG);
        assert_int_equal(sheet_format_of("SHEET.PNG", &format), 0);
        assert_int_equal(format, SHEET_PNG);
        assert_int_equal(sheet_format_of("sheet", &format), -EINVAL);
        assert_int_equal(sheet_format_of("sheet.png/x", &format), -EINVAL);
        assert_int_equal(sheet_format_of("-", &format), -EINVAL);
}

static void too_much_is_refused(void **state)
{
        static char text[8000];
        struct symbol s;

        (void)state;
        memset(text, 'a', sizeof(text) - 1);
        assert_int_equal(symbol_data_matrix(text, &s), -EINVAL);
        assert_int_equal(symbol_qr(text, &s), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(picture_is_read),
                cmocka_unit_test(drawing_is_read),
                cmocka_unit_test(format_is_that_of_the_name),
                cmocka_unit_test(too_much_is_refused),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
