/* SPDX-License-Identifier: Apache-2.0 */

/* The link's life after it was acquired. Three messengers tell of its end, in any order: hang-up on a
 * socket, Connected=false, and the object being removed (or bluetoothd, or the bus). The first one counts;
 * whatever the notify socket still holds is read before lost() is told, because a device that has done its
 * job answers and hangs up at once.
 *
 * The sockets are SOCK_SEQPACKET: one send() is one write without response, one record is one notification.
 * Without them (an old bluetoothd, or one whose characteristic another client has acquired) writes are
 * WriteValue with a stated type, as a request: its answer is the flow control, and nothing is cut off by a
 * Disconnect that follows (bluez.md 14). bluetoothd allows one operation per characteristic at a time
 * (bluez.md 8). */

#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/error.h"
#include "ble/link-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { WRITE_TIMEOUT_MS = 10000, PACKETS_MAX = 64 };

static void link_changed(void *userdata, const struct objects_event *e);
static void deliver(void *userdata);

int link_new(struct objects *o, const char *device_path, const char *tx, const char *rx, struct link **ret)
{
        struct link *l = calloc(1, sizeof(*l));

        if (!l)
                return -ENOMEM;
        l->objects = o;
        l->write_fd = l->notify_fd = -1;
        l->last = &l->first;
        l->max_write = LINK_WRITE_MIN;
        (void)snprintf(l->device, sizeof(l->device), "%s", device_path);
        (void)snprintf(l->tx, sizeof(l->tx), "%s", tx);
        (void)snprintf(l->rx, sizeof(l->rx), "%s", rx);
        l->watch = (struct objects_watch){ .changed = link_changed, .userdata = l };
        objects_watch(o, &l->watch);
        *ret = l;
        return 0;
}

/* StopNotify, so that bluetoothd does not re-arm it at the next connection (bluez.md 10). A socket that is
 * closed needs no word. */
static void stop_notify(struct link *l)
{
        const struct bluez_call call = { .path = l->tx,
                                         .interface = BLUEZ_IFACE_CHRC,
                                         .method = "StopNotify" };

        if (l->notify_fd < 0 && !l->lost && *l->tx)
                (void)bluez_call(objects_bus(l->objects), &call, NULL, NULL);
}

struct link *link_free(struct link *l)
{
        if (!l)
                return NULL;
        stop_notify(l);
        objects_unwatch(l->objects, &l->watch);
        sd_event_source_disable_unref(l->write_io);
        sd_event_source_disable_unref(l->notify_io);
        sd_bus_slot_unref(l->write_call);
        timer_free(l->soon);
        closep(&l->write_fd);
        closep(&l->notify_fd);
        while (l->first) {
                struct link_packet *p = l->first;

                l->first = p->next;
                free(p);
        }
        if (l->on_free)
                l->on_free(l->on_free_userdata, l->device);
        if (l->calling)
                l->dead = true; /* call_end() frees it */
        else
                free(l);
        return NULL;
}

void link_on_free(struct link *l, void (*freed)(void *userdata, const char *device_path), void *userdata)
{
        l->on_free = freed;
        l->on_free_userdata = userdata;
}

size_t link_max_write(const struct link *l)
{
        return l->max_write;
}

uint8_t link_version(const struct link *l)
{
        return l->version;
}

void link_set_mtu(struct link *l, uint16_t mtu)
{
        l->max_write = mtu < LINK_WRITE_MIN + 3    ? LINK_WRITE_MIN
                       : mtu > LINK_WRITE_MAX + 3u ? LINK_WRITE_MAX
                                                   : mtu - 3u;
}

/* loss */
static void wake(struct link *l)
{
        if (l->events && !l->soon)
                (void)timer_new(objects_loop(l->objects), 0, deliver, l, &l->soon);
}

static void set_lost(struct link *l, const char *cause)
{
        if (l->lost)
                return;
        l->lost = true;
        (void)trouble_set(&l->trouble, FAULT_LINK_LOST, "%s", cause);
        wake(l);
}

static void queue_value(struct link *l, const uint8_t *data, size_t len)
{
        struct link_packet *p;
        size_t n = 0;

        for (p = l->first; p; p = p->next)
                n++;
        p = n < PACKETS_MAX && len <= LINK_VALUE_MAX ? malloc(sizeof(*p) + len) : NULL;
        if (!p) {
                set_lost(l, "more notifications than can be kept");
                return;
        }
        p->next = NULL;
        p->len = len;
        if (len > 0)
                memcpy(p->data, data, len);
        *l->last = p;
        l->last = &p->next;
        wake(l);
}

static void link_changed(void *userdata, const struct objects_event *e)
{
        struct link *l = userdata;
        const struct ble_device *d = objects_device(l->objects, l->device);

        if (e->change == OBJECTS_STATE)
                set_lost(l, "the Bluetooth service stopped");
        else if (e->change == OBJECTS_ADAPTER_GONE && ble_path_is_below(l->device, e->path))
                set_lost(l, "the Bluetooth adapter is gone");
        else if (!d)
                set_lost(l, "the Bluetooth service dropped the device");
        else if (e->change == OBJECTS_DEVICE && !d->connected)
                set_lost(l, "the connection ended");
        else if (e->change == OBJECTS_CHRC_VALUE && l->notify_fd < 0 && strcmp(e->path, l->tx) == 0)
                queue_value(l, e->value, e->len);
}

/* delivery; each of these returns false when the owner freed the link */
static bool call_end(struct link *l)
{
        l->calling = false;
        if (!l->dead)
                return true;
        free(l);
        return false;
}

static bool tell_data(struct link *l, const uint8_t *data, size_t len)
{
        l->calling = true;
        l->events->data(l->userdata, data, len);
        return call_end(l);
}

static bool tell_writable(struct link *l)
{
        l->blocked = false;
        l->calling = true;
        l->events->writable(l->userdata);
        return call_end(l);
}

/* Reads one notification: 1, 0 if there is none now, -1 if the link is freed. */
static int receive(struct link *l)
{
        uint8_t data[LINK_VALUE_MAX];
        ssize_t n;

        if (l->notify_fd < 0)
                return 0;
        n = recv(l->notify_fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n > 0 && (size_t)n <= sizeof(data))
                return tell_data(l, data, (size_t)n) ? 1 : -1;
        set_lost(l, n > 0 ? "a notification was too long" : "the connection ended");
        l->notify_io = sd_event_source_disable_unref(l->notify_io);
        closep(&l->notify_fd);
        l->notify_fd = -1;
        return 0;
}

static void deliver(void *userdata)
{
        struct link *l = userdata;
        int n = 1;

        l->soon = timer_free(l->soon);
        while (l->first) {
                _cleanup_(freep) struct link_packet *p = l->first;

                l->first = p->next;
                if (!l->first)
                        l->last = &l->first;
                if (!tell_data(l, p->data, p->len))
                        return;
        }
        if (!l->lost)
                return;
        while (n > 0)
                n = receive(l);
        if (n < 0)
                return;
        l->notify_io = sd_event_source_disable_unref(l->notify_io);
        l->write_io = sd_event_source_disable_unref(l->write_io);
        objects_unwatch(l->objects, &l->watch);
        l->events->lost(l->userdata, &l->trouble); /* may free the link */
}

static int on_notify(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void)source;
        (void)fd;
        (void)revents;
        (void)receive(userdata);
        return 0;
}

static int on_write_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct link *l = userdata;

        (void)fd;
        if (revents & (EPOLLHUP | EPOLLERR)) {
                set_lost(l, "the connection ended");
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
                return 0;
        }
        (void)sd_event_source_set_io_events(source, 0);
        if (l->blocked)
                (void)tell_writable(l);
        return 0;
}

int link_set_fds(struct link *l, int write_fd, int notify_fd)
{
        sd_event *loop = objects_loop(l->objects);
        int r;

        l->write_fd = write_fd;
        l->notify_fd = notify_fd;
        r = sd_event_add_io(loop, &l->notify_io, notify_fd, EPOLLIN, on_notify, l);
        if (r >= 0)
                r = sd_event_source_set_enabled(l->notify_io, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_io(loop, &l->write_io, write_fd, 0, on_write_io, l);
        if (r >= 0)
                r = sd_event_source_set_enabled(l->write_io, SD_EVENT_OFF);
        return r < 0 ? r : 0;
}

void link_start(struct link *l, const struct link_events *events, void *userdata)
{
        l->events = events;
        l->userdata = userdata;
        if (l->notify_io)
                (void)sd_event_source_set_enabled(l->notify_io, SD_EVENT_ON);
        if (l->write_io)
                (void)sd_event_source_set_enabled(l->write_io, SD_EVENT_ON);
        if (l->lost || l->first)
                wake(l);
}

/* writing */
static int on_written(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct link *l = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);

        (void)reterr;
        l->write_call = sd_bus_slot_unref(l->write_call);
        if (e)
                set_lost(l, bluez_error_text(e));
        else if (l->blocked)
                (void)tell_writable(l);
        return 0;
}

struct value {
        const uint8_t *data;
        size_t len;
};

static int append_value(sd_bus_message *m, const void *arg)
{
        const struct value *v = arg;
        int r;

        r = sd_bus_message_append_array(m, 'y', v->data, v->len);
        return r < 0 ? r : sd_bus_message_append(m, "a{sv}", 1, "type", "s", "request");
}

static int write_value(struct link *l, const uint8_t *data, size_t len)
{
        const struct value value = { data, len };
        const struct bluez_call call = {
                .path = l->rx,
                .interface = BLUEZ_IFACE_CHRC,
                .method = "WriteValue",
                .fill = append_value,
                .arg = &value,
                .done = on_written,
                .timeout_ms = WRITE_TIMEOUT_MS,
                .sensitive = true,
        };

        if (l->write_call) {
                l->blocked = true;
                return -EAGAIN;
        }
        return bluez_call(objects_bus(l->objects), &call, l, &l->write_call);
}

int link_write(struct link *l, const uint8_t *data, size_t len)
{
        if (l->lost)
                return -ENOTCONN;
        if (len > l->max_write)
                return -EMSGSIZE;
        if (l->write_fd < 0)
                return write_value(l, data, len);
        if (send(l->write_fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
                return 0;
        if (errno == EAGAIN || errno == ENOBUFS) {
                l->blocked = true;
                (void)sd_event_source_set_io_events(l->write_io, EPOLLOUT);
                return -EAGAIN;
        }
        set_lost(l, "the connection ended");
        return -ENOTCONN;
}
