/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which sticker: the options of every verb that works with one device, and the reading of what they name,
 * while the context's loop runs, so that a signal ends it. */

#include "setup/cli/verbs.h"
#include "setup/label/reading.h"
#include "setup/ports/context.h"

/* What was given, as argv has it; at most one. */
struct label_input {
        const char *label, *image; /* files */
};

/* Keeps the value of one of label_options; false: it is none of these. */
bool label_input_take(struct label_input *in, int id, const char *value);

/* Whether any was given. */
bool label_input_given(const struct label_input *in);

/* What was given makes sense; `needed`: none does not. -EINVAL as ending_misuse(). */
int label_input_check(const struct label_input *in, const char *verb, bool needed);

/* 0: *ret is filled, its fault says how it went. -ECANCELED: the loop was told to exit meanwhile. Watches
 * the signals that end usher from now on. */
int label_input_read(struct context *context, const struct label_input *in, struct label_reading *ret);
