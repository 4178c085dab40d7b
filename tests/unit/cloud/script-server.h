/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A web server that does as it is told, on 127.0.0.1 and the default sd-event loop: the nth request it gets,
 * over whichever connection, is met with the nth act. */

#include <stdbool.h>
#include <stddef.h>

enum act_end {
        ACT_KEEP,  /* the connection stays for the next request */
        ACT_CLOSE, /* FIN after the answer */
        ACT_RESET, /* RST after the answer */
        ACT_STALL, /* nothing more ever comes */
        ACT_DRIP,  /* the answer comes one byte every 20 ms, then the connection stays */
};

struct act {
        const char *answer; /* raw bytes, status line and all */
        enum act_end end;
        size_t filler; /* bytes of 'x' that follow the answer */
};

struct script_server;
struct sd_event;

int script_server_new(struct sd_event *loop, const struct act *acts, size_t n, struct script_server **ret);
struct script_server *script_server_free(struct script_server *s);

/* "http://127.0.0.1:PORT" */
const char *script_server_url(const struct script_server *s);

size_t script_server_connections(const struct script_server *s);
size_t script_server_requests(const struct script_server *s);

/* The raw text of the nth request, from 0. */
const char *script_server_request(const struct script_server *s, size_t n);
