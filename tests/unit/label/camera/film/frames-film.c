/* SPDX-License-Identifier: Apache-2.0 */

/* A camera made of a file: grey pictures (PGM) or JPEG files one behind the other, 15 a second, over and
 * over. The file is the cable: taken away, the camera is unplugged. Stands in for v4l2.c in tests without a
 * kernel that has a camera. */

#include "setup/label/camera/frames.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>

enum { FRAME_NS = 1000000000 / 15 };

struct frames {
        char *path;
        int timer;
        uint8_t *film;
        size_t size, at; /* where the next frame begins */
        struct picture {
                const uint8_t *data;
                size_t size;
                unsigned width, height;
                bool jpeg;
        } kept; /* without data: none */
};

static int map_film(struct frames *f)
{
        _cleanup_(closep) int fd = open(f->path, O_RDONLY | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        f->film = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (f->film == MAP_FAILED) {
                f->film = NULL;
                return -errno;
        }
        f->size = (size_t)st.st_size;
        return 0;
}

int frames_open(const char *which, struct frames **ret, struct trouble *ret_trouble)
{
        static const struct itimerspec rate = { { 0, FRAME_NS }, { 0, FRAME_NS } };
        _cleanup_(frames_closep) struct frames *f = calloc(1, sizeof(*f));

        if (!f)
                return -ENOMEM;
        f->timer = -1;
        f->path = strdup(which);
        if (!f->path)
                return -ENOMEM;
        if (map_film(f) < 0)
                return trouble_set(ret_trouble, FAULT_SCANNER, "there is no camera %s: plug it in", which);
        f->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        if (f->timer < 0 || timerfd_settime(f->timer, 0, &rate, NULL) < 0)
                return -errno;
        *ret = TAKE_PTR(f);
        return 0;
}

struct frames *frames_close(struct frames *f)
{
        if (!f)
                return NULL;
        if (f->film)
                (void)munmap(f->film, f->size);
        closep(&f->timer);
        free(f->path);
        free(f);
        return NULL;
}

const char *frames_name(const struct frames *f)
{
        return f->path;
}

int frames_fd(const struct frames *f)
{
        return f->timer;
}

/* The JPEG file that begins at `at`: up to its end mark. */
static void find_jpeg(struct frames *f, size_t at)
{
        const uint8_t *end = memmem(f->film + at, f->size - at, "\xff\xd9", 2);

        f->at = end ? (size_t)(end - f->film) + 2 : f->size;
        f->kept = (struct picture){ f->film + at, f->at - at, 1280, 720, true };
}

static int find_grey(struct frames *f, size_t at)
{
        unsigned width, height;
        int header = 0;
        char start[33] = "";

        memcpy(start, f->film + at, f->size - at < 32 ? f->size - at : 32);
        if (sscanf(start, "P5 %u %u 255%n", &width, &height, &header) != 2 || header == 0)
                return -EIO;
        at += (size_t)header + 1;
        if ((size_t)width * height > f->size - at)
                return -EIO;
        f->kept = (struct picture){ f->film + at, (size_t)width * height, width, height, false };
        f->at = at + f->kept.size;
        return 0;
}

int frames_look(struct frames *f)
{
        uint64_t ticks;
        size_t at = f->at < f->size ? f->at : 0;

        if (access(f->path, F_OK) < 0)
                return -ENODEV;
        if (read(f->timer, &ticks, sizeof(ticks)) != sizeof(ticks))
                return 0;
        if (f->film[at] == 0x89) {
                f->kept = (struct picture){ f->film, f->size, 1280, 720, true };
                f->at = f->size;
        } else if (f->film[at] == 0xff)
                find_jpeg(f, at);
        else if (find_grey(f, at) < 0)
                return -EIO;
        return 1;
}

int frames_take(struct frames *f, struct frame *ret)
{
        const struct picture p = f->kept;
        struct timespec t;
        int fd;

        f->kept.data = NULL;
        if (!p.data)
                return 0;
        fd = memfd_create("film", MFD_CLOEXEC);
        if (fd < 0 || write(fd, p.data, p.size) != (ssize_t)p.size || lseek(fd, 0, SEEK_SET) < 0)
                return -errno;
        (void)clock_gettime(CLOCK_BOOTTIME, &t);
        *ret = (struct frame){ .fd = fd,
                               .size = p.size,
                               .width = p.width,
                               .height = p.height,
                               .jpeg = p.jpeg,
                               .at_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 };
        return 1;
}
