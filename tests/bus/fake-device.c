/* SPDX-License-Identifier: Apache-2.0 */

/* Device1: adverts become properties, Connect follows the script. */

#include "tests/bus/fake-private.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SERVICE "6fa90001-5c4e-48a8-94f4-8030546f36fc"

static int get(sd_bus *bus, const char *path, const char *iface, const char *property, sd_bus_message *reply,
               void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;

        (void)bus, (void)path, (void)iface, (void)e;
        if (strcmp(property, "Address") == 0)
                return sd_bus_message_append(reply, "s", d->address);
        if (strcmp(property, "Name") == 0)
                return sd_bus_message_append(reply, "s",
                                             d->name          ? d->name
                                             : d->cached_name ? d->cached_name
                                                              : "");
        if (strcmp(property, "RSSI") == 0)
                return sd_bus_message_append(reply, "n", (int16_t)d->rssi);
        if (strcmp(property, "Connected") == 0)
                return sd_bus_message_append(reply, "b", d->connected);
        if (strcmp(property, "ServicesResolved") == 0)
                return sd_bus_message_append(reply, "b", d->resolved);
        if (strcmp(property, "Paired") == 0)
                return sd_bus_message_append(reply, "b", d->paired);
        if (strcmp(property, "UUIDs") == 0)
                return d->has_service ? sd_bus_message_append(reply, "as", 1, SERVICE)
                                      : sd_bus_message_append(reply, "as", 0);
        return -ENOENT;
}

static int get_mfr(sd_bus *bus, const char *path, const char *iface, const char *property,
                   sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;
        int r;

        (void)bus, (void)path, (void)iface, (void)property, (void)e;
        r = sd_bus_message_open_container(reply, 'a', "{qv}");
        if (r >= 0 && d->company) {
                r = sd_bus_message_open_container(reply, 'e', "qv");
                if (r >= 0)
                        r = sd_bus_message_append(reply, "q", d->company);
                if (r >= 0)
                        r = sd_bus_message_open_container(reply, 'v', "ay");
                if (r >= 0)
                        r = sd_bus_message_append_array(reply, 'y', d->mfr, d->mfr_len);
                if (r >= 0)
                        r = sd_bus_message_close_container(reply);
                if (r >= 0)
                        r = sd_bus_message_close_container(reply);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* ending */
static void forget_pending(struct fake_device *d, const char *message)
{
        if (!d->pending)
                return;
        (void)fake_error(d->pending, "Failed", message);
        d->pending = sd_bus_message_unref(d->pending);
}

static void fake_device_set(struct fake_device *d, bool connected, bool resolved)
{
        bool was = d->connected, was_resolved = d->resolved;

        d->connected = connected;
        d->resolved = resolved;
        if (!d->exported)
                return;
        if (was_resolved != resolved)
                (void)sd_bus_emit_properties_changed(d->fake->bus, d->path, "org.bluez.Device1",
                                                     "ServicesResolved", NULL);
        if (was != connected)
                (void)sd_bus_emit_properties_changed(d->fake->bus, d->path, "org.bluez.Device1", "Connected",
                                                     NULL);
}

void fake_drop(struct fake_device *d)
{
        fake_device_set(d, false, false);
        fake_gatt_close(d);
        fake_gatt_remove(d);
}

/* A device that is free again advertises, and is heard if a scan is on. */
static void fake_readvertise(struct fake_device *d)
{
        for (size_t i = 0; i < d->fake->n_adapters; i++)
                if (strcmp(d->fake->adapter[i].path, d->adapter) == 0 && d->fake->adapter[i].discovering &&
                    d->heard)
                        fake_hear(d);
}

static int on_ended(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct fake_device *d = userdata;

        (void)source;
        (void)usec;
        d->timer = sd_event_source_disable_unref(d->timer);
        fake_drop(d);
        if (d->removing)
                fake_device_remove(d);
        fake_readvertise(d);
        return 0;
}

void fake_device_end(struct fake_device *d, bool remove)
{
        forget_pending(d, "le-connection-abort-by-local");
        d->removing |= remove;
        if (!d->connected) {
                if (remove) {
                        fake_device_remove(d);
                        fake_readvertise(d);
                }
                return;
        }
        if (!d->timer)
                assert_true(sd_event_add_time_relative(d->fake->loop, &d->timer, CLOCK_MONOTONIC,
                                                       d->disconnect_ms * 1000ull, 1000, on_ended, d) >= 0);
}

static int on_disconnect(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;

        (void)e;
        fake_log(d->fake, d->path, "Disconnect");
        fake_device_end(d, false);
        return sd_bus_reply_method_return(m, "");
}

/* connecting */
static int on_connect(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        static const struct fake_connect works = { 0 };
        struct fake_device *d = userdata;
        const struct fake_connect *c = d->connects < d->n_script ? &d->script[d->connects] : &works;

        (void)e;
        d->connects++;
        fake_log(d->fake, d->path, "Connect");
        if (c->error)
                return fake_error(m, c->error, c->message);
        if (c->restart) {
                fake_restart(d->fake);
                return 1;
        }
        if (c->never) {
                d->pending = sd_bus_message_ref(m);
                return 1;
        }
        if (c->vanish) {
                (void)fake_error(m, SD_BUS_ERROR_UNKNOWN_OBJECT,
                                 "Method \"Connect\" with signature \"\" on interface \"org.bluez.Device1\" "
                                 "doesn't exist");
                fake_device_remove(d);
                return 1;
        }
        fake_device_set(d, true, false);
        (void)sd_bus_reply_method_return(m, "");
        if (c->drop) {
                fake_drop(d);
        } else if (c->remove) {
                fake_device_remove(d);
        } else {
                if (c->early)
                        fake_device_set(d, true, true);
                fake_gatt_export(d, c->bare);
                fake_device_set(d, true, true);
        }
        return 1;
}

static const sd_bus_vtable device_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Address", "s", get, 0, 0),
        SD_BUS_PROPERTY("Name", "s", get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("UUIDs", "as", get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ManufacturerData", "a{qv}", get_mfr, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Connected", "b", get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ServicesResolved", "b", get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Paired", "b", get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD("Connect", "", "", on_connect, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Disconnect", "", "", on_disconnect, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

/* RSSI is there only while the device is heard: a table of its own on the same interface cannot come and go,
 * so the signal is made by hand. */
static void tell_rssi(struct fake_device *d)
{
        sd_bus_message *m = NULL;

        assert_true(sd_bus_message_new_signal(d->fake->bus, &m, d->path, "org.freedesktop.DBus.Properties",
                                              "PropertiesChanged") >= 0);
        assert_true(sd_bus_message_append(m, "sa{sv}as", "org.bluez.Device1", 1, "RSSI", "n",
                                          (int16_t)d->rssi, 0) >= 0);
        assert_true(sd_bus_send(d->fake->bus, m, NULL) >= 0);
        sd_bus_message_unref(m);
}

/* devices */
struct fake_device *fake_device(struct fake *f, const char *adapter, const char *address, const char *code)
{
        static char names[FAKE_DEVICES_MAX][16];
        struct fake_device *d = &f->device[f->n_devices];

        assert_true(f->n_devices < FAKE_DEVICES_MAX);
        *d = (struct fake_device){ .fake = f,
                                   .address = address,
                                   .has_service = true,
                                   .company = 0x0662,
                                   .mfr = { 12, 0 },
                                   .mfr_len = 8,
                                   .rssi = -50,
                                   .gatt.mtu = 247,
                                   .gatt.version = 2,
                                   .heard = true,
                                   .gatt.write_fd = -1,
                                   .gatt.notify_fd = -1,
                                   .disconnect_ms = 50 };
        (void)snprintf(names[f->n_devices], sizeof(names[0]), "Argon-%s", code);
        d->name = names[f->n_devices++];
        memcpy(d->mfr + 2, code, 6);
        (void)snprintf(d->adapter, sizeof(d->adapter), "/org/bluez/%s", adapter);
        (void)snprintf(d->path, sizeof(d->path), "/org/bluez/%s/dev_%s", adapter, address);
        for (char *p = d->path; *p; p++)
                if (*p == ':')
                        *p = '_';
        return d;
}

void fake_hear(struct fake_device *d)
{
        if (d->connected)
                return;
        if (!d->exported) {
                d->exported = true;
                assert_true(sd_bus_add_object_vtable(d->fake->bus, &d->slots[d->n_slots++], d->path,
                                                     "org.bluez.Device1", device_vtable, d) >= 0);
                (void)sd_bus_emit_interfaces_added(d->fake->bus, d->path, "org.bluez.Device1", NULL);
        } else {
                (void)sd_bus_emit_properties_changed(d->fake->bus, d->path, "org.bluez.Device1", "Name",
                                                     "UUIDs", "ManufacturerData", NULL);
        }
        if (d->heard)
                tell_rssi(d);
}

void fake_device_connected(struct fake_device *d)
{
        fake_hear(d);
        fake_device_set(d, true, false);
        fake_gatt_export(d, false);
        fake_device_set(d, true, true);
}

void fake_device_remove(struct fake_device *d)
{
        d->timer = sd_event_source_disable_unref(d->timer);
        d->pending = sd_bus_message_unref(d->pending);
        d->connected = d->resolved = d->removing = false;
        fake_gatt_close(d);
        if (!d->exported)
                return;
        fake_gatt_remove(d);
        (void)sd_bus_emit_interfaces_removed(d->fake->bus, d->path, "org.bluez.Device1", NULL);
        d->exported = false;
        while (d->n_slots > 0)
                sd_bus_slot_unref(d->slots[--d->n_slots]);
}
