/* SPDX-License-Identifier: Apache-2.0 */

/* The listener is bound under a passing name and renamed into place once it listens, so that whoever sees
 * the name can connect to it. */

#include "tests/sim/cli/radio.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-event.h>

enum { CONNECTIONS_MAX = 8, SIM_MTU = 247 };

struct connection {
        struct sim_radio *radio;
        unsigned link; /* 0 = free */
        int fd;
        sd_event_source *source;
};

struct sim_radio {
        char *dir;
        char *path; /* of the socket while advertising */
        struct vdevice *device;
        sd_event *loop;
        int listener;
        sd_event_source *source;
        struct connection connection[CONNECTIONS_MAX];
        unsigned last_link;
        int error;
};

int sim_radio_new(sd_event *loop, const char *dir, struct sim_radio **ret)
{
        _cleanup_(sim_radio_freep) struct sim_radio *r = calloc(1, sizeof(*r));

        if (!r)
                return -ENOMEM;
        r->listener = -1;
        r->dir = strdup(dir);
        if (!r->dir)
                return -ENOMEM;
        r->loop = loop;
        *ret = TAKE_PTR(r);
        return 0;
}

void sim_radio_set_device(struct sim_radio *r, struct vdevice *d)
{
        r->device = d;
}

int sim_radio_error(const struct sim_radio *r)
{
        return r->error;
}

/* links */

static void close_connection(struct connection *c)
{
        c->source = sd_event_source_disable_unref(c->source);
        closep(&c->fd);
        c->fd = -1;
        c->link = 0;
}

static struct connection *find(struct sim_radio *r, unsigned link)
{
        for (size_t i = 0; i < CONNECTIONS_MAX; i++)
                if (r->connection[i].link == link)
                        return &r->connection[i];
        return NULL;
}

static int on_record(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct connection *c = userdata;
        struct sim_radio *r = c->radio;
        unsigned link = c->link;
        uint8_t data[512];
        ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC);

        (void)source;
        (void)revents;
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n > 0 && n <= (ssize_t)sizeof(data) && vdevice_write(r->device, link, data, (size_t)n) == 0)
                return 0;
        close_connection(c);
        vdevice_link_down(r->device, link);
        return 0;
}

static int greet(struct sim_radio *r, struct connection *c, uint8_t version)
{
        if (send(c->fd, &version, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
                return -errno;
        return sd_event_add_io(r->loop, &c->source, c->fd, EPOLLIN, on_record, c);
}

static int on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct sim_radio *r = userdata;
        struct connection *c = find(r, 0);
        _cleanup_(closep) int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        uint8_t version;

        (void)source;
        (void)revents;
        if (client < 0 || !c || vdevice_link_up(r->device, r->last_link + 1, SIM_MTU, &version) < 0)
                return 0;
        *c = (struct connection){ .radio = r, .link = ++r->last_link, .fd = TAKE_FD(client) };
        if (greet(r, c, version) < 0) {
                vdevice_link_down(r->device, c->link);
                close_connection(c);
                return 0;
        }
        vdevice_subscribe(r->device, c->link, true);
        return 0;
}

void sim_radio_notify(struct sim_radio *r, unsigned link, const uint8_t *data, size_t len)
{
        struct connection *c = find(r, link);

        /* A client that does not read has the link's fate; EPIPE is told by the end of its stream. */
        if (c && send(c->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EAGAIN) {
                close_connection(c);
                vdevice_link_down(r->device, link);
        }
}

void sim_radio_drop_link(struct sim_radio *r, unsigned link)
{
        struct connection *c = find(r, link);

        if (c)
                close_connection(c);
}

/* advertising */

static void stop(struct sim_radio *r)
{
        if (r->path)
                (void)unlink(r->path);
        free(r->path);
        r->path = NULL;
        r->source = sd_event_source_disable_unref(r->source);
        closep(&r->listener);
        r->listener = -1;
}

static int is_alive(const struct sockaddr_un *at)
{
        _cleanup_(closep) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        return fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0;
}

static int start(struct sim_radio *r, const char *name)
{
        struct sockaddr_un at = { .sun_family = AF_UNIX }, passing = { .sun_family = AF_UNIX };
        int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", r->dir, name);
        int m = snprintf(passing.sun_path, sizeof(passing.sun_path), "%s/.%s", r->dir, name);

        if (n < 0 || m < 0 || (size_t)n >= sizeof(at.sun_path) || (size_t)m >= sizeof(passing.sun_path))
                return -ENAMETOOLONG;
        if (is_alive(&at))
                return -EADDRINUSE;
        r->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (r->listener < 0)
                return -errno;
        (void)unlink(passing.sun_path);
        if (bind(r->listener, (struct sockaddr *)&passing, sizeof(passing)) < 0 ||
            listen(r->listener, CONNECTIONS_MAX) < 0 || rename(passing.sun_path, at.sun_path) < 0)
                return -errno;
        r->path = strdup(at.sun_path);
        if (!r->path)
                return -ENOMEM;
        return sd_event_add_io(r->loop, &r->source, r->listener, EPOLLIN, on_client, r);
}

void sim_radio_advertise(struct sim_radio *r, const struct vdevice_advert *advert)
{
        int e;

        stop(r);
        if (!advert->on)
                return;
        e = start(r, advert->name);
        if (e < 0) {
                r->error = e;
                stop(r);
                (void)sd_event_exit(r->loop, e);
        }
}

struct sim_radio *sim_radio_free(struct sim_radio *r)
{
        if (!r)
                return NULL;
        stop(r);
        for (size_t i = 0; i < CONNECTIONS_MAX; i++)
                if (r->connection[i].link)
                        close_connection(&r->connection[i]);
        free(r->dir);
        free(r);
        return NULL;
}
