/* SPDX-License-Identifier: Apache-2.0 */

/* Answers only when a frame is whole, as a device that works on a request does. */

#include "tests/sim/vhci/app-echo.h"
#include "proto/base/bytes.h"
#include <errno.h>
#include <stdio.h>

enum { ECHO_FRAME_MAX = 2 + 65535 };

struct echo {
        struct peripheral *p;
        struct buf in;
        unsigned mtu;
};

static int echo_connected(void *userdata, unsigned link, unsigned mtu, uint8_t *ret_version)
{
        struct echo *e = userdata;

        (void)link;
        e->mtu = mtu;
        *ret_version = 2;
        return 0;
}

static void echo_mtu(void *userdata, unsigned link, unsigned mtu)
{
        struct echo *e = userdata;

        (void)link;
        e->mtu = mtu;
}

static void echo_subscribed(void *userdata, unsigned link, bool on)
{
        (void)userdata;
        (void)link;
        (void)on;
}

static void echo_written(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        struct echo *e = userdata;
        size_t need, n;

        if (buf_append(&e->in, data, len) < 0) {
                peripheral_hang_up(e->p, link, HCI_REMOTE_TERMINATED);
                return;
        }
        while (e->in.len >= 2 && e->in.len >= (need = 2 + (size_t)le16_get(e->in.data))) {
                for (size_t off = 0; off < need; off += n) {
                        n = need - off < e->mtu - 3 ? need - off : e->mtu - 3;
                        peripheral_notify(e->p, link, e->in.data + off, n);
                }
                buf_consume(&e->in, need);
        }
}

static void echo_disconnected(void *userdata, unsigned link)
{
        struct echo *e = userdata;

        (void)link;
        buf_consume(&e->in, e->in.len);
}

static void echo_freed(void *userdata)
{
        struct echo *e = userdata;

        buf_done(&e->in);
        free(e);
}

int app_echo_new(unsigned n, unsigned max_mtu, struct peripheral **ret)
{
        static const struct peripheral_app app = {
                .connected = echo_connected,
                .mtu = echo_mtu,
                .subscribed = echo_subscribed,
                .written = echo_written,
                .disconnected = echo_disconnected,
                .freed = echo_freed,
        };
        struct peripheral_config config = {
                .address = { (uint8_t)n, 0xee, 0xab, 0x34, 0x12, 0xc0 },
                .address_type = 1,
                .rssi = (int8_t)(-40 - (int)(n % 40)),
                .max_mtu = max_mtu,
                .company = 0x0662,
                .platform = 12,
                .asks_interval = true,
        };
        struct echo *e = calloc(1, sizeof(*e));
        int r;

        if (!e)
                return -ENOMEM;
        e->in = buf_init(ECHO_FRAME_MAX + ATT_MTU_MAX);
        (void)snprintf(config.name, sizeof(config.name), "Argon-ECHO%02u", n % 100);
        (void)snprintf(config.setup_code, sizeof(config.setup_code), "ECHO%02u", n % 100);
        r = peripheral_new(&config, &app, e, &e->p);
        if (r < 0) {
                free(e);
                return r;
        }
        peripheral_advertise(e->p, true);
        *ret = e->p;
        return 0;
}
