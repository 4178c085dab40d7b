/* SPDX-License-Identifier: Apache-2.0 */

/* The mirror. Order on the wire is what makes it complete: the matches go out first, GetManagedObjects after
 * them, and the bus handles both in order, so whatever changes meanwhile arrives as a signal. The same
 * object may then be told twice; adding is therefore always "add or update" (bluez.md 1).
 *
 * NameOwnerChanged is the one source of truth for bluetoothd's life (bluez.md 12): no owner empties the
 * mirror, a new owner loads it again. Calls are sent without auto-start: bluetoothd is started by udev when
 * there is an adapter, and waiting for the bus to start it would cost a person 25 s to learn that there is
 * none.
 *
 * Debian's bus policy lets every user talk to org.bluez (bluez.md 26); where a site's does not, the first
 * call says so and the state is OBJECTS_DENIED.
 *
 * usher does all of its work over D-Bus: an HCI socket would fight bluetoothd (bluez.md 23). The one
 * management socket, of setup/doctor/link-params.c, only reads. */

#include "ble/objects.h"
#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/error.h"
#include "ble/record-set.h"
#include <errno.h>
#include <string.h>
#include <systemd/sd-event.h>

enum { LOAD_TIMEOUT_MS = 5000, MATCHES = 5 };

struct objects {
        sd_event *loop;
        sd_bus *bus;
        enum objects_state state;
        struct trouble trouble;

        struct record_set records;

        sd_bus_slot *match[MATCHES];
        sd_bus_slot *load;

        struct objects_watch *watches;
        struct objects_watch *next; /* while an event is told: whom to tell next */
};

/* watches */
void objects_watch(struct objects *o, struct objects_watch *w)
{
        if (w->on)
                return;
        w->next = o->watches;
        w->on = true;
        o->watches = w;
}

void objects_unwatch(struct objects *o, struct objects_watch *w)
{
        if (!w->on)
                return;
        for (struct objects_watch **p = &o->watches; *p; p = &(*p)->next)
                if (*p == w) {
                        *p = w->next;
                        break;
                }
        if (o->next == w)
                o->next = w->next;
        w->on = false;
}

static void tell(struct objects *o, const struct objects_event *e)
{
        for (struct objects_watch *w = o->watches; w; w = o->next) {
                o->next = w->next;
                w->changed(w->userdata, e);
        }
        o->next = NULL;
}

static enum fault fault_of(enum objects_state state)
{
        switch (state) {
        case OBJECTS_LOADING:
        case OBJECTS_READY: break;
        case OBJECTS_NO_DAEMON:
        case OBJECTS_NO_BUS: return FAULT_BT_NO_DAEMON;
        case OBJECTS_DENIED: return FAULT_BT_NOT_PERMITTED;
        }
        return FAULT_NONE;
}

static void set_state(struct objects *o, enum objects_state state, const char *cause)
{
        o->state = state;
        (void)trouble_set(&o->trouble, fault_of(state), "%s", cause);
        if (state != OBJECTS_READY)
                record_set_clear(&o->records);
        tell(o, &(struct objects_event){ .change = OBJECTS_STATE });
}

/* one object */
static void tell_record(struct objects *o, const struct record *r, const struct record_news *news)
{
        struct objects_event e = { .path = record_path(r) };

        switch (r->kind) {
        case RECORD_ADAPTER: e.change = OBJECTS_ADAPTER; break;
        case RECORD_DEVICE: e.change = OBJECTS_DEVICE; break;
        case RECORD_SERVICE:
        case RECORD_CHRC: e.change = OBJECTS_CHRC; break;
        case _RECORD_MAX: return;
        }
        if (r->kind == RECORD_CHRC && news->value) {
                e.change = OBJECTS_CHRC_VALUE;
                e.value = news->value;
                e.len = news->value_len;
        }
        tell(o, &e);
}

/* a{sa{sv}} of one object. Interfaces that the mirror does not keep are skipped. */
static int read_interfaces(struct objects *o, sd_bus_message *m, const char *path, bool silent)
{
        struct record_news news;
        enum record_kind kind;
        struct record *r;
        const char *iface;
        int n;

        n = sd_bus_message_enter_container(m, 'a', "{sa{sv}}");
        if (n < 0)
                return n;
        while ((n = sd_bus_message_enter_container(m, 'e', "sa{sv}")) > 0) {
                n = sd_bus_message_read(m, "s", &iface);
                if (n < 0)
                        return n;
                if (record_kind_of(iface, &kind) < 0 || record_set_add(&o->records, kind, path, &r) < 0) {
                        n = sd_bus_message_skip(m, "a{sv}");
                } else {
                        n = record_read(r, m, &news);
                        if (n >= 0 && !silent)
                                tell_record(o, r, &news);
                }
                if (n >= 0)
                        n = sd_bus_message_exit_container(m);
                if (n < 0)
                        return n;
        }
        return n < 0 ? n : sd_bus_message_exit_container(m);
}

/* signals */
static int on_added(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct objects *o = userdata;
        const char *path;

        (void)reterr;
        if (o->state == OBJECTS_READY && sd_bus_message_read(m, "o", &path) > 0)
                (void)read_interfaces(o, m, path, false);
        return 0;
}

static int on_removed(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct objects *o = userdata;
        enum record_kind kind;
        const char *path, *iface;

        (void)reterr;
        if (o->state != OBJECTS_READY || sd_bus_message_read(m, "o", &path) <= 0 ||
            sd_bus_message_enter_container(m, 'a', "s") <= 0)
                return 0;
        while (sd_bus_message_read(m, "s", &iface) > 0) {
                if (record_kind_of(iface, &kind) < 0 || !record_set_find(&o->records, kind, path))
                        continue;
                record_set_drop(&o->records, kind, path);
                if (kind == RECORD_ADAPTER)
                        tell(o, &(struct objects_event){ .change = OBJECTS_ADAPTER_GONE, .path = path });
                else if (kind == RECORD_DEVICE)
                        tell(o, &(struct objects_event){ .change = OBJECTS_DEVICE_GONE, .path = path });
        }
        return 0;
}

static int on_changed(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct objects *o = userdata;
        struct record_news news;
        enum record_kind kind;
        struct record *r;
        const char *s;

        (void)reterr;
        if (o->state != OBJECTS_READY || sd_bus_message_read(m, "s", &s) <= 0 ||
            record_kind_of(s, &kind) < 0)
                return 0;
        r = record_set_find(&o->records, kind, sd_bus_message_get_path(m));
        if (!r || record_read(r, m, &news) < 0)
                return 0;
        if (sd_bus_message_enter_container(m, 'a', "s") > 0)
                while (sd_bus_message_read(m, "s", &s) > 0)
                        record_invalidate(r, s);
        tell_record(o, r, &news);
        return 0;
}

/* loading */
static int read_objects(struct objects *o, sd_bus_message *m)
{
        const char *path;
        int n;

        n = sd_bus_message_enter_container(m, 'a', "{oa{sa{sv}}}");
        if (n < 0)
                return n;
        while ((n = sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}")) > 0) {
                n = sd_bus_message_read(m, "o", &path);
                if (n >= 0)
                        n = read_interfaces(o, m, path, true);
                if (n >= 0)
                        n = sd_bus_message_exit_container(m);
                if (n < 0)
                        return n;
        }
        return n;
}

static int on_objects(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct objects *o = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);
        int r;

        (void)reterr;
        o->load = sd_bus_slot_unref(o->load);
        switch (bluez_error_class(e)) {
        case BLUEZ_OK:
                r = read_objects(o, m);
                if (r < 0)
                        set_state(o, OBJECTS_NO_DAEMON,
                                  "org.bluez answers something that is not its objects");
                else
                        set_state(o, OBJECTS_READY, "");
                break;
        case BLUEZ_DENIED: set_state(o, OBJECTS_DENIED, bluez_error_text(e)); break;
        case BLUEZ_NO_DAEMON: set_state(o, OBJECTS_NO_DAEMON, ""); break;
        case BLUEZ_GONE:
        case BLUEZ_IN_PROGRESS:
        case BLUEZ_ALREADY:
        case BLUEZ_ABORTED:
        case BLUEZ_LIMIT:
        case BLUEZ_NOT_READY:
        case BLUEZ_NOT_OFFERED:
        case BLUEZ_NO_ANSWER:
        case BLUEZ_FAILED: set_state(o, OBJECTS_NO_DAEMON, bluez_error_text(e)); break;
        }
        return 0;
}

static int load(struct objects *o)
{
        static const struct bluez_call call = {
                .path = "/",
                .interface = DBUS_IFACE_OBJECTS,
                .method = "GetManagedObjects",
                .done = on_objects,
                .timeout_ms = LOAD_TIMEOUT_MS,
        };

        return bluez_call(o->bus, &call, o, &o->load);
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct objects *o = userdata;
        const char *name, *old_owner, *new_owner;

        (void)reterr;
        if (sd_bus_message_read(m, "sss", &name, &old_owner, &new_owner) <= 0)
                return 0;
        if (!*new_owner) {
                o->load = sd_bus_slot_unref(o->load);
                set_state(o, OBJECTS_NO_DAEMON, "bluetoothd stopped");
        } else {
                set_state(o, OBJECTS_LOADING, "");
                if (load(o) < 0)
                        set_state(o, OBJECTS_NO_BUS, "the system D-Bus connection is gone");
        }
        return 0;
}

static int on_disconnected(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        (void)m;
        (void)reterr;
        set_state(userdata, OBJECTS_NO_BUS, "the system D-Bus closed the connection");
        return 0;
}

/* Asking for a match may be refused as well as answered late; either shows in GetManagedObjects' own answer.
 */
static int on_match_installed(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        (void)m;
        (void)userdata;
        (void)reterr;
        return 0;
}

static int subscribe(struct objects *o)
{
        static const struct {
                const char *rule;
                sd_bus_message_handler_t on;
        } rules[MATCHES] = {
                { "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                  "member='NameOwnerChanged',arg0='" BLUEZ_BUS_NAME "'",
                  on_owner },
                { "type='signal',sender='" BLUEZ_BUS_NAME "',interface='" DBUS_IFACE_OBJECTS "',"
                  "member='InterfacesAdded'",
                  on_added },
                { "type='signal',sender='" BLUEZ_BUS_NAME "',interface='" DBUS_IFACE_OBJECTS "',"
                  "member='InterfacesRemoved'",
                  on_removed },
                { "type='signal',sender='" BLUEZ_BUS_NAME "',interface='" DBUS_IFACE_PROPERTIES "',"
                  "member='PropertiesChanged'",
                  on_changed },
                { "type='signal',sender='org.freedesktop.DBus.Local',path='/org/freedesktop/DBus/Local',"
                  "interface='org.freedesktop.DBus.Local',member='Disconnected'",
                  on_disconnected },
        };
        int r = 0;

        for (size_t i = 0; i < MATCHES && r >= 0; i++)
                r = sd_bus_add_match_async(o->bus, &o->match[i], rules[i].rule, rules[i].on,
                                           on_match_installed, o);
        return r;
}

int objects_new(sd_event *loop, struct objects **ret)
{
        _cleanup_(objects_freep) struct objects *o = calloc(1, sizeof(*o));
        int r;

        if (!o)
                return -ENOMEM;
        o->loop = loop;
        /* A connection of its own: bluetoothd re-arms StartNotify per connection (bluez.md 10), and all
         * that was asked for on this one ends with it */
        r = sd_bus_open_system_with_description(&o->bus, "usher-bluez");
        if (r >= 0)
                r = subscribe(o);
        if (r >= 0)
                r = load(o);
        if (r >= 0)
                r = sd_bus_attach_event(o->bus, loop, SD_EVENT_PRIORITY_NORMAL);
        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                o->state = OBJECTS_NO_BUS;
                (void)trouble_set(&o->trouble, FAULT_BT_NO_DAEMON, "no system D-Bus: %s", strerror(-r));
        }
        *ret = TAKE_PTR(o);
        return 0;
}

sd_event *objects_loop(const struct objects *o)
{
        return o->loop;
}

struct objects *objects_free(struct objects *o)
{
        if (!o)
                return NULL;
        record_set_done(&o->records);
        sd_bus_slot_unref(o->load);
        for (size_t i = 0; i < MATCHES; i++)
                sd_bus_slot_unref(o->match[i]);
        bluez_bus_close(o->bus);
        free(o);
        return NULL;
}

/* questions */
enum objects_state objects_state(const struct objects *o)
{
        return o->state;
}

const struct trouble *objects_trouble(const struct objects *o)
{
        return &o->trouble;
}

sd_bus *objects_bus(struct objects *o)
{
        return o->bus;
}

const struct ble_adapter *objects_adapter(const struct objects *o, const char *path)
{
        const struct record *r = record_set_find(&o->records, RECORD_ADAPTER, path);

        return r ? &r->adapter : NULL;
}

const struct ble_device *objects_device(const struct objects *o, const char *path)
{
        const struct record *r = record_set_find(&o->records, RECORD_DEVICE, path);

        return r ? &r->device : NULL;
}

const struct ble_adapter *objects_adapter_at(const struct objects *o, size_t i)
{
        const struct record *r = record_set_at(&o->records, RECORD_ADAPTER, i);

        return r ? &r->adapter : NULL;
}

const struct ble_device *objects_device_at(const struct objects *o, size_t i)
{
        const struct record *r = record_set_at(&o->records, RECORD_DEVICE, i);

        return r ? &r->device : NULL;
}

const struct ble_service *objects_service(const struct objects *o, const char *device_path, const char *uuid)
{
        for (size_t i = 0; i < o->records.n; i++) {
                const struct record *r = o->records.at[i];

                if (r->kind == RECORD_SERVICE && strcmp(r->service.uuid, uuid) == 0 &&
                    ble_path_is_below(r->service.path, device_path))
                        return &r->service;
        }
        return NULL;
}

const struct ble_chrc *objects_chrc(const struct objects *o, const char *service_path, const char *uuid)
{
        for (size_t i = 0; i < o->records.n; i++) {
                const struct record *r = o->records.at[i];

                if (r->kind == RECORD_CHRC && strcmp(r->chrc.uuid, uuid) == 0 &&
                    ble_path_is_below(r->chrc.path, service_path))
                        return &r->chrc;
        }
        return NULL;
}
