/* SPDX-License-Identifier: Apache-2.0 */

/* What a device's Wi-Fi sees and what it can join (device.md 3.6 and 4.3), and the list of
 * networks in its flash. */

#include "tests/sim/device/device-private.h"
#include <errno.h>

enum { WEAKEST_DBM = -88, BAND_5GHZ = 15, PASSWORD_MIN = 8, PASSWORD_MAX = 64 };

static bool same_ssid(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
        return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool is_rtl(const struct vdevice *d)
{
        return d->config.platform->chip == CHIP_RTL872X;
}

static bool on_band(const struct vdevice *d, const struct world_network *n)
{
        return n->channel < BAND_5GHZ || (d->config.platform->has & PLATFORM_5GHZ);
}

bool vd_wifi_sees(const struct vdevice *d, const struct world_network *n)
{
        if (n->hidden || !on_band(d, n))
                return false;
        if (is_rtl(d))
                return n->security != WORLD_WPA3;
        return !memchr(n->ssid, ',', n->ssid_len) && !memchr(n->ssid, '"', n->ssid_len);
}

unsigned vd_wifi_shown_security(const struct vdevice *d, const struct world_network *n)
{
        return is_rtl(d) && n->security == WORLD_WPA2_WPA3 ? WORLD_WPA2 : n->security;
}

/* Is this type, asked for, one that the access point offers? */
static bool offers(const struct world_network *n, unsigned security)
{
        static const uint8_t offered[] = {
                [WORLD_OPEN] = 1 << WORLD_OPEN,
                [WORLD_WEP] = 1 << WORLD_WEP,
                [WORLD_WPA] = 1 << WORLD_WPA | 1 << WORLD_WPA_WPA2,
                [WORLD_WPA2] = 1 << WORLD_WPA2 | 1 << WORLD_WPA_WPA2 | 1 << WORLD_WPA2_WPA3,
                [WORLD_WPA_WPA2] = 1 << WORLD_WPA | 1 << WORLD_WPA2 | 1 << WORLD_WPA_WPA2,
                [WORLD_WPA3] = 1 << WORLD_WPA3 | 1 << WORLD_WPA2_WPA3,
                [WORLD_WPA2_WPA3] =
                        1 << WORLD_WPA2 | 1 << WORLD_WPA3 | 1 << WORLD_WPA_WPA2 | 1 << WORLD_WPA2_WPA3,
        };

        return security <= WORLD_WPA2_WPA3 && (offered[n->security] & 1 << security);
}

/* Would the access point let it in? The Argon's coprocessor looks only at SSID and password, but knows WPA3
 * only when told; RTL872x goes by the security type that it was given. */
static bool lets_in(const struct vdevice *d, const struct world_network *ap, const struct known_network *n)
{
        bool empty = !n->password || secret_len(n->password) == 0;

        if (ap->rssi < WEAKEST_DBM)
                return false;
        if (ap->security == WORLD_OPEN)
                return empty && (!is_rtl(d) || n->security == WORLD_OPEN);
        if (ap->security == WORLD_WPA3 && (!d->os.wpa3 || !offers(ap, n->security)))
                return false;
        if (is_rtl(d) && !offers(ap, n->security))
                return false;
        return secret_equal(ap->password, n->password);
}

/* Best access point of this SSID, or NULL. */
static const struct world_network *find_ap(const struct vdevice *d, const struct known_network *n,
                                           bool by_scan)
{
        const struct world *w = d->config.world;
        const struct world_network *best = NULL;

        for (size_t i = 0; i < w->n_networks; i++) {
                const struct world_network *ap = &w->network[i];

                if (!on_band(d, ap) || !same_ssid(ap->ssid, ap->ssid_len, n->ssid, n->ssid_len))
                        continue;
                if (by_scan && !n->hidden && !vd_wifi_sees(d, ap))
                        continue;
                if (!best || (lets_in(d, ap, n) && !lets_in(d, best, n)) ||
                    (lets_in(d, ap, n) == lets_in(d, best, n) && ap->rssi > best->rssi))
                        best = ap;
        }
        return best;
}

int vd_wifi_choose(const struct vdevice *d)
{
        const struct world_network *best = NULL;

        for (size_t i = 0; i < d->flash.n_networks; i++) {
                const struct known_network *n = &d->flash.network[i];
                const struct world_network *ap = find_ap(d, n, true);

                if (ap && lets_in(d, ap, n) && (!best || ap->rssi > best->rssi))
                        best = ap;
        }
        return best ? (int)(best - d->config.world->network) : WIFI_NOBODY;
}

static bool password_is_odd(const struct known_network *n)
{
        size_t len = n->password ? secret_len(n->password) : 0;

        return n->security != WORLD_OPEN && (len < PASSWORD_MIN || len > PASSWORD_MAX);
}

int32_t vd_wifi_join_result(struct vdevice *d, const struct known_network *n, bool by_scan, int *ret_ap)
{
        const struct world_network *ap = find_ap(d, n, by_scan);

        if (ap && lets_in(d, ap, n) && !vd_mishap(d, MISHAP_JOIN_RACE)) {
                *ret_ap = (int)(ap - d->config.world->network);
                return CONTROL_OK;
        }
        if (by_scan)
                return CONTROL_NOT_FOUND;
        if (!is_rtl(d))
                return CONTROL_AT_NOT_OK;
        if (password_is_odd(n))
                return CONTROL_INVALID_ARGUMENT;
        return ap ? CONTROL_INTERNAL : CONTROL_INVALID_STATE;
}

unsigned vd_wifi_security_for(const struct vdevice *d, const struct known_network *n, unsigned requested)
{
        const struct world *w = d->config.world;

        if (is_rtl(d) && n->hidden && d->os.hidden_field)
                return d->os.hidden_by_request ? requested : WORLD_OPEN;
        if (!is_rtl(d) && (requested != WORLD_OPEN || !n->password))
                return requested;
        for (size_t i = 0; i < w->n_networks; i++)
                if (vd_wifi_sees(d, &w->network[i]) &&
                    same_ssid(w->network[i].ssid, w->network[i].ssid_len, n->ssid, n->ssid_len))
                        return vd_wifi_shown_security(d, &w->network[i]);
        return is_rtl(d) && !d->os.hidden_field ? (unsigned)WORLD_OPEN : requested;
}

size_t vd_wifi_count_seen(const struct vdevice *d)
{
        size_t n = 0;

        for (size_t i = 0; i < d->config.world->n_networks; i++)
                n += vd_wifi_sees(d, &d->config.world->network[i]);
        return n;
}

/* flash */

struct known_network *vd_wifi_known(struct vdevice *d, const uint8_t *ssid, size_t ssid_len)
{
        for (size_t i = 0; i < d->flash.n_networks; i++)
                if (same_ssid(d->flash.network[i].ssid, d->flash.network[i].ssid_len, ssid, ssid_len))
                        return &d->flash.network[i];
        return NULL;
}

static void forget_at(struct flash *f, size_t i)
{
        secret_free(f->network[i].password);
        memmove(&f->network[i], &f->network[i + 1], (f->n_networks - i - 1) * sizeof(*f->network));
        f->n_networks--;
}

void vd_wifi_forget(struct vdevice *d, const uint8_t *ssid, size_t ssid_len)
{
        struct known_network *n = vd_wifi_known(d, ssid, ssid_len);

        if (n)
                forget_at(&d->flash, (size_t)(n - d->flash.network));
}

void vd_wifi_forget_all(struct vdevice *d)
{
        while (d->flash.n_networks > 0)
                forget_at(&d->flash, d->flash.n_networks - 1);
}

static bool same_password(const struct known_network *a, const struct known_network *b)
{
        return (!a->password && !b->password) || secret_equal(a->password, b->password);
}

static bool same_network(const struct known_network *a, const struct known_network *b)
{
        return a->security == b->security && a->hidden == b->hidden && same_password(a, b);
}

/* The same name is overwritten where it stands; one more than fits takes the place of the last, whichever
 * that is (device.md 3.6 and 3.9). */
int vd_wifi_save(struct vdevice *d, const struct known_network *n, const char *effect)
{
        struct known_network *at = vd_wifi_known(d, n->ssid, n->ssid_len);
        struct flash *f = &d->flash;
        struct known_network copy = *n;
        bool changed = !at || !same_network(at, n);
        int r;

        copy.password = NULL;
        if (n->password) {
                r = secret_new(secret_bytes(n->password), secret_len(n->password), &copy.password);
                if (r < 0)
                        return r;
        }
        if (!at && f->n_networks < KNOWN_NETWORKS_MAX)
                at = &f->network[f->n_networks++];
        else if (!at)
                at = &f->network[KNOWN_NETWORKS_MAX - 1];
        secret_free(at->password);
        *at = copy;
        vd_effect(d, effect, at->ssid, at->ssid_len, changed);
        return 0;
}

void vd_wifi_connected(struct vdevice *d, const uint8_t *ssid, size_t ssid_len)
{
        struct known_network *at = vd_wifi_known(d, ssid, ssid_len), copy;

        if (!at)
                return;
        copy = *at;
        memmove(&d->flash.network[1], &d->flash.network[0],
                (size_t)(at - d->flash.network) * sizeof(*d->flash.network));
        d->flash.network[0] = copy;
}
