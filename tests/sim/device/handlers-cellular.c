/* SPDX-License-Identifier: Apache-2.0 */

/* SIM and access point (device.md 1.3, 1.3b, 3.6). What is set goes to flash without a
 * check of the SIM type and counts after a reset, when the modem is started with it. */

#include "tests/sim/device/handlers.h"
#include <stdio.h>

enum { SIM_INTERNAL_TYPE = 1, SIM_EXTERNAL_TYPE = 2 };

static int take_text(const struct wire_bytes *from, char to[static WORLD_TEXT_MAX + 1])
{
        if (from->len > WORLD_TEXT_MAX || (from->len && memchr(from->data, 0, from->len)))
                return CONTROL_BAD_DATA;
        if (from->len)
                memcpy(to, from->data, from->len);
        to[from->len] = 0;
        return CONTROL_OK;
}

static int32_t store(struct stored_apn *at, const struct wire_bytes *body)
{
        struct wire_bytes apn = { 0 }, user = { 0 }, password = { 0 };
        bool defaults = false;
        const struct wire_field fields[] = {
                { 1, WIRE_BYTES, WORLD_TEXT_MAX, &apn },
                { 2, WIRE_BYTES, WORLD_TEXT_MAX, &user },
                { 3, WIRE_BYTES, WORLD_TEXT_MAX, &password },
                { 4, WIRE_BOOL, 0, &defaults },
        };
        struct stored_apn next = { .set = true };

        if (wire_read(body->data, body->len, fields, ELEMENTSOF(fields)) < 0 ||
            take_text(&apn, next.apn) < 0 || take_text(&user, next.user) < 0)
                return CONTROL_BAD_DATA;
        if (password.len && secret_new(password.data, password.len, &next.password) < 0)
                return CONTROL_NO_MEMORY;
        if (defaults) {
                secret_free(next.password);
                next = (struct stored_apn){ 0 };
        }
        secret_free(at->password);
        *at = next;
        return CONTROL_OK;
}

int32_t vd_set_access_point(struct vdevice *d, struct request *q)
{
        uint32_t sim = 0;
        struct wire_bytes body = { 0 };
        const struct wire_field fields[] = {
                { 1, WIRE_UINT, 0, &sim },
                { 2, WIRE_BYTES, 0, &body },
        };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (sim != SIM_INTERNAL_TYPE && sim != SIM_EXTERNAL_TYPE)
                return CONTROL_INVALID_ARGUMENT;
        return store(&d->flash.apn[sim], &body);
}

int32_t vd_get_access_point(struct vdevice *d, struct request *q)
{
        _cleanup_(buf_done) struct buf body = buf_init(1024);
        uint32_t sim = 0;
        const struct wire_field fields[] = { { 1, WIRE_UINT, 0, &sim } };
        const struct stored_apn *at;

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        if (sim != SIM_INTERNAL_TYPE && sim != SIM_EXTERNAL_TYPE)
                return CONTROL_INVALID_ARGUMENT;
        at = &d->flash.apn[sim];
        if (wire_put_text(&body, 1, at->apn) < 0 || wire_put_text(&body, 2, at->user) < 0 ||
            (at->password && wire_put_text(&body, 3, secret_text(at->password)) < 0) ||
            wire_put_uint(&body, 4, !at->set) < 0)
                return -281;
        return vd_encoded(wire_put_message(&q->reply, 1, &body));
}

int32_t vd_set_active_sim(struct vdevice *d, struct request *q)
{
        uint32_t sim = 0;
        const struct wire_field fields[] = { { 1, WIRE_UINT, 0, &sim } };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        d->flash.active_sim = sim;
        return CONTROL_OK;
}

int32_t vd_get_active_sim(struct vdevice *d, struct request *q)
{
        return vd_encoded(wire_put_uint(&q->reply, 1, d->flash.active_sim));
}

static void on_modem(struct vdevice *d, struct request *q)
{
        unsigned sim = d->net.sim;
        enum world_sim state =
                sim <= SIM_EXTERNAL_TYPE ? d->config.world->cellular.sim[sim] : WORLD_SIM_NONE;
        int32_t r = CONTROL_OK;

        d->net.modem_on = true;
        if (vd_mishap(d, MISHAP_MODEM_ERROR) || state == WORLD_SIM_ERROR || state == WORLD_SIM_NONE)
                r = CONTROL_INVALID_STATE;
        else if (wire_put_text(&q->reply, 1,
                               sim == SIM_EXTERNAL_TYPE ? "8988303000012345678" : "8934076500002589175") <
                         0 ||
                 (d->os.iccid_with_imei && wire_put_text(&q->reply, 2, "352753090041680") < 0))
                r = -281;
        vd_channel_complete(d, q, r);
}

int32_t vd_get_iccid(struct vdevice *d, struct request *q)
{
        vd_busy(d, d->net.modem_on ? 0 : d->timing.modem_ms, on_modem, q);
        return HANDLER_LATER;
}
