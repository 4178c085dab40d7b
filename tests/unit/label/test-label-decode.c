/* SPDX-License-Identifier: Apache-2.0 */

/* The recorded pictures through loaders, locator and cascade: at least so many are read, and nothing is ever
 * read that is not there. */

#include "setup/label/decode.h"
#include "setup/label/locate.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/pictures.h"
#include <stdio.h>
#include <string.h>

static struct decode_result decode_file(const char *path, bool qr)
{
        _cleanup_(freep) uint8_t *data = NULL;
        struct image image;
        struct decode_result result;
        /* No budget: what is read must not depend on what else the machine does. */
        struct decode_options options = { .budget_ms = 120000, .still = true, .qr = qr };
        size_t len;

        data = pictures_read(path, &len);
        assert_int_equal(image_load(data, len, &image), 0);
        assert_int_equal(decode(image_view(&image), &options, &result), 0);
        image_done(&image);
        return result;
}

static bool holds(const struct decode_result *r, enum label_symbology symbology, const char *text)
{
        for (size_t i = 0; i < r->n; i++)
                if (r->code[i].symbology == symbology && r->code[i].len == strlen(text) &&
                    memcmp(r->code[i].text, text, strlen(text)) == 0)
                        return true;
        return false;
}

struct score {
        size_t pictures, read, wrong;
};

static void count(const struct picture *p, enum label_symbology symbology, struct score *s)
{
        struct decode_result r = decode_file(p->path, symbology == LABEL_QR);
        bool right = *p->text && holds(&r, symbology, p->text);

        s->pictures++;
        s->read += right;
        s->wrong += r.n - right;
        if (*p->text && !right)
                print_message("not read: %s\n", p->path);
        if (r.n - right)
                print_error("false text in %s\n", p->path);
}

static struct score score_of(const char *prefix, enum label_symbology symbology)
{
        _cleanup_(freep) struct picture *list = NULL;
        size_t n = pictures_list(PICTURES, &list);
        struct score s = { 0 };

        for (size_t i = 0; i < n; i++)
                if (strncmp(list[i].category, prefix, strlen(prefix)) == 0)
                        count(&list[i], symbology, &s);
        print_message("%s: %zu of %zu\n", prefix, s.read, s.pictures);
        return s;
}

static void reads_data_matrices(void **state)
{
        struct score s = score_of("dm_", LABEL_DATA_MATRIX);

        (void)state;
        assert_int_equal(s.pictures, 33);
        assert_int_equal(s.wrong, 0);
        assert_true(s.read == s.pictures);
}

static void reads_qr_codes(void **state)
{
        struct score s = score_of("qr_", LABEL_QR);

        (void)state;
        assert_int_equal(s.pictures, 4);
        assert_int_equal(s.wrong, 0);
        assert_int_equal(s.read, 4);
}

static void sees_nothing_where_nothing_is(void **state)
{
        struct score s = score_of("neg", LABEL_DATA_MATRIX);

        (void)state;
        assert_int_equal(s.pictures, 4);
        assert_int_equal(s.wrong, 0);
}

/* They abort libdmtx and throw out of zxing-cpp. */
static void survives_hostile_codes(void **state)
{
        (void)state;
        assert_int_equal(decode_file(PICTURES "/hostile/evil16.png", true).labels, 0);
        assert_int_equal(decode_file(PICTURES "/hostile/evil144.png", true).labels, 0);
        assert_int_equal(decode_file(PICTURES "/hostile/zx10.png", true).labels, 0);
}

static void survives_any_size(void **state)
{
        static const unsigned sides[][2] = { { 1, 1 },    { 15, 15 },    { 16, 16 },
                                             { 17, 300 }, { 300, 17 },   { 24, 24 },
                                             { 321, 33 }, { 32767, 16 }, { 16, 4000 } };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sides); i++) {
                struct decode_options options = { .budget_ms = 2000, .still = true, .qr = true };
                struct decode_result result;
                struct image image;
                uint32_t noise = 1;

                assert_int_equal(image_new(sides[i][0], sides[i][1], &image), 0);
                for (size_t p = 0; p < (size_t)image.width * image.height; p++) {
                        noise = noise * 1664525 + 1013904223;
                        image.grey[p] = (uint8_t)(noise >> 24);
                }
                assert_int_equal(decode(image_view(&image), &options, &result), 0);
                assert_int_equal(result.n, 0);
                image_done(&image);
        }
}

static void locates_the_square_and_not_the_lines(void **state)
{
        struct image image;
        struct box box[4];
        int n;

        (void)state;
        assert_int_equal(image_new(640, 480, &image), 0);
        for (unsigned y = 0; y < 480; y++)
                for (unsigned x = 0; x < 640; x++) {
                        bool bars = x < 300 && y > 300 && (x / 5) % 2;
                        bool checks = x >= 400 && x < 500 && y >= 100 && y < 200 && ((x / 5) ^ (y / 5)) % 2;

                        if (bars || checks)
                                image.grey[y * 640 + x] = 20;
                }
        n = locate(image_view(&image), box, ELEMENTSOF(box));
        assert_true(n >= 1);
        assert_in_range(box[0].x, 376, 408);
        assert_in_range(box[0].y, 76, 108);
        assert_in_range(box[0].x + box[0].width, 492, 524);
        assert_in_range(box[0].y + box[0].height, 192, 224);
        image_done(&image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_data_matrices),
                cmocka_unit_test(reads_qr_codes),
                cmocka_unit_test(sees_nothing_where_nothing_is),
                cmocka_unit_test(survives_hostile_codes),
                cmocka_unit_test(survives_any_size),
                cmocka_unit_test(locates_the_square_and_not_the_lines),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
