/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* cloud/http.h without a network: a test lays out the requests it expects, in order, and what each is
 * answered; answers come through timer.h, so the virtual clock drives everything. A request that is not the
 * expected one fails the test. */

#include "cloud/http.h"

struct fake_row {
        const char *method;
        const char *path;   /* without https://cloud.test */
        const char *body;   /* of the request; NULL: none */
        int status;         /* of the answer */
        const char *answer; /* its body; NULL: "" */
        enum http_failure failure;
        unsigned retry_after_s;
        uint64_t after_ms; /* how long the cloud takes; FAKE_NEVER: it stays silent */
        const char *request_id;
        bool once;      /* the request must be marked so */
        bool anonymous; /* no token must be sent */
};

#define FAKE_NEVER UINT64_MAX
#define FAKE_URL   "https://cloud.test"

/* The rows stay the test's. Forgets what was before. */
void fake_http_script(const struct fake_row *rows, size_t n);

/* Requests made since. */
size_t fake_http_made(void);

/* When the last one was made, by timer_now_ms(). */
uint64_t fake_http_last_ms(void);

/* Operations that were started and not freed. */
size_t fake_http_open(void);

/* For a stream: hands over bytes as the body of its answer; false if there is no stream open. */
bool fake_http_stream(const char *data);

/* Ends the open stream with a failure, or with status 200 for HTTP_ANSWERED. */
void fake_http_stream_end(enum http_failure failure);
