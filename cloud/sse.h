/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Server-sent events: bytes in, events out. Pure. */

#include "proto/base/bytes.h"

enum {
        SSE_PENDING_MAX = 131072, /* bytes fed and not yet read: one line at the most, plus a chunk */
        SSE_DATA_MAX = 65536,     /* bytes of one event's data */
        SSE_NAME_MAX = 128,       /* an event's name, with the NUL; longer ones are cut */
};

struct sse {
        struct buf pending;  /* what was fed; ... */
        size_t read, looked; /* ... up to here it has been read, up to there it holds no further line end */
        struct buf data;     /* of the event that is coming */
        char name[SSE_NAME_MAX];
        bool skip_lf; /* the last line ended with CR: a LF that follows belongs to it */
        bool told;    /* data was given out: it goes with the next sse_next() */
};

struct sse_event {
        const char *name; /* "" = none given */
        const char *data; /* lines joined by LF; a NUL follows. Valid until the next sse_ call */
        size_t len;
};

void sse_init(struct sse *s);
void sse_done(struct sse *s);

/* -EMSGSIZE: a line or an event beyond the limits; the stream is of no use any more. -ENOMEM. */
int sse_feed(struct sse *s, const char *data, size_t len);

/* 1 and an event, 0 if more bytes are needed, -EMSGSIZE, -ENOMEM. Comments and events without data are
 * passed over, as the standard says. */
int sse_next(struct sse *s, struct sse_event *ret);
