/* SPDX-License-Identifier: Apache-2.0 */

/* HID POS scanners by hidraw: one read(2) is one report. */

#include "setup/label/scanner/handheld-private.h"
#include <errno.h>
#include <linux/hidraw.h>
#include <string.h>
#include <sys/ioctl.h>

static int read_descriptor(struct handheld *d, struct hidraw_report_descriptor *ret)
{
        int size;

        if (ioctl(d->fd, HIDIOCGRDESCSIZE, &size) < 0)
                return -ENOTTY;
        if (size < 0 || size > HID_MAX_DESCRIPTOR_SIZE)
                return -ENOTTY;
        ret->size = (unsigned)size;
        return ioctl(d->fd, HIDIOCGRDESC, ret) < 0 ? -errno : 0;
}

static int begin(struct handheld *d, const struct scanner_options *o, struct trouble *ret_trouble)
{
        struct hidraw_report_descriptor descriptor = { 0 };
        struct hidpos_layout layout;
        int r = read_descriptor(d, &descriptor);

        (void)o;
        if (r < 0)
                return r;
        if (hidpos_parse(descriptor.value, descriptor.size, &layout) < 0) {
                (void)trouble_set(ret_trouble, FAULT_SCANNER,
                                  "%s is no bar code scanner (HID POS): one that is a keyboard is read at "
                                  "/dev/input/event...",
                                  d->path);
                return -ENOTSUP;
        }
        (void)ioctl(d->fd, HIDIOCGRAWNAME(DEVICE_LABEL_MAX - 1), d->label);
        return hidpos_init(&d->pos, &layout);
}

static int feed(struct handheld *d, int64_t now_ms)
{
        size_t len = d->len - d->at, shown = len;

        while (shown > 0 && d->in[d->at + shown - 1] == 0)
                shown--;
        for (size_t i = 0; i < shown; i++)
                handheld_show_byte(d, d->in[d->at + i]);
        d->at = d->len;
        return (int)hidpos_feed(&d->pos, d->in, len, now_ms);
}

static int pause_(struct handheld *d, int64_t now_ms)
{
        struct gather *g = &d->pos.gather;

        return now_ms >= gather_due_ms(g) ? (int)gather_end(g, false) : GATHERED_NOTHING;
}

static void end(struct handheld *d)
{
        hidpos_done(&d->pos);
}

static struct gather *gather(struct handheld *d)
{
        return &d->pos.gather;
}

const struct handheld_class handheld_pos = { begin, feed, pause_, end, gather };
