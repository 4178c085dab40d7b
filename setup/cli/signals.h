/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Signals that end usher in order. */

#include <stdbool.h>
#include <systemd/sd-event.h>

/* The first of them ends the loop with EXIT_CANCELLED: what is under way is then dropped in order. A reader
 * of our output that is gone is an error of writing, not a signal. */
int signals_watch(sd_event *loop);

/* Where more than the loop is to be ended. Outlives the loop's turns. */
struct signals_stop {
        /* From the loop. First without `at_once`: SIGINT asks to end when it is a good moment. With it: a
         * second one, or another signal. What comes after that ends the loop. */
        void (*fn)(void *userdata, bool at_once);
        void *userdata;
        bool asked, at_once; /* what has been asked for */
};

int signals_watch_stop(sd_event *loop, struct signals_stop *stop);
