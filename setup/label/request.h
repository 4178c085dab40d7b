/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What usher-decode is asked for: one short message with one descriptor, and what that is. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        REQUEST_SIZE = 14,
        REQUEST_STILL_MS = 3000, /* a photograph is taken once (scanning.md 8) */
        REQUEST_FRAME_MS = 80,   /* a frame must not hold up the next one (scanning.md 8) */
};

enum request_kind {
        REQUEST_PICTURE, /* a file of any format, read from where it stands to its end; a FIFO, too */
        REQUEST_FRAME,   /* grey bytes, from the first byte of the file on */
};

struct request {
        enum request_kind kind;
        bool qr;                        /* look for QR codes, too */
        bool still;                     /* a photograph: look for further labels, try harder */
        unsigned budget_ms;             /* for decoding, to 65535: no new attempt begins after it */
        unsigned width, height, stride; /* of a frame, in bytes; 0 of a picture */
};

/* The whole file of a frame; of a picture 0. */
size_t request_bytes(const struct request *r);

/* Whether it can be put into a message, and a frame is within the limits of image.h. */
bool request_is_sound(const struct request *r);

void request_put(const struct request *r, uint8_t ret[static REQUEST_SIZE]);

/* -EBADMSG unless every byte is in order and the request sound. */
int request_parse(const uint8_t *data, size_t len, struct request *ret);
