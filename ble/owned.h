/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The record of device objects that this process made bluetoothd keep. A device that was connected stays on
 * bluetoothd's list, and a link survives the death of whoever asked for it, so a process that is killed
 * leaves both behind: the next one finds its record and cleans up. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>

struct owned;

/* `dir` is a folder of this user (made if missing); NULL, or one that cannot be written: no record is kept.
 * 0 or -ENOMEM. */
int owned_new(const char *dir, struct owned **ret);

/* Removes the record if it is empty; else it is left for the next process. */
struct owned *owned_free(struct owned *o);
DEFINE_CLEANUP(struct owned *, owned_free)

/* Object paths. Written before it returns: a record that comes after the deed is none. Adding twice is
 * adding once. 0, or a negative errno of the file. */
int owned_add(struct owned *o, const char *path);
void owned_remove(struct owned *o, const char *path);

/* True if another living process has the path in its record. */
bool owned_elsewhere(struct owned *o, const char *path);

/* Moves the paths of dead processes' records into this one and calls each(). */
void owned_adopt(struct owned *o, void (*each)(void *userdata, const char *path), void *userdata);
