/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Signals that end usher in order. */

#include <stdbool.h>
#include <systemd/sd-event.h>

/* The first of them ends the loop with EXIT_CANCELLED: what is under way is then dropped in order. A reader
 * of our output that is gone is an error of writing, not a signal. */
int signals_watch(sd_event *loop);

/* What the first SIGINT asks for instead. Outlives the loop's turns. */
struct signals_stop {
        void (*fn)(void *userdata);
        void *userdata;
        bool asked; /* it has come */
};

/* The same, but the first SIGINT calls `stop->fn`, from the loop; only a second one ends the loop. */
int signals_watch_stop(sd_event *loop, struct signals_stop *stop);
