/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Every body of message.h and far-message.h: an example of its bytes and a way to read and write it again.
 * The examples were written by the vendor's own library (@particle/device-os-protobuf 2.9.0). */

#include "proto/base/bytes.h"

struct body {
        const char *name; /* of the functions behind message_encode_ and message_decode_ */
        const char *hex;

        /* Decodes `data` and appends what it says, encoded again, to `out`. The decoder's error, or a
         * negative errno of the encoder with 1000 taken off: whatever can be read can be written. */
        int (*again)(const uint8_t *data, size_t len, struct buf *out);
};

enum { BODY_ENCODER = 1000 };

extern const struct body bodies[];
extern const size_t n_bodies;
