/* SPDX-License-Identifier: Apache-2.0 */

/* Frames of a camera by V4L2. Four buffers that driver and process share; as soon as the newest is known all
 * others go back to the driver, so that it never runs out of them however long decoding takes. What leaves
 * here is a copy in a sealed memfd: the grey picture, or the camera's JPEG with nobody having looked into
 * it. */

#include "setup/label/camera/frames.h"
#include "setup/label/camera/v4l2-private.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { BUFFERS = 4, SIDE_MAX = 8192 };

struct frames {
        int fd;
        char path[V4L2_PATH_MAX];
        bool jpeg;
        enum luma_layout layout;
        unsigned width, height, stride;
        struct buffer {
                void *data;
                size_t size;
        } buffers[BUFFERS];
        unsigned n;
        int kept; /* index of the buffer with the newest frame; -1: none */
        size_t kept_size;
        int64_t kept_ms;
};

/* ---- starting ---- */

/* The driver has the last word on everything but the format. */
static int set_format(struct frames *f, const struct mode *mode)
{
        struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
        struct v4l2_pix_format *pix = &format.fmt.pix;
        int r;

        *pix = (struct v4l2_pix_format){ .width = mode->width,
                                         .height = mode->height,
                                         .pixelformat = mode->format,
                                         .field = V4L2_FIELD_NONE };
        r = v4l2_call(f->fd, VIDIOC_S_FMT, &format);
        if (r < 0)
                return r;
        if (!mode_readable(pix->pixelformat, &f->jpeg, &f->layout) || pix->width == 0 || pix->height == 0 ||
            pix->width > SIDE_MAX || pix->height > SIDE_MAX)
                return -EMEDIUMTYPE;
        f->width = pix->width;
        f->height = pix->height;
        f->stride = f->jpeg ? 0 : pix->bytesperline;
        return 0;
}

/* Not every driver has a say in that; then it has its own rate. */
static void set_rate(int fd, unsigned fps)
{
        struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

        parm.parm.capture.timeperframe = (struct v4l2_fract){ 1, fps ? fps : MODE_FPS };
        (void)v4l2_call(fd, VIDIOC_S_PARM, &parm);
}

static int give_back(struct frames *f, unsigned index)
{
        struct v4l2_buffer b = { .index = index,
                                 .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                 .memory = V4L2_MEMORY_MMAP };

        return v4l2_call(f->fd, VIDIOC_QBUF, &b);
}

static int map_buffers(struct frames *f)
{
        struct v4l2_requestbuffers request = { .count = BUFFERS,
                                               .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                               .memory = V4L2_MEMORY_MMAP };
        int r = v4l2_call(f->fd, VIDIOC_REQBUFS, &request);

        if (r < 0)
                return r;
        for (; f->n < request.count && f->n < BUFFERS; f->n++) {
                struct v4l2_buffer b = { .index = f->n,
                                         .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                         .memory = V4L2_MEMORY_MMAP };
                void *data;

                r = v4l2_call(f->fd, VIDIOC_QUERYBUF, &b);
                if (r < 0)
                        return r;
                data = mmap(NULL, b.length, PROT_READ, MAP_SHARED, f->fd, (off_t)b.m.offset);
                if (data == MAP_FAILED)
                        return -errno;
                f->buffers[f->n] = (struct buffer){ data, b.length };
                r = give_back(f, f->n);
                if (r < 0) {
                        f->n++;
                        return r;
                }
        }
        return f->n < 2 ? -ENOMEM : 0;
}

static int start(struct frames *f, const struct mode *mode)
{
        int type = V4L2_BUF_TYPE_VIDEO_CAPTURE, r;

        r = set_format(f, mode);
        if (r < 0)
                return r;
        set_rate(f->fd, mode->fps);
        v4l2_controls_set(f->fd);
        r = map_buffers(f);
        return r < 0 ? r : v4l2_call(f->fd, VIDIOC_STREAMON, &type);
}

/* -ENOTTY: no camera; -EINVAL: it cannot be used; both with *ret_trouble. */
static int open_one(const char *path, struct frames **ret, struct trouble *ret_trouble)
{
        _cleanup_(frames_closep) struct frames *f = calloc(1, sizeof(*f));
        struct mode mode;
        int r;

        if (!f)
                return -ENOMEM;
        f->fd = f->kept = -1;
        (void)snprintf(f->path, sizeof(f->path), "%s", path);
        r = v4l2_node_open(path, &f->fd, &mode, ret_trouble);
        if (r < 0)
                return r;
        r = start(f, &mode);
        if (r < 0)
                return v4l2_node_refuse(path, r, ret_trouble);
        *ret = TAKE_PTR(f);
        return 0;
}

static int refuse_all(const unsigned *numbers, size_t n, struct trouble *ret)
{
        if (n == 0)
                return trouble_set(
                        ret, FAULT_SCANNER,
                        "there is no camera (no /dev/video*): plug one in, or use --image or --scanner");
        (void)trouble_set(ret, FAULT_SCANNER, "none of these is a camera:");
        for (size_t i = 0; i < n; i++)
                trouble_add(ret, "%s /dev/video%u", i == 0 ? "" : ",", numbers[i]);
        return -EINVAL;
}

/* The first that can be used; else the trouble of the first that is a camera at all. */
static int open_any(struct frames **ret, struct trouble *ret_trouble)
{
        unsigned numbers[V4L2_NODES_MAX];
        size_t n = v4l2_node_list(numbers);
        bool told = false;

        for (size_t i = 0; i < n; i++) {
                char path[V4L2_PATH_MAX];
                struct trouble trouble;
                int r;

                (void)snprintf(path, sizeof(path), "/dev/video%u", numbers[i]);
                r = open_one(path, ret, &trouble);
                if (r != -EINVAL && r != -ENOTTY)
                        return r;
                if (r == -EINVAL && !told) {
                        *ret_trouble = trouble;
                        told = true;
                }
        }
        return told ? -EINVAL : refuse_all(numbers, n, ret_trouble);
}

int frames_open(const char *which, struct frames **ret, struct trouble *ret_trouble)
{
        int r = strcmp(which, "auto") == 0 ? open_any(ret, ret_trouble) : open_one(which, ret, ret_trouble);

        return r == -ENOTTY ? -EINVAL : r;
}

struct frames *frames_close(struct frames *f)
{
        if (!f)
                return NULL;
        for (unsigned i = 0; i < f->n; i++)
                (void)munmap(f->buffers[i].data, f->buffers[i].size);
        closep(&f->fd); /* ends the stream, too */
        free(f);
        return NULL;
}

const char *frames_name(const struct frames *f)
{
        return f->path;
}

int frames_fd(const struct frames *f)
{
        return f->fd;
}

/* ---- frames ---- */

/* One filled buffer is kept in place of the one before. */
static int keep(struct frames *f, const struct v4l2_buffer *b)
{
        int old = f->kept;

        f->kept = (int)b->index;
        f->kept_size = b->bytesused < f->buffers[b->index].size ? b->bytesused : f->buffers[b->index].size;
        f->kept_ms = source_now_ms();
        return old < 0 ? 0 : give_back(f, (unsigned)old);
}

int frames_look(struct frames *f)
{
        bool found = false;
        int r = 0;

        for (unsigned i = 0; i < 2 * BUFFERS && r >= 0; i++) {
                struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP };

                r = v4l2_call(f->fd, VIDIOC_DQBUF, &b);
                if (r < 0)
                        break;
                if (b.index >= f->n || (int)b.index == f->kept)
                        return -EPROTO;
                if (b.flags & V4L2_BUF_FLAG_ERROR || b.bytesused == 0)
                        r = give_back(f, b.index);
                else {
                        r = keep(f, &b);
                        found = true;
                }
        }
        return r < 0 && r != -EAGAIN ? r : found;
}

static int seal(int fd)
{
        return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0 ? -errno
                                                                                                    : 0;
}

/* Fills `size` bytes of memory. -EBADMSG: it was no whole frame. */
static int fill(const struct frames *f, uint8_t *to, size_t size)
{
        const struct luma_frame luma = { .data = f->buffers[f->kept].data,
                                         .size = f->kept_size,
                                         .width = f->width,
                                         .height = f->height,
                                         .stride = f->stride };

        if (!f->jpeg)
                return luma_take(f->layout, &luma, size, to);
        memcpy(to, luma.data, size);
        return 0;
}

static int copy(const struct frames *f, size_t size, int *ret_fd)
{
        _cleanup_(closep) int fd = memfd_create("usher-frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        void *to;
        int r;

        if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
                return -errno;
        to = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (to == MAP_FAILED)
                return -errno;
        r = fill(f, to, size);
        (void)munmap(to, size);
        if (r >= 0)
                r = seal(fd);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int frames_take(struct frames *f, struct frame *ret)
{
        struct frame frame = {
                .fd = -1, .width = f->width, .height = f->height, .jpeg = f->jpeg, .at_ms = f->kept_ms
        };
        int r, back;

        if (f->kept < 0)
                return 0;
        frame.size = f->jpeg ? f->kept_size : (size_t)f->width * f->height;
        r = copy(f, frame.size, &frame.fd);
        back = give_back(f, (unsigned)f->kept);
        f->kept = -1;
        if (r < 0)
                return r == -EBADMSG ? 0 : r;
        if (back < 0) {
                closep(&frame.fd);
                return back;
        }
        *ret = frame;
        return 1;
}
