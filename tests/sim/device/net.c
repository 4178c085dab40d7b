/* SPDX-License-Identifier: Apache-2.0 */

/* The device's ways onto a network. Each uplink goes down -> linking -> addressing -> ready by its own
 * timer, as the coprocessor and the IP stack do beside the system thread, and tries again for ever. */

#include "tests/sim/device/device-private.h"

enum {
        CABLE_MS = 200,
        LINK_RETRY_MS = 5000,
        DHCP_RETRY_MS = 10000,
        REGISTER_RETRY_MS = 30000,
        SIM_EXTERNAL_TYPE = 2,
};

static void on_uplink(void *userdata);

static void begin(struct vdevice *d, struct uplink *u)
{
        uint64_t ms = 0;

        u->state = UPLINK_LINKING;
        switch (u->kind) {
        case UPLINK_ETHERNET: ms = CABLE_MS; break;
        case UPLINK_WIFI:
                ms = d->timing.associate_ms + (d->net.ncp_on ? 0 : d->timing.ncp_ms);
                d->net.ncp_on = true;
                break;
        case UPLINK_CELLULAR:
                ms = d->config.world->cellular.register_ms + (d->net.modem_on ? 0 : d->timing.modem_ms);
                d->net.modem_on = true;
                break;
        case _UPLINK_MAX: break;
        }
        d->net.attempts++;
        vd_arm(d, &u->timer, ms, on_uplink, u);
}

static bool sim_works(const struct vdevice *d)
{
        const struct world *w = d->config.world;
        unsigned sim = d->net.sim;

        if (sim < 1 || sim > SIM_EXTERNAL_TYPE || w->cellular.sim[sim] != WORLD_SIM_OK)
                return false;
        return sim != SIM_EXTERNAL_TYPE || !*w->cellular.apn ||
               strcmp(w->cellular.apn, d->flash.apn[sim].apn) == 0;
}

/* Is the link there now? Otherwise *ret_retry_ms says when to look again. */
static bool link_comes(struct vdevice *d, struct uplink *u, uint64_t *ret_retry_ms)
{
        int ap;

        *ret_retry_ms = LINK_RETRY_MS;
        if (u->kind == UPLINK_ETHERNET)
                return d->config.world->ethernet.cable;
        if (vd_mishap(d, MISHAP_NO_ASSOCIATION) || vd_mishap(d, MISHAP_LOW_POWER))
                return false;
        if (u->kind == UPLINK_WIFI) {
                ap = vd_wifi_choose(d);
                if (ap == WIFI_NOBODY)
                        return false;
                u->ap = (size_t)ap;
                vd_wifi_connected(d, d->config.world->network[ap].ssid,
                                  d->config.world->network[ap].ssid_len);
                return true;
        }
        *ret_retry_ms = REGISTER_RETRY_MS;
        return sim_works(d);
}

static const struct world_path *path_of(const struct vdevice *d, const struct uplink *u)
{
        const struct world *w = d->config.world;

        switch (u->kind) {
        case UPLINK_ETHERNET: return &w->ethernet.path;
        case UPLINK_WIFI: return u->ap < w->n_networks ? &w->network[u->ap].path : NULL;
        case UPLINK_CELLULAR: return &w->cellular.path;
        case _UPLINK_MAX: break;
        }
        return NULL;
}

static void on_uplink(void *userdata)
{
        struct uplink *u = userdata;
        struct vdevice *d = u->device;
        const struct world_path *path;
        uint64_t retry_ms;

        u->timer = timer_free(u->timer);
        if (u->state == UPLINK_LINKING) {
                if (link_comes(d, u, &retry_ms)) {
                        u->state = UPLINK_ADDRESSING;
                        vd_arm(d, &u->timer, d->timing.dhcp_ms, on_uplink, u);
                } else {
                        d->net.attempts++;
                        vd_arm(d, &u->timer, retry_ms, on_uplink, u);
                }
                return;
        }
        path = path_of(d, u);
        if (!path || !path->dhcp || vd_mishap(d, MISHAP_NO_ADDRESS)) {
                vd_arm(d, &u->timer, DHCP_RETRY_MS, on_uplink, u);
                return;
        }
        u->state = UPLINK_READY;
        vd_cloud_network_changed(d);
}

/* verbs */

void vd_net_start(struct vdevice *d)
{
        const struct world *w = d->config.world;
        unsigned has = d->config.platform->has;

        d->net = (struct net){ .sim = d->flash.active_sim };
        for (int i = 0; i < _UPLINK_MAX; i++)
                d->net.up[i] = (struct uplink){ .device = d, .kind = (enum uplink_kind)i };
        if (d->os.ethernet && d->flash.ethernet_detection && w->ethernet.wing)
                d->net.up[UPLINK_ETHERNET].state = UPLINK_DOWN;
        if (has & PLATFORM_WIFI)
                d->net.up[UPLINK_WIFI].state = UPLINK_DOWN;
        if (has & PLATFORM_CELLULAR)
                d->net.up[UPLINK_CELLULAR].state = UPLINK_DOWN;
}

static bool vd_net_is_configured(const struct vdevice *d)
{
        return d->flash.n_networks > 0 || d->net.up[UPLINK_CELLULAR].state != UPLINK_ABSENT ||
               d->net.up[UPLINK_ETHERNET].state != UPLINK_ABSENT;
}

void vd_net_connect(struct vdevice *d)
{
        bool listen = d->flash.startup_listening;

        d->flash.startup_listening = false;
        listen |= d->os.setup_flag && !d->flash.setup_done;
        listen |= !vd_net_is_configured(d);
        if (listen) {
                vd_listen(d);
                return;
        }
        d->net.wanted = true;
        for (int i = 0; i < _UPLINK_MAX; i++) {
                struct uplink *u = &d->net.up[i];

                if (i == UPLINK_WIFI && d->flash.n_networks == 0)
                        continue;
                if (u->state == UPLINK_DOWN)
                        begin(d, u);
                else if (u->state == UPLINK_ADDRESSING && !u->timer) /* joined while listening */
                        vd_arm(d, &u->timer, d->timing.dhcp_ms, on_uplink, u);
        }
}

static void take_down(struct uplink *u)
{
        u->timer = timer_free(u->timer);
        if (u->state != UPLINK_ABSENT)
                u->state = UPLINK_DOWN;
}

void vd_net_disconnect(struct vdevice *d, unsigned reason)
{
        if (d->net.wanted) {
                d->net.drops++;
                d->net.reason = reason;
        }
        d->net.wanted = false;
        for (int i = 0; i < _UPLINK_MAX; i++)
                take_down(&d->net.up[i]);
        vd_cloud_network_changed(d);
}

void vd_net_restart(struct vdevice *d, unsigned reason)
{
        vd_net_disconnect(d, reason);
        vd_net_connect(d);
}

void vd_net_wifi_down(struct vdevice *d)
{
        take_down(&d->net.up[UPLINK_WIFI]);
        vd_cloud_network_changed(d);
}

void vd_net_wifi_joined(struct vdevice *d, int ap, enum join_rule rule)
{
        struct uplink *u = &d->net.up[UPLINK_WIFI];

        take_down(u);
        if (rule == JOIN_VALIDATES || !d->listening) {
                d->net.wanted = true;
                begin(d, u);
        } else if (rule == JOIN_SAVES_FIRST) {
                u->ap = (size_t)ap;
                u->state = UPLINK_ADDRESSING;
                vd_wifi_connected(d, d->config.world->network[ap].ssid,
                                  d->config.world->network[ap].ssid_len);
        }
        vd_cloud_network_changed(d);
}

void vd_net_wifi_resume(struct vdevice *d)
{
        if (d->net.wanted && d->flash.n_networks > 0 && d->net.up[UPLINK_WIFI].state == UPLINK_DOWN)
                begin(d, &d->net.up[UPLINK_WIFI]);
}

void vd_net_done(struct vdevice *d)
{
        for (int i = 0; i < _UPLINK_MAX; i++)
                take_down(&d->net.up[i]);
}

/* facts */

static const struct uplink *ready(const struct vdevice *d)
{
        for (int i = 0; i < _UPLINK_MAX; i++)
                if (d->net.up[i].state == UPLINK_READY)
                        return &d->net.up[i];
        return NULL;
}

bool vd_net_is_ready(const struct vdevice *d)
{
        return ready(d) != NULL;
}

const struct world_path *vd_net_path(const struct vdevice *d)
{
        const struct uplink *u = ready(d);

        return u ? path_of(d, u) : NULL;
}

const struct world_network *vd_net_access_point(const struct vdevice *d)
{
        const struct uplink *u = &d->net.up[UPLINK_WIFI];

        if (u->state < UPLINK_ADDRESSING || u->ap >= d->config.world->n_networks)
                return NULL;
        return &d->config.world->network[u->ap];
}
