/* SPDX-License-Identifier: Apache-2.0 */

/* Glue between air, ATT server and app, and the place where faults are played. Answers that a fault delays
 * keep their order. */

#include "tests/sim/vhci/peripheral.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>

enum {
        ASK_INTERVAL_MS = 5000, /* Device OS waits that long (device.md 3.2) */
        ASK_TRIES = 2,
        INTERVAL_MIN = 24, /* 30 ms, in 1.25 ms */
        INTERVAL_MAX = 40,
        SIGNAL_REJECT = 0x01,
        SIGNAL_UPDATE_REQUEST = 0x12,
        SIGNAL_UPDATE_RESPONSE = 0x13,
        SMP_PAIRING_FAILED = 0x05,
        SMP_NOT_SUPPORTED = 0x05,
};

struct delayed {
        struct delayed *next;
        uint64_t due_ms;
        unsigned cid;
        size_t len;
        uint8_t data[];
};

/* advertising */
static size_t put_ad(uint8_t *to, size_t at, uint8_t type, const void *data, size_t len)
{
        size_t room = HCI_ADV_MAX - at;

        if (room < 3)
                return at;
        if (len + 2 >
            room) /* "Photon 2-ABCDEF": one byte too many, cut as the firmware's HAL does (device.md 3.1) */
                len = room - 2;
        to[at] = (uint8_t)(len + 1);
        to[at + 1] = type;
        memcpy(to + at + 2, data, len);
        return at + 2 + len;
}

void peripheral_set_advert(struct peripheral *p, const char *name, const uint8_t *manufacturer, size_t len)
{
        static const uint8_t flags = 0x06;
        size_t n = 0, at;

        n = put_ad(p->advert, n, 0x01, &flags, 1);
        n = put_ad(p->advert, n, 0x09, name, strlen(name));
        at = n;
        n = put_ad(p->advert, n, 0xff, manufacturer, len);
        if (n > at) /* a cut structure keeps the length that it was meant to have, and so is malformed */
                p->advert[at] = (uint8_t)(len + 1);
        p->advert_len = n;
        p->response_len = put_ad(p->response, 0, 0x07, att_uuids_listening.service, 16);
        p->reported = false;
}

static void make_adverts(struct peripheral *p)
{
        const struct peripheral_config *c = &p->config;
        uint8_t mfr[10];

        le16_put(mfr, c->company);
        le16_put(mfr + 2, c->platform);
        memcpy(mfr + 4, c->setup_code, 6);
        peripheral_set_advert(p, c->name, mfr, *c->setup_code ? 10 : 4);
}

void peripheral_advertise(struct peripheral *p, bool on)
{
        if (on && !p->advertising)
                p->reported = false;
        p->advertising = on;
        if (p->host)
                p->host->adverts_changed(p->controller);
}

/* towards the host */
static void on_delayed(void *userdata)
{
        struct peripheral *p = userdata;

        p->delay = timer_free(p->delay);
        while (p->delayed && p->delayed->due_ms <= timer_now_ms()) {
                _cleanup_(freep) struct delayed *d = p->delayed;

                p->delayed = d->next;
                if (p->link)
                        (void)air_link_from_device(p->link, d->cid, d->data, d->len);
        }
        if (p->delayed)
                (void)timer_new(p->loop, p->delayed->due_ms - timer_now_ms(), on_delayed, p, &p->delay);
}

static void forget_delayed(struct peripheral *p)
{
        p->delay = timer_free(p->delay);
        while (p->delayed) {
                struct delayed *d = p->delayed;

                p->delayed = d->next;
                free(d);
        }
}

static void send_frame(struct peripheral *p, unsigned cid, const uint8_t *data, size_t len)
{
        struct delayed *d, **last = &p->delayed;

        if (!p->link || p->faults.silent)
                return;
        if (!p->faults.delay_ms && !p->delayed) {
                (void)air_link_from_device(p->link, cid, data, len);
                return;
        }
        d = calloc(1, sizeof(*d) + len);
        if (!d)
                return;
        d->due_ms = timer_now_ms() + p->faults.delay_ms;
        d->cid = cid;
        d->len = len;
        memcpy(d->data, data, len);
        while (*last)
                last = &(*last)->next;
        *last = d;
        if (!p->delay)
                (void)timer_new(p->loop, p->faults.delay_ms, on_delayed, p, &p->delay);
}

/* True when the link has carried as many bytes as the fault allows; the link is doomed then. */
static bool count_bytes(struct peripheral *p, size_t len)
{
        if (!p->faults.drop_after)
                return false;
        if (p->faults.drop_after > len) {
                p->faults.drop_after -= (unsigned)len;
                return false;
        }
        p->faults.drop_after = 0;
        peripheral_doom(p, 0, p->faults.drop_reason ? p->faults.drop_reason : HCI_CONNECTION_TIMEOUT);
        return true;
}

void peripheral_notify(struct peripheral *p, unsigned link, const uint8_t *data, size_t len)
{
        uint8_t pdu[ATT_MTU_MAX];
        size_t n;

        if (!p->link || link != p->link_id || att_notification(&p->att, data, len, pdu, &n) < 0)
                return;
        if (p->faults.lose_values > 0) {
                p->faults.lose_values--;
                return;
        }
        if (!count_bytes(p, len))
                send_frame(p, L2CAP_ATT, pdu, n);
}

void peripheral_hang_up(struct peripheral *p, unsigned link, uint8_t reason)
{
        if (p->link && link == p->link_id)
                peripheral_doom(p, 0, reason);
}

/* ATT server's word */
static void on_mtu(void *userdata, unsigned mtu)
{
        struct peripheral *p = userdata;

        p->app->mtu(p->app_userdata, p->link_id, mtu);
}

static void on_subscribed(void *userdata, bool on)
{
        struct peripheral *p = userdata;

        p->app->subscribed(p->app_userdata, p->link_id, on);
}

static void on_written(void *userdata, const uint8_t *data, size_t len)
{
        struct peripheral *p = userdata;

        if (!p->faults.silent && !count_bytes(p, len))
                p->app->written(p->app_userdata, p->link_id, data, len);
}

/* signalling: the device asks for its interval, everything else is refused */
static void ask_interval(void *userdata)
{
        struct peripheral *p = userdata;
        uint8_t ask[12] = { SIGNAL_UPDATE_REQUEST, 1, 8, 0 };

        p->timer = timer_free(p->timer);
        if (p->interval_us >= INTERVAL_MIN * 1250u && p->interval_us <= INTERVAL_MAX * 1250u)
                return;
        if (p->update_tries++ == ASK_TRIES) {
                peripheral_doom(p, 0, HCI_INTERVAL_UNACCEPTABLE);
                return;
        }
        le16_put(ask + 4, INTERVAL_MIN);
        le16_put(ask + 6, INTERVAL_MAX);
        le16_put(ask + 8, 0);
        le16_put(ask + 10, 500); /* 5 s */
        send_frame(p, L2CAP_SIGNALLING, ask, sizeof(ask));
        (void)timer_new(p->loop, ASK_INTERVAL_MS, ask_interval, p, &p->timer);
}

static void handle_signal(struct peripheral *p, const uint8_t *data, size_t len)
{
        uint8_t reject[6] = { SIGNAL_REJECT, 0, 2, 0, 0, 0 };

        if (len < 4 || data[0] == SIGNAL_UPDATE_RESPONSE || data[0] == SIGNAL_REJECT)
                return;
        reject[1] = data[1];
        send_frame(p, L2CAP_SIGNALLING, reject, sizeof(reject));
}

static void on_frame(void *userdata, unsigned cid, const uint8_t *data, size_t len)
{
        struct peripheral *p = userdata;
        uint8_t answer[ATT_MTU_MAX];
        size_t n = 0;

        switch (cid) {
        case L2CAP_ATT:
                att_handle(&p->att, data, len, answer, &n);
                if (n > 0)
                        send_frame(p, L2CAP_ATT, answer, n);
                break;
        case L2CAP_SIGNALLING: handle_signal(p, data, len); break;
        case L2CAP_SECURITY:
                if (len > 0 && data[0] != SMP_PAIRING_FAILED)
                        send_frame(p, L2CAP_SECURITY, (uint8_t[]){ SMP_PAIRING_FAILED, SMP_NOT_SUPPORTED },
                                   2);
                break;
        default: break;
        }
}

static void on_to_host(void *userdata, const uint8_t *acl, size_t len)
{
        struct peripheral *p = userdata;

        p->host->acl(p->controller, acl, len);
}

static void on_completed(void *userdata, uint16_t handle, unsigned n)
{
        struct peripheral *p = userdata;

        p->host->completed(p->controller, handle, n);
}

/* link */
int peripheral_connected(struct peripheral *p, uint16_t handle, uint32_t interval_us,
                         unsigned supervision_ms, unsigned packets)
{
        static const struct air_ops ops = { .frame = on_frame,
                                            .to_host = on_to_host,
                                            .completed = on_completed };
        struct air_config config = {
                .loop = p->loop,
                .handle = handle,
                .interval_us = interval_us,
                .packets = packets,
                .loss_percent = p->faults.loss_percent,
        };
        uint8_t version = 2;
        int r;

        r = air_link_new(&config, &ops, p, &p->link);
        if (r < 0)
                return r;
        p->handle = handle;
        p->interval_us = interval_us;
        p->supervision_ms = supervision_ms;
        p->link_id++;
        p->update_tries = 0;
        att_reset(&p->att);
        r = p->app->connected(p->app_userdata, p->link_id, p->att.mtu, &version);
        if (r < 0)
                peripheral_doom(p, 0, HCI_REMOTE_TERMINATED);
        att_set_version(&p->att, version);
        if (p->config.asks_interval)
                (void)timer_new(p->loop, ASK_INTERVAL_MS, ask_interval, p, &p->timer);
        return 0;
}

void peripheral_disconnected(struct peripheral *p)
{
        if (!p->link)
                return;
        p->link = air_link_free(p->link);
        p->timer = timer_free(p->timer);
        p->doom = timer_free(p->doom);
        forget_delayed(p);
        p->handle = 0;
        p->reported = false;
        att_reset(&p->att);
        p->app->disconnected(p->app_userdata, p->link_id);
}

int peripheral_from_host(struct peripheral *p, bool continues, const uint8_t *data, size_t len)
{
        return p->link ? air_link_from_host(p->link, continues, data, len) : -ENOTCONN;
}

/* What was given to the air before still reaches the host, as it does on a real link. */
static void on_doom(void *userdata)
{
        struct peripheral *p = userdata;

        p->doom = timer_free(p->doom);
        if (p->doom_reason == HCI_REMOTE_TERMINATED && p->link && air_link_pending(p->link) > 0) {
                (void)timer_new(p->loop, p->interval_us / 1000 + 1, on_doom, p, &p->doom);
                return;
        }
        p->host->link_ended(p->controller, p, p->doom_reason);
}

void peripheral_doom(struct peripheral *p, unsigned ms, uint8_t reason)
{
        if (!p->link)
                return;
        p->doom_reason = reason;
        p->doom = timer_free(p->doom);
        (void)timer_new(p->loop, ms, on_doom, p, &p->doom);
}

/* life */
int peripheral_new(const struct peripheral_config *config, const struct peripheral_app *app,
                   void *app_userdata, struct peripheral **ret)
{
        static const struct att_ops ops = { .mtu = on_mtu,
                                            .subscribed = on_subscribed,
                                            .written = on_written };
        struct peripheral *p = calloc(1, sizeof(*p));

        if (!p)
                return -ENOMEM;
        p->config = *config;
        p->app = app;
        p->app_userdata = app_userdata;
        att_init(&p->att, config->name, &att_uuids_listening, config->layout, config->max_mtu, &ops, p);
        make_adverts(p);
        *ret = p;
        return 0;
}

struct peripheral *peripheral_free(struct peripheral *p)
{
        if (!p)
                return NULL;
        forget_delayed(p);
        air_link_free(p->link);
        timer_free(p->timer);
        timer_free(p->doom);
        if (p->app->freed)
                p->app->freed(p->app_userdata);
        free(p);
        return NULL;
}
