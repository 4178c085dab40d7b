/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The virtual Particle device cloud as a machine without network: a request goes in, an answer comes out.
 * Behind http.c it is `usher-sim cloud`; linked into a fast test it runs on the virtual clock. Its behaviour
 * is that of cloud.md 1-8; shapes recorded from the real cloud are byte for byte the same.
 *
 * Time comes from proto/base/timer.h alone, plus an offset that vcloud_advance() moves, so that a claim
 * code expires in a test within a microsecond. */

#include "proto/base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vcloud;
struct sd_event;
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

#define VCLOUD_MAX_BODY (4u * 1024 * 1024) /* of a request; beyond it 413 */

/* life: `loop` is what its timers wait on, and outlives it. `seed` is a JSON document as
 * tests/sim/cloud/README.md describes it, NULL for the default account. -EINVAL: the seed is wrong, and
 * *ret_why (owned by the caller) says where and what to write instead. */
int vcloud_new(struct sd_event *loop, const char *seed, char **ret_why, struct vcloud **ret);
struct vcloud *vcloud_free(struct vcloud *c);
DEFINE_CLEANUP(struct vcloud *, vcloud_free)

/* Answers one request. 0 whatever the status is; -ENOMEM, and -EINVAL for a request without method or
 * path. */
int vcloud_handle(struct vcloud *c, const struct vcloud_request *q, struct vcloud_reply *ret);
void vcloud_reply_done(struct vcloud_reply *r);

/* The value of one header of the answer, in any spelling; NULL if it has none. */
const char *vcloud_reply_header(const struct vcloud_reply *r, const char *name);

/* state: the whole registry in the seed's own format, secrets included. */
int vcloud_dump(struct vcloud *c, char **ret);

/* True once after something changed that vcloud_dump() would show. */
bool vcloud_take_changed(struct vcloud *c);

/* The address under which clients reach this cloud ("http://127.0.0.1:1234"), for the links in answers. */
int vcloud_set_base_url(struct vcloud *c, const char *url);

/* time */
void vcloud_advance(struct vcloud *c, uint64_t ms);

/* "METHOD PATHPREFIX KIND[,key=value]...", as tests/sim/cloud/README.md lists them. -EINVAL with *ret_why.
 */
int vcloud_add_fault(struct vcloud *c, const char *rule, char **ret_why);

/* event streams. Bytes are read as they come; -EAGAIN: none now; -EPIPE: the stream ended in order;
 * -ECONNRESET: it was cut. */
int vcloud_stream_read(struct vcloud_stream *s, void *buf, size_t size, size_t *ret_len);

/* Calls ready(userdata) from inside the machine whenever bytes arrive or the stream ends. It must not free
 * the stream. */
void vcloud_stream_watch(struct vcloud_stream *s, void (*ready)(void *userdata), void *userdata);
struct vcloud_stream *vcloud_stream_free(struct vcloud_stream *s);
DEFINE_CLEANUP(struct vcloud_stream *, vcloud_stream_free)
