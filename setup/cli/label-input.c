/* SPDX-License-Identifier: Apache-2.0 */

/* The picture is decoded by a child (setup/label/reading.h); here its end and its deadline are events. */

#include "setup/cli/label-input.h"
#include "proto/base/timer.h"
#include <errno.h>

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

int label_input_image(struct context *context, const char *path, struct label_reading *ret)
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
