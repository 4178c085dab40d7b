/* SPDX-License-Identifier: Apache-2.0 */

/* bench-frames FOLDER...: what a frame costs that goes through usher-decode: by one process for all of them,
 * by a new one for each, and decoded here, for comparison. The first folder that has an index.tsv is taken.
 */

#include "setup/label/decode.h"
#include "setup/label/decoder.h"
#include "tests/bench/percentile.h"
#include "tests/unit/label/pictures.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

enum { FRAMES_MAX = 400, PATIENCE_MS = 10000 };

enum way { HERE, ONE_PROCESS, PROCESS_EACH, _WAY_MAX };

struct size {
        unsigned width, height;
        size_t n;
        double ms[FRAMES_MAX];
        double cpu_ms; /* of all of them, on both sides */
};

static double now_ms(clockid_t clock)
{
        struct timespec t;

        (void)clock_gettime(clock, &t);
        return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of the processes that have ended. */
static double children_ms(void)
{
        struct rusage u;

        (void)getrusage(RUSAGE_CHILDREN, &u);
        return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
               (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void die(const char *what)
{
        perror(what);
        exit(1);
}

static void submit(struct decoder *d, int fd, const struct image *image)
{
        const struct request request = { .kind = REQUEST_FRAME,
                                         .budget_ms = REQUEST_FRAME_MS,
                                         .width = image->width,
                                         .height = image->height,
                                         .stride = image->width };
        struct trouble why;
        struct verdict v;

        if (decoder_submit(d, fd, &request, PATIENCE_MS) < 0)
                die("usher-decode");
        while (decoder_dispatch(d, &v, &why) == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                (void)poll(&p, 1, decoder_timeout_ms(d));
        }
}

static void by(enum way way, struct decoder *d, int fd, const struct image *image)
{
        struct decoder *new = NULL;
        struct decode_result result;

        switch (way) {
        case HERE:
                if (decode(image_view(image), &decode_frame, &result) < 0)
                        die("decode");
                break;
        case ONE_PROCESS: submit(d, fd, image); break;
        case PROCESS_EACH:
                if (decoder_new(&new) < 0)
                        die("decoder");
                submit(new, fd, image);
                decoder_free(new);
                break;
        case _WAY_MAX: break;
        }
}

static void measure(enum way way, struct decoder *d, const struct image *image, struct size *size)
{
        size_t bytes = (size_t)image->width * image->height;
        _cleanup_(closep) int fd = memfd_create("frame", MFD_CLOEXEC);
        double start_ms, start_cpu_ms;

        if (write(fd, image->grey, bytes) != (ssize_t)bytes)
                die("memfd");
        start_ms = now_ms(CLOCK_MONOTONIC);
        start_cpu_ms = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        by(way, d, fd, image);
        size->cpu_ms += now_ms(CLOCK_PROCESS_CPUTIME_ID) - start_cpu_ms;
        size->ms[size->n++] = now_ms(CLOCK_MONOTONIC) - start_ms;
}

static void print(enum way way, struct size *size)
{
        static const char *const ways[] = {
                [HERE] = "decoded here", [ONE_PROCESS] = "one process", [PROCESS_EACH] = "a process each"
        };

        if (size->n == 0)
                return;
        printf("| %4u x %-4u | %-14s | %6zu | %9.2f | %8.2f | %11.2f |\n", size->width, size->height,
               ways[way], size->n, percentile(size->ms, size->n, 50), percentile(size->ms, size->n, 95),
               size->cpu_ms / (double)size->n);
}

static void measure_all(enum way way, const struct picture *list, size_t n, struct size *size)
{
        double children_before_ms = children_ms();
        struct decoder *d = NULL;

        if (decoder_new(&d) < 0)
                die("decoder");
        for (size_t i = 0; i < n; i++) {
                _cleanup_(image_done) struct image image = { 0 };
                _cleanup_(freep) uint8_t *file = NULL;
                size_t len;

                if (strncmp(list[i].category, "dm_", 3) != 0)
                        continue;
                file = pictures_read(list[i].path, &len);
                if (image_load(file, len, &image) >= 0 && image.width == size->width &&
                    image.height == size->height && size->n < FRAMES_MAX)
                        measure(way, d, &image, size);
        }
        decoder_free(d);
        size->cpu_ms += children_ms() - children_before_ms;
}

int main(int argc, char **argv)
{
        static struct size size;
        struct picture *list;
        const char *folder = pictures_folder(argc - 1, argv + 1);
        size_t n;

        if (secret_init() < 0)
                return 1;
        if (!folder) {
                fputs("usage: bench-frames FOLDER... (one of them with an index.tsv)\n", stderr);
                return 2;
        }
        n = pictures_list(folder, &list);
        printf("| frame       | by             | frames | median ms |   p95 ms | CPU mean ms |\n"
               "|-------------|----------------|-------:|----------:|---------:|------------:|\n");
        for (unsigned hd = 0; hd < 2; hd++) {
                for (enum way way = 0; way < _WAY_MAX; way++) {
                        size = (struct size){ .width = hd ? 1280 : 640, .height = hd ? 720 : 480 };
                        measure_all(way, list, n, &size);
                        print(way, &size);
                }
        }
        free(list);
        return 0;
}
