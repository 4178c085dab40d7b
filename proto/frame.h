/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where a frame begins and ends in the byte stream of a link. Two kinds share the u16 LE length in front:
 * handshake messages (length + payload, at most 512 bytes) and session frames (length + header, payload and
 * tag). Notifications cut both anywhere. */

#include "proto/base/bytes.h"

/* One handshake message after the other, byte by byte if need be. */
enum { FRAME_HANDSHAKE_MAX = 512 };

struct frame_reader {
        uint8_t header[2];
        size_t header_len;
        size_t payload_len; /* known once the header is complete */
        struct buf payload;
};

void frame_reader_init(struct frame_reader *r);
void frame_reader_done(struct frame_reader *r);

/* Takes bytes up to the end of the current message and says how many in *ret_used. 1: the message in
 * r->payload is complete, frame_reader_next() makes room for the next one; 0: more is needed; -EBADMSG:
 * length 0 or > 512 (device.md 3.4); -ENOMEM. */
int frame_reader_feed(struct frame_reader *r, const uint8_t *data, size_t len, size_t *ret_used);
void frame_reader_next(struct frame_reader *r);

/* Session frames: length + `overhead` bytes + payload. Zero bytes in front may be padding (device.md 3.4),
 * or the length field of an empty frame, or the low byte of a length that is a multiple of 256. So each of
 * the leading zero bytes, and the byte behind them, is a place where the frame may begin: 0 ..
 * frame_places()
 * - 1. More than FRAME_PADDING_MAX zero bytes: no more places than that. */
enum { FRAME_PADDING_MAX = 256 };

size_t frame_places(const uint8_t *data, size_t len);

/* The size of the whole frame that begins at `place`, or 0 while it is incomplete. */
size_t frame_size(const uint8_t *data, size_t len, size_t place, size_t overhead);
