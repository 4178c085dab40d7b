/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One virtual device on the sim radio: its machine, its socket, and its word to the virtual cloud. A process
 * holds as many as it likes; they share nothing but the loop. */

#include "tests/sim/device/device.h"
#include <stdio.h>

struct board;

/* The same for all of them; everything in it outlives the boards. */
struct board_options {
        const char *dir;   /* where their sockets are */
        const char *cloud; /* URL of the virtual cloud; NULL: they go online nowhere */
        FILE *log;         /* a line per request that was handled; NULL: none */
        int effects;       /* file of effects; -1: none */

        /* It can be found and the cloud knows it, or that is not to be: said once, from the loop. */
        void (*ready)(void *userdata);
        void *userdata;
};

/* `signal` is the text of its file of signal strength (NULL: it has none). -EINVAL, and on standard error
 * what cannot be right. */
int board_new(const struct board_options *options, const struct vdevice_config *config, const char *signal,
              struct board **ret);

/* Its files in the folder go with it. */
struct board *board_free(struct board *b);
DEFINE_CLEANUP(struct board *, board_free)

/* Its name in the air, as long as it lives. */
const char *board_name(const struct board *b);

void board_press_mode(struct board *b);
void board_press_reset(struct board *b);

/* What it counted, as a line of JSON. */
void board_print_end(const struct board *b);
