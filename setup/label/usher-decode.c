/* SPDX-License-Identifier: Apache-2.0 */

/* usher-decode: the child that reads pictures and frames. Standard input is a socket to its parent: requests
 * come by it (setup/label/request.h), each with a descriptor, and each is answered by one verdict
 * (setup/label/verdict.h); there is nothing else. It is a program of its own so that usher does not load
 * libstdc++, zxing and the picture libraries, and so that nothing of usher's memory is in this process.
 * No picture and no text is kept from one request to the next, only which attempts are due (decode.h). */

#include "proto/base/standard.h"
#include "setup/label/decode.h"
#include "setup/label/request.h"
#include "setup/label/sandbox.h"
#include "setup/label/verdict.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { PARENT = STDIN_FILENO, FIRST_SIZE = 1 << 20 };

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

/* Waits before each read: a FIFO that nobody has opened for writing yet would read as empty. A parent that
 * has gone meanwhile wants no answer. */
static int wait_for(int fd)
{
        struct pollfd p[] = { { .fd = fd, .events = POLLIN }, { .fd = PARENT } };

        if (poll(p, ELEMENTSOF(p), -1) < 0)
                return errno == EINTR ? 0 : -errno;
        if (p[1].revents)
                _exit(0);
        return 0;
}

static int read_all(int fd, struct file *f)
{
        for (;;) {
                ssize_t n;
                int r;

                if (f->len == f->size) {
                        r = grow(f);
                        if (r < 0)
                                return r;
                }
                r = wait_for(fd);
                if (r < 0)
                        return r;
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

static void judge(const struct request *request, struct view view, struct decode_result *result,
                  struct verdict *ret)
{
        static struct decode_state frames;
        struct decode_options options = { .budget_ms = request->budget_ms,
                                          .still = request->still,
                                          .qr = request->qr,
                                          .state = request->still ? NULL : &frames };

        ret->kind = VERDICT_PICTURE;
        ret->width = view.width;
        ret->height = view.height;
        if (decode(view, &options, result) < 0) {
                ret->kind = VERDICT_NO_MEMORY;
                return;
        }
        ret->measure = result->measure;
        for (ret->n = 0; ret->n < result->n; ret->n++) {
                const struct decoded *d = &result->code[ret->n];

                ret->code[ret->n] = (struct verdict_code){ d->symbology, d->text, d->len };
        }
}

static void judge_picture(const struct request *request, int fd, struct decode_result *result,
                          struct verdict *ret)
{
        _cleanup_(file_done) struct file file = { 0 };
        _cleanup_(image_done) struct image image = { 0 };
        int r;

        r = read_all(fd, &file);
        if (r < 0) {
                ret->kind = kind_of_read_error(r);
                return;
        }
        r = image_load(file.data, file.len, &image);
        if (r < 0) {
                ret->kind = kind_of_load_error(r, &file);
                return;
        }
        ret->damaged = image.damaged;
        judge(request, image_view(&image), result, ret);
}

/* Into memory of our own: a file that is cut off under a mapping would end this process. */
static int load_frame(int fd, uint8_t *to, size_t size)
{
        size_t at = 0;

        while (at < size) {
                ssize_t n = pread(fd, to + at, size - at, (off_t)at);

                if (n == 0 || (n < 0 && errno != EINTR))
                        return -EIO;
                if (n > 0)
                        at += (size_t)n;
        }
        return 0;
}

static void judge_frame(const struct request *request, int fd, struct decode_result *result,
                        struct verdict *ret)
{
        size_t size = request_bytes(request);
        _cleanup_(freep) uint8_t *grey = malloc(size);

        if (!grey)
                ret->kind = VERDICT_NO_MEMORY;
        else if (load_frame(fd, grey, size) < 0)
                ret->kind = VERDICT_READ_FAILED;
        else
                judge(request, (struct view){ grey, request->width, request->height, request->stride },
                      result, ret);
}

/* Short enough for a socket to take it at once: one message is on its way at most. */
static int say(const struct verdict *v)
{
        uint8_t message[VERDICT_SIZE_MAX];
        size_t len = verdict_put(v, message);

        return write(PARENT, message, len) == (ssize_t)len ? 0 : -errno;
}

/* 1: a request; 0: the parent has gone; -EBADMSG: it never says such things. */
static int hear(struct request *ret, int *ret_fd)
{
        uint8_t message[REQUEST_SIZE + 1];
        union {
                struct cmsghdr header;
                char room[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec part = { message, sizeof(message) };
        struct msghdr m = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
        };
        ssize_t n = recvmsg(PARENT, &m, 0);

        if (n <= 0)
                return n < 0 ? -errno : 0;
        if (m.msg_controllen < CMSG_LEN(sizeof(int)) || control.header.cmsg_level != SOL_SOCKET ||
            control.header.cmsg_type != SCM_RIGHTS || request_parse(message, (size_t)n, ret) < 0)
                return -EBADMSG;
        memcpy(ret_fd, CMSG_DATA(&control.header), sizeof(*ret_fd));
        return 1;
}

static int serve(bool caged)
{
        static struct decode_result result;
        struct request request;
        int r, fd = -1;

        while ((r = hear(&request, &fd)) > 0) {
                struct verdict verdict = { .kind = VERDICT_NO_SANDBOX };

                if (caged && request.kind == REQUEST_PICTURE)
                        judge_picture(&request, fd, &result, &verdict);
                else if (caged)
                        judge_frame(&request, fd, &result, &verdict);
                (void)close(fd);
                r = say(&verdict);
                if (r < 0)
                        return r;
        }
        return r;
}

int main(void)
{
        if (standard_open() < 0 || secret_init() < 0 || secret_hide_process() < 0 || image_prepare() < 0)
                return 1;
        (void)prctl(PR_SET_NAME, "usher-decode");
        /* Not exit(): its handlers belong to libraries, and some want calls that the sandbox forbids. */
        _exit(serve(sandbox_enter() == 0) < 0);
}
