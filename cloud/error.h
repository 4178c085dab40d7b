/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What went wrong with the cloud: one struct for every verb, and the pure half that makes it - the message
 * that an error body holds, and the table that turns endpoint, status and message into a fault. */

#include "cloud/http.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stddef.h>

/* How a verb ended. Never NULL in a callback; its pointers are valid during the callback only. */
struct cloud_error {
        struct trouble trouble; /* FAULT_NONE: it worked, and the verb's result counts */
        int status;             /* HTTP; 0 = no answer came */
        const char *request_id; /* X-Request-Id of the answer, for the vendor's support; or NULL. The cause
                                   names it too */
        unsigned retry_after_s; /* what the cloud asked for; 0 = it did not */
        bool unsure;            /* the request may have taken effect: read the state before doing it again */
};

/* messages */
enum { CLOUD_MESSAGE_MAX = 200 /* bytes, with the NUL */ };

enum cloud_shape { SHAPE_EMPTY = 1, SHAPE_JSON = 2, SHAPE_HTML = 4, SHAPE_TEXT = 8, SHAPE_BROKEN_JSON = 16 };

struct cloud_message {
        enum cloud_shape shape;
        bool ok_false;                /* "ok":false, whatever the status */
        char code[64];                /* "error" when it is one word: invalid_grant, mfa_required; else "" */
        char text[CLOUD_MESSAGE_MAX]; /* printable UTF-8 on one line; "" if the body says nothing */
};

/* Reads a body in the order error_description, error, err, errors[], info (cloud.md 1).
 * Whatever the bytes are, the result is filled. */
void cloud_message_read(const char *body, size_t len, struct cloud_message *ret);

/* judging */
enum cloud_endpoint {
        ENDPOINT_SIGN_IN,
        ENDPOINT_ACCOUNT,
        ENDPOINT_SERIAL,
        ENDPOINT_DEVICE,
        ENDPOINT_CLAIM_CODE,
        ENDPOINT_CLAIM,
        ENDPOINT_PRODUCT,
        ENDPOINT_CUSTOMER,
        ENDPOINT_SIM,
        ENDPOINT_SIM_CHANGE,
        ENDPOINT_EVENTS,
        ENDPOINT_FIRMWARE,
        _ENDPOINT_MAX,
};

/* What an HTTP reply of that endpoint means: no trouble for a 2xx that does not say "ok":false. */
void cloud_judge(enum cloud_endpoint endpoint, const struct http_reply *reply, struct trouble *ret);
