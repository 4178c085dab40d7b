/* SPDX-License-Identifier: Apache-2.0 */

/* Scanners that are keyboards, by their input events. Grabbed, so that no window and no console sees the
 * mobile secret. The light of Caps Lock is put out, and kept out: with it on, some scanners swap upper and
 * lower case, for a machine that would swap them back. */

#include "proto/base/text.h"
#include "setup/label/scanner/handheld-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

enum { BITS = 8 * sizeof(unsigned long) };

static void put_caps_out(struct handheld *d)
{
        struct input_event e[2] = { { .type = EV_LED, .code = LED_CAPSL }, { .type = EV_SYN } };

        if (d->may_write && write(d->fd, e, sizeof(e)) < 0)
                d->may_write = false;
}

static bool has_letters(int fd)
{
        unsigned long keys[KEY_MAX / BITS + 1] = { 0 };

        if (ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) < 0)
                return false;
        for (unsigned k = KEY_Q; k <= KEY_P; k++)
                if (!(keys[k / BITS] >> k % BITS & 1))
                        return false;
        return true;
}

/* The serial number comes from the device: no blank and no line end in it may spoil the memory. */
static void identify(struct handheld *d)
{
        struct input_id id = { 0 };
        char serial[64] = "";

        (void)ioctl(d->fd, EVIOCGID, &id);
        (void)ioctl(d->fd, EVIOCGUNIQ(sizeof(serial) - 1), serial);
        (void)ioctl(d->fd, EVIOCGNAME(DEVICE_LABEL_MAX - 1), d->label);
        for (char *c = serial; *c; c++)
                if (*c <= ' ' || *c >= 0x7f)
                        *c = '_';
        (void)snprintf(d->id, sizeof(d->id), "%04x:%04x:%s", id.vendor, id.product, serial);
}

static int choose_map(const struct handheld *d, const struct scanner_options *o, enum keymap *ret,
                      struct trouble *ret_trouble)
{
        *ret = KEYMAP_US;
        if (!o->keymap) {
                if (o->memory)
                        (void)memory_find(o->memory, d->id, ret);
                return 0;
        }
        if (keymap_find(o->keymap, strlen(o->keymap), ret) == 0)
                return 0;
        (void)trouble_set(ret_trouble, FAULT_CONFIG, "there is no keymap %.40s:", o->keymap);
        for (enum keymap m = 0; m < _KEYMAP_MAX; m++)
                trouble_add(ret_trouble, " %s", keymap_name(m));
        return -EINVAL;
}

static int begin(struct handheld *d, const struct scanner_options *o, struct trouble *ret_trouble)
{
        int version, clock = CLOCK_BOOTTIME;
        enum keymap map;
        int r;

        if (ioctl(d->fd, EVIOCGVERSION, &version) < 0)
                return -ENOTTY;
        if (!has_letters(d->fd)) {
                (void)trouble_set(ret_trouble, FAULT_SCANNER, "%s has no keys for letters: it is no scanner",
                                  d->path);
                return -ENOTSUP;
        }
        identify(d);
        r = choose_map(d, o, &map, ret_trouble);
        if (r < 0)
                return r;
        if (ioctl(d->fd, EVIOCSCLOCKID, &clock) < 0 || ioctl(d->fd, EVIOCGRAB, 1) < 0)
                return -errno;
        put_caps_out(d);
        return keys_init(&d->keys, map);
}

static void show(struct handheld *d, const struct input_event *e)
{
        char c = keymap_character(KEYMAP_US, e->code, KEYMAP_PLAIN), text[16];

        if (!d->raw || e->type != EV_KEY || e->value != 1)
                return;
        (void)snprintf(text, sizeof(text), c ? "%c" : "<%u>", c ? (unsigned)c : e->code);
        handheld_show(d, e->code == KEY_SPACE ? " " : text);
}

static int feed(struct handheld *d, int64_t now_ms)
{
        struct input_event e;
        int r;

        (void)now_ms;
        if (d->len - d->at < sizeof(e)) {
                d->at = d->len;
                return GATHERED_NOTHING;
        }
        memcpy(&e, d->in + d->at, sizeof(e));
        r = (int)keys_pause(&d->keys, keys_time_ms(&e));
        if (r == GATHERED_NOTHING) {
                d->at += sizeof(e);
                show(d, &e);
                r = (int)keys_feed(&d->keys, &e);
                if (e.type == EV_LED && e.code == LED_CAPSL && e.value)
                        put_caps_out(d);
        }
        explicit_bzero(&e, sizeof(e));
        return r;
}

static int pause_(struct handheld *d, int64_t now_ms)
{
        return (int)keys_pause(&d->keys, now_ms);
}

static void end(struct handheld *d)
{
        keys_done(&d->keys);
        (void)ioctl(d->fd, EVIOCGRAB, 0);
}

static struct gather *gather(struct handheld *d)
{
        return &d->keys.gather;
}

const struct handheld_class handheld_keyboard = { begin, feed, pause_, end, gather };

bool handheld_is_keyboard(const struct handheld *d)
{
        return d->class == &handheld_keyboard;
}

bool handheld_is_person(const struct handheld *d)
{
        return handheld_is_keyboard(d) && d->keys.stop;
}

enum keymap handheld_map(const struct handheld *d)
{
        return handheld_is_keyboard(d) ? d->keys.map : KEYMAP_US;
}

void handheld_set_map(struct handheld *d, enum keymap map)
{
        d->keys.map = map;
}
