/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Known answers of the session (session.json), made with an independent implementation: the handshake with
 * every random scalar given, and frames of both directions. */

#include "proto/base/bytes.h"
#include "proto/ecjpake.h"
#include <stdbool.h>

enum { VECTOR_CASES_MAX = 8, VECTOR_FRAMES_MAX = 8, VECTOR_BLOB_MAX = 512 };

struct blob {
        uint8_t data[VECTOR_BLOB_MAX];
        size_t len;
};

struct vector_frame {
        uint32_t counter;
        uint16_t id;
        uint16_t type;  /* of a request */
        int32_t result; /* of a reply */
        struct blob payload, frame;
};

struct vector {
        struct blob mobile_secret;
        struct ecjpake_scalars client, device;
        struct blob client_round1, device_round1, device_round2, client_round2, client_confirm,
                device_confirm;
        struct blob shared_secret;
        struct vector_frame requests[VECTOR_FRAMES_MAX], replies[VECTOR_FRAMES_MAX];
        size_t n_requests, n_replies;
};

/* All cases of the file; exits with a message if it cannot be read. Returns how many. */
size_t vectors_load(struct vector ret[static VECTOR_CASES_MAX]);
