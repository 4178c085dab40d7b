/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What calls know of the client. */

#include "cloud/budget.h"
#include "cloud/client.h"
#include "cloud/http.h"
#include <jansson.h>

struct cloud_client {
        struct sd_event *loop;
        struct http *http;
        char *url;                    /* without a slash at the end */
        struct secret *authorization; /* "Authorization: Bearer ..."; NULL: signing in only */
        struct secret *token;         /* the end of it */
        uint64_t patience_ms;
        bool reached;       /* a connection to the server has been made */
        char *serials_file; /* NULL: none */
        struct budget budget;
        unsigned sign_in_failures; /* wrong tries in a row */
        json_t *token_info;        /* what the cloud said of the token; NULL: nothing yet */
        uint64_t token_info_ms;    /* by timer_now_ms(): when */
        uint64_t serials_again_ms; /* by timer_now_ms(): no lookup makes sense before; 0 = they do */
};
