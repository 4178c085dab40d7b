/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where a label comes from: a text file, or a picture. A picture is decoded by a child process in a sandbox
 * (usher-decode), so that neither a hostile file nor a bug in a picture library reaches the process that
 * holds tokens and sessions; this side opens the file, starts the child and reads its short answer. */

#include "setup/label/label.h"
#include <stddef.h>

enum {
        LABEL_CODES_MAX = 8,          /* codes reported of one picture */
        LABEL_READ_TIMEOUT_MS = 20000 /* for a picture file; the child is killed then */
};

/* What else to look for besides the data matrix. */
enum label_want { LABEL_WANT_QR = 1 };

struct label_code {
        enum label_symbology symbology;
        struct secret *text; /* as the code holds it: a mobile secret or a Wi-Fi password may be inside */
};

/* How a reading ended. Zero-initialise, end with label_reading_done(). */
struct label_reading {
        struct trouble trouble;                   /* FAULT_NONE: `label` is filled */
        struct label label;                       /* the one label that was read */
        struct label_code codes[LABEL_CODES_MAX]; /* every code that was read, also on a fault */
        size_t n_codes;
        unsigned width, height; /* of the picture in pixels; 0 if it was not one, or a text file */
};

void label_reading_done(struct label_reading *r);

/* Of the codes of several devices (FAULT_LABEL_AMBIGUOUS) takes the one that a person means, as
 * label_is_called() has it: 0, and the reading is one of that label. -ENOENT: none is called so, or two of
 * different secrets are; nothing has changed. -ENOMEM. */
int label_reading_choose(struct label_reading *r, const char *serial);

/* Whether pictures can be read at all: 0, or -ENOENT when the program that decodes them is not where it
 * belongs, or could have been put there by somebody else. */
int label_decoder_find(void);

/* Both wait until the answer is there. What a person must act on is in ret->trouble, with 0
 * returned; a negative errno (-ENOMEM, -EMFILE, ...) is a failure of this process. "-" is standard input.
 *
 * A label file holds the text of one sticker; as it contains the mobile secret, a file that others may read
 * is refused (FAULT_CONFIG). */
int label_read_file(const char *path, struct label_reading *ret);
int label_read_image(const char *path, unsigned want, unsigned timeout_ms, struct label_reading *ret);

/* The same for a program with an event loop: wait for POLLHUP on the descriptor, at most until the timeout,
 * then dispatch. A path that cannot be opened is reported by dispatch, too. The thread that starts it must
 * not end before label_reader_free(): the child is killed with it. */
struct label_reader;

int label_reader_start(const char *path, unsigned want, unsigned timeout_ms, struct label_reader **ret);
int label_reader_fd(const struct label_reader *r);
int label_reader_timeout_ms(const struct label_reader *r); /* until the deadline; 0 if it has passed */

/* 1: done, *ret is filled; 0: not yet; negative errno as above. After 1 only label_reader_free() follows. */
int label_reader_dispatch(struct label_reader *r, struct label_reading *ret);

/* Ends the child if it still runs. Takes NULL, returns NULL. */
struct label_reader *label_reader_free(struct label_reader *r);

DEFINE_CLEANUP(struct label_reader *, label_reader_free)
