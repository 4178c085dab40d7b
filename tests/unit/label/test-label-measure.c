/* SPDX-License-Identifier: Apache-2.0 */

/* What is measured in frames whose answer is known: one clean picture, spoilt in one way at a time. A table
 * of the numbers is printed; each way must show in its number and leave the others about where they were.
 * And what a camera's frames leave for each other. */

#include "setup/label/decode.h"
#include "setup/label/filter.h"
#include "setup/label/locate.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/pictures.h"
#include <string.h>

#define CLEAN PICTURES "/dm_clean_0006.jpg" /* 640 x 480, 24 modules of 4 pixels, upright */

static struct image load(const char *path)
{
        _cleanup_(freep) uint8_t *data = NULL;
        struct image image;
        size_t len;

        data = pictures_read(path, &len);
        assert_int_equal(image_load(data, len, &image), 0);
        return image;
}

static struct measure measure_of(const struct image *image, bool *ret_read)
{
        struct decode_options options = { .budget_ms = 120000 };
        struct decode_result result;

        assert_int_equal(decode(image_view(image), &options, &result), 0);
        *ret_read = result.labels > 0;
        return result.measure;
}

static void take(struct image *image, struct image next)
{
        image_done(image);
        *image = next;
}

static void clean(struct image *image)
{
        (void)image;
}

static void dark(struct image *image)
{
        for (size_t i = 0; i < (size_t)image->width * image->height; i++)
                image->grey[i] = image->grey[i] / 8;
}

static void pale(struct image *image)
{
        for (size_t i = 0; i < (size_t)image->width * image->height; i++)
                image->grey[i] = (uint8_t)(100 + image->grey[i] / 8);
}

/* Each round adds half a square pixel to the variance. */
static void blurred(struct image *image)
{
        for (unsigned i = 0; i < 8; i++) {
                struct image next;

                assert_int_equal(filter_smooth(image_view(image), &next), 0);
                take(image, next);
        }
}

/* Along the rows, 1.6 modules. */
static void moved(struct image *image)
{
        enum { WAY = 6 };

        for (unsigned y = 0; y < image->height; y++) {
                uint8_t *row = image->grey + (size_t)y * image->width;

                for (unsigned x = 0; x + WAY < image->width; x++) {
                        unsigned sum = 0;

                        for (unsigned i = 0; i < WAY; i++)
                                sum += row[x + i];
                        row[x] = (uint8_t)(sum / WAY);
                }
        }
}

/* A white patch on a quarter of the code. */
static void glaring(struct image *image)
{
        struct box box = { 0 };

        assert_true(locate(image_view(image), &box, 1) == 1);
        for (unsigned y = box.y; y < box.y + box.height / 2; y++)
                memset(image->grey + (size_t)y * image->width + box.x, 255, box.width / 2);
}

/* 24 modules of 2 pixels */
static void tiny(struct image *image)
{
        struct image next;

        assert_int_equal(filter_halve(image_view(image), &next), 0);
        take(image, next);
}

static void empty(struct image *image)
{
        memset(image->grey, 128, (size_t)image->width * image->height);
}

static double edge(const struct measure *m)
{
        return m->sharpness ? 16.0 * m->contrast / m->sharpness : 0;
}

static struct measure show(const char *name, void (*spoil)(struct image *))
{
        struct image image = load(CLEAN);
        struct measure m;
        bool read;

        spoil(&image);
        m = measure_of(&image, &read);
        print_message(
                "%-8s mean %3u contrast %3u sharpness %4u edge %4.1f px code %3u px glare %2u %% even %3u %% %s\n",
                name, m.mean, m.contrast, m.sharpness, edge(&m), m.code_px, m.glare_percent,
                m.evenness_percent, read ? "read" : "");
        image_done(&image);
        return m;
}

static void tells_what_is_wrong(void **state)
{
        struct measure m, was = show("clean", clean);

        (void)state;
        assert_in_range(was.mean, 60, 230);
        assert_in_range(was.contrast, 180, 255);
        assert_in_range(was.code_px, 96, 125);
        assert_int_equal(was.glare_percent, 0);
        assert_true(edge(&was) < 2);

        m = show("dark", dark);
        assert_true(m.mean < 40 && m.contrast < 40);
        assert_true(edge(&m) < 2.5);
        m = show("pale", pale);
        assert_true(m.mean > 80 && m.contrast < 40);
        assert_true(edge(&m) < 2.5);
        m = show("blurred", blurred);
        assert_true(edge(&m) > 4);
        assert_in_range(m.code_px, 80, 150);
        m = show("moved", moved);
        assert_in_range(m.code_px, 80, 150);
        assert_in_range(m.evenness_percent, 1, 65);
        assert_in_range(was.evenness_percent, 75, 100);
        m = show("tiny", tiny);
        assert_in_range(m.code_px, 44, 62);
        m = show("glaring", glaring);
        assert_in_range(m.glare_percent, 15, 35);
        assert_in_range(m.code_px, 80, 125);
        m = show("empty", empty);
        assert_int_equal(m.code_px, 0);
        assert_int_equal(m.contrast, 0);
        assert_int_equal(m.sharpness, 0);
        assert_int_equal(m.mean, 128);
}

/* What nothing but undoing the motion reads: all of it across a module and a half. */
static void reads_what_moved(void **state)
{
        struct image image = load(CLEAN);
        bool read;

        (void)state;
        moved(&image);
        (void)measure_of(&image, &read);
        assert_true(read);
        image_done(&image);
}

static bool next_frame(const struct image *image, struct decode_state *state)
{
        struct decode_options options = { .budget_ms = 120000, .state = state };
        struct decode_result result;

        assert_int_equal(decode(image_view(image), &options, &result), 0);
        return result.labels > 0;
}

/* One frame of three tries what reads it; once read, each one does. */
static void a_blurred_code_is_read_in_each_frame_after_the_third(void **state)
{
        struct image image = load(CLEAN);
        struct decode_state frames = { 0 };
        unsigned tries = 1;

        (void)state;
        blurred(&image);
        while (tries <= 4 && !next_frame(&image, &frames))
                tries++;
        print_message("blurred: read in frame %u\n", tries);
        assert_in_range(tries, 1, 3);
        for (unsigned i = 0; i < 5; i++)
                assert_true(next_frame(&image, &frames));
        image_done(&image);
}

static void nothing_is_tried_first_after_a_second_without_a_label(void **state)
{
        struct image image = load(CLEAN);
        struct decode_state frames = { .favourite = 1 };

        (void)state;
        empty(&image);
        for (unsigned i = 0; i < 20; i++)
                assert_false(next_frame(&image, &frames));
        assert_int_equal(frames.favourite, 0);
        image_done(&image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tells_what_is_wrong),
                cmocka_unit_test(reads_what_moved),
                cmocka_unit_test(a_blurred_code_is_read_in_each_frame_after_the_third),
                cmocka_unit_test(nothing_is_tried_first_after_a_second_without_a_label),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
