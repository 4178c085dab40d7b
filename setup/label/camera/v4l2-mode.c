/* SPDX-License-Identifier: Apache-2.0 */

/* A camera lists its formats, the sizes of each and the rates of each size: as values, or as ranges. Of all
 * that only the best is kept. Lists are walked to an end of our own, whatever the driver says. */

#include "setup/label/camera/v4l2-private.h"
#include <errno.h>

enum { FORMATS_MAX = 64, SIZES_MAX = 128, RATES_MAX = 64 };

struct search {
        int fd;
        struct mode best;
        bool found;
};

static void consider(struct search *s, const struct mode *m)
{
        if (s->found && !mode_better(m, &s->best))
                return;
        s->best = *m;
        s->found = true;
}

/* Frames a second of the time that one takes, rounded. */
static unsigned fps_of(const struct v4l2_fract *interval)
{
        uint64_t fps;

        if (interval->numerator == 0)
                return 0;
        fps = ((uint64_t)interval->denominator + interval->numerator / 2) / interval->numerator;
        return fps < 1000 ? (unsigned)fps : 1000;
}

static void look_at_rates(struct search *s, struct mode m)
{
        struct v4l2_frmivalenum e = { .pixel_format = m.format, .width = m.width, .height = m.height };

        for (; e.index < RATES_MAX && v4l2_call(s->fd, VIDIOC_ENUM_FRAMEINTERVALS, &e) >= 0; e.index++) {
                if (e.type == V4L2_FRMIVAL_TYPE_DISCRETE)
                        m.fps = fps_of(&e.discrete);
                else /* the shortest interval is the highest rate */
                        m.fps = mode_fit(MODE_FPS, fps_of(&e.stepwise.max), fps_of(&e.stepwise.min), 0);
                consider(s, &m);
                if (e.type != V4L2_FRMIVAL_TYPE_DISCRETE)
                        return;
        }
        if (e.index == 0)
                consider(s, &m);
}

static void look_at_sizes(struct search *s, uint32_t format)
{
        struct v4l2_frmsizeenum e = { .pixel_format = format };
        struct mode m = { .format = format };

        for (; e.index < SIZES_MAX && v4l2_call(s->fd, VIDIOC_ENUM_FRAMESIZES, &e) >= 0; e.index++) {
                if (e.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
                        m.width = e.discrete.width;
                        m.height = e.discrete.height;
                } else {
                        m.width = mode_fit(MODE_WIDTH, e.stepwise.min_width, e.stepwise.max_width,
                                           e.stepwise.step_width);
                        m.height = mode_fit(MODE_HEIGHT, e.stepwise.min_height, e.stepwise.max_height,
                                            e.stepwise.step_height);
                }
                look_at_rates(s, m);
                if (e.type != V4L2_FRMSIZE_TYPE_DISCRETE)
                        return;
        }
        if (e.index == 0) { /* a driver that does not list: it will say what it gives instead */
                m.width = MODE_WIDTH;
                m.height = MODE_HEIGHT;
                consider(s, &m);
        }
}

int v4l2_mode_find(int fd, const char *path, struct mode *ret, struct trouble *ret_trouble)
{
        struct v4l2_fmtdesc e = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
        struct search search = { .fd = fd };
        struct trouble trouble = { 0 };
        enum luma_layout layout;
        bool jpeg;

        (void)trouble_set(&trouble, FAULT_SCANNER, "none of the formats of camera %s can be read", path);
        for (; e.index < FORMATS_MAX && v4l2_call(fd, VIDIOC_ENUM_FMT, &e) >= 0; e.index++) {
                trouble_add(&trouble, "%s %s", e.index == 0 ? ":" : ",", mode_name(e.pixelformat).text);
                if (mode_readable(e.pixelformat, &jpeg, &layout))
                        look_at_sizes(&search, e.pixelformat);
        }
        if (!search.found) {
                *ret_trouble = trouble;
                return -ENODATA;
        }
        *ret = search.best;
        return 0;
}
