/* SPDX-License-Identifier: Apache-2.0 */

/* The virtual cloud hands out tokens to whoever asks, so it never listens where another machine could. */

#include "tests/sim/cloud/listen.h"
#include "proto/base/cleanup.h"
#include "proto/base/number.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct place {
        union {
                struct sockaddr any;
                struct sockaddr_in in;
                struct sockaddr_in6 in6;
        };
        socklen_t len;
};

static int complain(char **ret_why, const char *address, const char *what)
{
        if (asprintf(ret_why, "%s: %s", address, what) < 0) {
                *ret_why = NULL;
                return -ENOMEM;
        }
        return -EINVAL;
}

static int parse_port(const char *text, uint16_t *ret)
{
        unsigned n;

        if (number_read(text, 0, 65535, &n) < 0)
                return -EINVAL;
        *ret = (uint16_t)n;
        return 0;
}

static bool parse_host(const char *host, uint16_t port, struct place *p)
{
        struct in_addr v4;

        if (strcmp(host, "[::1]") == 0) {
                p->in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
                                                .sin6_port = htons(port),
                                                .sin6_addr = IN6ADDR_LOOPBACK_INIT };
                p->len = sizeof(p->in6);
                return true;
        }
        if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &v4) != 1 ||
            ntohl(v4.s_addr) >> 24 != 127)
                return false;
        p->in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = v4 };
        p->len = sizeof(p->in);
        return true;
}

static int url_of(int fd, const char *scheme, char **ret)
{
        struct place p = { .len = sizeof(struct sockaddr_in6) };
        char host[INET_ADDRSTRLEN];
        int n;

        if (getsockname(fd, &p.any, &p.len) < 0)
                return -errno;
        if (p.any.sa_family == AF_INET6)
                n = asprintf(ret, "%s://[::1]:%u", scheme, ntohs(p.in6.sin6_port));
        else
                n = asprintf(ret, "%s://%s:%u", scheme,
                             inet_ntop(AF_INET, &p.in.sin_addr, host, sizeof(host)), ntohs(p.in.sin_port));
        return n < 0 ? -ENOMEM : 0;
}

static int bind_to(const struct place *p, int *ret)
{
        _cleanup_(closep) int fd = -1;
        const int on = 1;

        fd = socket(p->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 || bind(fd, &p->any, p->len) < 0 ||
            listen(fd, 512) < 0)
                return -errno;
        *ret = TAKE_FD(fd);
        return 0;
}

int listen_loopback(const char *address, const char *scheme, char **ret_why, char **ret_url, int *ret_fd)
{
        _cleanup_(freep) char *host = strdup(address);
        _cleanup_(closep) int fd = -1;
        struct place place = { 0 };
        uint16_t port;
        char *colon;
        int r;

        if (!host)
                return -ENOMEM;
        colon = strrchr(host, ':');
        if (!colon || parse_port(colon + 1, &port) < 0)
                return complain(ret_why, address,
                                "write HOST:PORT, as in 127.0.0.1:8080; port 0 lets the "
                                "kernel choose");
        *colon = 0;
        if (!parse_host(host, port, &place))
                return complain(ret_why, address,
                                "the virtual cloud listens on loopback only: 127.0.0.1, "
                                "[::1] or localhost");
        r = bind_to(&place, &fd);
        if (r < 0)
                return r;
        r = url_of(fd, scheme, ret_url);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}
