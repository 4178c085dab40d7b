/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* When to ask again: the retry matrix of cloud.md 1. Pure. */

#include "cloud/http.h"

enum retry_kind {
        RETRY_FREELY,    /* repeating does no harm: GET, PUT of a value, DELETE, claim codes */
        RETRY_UNLIMITED, /* as freely, but no limit of requests is waited for */
        RETRY_UNTOUCHED, /* only if the request cannot have taken effect: claims, SIM changes */
        RETRY_UNSENT,    /* only if nothing was said at all: signing in, where wrong tries add up to a block
                          */
};

/* Is it worth asking again, and after how long? `tries` counts the requests made so far (>= 1); `random` is
 * any number, it spreads the pauses. */
bool retry_wanted(enum retry_kind kind, const struct http_reply *reply, unsigned tries, uint32_t random,
                  uint64_t *ret_pause_ms);

/* The request may have taken effect, but the reply does not tell. */
bool retry_unsure(enum retry_kind kind, const struct http_reply *reply);
