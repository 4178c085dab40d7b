/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Questions of several devices at one terminal: one at a time, the table held meanwhile. What is answered
 * counts for all that wait with the same question about the same profile. */

#include "setup/cli/board.h"
#include "setup/cli/host.h"

struct list_ask;

/* Opens the terminal; -ENXIO, -ENOENT if there is none. `on_end`: it was closed, or Ctrl-D, and nobody
 * answers any more; from the loop. All that is handed over outlives it, `list` comes with the questions. */
int list_ask_new(struct host *host, struct board *board, void (*on_end)(void *userdata), void *userdata,
                 struct list_ask **ret);

/* Takes NULL, returns NULL. Not from inside its events. */
struct list_ask *list_ask_free(struct list_ask *a);
DEFINE_CLEANUP(struct list_ask *, list_ask_free)

/* A QUESTION event of a list. -ENOMEM: it is not asked. */
int list_ask_question(struct list_ask *a, const struct usher_event *event);

/* The row's device has no question any more: it ended, or was lost. */
void list_ask_drop(struct list_ask *a, size_t row);
