/* SPDX-License-Identifier: Apache-2.0 */

/* A ClientHello written out byte by byte instead of a TLS library's: the probe must leave after the first
 * answer, and a library would go on with a handshake for which the gateway has no device key. */

#include "setup/doctor/dtls.h"
#include <errno.h>

enum {
        RECORD_ALERT = 21,
        RECORD_HANDSHAKE = 22,
        HANDSHAKE_HELLO_VERIFY = 3,
        RECORD_HEADER = 13,
        HANDSHAKE_HEADER = 12,
        VERSION_MAJOR = 254, /* DTLS 1.x; 1.2 is 254.253, 1.0 is 254.255 */
};

/* session id and cookie empty, cipher suites, compression, extensions */
static const uint8_t offer[] = {
        0,    0, /* session id, cookie */
        0,    6,  0xc0, 0xae, 0xc0, 0x2b, 0xc0,
        0x23,     /* ECDHE-ECDSA: AES128-CCM8, AES128-GCM, AES128-CBC-SHA256 */
        1,    0,  /* no compression */
        0,    36, /* extensions */
        0,    10, 0,    4,    0,    2,    0,
        23,                            /* supported groups: P-256 */
        0,    11, 0,    2,    1,    0, /* point formats: uncompressed */
        0,    13, 0,    4,    0,    2,    4,
        3,                                   /* signature: ECDSA with SHA-256 */
        0,    19, 0,    3,    2,    2,    0, /* client certificate: raw public key, X.509 */
        0,    20, 0,    3,    2,    2,    0, /* server certificate: likewise */
};

int dtls_client_hello(const uint8_t random[static 32], struct buf *out)
{
        const uint8_t body_len = 2 + 32 + sizeof(offer);
        const uint8_t head[] = {
                RECORD_HANDSHAKE,
                VERSION_MAJOR,
                253,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                HANDSHAKE_HEADER + body_len,
                1 /* ClientHello */,
                0,
                0,
                body_len,
                0,
                0 /* sequence */,
                0,
                0,
                0 /* offset */,
                0,
                0,
                body_len,
                VERSION_MAJOR,
                253,
        };
        int r;

        r = buf_reserve(out, sizeof(head) + 32 + sizeof(offer));
        if (r < 0)
                return r;
        (void)buf_append(out, head, sizeof(head));
        (void)buf_append(out, random, 32);
        (void)buf_append(out, offer, sizeof(offer));
        return 0;
}

enum dtls_answer dtls_answer_kind(const uint8_t *data, size_t len)
{
        size_t record_len;

        if (len < RECORD_HEADER || data[1] != VERSION_MAJOR || (data[2] != 253 && data[2] != 255))
                return DTLS_NOT_DTLS;
        record_len = (size_t)data[11] << 8 | data[12];
        if (record_len == 0 || record_len > len - RECORD_HEADER)
                return DTLS_NOT_DTLS;
        if (data[0] == RECORD_ALERT)
                return record_len == 2 ? DTLS_OTHER : DTLS_NOT_DTLS;
        if (data[0] != RECORD_HANDSHAKE || record_len < HANDSHAKE_HEADER)
                return DTLS_NOT_DTLS;
        return data[RECORD_HEADER] == HANDSHAKE_HELLO_VERIFY ? DTLS_HELLO_VERIFY : DTLS_OTHER;
}
