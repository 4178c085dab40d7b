/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One scan for all who search on an adapter. It runs while somebody searches and nobody connects. What it
 * hears shows in the mirror (objects.h). */

#include "ble/objects.h"
#include "ble/turn.h"

struct discovery;

/* 0 or -ENOMEM. */
int discovery_new(struct objects *o, struct turn *turn, struct discovery **ret);
struct discovery *discovery_free(struct discovery *d);
DEFINE_CLEANUP(struct discovery *, discovery_free)

/* Object path; NULL: none can be used now. What was under way there is forgotten. */
void discovery_set_adapter(struct discovery *d, const char *path);

/* Embedded by whoever searches. */
struct discovery_user {
        const char *service; /* UUID to listen for; outlives the stay */
        void (*failed)(void *userdata, const struct trouble *why); /* bluetoothd refuses to scan */
        void *userdata;
        struct discovery_user *next;
        bool on;
};

void discovery_join(struct discovery *d, struct discovery_user *u);
void discovery_leave(struct discovery *d, struct discovery_user *u);

/* Embedded by whoever connects: no scan of ours runs while one holds. */
struct discovery_hold {
        void (*quiet)(void *userdata); /* once, from the loop: bluetoothd has stopped our scan */
        void *userdata;
        struct discovery_hold *next;
        struct timer *timer;
        bool on, told;
};

void discovery_hold(struct discovery *d, struct discovery_hold *h);
void discovery_release(struct discovery *d, struct discovery_hold *h);
