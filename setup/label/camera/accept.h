/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which of the texts that a camera's frames hold is a scan. One frame proves nothing: damaged symbols have
 * been read as another text (scanning.md 2). A sticker that stays in view is scanned once. */

#include "proto/base/secret.h"
#include "setup/label/label.h"

enum {
        ACCEPT_WITHIN_MS = 1000, /* from the first of two equal reads to the second */
        ACCEPT_DEAF_MS = 2000,   /* out of view for so long, a text that was taken may be taken again */
        ACCEPT_TEXTS = 8,        /* told apart at a time; of more, the one not seen for longest goes */
};

/* Zero-initialise, end with accept_done(). */
struct accept {
        struct accept_text {
                struct secret *text;
                enum label_symbology symbology;
                bool taken;
                int64_t seen_ms; /* last time */
        } texts[ACCEPT_TEXTS];
};

void accept_done(struct accept *a);

/* One text of one frame, frames in the order of their time (any clock). 1: it is a scan now; 0: not yet, or
 * not again; -ENOMEM. */
int accept_take(struct accept *a, enum label_symbology symbology, const char *text, size_t len,
                int64_t now_ms);
