/* SPDX-License-Identifier: Apache-2.0 */

/* One request is on its way at most, so that an answer needs no number; what comes unasked for ends the
 * process that sent it. A process that has worked for long is replaced between two requests: its limit of
 * CPU time cannot be raised from request to request, and what is left over in its memory ends with it. */

#include "setup/label/decoder.h"
#include "setup/label/child.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

/* Half of what the cage allows (sandbox.c): the other half is for the request that begins just before. */
enum { WORK_MAX_MS = 10000 };

struct decoder {
        char *folder; /* of child.h */
        struct child child;
        int socket; /* -1: none */
        int wait;   /* an epoll of the socket */
        bool busy;
        int64_t deadline_ms;
        unsigned timeout_ms;
        uint8_t *answer; /* VERDICT_SIZE_MAX + 1 bytes in guarded memory */
};

static int64_t now_ms(clockid_t clock)
{
        struct timespec t = { 0 };

        (void)clock_gettime(clock, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int decoder_new(struct decoder **ret)
{
        return decoder_new_in(NULL, ret);
}

int decoder_new_in(const char *folder, struct decoder **ret)
{
        _cleanup_(decoder_freep) struct decoder *d = calloc(1, sizeof(*d));

        if (!d)
                return -ENOMEM;
        d->wait = d->socket = -1;
        d->folder = folder ? strdup(folder) : NULL;
        if (folder && !d->folder)
                return -ENOMEM;
        d->wait = epoll_create1(EPOLL_CLOEXEC);
        if (d->wait < 0)
                return -errno;
        d->answer = sodium_malloc(VERDICT_SIZE_MAX + 1);
        if (!d->answer)
                return -ENOMEM;
        *ret = TAKE_PTR(d);
        return 0;
}

/* As child_end(). Killed before it can see that nobody listens any more. */
static int end_child(struct decoder *d)
{
        int status = child_end(&d->child);

        closep(&d->socket);
        d->socket = -1;
        return status;
}

static int start_child(struct decoder *d)
{
        int r = child_start(d->folder, &d->child, &d->socket);

        if (r < 0)
                return r;
        if (epoll_ctl(d->wait, EPOLL_CTL_ADD, d->socket, &(struct epoll_event){ .events = EPOLLIN }) < 0) {
                r = -errno;
                (void)end_child(d);
        }
        return r;
}

/* Of the socket: POLLIN, POLLHUP. */
static int state_of(const struct decoder *d)
{
        struct pollfd p = { .fd = d->socket, .events = POLLIN };

        return poll(&p, 1, 0) > 0 ? p.revents : 0;
}

static bool has_worked_enough(const struct decoder *d)
{
        clockid_t work;

        return clock_getcpuclockid(d->child.pid, &work) != 0 || now_ms(work) >= WORK_MAX_MS;
}

static int ensure_child(struct decoder *d)
{
        if (d->child.pid > 0 && !state_of(d) && !has_worked_enough(d))
                return 0;
        (void)end_child(d);
        return start_child(d);
}

static int send_request(const struct decoder *d, int fd, const struct request *request)
{
        uint8_t message[REQUEST_SIZE];
        union {
                struct cmsghdr header;
                char room[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct iovec part = { message, sizeof(message) };
        struct msghdr m = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
        };

        request_put(request, message);
        control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                           .cmsg_level = SOL_SOCKET,
                                           .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
        return sendmsg(d->socket, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int decoder_submit(struct decoder *d, int fd, const struct request *request, unsigned timeout_ms)
{
        int r;

        if (d->busy)
                return -EBUSY;
        if (!request_is_sound(request))
                return -EINVAL;
        sodium_memzero(d->answer, VERDICT_SIZE_MAX + 1);
        r = ensure_child(d);
        if (r >= 0)
                r = send_request(d, fd, request);
        if (r == -EPIPE || r == -ECONNRESET) { /* it has died since */
                (void)end_child(d);
                r = start_child(d);
                if (r >= 0)
                        r = send_request(d, fd, request);
        }
        if (r < 0)
                return r;
        d->busy = true;
        d->timeout_ms = timeout_ms;
        d->deadline_ms = now_ms(CLOCK_MONOTONIC) + timeout_ms;
        return 0;
}

int decoder_fd(const struct decoder *d)
{
        return d->wait;
}

int decoder_timeout_ms(const struct decoder *d)
{
        int64_t left = d->deadline_ms - now_ms(CLOCK_MONOTONIC);

        return !d->busy ? -1 : left > 0 ? (int)left : 0;
}

/* The next one is on its way while the caller still thinks about this one. */
static void replace_child(struct decoder *d)
{
        d->busy = false;
        (void)start_child(d);
}

static void refuse_end(struct decoder *d, struct trouble *ret)
{
        int status = end_child(d);

        replace_child(d);
        if (status >= 0 && WIFSIGNALED(status))
                (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "the picture decoder crashed on it (%s)",
                                  strsignal(WTERMSIG(status)));
        else if (status >= 0)
                (void)trouble_set(ret, FAULT_LABEL_UNREADABLE,
                                  "the picture decoder ended without an answer (status %d)",
                                  WEXITSTATUS(status));
        else
                (void)trouble_set(ret, FAULT_LABEL_UNREADABLE,
                                  "the picture decoder ended without an answer");
}

static void refuse_answer(struct decoder *d, struct trouble *ret)
{
        (void)end_child(d);
        replace_child(d);
        (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "the answer of the picture decoder makes no sense");
}

static void give_up(struct decoder *d, struct trouble *ret)
{
        (void)end_child(d);
        replace_child(d);
        (void)trouble_set(ret, FAULT_LABEL_UNREADABLE, "reading the picture took longer than %u ms",
                          d->timeout_ms);
}

static void take_answer(struct decoder *d, struct verdict *ret, struct trouble *ret_trouble)
{
        ssize_t n = recv(d->socket, d->answer, VERDICT_SIZE_MAX + 1, MSG_DONTWAIT);
        struct verdict v;

        if (n < 0 || (n == 0 && state_of(d) & POLLHUP)) {
                refuse_end(d, ret_trouble);
                return;
        }
        if (verdict_parse(d->answer, (size_t)n, &v) < 0) {
                refuse_answer(d, ret_trouble);
                return;
        }
        d->busy = false;
        if (v.kind == VERDICT_NO_SANDBOX)
                (void)trouble_set(ret_trouble, FAULT_INTERNAL,
                                  "the kernel does not let the picture decoder lock itself in (seccomp)");
        else
                *ret = v;
}

int decoder_dispatch(struct decoder *d, struct verdict *ret, struct trouble *ret_trouble)
{
        struct trouble none = { 0 };

        if (!d->busy) {
                if (d->child.pid > 0 && state_of(d))
                        (void)end_child(d);
                return 0;
        }
        *ret_trouble = none;
        if (state_of(d))
                take_answer(d, ret, ret_trouble);
        else if (decoder_timeout_ms(d) == 0)
                give_up(d, ret_trouble);
        else
                return 0;
        return 1;
}

void decoder_cancel(struct decoder *d)
{
        if (d->busy)
                (void)end_child(d);
        d->busy = false;
}

struct decoder *decoder_free(struct decoder *d)
{
        if (!d)
                return NULL;
        (void)end_child(d);
        closep(&d->wait);
        sodium_free(d->answer);
        free(d->folder);
        free(d);
        return NULL;
}
