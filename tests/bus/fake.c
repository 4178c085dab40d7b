/* SPDX-License-Identifier: Apache-2.0 */

/* Bus, adapters, log. Devices are in fake-device.c, their links in fake-gatt.c. */

#include "tests/bus/fake-private.h"
#include "tests/unit/cmocka.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* log */
void fake_log(struct fake *f, const char *path, const char *method)
{
        const char *last = strrchr(path, '/');

        assert_true(f->n_log < FAKE_LOG_MAX);
        (void)snprintf(f->log[f->n_log++], sizeof(f->log[0]), "%s %s", last ? last + 1 : path, method);
}

size_t fake_find(const struct fake *f, const char *entry, size_t from)
{
        for (size_t i = from; i < f->n_log; i++)
                if (strcmp(f->log[i], entry) == 0)
                        return i;
        return SIZE_MAX;
}

size_t fake_count(const struct fake *f, const char *entry)
{
        size_t n = 0;

        for (size_t i = 0; i < f->n_log; i++)
                n += strcmp(f->log[i], entry) == 0;
        return n;
}

int fake_error(sd_bus_message *m, const char *name, const char *message)
{
        char full[128];

        (void)snprintf(full, sizeof(full), "%s%s", strchr(name, '.') ? "" : "org.bluez.Error.", name);
        return sd_bus_reply_method_errorf(m, full, "%s", message ? message : "");
}

/* adapters */
static int get_address(sd_bus *bus, const char *path, const char *iface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        (void)bus, (void)path, (void)iface, (void)property, (void)userdata, (void)e;
        return sd_bus_message_append(reply, "s", "00:AA:01:00:00:00");
}

static int get_flag(sd_bus *bus, const char *path, const char *iface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;

        (void)bus, (void)path, (void)iface, (void)e;
        return sd_bus_message_append(reply, "b",
                                     strcmp(property, "Powered") == 0 ? a->powered
                                                                      : a->discovering || a->other_client);
}

static int get_roles(sd_bus *bus, const char *path, const char *iface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;

        (void)bus, (void)path, (void)iface, (void)property, (void)e;
        return a->central ? sd_bus_message_append(reply, "as", 2, "central", "peripheral")
                          : sd_bus_message_append(reply, "as", 1, "peripheral");
}

static int get_power_state(sd_bus *bus, const char *path, const char *iface, const char *property,
                           sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;

        (void)bus, (void)path, (void)iface, (void)property, (void)e;
        return sd_bus_message_append(reply, "s",
                                     a->power_state ? a->power_state
                                     : a->powered   ? "on"
                                                    : "off");
}

static int on_filter(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;

        (void)e;
        fake_log(a->fake, a->path, "SetDiscoveryFilter");
        return sd_bus_reply_method_return(m, "");
}

static int on_start(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;
        struct fake *f = a->fake;

        (void)e;
        fake_log(f, a->path, "StartDiscovery");
        if (f->start_error && f->start_errors > 0) {
                f->start_errors--;
                return fake_error(m, f->start_error, NULL);
        }
        if (!a->powered)
                return fake_error(m, "NotReady", "Resource Not Ready");
        a->discovering = true;
        (void)sd_bus_reply_method_return(m, "");
        (void)sd_bus_emit_properties_changed(f->bus, a->path, "org.bluez.Adapter1", "Discovering", NULL);
        for (size_t i = 0; i < f->n_devices; i++)
                if (strcmp(f->device[i].adapter, a->path) == 0 && f->device[i].heard)
                        fake_hear(&f->device[i]);
        return 1;
}

static int on_stop(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;

        (void)e;
        fake_log(a->fake, a->path, "StopDiscovery");
        if (a->fake->stop_error)
                return fake_error(m, a->fake->stop_error, NULL);
        a->discovering = false;
        (void)sd_bus_reply_method_return(m, "");
        if (!a->other_client)
                (void)sd_bus_emit_properties_changed(a->fake->bus, a->path, "org.bluez.Adapter1",
                                                     "Discovering", NULL);
        return 1;
}

static int on_remove(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_adapter *a = userdata;
        const char *path;

        (void)e;
        assert_true(sd_bus_message_read(m, "o", &path) > 0);
        fake_log(a->fake, path, "RemoveDevice");
        for (size_t i = 0; i < a->fake->n_devices; i++)
                if (strcmp(a->fake->device[i].path, path) == 0 && a->fake->device[i].exported) {
                        fake_device_end(&a->fake->device[i], true);
                        return sd_bus_reply_method_return(m, "");
                }
        return fake_error(m, "DoesNotExist", "Does Not Exist");
}

static const sd_bus_vtable adapter_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Address", "s", get_address, 0, 0),
        SD_BUS_PROPERTY("Powered", "b", get_flag, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Discovering", "b", get_flag, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("PowerState", "s", get_power_state, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Roles", "as", get_roles, 0, 0),
        SD_BUS_METHOD("SetDiscoveryFilter", "a{sv}", "", on_filter, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("StartDiscovery", "", "", on_start, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("StopDiscovery", "", "", on_stop, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RemoveDevice", "o", "", on_remove, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

void fake_adapter_return(struct fake_adapter *a)
{
        assert_true(sd_bus_add_object_vtable(a->fake->bus, &a->slot, a->path, "org.bluez.Adapter1",
                                             adapter_vtable, a) >= 0);
        a->on = true;
        (void)sd_bus_emit_interfaces_added(a->fake->bus, a->path, "org.bluez.Adapter1", NULL);
}

void fake_adapter_remove(struct fake_adapter *a)
{
        for (size_t i = 0; i < a->fake->n_devices; i++)
                if (strcmp(a->fake->device[i].adapter, a->path) == 0)
                        fake_device_remove(&a->fake->device[i]);
        if (!a->on)
                return;
        a->on = a->discovering = false;
        (void)sd_bus_emit_interfaces_removed(a->fake->bus, a->path, "org.bluez.Adapter1", NULL);
        a->slot = sd_bus_slot_unref(a->slot);
}

struct fake_adapter *fake_adapter(struct fake *f, const char *name, bool powered)
{
        struct fake_adapter *a = &f->adapter[f->n_adapters++];

        assert_true(f->n_adapters <= FAKE_ADAPTERS_MAX);
        *a = (struct fake_adapter){ .fake = f, .powered = powered, .central = true };
        (void)snprintf(a->path, sizeof(a->path), "/org/bluez/%s", name);
        fake_adapter_return(a);
        return a;
}

void fake_adapter_power(struct fake_adapter *a, bool powered)
{
        a->powered = powered;
        for (size_t i = 0; !powered && i < a->fake->n_devices; i++)
                fake_drop(&a->fake->device[i]);
        if (!powered)
                a->discovering = false;
        (void)sd_bus_emit_properties_changed(a->fake->bus, a->path, "org.bluez.Adapter1", "Powered",
                                             "PowerState", "Discovering", NULL);
}

/* life */
void fake_own(struct fake *f, bool own)
{
        if (own) {
                assert_true(sd_bus_request_name(f->bus, "org.bluez", 0) >= 0);
                return;
        }
        for (size_t i = 0; i < f->n_devices; i++)
                fake_device_remove(&f->device[i]);
        assert_true(sd_bus_release_name(f->bus, "org.bluez") >= 0);
}

static int on_restart(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct fake *f = userdata;

        (void)source;
        (void)usec;
        f->restart = sd_event_source_disable_unref(f->restart);
        fake_own(f, true);
        return 0;
}

void fake_restart(struct fake *f)
{
        fake_own(f, false);
        for (size_t i = 0; i < f->n_adapters; i++)
                f->adapter[i].discovering = false;
        assert_true(sd_event_add_time_relative(f->loop, &f->restart, CLOCK_MONOTONIC, 100000, 1000,
                                               on_restart, f) >= 0);
}

void fake_start(struct fake *f, sd_event *loop)
{
        memset(f, 0, sizeof(*f));
        f->loop = sd_event_ref(loop);
        assert_true(sd_bus_open_system(&f->bus) >= 0);
        assert_true(sd_bus_attach_event(f->bus, f->loop, 0) >= 0);
        assert_true(sd_bus_add_object_manager(f->bus, &f->manager, "/") >= 0);
}

void fake_stop(struct fake *f)
{
        sd_event_source_disable_unref(f->restart);
        for (size_t i = 0; i < f->n_devices; i++)
                fake_device_remove(&f->device[i]);
        for (size_t i = 0; i < f->n_adapters; i++)
                sd_bus_slot_unref(f->adapter[i].slot);
        sd_bus_slot_unref(f->manager);
        sd_bus_flush_close_unref(f->bus);
        sd_event_unref(f->loop);
}
