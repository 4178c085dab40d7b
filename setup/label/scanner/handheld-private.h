/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the three kinds of scanners have in common, and what each does in its own way. */

#include "setup/label/scanner/handheld.h"
#include "setup/label/scanner/hidpos.h"
#include "setup/label/scanner/keys.h"
#include "setup/label/scanner/memory.h"
#include <termios.h>

enum {
        DEVICE_CHUNK = 64 * sizeof(struct input_event), /* bytes read at once; a report fits, too */
        DEVICE_LABEL_MAX = 80,                          /* the device's own name */
};

/* A kind of scanner. `begin` fills the rest of *d for the open descriptor: -ENOTTY: it is none of this kind,
 * else as handheld_open(). `feed` takes at least one byte of what was read unless it has something to tell.
 */
struct handheld_class {
        int (*begin)(struct handheld *d, const struct scanner_options *o, struct trouble *ret_trouble);
        int (*feed)(struct handheld *d, int64_t now_ms);
        int (*pause)(struct handheld *d, int64_t now_ms);
        void (*end)(struct handheld *d);
        struct gather *(*gather)(struct handheld *d);
};

extern const struct handheld_class handheld_keyboard, handheld_serial, handheld_pos;

struct handheld {
        const struct handheld_class *class; /* NULL until its `begin` was successful */
        int fd;
        char *path;
        char *name;
        char label[DEVICE_LABEL_MAX];
        char id[MEMORY_ID_MAX];
        bool may_write;
        int64_t read_ms; /* when what is in `in` was read */
        uint8_t *in;     /* DEVICE_CHUNK bytes in guarded memory */
        size_t at, len;  /* what of it is still to be taken */
        struct secret *raw;
        union {
                struct keys keys;
                struct hidpos pos;
                struct gather gather;
        };
        struct termios before;
};

/* Adds to what is kept for people, if it is. */
void handheld_show(struct handheld *d, const char *text);
void handheld_show_byte(struct handheld *d, uint8_t c);
