/* SPDX-License-Identifier: Apache-2.0 */

/* usher-sim sticker: the verb that makes the picture of a sticker, for whoever has no device to photograph.
 */

#include "tests/sim/cli/sticker.h"
#include "proto/base/fault.h"
#include "proto/base/secret.h"
#include "tests/sim/cli/photo.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
        "Usage: usher-sim sticker --text TEXT --out FILE.png [OPTION]...\n\n"
        "Makes a picture of a printed sticker, as a camera would see it. TEXT is what the code holds:\n"
        "serial number, a space, mobile secret. It is the secret of a virtual device; those of real ones\n"
        "do not belong on a command line.\n\n"
        "  --text TEXT         may be given up to 4 times: stickers side by side\n"
        "  --text-file FILE    the same from a file; - is standard input\n"
        "  --out FILE.png      where to write; - is standard output\n"
        "  --size WxH          of the picture in pixels (1280x720)\n"
        "  --module PX         size of a module of the code (6)\n"
        "  --rotate DEG        turned in its plane (0)\n"
        "  --tilt DEG          tilted away from the camera, less than 60 (0)\n"
        "  --blur SIGMA        out of focus, in pixels (0)\n"
        "  --noise SIGMA       of the sensor, in grey levels (0)\n"
        "  --seed N            of light, background and the direction of the tilt (1)\n"
        "  --help\n\n"
        "The same options make the same picture.\n";

struct sticker {
        struct photo photo;
        struct secret *from_file[PHOTO_STICKERS_MAX]; /* texts of --text-file, in any place of photo.text */
        const char *out;
        const char *why; /* what is wrong with an option */
};

static void sticker_done(struct sticker *s)
{
        for (size_t i = 0; i < ELEMENTSOF(s->from_file); i++)
                secret_free(s->from_file[i]);
}

static int usage(struct sticker *s, const char *why)
{
        s->why = why;
        return -EINVAL;
}

static int add_text(struct sticker *s, const char *text)
{
        if (s->photo.stickers == PHOTO_STICKERS_MAX)
                return usage(s, "at most 4 stickers fit on a picture");
        s->photo.text[s->photo.stickers++] = text;
        return 0;
}

static int add_text_file(struct sticker *s, const char *path)
{
        _cleanup_(closep) int fd = -1;
        struct secret **slot;
        int r;

        if (s->photo.stickers == PHOTO_STICKERS_MAX)
                return usage(s, "at most 4 stickers fit on a picture");
        slot = &s->from_file[s->photo.stickers];
        fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                    : open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return usage(s, strerror(errno));
        r = secret_read(fd, PHOTO_TEXT_MAX - 1, slot);
        if (r < 0)
                return usage(s, r == -E2BIG ? "the text file is too long" : strerror(-r));
        return add_text(s, secret_text(*slot));
}

static int set_number(struct sticker *s, const char *text, float low, float high, float *ret)
{
        char *end;
        float value = strtof(text, &end);

        if (end == text || *end || !(value >= low && value <= high))
                return usage(s, "the number is not in the range that --help tells");
        *ret = value;
        return 0;
}

static int set_size(struct sticker *s, const char *text)
{
        unsigned width, height;
        char rest;

        if (sscanf(text, "%5ux%5u%c", &width, &height, &rest) != 2 || width < 64 || height < 64 ||
            width > 8192 || height > 8192)
                return usage(s, "--size is WxH, each from 64 to 8192");
        s->photo.width = width;
        s->photo.height = height;
        return 0;
}

static int set_seed(struct sticker *s, const char *text)
{
        char *end;

        errno = 0;
        s->photo.seed = strtoull(text, &end, 10);
        return end == text || *end || errno || *text == '-' ? usage(s, "--seed is a whole number") : 0;
}

static int set(struct sticker *s, int option, const char *value)
{
        switch (option) {
        case 't': return add_text(s, value);
        case 'f': return add_text_file(s, value);
        case 'o': s->out = value; return 0;
        case 's': return set_size(s, value);
        case 'm': return set_number(s, value, 1, 64, &s->photo.module_px);
        case 'r': return set_number(s, value, -360, 360, &s->photo.rotate_deg);
        case 'T': return set_number(s, value, 0, 59, &s->photo.tilt_deg);
        case 'b': return set_number(s, value, 0, 50, &s->photo.blur_px);
        case 'n': return set_number(s, value, 0, 100, &s->photo.noise);
        case 'S': return set_seed(s, value);
        default: return -EINVAL; /* getopt has said why */
        }
}

/* 1: the help was wanted */
static int parse(int argc, char **argv, struct sticker *s)
{
        static const struct option table[] = {
                { "text", required_argument, NULL, 't' },   { "text-file", required_argument, NULL, 'f' },
                { "out", required_argument, NULL, 'o' },    { "size", required_argument, NULL, 's' },
                { "module", required_argument, NULL, 'm' }, { "rotate", required_argument, NULL, 'r' },
                { "tilt", required_argument, NULL, 'T' },   { "blur", required_argument, NULL, 'b' },
                { "noise", required_argument, NULL, 'n' },  { "seed", required_argument, NULL, 'S' },
                { "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
        };
        int c, r;

        while ((c = getopt_long(argc, argv, "", table, NULL)) >= 0) {
                if (c == 'h')
                        return 1;
                r = set(s, c, optarg);
                if (r < 0)
                        return r;
        }
        if (optind < argc)
                return usage(s, "there is an argument too many");
        if (!s->out || s->photo.stickers == 0)
                return usage(s, "--text (or --text-file) and --out are needed");
        return 0;
}

static int write_png(const struct sticker *s, const uint8_t *grey)
{
        png_image png = { .version = PNG_IMAGE_VERSION,
                          .width = s->photo.width,
                          .height = s->photo.height,
                          .format = PNG_FORMAT_GRAY };
        bool standard = strcmp(s->out, "-") == 0;
        FILE *f = standard ? stdout : fopen(s->out, "we");
        int good;

        if (!f) {
                fprintf(stderr, "usher-sim sticker: cannot write %s: %s\n", s->out, strerror(errno));
                return -errno;
        }
        good = png_image_write_to_stdio(&png, f, 0, grey, 0, NULL);
        if ((standard ? fflush(f) : fclose(f)) != 0)
                good = 0;
        if (!good) {
                fprintf(stderr, "usher-sim sticker: cannot write %s: %s\n", s->out,
                        png.message[0] ? png.message : strerror(errno));
                return -EIO;
        }
        return 0;
}

static int take(const struct sticker *s)
{
        _cleanup_(freep) uint8_t *grey = NULL;
        int r;

        r = photo_take(&s->photo, &grey);
        if (r == -E2BIG || r == -EINVAL) {
                fprintf(stderr, "usher-sim sticker: %s\n",
                        r == -E2BIG ? "the sticker does not fit into the picture: a smaller --module or a "
                                      "larger --size"
                                    : "a code holds 1 to 255 printable ASCII characters");
                return EXIT_USAGE;
        }
        if (r < 0) {
                fprintf(stderr, "usher-sim sticker: %s\n", strerror(-r));
                return EXIT_INTERNAL;
        }
        return write_png(s, grey) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

int sim_sticker(int argc, char **argv)
{
        _cleanup_(sticker_done) struct sticker s = {
                .photo = { .width = 1280, .height = 720, .module_px = 6, .seed = 1 },
        };
        int r;

        r = parse(argc, argv, &s);
        if (r > 0) {
                fputs(help, stdout);
                return EXIT_DONE;
        }
        if (r < 0) {
                if (s.why)
                        fprintf(stderr, "usher-sim sticker: %s\n", s.why);
                fputs("usher-sim sticker: 'usher-sim sticker --help' tells the options\n", stderr);
                return EXIT_USAGE;
        }
        return take(&s);
}
