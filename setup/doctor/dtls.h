/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Just enough DTLS 1.2 to ask "is the device cloud there?": a ClientHello without a cookie, which a server
 * answers statelessly with a HelloVerifyRequest (RFC 6347, 4.2.1). Pure bytes; nothing is negotiated and no
 * key is used. */

#include "proto/base/bytes.h"

enum { DTLS_HELLO_MAX = 256, DTLS_ANSWER_MAX = 1500 };

/* Appends one datagram. The offer is that of a device: ECDHE_ECDSA with AES-CCM-8 on P-256, raw public keys.
 */
int dtls_client_hello(const uint8_t random[static 32], struct buf *out);

enum dtls_answer {
        DTLS_NOT_DTLS,     /* something else answers on this port */
        DTLS_HELLO_VERIFY, /* a DTLS server that asks for the cookie: the cloud is there */
        DTLS_OTHER,        /* an alert or another handshake message: a DTLS server all the same */
};

/* What one datagram is. */
enum dtls_answer dtls_answer_kind(const uint8_t *data, size_t len);
