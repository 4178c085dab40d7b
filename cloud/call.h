/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the client: one call = one request with its rate budget, its repetitions and its verdict. Every
 * verb builds a call and gives a function that reads the reply into the verb's own result. */

#include "cloud/client-private.h"
#include "cloud/json.h"
#include "cloud/retry.h"
#include "proto/base/bytes.h"

/* Any typed done function on its way through the call; the verb's reader casts it back. */
typedef void (*call_done_fn)(void);

/* What a reader gets. It calls done exactly once, as the last thing it does: the call may be gone after it.
 * Everything here lives on the stack of the caller. */
struct call_end {
        struct cloud_error *error; /* a reader that cannot make sense of the reply: call_end_unreadable() */
        const struct http_reply *reply;
        const json_t *json;        /* NULL: the fault says why, or there was no JSON */
        const char *subject;       /* of the request; "" = none */
        const struct secret *sent; /* the request's body; NULL: none */
        struct cloud_client *client;
        call_done_fn done;
        void *userdata;
};

typedef void (*call_read_fn)(struct call_end *end);

struct call_request {
        const char *method;
        enum cloud_endpoint endpoint;
        enum retry_kind retry;
        enum budget_class budget;
        size_t body_max;                 /* 0: HTTP_BODY_MAX */
        bool anonymous;                  /* without the token */
        const char *content_type;        /* of the body; NULL: JSON */
        struct secret **body;            /* NULL: none; taken over */
        const struct secret *secrets[3]; /* what of body and path is secret; copied. The token is known */
        const char *subject; /* device id, ICCID or serial number that it is about; NULL: none. Copied */
        call_read_fn read;
};

/* Starts the call; path is what url_format() takes, appended to the client's URL. 0, -ENOMEM, -EINVAL. */
int call_start(struct cloud_client *c, const struct call_request *request, call_done_fn done, void *userdata,
               struct op **ret, const char *path, ...) __attribute__((format(printf, 6, 7)));

/* A call that is not made: the reader gets this trouble at the next turn of the loop, and how long it takes
 * until it would make sense (0: it does not say). */
int call_refuse(struct cloud_client *c, const struct call_request *request, call_done_fn done,
                void *userdata, struct op **ret, const struct trouble *why, uint64_t wait_ms);

/* A call that is not made because the answer is known: the reader gets it as if it had come with HTTP 200.
 */
int call_known(struct cloud_client *c, const struct call_request *request, call_done_fn done, void *userdata,
               struct op **ret, json_t *answer);

/* The reader of verbs whose done is a cloud_done_fn. */
void call_read_done(struct call_end *end);

/* json_pack()ed object -> body. Takes the reference over, also on failure; NULL is -ENOMEM. */
int call_json_body(json_t *object, struct secret **ret);

/* Turns the end into FAULT_CLOUD_ANSWER: what came is not what this endpoint says. */
void call_end_unreadable(struct call_end *end);
