/* SPDX-License-Identifier: Apache-2.0 */

/* A label from what the program holds. A picture goes to usher-decode as a memfd; the one decoder of a
 * context is kept, since starting one takes longer than most pictures. */

#include "proto/base/file.h"
#include "setup/label/reading.h"
#include "setup/lib/ctx-private.h"
#include "setup/lib/label-private.h"
#include <errno.h>
#include <sys/mman.h>

static int label_new(struct usher_ctx *c, struct label *label, struct usher_label **ret)
{
        struct usher_label *l = calloc(1, sizeof(*l));

        if (!l)
                return -ENOMEM;
        l->ctx = ctx_use(c);
        l->label = *label;
        *label = (struct label){};
        *ret = l;
        return 0;
}

int usher_label_from_text(struct usher_ctx *c, const void *text, size_t len, struct usher_label **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        _cleanup_(label_done) struct label label = {};
        int r = ctx_enter(c, &e);

        if (r == 0)
                r = label_parse(text, len, &label, &c->trouble);
        return r < 0 ? r : label_new(c, &label, ret);
}

/* What the source gave, down to the one label. */
static int take(struct usher_ctx *c, struct source *s, const char *serial, struct usher_label **ret)
{
        _cleanup_(label_reading_done) struct label_reading reading = {};
        int r = label_reading_finish(&reading, s);

        if (r == 0 && serial)
                (void)label_reading_choose(&reading, serial); /* it still tells why */
        if (r < 0)
                return r;
        if (reading.trouble.fault == FAULT_NONE)
                return label_new(c, &reading.label, ret);
        c->trouble = reading.trouble;
        return -EINVAL;
}

int usher_label_from_file(struct usher_ctx *c, const char *path, struct usher_label **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        _cleanup_(source_freep) struct source *s = NULL;
        int r = ctx_enter(c, &e);

        if (r == 0)
                r = source_open_file(path, &s);
        return r < 0 ? r : take(c, s, NULL, ret);
}

static int ensure_decoder(struct usher_ctx *c)
{
        const char *folder = ctx_text(c, SETTING_LIBEXEC_FOLDER);

        if (c->decoder)
                return 0;
        return decoder_new_in(!folder ? LIBEXEC_DIR : folder[0] ? folder : NULL, &c->decoder);
}

static int memory_file(const void *data, size_t len, int *ret)
{
        _cleanup_(closep) int fd = memfd_create("picture", MFD_CLOEXEC);
        int r = fd < 0 ? -errno : file_write(fd, data, len);

        if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
                r = -errno;
        if (r == 0)
                *ret = TAKE_FD(fd);
        return r;
}

int usher_label_from_picture(struct usher_ctx *c, const void *picture, size_t len, const char *serial,
                             struct usher_label **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        _cleanup_(closep) int fd = -1;
        _cleanup_(source_freep) struct source *s = NULL;
        int r = ctx_enter(c, &e);

        if (r == 0)
                r = ensure_decoder(c);
        if (r == 0)
                r = memory_file(picture, len, &fd);
        if (r == 0)
                r = source_open_picture_fd(fd, "the picture",
                                           &(struct picture_options){ .decoder = c->decoder }, &s);
        return r < 0 ? r : take(c, s, serial, ret);
}

const char *usher_label_get_serial(const struct usher_label *l)
{
        return l->label.serial;
}

const char *usher_label_get_model(const struct usher_label *l)
{
        unsigned platform_id;

        return label_model_hint(&l->label, &platform_id);
}

struct usher_label *usher_label_free(struct usher_label *l)
{
        if (!l || !ctx_is_ours(l->ctx))
                return NULL;
        label_done(&l->label);
        ctx_unuse(l->ctx);
        free(l);
        return NULL;
}
