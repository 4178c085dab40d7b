/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How whoever has nothing else to do waits for something to happen: turn by turn, until it has, or until the
 * loop was told to exit (a signal). */

#include <stdbool.h>
#include <systemd/sd-event.h>

/* One turn: waits until something happens and lets it. -ECANCELED: the loop has been told to exit, before or
 * meanwhile; or the errno of the loop. */
int loop_turn(sd_event *loop);

/* Turns until *over, which one of the callbacks sets. As loop_turn(). */
int loop_until(sd_event *loop, const bool *over);
