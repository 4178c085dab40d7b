/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The devices in setup mode around here, as a list that keeps itself up to date. */

#include "setup/flow/ports.h"

enum { NEARBY_MAX = 64, NEARBY_TEXT_MAX = 64 };

struct nearby_device {
        char name[NEARBY_TEXT_MAX];    /* "" = not told */
        char address[NEARBY_TEXT_MAX]; /* Bluetooth address, or the socket's name */
        char setup_code[7];            /* "" = not told */
        unsigned platform_id;          /* 0 = not told */
        int rssi;                      /* dBm; 0 = unknown */
        bool connectable;              /* a setup may begin */
        const char *why;               /* not connectable: in words; else NULL */
};

struct nearby;

/* Told from the loop whenever the list is another one. A fault is the end; `cause` may be NULL. */
struct nearby_events {
        void (*changed)(void *userdata);
        void (*failed)(void *userdata, enum fault fault, const char *cause);
};

/* `spec` as radio_new(). 0 or -ENOMEM; -EINVAL: the spec. */
int nearby_new(const char *spec, const struct nearby_events *events, void *userdata, struct nearby **ret);

/* Takes NULL, returns NULL. Not from inside an event. */
struct nearby *nearby_free(struct nearby *n);
DEFINE_CLEANUP(struct nearby *, nearby_free)

/* By signal strength, strongest first; NULL past the end. Valid until the loop runs again. */
const struct nearby_device *nearby_at(const struct nearby *n, size_t i);
