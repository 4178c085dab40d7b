/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is made of the codes that a source gave: the one label among them, or why there is none. */

#include "setup/label/source.h"

enum { LABEL_CODES_MAX = 8 /* of one picture */ };

/* How a reading ended. Zero-initialise, end with label_reading_done(). */
struct label_reading {
        struct trouble trouble;             /* FAULT_NONE: `label` is filled */
        struct label label;                 /* the one label that was read */
        struct scan codes[LABEL_CODES_MAX]; /* every code that was read, also on a fault */
        size_t n_codes;
};

void label_reading_done(struct label_reading *r);

/* Of the codes of several devices (FAULT_LABEL_AMBIGUOUS) takes the one that a person means, as
 * label_is_called() has it: 0, and the reading is one of that label. -ENOENT: none is called so, or two of
 * different secrets are; nothing has changed. -ENOMEM. */
int label_reading_choose(struct label_reading *r, const char *serial);

/* Takes one event of a source that ends (a file, a picture): of SOURCE_SCAN the scan's text, of a refusal
 * why. 1: it is at its end and *r says how it went; 0: not yet; a negative errno of this process. What a
 * person must act on is in r->trouble. */
int label_reading_take(struct label_reading *r, enum source_event event, struct scan *scan,
                       const struct trouble *why);

/* Dispatches the source to its end, and takes what it gives: for a program without a loop. 0, or a negative
 * errno. */
int label_reading_finish(struct label_reading *r, struct source *s);

/* The same of the picture `path`, through the caller's decoder. */
int label_reading_picture(struct label_reading *r, const char *path, struct decoder *decoder);
