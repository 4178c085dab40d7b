/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about device protection: usher asks for the state only, and never lifts it. */

#include "proto/codec.h"
#include "proto/messages/config.pb.h"
#include "tests/wire/far-message.h"
#include <errno.h>

int message_encode_get_protected_state_reply(const struct message_protected_state *m, struct buf *out)
{
        usher_GetProtectedStateReply wire = { .state = m->state, .overridden = m->overridden };

        return codec_encode(usher_GetProtectedStateReply_fields, &wire, out);
}

/* nanopb's byte arrays are a u16 size and the bytes, each of a type of its own. */
static int put_bytes(pb_size_t *ret_size, uint8_t *to, size_t max, const uint8_t *from, size_t len)
{
        if (len > max)
                return -E2BIG;
        memcpy(to, from, len);
        *ret_size = (pb_size_t)len;
        return 0;
}

int message_encode_set_protected_state_request(const struct message_protection_request *m, struct buf *out)
{
        usher_SetProtectedStateRequest wire = {
                .action = (usher_SetProtectedStateRequest_Action)m->action,
                .has_prepare = m->action == PROTECTION_PREPARE,
                .has_confirm = m->action == PROTECTION_CONFIRM,
        };
        usher_SetProtectedStateRequest_Prepare *p = &wire.prepare;
        usher_SetProtectedStateRequest_Confirm *c = &wire.confirm;
        int r;

        if ((r = put_bytes(&p->server_nonce.size, p->server_nonce.bytes, sizeof(p->server_nonce.bytes),
                           m->server_nonce, m->server_nonce_len)) < 0 ||
            (r = put_bytes(&c->server_signature.size, c->server_signature.bytes,
                           sizeof(c->server_signature.bytes), m->server_signature,
                           m->server_signature_len)) < 0 ||
            (r = put_bytes(&c->server_public_key_fingerprint.size, c->server_public_key_fingerprint.bytes,
                           sizeof(c->server_public_key_fingerprint.bytes), m->server_key_fingerprint,
                           m->server_key_fingerprint_len)) < 0)
                return r;
        return codec_encode(usher_SetProtectedStateRequest_fields, &wire, out);
}

int message_decode_set_protected_state_request(const uint8_t *data, size_t len,
                                               struct message_protection_request *ret)
{
        usher_SetProtectedStateRequest wire = usher_SetProtectedStateRequest_init_zero;
        const usher_SetProtectedStateRequest_Prepare *p = &wire.prepare;
        const usher_SetProtectedStateRequest_Confirm *c = &wire.confirm;
        int r;

        r = codec_decode(usher_SetProtectedStateRequest_fields, &wire, data, len);
        if (r < 0)
                return r;
        *ret = (struct message_protection_request){
                .action = (int)wire.action,
                .server_nonce_len = p->server_nonce.size,
                .server_signature_len = c->server_signature.size,
                .server_key_fingerprint_len = c->server_public_key_fingerprint.size,
        };
        memcpy(ret->server_nonce, p->server_nonce.bytes, p->server_nonce.size);
        memcpy(ret->server_signature, c->server_signature.bytes, c->server_signature.size);
        memcpy(ret->server_key_fingerprint, c->server_public_key_fingerprint.bytes,
               c->server_public_key_fingerprint.size);
        return 0;
}

int message_encode_set_protected_state_reply(const struct message_protection_reply *m, struct buf *out)
{
        usher_SetProtectedStateReply wire = { .has_prepare = m->prepared };
        usher_SetProtectedStateReply_Prepare *p = &wire.prepare;
        int r;

        if ((r = put_bytes(&p->device_nonce.size, p->device_nonce.bytes, sizeof(p->device_nonce.bytes),
                           m->device_nonce, m->device_nonce_len)) < 0 ||
            (r = put_bytes(&p->device_signature.size, p->device_signature.bytes,
                           sizeof(p->device_signature.bytes), m->device_signature,
                           m->device_signature_len)) < 0 ||
            (r = put_bytes(&p->device_public_key_fingerprint.size, p->device_public_key_fingerprint.bytes,
                           sizeof(p->device_public_key_fingerprint.bytes), m->device_key_fingerprint,
                           m->device_key_fingerprint_len)) < 0)
                return r;
        return codec_encode(usher_SetProtectedStateReply_fields, &wire, out);
}

int message_decode_set_protected_state_reply(const uint8_t *data, size_t len,
                                             struct message_protection_reply *ret)
{
        usher_SetProtectedStateReply wire = usher_SetProtectedStateReply_init_zero;
        const usher_SetProtectedStateReply_Prepare *p = &wire.prepare;
        int r;

        r = codec_decode(usher_SetProtectedStateReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        *ret = (struct message_protection_reply){
                .prepared = wire.has_prepare,
                .device_nonce_len = p->device_nonce.size,
                .device_signature_len = p->device_signature.size,
                .device_key_fingerprint_len = p->device_public_key_fingerprint.size,
        };
        memcpy(ret->device_nonce, p->device_nonce.bytes, p->device_nonce.size);
        memcpy(ret->device_signature, p->device_signature.bytes, p->device_signature.size);
        memcpy(ret->device_key_fingerprint, p->device_public_key_fingerprint.bytes,
               p->device_public_key_fingerprint.size);
        return 0;
}
