/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whose turn it is to connect. A controller makes one LE connection at a time, and while it does nobody
 * should scan: the turn is held from before Connect until the services are known. One turn per adapter, for
 * all usher processes of the machine. */

#include "ble/holder.h"
#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <systemd/sd-event.h>

struct turn;

/* `loop` outlives it. `lock_dir` is where the processes meet ("/run/lock"); if it cannot be written each is
 * on its own. 0 or -ENOMEM. */
int turn_new(sd_event *loop, const char *lock_dir, struct turn **ret);
struct turn *turn_free(struct turn *t);
DEFINE_CLEANUP(struct turn *, turn_free)

/* Embedded by whoever wants to connect. */
struct turn_taker {
        void (*granted)(void *userdata); /* from the loop */
        void *userdata;
        const char *adapter;          /* "hci0" */
        char holder[HOLDER_NAME_MAX]; /* granted although he has it, see turn_take(); "": nobody has */
        struct turn_taker *next;
        bool queued;
};

/* First come, first served; after a process that has had the turn for 30 s on end nobody waits. 0 or
 * -ENOMEM. */
int turn_take(struct turn *t, struct turn_taker *k);

/* Gives the turn back, or leaves the queue. Nothing if not queued. */
void turn_give(struct turn *t, struct turn_taker *k);

/* True while another process has the turn on this adapter, but for 30 s on end at most: whoever holds it
 * longer hangs, or means ill. Asked often, it notices when the turn passes on. */
bool turn_is_foreign(struct turn *t, const char *adapter);
