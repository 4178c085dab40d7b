/* SPDX-License-Identifier: Apache-2.0 */

/* Typical USB cameras give 720p at 30 frames a second as JPEG only, and 5 to 10 without (scanning.md 7); so
 * size comes first, a slow mode counts as five times too large, and of what is equal then the one that needs
 * no decoding is taken. */

#include "setup/label/camera/mode.h"
#include <linux/videodev2.h>

/* In the order in which they are preferred. */
static const struct {
        uint32_t format;
        bool jpeg;
        enum luma_layout layout;
} formats[] = {
        { V4L2_PIX_FMT_GREY, false, LUMA_PLANE },   { V4L2_PIX_FMT_NV12, false, LUMA_PLANE },
        { V4L2_PIX_FMT_NV21, false, LUMA_PLANE },   { V4L2_PIX_FMT_YUV420, false, LUMA_PLANE },
        { V4L2_PIX_FMT_YVU420, false, LUMA_PLANE }, { V4L2_PIX_FMT_YUYV, false, LUMA_EVEN },
        { V4L2_PIX_FMT_YVYU, false, LUMA_EVEN },    { V4L2_PIX_FMT_UYVY, false, LUMA_ODD },
        { V4L2_PIX_FMT_VYUY, false, LUMA_ODD },     { V4L2_PIX_FMT_MJPEG, true, LUMA_PLANE },
        { V4L2_PIX_FMT_JPEG, true, LUMA_PLANE },
};

enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static size_t rank_of(uint32_t format)
{
        size_t i = 0;

        while (i < N_FORMATS && formats[i].format != format)
                i++;
        return i;
}

bool mode_readable(uint32_t format, bool *ret_jpeg, enum luma_layout *ret_layout)
{
        size_t i = rank_of(format);

        if (i == N_FORMATS)
                return false;
        *ret_jpeg = formats[i].jpeg;
        *ret_layout = formats[i].layout;
        return true;
}

/* 100: just as wanted. What is too small costs more than what is too large: pixels that are not there help
 * nobody. */
static uint64_t cost_of(const struct mode *m)
{
        uint64_t area = (uint64_t)m->width * m->height, want = MODE_WIDTH * MODE_HEIGHT, cost;

        if (area == 0)
                return UINT64_MAX;
        cost = area >= want ? area * 100 / want : want * 150 / area;
        return m->fps == 0 || m->fps >= MODE_FPS_LEAST ? cost : 5 * cost;
}

/* Frames that come faster than they are read cost time and light; too few cost the person time. */
static unsigned off_rate(const struct mode *m)
{
        return m->fps >= MODE_FPS ? m->fps - MODE_FPS : 1000 + MODE_FPS - m->fps;
}

bool mode_better(const struct mode *a, const struct mode *b)
{
        uint64_t cost_a = cost_of(a), cost_b = cost_of(b);
        size_t rank_a = rank_of(a->format), rank_b = rank_of(b->format);

        if (cost_a != cost_b)
                return cost_a < cost_b;
        if (rank_a != rank_b)
                return rank_a < rank_b;
        return off_rate(a) < off_rate(b);
}

unsigned mode_fit(unsigned want, unsigned least, unsigned most, unsigned step)
{
        if (want <= least || most <= least)
                return least;
        if (want > most)
                want = most;
        return want - (want - least) % (step ? step : 1);
}

struct mode_name mode_name(uint32_t format)
{
        struct mode_name name = { 0 };

        for (size_t i = 0; i < 4; i++) {
                char c = (char)(format >> (8 * i) & 0x7f);

                name.text[i] = c > ' ' && c < 0x7f ? c : i == 3 && c == ' ' ? '\0' : '?';
        }
        return name;
}
