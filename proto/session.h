/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The encrypted session, both roles: EC-JPAKE handshake, key confirmation, then AES-128-CCM frames
 * (device.md 0). Sans-IO: bytes in, bytes out. Frames of the handshake are u16 LE length +
 * payload; the session keeps its own incremental decoder, so bytes may arrive cut anywhere. */

#include "proto/base/bytes.h"
#include "proto/base/secret.h"
#include "proto/ecjpake.h"
#include <stdint.h>

enum session_role {
        SESSION_CLIENT,
        SESSION_DEVICE,
};

enum session_state {
        SESSION_HANDSHAKE,
        SESSION_OPEN,
        SESSION_FAILED,
};

struct session;

/* `mobile_secret` is the password (the sticker's bytes as they are); it is copied into guarded memory.
 * scalars NULL = random, given only by known-answer tests. -EINVAL: the secret is empty, zero or longer than
 * ECJPAKE_PASSWORD_MAX. */
int session_new(enum session_role role, const struct secret *mobile_secret,
                const struct ecjpake_scalars *scalars, struct session **ret);
struct session *session_free(struct session *s);
DEFINE_CLEANUP(struct session *, session_free)

enum session_state session_state(const struct session *s);

/* Handshake. The client's first message is there after session_new(); the client's round 2 and confirmation
 * come out together. Takes as many bytes as belong to the handshake and says how many in *ret_used: what
 * follows the last handshake byte belongs to session frames. -EBADMSG: length 0 or > 512, undecodable point,
 * failed proof;  -EKEYREJECTED: confirmation wrong (device role: the client has another secret; the client
 * normally sees the link drop instead).  The session is then FAILED, and every further call returns the same
 * error. */
int session_feed(struct session *s, const uint8_t *data, size_t len, size_t *ret_used);

/* Moves what is to be sent to the end of `out` (nothing: 0 bytes). */
int session_take(struct session *s, struct buf *out);

/* Open session. A client seals requests and opens replies, a device the other way round; each direction has
 * its own message counter. Frames: u16 LE payload size || CCM(6-byte header || payload) || 8-byte tag. */

/* header of a request: id, type;  of a reply: id, result */
struct session_header {
        uint16_t id;
        uint16_t type;
        int32_t result;
};

enum { SESSION_FRAME_OVERHEAD = 16, SESSION_MAX_PAYLOAD = 65535 };

/* Appends one sealed frame to `out`. -EMSGSIZE beyond 65535 bytes of payload, -ENOTCONN unless open. */
int session_seal(struct session *s, const struct session_header *header, const uint8_t *payload, size_t len,
                 struct buf *out);

/* Opens the first frame of `data`: -EAGAIN if it is not complete yet, -EBADMSG if it does not authenticate
 * (the session is then FAILED), -ENOTCONN unless open. A client skips up to FRAME_PADDING_MAX zero bytes in
 * front of a frame (padding of firmware before 5.1.0, device.md 3.4). On success *ret_used bytes are spent
 * and the payload is in `ret_payload` (appended). */
int session_open(struct session *s, const uint8_t *data, size_t len, struct session_header *ret_header,
                 struct buf *ret_payload, size_t *ret_used);
