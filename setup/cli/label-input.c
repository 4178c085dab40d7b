/* SPDX-License-Identifier: Apache-2.0 */

/* Whatever a sticker comes from is a source on the loop: waiting for it ends with a signal, and with a
 * deadline. */

#include "setup/cli/label-input.h"
#include "proto/base/number.h"
#include "proto/base/places.h"
#include "setup/cli/ending.h"
#include "setup/cli/intake.h"
#include "setup/cli/label-choice.h"
#include "setup/cli/label-wait.h"
#include "setup/cli/loop.h"
#include "setup/cli/signals.h"
#include "setup/label/camera/camera.h"
#include "setup/label/scanner/keymap.h"
#include "setup/label/scanner/scanner.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LAYOUTS "us|gb|de|ch|fr|be|es|it|pt|se|dk|no|cz|hu|tr"

enum { BAUD_MAX = 4000000 };

const struct verb_option label_options[] = {
        { .id = OPTION_IMAGE,
          .name = "image",
          .group = GROUP_DEVICE,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Picture of the sticker (JPEG, HEIC, PNG, WebP ...); - is standard input." },
        { .id = OPTION_LABEL,
          .name = "label",
          .group = GROUP_DEVICE,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Text of the sticker: serial number and mobile secret; - is standard input." },
        { .id = OPTION_SERIAL,
          .name = "serial",
          .group = GROUP_DEVICE,
          .value = "SERIAL",
          .help = "The one that is meant of several stickers on a picture; its last six characters do." },
        {},
};

const struct verb_option source_options[] = {
        { .id = OPTION_SCANNER,
          .name = "scanner",
          .group = GROUP_DEVICE,
          .value = "DEVICE",
          .completion = COMPLETE_FILE,
          .help = "Handheld scanner: auto, or a node such as /dev/ttyACM0 or one in /dev/input/by-id." },
        { .id = OPTION_CAMERA,
          .name = "camera",
          .group = GROUP_DEVICE,
          .value = "DEVICE",
          .completion = COMPLETE_FILE,
          .help = "Camera: auto, or a node such as /dev/video0." },
        { .id = OPTION_LAYOUT,
          .name = "layout",
          .group = GROUP_DEVICE,
          .value = LAYOUTS,
          .completion = COMPLETE_WORDS,
          .help = "Country that a scanner which plays a keyboard is set to; without it what its calibration "
                  "code told, else us." },
        { .id = OPTION_BAUD,
          .name = "baud",
          .group = GROUP_DEVICE,
          .value = "NUMBER",
          .help = "Speed of a scanner at a serial port; 9600 without it. USB needs none." },
        {},
};

static int take_layout(struct label_input *in, const char *verb, const char *value)
{
        enum keymap map;

        if (keymap_find(value, strlen(value), &map) < 0)
                return ending_misuse(verb, "--layout is one of " LAYOUTS ".");
        in->layout = value;
        return 1;
}

static int take_baud(struct label_input *in, const char *verb, const char *value)
{
        if (number_read(value, 1, BAUD_MAX, &in->baud) < 0)
                return ending_misuse(verb, "--baud is a number such as 9600.");
        return 1;
}

int label_input_take(struct label_input *in, const char *verb, int id, const char *value)
{
        switch (id) {
        case OPTION_IMAGE: in->image = value; return 1;
        case OPTION_LABEL: in->label = value; return 1;
        case OPTION_SERIAL: in->serial = value; return 1;
        case OPTION_SCANNER: in->scanner = value; return 1;
        case OPTION_CAMERA: in->camera = value; return 1;
        case OPTION_LAYOUT: return take_layout(in, verb, value);
        case OPTION_BAUD: return take_baud(in, verb, value);
        default: return 0;
        }
}

bool label_input_is_live(const struct label_input *in)
{
        return in->scanner || in->camera;
}

static unsigned count(const struct label_input *in)
{
        return !!in->image + !!in->label + !!in->scanner + !!in->camera;
}

bool label_input_given(const struct label_input *in)
{
        return count(in) > 0 || in->ask;
}

int label_input_check(struct label_input *in, const char *verb, bool needed, bool interactive)
{
        if (count(in) > 1)
                return ending_misuse(verb, "give one of --scanner, --camera, --image and --label.");
        if ((in->layout || in->baud) && !in->scanner)
                return ending_misuse(verb, "--layout and --baud say how a --scanner is read.");
        in->choose = interactive && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
        if (!needed || count(in) > 0)
                return 0;
        in->ask = in->choose;
        if (in->ask)
                return 0;
        return ending_misuse(verb,
                             "which device? Give its sticker: --scanner auto, --camera auto, --image FILE "
                             "(a picture) or --label FILE (its text)%s.",
                             interactive ? "; on a terminal it is asked for" : "");
}

int label_input_open(const struct label_input *in, bool raw, struct source **ret)
{
        char memory[PLACE_MAX];
        struct scanner_options options = { .keymap = in->layout, .baud = in->baud, .raw = raw };

        if (in->camera)
                return source_open_camera(in->camera, false, ret);
        if (place_state("scanners", memory) == 0)
                options.memory = memory;
        return source_open_scanner(in->scanner, &options, ret);
}

struct file_reading {
        struct intake *intake;
        struct label_reading *reading;
        bool over;
        int error;
};

static void on_event(void *userdata, enum source_event event, struct scan *scan)
{
        struct file_reading *f = userdata;
        const struct trouble *why = intake_trouble(f->intake);
        int r = 0;

        if (event == SOURCE_END && why->fault != FAULT_NONE) /* a refusal that is the end */
                r = label_reading_take(f->reading, SOURCE_REFUSED, scan, why);
        if (r >= 0)
                r = label_reading_take(f->reading, event, scan, why);
        if (event == SOURCE_END && r >= 0)
                r = intake_error(f->intake);
        f->error = r < 0 ? r : 0;
        f->over = r < 0 || event == SOURCE_END;
}

static int read_file(sd_event *loop, const struct label_input *in, struct label_reading *ret)
{
        static const struct picture_options options;
        _cleanup_(label_reading_done) struct label_reading reading = {};
        struct file_reading f = { .reading = &reading };
        struct source *source;
        int r = in->label ? source_open_file(in->label, &source)
                          : source_open_picture(in->image, &options, &source);

        if (r >= 0)
                r = intake_new(loop, source, on_event, &f, &f.intake);
        if (r >= 0)
                r = loop_until(loop, &f.over);
        intake_free(f.intake);
        if (r >= 0)
                r = f.error;
        if (r < 0)
                return r;
        *ret = reading;
        reading = (struct label_reading){};
        return 0;
}

static int ask_terminal(const struct label_place *place, struct label_reading *ret,
                        struct silence **ret_silence)
{
        struct label_wait how = { .loop = place->loop,
                                  .progress = place->progress,
                                  .prompt = "Scan the sticker: ",
                                  .timeout_s = place->timeout_s };
        struct source *source;
        int r = silence_new(STDIN_FILENO, ret_silence);

        if (r >= 0)
                r = source_open_terminal(STDIN_FILENO, "the terminal", &source);
        return r < 0 ? r : label_wait(&how, source, ret);
}

static int wait_for_scan(const struct label_place *place, const struct label_input *in,
                         struct label_reading *ret)
{
        struct label_wait how = { .loop = place->loop,
                                  .progress = place->progress,
                                  .timeout_s = place->timeout_s };
        struct source *source;
        int r = label_input_open(in, false, &source);

        return r < 0 ? r : label_wait(&how, source, ret);
}

static int choose(const struct label_place *place, const struct label_input *in,
                  struct label_reading *reading)
{
        struct label_choice how = { .loop = place->loop,
                                    .progress = place->progress,
                                    .serial = in->serial,
                                    .ask = in->choose,
                                    .timeout_s = place->timeout_s };
        int r = label_choose(&how, reading);

        if (r < 0)
                label_reading_done(reading);
        return r;
}

int label_input_read(const struct label_place *place, const struct label_input *in,
                     struct label_reading *ret, struct silence **ret_silence)
{
        bool asks = in->ask || (in->label && strcmp(in->label, "-") == 0 && isatty(STDIN_FILENO));
        int r = signals_watch(place->loop);

        if (r >= 0 && asks)
                r = ask_terminal(place, ret, ret_silence);
        else if (r >= 0 && (in->label || in->image))
                r = read_file(place->loop, in, ret);
        else if (r >= 0 && label_input_is_live(in))
                r = wait_for_scan(place, in, ret);
        return r < 0 ? r : choose(place, in, ret);
}
