/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which sticker: the options of every verb that works with one device, and the reading of what they name,
 * or of what a person scans at the terminal, while the loop runs, so that a signal ends it. */

#include "setup/cli/progress.h"
#include "setup/cli/silence.h"
#include "setup/cli/verbs.h"
#include "setup/label/reading.h"
#include "setup/label/source.h"
#include <systemd/sd-event.h>

/* What was given, as argv has it; at most one. */
struct label_input {
        const char *label, *image;    /* files */
        const char *serial;           /* which sticker of several, or that it is this one */
        const char *scanner, *camera; /* nodes, or "auto" */
        const char *layout;           /* of a scanner that plays a keyboard; NULL: what is known of it */
        unsigned baud;                /* of a serial one; 0: as it is delivered */
        bool ask;                     /* none was given: the terminal is asked */
        bool choose;                  /* the terminal is asked which sticker of several */
};

/* Keeps the value of one of label_options. 0: it is none of these; 1; -EINVAL as ending_misuse(). */
int label_input_take(struct label_input *in, const char *verb, int id, const char *value);

/* Whether any was given, or the terminal is asked. */
bool label_input_given(const struct label_input *in);

/* One after the other may come: a scanner or a camera. */
bool label_input_is_live(const struct label_input *in);

/* What was given makes sense. `needed`: without any, the terminal is asked if there is one and
 * `interactive`. -EINVAL as ending_misuse(). */
int label_input_check(struct label_input *in, const char *verb, bool needed, bool interactive);

/* Opens what is live. `raw`: what arrives is kept, too (scanner.h). -ENOMEM, -EMFILE, ...: of this process;
 * what is wrong with the device is told by the source. */
int label_input_open(const struct label_input *in, bool raw, struct source **ret);

struct label_place {
        sd_event *loop;
        struct progress *progress;
        unsigned timeout_s; /* for somebody to scan; 0: no limit */
};

/* 0: *ret is filled, its fault says how it went. -ECANCELED: the loop was told to exit meanwhile. Watches
 * the signals that end usher from now on. A person is told what was read, or why it was not and asked again;
 * *ret_silence is their terminal, to be freed when usher ends, whatever is returned; NULL: none was asked.
 */
int label_input_read(const struct label_place *place, const struct label_input *in,
                     struct label_reading *ret, struct silence **ret_silence);
