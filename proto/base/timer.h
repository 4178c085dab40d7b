/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Time as the rest of usher sees it. Two implementations, chosen when a program is linked: timer-event.c
 * (the thread's default sd-event loop) for the real programs, timer-virtual.c for tests, where a ten-minute
 * wait costs nothing. */

#include "proto/base/cleanup.h"
#include <stdint.h>

struct timer;

/* Calls fire(userdata) once, after_ms from now, from the loop and never from inside timer_new(); 0 means "at
 * the next turn of the loop". Returns 0 or -ENOMEM. The timer stays valid until timer_free(), also after it
 * fired. */
int timer_new(uint64_t after_ms, void (*fire)(void *userdata), void *userdata, struct timer **ret);

/* Takes NULL, returns NULL. A timer that is freed never fires; it may free itself inside its own callback.
 */
struct timer *timer_free(struct timer *t);

DEFINE_CLEANUP(struct timer *, timer_free)

/* Monotonic milliseconds; never 0. */
uint64_t timer_now_ms(void);

/* Seconds since 1970, for expiry dates. Follows the virtual clock in tests. */
int64_t timer_wall_s(void);
