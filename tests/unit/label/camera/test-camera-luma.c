/* SPDX-License-Identifier: Apache-2.0 */

/* The grey picture of each layout, with gaps between rows, and frames that are not whole. */

#include "setup/label/camera/luma.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

enum { WIDTH = 5, HEIGHT = 3, ROOM = WIDTH * HEIGHT };

/* The pixel at (x, y) is 16 * y + x; all that is no pixel is 0xee. */
static size_t draw(enum luma_layout layout, unsigned stride, uint8_t *to)
{
        size_t step = layout == LUMA_PLANE ? 1 : 2, size = (HEIGHT - 1) * (size_t)stride + step * WIDTH;

        memset(to, 0xee, size);
        for (unsigned y = 0; y < HEIGHT; y++)
                for (unsigned x = 0; x < WIDTH; x++)
                        to[y * stride + step * x + (layout == LUMA_ODD)] = (uint8_t)(16 * y + x);
        return size;
}

static void takes(enum luma_layout layout, unsigned stride, unsigned told)
{
        uint8_t data[256], grey[ROOM + 1];
        struct luma_frame frame = { .data = data, .width = WIDTH, .height = HEIGHT, .stride = told };

        grey[ROOM] = 0x55;
        frame.size = draw(layout, stride, data);
        assert_int_equal(luma_take(layout, &frame, ROOM, grey), 0);
        for (unsigned i = 0; i < ROOM; i++)
                assert_int_equal(grey[i], 16 * (i / WIDTH) + i % WIDTH);
        assert_int_equal(grey[ROOM], 0x55);
        frame.size--; /* the last pixel is missing */
        assert_int_equal(luma_take(layout, &frame, ROOM, grey), -EBADMSG);
}

static void takes_each_layout(void **state)
{
        (void)state;
        takes(LUMA_PLANE, WIDTH, WIDTH);
        takes(LUMA_PLANE, WIDTH + 11, WIDTH + 11);
        takes(LUMA_PLANE, WIDTH, 0);
        takes(LUMA_EVEN, 2 * WIDTH, 2 * WIDTH);
        takes(LUMA_EVEN, 2 * WIDTH + 6, 2 * WIDTH + 6);
        takes(LUMA_EVEN, 2 * WIDTH, 0);
        takes(LUMA_ODD, 2 * WIDTH, 0);
        takes(LUMA_ODD, 64, 64);
}

static void passes_over_colours_behind_the_plane(void **state)
{
        uint8_t data[ROOM * 3 / 2] = { 0 }, grey[ROOM];
        struct luma_frame frame = { data, sizeof(data), WIDTH, HEIGHT, WIDTH };

        (void)state;
        memset(data, 0xee, sizeof(data));
        (void)draw(LUMA_PLANE, WIDTH, data);
        assert_int_equal(luma_take(LUMA_PLANE, &frame, ROOM, grey), 0);
        assert_memory_equal(grey, data, ROOM);
}

static void refuses_what_is_no_frame(void **state)
{
        static const uint8_t data[64];
        static const struct {
                struct luma_frame frame;
                size_t room;
                int error;
        } rows[] = {
                { { data, 0, WIDTH, HEIGHT, WIDTH }, ROOM, -EBADMSG },         /* empty */
                { { data, 64, 0, HEIGHT, WIDTH }, ROOM, -EBADMSG },            /* no width */
                { { data, 64, WIDTH, 0, WIDTH }, ROOM, -EBADMSG },             /* no height */
                { { data, 64, WIDTH, HEIGHT, WIDTH - 1 }, ROOM, -EBADMSG },    /* rows overlap */
                { { data, 64, WIDTH, HEIGHT, 1u << 31 }, ROOM, -EBADMSG },     /* far apart */
                { { data, 64, WIDTH, HEIGHT, WIDTH }, ROOM - 1, -EFBIG },      /* no room */
                { { data, 64, 1u << 31, 1u << 31, 0 }, SIZE_MAX / 8, -EFBIG }, /* larger than all memory */
                /* 32 bits: no room can be as large */
                { { data, 64, 1u << 16, 1u << 16, 0 }, SIZE_MAX, sizeof(size_t) > 4 ? -EBADMSG : -EFBIG },
        };
        uint8_t grey[ROOM];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                assert_int_equal(luma_take(LUMA_PLANE, &rows[i].frame, rows[i].room, grey), rows[i].error);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(takes_each_layout),
                cmocka_unit_test(passes_over_colours_behind_the_plane),
                cmocka_unit_test(refuses_what_is_no_frame),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
