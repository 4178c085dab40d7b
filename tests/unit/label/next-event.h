/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A source in a test that has no loop. */

#include "setup/label/source.h"
#include <stdbool.h>

/* Dispatches until there is an event, which is returned, as source_dispatch() does. The test fails when
 * nothing comes for `patience_ms`, and when the source waits for a time unless it is `timed`. */
int next_event(struct source *s, int patience_ms, bool timed, struct scan *ret);
