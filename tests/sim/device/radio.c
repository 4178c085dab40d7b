/* SPDX-License-Identifier: Apache-2.0 */

/* Links and advertising. What a Bluetooth stack does by itself happens here, also while the system thread is
 * busy: data goes into the pool, links end, advertising goes on and off. */

#include "tests/sim/device/device-private.h"
#include <errno.h>

enum { MTU_OVERHEAD = 3, MTU_MIN = 23, MTU_MAX = 247, RTL_LINKS = 4, RESET_WAIT_MS = 500 };

static const char listening_service[] = "6fa90001-5c4e-48a8-94f4-8030546f36fc";
static const char provisioning_service[] = "6e400021-b5a3-f393-e0a9-e50e24dcca9e"; /* device.md 4.4 */

/* links */

static struct link *find_link(struct vdevice *d, unsigned id)
{
        for (size_t i = 0; i < LINKS_MAX; i++)
                if (d->radio.link[i].state != LINK_FREE && d->radio.link[i].id == id)
                        return &d->radio.link[i];
        return NULL;
}

static unsigned links_up(const struct vdevice *d)
{
        unsigned n = 0;

        for (size_t i = 0; i < LINKS_MAX; i++)
                n += d->radio.link[i].state == LINK_UP;
        return n;
}

static void free_link(struct link *l)
{
        l->ghost = timer_free(l->ghost);
        l->state = LINK_FREE;
}

/* The channel loses its link, whatever the reason. */
static void unbind(struct vdevice *d)
{
        if (!d->radio.current)
                return;
        d->radio.current = NULL;
        vd_air_clear(d);
        vd_channel_disconnected(d);
}

static void on_turn(void *userdata);

static void next_turn(struct vdevice *d)
{
        if (!d->radio.timer)
                vd_arm(d, &d->radio.timer, 0, on_turn, d);
}

static void drop(struct vdevice *d, struct link *l)
{
        if (l == d->radio.current)
                unbind(d);
        l->state = LINK_DROPPING;
        next_turn(d);
}

void vd_radio_drop_current(struct vdevice *d)
{
        if (d->radio.current)
                drop(d, d->radio.current);
}

static void on_ghost(void *userdata)
{
        struct link *l = userdata;
        struct vdevice *d = l->device;
        unsigned id = l->id;

        free_link(l);
        d->ops.drop_link(d->userdata, id);
}

/* advertising */

static bool connectable(struct vdevice *d)
{
        struct mishap *silent = NULL;

        for (size_t i = 0; i < d->n_mishaps; i++)
                if (d->mishap[i].kind == MISHAP_NOT_ADVERTISING)
                        silent = &d->mishap[i];
        if (silent || !d->running || !d->radio.on)
                return false;
        if (!d->provisioning && (!d->listening || vd_is_protected(d)))
                return false;
        return d->config.platform->chip == CHIP_RTL872X ? links_up(d) < RTL_LINKS : links_up(d) == 0;
}

static void describe_advert(struct vdevice *d, struct vdevice_advert *ret)
{
        *ret = (struct vdevice_advert){
                .on = connectable(d),
                .name = d->identity.advert_name,
                .manufacturer_len = d->os.setup_code_in_advert ? 10 : 4,
                .service_uuid = d->provisioning ? provisioning_service : listening_service,
        };
        le16_put(ret->manufacturer, 0x0662);
        le16_put(ret->manufacturer + 2, (uint16_t)d->config.platform->id);
        if (d->os.setup_code_in_advert)
                memcpy(ret->manufacturer + 4, d->identity.serial + 9, 6);
}

static void on_turn(void *userdata)
{
        struct vdevice *d = userdata;
        struct vdevice_advert advert;

        d->radio.timer = timer_free(d->radio.timer);
        for (size_t i = 0; i < LINKS_MAX; i++) {
                struct link *l = &d->radio.link[i];

                if (l->state == LINK_DROPPING) {
                        free_link(l);
                        d->ops.drop_link(d->userdata, l->id);
                }
        }
        describe_advert(d, &advert);
        if (advert.on == d->radio.advert.on)
                return;
        d->radio.advert = advert;
        d->ops.advertise(d->userdata, &advert);
}

void vd_radio_update(struct vdevice *d)
{
        next_turn(d);
}

/* life */

void vd_radio_start(struct vdevice *d)
{
        d->radio.on = true;
        next_turn(d);
}

void vd_radio_stop(struct vdevice *d, bool clean)
{
        d->radio.reset = timer_free(d->radio.reset);
        d->radio.on = false;
        unbind(d);
        for (size_t i = 0; i < LINKS_MAX; i++) {
                struct link *l = &d->radio.link[i];

                if (l->state != LINK_UP)
                        continue;
                l->state = clean ? LINK_DROPPING : LINK_GHOST;
                if (!clean)
                        vd_arm(d, &l->ghost, d->timing.supervision_ms, on_ghost, l);
        }
        next_turn(d);
}

static void on_stack_reset(void *userdata)
{
        struct vdevice *d = userdata;

        d->radio.reset = timer_free(d->radio.reset);
        vd_radio_start(d);
}

void vd_radio_reset_stack(struct vdevice *d)
{
        vd_radio_stop(d, true);
        vd_arm(d, &d->radio.reset, d->timing.radio_reset_ms, on_stack_reset, d);
}

static void on_reset_due(void *userdata)
{
        vd_radio_reset_stack(userdata);
}

void vd_radio_scan_was_empty(struct vdevice *d)
{
        if (d->os.empty_scan_resets_radio && !d->radio.reset)
                vd_arm(d, &d->radio.reset, RESET_WAIT_MS, on_reset_due, d);
}

bool vd_radio_needs_reset(const struct vdevice *d)
{
        return d->radio.reset != NULL;
}

void vd_radio_done(struct vdevice *d)
{
        for (size_t i = 0; i < LINKS_MAX; i++)
                free_link(&d->radio.link[i]);
        d->radio.current = NULL;
        vd_air_clear(d);
        d->radio.timer = timer_free(d->radio.timer);
        d->radio.reset = timer_free(d->radio.reset);
}

/* inputs */

int vdevice_link_up(struct vdevice *d, unsigned link, unsigned mtu, uint8_t *ret_version)
{
        struct mishap *version;
        struct link *l = NULL;

        if (!connectable(d))
                return links_up(d) > 0 ? -EBUSY : -ECONNREFUSED;
        for (size_t i = 0; i < LINKS_MAX && !l; i++)
                if (d->radio.link[i].state == LINK_FREE)
                        l = &d->radio.link[i];
        if (!l || link == 0 || find_link(d, link) || mtu < MTU_MIN)
                return -EINVAL;
        *l = (struct link){ .state = LINK_UP, .id = link, .device = d };
        vdevice_set_mtu(d, link, mtu);
        d->count.links++;
        d->radio.rx = d->radio.tx = 0;
        vd_air_clear(d);
        d->radio.current = l;
        d->radio.air.origin_ms = timer_now_ms();
        vd_channel_connected(d);
        version = vd_mishap(d, MISHAP_VERSION);
        *ret_version = version ? (uint8_t)version->arg : 2;
        if (vd_mishap(d, MISHAP_REFUSE_LINK))
                drop(d, l);
        next_turn(d);
        return 0;
}

void vdevice_subscribe(struct vdevice *d, unsigned link, bool on)
{
        struct link *l = find_link(d, link);

        if (!l || l->state != LINK_UP)
                return;
        l->subscribed = on;
        vd_wake(d);
}

void vdevice_set_mtu(struct vdevice *d, unsigned link, unsigned mtu)
{
        struct link *l = find_link(d, link);

        if (l && mtu >= MTU_MIN)
                l->max_value = (mtu < MTU_MAX ? mtu : MTU_MAX) - MTU_OVERHEAD;
}

int vdevice_write(struct vdevice *d, unsigned link, const uint8_t *data, size_t len)
{
        struct link *l = find_link(d, link);

        if (!l)
                return -ENOTCONN;
        if (len > l->max_value)
                return -EMSGSIZE;
        if (l->state == LINK_UP && l == d->radio.current)
                vd_air_receive(d, data, len);
        return 0;
}

void vdevice_link_down(struct vdevice *d, unsigned link)
{
        struct link *l = find_link(d, link);

        if (!l)
                return;
        if (l == d->radio.current)
                unbind(d);
        free_link(l);
        next_turn(d);
}
