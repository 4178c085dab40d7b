/* SPDX-License-Identifier: Apache-2.0 */

/* The loaders: every format to the same grey bytes; sizes refused before memory is spent; every truncation
 * either an error or a damaged picture. */

#include "setup/label/image.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

enum { WIDTH = 32, HEIGHT = 24 };

static uint8_t level(unsigned x, unsigned y)
{
        return (uint8_t)(x * 4 + y * 5);
}

static void check_gradient(const struct image *image, int tolerance)
{
        assert_int_equal(image->width, WIDTH);
        assert_int_equal(image->height, HEIGHT);
        assert_false(image->damaged);
        for (unsigned y = 0; y < HEIGHT; y++)
                for (unsigned x = 0; x < WIDTH; x++)
                        assert_true(abs(image->grey[y * WIDTH + x] - level(x, y)) <= tolerance);
}

static size_t make_png(uint8_t *out, size_t size, unsigned channels)
{
        uint8_t pixels[WIDTH * HEIGHT * 4];
        png_image png = { .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT };
        png_alloc_size_t len = size;

        for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
                for (unsigned c = 0; c < channels; c++)
                        pixels[i * channels + c] = c == 3 ? 255 : level(i % WIDTH, i / WIDTH);
        png.format = channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
        assert_int_not_equal(png_image_write_to_memory(&png, out, &len, 0, pixels, 0, NULL), 0);
        return len;
}

/* `inks`: as layout programs do, with all of the light in the black ink; Adobe's are the other way round. */
enum inks { NO_INKS, INKS, INKS_OF_ADOBE };

static size_t make_jpeg_of(uint8_t **out, bool progressive, enum inks inks)
{
        unsigned channels = inks ? 4 : 3;
        struct jpeg_compress_struct c;
        struct jpeg_error_mgr errors;
        unsigned long len = 0;

        c.err = jpeg_std_error(&errors);
        jpeg_create_compress(&c);
        *out = NULL;
        jpeg_mem_dest(&c, out, &len);
        c.image_width = WIDTH;
        c.image_height = HEIGHT;
        c.input_components = (int)channels;
        c.in_color_space = inks ? JCS_CMYK : JCS_RGB;
        jpeg_set_defaults(&c);
        if (inks)
                c.write_Adobe_marker = inks == INKS_OF_ADOBE;
        jpeg_set_quality(&c, 95, TRUE);
        if (progressive)
                jpeg_simple_progression(&c);
        jpeg_start_compress(&c, TRUE);
        for (unsigned y = 0; y < HEIGHT; y++) {
                uint8_t row[WIDTH * 4];
                JSAMPROW rows = row;

                memset(row, inks == INKS ? 0 : 255, sizeof(row));
                for (unsigned x = 0; x < WIDTH; x++)
                        if (inks)
                                row[x * 4 + 3] = (uint8_t)(inks == INKS ? 255 - level(x, y) : level(x, y));
                        else
                                memset(row + x * 3, level(x, y), 3);
                (void)jpeg_write_scanlines(&c, &rows, 1);
        }
        jpeg_finish_compress(&c);
        jpeg_destroy_compress(&c);
        return len;
}

static size_t make_jpeg(uint8_t **out, bool progressive)
{
        return make_jpeg_of(out, progressive, NO_INKS);
}

static void load_and_check(const uint8_t *data, size_t len, int tolerance)
{
        struct image image;

        assert_int_equal(image_load(data, len, &image), 0);
        check_gradient(&image, tolerance);
        image_done(&image);
}

static void loads_png(void **state)
{
        uint8_t file[8192];

        (void)state;
        load_and_check(file, make_png(file, sizeof(file), 1), 0);
        load_and_check(file, make_png(file, sizeof(file), 3), 1);
        load_and_check(file, make_png(file, sizeof(file), 4), 1);
}

static void loads_jpeg(void **state)
{
        for (unsigned progressive = 0; progressive < 2; progressive++) {
                uint8_t *file;
                size_t len = make_jpeg(&file, progressive);

                (void)state;
                load_and_check(file, len, 6);
                free(file);
        }
}

static void loads_jpeg_of_inks(void **state)
{
        for (enum inks inks = INKS; inks <= INKS_OF_ADOBE; inks++) {
                uint8_t *file;
                size_t len = make_jpeg_of(&file, false, inks);

                (void)state;
                load_and_check(file, len, 6);
                free(file);
        }
}

/* P2, P3, P5, P6, each with 8 and 16 bits a sample. */
static size_t make_pnm(char *out, size_t size, char kind, unsigned maxval)
{
        bool colour = kind == '3' || kind == '6', plain = kind < '5';
        FILE *f = fmemopen(out, size, "w");
        long len;

        assert_non_null(f);
        fprintf(f, "P%c # a comment\n%d\t%d # another\n%u\n", kind, WIDTH, HEIGHT, maxval);
        for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
                for (unsigned c = 0; c < (colour ? 3u : 1u); c++) {
                        unsigned value = level(i % WIDTH, i / WIDTH) * (maxval / 255);

                        if (plain)
                                fprintf(f, "%u\n", value);
                        else if (maxval > 255)
                                fprintf(f, "%c%c", value >> 8, value & 255);
                        else
                                fputc((int)value, f);
                }
        fflush(f);
        len = ftell(f);
        fclose(f);
        return (size_t)len;
}

static void loads_pnm(void **state)
{
        static char file[WIDTH * HEIGHT * 3 * 7 + 100];

        (void)state;
        for (const char *kind = "2356"; *kind; kind++) {
                load_and_check((uint8_t *)file, make_pnm(file, sizeof(file), *kind, 255), 0);
                load_and_check((uint8_t *)file, make_pnm(file, sizeof(file), *kind, 65535), 0);
        }
}

static int load_text(const char *text)
{
        struct image image = { 0 };
        int r = image_load((const uint8_t *)text, strlen(text), &image);

        image_done(&image);
        return r;
}

static void refuses_what_is_no_picture(void **state)
{
        (void)state;
        assert_int_equal(load_text(""), -ENODATA);
        assert_int_equal(load_text("P"), -EMEDIUMTYPE);
        assert_int_equal(load_text("hello, this is text"), -EMEDIUMTYPE);
        assert_int_equal(load_text("P1 1 1 0"), -EMEDIUMTYPE);
        assert_int_equal(load_text("GIF89a"), -EMEDIUMTYPE);
        assert_int_equal(load_text("P5 x"), -EBADMSG);
        assert_int_equal(load_text("P5 10 10"), -EBADMSG);
        assert_int_equal(load_text("P5 10 10 0 "), -EBADMSG);
        assert_int_equal(load_text("P5 0 10 255 "), -EBADMSG);
        assert_int_equal(load_text("P5 10 10 65536 "), -EFBIG);
        assert_int_equal(load_text("P5 99999999999999999999 1 255 "), -EFBIG);
        assert_int_equal(load_text("P5 20000 20000 255 "), -EFBIG);
        assert_int_equal(load_text("P5 40000 1 255 "), -EFBIG);
        assert_int_equal(load_text("\x89PNG\r\n\x1a\n"), -EBADMSG);
        assert_int_equal(load_text("\xff\xd8\xff"), -EBADMSG);
        assert_int_equal(load_text("P5 1 1 255 x"), 0);
}

static uint32_t crc_of(const uint8_t *data, size_t len)
{
        uint32_t crc = ~0u;

        for (size_t i = 0; i < len; i++) {
                crc ^= data[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
        return ~crc;
}

static void put_be32(uint8_t *at, uint32_t v)
{
        for (int i = 0; i < 4; i++)
                at[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* A few bytes that claim 400 megapixels. */
static void refuses_huge_headers(void **state)
{
        uint8_t png[8192], *jpeg, *sof;
        size_t len = make_png(png, sizeof(png), 1);
        struct image image;

        (void)state;
        put_be32(png + 16, 20000);
        put_be32(png + 20, 20000);
        put_be32(png + 29, crc_of(png + 12, 17));
        assert_int_equal(image_load(png, len, &image), -EFBIG);

        len = make_jpeg(&jpeg, false);
        sof = memmem(jpeg, len, "\xff\xc0", 2);
        assert_non_null(sof);
        memcpy(sof + 5, "\x4e\x20\x4e\x20", 4);
        assert_int_equal(image_load(jpeg, len, &image), -EFBIG);
        free(jpeg);
}

static void try_all_lengths(const uint8_t *file, size_t len)
{
        for (size_t cut = 1; cut < len; cut++) {
                _cleanup_(freep) uint8_t *part = malloc(cut);
                struct image image;

                memcpy(part, file, cut);
                if (image_load(part, cut, &image) == 0) {
                        assert_int_equal(image.width, WIDTH);
                        image_done(&image);
                }
        }
}

static void survives_every_truncation(void **state)
{
        static char pnm[WIDTH * HEIGHT * 3 * 7 + 100];
        uint8_t png[8192], *jpeg;
        size_t len;

        (void)state;
        try_all_lengths(png, make_png(png, sizeof(png), 3));
        len = make_jpeg(&jpeg, false);
        try_all_lengths(jpeg, len);
        free(jpeg);
        len = make_jpeg(&jpeg, true);
        try_all_lengths(jpeg, len);
        free(jpeg);
        try_all_lengths((uint8_t *)pnm, make_pnm(pnm, sizeof(pnm), '6', 255));
}

static void keeps_the_part_that_is_there(void **state)
{
        struct image image;
        uint8_t file[8192], *jpeg;
        size_t len;

        (void)state;
        len = make_pnm((char *)file, sizeof(file), '5', 255);
        assert_int_equal(image_load(file, len - WIDTH, &image), 0);
        assert_true(image.damaged);
        assert_int_equal(image.grey[WIDTH + 1], level(1, 1));
        assert_int_equal(image.grey[WIDTH * HEIGHT - 1], 255);
        image_done(&image);

        len = make_jpeg(&jpeg, false);
        assert_int_equal(image_load(jpeg, len - 20, &image), 0);
        assert_true(image.damaged);
        assert_true(abs(image.grey[WIDTH + 1] - level(1, 1)) <= 6);
        image_done(&image);
        free(jpeg);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(loads_png),
                cmocka_unit_test(loads_jpeg),
                cmocka_unit_test(loads_jpeg_of_inks),
                cmocka_unit_test(loads_pnm),
                cmocka_unit_test(refuses_what_is_no_picture),
                cmocka_unit_test(refuses_huge_headers),
                cmocka_unit_test(survives_every_truncation),
                cmocka_unit_test(keeps_the_part_that_is_there),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
