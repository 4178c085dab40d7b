/* SPDX-License-Identifier: Apache-2.0 */

/* One event a turn of the loop, so that a source that always has more does not keep the others waiting. */

#include "setup/cli/intake.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <signal.h>

struct intake {
        sd_event *loop;
        struct source *source;
        sd_event_source *io, *woken;
        struct timer *timer;
        intake_fn on_event;
        void *userdata;
        struct trouble trouble;
        int error;
        bool over;
};

static int arm(struct intake *i);

static void tell(struct intake *i, enum source_event event, struct scan *scan)
{
        if (event == SOURCE_REFUSED || event == SOURCE_LOST)
                i->trouble = *source_trouble(i->source);
        if (event == SOURCE_END)
                i->over = true;
        if (event != SOURCE_NOTHING)
                i->on_event(i->userdata, event, scan);
}

/* Also of what follows a refusal at once. */
static int dispatch(struct intake *i)
{
        _cleanup_(scan_done) struct scan scan = {};
        _cleanup_(scan_done) struct scan next = {};
        int event = source_dispatch(i->source, &scan), then;

        if (event != SOURCE_REFUSED || source_timeout_ms(i->source) != 0) {
                if (event >= 0 && event != SOURCE_REFUSED && event != SOURCE_LOST)
                        i->trouble = (struct trouble){};
                tell(i, event < 0 ? SOURCE_NOTHING : (enum source_event)event, &scan);
                return event < 0 ? event : 0;
        }
        i->trouble = *source_trouble(i->source);
        then = source_dispatch(i->source, &next);
        if (then != SOURCE_END)
                i->on_event(i->userdata, SOURCE_REFUSED, &scan);
        tell(i, then < 0 ? SOURCE_NOTHING : (enum source_event)then, &next);
        return then < 0 ? then : 0;
}

static void turn(struct intake *i)
{
        _cleanup_(scan_done) struct scan none = {};
        int r = dispatch(i);

        if (r >= 0 && !i->over)
                r = arm(i);
        if (r < 0)
                i->error = r;
        if (r >= 0 && !i->over)
                return;
        i->timer = timer_free(i->timer);
        (void)sd_event_source_set_enabled(i->io, SD_EVENT_OFF);
        if (!i->over)
                tell(i, SOURCE_END, &none);
}

static void on_time(void *userdata)
{
        turn(userdata);
}

static int on_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void)source;
        (void)fd;
        (void)revents;
        turn(userdata);
        return 0;
}

/* A shell has had the terminal meanwhile. */
static int on_woken(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        struct intake *i = userdata;

        (void)source;
        (void)si;
        if (!i->over)
                turn(i);
        return 0;
}

static int arm(struct intake *i)
{
        int ms = source_timeout_ms(i->source);

        i->timer = timer_free(i->timer);
        return ms < 0 ? 0 : timer_new(i->loop, (uint64_t)ms, on_time, i, &i->timer);
}

static int watch(struct intake *i)
{
        int r = sd_event_add_io(i->loop, &i->io, source_fd(i->source), EPOLLIN, on_ready, i);

        if (r >= 0)
                r = sd_event_add_signal(i->loop, &i->woken, SIGCONT | SD_EVENT_SIGNAL_PROCMASK, on_woken, i);
        return r < 0 ? r : arm(i);
}

int intake_new(sd_event *loop, struct source *source, intake_fn on_event, void *userdata,
               struct intake **ret)
{
        _cleanup_(intake_freep) struct intake *i = calloc(1, sizeof(*i));
        int r;

        if (!i) {
                source_free(source);
                return -ENOMEM;
        }
        *i = (struct intake){ .loop = loop, .source = source, .on_event = on_event, .userdata = userdata };
        r = watch(i);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(i);
        return 0;
}

const struct trouble *intake_trouble(const struct intake *i)
{
        return &i->trouble;
}

enum source_hint intake_hint(const struct intake *i)
{
        return source_hint(i->source);
}

int intake_error(const struct intake *i)
{
        return i->error;
}

struct intake *intake_free(struct intake *i)
{
        if (!i)
                return NULL;
        timer_free(i->timer);
        sd_event_source_disable_unref(i->io);
        sd_event_source_disable_unref(i->woken);
        source_free(i->source);
        free(i);
        return NULL;
}
