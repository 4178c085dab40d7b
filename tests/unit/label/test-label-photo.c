/* SPDX-License-Identifier: Apache-2.0 */

/* The sticker maker against the reader: what usher-sim photographs, usher reads, whatever way it is held;
 * and the verb's own manners. */

#include "proto/base/fault.h"
#include "setup/label/decode.h"
#include "setup/label/decoder.h"
#include "setup/label/reading.h"
#include "tests/sim/cli/photo.h"
#include "tests/sim/cli/sticker.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/pictures.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h> /* wants stdio.h first */

#define TEXT  "ARNHAB000ABCDEF abcDEF123456789"
#define OTHER "P046AB000FEDCBA abcDEF123456789"

static char folder[] = "/tmp/usher-test-photo-XXXXXX";

static int set_up(void **state)
{
        (void)state;
        return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        return rmdir(folder);
}

static struct photo simple(const char *text)
{
        return (struct photo){
                .text = { text }, .stickers = 1, .width = 640, .height = 480, .module_px = 5, .seed = 1
        };
}

static bool is_read(const struct photo *p)
{
        struct decode_options options = { .budget_ms = 60000, .still = true };
        struct decode_result result;
        _cleanup_(freep) uint8_t *grey = NULL;

        assert_int_equal(photo_take(p, &grey), 0);
        assert_int_equal(decode((struct view){ grey, p->width, p->height, p->width }, &options, &result), 0);
        assert_true(result.n <= 1);
        return result.n == 1 && result.code[0].len == strlen(p->text[0]) &&
               memcmp(result.code[0].text, p->text[0], result.code[0].len) == 0;
}

static void reads_what_is_photographed(void **state)
{
        static const struct {
                float module, rotate, tilt, blur, noise;
        } rows[] = {
                { 2.5f, 0, 0, 0, 0 },  { 3, 10, 0, 0.5f, 3 },  { 5, 0, 0, 0, 0 },
                { 5, 15, 0, 1, 5 },    { 5, 30, 10, 1, 5 },    { 5, 45, 20, 1, 8 },
                { 5, 75, 30, 1, 8 },   { 5, 100, 40, 1, 8 },   { 5, 150, 30, 1.5f, 8 },
                { 5, 200, 20, 2, 5 },  { 5, -33, 0, 2.5f, 2 }, { 7, 260, 30, 2, 20 },
                { 7, 300, 35, 1, 30 }, { 7, 340, 25, 3, 10 },  { 6, 90, 45, 0.5f, 10 },
                { 4, 180, 15, 1, 10 },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct photo p = simple(TEXT);

                p.module_px = rows[i].module;
                p.rotate_deg = rows[i].rotate;
                p.tilt_deg = rows[i].tilt;
                p.blur_px = rows[i].blur;
                p.noise = rows[i].noise;
                p.seed = i;
                if (!is_read(&p))
                        fail_msg("row %zu: not read", i);
        }
}

/* Phones take pictures of many megapixels, with a code of half the height or of eighty pixels. */
static void reads_large_photographs(void **state)
{
        struct photo p = simple(TEXT);

        (void)state;
        p.width = 2400;
        p.height = 1800;
        p.rotate_deg = 20;
        p.noise = 6;
        p.module_px = 28;
        p.blur_px = 4;
        assert_true(is_read(&p));
        p.module_px = 4;
        p.blur_px = 1;
        assert_true(is_read(&p));
}

static void makes_the_same_picture_again(void **state)
{
        struct photo p = simple(TEXT);
        _cleanup_(freep) uint8_t *a = NULL, *b = NULL, *c = NULL;

        (void)state;
        p.noise = 10;
        p.blur_px = 1;
        assert_int_equal(photo_take(&p, &a), 0);
        assert_int_equal(photo_take(&p, &b), 0);
        assert_memory_equal(a, b, p.width * p.height);
        p.seed = 2;
        assert_int_equal(photo_take(&p, &c), 0);
        assert_memory_not_equal(a, c, p.width * p.height);
}

static void refuses_what_cannot_be_printed(void **state)
{
        struct photo p = simple("");
        uint8_t *grey = NULL;

        (void)state;
        assert_int_equal(photo_take(&p, &grey), -EINVAL);
        p.text[0] = "caf\xc3\xa9";
        assert_int_equal(photo_take(&p, &grey), -EINVAL);
        p.text[0] = TEXT;
        p.module_px = 30;
        assert_int_equal(photo_take(&p, &grey), -E2BIG);
        assert_null(grey);
}

static int run(const char *const *args)
{
        char *argv[24] = { (char *)"sticker" };
        int argc = 1;

        while (args[argc - 1]) {
                argv[argc] = (char *)args[argc - 1];
                argc++;
        }
        optind = 0;
        return sim_sticker(argc, argv);
}

static void read_picture(const char *path, struct label_reading *ret)
{
        static const struct picture_options options = { .timeout_ms = 60000 };
        _cleanup_(source_freep) struct source *source = NULL;

        assert_int_equal(source_open_picture(path, &options, &source), 0);
        assert_int_equal(label_reading_finish(ret, source), 0);
}

/* As the decoder has it. */
static unsigned width_of(const char *path)
{
        static const struct request request = { .kind = REQUEST_PICTURE };
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct trouble why;
        struct verdict v;

        assert_int_equal(decoder_new(&d), 0);
        assert_int_equal(decoder_submit(d, fd, &request, 60000), 0);
        while (decoder_dispatch(d, &v, &why) == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                assert_true(poll(&p, 1, decoder_timeout_ms(d)) >= 0);
        }
        assert_string_equal(why.cause, "");
        return v.width;
}

/* The whole way: verb, PNG, child, label. */
static void goes_from_verb_to_label(void **state)
{
        struct label_reading r = { 0 };
        char path[128];

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/sticker.png", folder);
        assert_int_equal(
                run((const char *const[]){ "--text", TEXT, "--out", path, "--rotate", "17", "--tilt", "20",
                                           "--blur", "1", "--noise", "6", "--size", "800x600", NULL }),
                EXIT_DONE);
        read_picture(path, &r);
        assert_string_equal(r.trouble.cause, "");
        assert_string_equal(r.label.serial, "ARNHAB000ABCDEF");
        assert_string_equal(secret_text(r.label.mobile_secret), "abcDEF123456789");
        assert_int_equal(width_of(path), 800);
        label_reading_done(&r);
        unlink(path);
}

/* Progressive in full colour: libjpeg keeps all of it in memory until the end. */
static void write_large_jpeg(const char *path, const struct photo *p, const uint8_t *grey, unsigned width,
                             unsigned height)
{
        _cleanup_(freep) uint8_t *row = malloc(3 * (size_t)width);
        struct jpeg_compress_struct c;
        struct jpeg_error_mgr errors;
        JSAMPROW rows = row;
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_non_null(row);
        c.err = jpeg_std_error(&errors);
        jpeg_create_compress(&c);
        jpeg_stdio_dest(&c, f);
        c.image_width = width;
        c.image_height = height;
        c.input_components = 3;
        c.in_color_space = JCS_RGB;
        jpeg_set_defaults(&c);
        jpeg_simple_progression(&c);
        c.comp_info[0].h_samp_factor = c.comp_info[0].v_samp_factor = 1;
        jpeg_start_compress(&c, TRUE);
        for (unsigned y = 0; y < height; y++) {
                memset(row, 120, 3 * (size_t)width);
                for (unsigned x = 0; y < p->height && x < p->width; x++)
                        memset(row + 3 * (width / 2 + x), grey[y * p->width + x], 3);
                (void)jpeg_write_scanlines(&c, &rows, 1);
        }
        jpeg_finish_compress(&c);
        jpeg_destroy_compress(&c);
        fclose(f);
}

/* 50 megapixels within the memory and the time of the cage. */
static void reads_fifty_megapixels(void **state)
{
        struct photo p = simple(TEXT);
        struct label_reading r = { 0 };
        _cleanup_(freep) uint8_t *grey = NULL;
        char path[128];

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/large.jpg", folder);
        assert_int_equal(photo_take(&p, &grey), 0);
        write_large_jpeg(path, &p, grey, 8192, 6144);
        read_picture(path, &r);
        assert_string_equal(r.trouble.cause, "");
        assert_string_equal(r.label.serial, "ARNHAB000ABCDEF");
        assert_int_equal(width_of(path), 8192);
        label_reading_done(&r);
        unlink(path);
}

static void does_not_choose_between_two_labels(void **state)
{
        struct label_reading r = { 0 };
        char path[128];

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/two.png", folder);
        assert_int_equal(run((const char *const[]){ "--text", TEXT, "--text", OTHER, "--out", path, NULL }),
                         EXIT_DONE);
        read_picture(path, &r);
        assert_int_equal(r.trouble.fault, FAULT_LABEL_AMBIGUOUS);
        assert_non_null(strstr(r.trouble.cause, "ARNHAB000ABCDEF"));
        assert_non_null(strstr(r.trouble.cause, "P046AB000FEDCBA"));
        assert_null(strstr(r.trouble.cause, "abcDEF"));
        assert_int_equal(r.n_codes, 2);
        assert_int_equal(label_reading_choose(&r, "ARNHAB000ABCDE"), -ENOENT);
        assert_int_equal(label_reading_choose(&r, ""), -ENOENT);
        assert_int_equal(r.trouble.fault, FAULT_LABEL_AMBIGUOUS);
        assert_int_equal(label_reading_choose(&r, "fedcba"), 0);
        assert_int_equal(r.trouble.fault, FAULT_NONE);
        assert_string_equal(r.label.serial, "P046AB000FEDCBA");
        assert_string_equal(secret_text(r.label.mobile_secret), "abcDEF123456789");
        assert_int_equal(label_reading_choose(&r, "ARNHAB000ABCDEF"), -ENOENT); /* chosen is chosen */
        label_reading_done(&r);
        unlink(path);
}

/* Two stickers of one device that differ are told apart by nobody. */
static void does_not_choose_between_two_secrets(void **state)
{
        struct label_reading r = { 0 };
        char path[128];

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/two.png", folder);
        assert_int_equal(
                run((const char *const[]){ "--text", TEXT, "--text", "ARNHAB000ABCDEF otherSECRET1234",
                                           "--out", path, NULL }),
                EXIT_DONE);
        read_picture(path, &r);
        assert_int_equal(r.trouble.fault, FAULT_LABEL_AMBIGUOUS);
        assert_int_equal(label_reading_choose(&r, "ARNHAB000ABCDEF"), -ENOENT);
        assert_null(r.label.mobile_secret);
        label_reading_done(&r);
        unlink(path);
}

static void reads_its_text_from_a_file(void **state)
{
        char text[128], path[128];
        struct label_reading r = { 0 };
        FILE *f;

        (void)state;
        (void)snprintf(text, sizeof(text), "%s/text", folder);
        (void)snprintf(path, sizeof(path), "%s/sticker.png", folder);
        f = fopen(text, "we");
        assert_non_null(f);
        fputs("ARNHAB000ABCDEF\n", f);
        fclose(f);
        assert_int_equal(run((const char *const[]){ "--text-file", text, "--out", path, NULL }), EXIT_DONE);
        read_picture(path, &r);
        assert_int_equal(r.trouble.fault, FAULT_LABEL_NO_SECRET);
        label_reading_done(&r);
        unlink(text);
        unlink(path);
}

static void explains_wrong_usage(void **state)
{
        static const char *const bad[][6] = {
                { NULL },
                { "--text", TEXT, NULL },
                { "--out", "/tmp/x.png", NULL },
                { "--text", TEXT, "--out", "/tmp/x.png", "rest", NULL },
                { "--blur", "much", NULL },
                { "--noise", "-1", NULL },
                { "--size", "10x10", NULL },
                { "--size", "640x480x3", NULL },
                { "--seed", "-3", NULL },
                { "--no-such-option", NULL },
                { "--text-file", "/nonexistent", NULL },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_int_equal(run(bad[i]), EXIT_USAGE);
        assert_int_equal(run((const char *const[]){ "--text", TEXT, "--out", "/nonexistent/x.png", NULL }),
                         EXIT_INTERNAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_what_is_photographed),
                cmocka_unit_test(reads_large_photographs),
                cmocka_unit_test(makes_the_same_picture_again),
                cmocka_unit_test(refuses_what_cannot_be_printed),
                cmocka_unit_test(goes_from_verb_to_label),
                cmocka_unit_test(reads_fifty_megapixels),
                cmocka_unit_test(does_not_choose_between_two_labels),
                cmocka_unit_test(does_not_choose_between_two_secrets),
                cmocka_unit_test(reads_its_text_from_a_file),
                cmocka_unit_test(explains_wrong_usage),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
