/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Codes in a grey picture. Runs in the sandboxed child (and in tests), never in a process that has something
 * to lose. */

#include "setup/label/image.h"
#include "setup/label/label.h"
#include "setup/label/measure.h"

enum { DECODED_MAX = 8, DECODED_TEXT_MAX = 512 };

struct decoded {
        enum label_symbology symbology;
        size_t len;
        char text[DECODED_TEXT_MAX];
};

/* What one frame of a camera leaves for the next; begins as zeros. With it, costly attempts are spread over
 * the frames, each comes every third time, and what read the last label is tried first. */
struct decode_state {
        unsigned turn;
        unsigned favourite; /* the costly attempt that read last, counted from 1; 0: none */
        unsigned misses;    /* frames without a label since */
};

struct decode_options {
        unsigned budget_ms; /* no new attempt begins after it */
        bool still; /* a photograph: look for further labels when one is found, try harder ones longer */
        bool qr;    /* look for QR codes, too */
        struct decode_state *state; /* of a camera's frames; NULL: everything is tried at once */
};

/* A frame of a camera must not hold up the next one; a photograph is taken once (scanning.md 8). */
static const struct decode_options decode_frame = { .budget_ms = 80 };
static const struct decode_options decode_still = { .budget_ms = 3000, .still = true };

struct decode_result {
        struct decoded code[DECODED_MAX]; /* each text once */
        size_t n;
        struct measure measure;
        size_t labels; /* how many of them pass label_check() */
};

/* -ENOMEM; finding nothing is no error. */
int decode(struct view picture, const struct decode_options *options, struct decode_result *ret);
