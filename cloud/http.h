/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* HTTP for the cloud: requests as operations on one sd-event loop, all over one set of kept connections
 * (HTTP/2 where the server offers it). Knows nothing of the API: what a status means is cloud/error.h's
 * matter, trying again is cloud/call.h's. */

#include "proto/base/op.h"
#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        HTTP_BODY_MAX = 1 << 20,      /* bytes of an answer */
        HTTP_LIST_MAX = 4 << 20,      /* bytes of a device list */
        HTTP_CONNECT_MS = 15000,      /* name, TCP and TLS */
        HTTP_TIMEOUT_MS = 45000,      /* the server itself waits for devices: >= 40 s (cloud.md 1) */
        HTTP_STREAM_CHUNK_MAX = 65536 /* bytes of a stream that wait to be delivered */
};

struct http;
struct sd_event;

/* life */
struct http_config {
        struct sd_event *loop; /* outlives it */
        const char *ca_file;   /* NULL: the system's store */
        const char *proxy;     /* NULL: HTTPS_PROXY, NO_PROXY; never used for loopback */
        uint64_t connect_ms;   /* 0: HTTP_CONNECT_MS */
};

/* -ENOMEM, -EIO; -ELIBACC: libcurl is not installed; the errno of opening ca_file. */
int http_new(const struct http_config *config, struct http **ret);

/* Takes NULL, returns NULL. Its operations are freed before; it may be called from a callback. */
struct http *http_free(struct http *h);

DEFINE_CLEANUP(struct http *, http_free)

/* What a token may be sent to: https to anywhere, http to a loopback address; no user, query or fragment.
 * 0, or -EINVAL and FAULT_CONFIG; FAULT_INSTALLATION if there is no libcurl to judge it with. */
int http_url_check(const char *url, struct trouble *ret_trouble);

/* Where a file may be fetched from, without the token: https to anywhere, also with a query (signed
 * addresses); plain http to a loopback address if `plain`. 0, or -EINVAL and FAULT_CLOUD_ANSWER. */
int http_file_check(const char *url, bool plain, struct trouble *ret_trouble);

/* requests */
struct http_request {
        const char *method;                 /* "GET", "HEAD", ... */
        const char *url;                    /* http_url_check() holds for its scheme and host. Copied */
        const struct secret *authorization; /* the whole header line; NULL: none. Not copied: it stays valid
                                               until the operation is freed */
        const struct secret *body;          /* NULL: none. Not copied, as above */
        const char *content_type;           /* of the body; a static string */
        size_t body_max;                    /* bytes of the answer; 0: HTTP_BODY_MAX */
        uint64_t timeout_ms;                /* 0: HTTP_TIMEOUT_MS, for a stream no limit */
        bool once; /* the body is never sent a second time, not even when a kept connection turns out dead */

        /* A stream: the body of a 200 is handed over as it comes, the answer at the end has none. */
        void (*data)(void *userdata, const char *data, size_t len);
};

enum http_failure {
        HTTP_ANSWERED,  /* no failure: status and body count */
        HTTP_UNSENT,    /* no connection: the request has not left */
        HTTP_UNTRUSTED, /* the server's certificate is not accepted: nothing was sent */
        HTTP_LOST,      /* the connection broke: the request may have taken effect */
        HTTP_TIMED_OUT, /* no full answer in time: likewise */
        HTTP_GARBLED,   /* what came is not HTTP */
        HTTP_TOO_LARGE, /* the body is longer than body_max */
        HTTP_LOCAL,     /* out of memory or another error of our own */
};

/* Valid during the callback only; the body is wiped after it. */
struct http_reply {
        enum http_failure failure;
        const char *cause; /* the failure in words; "" for none */
        int status;        /* 0 = no answer */
        const char *body;  /* a NUL follows; "" if there is none */
        size_t len;
        const char *content_type; /* "" = not said, like the next two */
        const char *request_id;
        const char *location; /* of a redirect, which is never followed */
        unsigned retry_after_s;
        int64_t date_s;    /* the server's clock, seconds since 1970; 0 = not said, or not readable */
        unsigned connects; /* new connections made for this request: 0 = a kept one was used */
        bool withheld;     /* its texts decide what is meant, and are not told (mask.h) */
};

typedef void (*http_fn)(void *userdata, const struct http_reply *reply);

/* 0, -EINVAL, -ENOMEM. */
int http_start(struct http *h, const struct http_request *request, http_fn done, void *userdata,
               struct op **ret);
