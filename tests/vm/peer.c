/* SPDX-License-Identifier: Apache-2.0 */

/* The virtual device as a GATT application of bluetoothd: advertising, link layer and ATT server are
 * BlueZ's, which nobody here wrote. The other end of btvirt's virtual air.
 *
 *   ble-peer hciN SERIAL SECRET
 *
 * bluetoothd tells an application nothing of connections; the device's link begins when a client subscribes
 * (AcquireNotify) and ends when that socket does. Its notifications travel as Multiple Handle Value, which
 * hold two bytes less than the MTU promises, so the longest are cut in two: the setup protocol is a stream.
 *
 * Writes come by WriteValue. With AcquireWrite bluetoothd 5.66 asks for the socket at the first write and
 * keeps only a pointer to the values that come before it has it: two in a row arrive as the second, twice.
 */

#include "proto/base/fault.h"
#include "proto/base/secret.h"
#include "tests/sim/device/device.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>

#define UUID(n) "6fa9000" n "-5c4e-48a8-94f4-8030546f36fc"
#define SERVICE "/peer/service"
#define CHRC    "org.bluez.GattCharacteristic1"
#define ADVERT  "/advert"

enum { MULTIPLE_EXTRA = 2, MTU_MIN = 23, MTU_MAX = 247 };

struct peer {
        sd_bus *bus;
        sd_event *loop;
        struct vdevice *device;
        char adapter[32], name[32];
        uint8_t manufacturer[16];
        size_t manufacturer_len;
        bool advertised;
        unsigned link, mtu;
        int notify_fd;
        sd_event_source *notify_io;
};

static void end_link(struct peer *p)
{
        p->notify_io = sd_event_source_disable_unref(p->notify_io);
        closep(&p->notify_fd);
        p->notify_fd = -1;
}

/* sockets */
static int make_socket(sd_bus_message *m, int *ours, unsigned mtu)
{
        int fds[2], r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        r = sd_bus_reply_method_return(m, "hq", fds[1], (uint16_t)mtu);
        (void)close(fds[1]);
        *ours = fds[0];
        return r;
}

static int read_mtu(sd_bus_message *m, uint16_t *ret)
{
        const char *key, *type;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = sd_bus_message_read(m, "s", &key);
                if (r >= 0)
                        r = sd_bus_message_peek_type(m, NULL, &type);
                if (r >= 0 && strcmp(key, "mtu") == 0 && strcmp(type, "q") == 0)
                        r = sd_bus_message_read(m, "v", "q", ret);
                else if (r >= 0)
                        r = sd_bus_message_skip(m, "v");
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r;
}

static int on_notify_end(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct peer *p = userdata;

        (void)source, (void)fd, (void)revents;
        end_link(p);
        vdevice_link_down(p->device, p->link);
        return 0;
}

static int on_acquire_notify(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct peer *p = userdata;
        uint16_t mtu = MTU_MIN;
        uint8_t version;
        int r;

        (void)e;
        if (p->notify_fd >= 0)
                return sd_bus_reply_method_errorf(m, "org.bluez.Error.NotPermitted", "one link only");
        r = read_mtu(m, &mtu);
        if (r >= 0)
                r = make_socket(m, &p->notify_fd, mtu);
        if (r < 0)
                return r;
        r = sd_event_add_io(p->loop, &p->notify_io, p->notify_fd, 0, on_notify_end, p);
        printf("link, MTU %u\n", mtu);
        (void)fflush(stdout);
        p->mtu = mtu < MTU_MAX ? mtu : MTU_MAX;
        if (r >= 0)
                r = vdevice_link_up(p->device, ++p->link, p->mtu, &version);
        if (r >= 0)
                vdevice_subscribe(p->device, p->link, true);
        return r < 0 ? r : 1;
}

static int on_write(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        struct peer *p = userdata;
        const void *data;
        size_t len;
        int r;

        (void)e;
        r = sd_bus_message_read_array(m, 'y', &data, &len);
        if (r < 0)
                return r;
        (void)vdevice_write(p->device, p->link, data, len);
        return sd_bus_reply_method_return(m, "");
}

static int on_read(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        sd_bus_message *reply = NULL;
        int r;

        (void)userdata, (void)e;
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', &(uint8_t){ 2 }, 1);
        if (r >= 0)
                r = sd_bus_send(sd_bus_message_get_bus(m), reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int on_nothing(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        (void)userdata, (void)e;
        return sd_bus_reply_method_return(m, "");
}

/* properties */
static int get(sd_bus *bus, const char *path, const char *iface, const char *property, sd_bus_message *reply,
               void *userdata, sd_bus_error *e)
{
        static const struct {
                const char *path, *uuid, *flags[2];
        } objects[] = {
                { SERVICE, UUID("1"), { NULL, NULL } },
                { SERVICE "/version", UUID("2"), { "read", NULL } },
                { SERVICE "/tx", UUID("3"), { "notify", NULL } },
                { SERVICE "/rx", UUID("4"), { "write", "write-without-response" } },
        };
        struct peer *p = userdata;

        (void)bus, (void)iface, (void)e;
        if (strcmp(property, "Primary") == 0)
                return sd_bus_message_append(reply, "b", 1);
        if (strcmp(property, "Service") == 0)
                return sd_bus_message_append(reply, "o", SERVICE);
        if (strcmp(property, "NotifyAcquired") == 0)
                return sd_bus_message_append(reply, "b", p->notify_fd >= 0);
        for (size_t i = 0; i < ELEMENTSOF(objects); i++) {
                if (strcmp(path, objects[i].path) != 0)
                        continue;
                if (strcmp(property, "UUID") == 0)
                        return sd_bus_message_append(reply, "s", objects[i].uuid);
                return objects[i].flags[1] ? sd_bus_message_append(reply, "as", 2, objects[i].flags[0],
                                                                   objects[i].flags[1])
                                           : sd_bus_message_append(reply, "as", 1, objects[i].flags[0]);
        }
        return -ENOENT;
}

static int get_advert(sd_bus *bus, const char *path, const char *iface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *e)
{
        struct peer *p = userdata;
        int r;

        (void)bus, (void)path, (void)iface, (void)e;
        if (strcmp(property, "Type") == 0)
                return sd_bus_message_append(reply, "s", "peripheral");
        if (strcmp(property, "LocalName") == 0)
                return sd_bus_message_append(reply, "s", p->name);
        if (strcmp(property, "ServiceUUIDs") == 0)
                return sd_bus_message_append(reply, "as", 1, UUID("1"));
        r = sd_bus_message_open_container(reply, 'a', "{qv}");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'e', "qv");
        if (r >= 0)
                r = sd_bus_message_append(reply, "q",
                                          (uint16_t)(p->manufacturer[0] | p->manufacturer[1] << 8));
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "ay");
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', p->manufacturer + 2, p->manufacturer_len - 2);
        for (int i = 0; i < 3 && r >= 0; i++)
                r = sd_bus_message_close_container(reply);
        return r;
}

static const sd_bus_vtable service_vtable[] = {
        SD_BUS_VTABLE_START(SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("UUID", "s", get, 0, 0),
        SD_BUS_PROPERTY("Primary", "b", get, 0, 0),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable version_vtable[] = {
        SD_BUS_VTABLE_START(SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("UUID", "s", get, 0, 0),
        SD_BUS_PROPERTY("Service", "o", get, 0, 0),
        SD_BUS_PROPERTY("Flags", "as", get, 0, 0),
        SD_BUS_METHOD("ReadValue", "a{sv}", "ay", on_read, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable tx_vtable[] = {
        SD_BUS_VTABLE_START(SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("UUID", "s", get, 0, 0),
        SD_BUS_PROPERTY("Service", "o", get, 0, 0),
        SD_BUS_PROPERTY("Flags", "as", get, 0, 0),
        SD_BUS_PROPERTY("NotifyAcquired", "b", get, 0, 0),
        SD_BUS_METHOD("AcquireNotify", "a{sv}", "hq", on_acquire_notify, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("StopNotify", "", "", on_nothing, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable rx_vtable[] = {
        SD_BUS_VTABLE_START(SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("UUID", "s", get, 0, 0),
        SD_BUS_PROPERTY("Service", "o", get, 0, 0),
        SD_BUS_PROPERTY("Flags", "as", get, 0, 0),
        SD_BUS_METHOD("WriteValue", "aya{sv}", "", on_write, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable advert_vtable[] = {
        SD_BUS_VTABLE_START(SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Type", "s", get_advert, 0, 0),
        SD_BUS_PROPERTY("LocalName", "s", get_advert, 0, 0),
        SD_BUS_PROPERTY("ServiceUUIDs", "as", get_advert, 0, 0),
        SD_BUS_PROPERTY("ManufacturerData", "a{qv}", get_advert, 0, 0),
        SD_BUS_METHOD("Release", "", "", on_nothing, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

/* the device's word */
static void on_notify(void *userdata, unsigned link, const uint8_t *data, size_t len)
{
        struct peer *p = userdata;
        size_t n, max = p->mtu - 3 - MULTIPLE_EXTRA;

        for (size_t off = 0; link == p->link && p->notify_fd >= 0 && off < len; off += n) {
                n = len - off < max ? len - off : max;
                if (send(p->notify_fd, data + off, n, MSG_NOSIGNAL) < 0)
                        fprintf(stderr, "ble-peer: %s\n", strerror(errno));
        }
}

static void on_drop(void *userdata, unsigned link)
{
        struct peer *p = userdata;

        if (link == p->link)
                end_link(p); /* the nearest thing to hanging up that an application has */
}

static int on_registered(sd_bus_message *m, void *userdata, sd_bus_error *e)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);

        (void)e;
        if (error) {
                fprintf(stderr, "ble-peer: %s: %s\n", error->name, error->message);
                return sd_event_exit(((struct peer *)userdata)->loop, EXIT_INTERNAL);
        }
        puts("registered");
        return fflush(stdout);
}

static void on_advertise(void *userdata, const struct vdevice_advert *advert)
{
        struct peer *p = userdata;

        if (!advert->on || p->advertised || advert->manufacturer_len > sizeof(p->manufacturer))
                return;
        p->advertised = true; /* bluetoothd pauses and resumes it around connections */
        (void)snprintf(p->name, sizeof(p->name), "%s", advert->name);
        memcpy(p->manufacturer, advert->manufacturer, advert->manufacturer_len);
        p->manufacturer_len = advert->manufacturer_len;
        (void)sd_bus_call_method_async(p->bus, NULL, "org.bluez", p->adapter,
                                       "org.bluez.LEAdvertisingManager1", "RegisterAdvertisement",
                                       on_registered, p, "oa{sv}", ADVERT, 0);
}

/* life */
static int add_objects(struct peer *p)
{
        int r = sd_bus_add_object_manager(p->bus, NULL, "/peer");

        if (r >= 0)
                r = sd_bus_add_object_vtable(p->bus, NULL, SERVICE, "org.bluez.GattService1", service_vtable,
                                             p);
        if (r >= 0)
                r = sd_bus_add_object_vtable(p->bus, NULL, SERVICE "/version", CHRC, version_vtable, p);
        if (r >= 0)
                r = sd_bus_add_object_vtable(p->bus, NULL, SERVICE "/tx", CHRC, tx_vtable, p);
        if (r >= 0)
                r = sd_bus_add_object_vtable(p->bus, NULL, SERVICE "/rx", CHRC, rx_vtable, p);
        if (r >= 0)
                r = sd_bus_add_object_vtable(p->bus, NULL, ADVERT, "org.bluez.LEAdvertisement1",
                                             advert_vtable, p);
        if (r >= 0)
                r = sd_bus_call_method_async(p->bus, NULL, "org.bluez", p->adapter, "org.bluez.GattManager1",
                                             "RegisterApplication", on_registered, p, "oa{sv}", "/peer", 0);
        return r;
}

static int make_device(struct peer *p, const char *serial, const char *secret, struct world **ret_world)
{
        static const struct vdevice_ops ops = { .notify = on_notify,
                                                .drop_link = on_drop,
                                                .advertise = on_advertise };
        struct vdevice_config config = {
                .loop = p->loop,
                .platform = platform_by_key("argon"),
                .os = { .major = 6, .minor = 2 },
                .serial = serial,
                .start = VDEVICE_START_LISTENING,
        };
        struct secret *s = NULL;
        int r = secret_new(secret, strlen(secret), &s);

        config.mobile_secret = s;
        if (r == 0)
                r = world_new(ret_world);
        config.world = *ret_world;
        if (r == 0)
                r = vdevice_new(&config, &ops, p, &p->device);
        secret_free(s);
        return r;
}

int main(int argc, char **argv)
{
        struct peer p = { .notify_fd = -1 };
        struct world *world = NULL;
        int r;

        if (argc != 4 || secret_init() < 0)
                return EXIT_USAGE;
        (void)snprintf(p.adapter, sizeof(p.adapter), "/org/bluez/%s", argv[1]);
        r = sd_event_new(&p.loop);
        if (r >= 0)
                r = sd_bus_open_system(&p.bus);
        if (r >= 0)
                r = sd_bus_attach_event(p.bus, p.loop, 0);
        if (r >= 0)
                r = make_device(&p, argv[2], argv[3], &world);
        if (r >= 0)
                r = add_objects(&p);
        if (r >= 0)
                r = sd_event_loop(p.loop);
        if (r < 0)
                fprintf(stderr, "ble-peer: %s\n", strerror(-r));
        end_link(&p);
        vdevice_free(p.device);
        world_free(world);
        sd_bus_flush_close_unref(p.bus);
        sd_event_unref(p.loop);
        return r != 0;
}
