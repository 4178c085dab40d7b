/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* EC-JPAKE on P-256 with SHA-256, both roles, in the wire format that TLS gave it and Device OS speaks
 * (device.md 0): the client is "client", the device "server". */

#include "proto/base/bytes.h"

enum ecjpake_role {
        ECJPAKE_CLIENT,
        ECJPAKE_SERVER,
};

enum { ECJPAKE_SECRET_LEN = 32, ECJPAKE_PASSWORD_MAX = 31 };

/* The five scalars of one side, big-endian, 1..n-1: two private keys with the nonces of their proofs, and
 * the nonce of the second round's proof. */
struct ecjpake_scalars {
        uint8_t x1[32], v1[32], x2[32], v2[32], v3[32];
};

struct ecjpake;

/* scalars NULL = random, the only way outside known-answer tests. -EINVAL: password empty, zero or longer
 * than ECJPAKE_PASSWORD_MAX, or a scalar out of range. -EIO: libcrypto failed (from every function here). */
int ecjpake_new(enum ecjpake_role role, const uint8_t *password, size_t password_len,
                const struct ecjpake_scalars *scalars, struct ecjpake **ret);
struct ecjpake *ecjpake_free(struct ecjpake *j);
DEFINE_CLEANUP(struct ecjpake *, ecjpake_free)

/* The two messages of each side. Round 2 is written and read after the peer's round 1 was read (-EINVAL).
 * Writers append to `out`. Readers take a whole message; -EBADMSG: not well-formed, a point that is not on
 * the curve or at infinity, or a proof that does not hold. */
int ecjpake_write_round1(struct ecjpake *j, struct buf *out);
int ecjpake_read_round1(struct ecjpake *j, const uint8_t *data, size_t len);
int ecjpake_write_round2(struct ecjpake *j, struct buf *out);
int ecjpake_read_round2(struct ecjpake *j, const uint8_t *data, size_t len);

/* The shared secret, after the peer's round 2: SHA-256 of the shared point's x coordinate. Both sides have
 * the same one only if they know the same password, which nothing before has shown: confirm it. */
int ecjpake_derive(struct ecjpake *j, uint8_t ret_secret[static ECJPAKE_SECRET_LEN]);
