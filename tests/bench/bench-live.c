/* SPDX-License-Identifier: Apache-2.0 */

/* bench-live FOLDER...: a sticker before a camera, frame by frame: nothing is there, it slides in, it is
 * held still. How long after that until the same text was read twice, and how much of a core 15 frames a
 * second take (scanning.md 8: half a second, 60 %). The first folder that has an index.tsv is taken; its
 * pictures of 1280 x 720 are the stickers. The noise of each frame is new and the same in every run. */

#include "setup/label/decode.h"
#include "tests/bench/percentile.h"
#include "tests/unit/label/pictures.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
        WIDTH = 1280,
        HEIGHT = 720,
        EMPTY = 15,
        SLIDING = 10,
        STILL = 30,
        STEP = 24, /* pixels a frame while it slides, which also blurs */
        GREY = 140,
        SCENES_MAX = 200,
        SCENES_FEW = 3,
};

static const double frame_ms = 1000.0 / 15;

struct live {
        double accepted_ms[SCENES_MAX]; /* after it was held still */
        size_t scenes, accepted, wrong;
        double cpu_ms[SCENES_MAX * (EMPTY + SLIDING + STILL)];
        size_t frames;
};

static double cpu_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint8_t noisy(unsigned grey, uint32_t *seed)
{
        int value;

        *seed = *seed * 1664525 + 1013904223;
        value = (int)grey + (int)(*seed >> 24) % 9 - 4;
        return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* The sticker's picture moved to the right by `shift` pixels and smeared over `smear`; grey beside it. */
static void draw(const struct image *sticker, unsigned shift, unsigned smear, uint32_t *seed, uint8_t *ret)
{
        for (unsigned y = 0; y < HEIGHT; y++) {
                const uint8_t *row = sticker->grey + (size_t)y * sticker->width;

                for (unsigned x = 0; x < WIDTH; x++) {
                        unsigned sum = 0;

                        for (unsigned k = 0; k < smear; k++)
                                sum += x >= shift + k ? row[x - shift - k] : GREY;
                        ret[(size_t)y * WIDTH + x] = noisy(sum / smear, seed);
                }
        }
}

static bool look(struct live *live, const uint8_t *frame, const char *text, struct decode_state *state)
{
        struct decode_options options = decode_frame;
        struct decode_result result;
        bool right = false;
        double start = cpu_ms();

        options.state = state;
        if (decode((struct view){ frame, WIDTH, HEIGHT, WIDTH }, &options, &result) < 0)
                return false;
        live->cpu_ms[live->frames++] = cpu_ms() - start;
        for (size_t i = 0; i < result.n; i++)
                if (result.code[i].len == strlen(text) &&
                    memcmp(result.code[i].text, text, result.code[i].len) == 0)
                        right = true;
                else
                        live->wrong++;
        return right;
}

/* A text is accepted when it was read twice within a second (setup/label/camera/accept.h). */
static void play(struct live *live, const struct image *sticker, const char *text)
{
        static uint8_t frame[WIDTH * HEIGHT];
        struct decode_state state = { 0 };
        uint32_t seed = 1;
        unsigned reads = 0;
        bool accepted = false;

        for (unsigned i = 0; i < EMPTY + SLIDING + STILL; i++) {
                unsigned left = i < EMPTY + SLIDING ? EMPTY + SLIDING - i : 0;

                draw(sticker, i < EMPTY ? WIDTH : left * STEP, left ? STEP : 1, &seed, frame);
                reads += look(live, frame, text, &state);
                if (reads < 2 || accepted)
                        continue;
                accepted = true;
                live->accepted_ms[live->accepted++] =
                        i < EMPTY + SLIDING ? 0 : (i - EMPTY - SLIDING + 1) * frame_ms;
        }
        live->scenes++;
}

static void print(struct live *live)
{
        double sum_ms = 0;

        for (size_t i = 0; i < live->frames; i++)
                sum_ms += live->cpu_ms[i];
        printf("| scenes | accepted | false | median ms | p95 ms | CPU a frame, ms | p95 | of a core at 15/s |\n"
               "|-------:|---------:|------:|----------:|-------:|----------------:|----:|------------------:|\n"
               "| %6zu | %8zu | %5zu | %9.0f | %6.0f | %15.1f | %3.0f | %16.0f%% |\n",
               live->scenes, live->accepted, live->wrong, percentile(live->accepted_ms, live->accepted, 50),
               percentile(live->accepted_ms, live->accepted, 95), sum_ms / (double)live->frames,
               percentile(live->cpu_ms, live->frames, 95), 100 * sum_ms / ((double)live->frames * frame_ms));
}

int main(int argc, char **argv)
{
        static struct live live;
        const char *folder = pictures_folder(argc - 1, argv + 1);
        size_t n, scenes = bench_size(SCENES_MAX, SCENES_FEW);
        struct picture *list;

        if (!folder) {
                fputs("usage: bench-live FOLDER... (one of them with an index.tsv)\n", stderr);
                return 2;
        }
        n = pictures_list(folder, &list);
        for (size_t i = 0; i < n && live.scenes < scenes; i++) {
                _cleanup_(image_done) struct image image = { 0 };
                _cleanup_(freep) uint8_t *file = NULL;
                size_t len;

                if (strncmp(list[i].category, "dm_", 3) != 0)
                        continue;
                file = pictures_read(list[i].path, &len);
                if (image_load(file, len, &image) >= 0 && image.width == WIDTH && image.height == HEIGHT)
                        play(&live, &image, list[i].text);
        }
        printf("# a sticker before a camera, 1280 x 720: %s\n\n", folder);
        print(&live);
        free(list);
        return live.wrong > 0 || live.scenes == 0;
}
