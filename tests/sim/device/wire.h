/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Just enough protobuf for a device: its own reader and writer, with the field numbers spelled where they
 * are used, so that a wrong number in proto/messages cannot agree with itself in the tests. Reading follows
 * nanopb as the firmware uses it: unknown fields are skipped, a known field of another wire type or beyond
 * its size makes the whole message bad. */

#include "proto/base/bytes.h"

/* writing: proto3, so zero and empty are left out. Errors of buf_append() (proto/base/bytes.h). */
int wire_put_uint(struct buf *out, unsigned field, uint64_t v);
int wire_put_int(struct buf *out, unsigned field, int64_t v);
int wire_put_fixed32(struct buf *out, unsigned field, uint32_t v);
int wire_put_bytes(struct buf *out, unsigned field, const void *data, size_t len);
int wire_put_text(struct buf *out, unsigned field, const char *text);

/* Written even if empty: a sub-message that is there. */
int wire_put_message(struct buf *out, unsigned field, const struct buf *body);

/* reading */
enum wire_kind {
        WIRE_UINT,    /* out: uint32_t */
        WIRE_BOOL,    /* out: bool */
        WIRE_BYTES,   /* out: struct wire_bytes; also text and sub-messages */
        WIRE_REPEATED /* not read, only checked to be length-delimited */
};

struct wire_bytes {
        const uint8_t *data;
        size_t len;
        bool present;
};

struct wire_field {
        unsigned number;
        enum wire_kind kind;
        size_t max; /* WIRE_BYTES: 0 = as long as it likes */
        void *out;  /* keeps its value if the field is missing; the last one counts */
};

/* -EBADMSG: not a protobuf, or a field that does not fit its description. */
int wire_read(const uint8_t *data, size_t len, const struct wire_field *fields, size_t n);
