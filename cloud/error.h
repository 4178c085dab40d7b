/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What went wrong with the cloud: one struct for every verb, and the pure half that makes it - the message
 * that an error body holds, and the table that turns endpoint, status and message into a fault. */

#include "proto/base/fault.h"
#include <stdbool.h>
#include <stddef.h>

/* How a verb ended. Never NULL in a callback; its pointers are valid during the callback only. */
struct cloud_error {
        enum fault fault;  /* FAULT_NONE: it worked, and the verb's result counts */
        const char *cause; /* in words for a person, never with a secret; NULL if there is nothing to add */
        int status;        /* HTTP; 0 = no answer came */
        const char *request_id; /* X-Request-Id of the answer, for the vendor's support; or NULL. The cause
                                   names it too */
        unsigned retry_after_s; /* what the cloud asked for; 0 = it did not */
        bool unsure;            /* the request may have taken effect: read the state before doing it again */
};
