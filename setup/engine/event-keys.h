/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The events of --json and their keys, as a table: usher.events(5) is made from it, and the tests hold every
 * line that usher writes to it. Within a version keys may be added and none changes its meaning. */

#include <stdbool.h>
#include <stddef.h>

/* One key of one event, in the order in which they are written. The row that has no key is the event
 * itself: `type` is then who writes it. */
struct event_key {
        const char *event;
        const char *key;  /* "device.serial": of the object `device`, or of each object in a list */
        const char *type; /* text, number, bool, object, list, null, or the words that there are, with "|"
                             between */
        const char *meaning;
};

/* NULL past the end. */
const struct event_key *event_key_at(size_t i);

/* Whether an event of that name is the last line of its stream. */
bool event_ends(const char *event);
