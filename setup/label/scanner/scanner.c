/* SPDX-License-Identifier: Apache-2.0 */

/* One scanner by its path, or all that udev knows. Whatever is unplugged is waited for: a path is tried
 * again a few times a second while nothing is there, which also finds links that are made anew and nodes
 * whose permission comes late; with "auto" udev tells. A device that is gone takes with it what had come of
 * a scan, so half a label is never handed out. */

#include "setup/label/scanner/scanner.h"
#include "proto/base/text.h"
#include "setup/label/scanner/discover.h"
#include "setup/label/scanner/handheld.h"
#include "setup/label/scanner/take.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

enum { DEVICES_MAX = 8, RETRY_MS = 250, PATIENCE_MS = 3000 };

struct scanner {
        struct source source;
        struct scanner_options options; /* its texts are owned */
        struct handheld *device[DEVICES_MAX];
        size_t n, next;            /* `next` is asked first, so that no one starves another */
        struct discover *discover; /* NULL: a path */
        int epoll;
        enum { OPENING, READY, REFUSED, ENDED } state;
        int64_t lost_ms, retry_ms; /* of a path that is gone; 0: it is there */
        bool told;                 /* that it is there, but cannot be opened */
        struct secret *raw;        /* of the last event */
};

static struct scanner *scanner_of(const struct source *s)
{
        return container_of((struct source *)s, struct scanner, source);
}

static int scanner_fd(const struct source *s)
{
        return scanner_of(s)->epoll;
}

static int scanner_timeout_ms(const struct source *s)
{
        const struct scanner *x = scanner_of(s);
        int64_t due = x->retry_ms ? x->retry_ms : INT64_MAX;

        if (x->state != READY)
                return 0;
        for (size_t i = 0; i < x->n; i++)
                if (handheld_due_ms(x->device[i]) < due)
                        due = handheld_due_ms(x->device[i]);
        return due == INT64_MAX ? -1 : source_left_ms(due);
}

static void scanner_free(struct source *s)
{
        struct scanner *x = scanner_of(s);

        for (size_t i = 0; i < x->n; i++)
                handheld_free(x->device[i]);
        discover_free(x->discover);
        closep(&x->epoll);
        secret_free(x->raw);
        free((char *)x->options.keymap);
        free((char *)x->options.memory);
        free(x);
}

static int watch(struct scanner *x, int fd)
{
        struct epoll_event e = { .events = EPOLLIN };

        return epoll_ctl(x->epoll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

/* ---- coming and going ---- */

static int attach(struct scanner *x, const char *path)
{
        _cleanup_(handheld_freep) struct handheld *d = NULL;
        int r;

        for (size_t i = 0; i < x->n; i++)
                if (strcmp(handheld_path(x->device[i]), path) == 0)
                        return -EALREADY;
        if (x->n == DEVICES_MAX)
                return -EALREADY;
        r = handheld_open(path, &x->options, &d, &x->source.trouble);
        if (r == 0)
                r = watch(x, handheld_fd(d));
        if (r < 0)
                return r;
        x->device[x->n++] = TAKE_PTR(d);
        return 0;
}

static int detach(struct scanner *x, size_t i)
{
        (void)trouble_set(&x->source.trouble, FAULT_SCANNER, "%s was unplugged: plug it in again",
                          handheld_name(x->device[i]));
        handheld_free(x->device[i]);
        x->n--;
        memmove(x->device + i, x->device + i + 1, (x->n - i) * sizeof(x->device[0]));
        if (!x->discover) {
                x->lost_ms = source_now_ms();
                x->retry_ms = x->lost_ms + RETRY_MS;
                x->told = false;
        }
        return SOURCE_LOST;
}

static int refuse(struct scanner *x)
{
        x->state = REFUSED;
        return SOURCE_REFUSED;
}

static int open_path(struct scanner *x)
{
        int r = attach(x, x->source.name);

        x->state = READY;
        if (r == 0)
                return SOURCE_NOTHING;
        if (r == -ENODEV)
                (void)trouble_set(
                        &x->source.trouble, FAULT_SCANNER,
                        "there is no scanner at %s: plug it in; 'auto' finds those that udev knows",
                        x->source.name);
        else if (r != -EINVAL && r != -ENOTSUP)
                return r;
        return refuse(x);
}

/* A path that was there. */
static int try_again(struct scanner *x)
{
        int64_t now = source_now_ms();
        int r;

        if (!x->retry_ms || now < x->retry_ms)
                return SOURCE_NOTHING;
        r = attach(x, x->source.name);
        if (r == 0) {
                x->retry_ms = 0;
                return SOURCE_BACK;
        }
        x->retry_ms = now + RETRY_MS;
        if (r == -ENODEV)
                x->lost_ms = now;
        else if (r != -EINVAL && r != -ENOTSUP)
                return r;
        else if (now - x->lost_ms > PATIENCE_MS && !x->told) {
                x->told = true;
                return SOURCE_REFUSED;
        }
        return SOURCE_NOTHING;
}

static int find_gone(struct scanner *x, const char *path)
{
        for (size_t i = 0; i < x->n; i++)
                if (strcmp(handheld_path(x->device[i]), path) == 0)
                        return detach(x, i);
        return SOURCE_NOTHING;
}

/* What udev tells. Of those that were there from the beginning only their lack is told. */
static int discover(struct scanner *x)
{
        struct discovered found;
        int r;

        while ((r = discover_next(x->discover, &found)) > 0) {
                if (found.gone)
                        r = find_gone(x, found.path);
                else {
                        r = attach(x, found.path);
                        if (r == -EINVAL && x->state == READY)
                                return SOURCE_REFUSED;
                        if (r < 0 && r != -EINVAL && r != -ENOTSUP && r != -ENODEV && r != -EALREADY)
                                return r;
                        r = r == 0 && x->state == READY ? SOURCE_BACK : SOURCE_NOTHING;
                }
                if (r != SOURCE_NOTHING)
                        return r;
        }
        return r;
}

static int open_all(struct scanner *x)
{
        int r = discover(x);

        x->state = READY;
        if (r < 0 || x->n > 0)
                return r;
        if (x->source.trouble.fault == FAULT_NONE)
                (void)trouble_set(
                        &x->source.trouble, FAULT_SCANNER,
                        "no scanner is plugged in that usher's udev rule knows: plug one in, or name "
                        "its node (--scanner /dev/input/by-id/... or /dev/ttyACM0)");
        return SOURCE_LOST;
}

/* ---- what they send ---- */

static int keep_raw(struct scanner *x, struct handheld *d)
{
        struct secret *raw = handheld_raw(d);

        x->raw = secret_free(x->raw);
        return raw ? secret_new(secret_text(raw), secret_len(raw), &x->raw) : 0;
}

static int ask(struct scanner *x, size_t i, struct scan *ret)
{
        struct handheld *d = x->device[i];
        int r = handheld_take(d);

        if (handheld_is_person(d)) {
                (void)trouble_set(&x->source.trouble, FAULT_SCANNER,
                                  "somebody pressed Ctrl-C at %s: it is a keyboard, and given back",
                                  handheld_name(d));
                (void)detach(x, i);
                return refuse(x);
        }
        if (r == -ENODEV)
                return detach(x, i);
        if (r == -EAGAIN || r == GATHERED_NOTHING)
                return SOURCE_NOTHING;
        if (r > 0 && keep_raw(x, d) < 0)
                return -ENOMEM;
        return r < 0 ? r : take(&x->source, d, &x->options, (enum gathered)r, ret);
}

static int ask_all(struct scanner *x, struct scan *ret)
{
        for (size_t n = x->n; n > 0; n--) {
                int r;

                if (x->next >= x->n)
                        x->next = 0;
                r = x->n ? ask(x, x->next++, ret) : SOURCE_NOTHING;
                if (r != SOURCE_NOTHING)
                        return r;
        }
        return SOURCE_NOTHING;
}

static int scanner_dispatch(struct source *s, struct scan *ret)
{
        struct scanner *x = scanner_of(s);
        int r;

        switch (x->state) {
        case OPENING: return x->discover ? open_all(x) : open_path(x);
        case REFUSED: x->state = ENDED; return SOURCE_END;
        case ENDED: return SOURCE_END;
        case READY: break;
        }
        r = x->discover ? discover(x) : try_again(x);
        return r != SOURCE_NOTHING ? r : ask_all(x, ret);
}

static const struct source_class scanner_class = { scanner_fd, scanner_timeout_ms, scanner_dispatch,
                                                   scanner_free };

static int copy(const char *text, const char **ret)
{
        *ret = text ? strdup(text) : NULL;
        return text && !*ret ? -ENOMEM : 0;
}

static int set_up(struct scanner *x, const char *which, const struct scanner_options *o)
{
        int r;

        x->options = *o;
        x->options.memory = NULL;
        r = copy(o->keymap, &x->options.keymap);
        if (r == 0)
                r = copy(o->memory, &x->options.memory);
        if (r < 0)
                return r;
        x->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (x->epoll < 0)
                return -errno;
        if (strcmp(which, "auto") != 0)
                return 0;
        r = discover_start(&x->discover);
        return r < 0 ? r : watch(x, discover_fd(x->discover));
}

int source_open_scanner(const char *which, const struct scanner_options *o, struct source **ret)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct scanner *x = calloc(1, sizeof(*x));
        int r;

        if (!x)
                return -ENOMEM;
        x->epoll = -1;
        r = source_init(&x->source, &scanner_class, SOURCE_SCANNER, which);
        if (r < 0) {
                free(x);
                return r;
        }
        s = &x->source;
        r = set_up(x, which, o);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

const char *scanner_raw(const struct source *s)
{
        const struct scanner *x = scanner_of(s);

        return x->raw ? secret_text(x->raw) : "";
}
