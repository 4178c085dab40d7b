/* SPDX-License-Identifier: Apache-2.0 */

/* A line, or a JSON object, per picture. */

#include "proto/base/fault.h"
#include "setup/cli/label-choice.h"
#include "setup/cli/label-print.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/verbs.h"
#include "setup/engine/event.h"
#include "setup/label/decoder.h"
#include "setup/label/reading.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { OPT_SHOW_SECRET = OPTION_OWN, OPT_JSON };

static const struct verb_option picture_options[] = {
        { .id = OPT_SHOW_SECRET, .name = "show-secret", .help = "Show the mobile secret, too." },
        { .id = OPTION_SERIAL,
          .name = "serial",
          .value = "SERIAL",
          .help = "The one that is meant of several stickers on a picture; its last six characters do." },
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object a picture." },
        {},
};

struct label_args {
        bool json, show_secret;
        const char *serial;
        struct decoder *decoder; /* the one for all pictures */
};

static int put_json(const char *path, const struct label_reading *r, bool show_secret)
{
        json_t *image = json_pack("{s:o}", "image", event_text(path));

        return line_event(stdout, "label", label_print_json(image, &r->label, &r->trouble, show_secret));
}

static void put_words(const char *path, const struct label_reading *r, bool show_secret)
{
        char shown[LINE_SHOWN_MAX];

        if (r->trouble.fault == FAULT_NONE) {
                label_print(stdout, path, &r->label, show_secret);
                return;
        }
        fprintf(stderr, "%s: ", line_shown(path, shown));
        (void)progress_trouble(stderr, &r->trouble);
}

/* Returns the exit code of what is wrong with the picture. */
static int show(const char *path, const struct label_args *args)
{
        _cleanup_(label_reading_done) struct label_reading reading = {};
        const struct label_choice choice = { .serial = args->serial };
        int r;

        r = label_reading_picture(&reading, path, args->decoder);
        if (r >= 0)
                r = label_choose(&choice, &reading);
        if (r < 0)
                return r;
        if (args->json) {
                r = put_json(path, &reading, args->show_secret);
                if (r < 0)
                        return r;
        } else {
                put_words(path, &reading, args->show_secret);
        }
        return fault_info(reading.trouble.fault)->exit_code;
}

/* A negative errno, which is told, or the exit code of the first picture that is wrong. */
static int show_all(char **paths, size_t n, const struct label_args *args)
{
        struct line_counts counts = {};
        int r, worst = EXIT_DONE;

        for (size_t i = 0; i < n; i++) {
                r = show(paths[i], args);
                if (r < 0) {
                        char shown[LINE_SHOWN_MAX];

                        if (line_kept())
                                fprintf(stderr, "usher label: %s: %s\n", line_shown(paths[i], shown),
                                        strerror(-r));
                        return r;
                }
                if (worst == EXIT_DONE)
                        worst = r;
                if (r == EXIT_DONE)
                        counts.done++;
                else
                        counts.failed++;
        }
        r = args->json ? line_summary(stdout, &counts, worst) : 0;
        return r < 0 ? r : worst;
}

static int run_label(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        _cleanup_(decoder_freep) struct decoder *decoder = NULL;
        struct label_args args = {};
        const char *value;
        char **paths;
        int r, id;
        size_t n;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0) {
                args.json |= id == OPT_JSON;
                args.show_secret |= id == OPT_SHOW_SECRET;
                args.serial = id == OPTION_SERIAL ? value : args.serial;
        }
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        r = decoder_new(&decoder);
        if (r < 0) {
                fprintf(stderr, "usher label: %s\n", strerror(-r));
                return EXIT_INTERNAL;
        }
        args.decoder = decoder;
        n = options_arguments(o, &paths);
        r = show_all(paths, n, &args);
        return r < 0 ? EXIT_INTERNAL : r;
}

const struct verb verb_label = {
        .name = "label",
        .arguments = "IMAGE...",
        .summary = "say what the sticker on a picture holds",
        .options = picture_options,
        .min_arguments = 1,
        .max_arguments = SIZE_MAX,
        .examples = examples_label,
        .run = run_label,
};
