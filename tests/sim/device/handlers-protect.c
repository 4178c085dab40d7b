/* SPDX-License-Identifier: Apache-2.0 */

/* Device Protection (device.md 4.6): which requests are refused, and lifting it for a while.
 * The device cannot check the server's signature here, having no server key; it takes any that is there. */

#include "tests/sim/device/handlers.h"
#include <sodium.h>

enum {
        ACTION_RESET,
        ACTION_PREPARE,
        ACTION_CONFIRM,
        NONCE_LEN = 32,
        SIGNATURE_MAX = 256,
        BETWEEN_MS = 60000,
        OVERRIDDEN_MS = 24 * 3600 * 1000,
        RESETS_MAX = 20,
};

bool vd_is_protected(const struct vdevice *d)
{
        const struct protection *p = &d->protection;

        return p->on && !(p->overridden && p->resets < RESETS_MAX &&
                          timer_now_ms() - p->overridden_ms < OVERRIDDEN_MS);
}

bool vd_is_refused(const struct vdevice *d, uint16_t type)
{
        static const uint16_t allowed[] = {
                CONTROL_GET_PROTECTED_STATE,
                CONTROL_SET_PROTECTED_STATE,
                CONTROL_GET_DEVICE_ID,
                CONTROL_APP_CUSTOM,
                CONTROL_WIFI_SCAN_NETWORKS,
                CONTROL_WIFI_JOIN_NEW_NETWORK,
                CONTROL_WIFI_CLEAR_KNOWN_NETWORKS,
        };

        if (!vd_is_protected(d))
                return false;
        for (size_t i = 0; i < ELEMENTSOF(allowed); i++)
                if (allowed[i] == type)
                        return false;
        return true;
}

int32_t vd_get_protected_state(struct vdevice *d, struct request *q)
{
        if (!d->os.protected_state)
                return CONTROL_NOT_SUPPORTED;
        if (wire_put_uint(&q->reply, 1, vd_is_protected(d)) < 0)
                return -281;
        return vd_encoded(wire_put_uint(&q->reply, 2, d->protection.on && !vd_is_protected(d)));
}

static int32_t prepare(struct vdevice *d, struct request *q, const struct wire_bytes *body)
{
        _cleanup_(buf_done) struct buf reply = buf_init(256);
        struct wire_bytes nonce = { 0 };
        const struct wire_field fields[] = { { 1, WIRE_BYTES, NONCE_LEN, &nonce } };
        uint8_t random[NONCE_LEN];

        if (wire_read(body->data, body->len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (nonce.len != NONCE_LEN)
                return CONTROL_INVALID_ARGUMENT;
        d->protection.prepared_ms = 0;
        if (!d->protection.on)
                return CONTROL_OK; /* with an empty reply: there is nothing to lift */
        d->protection.prepared_ms = timer_now_ms();
        for (unsigned field = 1; field <= 3; field++) {
                randombytes_buf(random, sizeof(random));
                if (wire_put_bytes(&reply, field, random, sizeof(random)) < 0)
                        return -281;
        }
        return vd_encoded(wire_put_message(&q->reply, 1, &reply));
}

static int32_t confirm(struct vdevice *d, const struct wire_bytes *body)
{
        struct wire_bytes signature = { 0 }, fingerprint = { 0 };
        const struct wire_field fields[] = {
                { 1, WIRE_BYTES, SIGNATURE_MAX, &signature },
                { 2, WIRE_BYTES, NONCE_LEN, &fingerprint },
        };
        bool late = timer_now_ms() - d->protection.prepared_ms >= BETWEEN_MS;

        if (wire_read(body->data, body->len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (d->protection.prepared_ms == 0)
                return CONTROL_INVALID_STATE;
        if (signature.len == 0 || fingerprint.len != NONCE_LEN)
                return CONTROL_INVALID_ARGUMENT;
        d->protection.prepared_ms = 0;
        if (late)
                return CONTROL_TIMEOUT;
        d->protection.overridden = true;
        d->protection.overridden_ms = timer_now_ms();
        d->protection.resets = 0;
        return CONTROL_OK;
}

int32_t vd_set_protected_state(struct vdevice *d, struct request *q)
{
        uint32_t action = ACTION_RESET;
        struct wire_bytes prepare_body = { 0 }, confirm_body = { 0 };
        const struct wire_field fields[] = {
                { 1, WIRE_UINT, 0, &action },
                { 2, WIRE_BYTES, 0, &prepare_body },
                { 3, WIRE_BYTES, 0, &confirm_body },
        };

        if (!d->os.set_protected_state)
                return CONTROL_NOT_SUPPORTED;
        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        switch (action) {
        case ACTION_RESET:
                d->protection.overridden = false;
                d->protection.prepared_ms = 0;
                return CONTROL_OK;
        case ACTION_PREPARE: return prepare(d, q, &prepare_body);
        case ACTION_CONFIRM: return confirm(d, &confirm_body);
        default: return CONTROL_INVALID_ARGUMENT;
        }
}
