/* SPDX-License-Identifier: Apache-2.0 */

/* Wi-Fi requests (device.md 3.6, 3.8, 4.3). Joining and scanning keep the system thread
 * busy: nothing else is read meanwhile. RTL872x answers BUSY until a reset of its radio is through. */

#include "tests/sim/device/handlers.h"

enum { TYPE_NONE = 0, TYPE_PASSWORD = 1, PASSWORD_MAX = 64 };

static bool is_rtl(const struct vdevice *d)
{
        return d->config.platform->chip == CHIP_RTL872X;
}

/* A body of 500 or 507; the password belongs to the caller. */
static int32_t read_network(const struct vdevice *d, const struct request *q, struct known_network *ret,
                            unsigned *ret_security)
{
        struct wire_bytes ssid = { 0 }, bssid = { 0 }, credentials = { 0 }, password = { 0 };
        uint32_t security = 0, type = TYPE_NONE;
        bool hidden = false;
        const struct wire_field fields[] = {
                { 1, WIRE_BYTES, WORLD_SSID_MAX, &ssid },
                { 2, WIRE_BYTES, 6, &bssid },
                { 3, WIRE_UINT, 0, &security },
                { 4, WIRE_BYTES, 0, &credentials },
                { 6, WIRE_BOOL, 0, &hidden },
        };
        const struct wire_field inner[] = {
                { 1, WIRE_UINT, 0, &type },
                { 2, WIRE_BYTES, PASSWORD_MAX, &password },
        };
        struct known_network n = { 0 };

        if (wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0 ||
            wire_read(credentials.data, credentials.len, inner, ELEMENTSOF(inner)) < 0)
                return CONTROL_BAD_DATA;
        if (type != TYPE_NONE && type != TYPE_PASSWORD)
                return CONTROL_NOT_SUPPORTED;
        if (ssid.len == 0)
                return CONTROL_INVALID_ARGUMENT;
        memcpy(n.ssid, ssid.data, ssid.len);
        n.ssid_len = strnlen((const char *)n.ssid, ssid.len); /* cut at a byte of value zero */
        n.hidden = hidden && d->os.hidden_field;
        if (type == TYPE_PASSWORD && secret_new(password.data, password.len, &n.password) < 0)
                return CONTROL_NO_MEMORY;
        n.security = vd_wifi_security_for(d, &n, security);
        *ret = n;
        *ret_security = security;
        return CONTROL_OK;
}

static void on_joined(struct vdevice *d, struct request *q)
{
        struct known_network n = { 0 };
        unsigned security;
        int ap = WIFI_NOBODY;
        int32_t r = read_network(d, q, &n, &security);

        if (r == CONTROL_OK && is_rtl(d) && !n.hidden && vd_wifi_count_seen(d) == 0)
                vd_radio_scan_was_empty(d);
        if (r == CONTROL_OK && vd_radio_needs_reset(d))
                r = CONTROL_BUSY;
        if (r == CONTROL_OK)
                r = vd_wifi_join_result(d, &n, d->os.join == JOIN_SAVES_FIRST, &ap);
        if (r == CONTROL_OK && vd_wifi_save(d, &n, "wifi-joined") < 0)
                r = CONTROL_NO_MEMORY;
        if (r == CONTROL_OK)
                vd_net_wifi_joined(d, ap, d->os.join);
        else
                vd_net_wifi_resume(d);
        secret_free(n.password);
        if (r == CONTROL_OK && vd_mishap(d, MISHAP_JOIN_DROPS_LINK))
                vd_radio_reset_stack(d);
        vd_channel_complete(d, q, r);
}

/* How long the coprocessor needs before it can do anything. */
static uint64_t start_ncp(struct vdevice *d)
{
        uint64_t ms = d->net.ncp_on ? 0 : d->timing.ncp_ms;

        d->net.ncp_on = true;
        return ms;
}

int32_t vd_join_new_network(struct vdevice *d, struct request *q)
{
        struct known_network n = { 0 };
        unsigned security;
        uint64_t ms;
        int32_t r;

        if (vd_radio_needs_reset(d))
                return CONTROL_BUSY;
        r = read_network(d, q, &n, &security);
        if (r < 0)
                return r;
        ms = start_ncp(d) + d->timing.join_ms;
        if ((is_rtl(d) && !n.hidden) || d->os.join == JOIN_SAVES_FIRST)
                ms += d->timing.scan_ms;
        secret_free(n.password);
        vd_net_wifi_down(d);
        vd_busy(d, ms, on_joined, q);
        return HANDLER_LATER;
}

static int32_t read_ssid(const struct request *q, struct wire_bytes *ret)
{
        const struct wire_field fields[] = { { 1, WIRE_BYTES, WORLD_SSID_MAX, ret } };

        return wire_read(q->body.data, q->body.len, fields, ELEMENTSOF(fields)) < 0 ? CONTROL_BAD_DATA
                                                                                    : CONTROL_OK;
}

static void on_rejoined(struct vdevice *d, struct request *q)
{
        struct wire_bytes ssid = { 0 };
        struct known_network *n;
        int ap;

        (void)read_ssid(q, &ssid);
        n = vd_wifi_known(d, ssid.data, ssid.len);
        if (n && vd_wifi_join_result(d, n, true, &ap) == CONTROL_OK) {
                vd_effect(d, "wifi-joined", n->ssid, n->ssid_len, false);
                vd_net_wifi_joined(d, ap, d->os.join);
                vd_channel_complete(d, q, CONTROL_OK);
        } else {
                vd_net_wifi_resume(d);
                vd_channel_complete(d, q, CONTROL_NOT_FOUND);
        }
}

int32_t vd_join_known_network(struct vdevice *d, struct request *q)
{
        struct wire_bytes ssid = { 0 };
        int32_t r = read_ssid(q, &ssid);

        if (r < 0)
                return r;
        if (!vd_wifi_known(d, ssid.data, ssid.len))
                return CONTROL_NOT_FOUND;
        if (vd_radio_needs_reset(d))
                return CONTROL_BUSY;
        vd_net_wifi_down(d);
        vd_busy(d, start_ncp(d) + d->timing.scan_ms + d->timing.join_ms, on_rejoined, q);
        return HANDLER_LATER;
}

int32_t vd_get_known_networks(struct vdevice *d, struct request *q)
{
        for (size_t i = 0; i < d->flash.n_networks; i++) {
                const struct known_network *n = &d->flash.network[i];
                _cleanup_(buf_done) struct buf entry = buf_init(64);

                if (wire_put_bytes(&entry, 1, n->ssid, n->ssid_len) < 0 ||
                    wire_put_uint(&entry, 2, n->security) < 0 ||
                    wire_put_uint(&entry, 3, n->password ? TYPE_PASSWORD : TYPE_NONE) < 0 ||
                    wire_put_message(&q->reply, 1, &entry) < 0)
                        return -281;
        }
        return vd_end_list(d, q);
}

int32_t vd_remove_known_network(struct vdevice *d, struct request *q)
{
        struct wire_bytes ssid = { 0 };
        int32_t r = read_ssid(q, &ssid);

        if (r == CONTROL_OK)
                vd_wifi_forget(d, ssid.data, ssid.len);
        return r;
}

int32_t vd_clear_known_networks(struct vdevice *d, struct request *q)
{
        (void)q;
        vd_wifi_forget_all(d);
        return CONTROL_OK;
}

int32_t vd_get_current_network(struct vdevice *d, struct request *q)
{
        const struct world_network *ap = vd_net_access_point(d);

        if (!ap)
                return CONTROL_INVALID_STATE;
        if (wire_put_bytes(&q->reply, 1, ap->ssid, ap->ssid_len) < 0 ||
            wire_put_bytes(&q->reply, 2, ap->bssid, sizeof(ap->bssid)) < 0 ||
            wire_put_int(&q->reply, 3, ap->channel) < 0 || wire_put_int(&q->reply, 4, ap->rssi) < 0)
                return -281;
        return CONTROL_OK;
}

static int put_seen(struct vdevice *d, struct request *q, const struct world_network *n)
{
        _cleanup_(buf_done) struct buf entry = buf_init(96);

        if (wire_put_bytes(&entry, 1, n->ssid, n->ssid_len) < 0 ||
            wire_put_bytes(&entry, 2, n->bssid, sizeof(n->bssid)) < 0 ||
            wire_put_uint(&entry, 3, vd_wifi_shown_security(d, n)) < 0 ||
            wire_put_int(&entry, 4, n->channel) < 0 || wire_put_int(&entry, 5, n->rssi) < 0)
                return -1;
        return wire_put_message(&q->reply, 1, &entry);
}

static void on_scanned(struct vdevice *d, struct request *q)
{
        const struct world *w = d->config.world;
        bool empty = vd_mishap(d, MISHAP_SCAN_EMPTY) || vd_wifi_count_seen(d) == 0;
        int32_t r = CONTROL_OK;

        for (size_t i = 0; i < w->n_networks && !empty; i++)
                if (vd_wifi_sees(d, &w->network[i]) && put_seen(d, q, &w->network[i]) < 0)
                        r = -281;
        if (r == CONTROL_OK)
                r = vd_end_list(d, q);
        if (empty)
                vd_radio_scan_was_empty(d);
        vd_channel_complete(d, q, r);
}

int32_t vd_scan_networks(struct vdevice *d, struct request *q)
{
        if (vd_radio_needs_reset(d))
                return CONTROL_BUSY;
        vd_busy(d, start_ncp(d) + d->timing.scan_ms, on_scanned, q);
        return HANDLER_LATER;
}

int32_t vd_set_network_credentials(struct vdevice *d, struct request *q)
{
        struct known_network n = { 0 };
        unsigned security;
        int32_t r;

        if (!d->os.stores_without_join)
                return CONTROL_NOT_SUPPORTED;
        r = read_network(d, q, &n, &security);
        if (r < 0)
                return r;
        if (is_rtl(d))
                n.security = security; /* as sent: nothing is looked up (device.md 3.8) */
        if (vd_wifi_save(d, &n, "wifi-saved") < 0)
                r = CONTROL_NO_MEMORY;
        secret_free(n.password);
        return r;
}
