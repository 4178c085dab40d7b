/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Signals that end usher in order. */

#include <systemd/sd-event.h>

/* The first of them ends the loop with EXIT_CANCELLED: what is under way is then dropped in order. A reader
 * of our output that is gone is an error of writing, not a signal. */
int signals_watch(sd_event *loop);
