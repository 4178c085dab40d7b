/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a person sees of several devices at once, on standard error. On a terminal a table: a line for each
 * device at work and one with counts and the time that is left, rewritten in place at most four times a
 * second; what is over scrolls up as lines that stay. Elsewhere, also with TERM=dumb, lines only, each with
 * the device's serial number. */

#include "proto/base/cleanup.h"
#include "setup/cli/board-row.h"
#include "setup/cli/progress.h"

struct board;
struct sd_event;

/* `quiet`: only what did not end well is told, and board_warn(). Coloured on a terminal, but not with
 * NO_COLOR. `loop` outlives it. */
int board_new(FILE *f, bool quiet, struct sd_event *loop, struct board **ret);

/* Takes NULL, returns NULL. Takes the table away; what was not written yet is. */
struct board *board_free(struct board *b);
DEFINE_CLEANUP(struct board *, board_free)

/* Each step, also what begins and what was not needed; not if it is quiet. */
void board_set_verbose(struct board *b);

/* Whether there is a table, so that who is at work need not be told by lines. */
bool board_has_table(const struct board *b);

/* A line of its own, in the manner of printf; board_warn() also if it is quiet. */
void board_say(struct board *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void board_warn(struct board *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

void board_count(struct board *b, const struct board_counts *counts);

/* Texts below are copied. */

/* A device is at work, if it was not already; `key` says which it is from now on. -ENOMEM: it is not shown.
 */
int board_begin(struct board *b, size_t key, const char *serial, const char *name);

/* A step of a device at work changed its state; or takes long, if its `state` is NULL. */
void board_step(struct board *b, size_t key, const struct progress_step *step);
void board_end(struct board *b, size_t key, const struct board_end *end);

/* Nothing of it takes long any more. */
void board_quiet(struct board *b, size_t key);

/* The i-th one at work; false past the end. */
bool board_at(const struct board *b, size_t i, size_t *ret_key);

/* While a question stands on the terminal nothing else is written there; what happens meanwhile is told
 * afterwards. */
void board_hold(struct board *b);
void board_go_on(struct board *b);
