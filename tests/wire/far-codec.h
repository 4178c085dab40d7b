/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The device's half of proto/codec.h: lists are written, secrets are read. */

#include "proto/base/secret.h"
#include <pb.h>

/* Encoding calls fill() for each of the n items at `items`, each `size` bytes long, to get the message,
 * which is no larger than CODEC_ITEM_MAX bytes. A negative result ends it. */
struct far_list {
        const pb_msgdesc_t *fields;
        const void *items;
        size_t n;
        size_t size;
        int (*fill)(const void *item, void *message); /* `message` is zeroed */
};

pb_callback_t far_encode_list(const struct far_list *list);

/* A string decoded straight into a new secret of at most `max` <= FAR_SECRET_MAX bytes, which the caller
 * frees in any case. */
enum { FAR_SECRET_MAX = 128 };

struct far_secret {
        struct secret *secret;
        size_t max;
};

pb_callback_t far_decode_secret(struct far_secret *to);
