/* SPDX-License-Identifier: Apache-2.0 */

/* bench-frames FOLDER...: what a frame costs that goes through usher-decode: by one process for all of them,
 * by a new one for each, and decoded here, for comparison. The first folder that has an index.tsv is taken.
 */

#include "setup/label/decode.h"
#include "setup/label/decoder.h"
#include "tests/unit/label/pictures.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { FRAMES_MAX = 400, PATIENCE_MS = 10000 };

enum way { HERE, ONE_PROCESS, PROCESS_EACH, _WAY_MAX };

struct size {
        unsigned width, height;
        size_t n;
        double ms[_WAY_MAX][FRAMES_MAX];
};

static double now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
        perror(what);
        exit(1);
}

static double by(struct decoder *d, int fd, const struct image *image)
{
        const struct request request = { .kind = REQUEST_FRAME,
                                         .budget_ms = REQUEST_FRAME_MS,
                                         .width = image->width,
                                         .height = image->height,
                                         .stride = image->width };
        double start = now_ms();
        struct trouble why;
        struct verdict v;

        if (decoder_submit(d, fd, &request, PATIENCE_MS) < 0)
                die("usher-decode");
        while (decoder_dispatch(d, &v, &why) == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                (void)poll(&p, 1, decoder_timeout_ms(d));
        }
        return now_ms() - start;
}

static void measure(struct size *size, struct decoder *d, const struct image *image)
{
        size_t bytes = (size_t)image->width * image->height;
        _cleanup_(closep) int fd = memfd_create("frame", MFD_CLOEXEC);
        struct decoder *new = NULL;
        struct decode_result result;
        double start;

        if (write(fd, image->grey, bytes) != (ssize_t)bytes || decoder_new(&new) < 0)
                die("memfd");
        start = now_ms();
        if (decode(image_view(image), &decode_frame, &result) < 0)
                die("decode");
        size->ms[HERE][size->n] = now_ms() - start;
        size->ms[ONE_PROCESS][size->n] = by(d, fd, image);
        start = now_ms();
        (void)by(new, fd, image);
        decoder_free(new);
        size->ms[PROCESS_EACH][size->n] = now_ms() - start;
        size->n++;
}

static int ascending(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static void print(struct size *size)
{
        static const char *const ways[] = {
                [HERE] = "decoded here", [ONE_PROCESS] = "one process", [PROCESS_EACH] = "a process each"
        };

        for (size_t way = 0; size->n && way < _WAY_MAX; way++) {
                double *ms = size->ms[way];

                qsort(ms, size->n, sizeof(*ms), ascending);
                printf("| %4u x %-4u | %-14s | %6zu | %9.2f | %8.2f |\n", size->width, size->height,
                       ways[way], size->n, ms[size->n / 2], ms[size->n * 95 / 100]);
        }
}

static void measure_all(struct size *sizes, size_t n_sizes, const char *folder)
{
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        _cleanup_(freep) struct picture *list = NULL;
        size_t n = pictures_list(folder, &list);

        if (decoder_new(&d) < 0)
                die("decoder");
        for (size_t i = 0; i < n; i++) {
                _cleanup_(image_done) struct image image = { 0 };
                _cleanup_(freep) uint8_t *file = NULL;
                size_t len;

                if (strncmp(list[i].category, "dm_", 3) != 0)
                        continue;
                file = pictures_read(list[i].path, &len);
                if (image_load(file, len, &image) < 0)
                        continue;
                for (size_t s = 0; s < n_sizes; s++)
                        if (image.width == sizes[s].width && image.height == sizes[s].height &&
                            sizes[s].n < FRAMES_MAX)
                                measure(&sizes[s], d, &image);
        }
}

int main(int argc, char **argv)
{
        static struct size sizes[] = { { .width = 640, .height = 480 }, { .width = 1280, .height = 720 } };
        char path[4096];

        if (secret_init() < 0)
                return 1;
        for (int i = 1; i < argc; i++) {
                (void)snprintf(path, sizeof(path), "%s/index.tsv", argv[i]);
                if (access(path, R_OK) < 0)
                        continue;
                measure_all(sizes, ELEMENTSOF(sizes), argv[i]);
                printf("| frame       | by             | frames | median ms |   p95 ms |\n"
                       "|-------------|----------------|-------:|----------:|---------:|\n");
                for (size_t s = 0; s < ELEMENTSOF(sizes); s++)
                        print(&sizes[s]);
                return 0;
        }
        fputs("usage: bench-frames FOLDER... (one of them with an index.tsv)\n", stderr);
        return 2;
}
