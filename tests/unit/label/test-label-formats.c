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
                { "exif1.jpg", 6 },      { "exif2.jpg", 6 },       { "exif3.jpg", 6 }, { "exif4.jpg", 6 },
                { "exif5.jpg", 6 },      { "exif6.jpg", 6 },       { "exif7.jpg", 6 }, { "exif8.jpg", 6 },
                { "exif6.png", 0 },      { "progressive.jpg", 6 }, { "inks.jpg", 6 },  { "deep.png", 1 },
                { "interlaced.png", 0 }, { "palette.png", 8 },
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
                cmocka_unit_test(ends_after_hundreds_of_scans),
                cmocka_unit_test(exif_is_followed_within_its_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
