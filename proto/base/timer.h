/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Time as the rest of usher sees it. Two implementations, chosen when a program is linked: timer-event.c
 * (sd-event) for the real programs, timer-virtual.c for tests, where a ten-minute wait costs nothing.
 *
 * What time it is is the same for everybody in the process; a wait belongs to a loop, which whoever waits
 * was given. There may be any number of loops. */

#include "proto/base/cleanup.h"
#include <stdint.h>

struct timer;
struct sd_event; /* a loop: who only hands it on needs no more of <systemd/sd-event.h> than its name */

/* Calls fire(userdata) once, after_ms from now, from `loop` and never from inside timer_new(); 0 means "at
 * the next turn of the loop". Returns 0 or -ENOMEM. The timer stays valid until timer_free(), also after it
 * fired. */
int timer_new(struct sd_event *loop, uint64_t after_ms, void (*fire)(void *userdata), void *userdata,
              struct timer **ret);

/* Takes NULL, returns NULL. A timer that is freed never fires; it may free itself inside its own callback.
 */
struct timer *timer_free(struct timer *t);

DEFINE_CLEANUP(struct timer *, timer_free)

/* Monotonic milliseconds, which go on while the machine sleeps, as all waits do; never 0. */
uint64_t timer_now_ms(void);

/* How long the machine has slept in all since it was started, and since that was `then`: nobody could do
 * anything meanwhile, so that it is none of the time that a piece of work is given. */
uint64_t timer_slept_ms(void);

static inline uint64_t timer_slept_since_ms(uint64_t then)
{
        uint64_t now = timer_slept_ms();

        return now > then ? now - then : 0;
}

/* Seconds since 1970, for expiry dates. Follows the virtual clock in tests. */
int64_t timer_wall_s(void);

/* The same in milliseconds, for when something happened. */
int64_t timer_wall_ms(void);
