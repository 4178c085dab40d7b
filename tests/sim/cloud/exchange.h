/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One request to the virtual cloud, its answer, what it sets, and the stream of events that an answer may go
 * on as. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vcloud_stream;

struct vcloud_header {
        const char *name;
        const char *value;
};

struct vcloud_request {
        const char *method; /* "GET" */
        const char *path;   /* as sent: percent-encoded, without the query */
        const char *query;  /* what follows '?'; NULL if nothing does */
        const struct vcloud_header *header;
        size_t n_headers;
        const void *body;
        size_t len;
        const char *peer; /* address that limits count by; NULL = "127.0.0.1" */
};

/* How the bytes of the answer travel: the faults that lie below HTTP. */
enum vcloud_wire {
        VCLOUD_WIRE_PLAIN,
        VCLOUD_WIRE_DRIP,   /* one byte every `drip_ms` */
        VCLOUD_WIRE_CUT,    /* the full length is announced, half is sent, then the connection closes */
        VCLOUD_WIRE_CLOSE,  /* closed in order, without an answer */
        VCLOUD_WIRE_RESET,  /* TCP reset, without an answer */
        VCLOUD_WIRE_SILENT, /* no answer ever */
};

#define VCLOUD_MAX_HEADERS 8

struct vcloud_reply {
        unsigned status;
        struct vcloud_header header[VCLOUD_MAX_HEADERS]; /* owned */
        size_t n_headers;
        char *body; /* owned; a NUL follows the len bytes; NULL if len is 0 */
        size_t len;
        uint32_t delay_ms; /* when the answer leaves */
        enum vcloud_wire wire;
        uint32_t drip_ms;
        struct vcloud_stream *stream; /* owned; the body goes on for as long as this does */
};

void vcloud_reply_done(struct vcloud_reply *r);

/* The value of one header of the answer, in any spelling; NULL if it has none. */
const char *vcloud_reply_header(const struct vcloud_reply *r, const char *name);

/* What was set, and what was asked for but was so before. The words are usher-sim(1)'s. */
struct vcloud_effect {
        const char *name;   /* "claimed" */
        const char *serial; /* the device's, its id if nobody told a serial number; NULL: no one device */
        const char *to;     /* "lab@example.com"; NULL: nothing to say */
        bool changed;
};

/* event streams. Bytes are read as they come; -EAGAIN: none now; -EPIPE: the stream ended in order;
 * -ECONNRESET: it was cut. */
int vcloud_stream_read(struct vcloud_stream *s, void *buf, size_t size, size_t *ret_len);

/* Calls ready(userdata) from inside the machine whenever bytes arrive or the stream ends. It must not free
 * the stream. */
void vcloud_stream_watch(struct vcloud_stream *s, void (*ready)(void *userdata), void *userdata);
struct vcloud_stream *vcloud_stream_free(struct vcloud_stream *s);
DEFINE_CLEANUP(struct vcloud_stream *, vcloud_stream_free)
