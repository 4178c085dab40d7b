/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The cloud's rate limits (cloud.md 1) and the counters by which a test shows that a client kept them. */

#include "tests/sim/cloud/machine.h"

enum rate {
        RATE_NONE,          /* the lab's own routes are not counted */
        RATE_ANY,           /* 10 000 in 5 minutes for an address: every route counts here too */
        RATE_SIGN_IN,       /* 100 in 5 minutes for an address */
        RATE_ACCESS_TOKENS, /* 100 in 5 minutes for an address */
        RATE_STREAM,        /* 100 opened in 5 minutes for an address */
        RATE_SERIAL,        /* 50 in an hour for a user */
        _RATE_MAX,
};

int limits_new(struct limits **ret);
struct limits *limits_free(struct limits *l);

/* Counts one request of this class by `key` (address or user). -EBUSY: over the limit; *ret_wait_s is then
 * when it will be allowed again. Refused requests do not count against the window. */
int limits_take(struct vcloud *c, enum rate rate, const char *key, uint64_t *ret_wait_s);

/* Ten failed sign-ins in a row block an address for 30 minutes. */
bool limits_blocked(struct vcloud *c, const char *peer);
int limits_sign_in(struct vcloud *c, const char *peer, bool success);

/* Notes an answered request for GET /sim/requests. */
int limits_note(struct vcloud *c, const char *method, const char *pattern, const char *device,
                unsigned status);

/* {"total":n,"routes":{...},"devices":{...},"classes":{...}}; `reset` starts counting anew. */
json_t *limits_report(struct vcloud *c, bool reset);
