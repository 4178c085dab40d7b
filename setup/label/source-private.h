/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a kind of source is made of. Its struct begins with a `struct source`, which source_init() fills. */

#include "setup/label/source.h"

/* As source_fd() and its kin; `free` gives back what the kind owns, the memory of the struct included. */
struct source_class {
        int (*fd)(const struct source *s);
        int (*timeout_ms)(const struct source *s);
        int (*dispatch)(struct source *s, struct scan *ret_scan);
        void (*free)(struct source *s);
};

struct source {
        const struct source_class *class;
        enum source_origin origin;
        char *name; /* for people, in full; owned here */
        struct trouble trouble;
        enum source_hint hint;
};

/* Copies the name. -ENOMEM: there is nothing to give back. */
int source_init(struct source *s, const struct source_class *class, enum source_origin origin,
                const char *name);

/* Fills a scan: origin and name of the source, now, and the text, which is taken over. */
void source_fill(const struct source *s, enum label_symbology symbology, struct secret *text,
                 struct scan *ret);

/* CLOCK_BOOTTIME: goes on while the machine sleeps. */
int64_t source_now_ms(void);

/* From now to `deadline_ms`, for timeout_ms(); 0 if it has passed. */
int source_left_ms(int64_t deadline_ms);
