/* SPDX-License-Identifier: Apache-2.0 */

/* From a ready network to the device cloud: attempts with the firmware's back-off (device.md 3.7), each of
 * which ends as the world says. A DTLS handshake keeps the system thread busy. */

#include "tests/sim/device/device-private.h"

enum {
        DNS_FAIL_MS = 2000,
        NETWORK_RESET_MS = 5 * 60 * 1000,
        TRIES_PER_STEP = 5,
        LONGEST_PAUSE_S = 128,
        REASON_NETWORK = 3,
        NET_REASON_CLOUD_ERRORS = 6,
        /* protocol errors as the firmware numbers them; a client only knows that they are not 0 */
        ERROR_AUTHENTICATION = 8,
        ERROR_TIMEOUT = 10,
};

static void on_due(void *userdata);

/* 1 s five times, 2 s five times, 4 s ... at most 128 s. */
static uint64_t pause_ms(unsigned failures)
{
        unsigned step = failures == 0 ? 0 : (failures - 1) / TRIES_PER_STEP;
        unsigned s = step < 7 ? 1u << step : LONGEST_PAUSE_S;

        return (uint64_t)s * 1000;
}

static void plan(struct vdevice *d, uint64_t after_ms)
{
        if (d->cloud.wanted && vd_net_is_ready(d) && d->cloud.status == CLOUD_DISCONNECTED)
                vd_arm(d, &d->cloud.timer, after_ms, on_due, d);
}

static void fail(struct vdevice *d, int error)
{
        if (error)
                d->cloud.error = error;
        d->cloud.status = CLOUD_DISCONNECTED;
        if (d->cloud.failing_since_ms == 0)
                d->cloud.failing_since_ms = timer_now_ms();
        if (timer_now_ms() - d->cloud.failing_since_ms >= NETWORK_RESET_MS) {
                d->cloud.failing_since_ms = 0;
                vd_net_restart(d, NET_REASON_CLOUD_ERRORS);
        } else {
                plan(d, pause_ms(d->cloud.attempts));
        }
}

static void on_unreachable(struct vdevice *d, struct request *q)
{
        (void)q;
        fail(d, 0);
}

static void on_timeout(struct vdevice *d, struct request *q)
{
        (void)q;
        fail(d, ERROR_TIMEOUT);
}

static void on_wrong_keys(struct vdevice *d, struct request *q)
{
        (void)q;
        fail(d, ERROR_AUTHENTICATION);
}

static void on_handshake(struct vdevice *d, struct request *q)
{
        struct vdevice_online online;
        bool full = !d->flash.session_saved;

        (void)q;
        if (!vd_net_is_ready(d) || !d->cloud.wanted) {
                fail(d, 0);
                return;
        }
        d->cloud.status = CLOUD_CONNECTED;
        d->cloud.attempts = 0;
        d->cloud.error = 0;
        d->cloud.failing_since_ms = 0;
        d->flash.session_saved = true;
        online = (struct vdevice_online){
                .id = d->identity.id,
                .serial = d->identity.serial,
                .platform_id = d->config.platform->id,
                .os = d->os_text,
                .claim_code = full ? d->flash.claim_code : NULL,
                .full_handshake = full,
        };
        if (d->ops.online)
                d->ops.online(d->userdata, &online);
}

static void attempt(struct vdevice *d)
{
        const struct world_path *path = vd_net_path(d);

        d->cloud.status = CLOUD_CONNECTING;
        d->cloud.attempts++;
        if (!path->dns || !path->internet || vd_mishap(d, MISHAP_NO_DNS) || vd_mishap(d, MISHAP_NO_INTERNET))
                vd_busy(d, DNS_FAIL_MS, on_unreachable, NULL);
        else if (!path->udp5684 || vd_mishap(d, MISHAP_UDP_BLOCKED))
                vd_busy(d, d->timing.dtls_fail_ms, on_timeout, NULL);
        else if (vd_mishap(d, MISHAP_BAD_KEYS))
                vd_busy(d, d->timing.dtls_ms, on_wrong_keys, NULL);
        else
                vd_busy(d, d->timing.dtls_ms, on_handshake, NULL);
}

static void on_due(void *userdata)
{
        struct vdevice *d = userdata;

        d->cloud.timer = timer_free(d->cloud.timer);
        if (!d->cloud.wanted || !vd_net_is_ready(d) || d->cloud.status != CLOUD_DISCONNECTED)
                return;
        if (vd_is_busy(d))
                d->cloud.due = true;
        else
                attempt(d);
}

void vd_cloud_continue(struct vdevice *d)
{
        if (!d->cloud.due || vd_is_busy(d))
                return;
        d->cloud.due = false;
        on_due(d);
}

static void lose(struct vdevice *d, unsigned reason)
{
        bool was_online = d->cloud.status == CLOUD_CONNECTED;

        d->cloud.timer = timer_free(d->cloud.timer);
        d->cloud.due = false;
        if (was_online) {
                d->cloud.status = CLOUD_DISCONNECTED;
                d->cloud.reason = reason;
                d->cloud.drops++;
                if (d->ops.offline)
                        d->ops.offline(d->userdata);
        }
}

void vd_cloud_network_changed(struct vdevice *d)
{
        if (!vd_net_is_ready(d))
                lose(d, REASON_NETWORK);
        else if (d->cloud.status == CLOUD_DISCONNECTED && !d->cloud.timer && !d->cloud.due)
                plan(d, 0);
}

void vd_cloud_disconnect(struct vdevice *d, unsigned reason)
{
        lose(d, reason);
}

void vd_cloud_done(struct vdevice *d)
{
        d->cloud.timer = timer_free(d->cloud.timer);
        d->cloud = (struct cloud){ 0 };
}
