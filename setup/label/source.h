/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where the texts of codes come from: a text file, a picture, a camera, a handheld scanner, a terminal. All
 * of them are used alike: wait for the descriptor at most as long as the timeout says, dispatch, take what
 * it answers, until SOURCE_END. What a text means is not known here: reading.h makes a label of it.
 *
 * A source starts no thread, never logs and never blocks; whoever opened it dispatches it. */

#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include "setup/label/label.h"
#include <stdint.h>

struct source;

enum source_origin {
        SOURCE_FILE,
        SOURCE_PICTURE,
        SOURCE_CAMERA,
        SOURCE_SCANNER,
        SOURCE_TERMINAL,
};

enum { SCAN_FROM_MAX = 64 };

/* One code that was read. Zero-initialise, end with scan_done(). */
struct scan {
        enum source_origin origin;
        enum label_symbology symbology; /* 0: not told */
        struct secret *text;            /* owned; as the code holds it, without AIM identifier, STX, ETX and
                                           suffix: a mobile secret or a Wi-Fi password may be inside */
        int64_t at_ms;                  /* CLOCK_BOOTTIME of its last byte or frame */
        char from[SCAN_FROM_MAX];       /* file or device, for people; a long one loses its middle */
};

void scan_done(struct scan *scan);

enum source_event {
        SOURCE_NOTHING = 0, /* not yet */
        SOURCE_SCAN,        /* *ret_scan is filled */
        SOURCE_HINT,        /* a camera sees what could be read better: source_hint() says how */
        SOURCE_LOST,        /* unplugged, source_trouble() says what: it is waited for */
        SOURCE_BACK,        /* and there again */
        SOURCE_REFUSED, /* what came is no whole code; source_trouble() says why, with the name in front */
        SOURCE_END,     /* nothing more comes */
};

enum source_hint {
        SOURCE_HINT_NONE, /* all is well, or nothing was seen that could be a code */
        SOURCE_HINT_CLOSER,
        SOURCE_HINT_FARTHER,
        SOURCE_HINT_TOO_DARK,
        SOURCE_HINT_GLARE,
        SOURCE_HINT_HOLD_STILL,
};

/* A label file holds the text of one sticker: one scan, or SOURCE_REFUSED, then the end. "-" is standard
 * input. As it contains the mobile secret, a regular file that others may read is refused (FAULT_CONFIG).
 * A path that cannot be opened is told by dispatch, too; the negative errno is one of this process
 * (-ENOMEM, -EMFILE, ...), as it is for everything here that opens a source. */
int source_open_file(const char *path, struct source **ret);

/* The same of a descriptor (memfd, pipe, socket), which stays the caller's and is read from where it stands;
 * `name` is for people. Who else may read it is the caller's matter. */
int source_open_file_fd(int fd, const char *name, struct source **ret);

struct decoder; /* decoder.h */

struct picture_options {
        bool qr;             /* look for QR codes besides the data matrix */
        unsigned timeout_ms; /* until it is given up; 0: DECODER_PICTURE_MS */
        struct decoder
                *decoder; /* the caller's, for several pictures one after the other; NULL: one of its own */
};

/* A picture of any format that image.h knows: a scan for each code in it, or SOURCE_REFUSED, then the end. A
 * path that cannot be opened is told by dispatch, "-" is standard input. -EBUSY: the decoder is about
 * another one. */
int source_open_picture(const char *path, const struct picture_options *options, struct source **ret);

/* The same of a descriptor, which stays the caller's: what was posted, a memfd, a pipe. It is read from
 * where it stands. */
int source_open_picture_fd(int fd, const char *name, const struct picture_options *options,
                           struct source **ret);

/* Lines from a terminal, of a person or of a scanner that plays a keyboard (typed.h has what ends one);
 * Ctrl-D on an empty one is the end. As long as the source lives the terminal shows nothing and gives every
 * key at once; its signal keys work, and whoever is ended by one frees the source first. After SIGCONT:
 * dispatch. Of anything else than a terminal (pipe, file) it is a scan a line. `fd` stays the caller's. */
int source_open_terminal(int fd, const char *name, struct source **ret);

/* Readable when dispatch has something to do; the same one as long as the source lives. */
int source_fd(const struct source *s);

/* Until dispatch must be called anyway: 0: now; -1: there is no limit. */
int source_timeout_ms(const struct source *s);

/* An enum source_event, or a negative errno of this process, and then the source can only be freed.
 * *ret_scan is written on SOURCE_SCAN only. One event a call: call it again as long as the descriptor is
 * readable or the timeout is 0. */
int source_dispatch(struct source *s, struct scan *ret_scan);

/* Of the last SOURCE_REFUSED or SOURCE_LOST; never with a secret. */
const struct trouble *source_trouble(const struct source *s);

/* Of the last SOURCE_HINT. */
enum source_hint source_hint(const struct source *s);

/* Ends what still runs for it, gives back what it holds (a grabbed device, a terminal's echo). Takes NULL,
 * returns NULL. */
struct source *source_free(struct source *s);

DEFINE_CLEANUP(struct source *, source_free)
