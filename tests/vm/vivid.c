/* SPDX-License-Identifier: Apache-2.0 */

/* vivid loops its HDMI output to its HDMI input if both have the same format and size: grey, as usher-scan
 * asks for it. */

#include "tests/vm/vivid.h"
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/v4l2-dv-timings.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int call(int fd, unsigned long request, void *argument)
{
        int r;

        do
                r = ioctl(fd, request, argument);
        while (r < 0 && errno == EINTR);
        return r;
}

static void must(int fd, unsigned long request, void *argument, const char *what)
{
        if (call(fd, request, argument) < 0)
                err(1, "%s", what);
}

static uint32_t caps_of(int fd)
{
        struct v4l2_capability c = { 0 };

        return call(fd, VIDIOC_QUERYCAP, &c) < 0 ? 0 : c.device_caps;
}

static int find(uint32_t wanted, char *path, size_t size)
{
        for (unsigned i = 0; i < 16; i++) {
                int fd;

                (void)snprintf(path, size, "/dev/video%u", i);
                fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
                if (fd >= 0 && caps_of(fd) & wanted)
                        return fd;
                if (fd >= 0)
                        (void)close(fd);
        }
        errx(1, "vivid has no such node");
}

/* Also of a button, which has no value. */
static bool set(int fd, const char *name, int value)
{
        struct v4l2_queryctrl q = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };

        for (; call(fd, VIDIOC_QUERYCTRL, &q) == 0; q.id |= V4L2_CTRL_FLAG_NEXT_CTRL)
                if (strcmp((const char *)q.name, name) == 0) {
                        struct v4l2_control c = { .id = q.id, .value = value };

                        must(fd, VIDIOC_S_CTRL, &c, name);
                        return true;
                }
        return false;
}

void vivid_set(struct vivid *v, const char *name, int value)
{
        if (!set(v->control, name, value) && !set(v->out, name, value))
                errx(1, "vivid has no control '%s'", name);
}

static void queue(struct vivid *v, unsigned index)
{
        struct v4l2_buffer b = { .index = index,
                                 .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
                                 .memory = V4L2_MEMORY_MMAP,
                                 .bytesused = (uint32_t)v->size,
                                 .field = V4L2_FIELD_NONE };

        if (v->picture)
                memcpy(v->buffers[index], v->picture, VIVID_WIDTH * VIVID_HEIGHT);
        else
                memset(v->buffers[index], 128, VIVID_WIDTH * VIVID_HEIGHT);
        must(v->out, VIDIOC_QBUF, &b, "QBUF");
}

/* 30 frames a second instead of 60, which take the virtual machine half of the time; unless the camera is in
 * use already. Both ends must have the same. */
static void slow_down(struct vivid *v)
{
        struct v4l2_dv_timings timings = V4L2_DV_BT_CEA_1280X720P30;

        if (call(v->control, VIDIOC_S_DV_TIMINGS, &timings) == 0)
                must(v->out, VIDIOC_S_DV_TIMINGS, &timings, "S_DV_TIMINGS");
}

void vivid_open(struct vivid *v)
{
        struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT };
        struct v4l2_requestbuffers request = { .count = VIVID_BUFFERS,
                                               .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
                                               .memory = V4L2_MEMORY_MMAP };
        int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
        char path[64];

        v->out = find(V4L2_CAP_VIDEO_OUTPUT, path, sizeof(path));
        v->control = find(V4L2_CAP_VIDEO_CAPTURE, v->camera, sizeof(v->camera));
        slow_down(v);
        f.fmt.pix = (struct v4l2_pix_format){ .width = VIVID_WIDTH,
                                              .height = VIVID_HEIGHT,
                                              .pixelformat = V4L2_PIX_FMT_GREY,
                                              .field = V4L2_FIELD_NONE };
        must(v->out, VIDIOC_S_FMT, &f, "S_FMT");
        if (f.fmt.pix.width != VIVID_WIDTH || f.fmt.pix.height != VIVID_HEIGHT)
                errx(1, "vivid shows %u x %u", f.fmt.pix.width, f.fmt.pix.height);
        must(v->out, VIDIOC_REQBUFS, &request, "REQBUFS");
        for (unsigned i = 0; i < VIVID_BUFFERS; i++) {
                struct v4l2_buffer b = { .index = i, .type = (uint32_t)type, .memory = V4L2_MEMORY_MMAP };

                must(v->out, VIDIOC_QUERYBUF, &b, "QUERYBUF");
                v->size = b.length;
                v->buffers[i] = mmap(NULL, b.length, PROT_READ | PROT_WRITE, MAP_SHARED, v->out, b.m.offset);
                if (v->buffers[i] == MAP_FAILED || b.length < VIVID_WIDTH * VIVID_HEIGHT)
                        err(1, "mmap");
                queue(v, i);
        }
        must(v->out, VIDIOC_STREAMON, &type, "STREAMON");
        vivid_set(v, "Loop Video", 1);
        vivid_set(v, "OSD Text Mode", 2); /* no words over the picture */
}

void vivid_close(struct vivid *v)
{
        for (unsigned i = 0; i < VIVID_BUFFERS; i++)
                (void)munmap(v->buffers[i], v->size);
        (void)close(v->out);
        (void)close(v->control);
        v->out = v->control = -1;
}

void vivid_feed(struct vivid *v)
{
        struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT, .memory = V4L2_MEMORY_MMAP };

        while (call(v->out, VIDIOC_DQBUF, &b) == 0)
                queue(v, b.index);
}
