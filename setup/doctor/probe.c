/* SPDX-License-Identifier: Apache-2.0 */

/* The name is resolved by glibc's getaddrinfo_a(), which has a thread of its own: its state is looked at by
 * a timer, so that a dead DNS server costs a deadline and not a hang. A request that cannot be cancelled any
 * more is left to that thread with its memory. Then one UDP socket, connected, so that an ICMP refusal comes
 * back as an error. */

#include "setup/doctor/probe.h"
#include "proto/base/number.h"
#include "proto/base/timer.h"
#include "setup/doctor/dtls.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

enum { LOOK_MS = 20 };

/* Outlives the operation if the resolver is still at it. */
struct lookup {
        struct gaicb request;
        struct addrinfo hints;
        char host[PROBE_HOST_MAX + 1];
        char port[8];
};

struct probe {
        struct op op;
        sd_event *loop;
        probe_fn done;
        void *userdata;
        struct lookup *lookup;
        struct timer *timer;
        uint64_t started_ms;
        int fd;
        sd_event_source *source;
        struct buf hello;
        unsigned tries;
        char address[INET6_ADDRSTRLEN];
};

int probe_address(const char *text, char ret_host[static PROBE_HOST_MAX + 1], uint16_t *ret_port)
{
        const char *colon = strrchr(text, ':');
        size_t len = colon ? (size_t)(colon - text) : 0;
        unsigned port = 0;

        if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
                text++;
                len -= 2;
        }
        if (len < 1 || len > PROBE_HOST_MAX || number_read(colon + 1, 1, UINT16_MAX, &port) < 0)
                return -EINVAL;
        memcpy(ret_host, text, len);
        ret_host[len] = 0;
        *ret_port = (uint16_t)port;
        return 0;
}

static void lookup_drop(struct lookup *l)
{
        if (!l)
                return;
        if (gai_error(&l->request) == EAI_INPROGRESS && gai_cancel(&l->request) != EAI_CANCELED)
                return;
        if (l->request.ar_result)
                freeaddrinfo(l->request.ar_result);
        free(l);
}

static void probe_free(struct op *op)
{
        struct probe *p = container_of(op, struct probe, op);

        timer_free(p->timer);
        lookup_drop(p->lookup);
        sd_event_source_disable_unref(p->source);
        closep(&p->fd);
        buf_done(&p->hello);
        free(p);
}

__attribute__((format(printf, 3, 4))) static void answer(struct probe *p, enum fault fault,
                                                         const char *cause, ...)
{
        struct probe_answer a = { .address = p->address, .ms = timer_now_ms() - p->started_ms };
        va_list ap;

        va_start(ap, cause);
        (void)trouble_vset(&a.trouble, fault, cause, ap);
        va_end(ap);
        p->timer = timer_free(p->timer);
        if (p->source)
                (void)sd_event_source_set_enabled(p->source, SD_EVENT_OFF);
        p->done(p->userdata, &a);
}

static void blocked(struct probe *p, const char *what)
{
        answer(p, FAULT_DEVICE_CLOUD_BLOCKED, "%s (%s)", what, p->address);
}

static void send_hello(void *userdata)
{
        struct probe *p = userdata;

        p->timer = timer_free(p->timer);
        if (p->tries++ == PROBE_TRIES) {
                blocked(p, "no answer to a DTLS hello by UDP");
                return;
        }
        if (send(p->fd, p->hello.data, p->hello.len, MSG_NOSIGNAL) < 0 && errno == ENETUNREACH)
                answer(p, FAULT_DEVICE_NO_INTERNET, "no route to the device cloud");
        else if (timer_new(p->loop, PROBE_TRY_MS, send_hello, p, &p->timer) < 0)
                answer(p, FAULT_INTERNAL, "out of memory");
}

static int on_datagram(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct probe *p = userdata;
        uint8_t data[DTLS_ANSWER_MAX];
        ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT);

        (void)source;
        (void)revents;
        if (n < 0 && errno == ECONNREFUSED)
                blocked(p, "UDP is refused");
        if (n <= 0)
                return 0;
        switch (dtls_answer_kind(data, (size_t)n)) {
        case DTLS_HELLO_VERIFY:
        case DTLS_OTHER: answer(p, FAULT_NONE, "a DTLS server answers"); break;
        case DTLS_NOT_DTLS: blocked(p, "something answers that is not the device cloud"); break;
        }
        return 0;
}

static int connect_to(struct probe *p, const struct addrinfo *at)
{
        uint8_t random[32];
        int r;

        if (getnameinfo(at->ai_addr, at->ai_addrlen, p->address, sizeof(p->address), NULL, 0,
                        NI_NUMERICHOST) != 0)
                return -EIO;
        p->fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (p->fd < 0 || connect(p->fd, at->ai_addr, at->ai_addrlen) < 0)
                return -errno;
        r = sd_event_add_io(p->loop, &p->source, p->fd, EPOLLIN, on_datagram, p);
        if (r < 0)
                return r;
        randombytes_buf(random, sizeof(random));
        return dtls_client_hello(random, &p->hello);
}

static void resolved(struct probe *p)
{
        int r = connect_to(p, p->lookup->request.ar_result);

        p->started_ms = timer_now_ms();
        if (r == -ENETUNREACH)
                answer(p, FAULT_DEVICE_NO_INTERNET, "no route to the device cloud");
        else if (r < 0)
                answer(p, FAULT_INTERNAL, "%s", strerror(-r));
        else
                send_hello(p);
}

/* The resolver's word, or that it has none. */
static void unresolved(struct probe *p, const char *why)
{
        answer(p, FAULT_DEVICE_NO_INTERNET, "the name %s does not resolve: %s", p->lookup->host, why);
}

static void look(void *userdata)
{
        struct probe *p = userdata;
        int r = gai_error(&p->lookup->request);

        p->timer = timer_free(p->timer);
        if (r == 0)
                resolved(p);
        else if (r != EAI_INPROGRESS)
                unresolved(p, gai_strerror(r));
        else if (timer_now_ms() - p->started_ms > PROBE_RESOLVE_MS)
                unresolved(p, "no DNS server answers");
        else if (timer_new(p->loop, LOOK_MS, look, p, &p->timer) < 0)
                answer(p, FAULT_INTERNAL, "out of memory");
}

int probe_start(sd_event *loop, const char *host, uint16_t port, probe_fn done, void *userdata,
                struct op **ret)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct probe *p;
        struct lookup *l;
        int r;

        if (strlen(host) >= sizeof(l->host))
                return -EINVAL;
        p = calloc(1, sizeof(*p));
        if (!p)
                return -ENOMEM;
        *p = (struct probe){
                .op.free = probe_free, .loop = loop, .done = done, .userdata = userdata, .fd = -1
        };
        op = &p->op;
        p->hello = buf_init(DTLS_HELLO_MAX);
        p->started_ms = timer_now_ms();
        l = p->lookup = calloc(1, sizeof(*l));
        if (!l)
                return -ENOMEM;
        memcpy(l->host, host, strlen(host));
        (void)snprintf(l->port, sizeof(l->port), "%u", port);
        l->hints.ai_socktype = SOCK_DGRAM;
        l->request = (struct gaicb){ .ar_name = l->host, .ar_service = l->port, .ar_request = &l->hints };
        if (getaddrinfo_a(GAI_NOWAIT, (struct gaicb *[]){ &l->request }, 1, NULL) != 0)
                return -EIO;
        r = timer_new(loop, 0, look, p, &p->timer);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
