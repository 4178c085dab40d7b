/* SPDX-License-Identifier: Apache-2.0 */

/* Which mode is taken of what real cameras offer. */

#include "setup/label/camera/mode.h"
#include "tests/unit/cmocka.h"
#include <linux/videodev2.h>
#include <string.h>

#define YUYV  V4L2_PIX_FMT_YUYV
#define MJPEG V4L2_PIX_FMT_MJPEG

static const struct offer {
        const char *what;
        struct mode modes[8]; /* up to the first without a format */
        struct mode best;
} offers[] = {
        { "a camera on USB 2: 720p only slowly without JPEG",
          { { YUYV, 640, 480, 30 },
            { YUYV, 1280, 720, 10 },
            { YUYV, 1280, 720, 5 },
            { MJPEG, 1280, 720, 30 } },
          { YUYV, 1280, 720, 10 } },
        { "one that has 720p at speed as JPEG only",
          { { YUYV, 640, 480, 30 },
            { YUYV, 1280, 720, 5 },
            { MJPEG, 640, 480, 30 },
            { MJPEG, 1280, 720, 30 } },
          { MJPEG, 1280, 720, 30 } },
        { "rather smaller than slow",
          { { YUYV, 1280, 720, 5 }, { YUYV, 640, 480, 30 } },
          { YUYV, 640, 480, 30 } },
        { "but not tiny", { { YUYV, 320, 240, 30 }, { YUYV, 1280, 720, 5 } }, { YUYV, 1280, 720, 5 } },
        { "rather larger than smaller",
          { { MJPEG, 640, 480, 30 }, { MJPEG, 1920, 1080, 30 }, { MJPEG, 3840, 2160, 30 } },
          { MJPEG, 1920, 1080, 30 } },
        { "the rate that is decoded",
          { { YUYV, 1280, 720, 60 },
            { YUYV, 1280, 720, 30 },
            { YUYV, 1280, 720, 15 },
            { YUYV, 1280, 720, 10 } },
          { YUYV, 1280, 720, 15 } },
        { "what needs least work",
          { { MJPEG, 1280, 720, 30 },
            { YUYV, 1280, 720, 30 },
            { V4L2_PIX_FMT_NV12, 1280, 720, 30 },
            { V4L2_PIX_FMT_GREY, 1280, 720, 30 } },
          { V4L2_PIX_FMT_GREY, 1280, 720, 30 } },
        { "a camera that does not tell its rates",
          { { YUYV, 640, 480, 0 }, { YUYV, 1280, 720, 0 } },
          { YUYV, 1280, 720, 0 } },
};

static bool same(const struct mode *a, const struct mode *b)
{
        return a->format == b->format && a->width == b->width && a->height == b->height && a->fps == b->fps;
}

static void takes_the_best_in_any_order(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
                const struct mode *m = offers[i].modes, *forwards = m, *backwards = NULL;
                size_t n = 0;

                for (; n < 8 && m[n].format; n++)
                        forwards = mode_better(&m[n], forwards) ? &m[n] : forwards;
                while (n-- > 0)
                        backwards = !backwards || mode_better(&m[n], backwards) ? &m[n] : backwards;
                if (!same(forwards, &offers[i].best) || !same(backwards, &offers[i].best))
                        fail_msg("%s: %s %u x %u, %u/s", offers[i].what, mode_name(forwards->format).text,
                                 forwards->width, forwards->height, forwards->fps);
        }
}

static void reads_these_formats(void **state)
{
        enum luma_layout layout;
        bool jpeg;

        (void)state;
        assert_true(mode_readable(V4L2_PIX_FMT_GREY, &jpeg, &layout) && !jpeg && layout == LUMA_PLANE);
        assert_true(mode_readable(V4L2_PIX_FMT_NV12, &jpeg, &layout) && !jpeg && layout == LUMA_PLANE);
        assert_true(mode_readable(V4L2_PIX_FMT_YUYV, &jpeg, &layout) && !jpeg && layout == LUMA_EVEN);
        assert_true(mode_readable(V4L2_PIX_FMT_UYVY, &jpeg, &layout) && !jpeg && layout == LUMA_ODD);
        assert_true(mode_readable(V4L2_PIX_FMT_MJPEG, &jpeg, &layout) && jpeg);
        assert_false(mode_readable(V4L2_PIX_FMT_H264, &jpeg, &layout));
        assert_false(mode_readable(V4L2_PIX_FMT_SRGGB10, &jpeg, &layout));
        assert_false(mode_readable(0, &jpeg, &layout));
}

static void fits_into_ranges(void **state)
{
        (void)state;
        assert_int_equal(mode_fit(1280, 320, 1920, 2), 1280);
        assert_int_equal(mode_fit(1280, 320, 640, 2), 640);
        assert_int_equal(mode_fit(720, 1080, 2160, 2), 1080);
        assert_int_equal(mode_fit(720, 16, 4096, 100), 716);
        assert_int_equal(mode_fit(720, 16, 4096, 0), 720);
        assert_int_equal(mode_fit(720, 64, 32, 1), 64); /* no range */
}

static void names_formats(void **state)
{
        (void)state;
        assert_string_equal(mode_name(YUYV).text, "YUYV");
        assert_string_equal(mode_name(MJPEG).text, "MJPG");
        assert_string_equal(mode_name(V4L2_PIX_FMT_Y16).text, "Y16");
        assert_string_equal(mode_name(0x01020304).text, "????");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(takes_the_best_in_any_order),
                cmocka_unit_test(reads_these_formats),
                cmocka_unit_test(fits_into_ranges),
                cmocka_unit_test(names_formats),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
