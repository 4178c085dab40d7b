/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which scanners are plugged in, and which come and go: those that a udev rule has marked with
 * ID_USHER_SCANNER=1 (data/udev/70-usher-scanner.rules). An ordinary keyboard is never among them. */

#include "proto/base/cleanup.h"
#include <stdbool.h>

struct discover;

/* Begins with those that are there. The negative errno of sd-device. */
int discover_start(struct discover **ret);

/* Takes NULL, returns NULL. */
struct discover *discover_free(struct discover *d);

DEFINE_CLEANUP(struct discover *, discover_free)

/* Readable when a node came or went. */
int discover_fd(const struct discover *d);

struct discovered {
        char path[128]; /* the node */
        bool gone;
};

/* 1: *ret is filled; 0: there is nothing new; negative errno. */
int discover_next(struct discover *d, struct discovered *ret);
