/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The devices in setup mode around here, as a list that keeps itself up to date. */

#include "setup/ports/radio.h"

struct heard;

/* Told from the loop whenever the list is another one. A trouble is the end. */
struct heard_events {
        void (*changed)(void *userdata);
        void (*failed)(void *userdata, const struct trouble *why);
};

/* The radio outlives it. 0 or -ENOMEM. */
int heard_new(struct radio *radio, const struct heard_events *events, void *userdata, struct heard **ret);

/* Takes NULL, returns NULL. Not from inside an event. */
struct heard *heard_free(struct heard *h);
DEFINE_CLEANUP(struct heard *, heard_free)

/* By signal strength, strongest first; NULL past the end. Valid until the loop runs again. */
const struct heard_device *heard_at(const struct heard *h, size_t i);
