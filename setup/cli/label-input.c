/* SPDX-License-Identifier: Apache-2.0 */

/* The picture is decoded by a child (setup/label/reading.h); here its end and its deadline are events. */

#include "setup/cli/label-input.h"
#include "proto/base/timer.h"
#include "setup/cli/ending.h"
#include "setup/cli/signals.h"
#include <errno.h>
#include <stddef.h>

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
        {},
};

bool label_input_take(struct label_input *in, int id, const char *value)
{
        switch (id) {
        case OPTION_IMAGE: in->image = value; return true;
        case OPTION_LABEL: in->label = value; return true;
        default: return false;
        }
}

bool label_input_given(const struct label_input *in)
{
        return in->image || in->label;
}

int label_input_check(const struct label_input *in, const char *verb, bool needed)
{
        if (needed && !label_input_given(in))
                return ending_misuse(verb, "which device? Give its sticker: --image FILE (a picture) or "
                                           "--label FILE (its text).");
        if (in->image && in->label)
                return ending_misuse(verb, "give either --image or --label.");
        return 0;
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

int label_input_read(struct context *context, const struct label_input *in, struct label_reading *ret)
{
        int r = 0;

        /* Text before the signals are watched: whoever waits for standard input is ended by Ctrl-C at once.
         */
        if (in->label)
                r = label_read_file(in->label, ret);
        if (r >= 0)
                r = signals_watch(context_loop(context));
        if (r >= 0 && in->image)
                r = read_image(context, in->image, ret);
        return r;
}
