/* SPDX-License-Identifier: Apache-2.0 */

/* timer.h over sd-event. It lives beside its header, but belongs to no layer of
 * proto/: only programs that run a loop link it (tests/lint knows this file as the one exception).
 * CLOCK_BOOTTIME, so that a deadline also passes while the gateway is suspended; whose time stands still
 * then says so (timer_slept_ms()). */

#include "proto/base/timer.h"
#include <errno.h>
#include <systemd/sd-event.h>
#include <time.h>

struct timer {
        sd_event_source *source;
        void (*fire)(void *userdata);
        void *userdata;
};

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct timer *t = userdata;

        (void)source;
        (void)usec;
        t->fire(t->userdata);
        return 0;
}

int timer_new(sd_event *loop, uint64_t after_ms, void (*fire)(void *userdata), void *userdata,
              struct timer **ret)
{
        _cleanup_(freep) struct timer *t = NULL;
        int r;

        t = calloc(1, sizeof(*t));
        if (!t)
                return -ENOMEM;
        t->fire = fire;
        t->userdata = userdata;
        r = sd_event_add_time_relative(loop, &t->source, CLOCK_BOOTTIME, after_ms * 1000, 1000, on_time, t);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(t);
        return 0;
}

struct timer *timer_free(struct timer *t)
{
        if (!t)
                return NULL;
        sd_event_source_disable_unref(t->source);
        free(t);
        return NULL;
}

static struct timespec clock_read(clockid_t clock)
{
        struct timespec ts = { 0 };

        (void)clock_gettime(clock, &ts);
        return ts;
}

uint64_t timer_now_ms(void)
{
        struct timespec ts = clock_read(CLOCK_BOOTTIME);

        return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000 + 1;
}

/* The two are read one after the other, which may be some ms. */
uint64_t timer_slept_ms(void)
{
        struct timespec all = clock_read(CLOCK_BOOTTIME), awake = clock_read(CLOCK_MONOTONIC);
        int64_t ms = (int64_t)(all.tv_sec - awake.tv_sec) * 1000 + (all.tv_nsec - awake.tv_nsec) / 1000000;

        return ms > 0 ? (uint64_t)ms : 0;
}

int64_t timer_wall_ms(void)
{
        struct timespec ts = clock_read(CLOCK_REALTIME);

        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t timer_wall_s(void)
{
        return timer_wall_ms() / 1000;
}
