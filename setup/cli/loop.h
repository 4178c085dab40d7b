/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Waiting in a loop that may be told to exit: by a signal, mostly. */

#include <stdbool.h>
#include <systemd/sd-event.h>

/* One turn: waits until something happens and lets it. -ECANCELED: the loop has been told to exit, before or
 * meanwhile; it is not turned any more, for then it would be finished for good. Or the errno of the loop. */
int loop_turn(sd_event *loop);

/* Turns until *over, which one of the callbacks sets. As loop_turn(). */
int loop_until(sd_event *loop, const bool *over);
