/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of http: what the multi handle on its loop (http.c) and one request (http-request.c) know of each
 * other. */

#include "cloud/http-curl.h"
#include "cloud/http.h"
#include "proto/base/bytes.h"
#include <systemd/sd-event.h>

struct http {
        CURLM *multi;
        sd_event *loop;
        sd_event_source *timer, *drain;
        struct http_op *ready; /* to be delivered, in order */
        char *ca_file, *proxy;
        uint64_t connect_ms;
};

struct http_op {
        struct op op;
        struct http *http;
        struct http_op *next; /* on the ready list */
        bool queued, added, finished, too_large, no_memory, paused;
        CURL *easy;
        CURLcode code;
        char error[CURL_ERROR_SIZE];
        struct curl_slist headers[5];
        char content_type[64];
        const struct secret *body;
        size_t sent; /* bytes of the body given to curl */
        struct buf answer;
        void (*data)(void *userdata, const char *data, size_t len);
        http_fn done;
        void *userdata;
};

/* The request has something for its owner, or has it no more. Ready ones are delivered one per turn of the
 * loop, in order. */
void http_ready_add(struct http_op *o);
void http_ready_remove(struct http_op *o);

/* Calls the owner, who may free the operation. */
void http_op_deliver(struct http_op *o);
