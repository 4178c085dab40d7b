/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The test side of timer.h: only programs linked with timer-virtual.c may use it. */

#include <stdbool.h>
#include <stdint.h>

/* Moves the clock to the next timer and fires it. False when no timer is left. */
bool timer_virtual_step(void);

/* Fires everything that is due within the next `ms`, in order, and leaves the clock exactly `ms` later. */
void timer_virtual_advance(uint64_t ms);

/* Steps until done(userdata) is true, no timer is left or limit_ms of virtual time have passed. True if
 * done. */
bool timer_virtual_run(bool (*done)(void *userdata), void *userdata, uint64_t limit_ms);

/* Sets what timer_wall_s() says now. The default is 2026-01-01T00:00:00Z at start. */
void timer_virtual_set_wall(int64_t seconds);

/* The machine sleeps: nothing fires, and what is due by then does so afterwards. */
void timer_virtual_sleep(uint64_t ms);

/* Timers not yet fired: a test's way to see that nothing was left behind. */
unsigned timer_virtual_pending(void);
