/* SPDX-License-Identifier: Apache-2.0 */

/* bench-decode FOLDER...: how many pictures of a corpus are read, how fast, and how that compares with the
 * decoders that Debian ships (dmtxread, ZXingReader, each as its own process, if they are installed).
 *
 * The first folder that has an index.tsv is taken: the full corpus lies beside a developer's clone, a sample
 * of it in tests/wire/pictures. A false text, or fewer reads than the goal, makes the exit status 1. */

#include "setup/label/decode.h"
#include "setup/label/decoder.h"
#include "tests/bench/percentile.h"
#include "tests/unit/label/pictures.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static const double FRAME_GOAL = 94, STILL_GOAL = 97.5; /* percent (scanning.md 8) */

enum { CATEGORIES_MAX = 32, PICTURES_MAX = 5000, OUTPUT_MAX = 4096, PEER_FEW = 3 };

extern char **environ;

struct category {
        char name[32];
        size_t pictures, frame, still, wrong;
};

struct bench {
        struct picture *list;
        size_t n;
        struct category category[CATEGORIES_MAX];
        size_t n_categories;
        double frame_ms[3][PICTURES_MAX],
                still_ms[PICTURES_MAX]; /* of pictures with a data matrix, by size */
        double empty_ms[PICTURES_MAX], camera_ms[3 * PICTURES_MAX]; /* the latter: of a camera's frames */
        size_t n_frame[3], n_still, n_empty, n_camera;
};

struct peer {
        const char *name;
        const char *argv[8]; /* the picture's path comes last */
        size_t read, wrong;
        double seconds;
};

static struct peer peers[] = {
        { .name = "dmtxread, 500 ms", .argv = { "dmtxread", "-n", "-N", "1", "-m", "500" } },
        { .name = "dmtxread, 200 ms", .argv = { "dmtxread", "-n", "-N", "1", "-m", "200" } },
        { .name = "ZXingReader", .argv = { "ZXingReader", "-format", "DataMatrix" } },
};

static double seconds(clockid_t clock)
{
        struct timespec t;

        (void)clock_gettime(clock, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct category *category_of(struct bench *b, const char *name)
{
        for (size_t i = 0; i < b->n_categories; i++)
                if (strcmp(b->category[i].name, name) == 0)
                        return &b->category[i];
        if (b->n_categories == CATEGORIES_MAX)
                return &b->category[CATEGORIES_MAX - 1];
        memcpy(b->category[b->n_categories].name, name, sizeof(b->category->name));
        return &b->category[b->n_categories++];
}

static bool has_prefix(const char *text, const char *prefix)
{
        return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Every text but the right one is a false decode. */
static bool check(const struct picture *p, const struct decode_result *r, size_t *wrong)
{
        bool right = false;

        for (size_t i = 0; i < r->n; i++) {
                if (*p->text && r->code[i].len == strlen(p->text) &&
                    memcmp(r->code[i].text, p->text, r->code[i].len) == 0)
                        right = true;
                else {
                        printf("FALSE TEXT in %s\n", p->path);
                        ++*wrong;
                }
        }
        return right;
}

static void note_times(struct bench *b, const struct picture *p, const struct image *image, double frame,
                       double still)
{
        size_t size = image->width <= 640 ? 0 : image->width <= 1280 ? 1 : 2;

        if (has_prefix(p->category, "dm_")) {
                b->frame_ms[size][b->n_frame[size]++] = frame;
                b->still_ms[b->n_still++] = still;
        } else if (!*p->text && size == 1)
                b->empty_ms[b->n_empty++] = frame;
}

/* A camera that looks at nothing sees much the same in three frames. */
static void measure_camera(struct bench *b, const struct picture *p, const struct image *image)
{
        struct decode_state state = { 0 };
        struct decode_options frame = decode_frame;
        struct decode_result result;

        frame.state = &state;
        for (size_t i = 0; i < 3 && !*p->text && image->width == 1280; i++) {
                double start = seconds(CLOCK_PROCESS_CPUTIME_ID);

                if (decode(image_view(image), &frame, &result) == 0)
                        b->camera_ms[b->n_camera++] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - start) * 1e3;
        }
}

static void measure(struct bench *b, const struct picture *p)
{
        struct category *category = category_of(b, p->category);
        bool qr = has_prefix(p->category, "qr_");
        struct decode_options frame = decode_frame, still = decode_still;
        _cleanup_(freep) uint8_t *file = NULL;
        _cleanup_(image_done) struct image image = { 0 };
        struct decode_result result;
        double start, middle;
        size_t len;

        frame.qr = still.qr = qr;
        file = pictures_read(p->path, &len);
        if (image_load(file, len, &image) < 0) {
                printf("cannot load %s\n", p->path);
                return;
        }
        category->pictures++;
        start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (decode(image_view(&image), &frame, &result) == 0)
                category->frame += check(p, &result, &category->wrong);
        middle = seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (decode(image_view(&image), &still, &result) == 0)
                category->still += check(p, &result, &category->wrong);
        note_times(b, p, &image, (middle - start) * 1e3, (seconds(CLOCK_PROCESS_CPUTIME_ID) - middle) * 1e3);
        measure_camera(b, p, &image);
}

static double percent(size_t part, size_t of)
{
        return of ? 100.0 * (double)part / (double)of : 0;
}

static void print_rate(const struct category *c)
{
        if (has_prefix(c->name, "neg"))
                printf("| %-14s | %8zu |        - |        - | %5zu |\n", c->name, c->pictures, c->wrong);
        else
                printf("| %-14s | %8zu | %7.1f%% | %7.1f%% | %5zu |\n", c->name, c->pictures,
                       percent(c->frame, c->pictures), percent(c->still, c->pictures), c->wrong);
}

static void print_rates(const struct bench *b, struct category *ret_total)
{
        printf("| category       | pictures |    frame |    still | false |\n"
               "|----------------|---------:|---------:|---------:|------:|\n");
        for (size_t i = 0; i < b->n_categories; i++) {
                const struct category *c = &b->category[i];

                print_rate(c);
                ret_total->wrong += c->wrong;
                if (!has_prefix(c->name, "dm_"))
                        continue;
                ret_total->pictures += c->pictures;
                ret_total->frame += c->frame;
                ret_total->still += c->still;
        }
        print_rate(ret_total);
}

static void print_time(const char *mode, const char *what, double *ms, size_t n)
{
        printf("| %-6s%-24s | %9.1f | %8.1f |\n", mode, what, percentile(ms, n, 50), percentile(ms, n, 95));
}

static void print_times(struct bench *b)
{
        static const char *const sizes[] = { "640x480 with a code", "1280x720 with a code",
                                             "1920x1080 with a code" };

        printf("\n| CPU time of one picture        | median ms |   p95 ms |\n"
               "|--------------------------------|----------:|---------:|\n");
        for (size_t i = 0; i < 3; i++)
                if (b->n_frame[i])
                        print_time("frame", sizes[i], b->frame_ms[i], b->n_frame[i]);
        if (b->n_empty)
                print_time("frame", "1280x720 without a code", b->empty_ms, b->n_empty);
        if (b->n_camera)
                print_time("camera", " 1280x720 without a code", b->camera_ms, b->n_camera);
        print_time("still", "any size with a code", b->still_ms, b->n_still);
}

/* The peer's standard output, at most OUTPUT_MAX - 1 bytes of it. -1 if it cannot be started. */
static int ask_peer(const struct peer *peer, const char *path, char output[static OUTPUT_MAX])
{
        const char *argv[ELEMENTSOF(peer->argv) + 1] = { NULL };
        posix_spawn_file_actions_t actions;
        size_t n = 0, len = 0;
        ssize_t got;
        int ends[2], r;
        pid_t pid;

        while (peer->argv[n]) {
                argv[n] = peer->argv[n];
                n++;
        }
        argv[n] = path;
        if (pipe2(ends, O_CLOEXEC) < 0)
                return -1;
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        r = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        (void)close(ends[1]);
        while (r == 0 && len < OUTPUT_MAX - 1 &&
               (got = read(ends[0], output + len, OUTPUT_MAX - 1 - len)) > 0)
                len += (size_t)got;
        (void)close(ends[0]);
        output[len] = 0;
        if (r != 0)
                return -1;
        (void)waitpid(pid, NULL, 0);
        return 0;
}

/* dmtxread prints the text alone; ZXingReader prints it after "Text:" in quotes. */
static void judge_peer(struct peer *peer, const struct picture *p, const char *output)
{
        if (*p->text && strstr(output, p->text))
                peer->read++;
        else if (*output && !strstr(output, "No barcode") && !strstr(output, "No Barcode"))
                peer->wrong++;
}

static void run_peer(struct peer *peer, const struct bench *b, const struct category *total,
                     double own_seconds)
{
        char output[OUTPUT_MAX];
        size_t asked = 0, most = bench_size(PICTURES_MAX, PEER_FEW);
        double start = seconds(CLOCK_MONOTONIC);

        for (size_t i = 0; i < b->n && asked < most; i++) {
                if (!has_prefix(b->list[i].category, "dm_"))
                        continue;
                if (ask_peer(peer, b->list[i].path, output) < 0) {
                        printf("| %-16s | not installed |\n", peer->name);
                        return;
                }
                judge_peer(peer, &b->list[i], output);
                asked++;
        }
        peer->seconds = seconds(CLOCK_MONOTONIC) - start;
        printf("| %-16s | %5.1f%% | %5zu | %14.1f | %11.2f | %8.1f |\n", peer->name,
               percent(peer->read, asked), peer->wrong, peer->seconds * 1e3 / (double)asked,
               (double)total->still / (double)(peer->read ? peer->read : 1), peer->seconds / own_seconds);
}

static void ask_decoder(const char *path)
{
        static const struct request still = { .kind = REQUEST_PICTURE,
                                              .still = true,
                                              .budget_ms = REQUEST_STILL_MS };
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct trouble why;
        struct verdict v;

        if (fd < 0 || decoder_new(&d) < 0 || decoder_submit(d, fd, &still, DECODER_PICTURE_MS) < 0) {
                perror(path);
                exit(1);
        }
        while (decoder_dispatch(d, &v, &why) == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                (void)poll(&p, 1, decoder_timeout_ms(d));
        }
}

/* Ourselves as a process for each picture, too: start, loading and answer included, as the peers are
 * measured.
 */
static double run_decoder(const struct bench *b)
{
        double start = seconds(CLOCK_MONOTONIC);

        for (size_t i = 0; i < b->n; i++)
                if (has_prefix(b->list[i].category, "dm_"))
                        ask_decoder(b->list[i].path);
        return seconds(CLOCK_MONOTONIC) - start;
}

static void compare(const struct bench *b, const struct category *total)
{
        double own = run_decoder(b);

        /* usher reads so many times as many pictures; the peer takes so many times as long. */
        printf("\n| as a process     |   read | false | ms per picture | usher reads | it takes |\n"
               "|------------------|-------:|------:|---------------:|------------:|---------:|\n");
        printf("| %-16s | %5.1f%% | %5zu | %14.1f | %11.2f | %8.1f |\n", "usher-decode",
               percent(total->still, total->pictures), total->wrong, own * 1e3 / (double)total->pictures,
               1.0, 1.0);
        for (size_t i = 0; i < ELEMENTSOF(peers); i++)
                run_peer(&peers[i], b, total, own);
}

int main(int argc, char **argv)
{
        static struct bench b;
        struct category total = { .name = "data matrices" };
        const char *folder = pictures_folder(argc - 1, argv + 1);

        if (!folder) {
                fputs("usage: bench-decode FOLDER... (one of them with an index.tsv)\n", stderr);
                return 2;
        }
        if (secret_init() < 0)
                return 2;
        printf("# reading codes in pictures: %s\n\n", folder);
        b.n = pictures_list(folder, &b.list);
        if (b.n > PICTURES_MAX)
                b.n = PICTURES_MAX;
        for (size_t i = 0; i < b.n; i++)
                measure(&b, &b.list[i]);
        print_rates(&b, &total);
        print_times(&b);
        compare(&b, &total);
        free(b.list);
        return total.wrong > 0 || percent(total.frame, total.pictures) < FRAME_GOAL ||
               percent(total.still, total.pictures) < STILL_GOAL;
}
