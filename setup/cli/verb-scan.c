/* SPDX-License-Identifier: Apache-2.0 */

/* What a scanner, a camera or a person at the terminal reads; and the page that shows which country's
 * keyboard a scanner plays. */

#include "proto/base/file.h"
#include "proto/base/number.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/scan-codes.h"
#include "setup/label/scanner/calibration.h"
#include "setup/label/sheet/sheet.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPT_COUNT = OPTION_OWN, OPT_TIMEOUT, OPT_TEST, OPT_SHEET, OPT_SHOW_SECRET, OPT_JSON };

enum { COUNT_MAX = 1000000, TIMEOUT_MAX_S = 86400, SHEET_MODE = 0644 };

static const struct verb_option scan_options[] = {
        { .id = OPT_COUNT, .name = "count", .value = "NUMBER", .help = "End after so many stickers." },
        { .id = OPT_TIMEOUT,
          .name = "timeout",
          .value = "SECONDS",
          .help = "End after so long: exit code 22 if too few were scanned." },
        { .id = OPT_TEST,
          .name = "test",
          .help = "Also show what arrives, as it arrives, what ends it, and what kind of code it is." },
        { .id = OPT_SHEET,
          .name = "sheet",
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Draw the page to try scanners with (.svg or .png), and end: the calibration code tells which "
                  "country a scanner that plays a keyboard is set to." },
        { .id = OPT_SHOW_SECRET, .name = "show-secret", .help = "Show the mobile secret, too." },
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object a code." },
        {},
};

struct scan_args {
        struct scan_codes codes;
        const char *sheet;
};

static int wrong(const char *text)
{
        return ending_misuse("scan", "%s", text);
}

static int take(struct scan_args *a, int id, const char *value)
{
        int r = label_input_take(&a->codes.input, "scan", id, value);

        if (r != 0)
                return r < 0 ? r : 0;
        switch (id) {
        case OPT_COUNT:
                if (number_read(value, 1, COUNT_MAX, &a->codes.count) < 0)
                        return wrong("--count is a number of stickers, 1 to 1000000.");
                break;
        case OPT_TIMEOUT:
                if (number_read(value, 1, TIMEOUT_MAX_S, &a->codes.timeout_s) < 0)
                        return wrong("--timeout is a number of seconds, 1 to 86400.");
                break;
        case OPT_TEST: a->codes.test = true; break;
        case OPT_SHEET: a->sheet = value; break;
        case OPT_SHOW_SECRET: a->codes.show_secret = true; break;
        case OPT_JSON: a->codes.json = true; break;
        default: break;
        }
        return 0;
}

static int check(struct scan_args *a, size_t n_pictures)
{
        struct label_input *in = &a->codes.input;

        if (n_pictures && (label_input_given(in) || a->codes.count || a->codes.timeout_s || a->codes.test))
                return wrong("pictures are read at once: give them alone.");
        if (a->sheet && (n_pictures || label_input_given(in) || a->codes.count || a->codes.timeout_s ||
                         a->codes.test || a->codes.show_secret))
                return wrong("--sheet only draws a page: give it alone.");
        if (a->codes.json && a->codes.test)
                return wrong("--test is for people: leave --json out.");
        if (label_input_check(in, "scan", false, false) < 0)
                return -EINVAL;
        if (n_pictures || a->sheet || label_input_given(in) || isatty(STDIN_FILENO))
                return 0;
        return wrong(
                "with what? --scanner auto, --camera auto, or pictures as arguments; at a terminal it reads "
                "what is scanned there.");
}

static int draw_failed(const char *path, int r, struct trouble *why)
{
        char shown[LINE_SHOWN_MAX];

        if (r == -EIO && why->fault != FAULT_NONE)
                return progress_trouble(stderr, why);
        (void)trouble_set(why, FAULT_CONFIG, "the page %s cannot be written: %s", line_shown(path, shown),
                          file_words(r));
        return progress_trouble(stderr, why);
}

/* Over what was there. Half a page is taken away again: its codes would be believed. */
static int write_page(const char *path, const char *page, size_t len)
{
        _cleanup_(closep) int fd = file_open_kept(path, O_WRONLY | O_CREAT);
        int r;

        if (fd < 0)
                return fd;
        r = ftruncate(fd, 0) < 0 || fchmod(fd, SHEET_MODE) < 0 ? -errno : file_write(fd, page, len);
        if (r >= 0 && fsync(fd) < 0 && errno != EINVAL)
                r = -errno;
        if (r < 0)
                (void)unlink(path);
        return r;
}

static int draw(const char *path)
{
        _cleanup_(freep) char *page = NULL;
        enum sheet_format format;
        struct trouble why = {};
        char shown[LINE_SHOWN_MAX];
        size_t len;
        int r;

        if (sheet_format_of(path, &format) < 0) {
                (void)wrong("--sheet takes a file that ends in .svg or .png.");
                return EXIT_USAGE;
        }
        r = sheet_draw(calibration_text(), format, &page, &len, &why);
        if (r >= 0)
                r = write_page(path, page, len);
        if (r < 0)
                return draw_failed(path, r, &why);
        fprintf(stderr, "%s: print it, and scan its first code with 'usher scan --scanner auto --test'.\n",
                line_shown(path, shown));
        return EXIT_DONE;
}

static int run_scan(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        struct scan_args a = {};
        const char *value;
        char **paths;
        size_t n;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0)
                if (take(&a, id, value) < 0)
                        return EXIT_USAGE;
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        n = options_arguments(o, &paths);
        if (check(&a, n) < 0)
                return EXIT_USAGE;
        if (a.sheet)
                return draw(a.sheet);
        return n ? scan_pictures(&a.codes, paths, n) : scan_codes(&a.codes);
}

const struct verb verb_scan = {
        .name = "scan",
        .arguments = "[IMAGE...]",
        .summary = "print stickers as they are scanned",
        .options = scan_options,
        .common = source_options,
        .max_arguments = SIZE_MAX,
        .examples = examples_scan,
        .run = run_scan,
};
