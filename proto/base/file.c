/* SPDX-License-Identifier: Apache-2.0 */

/* O_NONBLOCK keeps open() from waiting for the other end of a FIFO; poll() does the waiting then, in slices,
 * since signals that a loop watches are blocked and interrupt nothing. Standard input keeps its flags, which
 * are not ours alone: after poll() a read does not wait. */

#include "proto/base/file.h"
#include "proto/base/cleanup.h"
#include "proto/base/standard.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

enum { SLICE_MS = 100, LOCK_POLL_MS = 20 };

static int64_t now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* patience: of the thread while it is in a call that has one, since what reads a file is not told whose
 * command it serves */

static _Thread_local int64_t patience_ends_ms; /* 0: it does not */

struct file_patience file_patience_begin(unsigned ms)
{
        struct file_patience p = { patience_ends_ms };

        patience_ends_ms = ms ? now_ms() + ms : 0;
        return p;
}

void file_patience_end(struct file_patience *p)
{
        patience_ends_ms = p->before_ms;
}

unsigned file_patience_ms(unsigned ms)
{
        int64_t left_ms = patience_ends_ms - now_ms();

        if (patience_ends_ms == 0 || left_ms >= ms)
                return ms;
        return left_ms > 0 ? (unsigned)left_ms : 0;
}

/* opening */

static int check_kind(int fd, const struct stat *st)
{
        switch (st->st_mode & S_IFMT) {
        case S_IFREG:
        case S_IFIFO:
        case S_IFSOCK: return 0;
        case S_IFDIR: return -EISDIR;
        case S_IFCHR: return st->st_rdev == makedev(1, 3) || isatty(fd) ? 0 : -ENOTSUP;
        default: return -ENOTSUP;
        }
}

/* A socket cannot be opened anew by its name in /dev: it is copied. */
static int open_socket(const char *path)
{
        int number = STDIN_FILENO, end = 0, fd;

        if (strcmp(path, "/dev/stdin") != 0 &&
            (sscanf(path, "/dev/fd/%9d%n", &number, &end) != 1 || path[end]))
                return -ENOTSUP;
        fd = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        return fd < 0 ? -errno : fd;
}

static int open_any(const char *path)
{
        int fd;

        if (strcmp(path, "-") == 0)
                fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        else
                fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0 && errno == ENXIO)
                return open_socket(path);
        return fd < 0 ? -errno : fd;
}

int file_open(const char *path)
{
        _cleanup_(closep) int fd = open_any(path);
        struct stat st;
        int r;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        r = check_kind(fd, &st);
        return r < 0 ? r : TAKE_FD(fd);
}

int file_open_kept(const char *path, int flags)
{
        _cleanup_(closep) int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
        struct stat st;

        if (fd < 0)
                return errno == ENXIO ? -ENOTSUP : -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return S_ISDIR(st.st_mode) ? -EISDIR : -ENOTSUP;
        return TAKE_FD(fd);
}

/* reading */

/* Takes the signal, which would end the process as soon as nobody blocks it any more. Only what is pending
 * is taken, so one that is not blocked does what it always does. In a program that is not ours, it is not
 * ours either. */
static bool is_cancelled(void)
{
        sigset_t end;

        if (!standard_is_program())
                return false;
        (void)sigemptyset(&end);
        (void)sigaddset(&end, SIGINT);
        (void)sigaddset(&end, SIGTERM);
        return sigtimedwait(&end, NULL, &(struct timespec){ 0 }) > 0;
}

static int wait_readable(int fd, unsigned timeout_ms)
{
        int64_t end_ms = now_ms() + file_patience_ms(timeout_ms);

        for (;;) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                int n = poll(&p, 1, SLICE_MS);

                if (n > 0)
                        return 0;
                if (n < 0 && errno != EINTR)
                        return -errno;
                if (is_cancelled())
                        return -ECANCELED;
                if (now_ms() >= end_ms)
                        return -ETIMEDOUT;
        }
}

/* A FIFO that nobody has opened for writing yet is at its end for read(2), but not for poll(2). */
static ssize_t read_some(int fd, void *to, size_t size)
{
        int r = wait_readable(fd, FILE_WRITER_MS);
        ssize_t n = -1;

        if (r == -ETIMEDOUT && fcntl(fd, F_GETFL) & O_NONBLOCK) {
                n = read(fd, to, size);
                if (n >= 0 || errno != EAGAIN)
                        return n == 0 ? -ETIMEDOUT : n < 0 ? -errno : n;
        }
        if (r == -ETIMEDOUT)
                r = wait_readable(fd, FILE_SILENCE_MS);
        if (r < 0)
                return r;
        n = read(fd, to, size);
        return n < 0 ? -errno : n;
}

int file_read_all(int fd, void *to, size_t size, size_t *ret_len)
{
        size_t len = 0;
        ssize_t n;

        while (len < size) {
                n = read_some(fd, (char *)to + len, size - len);
                if (n == 0)
                        break;
                if (n < 0 && n != -EINTR && n != -EAGAIN)
                        return (int)n;
                if (n > 0)
                        len += (size_t)n;
        }
        *ret_len = len;
        return 0;
}

/* writing */

int file_write(int fd, const void *data, size_t len)
{
        const char *at = data;

        while (len > 0) {
                ssize_t n = write(fd, at, len);

                if (n < 0 && errno != EINTR)
                        return -errno;
                if (n > 0) {
                        at += n;
                        len -= (size_t)n;
                }
        }
        return 0;
}

int file_append(int fd, const void *data, size_t len)
{
        struct stat st;
        int r;

        if (fstat(fd, &st) < 0)
                return -errno;
        r = file_write(fd, data, len);
        if (r < 0)
                (void)!ftruncate(fd, st.st_size);
        return r;
}

/* locks */

int file_lock(int fd, int how)
{
        int64_t since_ms = now_ms();

        while (flock(fd, how | LOCK_NB) < 0) {
                if (errno == EINTR)
                        continue;
                if (errno != EWOULDBLOCK || now_ms() - since_ms >= FILE_LOCK_MS)
                        return -errno;
                (void)poll(NULL, 0, LOCK_POLL_MS);
        }
        return 0;
}

/* words */

const char *file_words(int error)
{
        switch (-error) {
        case ENOTSUP: return "it is neither a file nor a pipe";
        case ECANCELED: return "a signal ended the wait for it";
        case ETIMEDOUT: return "nobody writes to it";
        case EWOULDBLOCK: return "another program keeps it locked";
        default: return strerror(-error);
        }
}

int file_trouble(const char *name, int error, struct trouble *ret_trouble)
{
        return trouble_set(ret_trouble, error == -ECANCELED ? FAULT_CANCELLED : FAULT_CONFIG, "%s: %s", name,
                           file_words(error));
}
