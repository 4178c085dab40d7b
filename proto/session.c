/* SPDX-License-Identifier: Apache-2.0 */

/* The session of both roles. A handshake is a list of messages that goes one way or the other; each is added
 * to the transcript when it is sent or taken, so the key confirmation needs no copy of them. Everything
 * secret is inside one block of guarded memory. */

#include "proto/session.h"
#include "proto/ccm.h"
#include "proto/frame.h"
#include <errno.h>
#include <sodium.h>

enum {
        HEADER_LEN = 6,  /* u16 id, then u16 type and u16 0, or i32 result */
        LENGTH_LEN = 2,  /* in clear, authenticated */
        FIXED_NONCE = 8, /* behind the u32 LE counter */
        CONFIRM_LEN = crypto_auth_hmacsha256_BYTES,
        OUT_MAX = 4 * (LENGTH_LEN + FRAME_HANDSHAKE_MAX),
};

static const uint32_t reply_bit = UINT32_C(1) << 31;

/* what the peer sends next */
enum step {
        STEP_ROUND1,
        STEP_ROUND2,
        STEP_CONFIRM,
};

struct session {
        enum session_role role;
        enum session_state state;
        enum step step;
        int error; /* why FAILED */
        struct ecjpake *jpake;
        crypto_hash_sha256_state transcript;
        uint8_t secret[ECJPAKE_SECRET_LEN]; /* key, the client's fixed nonce, the device's */
        struct frame_reader reader;
        struct buf out;
        uint32_t sealed, opened; /* message counters */
};

/* handshake */

static int send_message(struct session *s, const uint8_t *payload, size_t len)
{
        int r;

        crypto_hash_sha256_update(&s->transcript, payload, len);
        r = buf_append_le16(&s->out, (uint16_t)len);
        return r < 0 ? r : buf_append(&s->out, payload, len);
}

static int send_round(struct session *s, int (*write)(struct ecjpake *, struct buf *))
{
        _cleanup_(buf_done) struct buf payload = buf_init(FRAME_HANDSHAKE_MAX);
        int r;

        r = write(s->jpake, &payload);
        return r < 0 ? r : send_message(s, payload.data, payload.len);
}

/* HMAC(SHA-256(secret, "JPAKE_KC"), "KC_1_U", sender, receiver, hash of what was said so far) */
static void confirmation(const struct session *s, enum session_role sender, uint8_t ret[static CONFIRM_LEN])
{
        const char *order = sender == SESSION_CLIENT ? "KC_1_Uclientserver" : "KC_1_Userverclient";
        crypto_hash_sha256_state said = s->transcript, key_state;
        crypto_auth_hmacsha256_state mac;
        uint8_t hash[crypto_hash_sha256_BYTES], key[crypto_hash_sha256_BYTES];

        crypto_hash_sha256_final(&said, hash);
        crypto_hash_sha256_init(&key_state);
        crypto_hash_sha256_update(&key_state, s->secret, sizeof(s->secret));
        crypto_hash_sha256_update(&key_state, (const uint8_t *)"JPAKE_KC", 8);
        crypto_hash_sha256_final(&key_state, key);
        crypto_auth_hmacsha256_init(&mac, key, sizeof(key));
        crypto_auth_hmacsha256_update(&mac, (const uint8_t *)order, strlen(order));
        crypto_auth_hmacsha256_update(&mac, hash, sizeof(hash));
        crypto_auth_hmacsha256_final(&mac, ret);
        sodium_memzero(key, sizeof(key));
        sodium_memzero(&key_state, sizeof(key_state));
        sodium_memzero(&mac, sizeof(mac));
}

static int send_confirmation(struct session *s)
{
        uint8_t confirm[CONFIRM_LEN];

        confirmation(s, s->role, confirm);
        return send_message(s, confirm, sizeof(confirm));
}

static int on_round1(struct session *s, const uint8_t *payload, size_t len)
{
        int r;

        r = ecjpake_read_round1(s->jpake, payload, len);
        if (r < 0)
                return r;
        crypto_hash_sha256_update(&s->transcript, payload, len);
        s->step = STEP_ROUND2;
        if (s->role == SESSION_CLIENT)
                return 0;
        r = send_round(s, ecjpake_write_round1);
        return r < 0 ? r : send_round(s, ecjpake_write_round2);
}

static int on_round2(struct session *s, const uint8_t *payload, size_t len)
{
        int r;

        r = ecjpake_read_round2(s->jpake, payload, len);
        if (r < 0)
                return r;
        crypto_hash_sha256_update(&s->transcript, payload, len);
        r = ecjpake_derive(s->jpake, s->secret);
        if (r < 0)
                return r;
        s->step = STEP_CONFIRM;
        if (s->role == SESSION_DEVICE)
                return 0;
        r = send_round(s, ecjpake_write_round2);
        return r < 0 ? r : send_confirmation(s);
}

static int on_confirm(struct session *s, const uint8_t *payload, size_t len)
{
        uint8_t expected[CONFIRM_LEN];
        int r;

        confirmation(s, s->role == SESSION_CLIENT ? SESSION_DEVICE : SESSION_CLIENT, expected);
        if (len != sizeof(expected))
                return -EBADMSG;
        if (sodium_memcmp(payload, expected, sizeof(expected)) != 0)
                return -EKEYREJECTED;
        crypto_hash_sha256_update(&s->transcript, payload, len);
        if (s->role == SESSION_DEVICE) {
                r = send_confirmation(s);
                if (r < 0)
                        return r;
        }
        s->jpake = ecjpake_free(s->jpake);
        s->state = SESSION_OPEN;
        return 0;
}

static int on_message(struct session *s)
{
        const struct buf *payload = &s->reader.payload;

        switch (s->step) {
        case STEP_ROUND1: return on_round1(s, payload->data, payload->len);
        case STEP_ROUND2: return on_round2(s, payload->data, payload->len);
        case STEP_CONFIRM: return on_confirm(s, payload->data, payload->len);
        }
        return -EINVAL;
}

static int fail(struct session *s, int error)
{
        s->state = SESSION_FAILED;
        s->error = error;
        s->jpake = ecjpake_free(s->jpake);
        sodium_memzero(s->secret, sizeof(s->secret));
        buf_done(&s->out);
        return error;
}

/* life */

static int start(struct session *s, const struct secret *mobile_secret,
                 const struct ecjpake_scalars *scalars)
{
        int r;

        r = ecjpake_new(s->role == SESSION_CLIENT ? ECJPAKE_CLIENT : ECJPAKE_SERVER,
                        secret_bytes(mobile_secret), secret_len(mobile_secret), scalars, &s->jpake);
        if (r < 0)
                return r;
        return s->role == SESSION_CLIENT ? send_round(s, ecjpake_write_round1) : 0;
}

int session_new(enum session_role role, const struct secret *mobile_secret,
                const struct ecjpake_scalars *scalars, struct session **ret)
{
        _cleanup_(session_freep) struct session *s = sodium_malloc(sizeof(*s));
        int r;

        if (!s)
                return -ENOMEM;
        *s = (struct session){ .role = role, .out = buf_init(OUT_MAX) };
        frame_reader_init(&s->reader);
        crypto_hash_sha256_init(&s->transcript);
        r = start(s, mobile_secret, scalars);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

struct session *session_free(struct session *s)
{
        if (!s)
                return NULL;
        ecjpake_free(s->jpake);
        frame_reader_done(&s->reader);
        buf_done(&s->out);
        sodium_free(s);
        return NULL;
}

enum session_state session_state(const struct session *s)
{
        return s->state;
}

int session_feed(struct session *s, const uint8_t *data, size_t len, size_t *ret_used)
{
        size_t used = 0, n;
        int r;

        if (s->state == SESSION_FAILED)
                return s->error;
        while (used < len && s->state == SESSION_HANDSHAKE) {
                r = frame_reader_feed(&s->reader, data + used, len - used, &n);
                if (r < 0)
                        return fail(s, r);
                used += n;
                if (r == 0)
                        continue;
                r = on_message(s);
                if (r < 0)
                        return fail(s, r);
                frame_reader_next(&s->reader);
        }
        *ret_used = used;
        return 0;
}

int session_take(struct session *s, struct buf *out)
{
        int r;

        if (s->state == SESSION_FAILED)
                return s->error;
        r = buf_append(out, s->out.data, s->out.len);
        if (r < 0)
                return r;
        buf_done(&s->out);
        return 0;
}

/* frames */

static void make_nonce(const struct session *s, enum session_role sender, uint32_t counter,
                       uint8_t ret[static CCM_NONCE_LEN])
{
        const uint8_t *fixed = s->secret + CCM_KEY_LEN;

        if (sender == SESSION_DEVICE) {
                fixed += FIXED_NONCE;
                counter |= reply_bit;
        }
        le32_put(ret, counter);
        memcpy(ret + 4, fixed, FIXED_NONCE);
}

int session_seal(struct session *s, const struct session_header *header, const uint8_t *payload, size_t len,
                 struct buf *out)
{
        uint8_t nonce[CCM_NONCE_LEN], *frame;
        int r;

        if (s->state != SESSION_OPEN)
                return -ENOTCONN;
        if (len > SESSION_MAX_PAYLOAD)
                return -EMSGSIZE;
        if (s->sealed >= reply_bit - 1)
                return -EOVERFLOW; /* a nonce must never come twice */
        r = buf_reserve(out, len + SESSION_FRAME_OVERHEAD);
        if (r < 0)
                return r;
        frame = out->data + out->len;
        le16_put(frame, (uint16_t)len);
        le16_put(frame + 2, header->id);
        if (s->role == SESSION_CLIENT)
                le32_put(frame + 4, header->type);
        else
                le32_put(frame + 4, (uint32_t)header->result);
        if (len)
                memcpy(frame + LENGTH_LEN + HEADER_LEN, payload, len);
        make_nonce(s, s->role, s->sealed + 1, nonce);
        r = ccm_seal(s->secret, nonce, frame, LENGTH_LEN, frame + LENGTH_LEN, HEADER_LEN + len,
                     frame + LENGTH_LEN);
        if (r < 0) {
                sodium_memzero(frame, len + SESSION_FRAME_OVERHEAD);
                return r;
        }
        s->sealed++;
        out->len += len + SESSION_FRAME_OVERHEAD;
        return 0;
}

static int open_frame(struct session *s, const uint8_t *frame, struct session_header *ret_header,
                      struct buf *ret_payload)
{
        _cleanup_(buf_done) struct buf plain = buf_init(HEADER_LEN + SESSION_MAX_PAYLOAD);
        size_t len = HEADER_LEN + le16_get(frame);
        uint8_t nonce[CCM_NONCE_LEN];
        uint32_t word;
        int r;

        if (s->opened >= reply_bit - 1)
                return -EOVERFLOW;
        r = buf_reserve(&plain, len);
        if (r < 0)
                return r;
        make_nonce(s, s->role == SESSION_CLIENT ? SESSION_DEVICE : SESSION_CLIENT, s->opened + 1, nonce);
        r = ccm_open(s->secret, nonce, frame, LENGTH_LEN, frame + LENGTH_LEN, len, plain.data);
        if (r < 0)
                return r;
        r = buf_append(ret_payload, plain.data + HEADER_LEN, len - HEADER_LEN);
        if (r < 0)
                return r;
        s->opened++;
        word = le32_get(plain.data + 2);
        *ret_header = (struct session_header){ .id = le16_get(plain.data) };
        if (s->role == SESSION_CLIENT)
                ret_header->result = (int32_t)word;
        else
                ret_header->type = (uint16_t)word;
        return 0;
}

/* The frame begins at the place where it authenticates. A place whose frame is not complete yet keeps the
 * verdict open, but not the places behind it. */
int session_open(struct session *s, const uint8_t *data, size_t len, struct session_header *ret_header,
                 struct buf *ret_payload, size_t *ret_used)
{
        size_t places = s->role == SESSION_CLIENT ? frame_places(data, len) : 1, size;
        bool incomplete = false;
        int r;

        if (s->state != SESSION_OPEN)
                return -ENOTCONN;
        for (size_t place = 0; place < places; place++) {
                size = frame_size(data, len, place, SESSION_FRAME_OVERHEAD);
                if (size == 0) {
                        incomplete = true;
                        continue;
                }
                r = open_frame(s, data + place, ret_header, ret_payload);
                if (r == 0)
                        *ret_used = place + size;
                if (r != -EBADMSG)
                        return r;
        }
        return incomplete ? -EAGAIN : fail(s, -EBADMSG);
}
