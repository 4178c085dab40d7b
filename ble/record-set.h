/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The records of a mirror, one for each object and kind. */

#include "ble/record-private.h"

/* Zeroed: an empty set. */
struct record_set {
        struct record **at;
        size_t n, size;
};

/* Forgets all records; done() frees the rest as well. */
void record_set_clear(struct record_set *s);
void record_set_done(struct record_set *s);

/* NULL: there is none. */
struct record *record_set_find(const struct record_set *s, enum record_kind kind, const char *path);

/* The i-th one of a kind, NULL past the end. */
const struct record *record_set_at(const struct record_set *s, enum record_kind kind, size_t i);

/* The record of that object, a new one if there is none. -ENOSPC, -ENOMEM. */
int record_set_add(struct record_set *s, enum record_kind kind, const char *path, struct record **ret);

/* Forgets an object and, because bluetoothd removes parents without always telling the children first, all
 * that is below it. */
void record_set_drop(struct record_set *s, enum record_kind kind, const char *path);
