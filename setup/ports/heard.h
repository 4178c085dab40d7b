/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The devices in setup mode around here, as a list that keeps itself up to date. */

#include "setup/flow/ports.h"

enum { HEARD_MAX = 64, HEARD_TEXT_MAX = 64 };

struct heard_device {
        char name[HEARD_TEXT_MAX];    /* "" = not told */
        char address[HEARD_TEXT_MAX]; /* Bluetooth address, or the socket's name */
        char setup_code[7];           /* "" = not told */
        unsigned platform_id;         /* 0 = not told */
        int rssi;                     /* dBm; 0 = unknown */
        bool connectable;             /* a setup may begin */
        const char *why;              /* not connectable: in words; else NULL */
};

struct heard;

/* Told from the loop whenever the list is another one. A fault is the end; `cause` may be NULL. */
struct heard_events {
        void (*changed)(void *userdata);
        void (*failed)(void *userdata, enum fault fault, const char *cause);
};

/* `loop` outlives it; `spec` as radio_new(). 0 or -ENOMEM; -EINVAL: the spec. */
int heard_new(struct sd_event *loop, const char *spec, const struct heard_events *events, void *userdata,
              struct heard **ret);

/* Takes NULL, returns NULL. Not from inside an event. */
struct heard *heard_free(struct heard *n);
DEFINE_CLEANUP(struct heard *, heard_free)

/* By signal strength, strongest first; NULL past the end. Valid until the loop runs again. */
const struct heard_device *heard_at(const struct heard *n, size_t i);
