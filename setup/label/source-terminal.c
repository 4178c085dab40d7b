/* SPDX-License-Identifier: Apache-2.0 */

/* A person at a terminal, with a keyboard or with a handheld scanner that plays one. The terminal is told to
 * give every key at once and to show none, because a scanner may be set to end a code with nothing; its
 * signal keys stay what they are. One byte is read at a time: what is typed ahead of the next question is
 * not ours.
 *
 * A program that was stopped comes back to a terminal that its shell has set as it likes: so the setting is
 * looked at again before every read. */

#include "setup/label/source-private.h"
#include "setup/label/typed.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <termios.h>

enum {
        CTRL_D = 0x04,
        TURN_MAX = 4096, /* bytes that are read before the loop has its turn */
};

struct terminal {
        struct source source;
        struct typed *typed;
        int fd, wait;
        bool waits;    /* it can be waited for; a regular file is ready at any time */
        bool is_ended; /* SOURCE_END was reached */
        bool is_silenced;
        struct termios normal, silent; /* if it is_silenced */
        int64_t last_ms;               /* when the last byte came */
};

static struct terminal *terminal_of(const struct source *s)
{
        return container_of((struct source *)s, struct terminal, source);
}

static int terminal_fd(const struct source *s)
{
        return terminal_of(s)->wait;
}

static int terminal_timeout_ms(const struct source *s)
{
        const struct terminal *t = terminal_of(s);

        if (t->is_ended || !t->waits)
                return 0;
        return typed_is_whole(t->typed) ? source_left_ms(t->last_ms + TYPED_SILENCE_MS) : -1;
}

/* Who was stopped in the middle finds the echo on again. */
static void keep_silent(struct terminal *t)
{
        struct termios now;

        if (t->is_silenced && tcgetattr(t->fd, &now) == 0 && (now.c_lflag & (ECHO | ICANON)))
                (void)tcsetattr(t->fd, TCSADRAIN, &t->silent);
}

static int silence(struct terminal *t)
{
        if (!isatty(t->fd))
                return 0;
        if (tcgetattr(t->fd, &t->normal) < 0)
                return -errno;
        t->silent = t->normal;
        t->silent.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | IEXTEN);
        t->silent.c_cc[VMIN] = 1;
        t->silent.c_cc[VTIME] = 0;
        if (tcsetattr(t->fd, TCSADRAIN, &t->silent) < 0)
                return -errno;
        t->is_silenced = true;
        return 0;
}

static void terminal_free(struct source *s)
{
        struct terminal *t = terminal_of(s);

        if (t->is_silenced)
                (void)tcsetattr(t->fd, TCSADRAIN, &t->normal);
        closep(&t->fd);
        closep(&t->wait);
        typed_free(t->typed);
        free(t);
}

static int take(struct terminal *t, struct scan *ret)
{
        enum label_symbology symbology;
        struct secret *text;
        struct trouble why;
        int r = typed_take(t->typed, &symbology, &text, &why);

        if (r == -EINVAL) {
                (void)trouble_set(&t->source.trouble, why.fault, "%s: %s", t->source.name, why.cause);
                return SOURCE_REFUSED;
        }
        if (r < 0)
                return r;
        source_fill(&t->source, symbology, text, ret);
        return SOURCE_SCAN;
}

/* No more bytes. The last line of a file needs no end; of a terminal that is gone half a text may be here.
 */
static int end(struct terminal *t, struct scan *ret)
{
        bool counts = t->is_silenced ? typed_is_whole(t->typed) : !typed_is_empty(t->typed);

        t->is_ended = true;
        return counts ? take(t, ret) : SOURCE_END;
}

/* 1: a byte; 0: the end; -EAGAIN: none yet. A terminal that is gone is at its end. */
static int read_byte(const struct terminal *t, uint8_t *ret)
{
        struct pollfd p = { .fd = t->fd, .events = POLLIN };
        ssize_t n;

        if (poll(&p, 1, 0) <= 0)
                return -EAGAIN;
        n = read(t->fd, ret, 1);
        return n < 0 ? (errno == EIO ? 0 : -errno) : (int)n;
}

/* A byte of a text. 1: it is at its end. */
static int put(struct terminal *t, uint8_t byte)
{
        if (t->is_silenced && byte == CTRL_D && typed_is_empty(t->typed)) {
                t->is_ended = true;
                return 0;
        }
        t->last_ms = source_now_ms();
        return typed_put(t->typed, byte);
}

static int terminal_dispatch(struct source *s, struct scan *ret)
{
        struct terminal *t = terminal_of(s);
        uint8_t byte;
        int r = 1;

        keep_silent(t);
        for (size_t i = 0; i < TURN_MAX && !t->is_ended; i++) {
                r = read_byte(t, &byte);
                if (r == 0)
                        return end(t, ret);
                if (r < 0)
                        break;
                if (put(t, byte))
                        return take(t, ret);
        }
        if (t->is_ended)
                return SOURCE_END;
        if (r < 0 && r != -EAGAIN && r != -EINTR)
                return r;
        if (typed_is_whole(t->typed) && source_left_ms(t->last_ms + TYPED_SILENCE_MS) == 0)
                return take(t, ret);
        return SOURCE_NOTHING;
}

static const struct source_class terminal_class = { .fd = terminal_fd,
                                                    .timeout_ms = terminal_timeout_ms,
                                                    .dispatch = terminal_dispatch,
                                                    .free = terminal_free };

static int prepare(struct terminal *t, int fd)
{
        int r = typed_new(&t->typed);

        if (r < 0)
                return r;
        t->fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (t->fd < 0)
                return -errno;
        t->wait = epoll_create1(EPOLL_CLOEXEC);
        if (t->wait < 0)
                return -errno;
        t->waits = epoll_ctl(t->wait, EPOLL_CTL_ADD, t->fd, &(struct epoll_event){ .events = EPOLLIN }) == 0;
        if (!t->waits && errno != EPERM)
                return -errno;
        return silence(t);
}

int source_open_terminal(int fd, const char *name, struct source **ret)
{
        struct terminal *t = calloc(1, sizeof(*t));
        int r;

        if (!t)
                return -ENOMEM;
        t->fd = t->wait = -1;
        r = source_init(&t->source, &terminal_class, SOURCE_TERMINAL, name);
        if (r < 0) {
                free(t);
                return r;
        }
        r = prepare(t, fd);
        if (r < 0) {
                source_free(&t->source);
                return r;
        }
        *ret = &t->source;
        return 0;
}
