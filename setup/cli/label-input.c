/* SPDX-License-Identifier: Apache-2.0 */

/* A picture is decoded by a child (setup/label/reading.h); here its end and its deadline are events. */

#include "setup/cli/label-input.h"
#include "proto/base/timer.h"
#include "setup/cli/ending.h"
#include "setup/cli/label-choice.h"
#include "setup/cli/label-wait.h"
#include "setup/cli/signals.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

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

bool label_input_take(struct label_input *in, int id, const char *value)
{
        switch (id) {
        case OPTION_IMAGE: in->image = value; return true;
        case OPTION_LABEL: in->label = value; return true;
        case OPTION_SERIAL: in->serial = value; return true;
        default: return false;
        }
}

bool label_input_given(const struct label_input *in)
{
        return in->image || in->label || in->ask;
}

int label_input_check(struct label_input *in, const char *verb, bool needed, bool interactive)
{
        if (in->image && in->label)
                return ending_misuse(verb, "give either --image or --label.");
        in->choose = interactive && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
        if (!needed || in->image || in->label)
                return 0;
        in->ask = in->choose;
        if (in->ask)
                return 0;
        return ending_misuse(verb,
                             "which device? Give its sticker: --image FILE (a picture) or --label FILE "
                             "(its text)%s.",
                             interactive ? "; on a terminal it is asked for" : "");
}

/* Both only end the turn of the loop. */
static int on_answer(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void)source;
        (void)fd;
        (void)revents;
        (void)userdata;
        return 0;
}

static void too_late(void *userdata)
{
        (void)userdata;
}

static int read_image(struct context *context, const char *path, struct label_reading *ret)
{
        _cleanup_(label_reader_freep) struct label_reader *reader = NULL;
        _cleanup_(sd_event_source_disable_unrefp) sd_event_source *source = NULL;
        _cleanup_(timer_freep) struct timer *deadline = NULL;
        int r;

        r = label_reader_start(path, 0, LABEL_READ_TIMEOUT_MS, &reader);
        if (r < 0)
                return r;
        r = sd_event_add_io(context_loop(context), &source, label_reader_fd(reader), 0, on_answer, NULL);
        if (r < 0)
                return r;
        r = timer_new(context_loop(context), (uint64_t)label_reader_timeout_ms(reader), too_late, NULL,
                      &deadline);
        while (r >= 0 && (r = label_reader_dispatch(reader, ret)) == 0)
                r = context_turn(context);
        return r < 0 ? r : 0;
}

static int ask_terminal(const struct label_place *place, struct label_reading *ret,
                        struct silence **ret_silence)
{
        struct label_wait how = { .context = place->context,
                                  .progress = place->progress,
                                  .prompt = "Scan the sticker: ",
                                  .timeout_s = place->timeout_s };
        struct source *source;
        int r = silence_new(STDIN_FILENO, ret_silence);

        if (r >= 0)
                r = source_open_terminal(STDIN_FILENO, "the terminal", &source);
        return r < 0 ? r : label_wait(&how, source, ret);
}

static int choose(const struct label_place *place, const struct label_input *in,
                  struct label_reading *reading)
{
        struct label_choice how = { .context = place->context,
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
        int r = 0;

        /* A file before the signals are watched: whoever waits for standard input is ended by Ctrl-C at
         * once.
         */
        if (in->label && !asks)
                r = label_read_file(in->label, ret);
        if (r >= 0)
                r = signals_watch(context_loop(place->context));
        if (r >= 0 && in->image)
                r = read_image(place->context, in->image, ret);
        if (r >= 0 && asks)
                r = ask_terminal(place, ret, ret_silence);
        return r < 0 ? r : choose(place, in, ret);
}
