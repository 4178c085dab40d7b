/* SPDX-License-Identifier: Apache-2.0 */

/* The text of one sticker in a file, a pipe or a memfd. Read into guarded memory piece by piece, as it
 * comes: a program that is asked for the text may ask a person first. A descriptor is read only after
 * poll(2) said that it can be, for standard input keeps its flags, which are not ours alone. */

#include "proto/base/file.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>

enum {
        TEXT_MAX = 4096,
        ROOM = TEXT_MAX + 3, /* CR, LF and one byte that tells "too long" */
};

struct file_source {
        struct source source;
        int fd;        /* -1: closed, or never opened */
        int wait;      /* an epoll of it */
        bool waits;    /* it can be waited for; regular files are ready at any time */
        bool has_more; /* SOURCE_REFUSED or SOURCE_SCAN is still to come */
        bool has_writer;
        int64_t deadline_ms;
        size_t len;
        char *text; /* ROOM bytes in guarded memory */
};

static struct file_source *file_of(const struct source *s)
{
        return container_of((struct source *)s, struct file_source, source);
}

static int file_fd(const struct source *s)
{
        return file_of(s)->wait;
}

static int file_timeout_ms(const struct source *s)
{
        const struct file_source *f = file_of(s);

        return f->has_more && f->fd >= 0 && f->waits ? source_left_ms(f->deadline_ms) : 0;
}

static void file_free(struct source *s)
{
        struct file_source *f = file_of(s);

        closep(&f->fd);
        closep(&f->wait);
        sodium_free(f->text);
        free(f);
}

/* What a failure means to a person. */
static void refuse(struct file_source *f, int error)
{
        const char *name = f->source.name;
        struct trouble *t = &f->source.trouble;

        if (error == -ENODATA)
                (void)trouble_set(t, FAULT_LABEL_INVALID, "%s is empty", name);
        else if (error == -E2BIG)
                (void)trouble_set(t, FAULT_LABEL_INVALID,
                                  "%s is too long for the text of a label; a picture needs --image", name);
        else
                (void)trouble_set(t, FAULT_CONFIG, "cannot read the label file %s: %s", name,
                                  file_words(error));
}

/* The last line end is the file's, not the code's. */
static int take(struct file_source *f, struct scan *ret)
{
        struct plain text = { f->text, f->len };
        struct secret *kept;
        struct trouble why;
        int r;

        if (text.len && text.at[text.len - 1] == '\n')
                text.len--;
        if (text.len && text.at[text.len - 1] == '\r')
                text.len--;
        if (text.len == 0 || text.len > TEXT_MAX) {
                refuse(f, text.len ? -E2BIG : -ENODATA);
                return SOURCE_REFUSED;
        }
        r = plain_begin(&text, &why);
        if (r < 0) {
                (void)trouble_set(&f->source.trouble, why.fault, "%s: %s", f->source.name, why.cause);
                return SOURCE_REFUSED;
        }
        r = secret_new(text.at, text.len, &kept);
        if (r < 0)
                return r;
        source_fill(&f->source, 0, kept, ret);
        return SOURCE_SCAN;
}

/* How many bytes came; 0: the end; -EAGAIN: none yet; -ETIMEDOUT: nobody writes. A FIFO that nobody has
 * opened for writing yet is at its end for read(2), but not for poll(2). */
static ssize_t read_some(struct file_source *f)
{
        struct pollfd p = { .fd = f->fd, .events = POLLIN };
        bool ready = poll(&p, 1, 0) > 0;
        ssize_t n;

        if (!ready && source_left_ms(f->deadline_ms) > 0)
                return -EAGAIN;
        if (!ready && f->has_writer)
                return -ETIMEDOUT;
        f->has_writer = true;
        f->deadline_ms = source_now_ms() + file_patience_ms(FILE_SILENCE_MS);
        if (!ready && !(fcntl(f->fd, F_GETFL) & O_NONBLOCK))
                return -EAGAIN;
        n = read(f->fd, f->text + f->len, ROOM - f->len);
        if (n == 0 && !ready)
                return -ETIMEDOUT;
        return n < 0 ? -errno : n;
}

static int file_dispatch(struct source *s, struct scan *ret)
{
        struct file_source *f = file_of(s);
        ssize_t n = 1;

        if (!f->has_more)
                return SOURCE_END;
        while (f->fd >= 0 && n > 0 && f->len < ROOM) {
                n = read_some(f);
                if (n > 0)
                        f->len += (size_t)n;
        }
        if (n == -EAGAIN || n == -EINTR)
                return SOURCE_NOTHING;
        f->has_more = false;
        if (f->fd < 0)
                return SOURCE_REFUSED;
        if (n >= 0)
                return take(f, ret);
        refuse(f, (int)n);
        return SOURCE_REFUSED;
}

static const struct source_class file_class = {
        .fd = file_fd, .timeout_ms = file_timeout_ms, .dispatch = file_dispatch, .free = file_free
};

static int file_new(const char *name, struct file_source **ret)
{
        struct file_source *f = calloc(1, sizeof(*f));
        int r;

        if (!f)
                return -ENOMEM;
        r = source_init(&f->source, &file_class, SOURCE_FILE, name);
        if (r < 0) {
                free(f);
                return r;
        }
        f->fd = -1;
        f->has_more = true;
        f->deadline_ms = source_now_ms() + file_patience_ms(FILE_WRITER_MS);
        f->wait = epoll_create1(EPOLL_CLOEXEC);
        r = f->wait < 0 ? -errno : 0;
        f->text = sodium_malloc(ROOM);
        if (r == 0 && !f->text)
                r = -ENOMEM;
        if (r < 0) {
                source_free(&f->source);
                return r;
        }
        *ret = f;
        return 0;
}

/* Takes the descriptor over, also on failure. */
static int watch(struct file_source *f, int fd)
{
        f->fd = fd;
        f->waits = epoll_ctl(f->wait, EPOLL_CTL_ADD, fd, &(struct epoll_event){ .events = EPOLLIN }) == 0;
        return f->waits || errno == EPERM ? 0 : -errno;
}

int source_open_file_fd(int fd, const char *name, struct source **ret)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct file_source *f;
        int r, copy;

        r = file_new(name, &f);
        if (r < 0)
                return r;
        s = &f->source;
        copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (copy < 0)
                return -errno;
        r = watch(f, copy);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

/* A regular file that others may read or change. */
static bool is_shared(const char *path, int fd)
{
        struct stat st;

        return strcmp(path, "-") != 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 007);
}

static int open_path(struct file_source *f, const char *path)
{
        _cleanup_(closep) int fd = file_open(path);

        if (fd < 0)
                refuse(f, fd);
        else if (is_shared(path, fd))
                (void)trouble_set(
                        &f->source.trouble, FAULT_CONFIG,
                        "%s holds a mobile secret and others may read or change it: chmod o-rwx it", path);
        else
                return watch(f, TAKE_FD(fd));
        return 0;
}

int source_open_file(const char *path, struct source **ret)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct file_source *f;
        int r;

        r = file_new(strcmp(path, "-") == 0 ? "standard input" : path, &f);
        if (r < 0)
                return r;
        s = &f->source;
        r = open_path(f, path);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}
