/* SPDX-License-Identifier: Apache-2.0 */

/* The setup service of a device as bluetoothd exports it, with both ways to carry data: sockets, and calls
 * with signals. */

#include "tests/bus/fake-private.h"
#include "tests/unit/cmocka.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define UUID(n) "6fa9000" n "-5c4e-48a8-94f4-8030546f36fc"

static int get_uuid(sd_bus *bus, const char *path, const char *iface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        const char *last = strrchr(path, '/');

        (void)bus, (void)iface, (void)property, (void)userdata, (void)e;
        if (strcmp(last, "/service0010") == 0)
                return sd_bus_message_append(reply, "s", UUID("1"));
        if (strcmp(last, "/char0011") == 0)
                return sd_bus_message_append(reply, "s", UUID("2"));
        if (strcmp(last, "/char0013") == 0)
                return sd_bus_message_append(reply, "s", UUID("3"));
        if (strcmp(last, "/char0016") == 0)
                return sd_bus_message_append(reply, "s", UUID("4"));
        return sd_bus_message_append(reply, "s", "00001800-0000-1000-8000-00805f9b34fb");
}

static int get_mtu(sd_bus *bus, const char *path, const char *iface, const char *property,
                   sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;

        (void)bus, (void)path, (void)iface, (void)property, (void)e;
        return sd_bus_message_append(reply, "q", d->gatt.mtu);
}

static int get_value(sd_bus *bus, const char *path, const char *iface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;

        (void)bus, (void)path, (void)iface, (void)property, (void)e;
        return sd_bus_message_append_array(reply, 'y', d->gatt.value, d->gatt.value_len);
}

static int on_read(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;
        sd_bus_message *reply = NULL;
        int r;

        (void)e;
        fake_log(d->fake, d->path, "ReadValue");
        if (d->gatt.reads_in_progress > 0) {
                d->gatt.reads_in_progress--;
                return fake_error(m, "InProgress", "Operation already in progress");
        }
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', &d->gatt.version, 1);
        if (r >= 0)
                r = sd_bus_send(d->fake->bus, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int on_write(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;
        const void *p;
        size_t len;

        (void)e;
        fake_log(d->fake, d->path, "WriteValue");
        assert_true(sd_bus_message_read_array(m, 'y', &p, &len) > 0);
        if (len > d->gatt.mtu - 3u)
                return fake_error(m, "InvalidValueLength", "Invalid Length");
        (void)sd_bus_reply_method_return(m, "");
        if (d->gatt.echo)
                fake_send(d, p, len);
        return 1;
}

static int on_notify(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;

        (void)e;
        d->gatt.notifying = strcmp(sd_bus_message_get_member(m), "StartNotify") == 0;
        fake_log(d->fake, d->path, sd_bus_message_get_member(m));
        return sd_bus_reply_method_return(m, "");
}

/* sockets */
static int on_written(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct fake_device *d = userdata;
        uint8_t data[512];
        ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT);

        (void)revents;
        if (n <= 0)
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        else if (d->gatt.echo)
                fake_send(d, data, (size_t)n);
        return 0;
}

static int on_acquire(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;
        bool write = strcmp(sd_bus_message_get_member(m), "AcquireWrite") == 0;
        int fds[2], r;

        (void)e;
        fake_log(d->fake, d->path, sd_bus_message_get_member(m));
        switch (d->gatt.acquire) {
        case FAKE_ACQUIRE_NOT_SUPPORTED: return fake_error(m, "NotSupported", "Operation is not supported");
        case FAKE_ACQUIRE_NOT_PERMITTED: return fake_error(m, "NotPermitted", "Write acquired");
        case FAKE_ACQUIRE_WORKS: break;
        }
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
        if (write) {
                d->gatt.write_fd = fds[0];
                assert_true(sd_event_add_io(d->fake->loop, &d->gatt.write_io, fds[0], EPOLLIN, on_written,
                                            d) >= 0);
        } else {
                d->gatt.notify_fd = fds[0];
        }
        r = sd_bus_reply_method_return(m, "hq", fds[1], d->gatt.mtu);
        (void)close(fds[1]);
        return r;
}

void fake_send(struct fake_device *d, const void *data, size_t len)
{
        if (d->gatt.notify_fd >= 0) {
                assert_int_equal(send(d->gatt.notify_fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
                return;
        }
        if (!d->gatt.notifying)
                return;
        char path[96];

        memcpy(d->gatt.value, data, len);
        d->gatt.value_len = len;
        (void)snprintf(path, sizeof(path), "%s/service0010/char0013", d->path);
        (void)sd_bus_emit_properties_changed(d->fake->bus, path, "org.bluez.GattCharacteristic1", "Value",
                                             NULL);
}

void fake_close_notify(struct fake_device *d)
{
        if (d->gatt.notify_fd >= 0)
                (void)close(d->gatt.notify_fd);
        d->gatt.notify_fd = -1;
}

void fake_close_write(struct fake_device *d)
{
        d->gatt.write_io = sd_event_source_disable_unref(d->gatt.write_io);
        if (d->gatt.write_fd >= 0)
                (void)close(d->gatt.write_fd);
        d->gatt.write_fd = -1;
}

void fake_gatt_close(struct fake_device *d)
{
        fake_close_notify(d);
        fake_close_write(d);
        d->gatt.notifying = false;
}

/* objects */
static int get_service(sd_bus *bus, const char *path, const char *iface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct fake_device *d = userdata;
        char service[96];

        (void)bus, (void)path, (void)iface, (void)property, (void)e;
        (void)snprintf(service, sizeof(service), "%s/service0010", d->path);
        return sd_bus_message_append(reply, "o", service);
}

static const sd_bus_vtable service_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("UUID", "s", get_uuid, 0, 0),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable chrc_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("UUID", "s", get_uuid, 0, 0),
        SD_BUS_PROPERTY("Service", "o", get_service, 0, 0),
        SD_BUS_PROPERTY("MTU", "q", get_mtu, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Value", "ay", get_value, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD("ReadValue", "a{sv}", "ay", on_read, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("WriteValue", "aya{sv}", "", on_write, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AcquireWrite", "a{sv}", "hq", on_acquire, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AcquireNotify", "a{sv}", "hq", on_acquire, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("StartNotify", "", "", on_notify, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("StopNotify", "", "", on_notify, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const char *const gatt_objects[] = { "service0010", "service0010/char0011", "service0010/char0013",
                                            "service0010/char0016" };

void fake_gatt_export(struct fake_device *d, bool bare)
{
        for (size_t i = 0; i < 4 && !bare && !d->services; i++) {
                const char *iface = i == 0 ? "org.bluez.GattService1" : "org.bluez.GattCharacteristic1";
                char path[96];

                (void)snprintf(path, sizeof(path), "%s/%s", d->path, gatt_objects[i]);
                assert_true(sd_bus_add_object_vtable(d->fake->bus, &d->slots[d->n_slots++], path, iface,
                                                     i == 0 ? service_vtable : chrc_vtable, d) >= 0);
                (void)sd_bus_emit_interfaces_added(d->fake->bus, path, iface, NULL);
        }
        d->services |= !bare;
}

void fake_gatt_remove(struct fake_device *d)
{
        for (size_t i = 4; i > 0 && d->services; i--) {
                char path[96];

                (void)snprintf(path, sizeof(path), "%s/%s", d->path, gatt_objects[i - 1]);
                (void)sd_bus_emit_interfaces_removed(
                        d->fake->bus, path,
                        i == 1 ? "org.bluez.GattService1" : "org.bluez.GattCharacteristic1", NULL);
                sd_bus_slot_unref(d->slots[--d->n_slots]);
        }
        d->services = false;
}
