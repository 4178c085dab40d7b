/* SPDX-License-Identifier: Apache-2.0 */

/* Reading a node without ever waiting for it. What is read may be a mobile secret, so it goes into guarded
 * memory and stays there. */

#include "setup/label/scanner/handheld.h"
#include "proto/base/file.h"
#include "proto/base/text.h"
#include "setup/label/scanner/handheld-private.h"
#include "setup/label/source-private.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { READS_AT_ONCE = 32, RAW_MAX = 4096 };

/* ---- opening ---- */

static int refuse(const char *path, int error, struct trouble *ret)
{
        struct stat st;
        struct group *group = stat(path, &st) == 0 ? getgrgid(st.st_gid) : NULL;

        switch (error) {
        case ENOENT:
        case ENODEV:
        case ENXIO:
        case EIO: return -ENODEV;
        case ENOMEM:
        case EMFILE:
        case ENFILE: return -error;
        case EBUSY: return trouble_set(ret, FAULT_SCANNER, "%s is in use by another program", path);
        case EACCES:
        case EPERM:
                if (!group || st.st_gid == 0)
                        return trouble_set(ret, FAULT_SCANNER,
                                           "%s may be read by root only: usher's udev rule "
                                           "(70-usher-scanner.rules) gives scanners to the group usher",
                                           path);
                return trouble_set(
                        ret, FAULT_SCANNER,
                        "%s may be read by the group %s only: sudo usermod -a -G %s NAME, and sign "
                        "in again",
                        path, group->gr_name, group->gr_name);
        default: return trouble_set(ret, FAULT_SCANNER, "cannot open %s: %s", path, file_words(-error));
        }
}

/* For writing, too, if that is allowed: a keyboard's lights, the settings of a line; and a FIFO that nobody
 * writes to is then no end. */
static int open_node(struct handheld *d, struct trouble *ret)
{
        struct stat st;

        d->fd = open(d->path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        d->may_write = d->fd >= 0;
        if (d->fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS))
                d->fd = open(d->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (d->fd < 0)
                return refuse(d->path, errno, ret);
        if (fstat(d->fd, &st) < 0)
                return -errno;
        if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode))
                return 0;
        (void)trouble_set(ret, FAULT_SCANNER, "%s is no device", d->path);
        return -ENOTSUP;
}

static int begin(struct handheld *d, const struct scanner_options *o, struct trouble *ret_trouble)
{
        static const struct handheld_class *const kinds[] = { &handheld_keyboard, &handheld_pos,
                                                              &handheld_serial };

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                int r = kinds[i]->begin(d, o, ret_trouble);

                if (r == -ENOTTY)
                        continue;
                if (r == 0)
                        d->class = kinds[i];
                return r == -EINVAL || r == -ENOTSUP || r == 0 ? r : refuse(d->path, -r, ret_trouble);
        }
        (void)trouble_set(ret_trouble, FAULT_SCANNER,
                          "%s is no scanner: neither a keyboard (/dev/input/event...), nor a serial line "
                          "(/dev/ttyACM..., /dev/ttyUSB...), nor hidraw",
                          d->path);
        return -ENOTSUP;
}

static int name_it(struct handheld *d)
{
        text_clean(d->label);
        if (asprintf(&d->name, *d->label ? "%s (%s)" : "%s%s", *d->label ? d->label : d->path,
                     *d->label ? d->path : "") >= 0)
                return 0;
        d->name = NULL;
        return -ENOMEM;
}

int handheld_open(const char *path, const struct scanner_options *o, struct handheld **ret,
                  struct trouble *ret_trouble)
{
        _cleanup_(handheld_freep) struct handheld *d = calloc(1, sizeof(*d));
        int r;

        if (!d)
                return -ENOMEM;
        d->fd = -1;
        d->path = strdup(path);
        d->in = sodium_malloc(DEVICE_CHUNK);
        if (!d->path || !d->in || (o->raw && secret_new_empty(RAW_MAX, &d->raw) < 0))
                return -ENOMEM;
        r = open_node(d, ret_trouble);
        if (r == 0)
                r = begin(d, o, ret_trouble);
        if (r == 0)
                r = name_it(d);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

struct handheld *handheld_free(struct handheld *d)
{
        if (!d)
                return NULL;
        if (d->class)
                d->class->end(d);
        closep(&d->fd);
        sodium_free(d->in);
        secret_free(d->raw);
        free(d->name);
        free(d->path);
        free(d);
        return NULL;
}

/* ---- reading ---- */

static int fill(struct handheld *d)
{
        ssize_t n;

        do
                n = read(d->fd, d->in, DEVICE_CHUNK);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return errno == EAGAIN ? -EAGAIN : -ENODEV;
        if (n == 0)
                return -ENODEV; /* a line that hung up */
        d->at = 0;
        d->len = (size_t)n;
        d->read_ms = source_now_ms();
        return 0;
}

/* The raw text is that of one scan: it begins anew with what comes after one. */
static void begin_raw(struct handheld *d)
{
        if (d->raw && !d->class->gather(d)->open && d->at == 0)
                secret_cut(d->raw, secret_text(d->raw), 0);
}

int handheld_take(struct handheld *d)
{
        for (int i = 0; i < READS_AT_ONCE; i++) {
                int r;

                while (d->at < d->len) {
                        r = d->class->feed(d, d->read_ms);
                        if (r != GATHERED_NOTHING)
                                return r;
                }
                r = fill(d);
                if (r == -EAGAIN) {
                        r = d->class->pause(d, source_now_ms());
                        return r == GATHERED_NOTHING ? -EAGAIN : r;
                }
                if (r < 0)
                        return r;
                begin_raw(d);
        }
        return GATHERED_NOTHING;
}

int64_t handheld_due_ms(const struct handheld *d)
{
        return d->at < d->len ? 0 : gather_due_ms(d->class->gather((struct handheld *)d));
}

struct gather *handheld_gather(struct handheld *d)
{
        return d->class->gather(d);
}

int handheld_fd(const struct handheld *d)
{
        return d->fd;
}

const char *handheld_path(const struct handheld *d)
{
        return d->path;
}

const char *handheld_name(const struct handheld *d)
{
        return d->name;
}

const char *handheld_id(const struct handheld *d)
{
        return d->id;
}

/* ---- for people ---- */

struct secret *handheld_raw(struct handheld *d)
{
        return d->raw;
}

void handheld_show(struct handheld *d, const char *text)
{
        if (d->raw)
                (void)secret_append(d->raw, text, strlen(text));
}

void handheld_show_byte(struct handheld *d, uint8_t c)
{
        char text[8];

        if (!d->raw)
                return;
        (void)snprintf(text, sizeof(text), c > ' ' && c < 0x7f ? "%c" : "<%02x>", c);
        handheld_show(d, c == ' ' ? " " : text);
}
