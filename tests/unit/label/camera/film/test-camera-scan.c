/* SPDX-License-Identifier: Apache-2.0 */

/* From a camera's frames to the source's events: the real usher-scan with the real decoder behind it; only
 * the camera is a film (frames-film.c). */

#include "setup/label/camera/camera.h"
#include "tests/sim/cli/photo.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/next-event.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <jpeglib.h> /* wants stdio.h first */

#define TEXT  "ARNHAB000ABCDEF abcDEF123456789"
#define OTHER "P046AB000FEDCBA abcDEF123456789"

enum { PATIENCE_MS = 60000, WIDTH = 1280, HEIGHT = 720 };

static char path[] = "/tmp/usher-test-film-XXXXXX";

static int set_up(void **state)
{
        int fd = mkostemp(path, O_CLOEXEC);

        (void)state;
        return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
        (void)state;
        return unlink(path) < 0 && errno != ENOENT ? -1 : 0;
}

/* ---- films ---- */

static uint8_t *photograph(const char *text)
{
        const struct photo p = {
                .text = { text }, .stickers = 1, .width = WIDTH, .height = HEIGHT, .module_px = 6, .seed = 1
        };
        uint8_t *grey = NULL;

        assert_int_equal(photo_take(&p, &grey), 0);
        return grey;
}

/* Written aside and moved to its place: the camera is whole or not there. */
static void plug_in(const void *film, size_t size)
{
        char aside[sizeof(path) + 4];
        FILE *f;

        (void)snprintf(aside, sizeof(aside), "%s.new", path);
        f = fopen(aside, "we");
        assert_non_null(f);
        assert_int_equal(fwrite(film, 1, size, f), size);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(rename(aside, path), 0);
}

static void film_grey(const char *text)
{
        _cleanup_(freep) uint8_t *grey = photograph(text);
        static uint8_t film[WIDTH * HEIGHT + 64];
        int header = snprintf((char *)film, 64, "P5 %d %d 255\n", WIDTH, HEIGHT);

        memcpy(film + header, grey, WIDTH * HEIGHT);
        plug_in(film, (size_t)header + WIDTH * HEIGHT);
}

/* `bare`: without the tables that every decoder knows, as cameras send it. */
static void film_jpeg(const char *text, bool bare)
{
        _cleanup_(freep) uint8_t *grey = photograph(text), *jpeg = NULL;
        struct jpeg_compress_struct c = { 0 };
        struct jpeg_error_mgr errors;
        unsigned long size = 0;

        c.err = jpeg_std_error(&errors);
        jpeg_create_compress(&c);
        jpeg_mem_dest(&c, &jpeg, &size);
        c.image_width = WIDTH;
        c.image_height = HEIGHT;
        c.input_components = 1;
        c.in_color_space = JCS_GRAYSCALE;
        jpeg_set_defaults(&c);
        jpeg_start_compress(&c, TRUE);
        while (c.next_scanline < HEIGHT) {
                JSAMPROW row = grey + c.next_scanline * WIDTH;

                (void)jpeg_write_scanlines(&c, &row, 1);
        }
        jpeg_finish_compress(&c);
        jpeg_destroy_compress(&c);
        for (size_t i = 0; bare && i + 4 < size;) {
                size_t length = 2 + (size_t)(jpeg[i + 2] << 8) + jpeg[i + 3];

                if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc4) { /* a Huffman table */
                        memmove(jpeg + i, jpeg + i + length, size - i - length);
                        size -= length;
                } else
                        i++;
        }
        plug_in(jpeg, size);
}

/* ---- events ---- */

static int next(struct source *s, struct scan *ret)
{
        int event;

        do
                event = next_event(s, PATIENCE_MS, false, ret);
        while (event == SOURCE_HINT);
        return event;
}

static void expect_scan(struct source *s, const char *text)
{
        struct scan scan = { 0 };

        assert_int_equal(next(s, &scan), SOURCE_SCAN);
        assert_string_equal(secret_text(scan.text), text);
        assert_int_equal(scan.symbology, LABEL_DATA_MATRIX);
        assert_int_equal(scan.origin, SOURCE_CAMERA);
        assert_string_equal(scan.from, path);
        scan_done(&scan);
}

static struct source *open_camera(void)
{
        struct source *s = NULL;

        assert_int_equal(source_open_camera(path, false, &s), 0);
        return s;
}

static void reads_a_sticker_of_each_kind_of_frame(void **state)
{
        (void)state;
        for (int kind = 0; kind < 3; kind++) {
                _cleanup_(source_freep) struct source *s = NULL;

                if (kind == 0)
                        film_grey(TEXT);
                else
                        film_jpeg(TEXT, kind == 2);
                s = open_camera();
                expect_scan(s, TEXT);
        }
}

static void goes_on_when_it_is_plugged_in_again(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct scan scan = { 0 };

        (void)state;
        film_grey(TEXT);
        s = open_camera();
        expect_scan(s, TEXT);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(next(s, &scan), SOURCE_LOST);
        assert_non_null(strstr(source_trouble(s)->cause, "was unplugged"));
        film_grey(OTHER);
        assert_int_equal(next(s, &scan), SOURCE_BACK);
        expect_scan(s, OTHER);
}

static void refuses_a_camera_that_is_not_there(void **state)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct scan scan = { 0 };

        (void)state;
        (void)unlink(path);
        s = open_camera();
        assert_int_equal(next(s, &scan), SOURCE_REFUSED);
        assert_int_equal(source_trouble(s)->fault, FAULT_SCANNER);
        assert_non_null(strstr(source_trouble(s)->cause, "there is no camera"));
        assert_int_equal(next(s, &scan), SOURCE_END);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_a_sticker_of_each_kind_of_frame),
                cmocka_unit_test(goes_on_when_it_is_plugged_in_again),
                cmocka_unit_test(refuses_a_camera_that_is_not_there),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
