/* SPDX-License-Identifier: Apache-2.0 */

/* Everything is in one loop with the client under test, so that a test is deterministic and needs no locks.
 * Answers are small enough for a socket's buffer except the filler, which is sent as the socket takes it. */

#include "tests/unit/cloud/script-server.h"
#include "proto/base/cleanup.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

enum { REQUESTS_MAX = 64, REQUEST_MAX = 16384, CONNECTIONS_MAX = 64, DRIP_US = 20000 };

struct connection {
        struct script_server *server;
        int fd;
        sd_event_source *io, *timer;
        char in[REQUEST_MAX];
        size_t in_len;
        const struct act *act; /* being answered */
        size_t out;            /* bytes of it sent, filler included */
};

struct script_server {
        sd_event *loop;
        int fd;
        sd_event_source *io;
        char url[64];
        const struct act *acts;
        size_t n_acts, n_requests, n_connections;
        char *requests[REQUESTS_MAX];
        struct connection *connections[CONNECTIONS_MAX];
};

static void drop(struct connection *c)
{
        c->io = sd_event_source_disable_unref(c->io);
        c->timer = sd_event_source_disable_unref(c->timer);
        if (c->fd >= 0)
                (void)close(c->fd);
        c->fd = -1;
}

static void end(struct connection *c)
{
        switch (c->act->end) {
        case ACT_KEEP:
        case ACT_DRIP: c->act = NULL; return;
        case ACT_STALL: return;
        case ACT_RESET:
                (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 },
                                 sizeof(struct linger));
                drop(c);
                return;
        case ACT_CLOSE: drop(c); return;
        }
}

/* Sends what the socket takes; true when all of the act is out. */
static bool push(struct connection *c, size_t at_most)
{
        static const char filler[16384] = { [0 ... 16383] = 'x' };
        size_t head = strlen(c->act->answer), all = head + c->act->filler;

        while (c->out < all && at_most) {
                const char *from = c->out < head ? c->act->answer + c->out : filler;
                size_t len = c->out < head ? head - c->out : all - c->out;
                ssize_t n;

                if (c->out >= head && len > sizeof(filler))
                        len = sizeof(filler);
                n = send(c->fd, from, len < at_most ? len : at_most, MSG_NOSIGNAL | MSG_DONTWAIT);
                if (n <= 0)
                        return false;
                c->out += (size_t)n;
                at_most -= (size_t)n;
        }
        return c->out == all;
}

static int on_drip(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct connection *c = userdata;

        (void)usec;
        if (push(c, 1)) {
                end(c);
                return 0;
        }
        if (sd_event_source_set_time_relative(source, DRIP_US) < 0)
                return -EIO;
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void answer(struct connection *c)
{
        struct script_server *s = c->server;

        assert(s->n_requests < s->n_acts && s->n_requests < REQUESTS_MAX);
        c->act = &s->acts[s->n_requests];
        c->out = 0;
        s->requests[s->n_requests++] = strndup(c->in, c->in_len);
        c->in_len = 0;
        if (c->act->end == ACT_DRIP)
                assert(sd_event_add_time_relative(s->loop, &c->timer, CLOCK_MONOTONIC, DRIP_US, 1000,
                                                  on_drip, c) >= 0);
        else if (push(c, SIZE_MAX))
                end(c);
        else
                (void)sd_event_source_set_io_events(c->io, EPOLLIN | EPOLLOUT);
}

static bool is_whole(const struct connection *c)
{
        const char *head_end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
        const char *length = strcasestr(c->in, "\r\nContent-Length: ");
        size_t body = length ? strtoul(length + 18, NULL, 10) : 0;

        return head_end && c->in_len >= (size_t)(head_end - c->in) + 4 + body;
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct connection *c = userdata;
        ssize_t n;

        if (revents & EPOLLOUT && c->act && push(c, SIZE_MAX)) {
                (void)sd_event_source_set_io_events(source, EPOLLIN);
                end(c);
        }
        if (c->fd < 0 || !(revents & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                return 0;
        n = recv(fd, c->in + c->in_len, sizeof(c->in) - 1 - c->in_len, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
                return 0;
        if (n <= 0) {
                drop(c);
                return 0;
        }
        c->in_len += (size_t)n;
        c->in[c->in_len] = 0;
        if (!c->act && is_whole(c))
                answer(c);
        return 0;
}

static int on_connection(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct script_server *s = userdata;
        struct connection *c = calloc(1, sizeof(*c));

        (void)source;
        (void)revents;
        assert(c && s->n_connections < CONNECTIONS_MAX);
        c->server = s;
        c->fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        assert(c->fd >= 0);
        s->connections[s->n_connections++] = c;
        return sd_event_add_io(s->loop, &c->io, c->fd, EPOLLIN, on_io, c) < 0 ? -EIO : 0;
}

int script_server_new(sd_event *loop, const struct act *acts, size_t n, struct script_server **ret)
{
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(address);
        struct script_server *s = calloc(1, sizeof(*s));

        if (!s)
                return -ENOMEM;
        s->loop = loop;
        s->acts = acts;
        s->n_acts = n;
        s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&address, len) < 0 || listen(s->fd, 16) < 0 ||
            getsockname(s->fd, (struct sockaddr *)&address, &len) < 0 ||
            sd_event_add_io(s->loop, &s->io, s->fd, EPOLLIN, on_connection, s) < 0) {
                script_server_free(s);
                return -EIO;
        }
        (void)snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
        *ret = s;
        return 0;
}

struct script_server *script_server_free(struct script_server *s)
{
        if (!s)
                return NULL;
        for (size_t i = 0; i < s->n_connections; i++) {
                drop(s->connections[i]);
                free(s->connections[i]);
        }
        for (size_t i = 0; i < s->n_requests; i++)
                free(s->requests[i]);
        sd_event_source_disable_unref(s->io);
        (void)close(s->fd);
        free(s);
        return NULL;
}

const char *script_server_url(const struct script_server *s)
{
        return s->url;
}

size_t script_server_connections(const struct script_server *s)
{
        return s->n_connections;
}

size_t script_server_requests(const struct script_server *s)
{
        return s->n_requests;
}

const char *script_server_request(const struct script_server *s, size_t n)
{
        return n < s->n_requests ? s->requests[n] : "";
}
