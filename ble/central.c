/* SPDX-License-Identifier: Apache-2.0 */

/* Ties the nouns together and keeps house: which adapter is in use, which device objects bluetoothd keeps
 * because of us, and when it is told to drop them.
 *
 * A device object is temporary until the first Connect and vanishes by itself 30 s after it was last heard
 * (bluez.md 4); from Connect on bluetoothd keeps it, with its services. That is welcome while a setup goes
 * on (a second connection then needs no discovery of services) and unwelcome afterwards: LINGER_MS after the
 * last use, and when the central is freed, RemoveDevice disconnects and forgets. An owned.h record covers
 * SIGKILL. */

#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/central-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
        LINGER_MS = 30000,
        KNOWN_MS = 15 * 60000, /* what was found may be connected to after a long wait for something else */
        PATIENCE_START_MS =
                700, /* a fault within a second; enough for an adapter that is just powering up */
        PATIENCE_AGAIN_MS = 15000, /* a restart of bluetoothd, a reset of the adapter */
};

/* adapter */
int central_adapter(struct central *c, struct adapter_choice *ret)
{
        const struct ble_adapter *a = *c->adapter ? objects_adapter(c->objects, c->adapter) : NULL;
        int r;

        if (a && a->powered) {
                *ret = (struct adapter_choice){};
                (void)snprintf(ret->path, sizeof(ret->path), "%s", c->adapter);
                return 0;
        }
        r = adapter_choose(c->objects, *c->want ? c->want : NULL, c->sysfs, ret);
        if (r == 0)
                (void)snprintf(c->adapter, sizeof(c->adapter), "%s", ret->path);
        else
                *c->adapter = '\0';
        c->had_adapter |= r == 0;
        discovery_set_adapter(c->discovery, r == 0 ? c->adapter : NULL);
        return r;
}

uint64_t central_patience_ms(const struct central *c, enum fault fault)
{
        if (fault == FAULT_BT_NOT_PERMITTED)
                return 0;
        return c->had_adapter ? PATIENCE_AGAIN_MS : PATIENCE_START_MS;
}

/* calls whose answer changes nothing: the mirror shows what became of them */
void central_call_device(struct central *c, const char *path, const char *method)
{
        const struct bluez_call call = { .path = path, .interface = BLUEZ_IFACE_DEVICE, .method = method };

        (void)bluez_call(objects_bus(c->objects), &call, NULL, NULL);
}

static int append_object(sd_bus_message *m, const void *arg)
{
        return sd_bus_message_append(m, "o", arg);
}

void central_remove_device(struct central *c, const char *path)
{
        const char *end = strrchr(path, '/');
        char adapter[BLE_PATH_MAX];
        const struct bluez_call call = {
                .path = adapter,
                .interface = BLUEZ_IFACE_ADAPTER,
                .method = "RemoveDevice",
                .fill = append_object,
                .arg = path,
        };

        if (!end)
                return;
        (void)snprintf(adapter, sizeof(adapter), "%.*s", (int)(end - path), path);
        (void)bluez_call(objects_bus(c->objects), &call, NULL, NULL);
}

/* peers */
static void peer_forget(struct peer *p);

struct peer *peer_by_address(struct central *c, const char *address)
{
        for (struct peer *p = c->peers; p; p = p->next)
                if (strcasecmp(p->address, address) == 0)
                        return p;
        return NULL;
}

static struct peer *peer_by_path(struct central *c, const char *path)
{
        for (struct peer *p = c->peers; p; p = p->next)
                if (strcmp(p->path, path) == 0)
                        return p;
        return NULL;
}

static void peer_free(struct peer *p)
{
        for (struct peer **q = &p->central->peers; *q; q = &(*q)->next)
                if (*q == p) {
                        *q = p->next;
                        break;
                }
        timer_free(p->timer);
        free(p);
}

static void on_linger(void *userdata)
{
        struct peer *p = userdata;

        p->timer = timer_free(p->timer);
        if (!p->kept) {
                peer_free(p);
                return;
        }
        peer_forget(p);
        (void)timer_new(p->central->loop, KNOWN_MS, on_linger, p, &p->timer);
}

static void let_linger(struct peer *p)
{
        p->timer = timer_free(p->timer);
        if (p->users == 0)
                (void)timer_new(p->central->loop, p->kept ? LINGER_MS : KNOWN_MS, on_linger, p, &p->timer);
}

void peer_use(struct peer *p)
{
        p->users++;
        p->timer = timer_free(p->timer);
}

void peer_unuse(struct peer *p)
{
        p->users--;
        let_linger(p);
}

int peer_found(struct central *c, const struct ble_mode *mode, const char *setup_code,
               const struct ble_device *d, struct peer **ret)
{
        struct peer *p = peer_by_address(c, d->address);

        if (!p) {
                p = calloc(1, sizeof(*p));
                if (!p)
                        return -ENOMEM;
                p->central = c;
                p->next = c->peers;
                c->peers = p;
                (void)snprintf(p->address, sizeof(p->address), "%s", d->address);
        }
        p->mode = *mode;
        (void)snprintf(p->setup_code, sizeof(p->setup_code), "%s", setup_code);
        if (strcmp(p->path, d->path) != 0) {
                peer_forget(p);
                (void)snprintf(p->path, sizeof(p->path), "%s", d->path);
        }
        let_linger(p);
        *ret = p;
        return 0;
}

int peer_keep(struct peer *p)
{
        p->kept = true;
        return owned_add(p->central->owned, p->path);
}

void peer_hang_up(struct peer *p)
{
        if (p->kept)
                central_call_device(p->central, p->path, "Disconnect");
}

/* Whether bluetoothd has the adapter that the object is below: without it nothing is told of the object. */
static bool has_adapter_of(struct central *c, const char *path)
{
        const struct ble_adapter *a;

        for (size_t i = 0; (a = objects_adapter_at(c->objects, i)); i++)
                if (ble_path_is_below(path, a->path))
                        return true;
        return false;
}

/* With the adapter or bluetoothd away the record stays: the object is on disk and comes back with them. */
static void forget_path(struct central *c, const char *path)
{
        if (objects_device(c->objects, path))
                central_remove_device(c, path);
        if (has_adapter_of(c, path))
                owned_remove(c->owned, path);
}

/* Has bluetoothd disconnect and forget the object. */
static void peer_forget(struct peer *p)
{
        if (p->kept)
                forget_path(p->central, p->path);
        p->kept = false;
}

bool central_path_is_used(struct central *c, const char *path)
{
        struct peer *p = peer_by_path(c, path);

        return (p && p->users > 0) || owned_elsewhere(c->owned, path);
}

/* house-keeping */
static void adopt(void *userdata, const char *path)
{
        struct central *c = userdata;
        const struct ble_device *d = objects_device(c->objects, path);

        /* Paired or trusted meanwhile: it is somebody's now */
        if (d && !d->paired && !d->trusted)
                central_remove_device(c, path);
        if (has_adapter_of(c, path) && (!d || d->paired || d->trusted))
                owned_remove(c->owned, path);
}

static void on_change(void *userdata, const struct objects_event *e)
{
        struct central *c = userdata;
        struct adapter_choice choice;
        struct peer *p;

        switch (e->change) {
        case OBJECTS_STATE:
                if (objects_state(c->objects) == OBJECTS_READY && !c->adopted) {
                        c->adopted = true;
                        owned_adopt(c->owned, adopt, c);
                }
                (void)central_adapter(c, &choice);
                break;
        case OBJECTS_ADAPTER:
        case OBJECTS_ADAPTER_GONE: (void)central_adapter(c, &choice); break;
        case OBJECTS_DEVICE_GONE:
                p = peer_by_path(c, e->path);
                if (p)
                        p->kept = false;
                owned_remove(c->owned, e->path);
                break;
        case OBJECTS_DEVICE:
        case OBJECTS_CHRC:
        case OBJECTS_CHRC_VALUE: break;
        }
}

/* life */
int central_new(const struct central_config *config, struct central **ret)
{
        _cleanup_(central_freep) struct central *c = calloc(1, sizeof(*c));
        int r;

        if (!c)
                return -ENOMEM;
        (void)snprintf(c->want, sizeof(c->want), "%s", config->adapter ? config->adapter : "");
        (void)snprintf(c->sysfs, sizeof(c->sysfs), "%s", config->sysfs ? config->sysfs : "/sys");
        c->loop = config->loop;
        r = objects_new(config->loop, &c->objects);
        if (r >= 0)
                r = turn_new(config->loop, config->lock_dir ? config->lock_dir : "/run/lock", &c->turn);
        if (r >= 0)
                r = owned_new(config->state_dir, &c->owned);
        if (r >= 0)
                r = discovery_new(c->objects, c->turn, &c->discovery);
        if (r < 0)
                return r;
        c->watch = (struct objects_watch){ .changed = on_change, .userdata = c };
        objects_watch(c->objects, &c->watch);
        *ret = TAKE_PTR(c);
        return 0;
}

struct central *central_free(struct central *c)
{
        if (!c)
                return NULL;
        while (c->peers) {
                peer_forget(c->peers);
                peer_free(c->peers);
        }
        discovery_free(c->discovery);
        if (c->objects) {
                objects_unwatch(c->objects, &c->watch);
                objects_free(c->objects); /* sends what was said, and closes */
        }
        owned_free(c->owned);
        turn_free(c->turn);
        free(c);
        return NULL;
}

struct objects *central_objects(struct central *c)
{
        return c->objects;
}
