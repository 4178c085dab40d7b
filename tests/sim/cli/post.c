/* SPDX-License-Identifier: Apache-2.0 */

/* One connection per message, "Connection: close": the answer ends where the stream ends. */

#include "tests/sim/cli/post.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

enum { MESSAGE_MAX = 16 * 1024, ANSWER_MAX = 64 * 1024, DEADLINE_MS = 10000 };

struct message {
        struct message *next;
        struct buf bytes;
        post_fn done;
        void *userdata;
};

struct poster {
        struct sockaddr_storage at;
        socklen_t at_len;
        char host[64];
        sd_event *loop;
        struct message *queue, **tail;
        int fd;
        sd_event_source *source;
        struct timer *timer; /* the next start, or the deadline */
        size_t sent;
        struct buf answer;
};

/* "HOST:PORT" of loopback */
static int parse_host(struct poster *p, const char *text)
{
        struct sockaddr_in *v4 = (struct sockaddr_in *)&p->at;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&p->at;
        const char *colon = strrchr(text, ':');
        char host[32], *end;
        unsigned long port;

        if (!colon || (size_t)(colon - text) >= sizeof(host))
                return -EINVAL;
        memcpy(host, text, (size_t)(colon - text));
        host[colon - text] = 0;
        errno = 0;
        port = strtoul(colon + 1, &end, 10);
        if (errno || end == colon + 1 || (*end && strcmp(end, "/") != 0) || port == 0 || port > 65535)
                return -EINVAL;
        if (strcmp(host, "[::1]") == 0) {
                *v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
                                             .sin6_port = htons((uint16_t)port),
                                             .sin6_addr = in6addr_loopback };
                p->at_len = sizeof(*v6);
                return 0;
        }
        *v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        p->at_len = sizeof(*v4);
        if (strcmp(host, "localhost") == 0)
                v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        else if (inet_pton(AF_INET, host, &v4->sin_addr) != 1 || ntohl(v4->sin_addr.s_addr) >> 24 != 127)
                return -EINVAL;
        return 0;
}

int poster_new(sd_event *loop, const char *url, struct poster **ret)
{
        _cleanup_(poster_freep) struct poster *p = calloc(1, sizeof(*p));
        int r;

        if (!p)
                return -ENOMEM;
        p->fd = -1;
        p->tail = &p->queue;
        p->answer = buf_init(ANSWER_MAX);
        if (strncmp(url, "http://", 7) != 0 || strlen(url + 7) >= sizeof(p->host))
                return -EINVAL;
        (void)snprintf(p->host, sizeof(p->host), "%s", url + 7);
        p->loop = loop;
        r = parse_host(p, url + 7);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(p);
        return 0;
}

static void hang_up(struct poster *p)
{
        p->timer = timer_free(p->timer);
        p->source = sd_event_source_disable_unref(p->source);
        closep(&p->fd);
        p->fd = -1;
        p->sent = 0;
}

static void free_message(struct message *m)
{
        buf_done(&m->bytes);
        free(m);
}

struct poster *poster_free(struct poster *p)
{
        if (!p)
                return NULL;
        hang_up(p);
        for (struct message *m = p->queue, *next; m; m = next) {
                next = m->next;
                free_message(m);
        }
        buf_done(&p->answer);
        free(p);
        return NULL;
}

static void next(void *userdata);

static void arm(struct poster *p, uint64_t ms, void (*fire)(void *))
{
        p->timer = timer_free(p->timer);
        (void)timer_new(p->loop, ms, fire, p, &p->timer);
}

/* The head of the queue is done, with the answer or without. */
static void finish(struct poster *p, bool answered)
{
        struct message *m = p->queue;
        const char *body = "", *text;
        int status = 0;

        hang_up(p);
        p->queue = m->next;
        if (!p->queue)
                p->tail = &p->queue;
        if (answered && buf_append(&p->answer, "", 1) == 0) {
                text = (const char *)p->answer.data;
                if (strncmp(text, "HTTP/1.1 ", 9) == 0)
                        status = (int)strtol(text + 9, NULL, 10);
                body = strstr(text, "\r\n\r\n");
                body = body ? body + 4 : "";
        }
        if (p->queue)
                arm(p, 0, next);
        if (m->done)
                m->done(m->userdata, status, body);
        free_message(m);
}

static void on_deadline(void *userdata)
{
        finish(userdata, false);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct poster *p = userdata;
        struct message *m = p->queue;
        ssize_t n;

        (void)revents;
        if (p->sent < m->bytes.len) {
                n = send(fd, m->bytes.data + p->sent, m->bytes.len - p->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
                if (n < 0 && errno != EAGAIN) {
                        finish(p, false);
                        return 0;
                }
                p->sent += n > 0 ? (size_t)n : 0;
                if (p->sent == m->bytes.len)
                        (void)sd_event_source_set_io_events(source, EPOLLIN);
                return 0;
        }
        if (buf_reserve(&p->answer, 4096) < 0) {
                finish(p, false);
                return 0;
        }
        n = recv(fd, p->answer.data + p->answer.len, 4096, MSG_DONTWAIT);
        if (n > 0)
                p->answer.len += (size_t)n;
        else if (n == 0 || errno != EAGAIN)
                finish(p, n == 0);
        return 0;
}

static void next(void *userdata)
{
        struct poster *p = userdata;

        hang_up(p);
        buf_done(&p->answer);
        arm(p, DEADLINE_MS, on_deadline);
        p->fd = socket(p->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (p->fd < 0 ||
            (connect(p->fd, (struct sockaddr *)&p->at, p->at_len) < 0 && errno != EINPROGRESS) ||
            sd_event_add_io(p->loop, &p->source, p->fd, EPOLLIN | EPOLLOUT, on_io, p) < 0)
                finish(p, false);
}

int poster_send(struct poster *p, const char *path, const char *body, post_fn done, void *userdata)
{
        struct message *m = calloc(1, sizeof(*m));
        char head[512];
        int n, r;

        if (!m)
                return -ENOMEM;
        m->bytes = buf_init(MESSAGE_MAX);
        m->done = done;
        m->userdata = userdata;
        n = snprintf(
                head, sizeof(head),
                "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nConnection: close\r\n"
                "Content-Length: %zu\r\n\r\n",
                path, p->host, strlen(body));
        r = n < 0 || (size_t)n >= sizeof(head) ? -E2BIG : buf_append(&m->bytes, head, (size_t)n);
        if (r == 0)
                r = buf_append(&m->bytes, body, strlen(body));
        if (r < 0) {
                free_message(m);
                return r;
        }
        *p->tail = m;
        p->tail = &m->next;
        if (p->queue == m && !p->timer)
                arm(p, 0, next);
        return 0;
}
