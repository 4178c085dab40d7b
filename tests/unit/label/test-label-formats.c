/* SPDX-License-Identifier: Apache-2.0 */

/* One sticker in every format that is read, made by other programs (tests/wire/pictures/formats/make.sh):
 * each loads as the same upright picture, is survived when it is cut off anywhere, and is refused when its
 * header claims more than the limits. */

#include "setup/label/exif.h"
#include "setup/label/image.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/pictures.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct image load(const char *name)
{
        char path[PATH_MAX];
        struct image image = { 0 };
        _cleanup_(freep) uint8_t *file = NULL;
        size_t len;
        int r;

        (void)snprintf(path, sizeof(path), "%s/formats/%s", PICTURES, name);
        file = pictures_read(path, &len);
        r = image_load(file, len, &image);
        if (r < 0)
                fail_msg("%s: %s", name, strerror(-r));
        return image;
}

/* Mean difference of the pixels; 255 if the sizes differ. */
static double distance(const struct image *a, const struct image *b)
{
        size_t n = (size_t)a->width * a->height;
        double sum = 0;

        if (a->width != b->width || a->height != b->height)
                return 255;
        for (size_t i = 0; i < n; i++)
                sum += abs(a->grey[i] - b->grey[i]);
        return sum / (double)n;
}

static void expect(const char *name, const char *like, double most)
{
        _cleanup_(image_done) struct image image = load(name), wanted = load(like);
        double far = distance(&image, &wanted);

        if (far > most || image.damaged)
                fail_msg("%s: %u x %u pixels, %.1f grey levels from %s", name, image.width, image.height,
                         far, like);
}

static void all_show_the_same(void **state)
{
        static const struct {
                const char *name;
                double most; /* grey levels: what the compression loses */
        } rows[] = {
                { "exif1.jpg", 6 },      { "exif2.jpg", 6 },       { "exif3.jpg", 6 },  { "exif4.jpg", 6 },
                { "exif5.jpg", 6 },      { "exif6.jpg", 6 },       { "exif7.jpg", 6 },  { "exif8.jpg", 6 },
                { "exif6.png", 0 },      { "progressive.jpg", 6 }, { "inks.jpg", 6 },   { "deep.png", 1 },
                { "interlaced.png", 0 }, { "palette.png", 8 },     { "exif6.webp", 6 }, { "lossy.webp", 6 },
                { "lossless.webp", 2 },  { "plain.heic", 6 },      { "deep.heic", 6 },  { "tiles.heic", 6 },
                { "plain.avif", 6 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                expect(rows[i].name, "upright.png", rows[i].most);
}

static void what_is_not_there_is_white(void **state)
{
        (void)state;
        expect("clear.png", "ink.png", 0);
        expect("clear-colour.png", "ink.png", 0);
        expect("clear-palette.png", "ink.png", 0);
        expect("clear.webp", "ink.png", 6);
        expect("clear.heic", "ink.png", 6);
}

static int load_bytes(const uint8_t *data, size_t len)
{
        struct image image = { 0 };
        int r = image_load(data, len, &image);

        image_done(&image);
        return r;
}

/* A copy of exactly that length: a byte beyond is seen by the sanitizer. */
static void survives_every_truncation(void **state)
{
        static const char *const names[] = { "exif6.jpg",  "exif6.webp", "lossy.webp", "lossless.webp",
                                             "clear.webp", "plain.heic", "tiles.heic", "plain.avif" };
        enum { STEP = 37, WHOLE = 300 }; /* bytes: every length of the headers, and some of the rest */

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                _cleanup_(freep) uint8_t *file = NULL;
                char path[PATH_MAX];
                size_t len;

                (void)snprintf(path, sizeof(path), PICTURES "/formats/%s", names[i]);
                file = pictures_read(path, &len);
                for (size_t cut = 1; cut < len; cut += cut < WHOLE ? 1 : STEP) {
                        _cleanup_(freep) uint8_t *part = malloc(cut);

                        memcpy(part, file, cut);
                        (void)load_bytes(part, cut);
                }
        }
}

/* The first place of `from` in a file becomes `to`. */
static int load_changed(const char *name, const char *from, const char *to, size_t n)
{
        _cleanup_(freep) uint8_t *file = NULL;
        char path[PATH_MAX];
        uint8_t *at;
        size_t len;

        (void)snprintf(path, sizeof(path), PICTURES "/formats/%s", name);
        file = pictures_read(path, &len);
        at = memmem(file, len, from, n);
        assert_non_null(at);
        memcpy(at, to, n);
        return load_bytes(file, len);
}

#define WIDTH_AND_HEIGHT "\0\0\0\xb0\0\0\0\x90"

static void refuses_what_headers_claim(void **state)
{
        (void)state;
        /* 30000 x 30000 in the place of 176 x 144, the sides of which come last in a grid */
        assert_int_equal(load_changed("plain.heic", WIDTH_AND_HEIGHT, "\0\0\x75\x30\0\0\x75\x30", 8),
                         -EFBIG);
        assert_int_equal(load_changed("plain.avif", WIDTH_AND_HEIGHT, "\0\0\x75\x30\0\0\x75\x30", 8),
                         -EFBIG);
        assert_int_equal(load_changed("tiles.heic", "\0\0\0\x90\0\0\0\xb0", "\0\0\x75\x30\0\0\x75\x30", 8),
                         -EFBIG);
        /* 16383 x 16383, in the 14 bits of a frame */
        assert_int_equal(
                load_changed("lossy.webp", "\x9d\x01\x2a\xb0\0\x90\0", "\x9d\x01\x2a\xff\x3f\xff\x3f", 7),
                -EFBIG);
}

static void refuses_a_picture_of_itself(void **state)
{
        (void)state;
        assert_int_equal(load_changed("tiles.heic", "dimg\0\5\0\4\0\1", "dimg\0\5\0\4\0\5", 10), -EBADMSG);
        assert_int_equal(load_changed("tiles.heic", "\0\5\0\4\0\1\0\2", "\0\5\0\4\0\1\0\5", 8), -EBADMSG);
        /* 2 x 2 tiles become 256 x 256 */
        assert_int_equal(load_changed("tiles.heic", "\0\1\1\1\0\0\0\x90", "\0\1\xff\xff\0\0\0\x90", 8),
                         -EBADMSG);
}

static void tells_a_missing_decoder_from_damage(void **state)
{
        (void)state;
        assert_int_equal(load_changed("plain.heic", "hvc1", "vvc1", 4), -EPROTONOSUPPORT);
        assert_int_equal(load_changed("plain.heic", "meta", "mxta", 4), -EBADMSG);
        assert_int_equal(load_changed("plain.heic", "ftypheic", "ftypisom", 8), -EMEDIUMTYPE);
}

static unsigned orientation(const char *tiff, size_t len)
{
        _cleanup_(freep) uint8_t *data = malloc(len ? len : 1);

        memcpy(data, tiff, len);
        return exif_orientation(data, len);
}

#define LITTLE       "II*\0\x08\0\0\0"
#define ENTRY(value) "\x12\x01\x03\0\x01\0\0\0" value "\0\0\0"

static void exif_is_followed_within_its_bytes(void **state)
{
        static const char good[] = LITTLE "\x01\0" ENTRY("\x06"), far[] = "II*\0\xff\xff\xff\xff\x01\0",
                          many[] = LITTLE "\xff\xff" ENTRY("\x06"), nine[] = LITTLE "\x01\0" ENTRY("\x09"),
                          none[] = LITTLE "\x01\0" ENTRY("\0"),
                          text[] = LITTLE "\x01\0\x12\x01\x02\0\x01\0\0\0\x06\0\0\0",
                          self[] = "II*\0\0\0\0\0", mixed[] = "IM*\0\x08\0\0\0\x01\0" ENTRY("\x06");

        (void)state;
        assert_int_equal(orientation(good, sizeof(good) - 1), 6);
        assert_int_equal(orientation(many, sizeof(many) - 1), 6);
        for (size_t cut = 0; cut < sizeof(good) - 1; cut++)
                assert_int_equal(orientation(good, cut), 1);
        assert_int_equal(orientation(far, sizeof(far) - 1), 1);
        assert_int_equal(orientation(nine, sizeof(nine) - 1), 1);
        assert_int_equal(orientation(none, sizeof(none) - 1), 1);
        assert_int_equal(orientation(text, sizeof(text) - 1), 1);
        assert_int_equal(orientation(self, sizeof(self) - 1), 1);
        assert_int_equal(orientation(mixed, sizeof(mixed) - 1), 1);
}

/* The last scan of a progressive picture, a thousand times more: each goes through all of its pixels. */
static void ends_after_hundreds_of_scans(void **state)
{
        _cleanup_(freep) uint8_t *file = NULL, *again = NULL;
        struct image image;
        uint8_t *scan = NULL;
        size_t len, one, at;

        (void)state;
        file = pictures_read(PICTURES "/formats/progressive.jpg", &len);
        for (uint8_t *p = file; (p = memmem(p, len - (size_t)(p - file), "\xff\xda", 2)); p += 2)
                scan = p;
        assert_non_null(scan);
        one = len - 2 - (size_t)(scan - file); /* without the end mark */
        again = malloc(len + 1000 * one);
        memcpy(again, file, len - 2);
        at = len - 2;
        for (unsigned i = 0; i < 1000; i++, at += one)
                memcpy(again + at, scan, one);
        memcpy(again + at, "\xff\xd9", 2);
        assert_int_equal(image_load(again, at + 2, &image), -EBADMSG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_show_the_same),
                cmocka_unit_test(what_is_not_there_is_white),
                cmocka_unit_test(survives_every_truncation),
                cmocka_unit_test(refuses_what_headers_claim),
                cmocka_unit_test(refuses_a_picture_of_itself),
                cmocka_unit_test(tells_a_missing_decoder_from_damage),
                cmocka_unit_test(ends_after_hundreds_of_scans),
                cmocka_unit_test(exif_is_followed_within_its_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
