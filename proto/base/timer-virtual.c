/* SPDX-License-Identifier: Apache-2.0 */

/* A clock that only moves when a test says so. Timers are kept in one list ordered by due time and, within
 * the same millisecond, by the order in which they were armed, so that every run of a test is the same run.
 */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include <errno.h>

struct timer {
        struct timer *next;
        uint64_t due_ms;
        void (*fire)(void *userdata);
        void *userdata;
        bool armed;
};

static struct timer *queue;
static uint64_t now_ms = 1, slept_ms;
static int64_t wall_offset_s = 1767225600;

int timer_new(struct sd_event *loop, uint64_t after_ms, void (*fire)(void *userdata), void *userdata,
              struct timer **ret)
{
        struct timer *t, **at;

        (void)loop; /* all wait on the one clock */
        t = calloc(1, sizeof(*t));
        if (!t)
                return -ENOMEM;
        t->due_ms = now_ms + after_ms;
        t->fire = fire;
        t->userdata = userdata;
        t->armed = true;
        for (at = &queue; *at && (*at)->due_ms <= t->due_ms; at = &(*at)->next)
                ;
        t->next = *at;
        *at = t;
        *ret = t;
        return 0;
}

static void unlink_timer(struct timer *t)
{
        struct timer **at;

        for (at = &queue; *at; at = &(*at)->next)
                if (*at == t) {
                        *at = t->next;
                        break;
                }
        t->armed = false;
}

struct timer *timer_free(struct timer *t)
{
        if (!t)
                return NULL;
        if (t->armed)
                unlink_timer(t);
        free(t);
        return NULL;
}

uint64_t timer_now_ms(void)
{
        return now_ms;
}

uint64_t timer_slept_ms(void)
{
        return slept_ms;
}

void timer_virtual_sleep(uint64_t ms)
{
        now_ms += ms;
        slept_ms += ms;
}

int64_t timer_wall_ms(void)
{
        return wall_offset_s * 1000 + (int64_t)now_ms;
}

int64_t timer_wall_s(void)
{
        return timer_wall_ms() / 1000;
}

void timer_virtual_set_wall(int64_t seconds)
{
        wall_offset_s = seconds - (int64_t)(now_ms / 1000);
}

unsigned timer_virtual_pending(void)
{
        unsigned n = 0;

        for (struct timer *t = queue; t; t = t->next)
                n++;
        return n;
}

bool timer_virtual_step(void)
{
        struct timer *t = queue;

        if (!t)
                return false;
        if (t->due_ms > now_ms)
                now_ms = t->due_ms;
        unlink_timer(t);
        t->fire(t->userdata);
        return true;
}

void timer_virtual_advance(uint64_t ms)
{
        uint64_t until_ms = now_ms + ms;

        while (queue && queue->due_ms <= until_ms)
                timer_virtual_step();
        now_ms = until_ms;
}

bool timer_virtual_run(bool (*done)(void *userdata), void *userdata, uint64_t limit_ms)
{
        uint64_t until_ms = now_ms + limit_ms;

        while (!done(userdata)) {
                if (!queue || queue->due_ms > until_ms)
                        return false;
                timer_virtual_step();
        }
        return true;
}
