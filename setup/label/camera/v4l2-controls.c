/* SPDX-License-Identifier: Apache-2.0 */

/* A sticker is held close and still: the lens must focus near, and the exposure must not be so long in dim
 * light that frames come twice a second. What a camera does not have, it refuses, and that is fine. */

#include "setup/label/camera/v4l2-private.h"

static int set(int fd, uint32_t id, int32_t value)
{
        struct v4l2_control control = { .id = id, .value = value };

        return v4l2_call(fd, VIDIOC_S_CTRL, &control);
}

/* Without a motor of its own that looks for focus: half way between where the lens is by default and the
 * nearest, which is the largest value. */
static void focus_near(int fd)
{
        struct v4l2_queryctrl focus = { .id = V4L2_CID_FOCUS_ABSOLUTE };

        if (v4l2_call(fd, VIDIOC_QUERYCTRL, &focus) < 0 || focus.flags & V4L2_CTRL_FLAG_DISABLED)
                return;
        if (focus.maximum > focus.default_value)
                (void)set(
                        fd, V4L2_CID_FOCUS_ABSOLUTE,
                        (int32_t)(focus.default_value + ((int64_t)focus.maximum - focus.default_value) / 2));
}

/* Lamps flicker; where the camera cannot find out how fast, and was told nothing, it is told 50 Hz. */
static void still_lamps(int fd)
{
        struct v4l2_control now = { .id = V4L2_CID_POWER_LINE_FREQUENCY };

        if (v4l2_call(fd, VIDIOC_G_CTRL, &now) < 0 || now.value != V4L2_CID_POWER_LINE_FREQUENCY_DISABLED)
                return;
        if (set(fd, V4L2_CID_POWER_LINE_FREQUENCY, V4L2_CID_POWER_LINE_FREQUENCY_AUTO) < 0)
                (void)set(fd, V4L2_CID_POWER_LINE_FREQUENCY, V4L2_CID_POWER_LINE_FREQUENCY_50HZ);
}

void v4l2_controls_set(int fd)
{
        if (set(fd, V4L2_CID_FOCUS_AUTO, 1) < 0)
                focus_near(fd);
        (void)set(fd, V4L2_CID_EXPOSURE_AUTO_PRIORITY, 0);
        still_lamps(fd);
}
