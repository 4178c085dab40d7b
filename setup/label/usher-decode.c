/* SPDX-License-Identifier: Apache-2.0 */

/* usher-decode: the child that reads one picture. Standard input is the picture, standard output takes one
 * verdict (setup/label/verdict.h); there is nothing else. It is a program of its own so that usher does not
 * load libstdc++, zxing and the picture libraries, and so that nothing of usher's memory is in this process.
 */

#include "proto/base/standard.h"
#include "setup/label/decode.h"
#include "setup/label/sandbox.h"
#include "setup/label/verdict.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>

enum {
        LIFE_S = 30, /* when the parent has gone and nobody else ends this process */
        FIRST_SIZE = 1 << 20,
};

struct file {
        uint8_t *data;
        size_t len, size;
};

static void file_done(struct file *f)
{
        free(f->data);
}

static int grow(struct file *f)
{
        size_t size = f->size ? f->size * 2 : FIRST_SIZE;
        uint8_t *data;

        if (f->size > IMAGE_FILE_MAX)
                return -EFBIG;
        data = realloc(f->data, size);
        if (!data)
                return -ENOMEM;
        f->data = data;
        f->size = size;
        return 0;
}

/* Waits before each read: a FIFO that nobody has opened for writing yet would read as empty. */
static int read_all(int fd, struct file *f)
{
        for (;;) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                ssize_t n;
                int r;

                if (f->len == f->size) {
                        r = grow(f);
                        if (r < 0)
                                return r;
                }
                if (poll(&p, 1, -1) < 0 && errno != EINTR)
                        return -errno;
                n = read(fd, f->data + f->len, f->size - f->len);
                if (n == 0)
                        return 0;
                if (n < 0 && errno != EINTR && errno != EAGAIN)
                        return -errno;
                if (n > 0)
                        f->len += (size_t)n;
        }
}

static enum verdict_kind kind_of_read_error(int r)
{
        return r == -EFBIG ? VERDICT_FILE_TOO_LONG : r == -ENOMEM ? VERDICT_NO_MEMORY : VERDICT_READ_FAILED;
}

static enum verdict_kind kind_of_foreign(const struct file *f)
{
        switch (image_foreign(f->data, f->len)) {
        case IMAGE_OTHER: return VERDICT_OTHER_FORMAT;
        case IMAGE_FILM: return VERDICT_FILM;
        case IMAGE_PDF: return VERDICT_PDF;
        case IMAGE_UNKNOWN: break;
        }
        return VERDICT_NO_PICTURE;
}

static enum verdict_kind kind_of_load_error(int r, const struct file *f)
{
        switch (r) {
        case -ENODATA: return VERDICT_EMPTY;
        case -EMEDIUMTYPE: return kind_of_foreign(f);
        case -EPROTONOSUPPORT: return VERDICT_NO_CODEC;
        case -EFBIG: return VERDICT_TOO_MANY_PIXELS;
        case -ENOMEM: return VERDICT_NO_MEMORY;
        default: return VERDICT_DAMAGED;
        }
}

static void fill(struct verdict *v, const struct image *image, const struct decode_result *result)
{
        v->kind = VERDICT_PICTURE;
        v->damaged = image->damaged;
        v->width = image->width;
        v->height = image->height;
        for (v->n = 0; v->n < result->n; v->n++) {
                const struct decoded *d = &result->code[v->n];

                v->code[v->n] = (struct verdict_code){ d->symbology, d->text, d->len };
        }
}

/* *ret points into *result. */
static void judge(bool qr, struct decode_result *result, struct verdict *ret)
{
        _cleanup_(file_done) struct file file = { 0 };
        _cleanup_(image_done) struct image image = { 0 };
        struct decode_options options = decode_still;
        int r;

        r = read_all(STDIN_FILENO, &file);
        if (r < 0) {
                ret->kind = kind_of_read_error(r);
                return;
        }
        r = image_load(file.data, file.len, &image);
        if (r < 0) {
                ret->kind = kind_of_load_error(r, &file);
                return;
        }
        options.qr = qr;
        r = decode(image_view(&image), &options, result);
        if (r < 0)
                ret->kind = VERDICT_NO_MEMORY;
        else
                fill(ret, &image, result);
}

/* Short enough for a pipe to take it at once, and the parent reads until the end in any case. */
static int say(const struct verdict *v)
{
        uint8_t message[VERDICT_SIZE_MAX];
        size_t len = verdict_put(v, message), at = 0;

        while (at < len) {
                ssize_t n = write(STDOUT_FILENO, message + at, len - at);

                if (n < 0 && errno != EINTR)
                        return -errno;
                if (n > 0)
                        at += (size_t)n;
        }
        return 0;
}

int main(int argc, char **argv)
{
        static struct decode_result result;
        struct verdict verdict = { 0 };

        if (standard_open() < 0 || secret_init() < 0 || secret_hide_process() < 0 || image_prepare() < 0)
                return 1;
        (void)prctl(PR_SET_NAME, "usher-decode");
        (void)alarm(LIFE_S);
        if (sandbox_enter() < 0)
                verdict.kind = VERDICT_NO_SANDBOX;
        else
                judge(argc > 1 && strcmp(argv[1], "qr") == 0, &result, &verdict);
        /* Not exit(): its handlers belong to libraries, and some want calls that the sandbox forbids. */
        _exit(say(&verdict) < 0);
}
