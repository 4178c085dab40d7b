/* SPDX-License-Identifier: Apache-2.0 */

/* Network interfaces, the cloud connection, and request 100: the diagnostics as JSON text (device.md 3.6
 * and 3.7). */

#include "tests/sim/device/handlers.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum {
        TYPE_LOOPBACK = 1,
        TYPE_THREAD = 2,
        TYPE_ETHERNET = 4,
        TYPE_WIFI = 8,
        TYPE_PPP = 16,
        FLAG_UP = 1,
        FLAG_RUNNING = 0x40,
};

/* cloud */

int32_t vd_get_connection_status(struct vdevice *d, struct request *q)
{
        return vd_encoded(wire_put_uint(&q->reply, 1, (unsigned)d->cloud.status));
}

int32_t vd_cloud_connect(struct vdevice *d, struct request *q)
{
        (void)q;
        d->cloud.wanted = true;
        vd_cloud_network_changed(d);
        return CONTROL_OK;
}

int32_t vd_cloud_disconnect_request(struct vdevice *d, struct request *q)
{
        (void)q;
        d->cloud.wanted = false;
        vd_cloud_disconnect(d, 2);
        return CONTROL_OK;
}

/* interfaces */

struct face {
        uint32_t index;
        const char *name;
        unsigned type;
        enum uplink_kind uplink; /* _UPLINK_MAX = none */
};

static const struct face faces[] = {
        { 1, "lo0", TYPE_LOOPBACK, _UPLINK_MAX },     { 2, "th1", TYPE_THREAD, _UPLINK_MAX },
        { 3, "en2", TYPE_ETHERNET, UPLINK_ETHERNET }, { 4, "wl3", TYPE_WIFI, UPLINK_WIFI },
        { 5, "pp4", TYPE_PPP, UPLINK_CELLULAR },
};

static bool has_face(const struct vdevice *d, const struct face *f)
{
        if (f->type == TYPE_THREAD)
                return d->os.thread_interface;
        return f->uplink == _UPLINK_MAX || d->net.up[f->uplink].state != UPLINK_ABSENT;
}

static int put_face(const struct face *f, struct buf *out)
{
        int r = wire_put_uint(out, 1, f->index);

        if (r == 0)
                r = wire_put_text(out, 2, f->name);
        return r < 0 ? r : wire_put_uint(out, 3, f->type);
}

int32_t vd_get_interface_list(struct vdevice *d, struct request *q)
{
        for (size_t i = 0; i < ELEMENTSOF(faces); i++) {
                _cleanup_(buf_done) struct buf entry = buf_init(64);

                if (!has_face(d, &faces[i]))
                        continue;
                if (put_face(&faces[i], &entry) < 0 || wire_put_message(&q->reply, 1, &entry) < 0)
                        return -281;
        }
        return vd_end_list(d, q);
}

/* InterfaceAddress{IpAddress{Ipv4Address{fixed32}}} inside Ipv4Config. */
static int put_ipv4(struct buf *out, uint32_t address)
{
        _cleanup_(buf_done) struct buf v4 = buf_init(16), ip = buf_init(32), entry = buf_init(48),
                                       list = buf_init(64);
        int r = wire_put_fixed32(&v4, 1, address);

        if (r == 0)
                r = wire_put_message(&ip, 1, &v4);
        if (r == 0)
                r = wire_put_message(&entry, 1, &ip);
        if (r == 0)
                r = wire_put_uint(&entry, 2, 24);
        if (r == 0)
                r = wire_put_message(&list, 1, &entry);
        return r < 0 ? r : wire_put_message(out, 6, &list);
}

static int put_interface(const struct vdevice *d, const struct face *f, struct buf *out)
{
        static const uint8_t mac[] = { 0x94, 0x94, 0x4a, 0x12, 0x34, 0x56 };
        bool up = f->uplink != _UPLINK_MAX && d->net.up[f->uplink].state >= UPLINK_LINKING;
        bool running = f->uplink != _UPLINK_MAX && d->net.up[f->uplink].state >= UPLINK_ADDRESSING;
        int r = put_face(f, out);

        if (r == 0)
                r = wire_put_uint(out, 4, (up ? FLAG_UP : 0) | (running ? FLAG_RUNNING : 0));
        if (r == 0 && f->uplink != _UPLINK_MAX && d->net.up[f->uplink].state == UPLINK_READY)
                r = put_ipv4(out, 0xC0A80117); /* 192.168.1.23 */
        if (r == 0 && f->type != TYPE_LOOPBACK && f->type != TYPE_PPP)
                r = wire_put_bytes(out, 8, mac, sizeof(mac));
        return r < 0 ? r : wire_put_uint(out, 9, 1500);
}

int32_t vd_get_interface(struct vdevice *d, struct request *q)
{
        uint32_t index = 0;
        const struct wire_field fields[] = { { 1, WIRE_UINT, 0, &index } };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0)
                return CONTROL_BAD_DATA;
        for (size_t i = 0; i < ELEMENTSOF(faces); i++) {
                _cleanup_(buf_done) struct buf body = buf_init(256);

                if (faces[i].index != index || !has_face(d, &faces[i]))
                        continue;
                if (put_interface(d, &faces[i], &body) < 0)
                        return -281;
                return vd_encoded(wire_put_message(&q->reply, 1, &body));
        }
        return CONTROL_NOT_FOUND;
}

/* diagnostics */

enum {
        NET_DISCONNECTED = 2,
        NET_CONNECTING = 3,
        NET_CONNECTED = 4,
        BATTERY_CHARGING = 2,
        BATTERY_DISCHARGING = 4,
        POWER_USB_HOST = 2,
        POWER_BATTERY = 5,
        Q8 = 256,
};

static int network_status(const struct vdevice *d)
{
        int status = NET_DISCONNECTED;

        for (int i = 0; i < _UPLINK_MAX; i++) {
                if (d->net.up[i].state == UPLINK_READY)
                        return NET_CONNECTED;
                if (d->net.up[i].state >= UPLINK_LINKING)
                        status = NET_CONNECTING;
        }
        return status;
}

__attribute__((format(printf, 2, 3))) static int put_text(struct buf *out, const char *format, ...)
{
        char text[64];
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        return n < 0 || (size_t)n >= sizeof(text) ? -EMSGSIZE : buf_append(out, text, (size_t)n);
}

/* One source; `error` < 0: it has no value now. */
static int put_source(struct buf *out, const char *name, long value, int error)
{
        const char *comma = out->len > 1 ? "," : "";

        return error < 0 ? put_text(out, "%s\"%s\":{\"err\":%d}", comma, name, error)
                         : put_text(out, "%s\"%s\":%ld", comma, name, value);
}

struct source {
        const char *name;
        long value;
        int error;
};

static int put_sources(struct buf *out, const struct source *sources, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++)
                r = put_source(out, sources[i].name, sources[i].value, sources[i].error);
        return r;
}

/* Signal values are fixed-point numbers with 8 bits behind the point. */
static int put_network(const struct vdevice *d, struct buf *out)
{
        const struct world_network *ap = vd_net_access_point(d);
        bool cellular = d->net.up[UPLINK_CELLULAR].state >= UPLINK_ADDRESSING;
        int rssi = ap ? ap->rssi : cellular ? d->config.world->cellular.rssi : 0;
        int error = rssi ? 0 : CONTROL_UNKNOWN;
        int percent = rssi <= -100 ? 0 : rssi >= -50 ? 100 : 2 * (rssi + 100);
        const struct source sources[] = {
                { "net:stat", network_status(d), 0 },  { "net:err", 0, 0 },
                { "net:dconn", d->net.drops, 0 },      { "net:connatt", d->net.attempts, 0 },
                { "net:dconnrsn", d->net.reason, 0 },  { "net:rssi", rssi * Q8, error },
                { "net:sigstr", percent * Q8, error }, { "net:sigqual", percent * Q8, error },
                { "net:at", ap ? 1 : 8, error }, /* Wi-Fi, LTE Cat M1 */
        };
        const struct source cell[] = {
                { "net:cell:cgi:mcc", 310, 0 },
                { "net:cell:cgi:mnc", 410, 0 },
                { "net:cell:cgi:lac", 2819, 0 },
                { "net:cell:cgi:ci", 84279826, 0 },
        };
        int r = put_sources(out, sources, ELEMENTSOF(sources));

        return r < 0 || !cellular ? r : put_sources(out, cell, ELEMENTSOF(cell));
}

/* Only products with a modem have a fuel gauge. */
static int put_power(struct vdevice *d, struct buf *out)
{
        bool low = vd_mishap(d, MISHAP_LOW_POWER) != NULL;
        const struct source sources[] = {
                { "batt:soc", (low ? 2 : 90) * Q8, 0 },
                { "batt:state", low ? BATTERY_DISCHARGING : BATTERY_CHARGING, 0 },
                { "pwr:src", low ? POWER_BATTERY : POWER_USB_HOST, 0 },
        };

        if (!(d->config.platform->has & PLATFORM_CELLULAR))
                return 0;
        return put_sources(out, sources, ELEMENTSOF(sources));
}

int32_t vd_diagnostic_info(struct vdevice *d, struct request *q)
{
        const struct source sources[] = {
                { "sys:uptime", (long)((timer_now_ms() - d->booted_ms) / 1000), 0 },
                { "sys:tram", 167680, 0 },
                { "sys:uram", 76544, 0 },
                { "cloud:stat", d->cloud.status, 0 },
                { "cloud:err", d->cloud.error, 0 },
                { "cloud:dconn", d->cloud.drops, 0 },
                { "cloud:connatt", d->cloud.attempts, 0 },
                { "cloud:dconnrsn", d->cloud.reason, 0 },
                { "coap:resend", 0, 0 },
                { "pub:limit", 0, 0 },
        };
        int r;

        if (q->body.len > 0)
                return CONTROL_NOT_SUPPORTED;
        r = buf_append(&q->reply, "{", 1);
        if (r == 0)
                r = put_sources(&q->reply, sources, ELEMENTSOF(sources));
        if (r == 0)
                r = put_network(d, &q->reply);
        if (r == 0)
                r = put_power(d, &q->reply);
        return vd_encoded(r < 0 ? r : buf_append(&q->reply, "}", 1));
}
