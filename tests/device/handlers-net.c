/* SPDX-License-Identifier: Apache-2.0 */

/* Network interfaces, the cloud connection, and request 100: the diagnostics as JSON text (device reference,
 * sections 3.6 and 3.7). */

#include "tests/device/handlers.h"
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
        return CONTROL_OK;
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

enum { NET_DISCONNECTED = 2, NET_CONNECTING = 3, NET_CONNECTED = 4 };

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

int32_t vd_diagnostic_info(struct vdevice *d, struct request *q)
{
        const struct world_network *ap = vd_net_access_point(d);
        bool low = vd_mishap(d, MISHAP_LOW_POWER) != NULL;
        char text[640];
        int n;

        if (q->body.len > 0)
                return CONTROL_NOT_SUPPORTED;
        n = snprintf(text, sizeof(text),
                     "{\"sys:uptime\":%llu,\"net:stat\":%d,\"net:connatt\":%u,\"net:dconn\":%u,"
                     "\"net:dconnrsn\":%u,\"net:err\":0,\"net:rssi\":%s%d%s,\"cloud:stat\":%d,"
                     "\"cloud:connatt\":%u,\"cloud:err\":%d,\"cloud:dconnrsn\":%u,\"batt:soc\":%d,"
                     "\"pwr:src\":%d}",
                     (unsigned long long)((timer_now_ms() - d->booted_ms) / 1000), network_status(d),
                     d->net.attempts, d->net.drops, d->net.reason,
                     ap ? "" : "{\"err\":", ap ? ap->rssi * 256 : -210, ap ? "" : "}", d->cloud.status,
                     d->cloud.attempts, d->cloud.error, d->cloud.reason, low ? 2 * 256 : 90 * 256,
                     low ? 5 : 3);
        return n < 0 || (size_t)n >= sizeof(text) ? -281
                                                  : vd_encoded(buf_append(&q->reply, text, (size_t)n));
}
