/* SPDX-License-Identifier: Apache-2.0 */

/* What is no label ends nothing: whoever holds a scanner tries again. */

#include "setup/cli/label-wait.h"
#include "proto/base/timer.h"
#include "setup/cli/loop.h"
#include "setup/cli/scan-tell.h"
#include <errno.h>
#include <string.h>

struct wait {
        const struct label_wait *how;
        struct intake *intake;
        struct label_reading reading;
        bool over;
        int error;
};

static void put_prompt(const struct wait *w, const char *text)
{
        if (!w->how->prompt)
                return;
        fputs(text, stderr);
        (void)fflush(stderr);
}

static void take_scan(struct wait *w, const struct scan *scan)
{
        char told[SCAN_TOLD_MAX];
        struct trouble why = {};
        int r = label_parse(secret_text(scan->text), secret_len(scan->text), &w->reading.label, &why);

        put_prompt(w, "\n"); /* Enter is not shown either */
        if (r == -EINVAL) {
                scan_tell_trouble(w->how->progress, &why);
                put_prompt(w, w->how->prompt);
                return;
        }
        if (r >= 0)
                progress_say(w->how->progress, "Read: %s.", scan_told(&w->reading.label, told));
        w->error = r;
        w->over = true;
}

static void take_end(struct wait *w)
{
        const struct trouble *why = intake_trouble(w->intake);

        w->error = intake_error(w->intake);
        w->over = true;
        put_prompt(w, "\n");
        if (why->fault != FAULT_NONE)
                w->reading.trouble = *why;
        else
                (void)trouble_set(&w->reading.trouble, FAULT_CANCELLED, "no sticker was scanned");
}

static void on_event(void *userdata, enum source_event event, struct scan *scan)
{
        struct wait *w = userdata;

        if (w->over)
                return;
        if (event == SOURCE_SCAN) {
                take_scan(w, scan);
                return;
        }
        if (event == SOURCE_END) {
                take_end(w);
                return;
        }
        if (event == SOURCE_REFUSED)
                put_prompt(w, "\n");
        scan_tell_event(w->how->progress, w->intake, event);
        if (event == SOURCE_REFUSED)
                put_prompt(w, w->how->prompt);
}

static void on_time(void *userdata)
{
        struct wait *w = userdata;

        put_prompt(w, "\n");
        (void)trouble_set(&w->reading.trouble, FAULT_TIMEOUT, "no sticker was scanned within %u s",
                          w->how->timeout_s);
        w->over = true;
}

/* A device is opened in the loop's first turn: who is told to scan can do so. */
static int begin(const struct wait *w)
{
        int r = 0;

        put_prompt(w, w->how->prompt);
        if (!w->how->prompt)
                r = loop_turn(w->how->loop);
        if (!w->how->prompt && r >= 0 && !w->over)
                progress_say(w->how->progress, "Scan the sticker.");
        return r;
}

int label_wait(const struct label_wait *how, struct source *source, struct label_reading *ret)
{
        _cleanup_(timer_freep) struct timer *deadline = NULL;
        struct wait w = { .how = how };
        int r;

        r = intake_new(how->loop, source, on_event, &w, &w.intake);
        if (r >= 0 && how->timeout_s)
                r = timer_new(how->loop, how->timeout_s * UINT64_C(1000), on_time, &w, &deadline);
        if (r >= 0)
                r = begin(&w);
        if (r >= 0)
                r = loop_until(how->loop, &w.over);
        progress_live(how->progress, NULL);
        intake_free(w.intake);
        if (r >= 0)
                r = w.error;
        if (r < 0)
                label_reading_done(&w.reading);
        else
                *ret = w.reading;
        return r;
}
