/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One scan as it grows, character by character, whatever the scanner is plugged into. It ends with a suffix
 * (CR, LF, TAB, ETX), or with a pause where the scanner sends none: once a scanner was seen to send one, a
 * scan that ends with a pause broke off. Pure: times are given. */

#include "proto/base/secret.h"

enum {
        GATHER_MAX = 1024,     /* bytes of a scan; a sticker has 31, the QR code of a network 200 */
        GATHER_PAUSE_MS = 300, /* scanning.md 6 */
        GATHER_STRANGE = 0x1a, /* the mark of bytes that are no character */
};

/* What there is after a character or a pause. */
enum gathered {
        GATHERED_NOTHING,
        GATHERED_TEXT,     /* a whole one */
        GATHERED_BROKEN,   /* it broke off */
        GATHERED_TOO_LONG, /* than GATHER_MAX */
        GATHERED_STRANGE,  /* whole, with a mark in it: it is no text */
        GATHERED_DROPPED,  /* a part was lost on the way: gather_drop() */
};

struct gather {
        struct secret *text; /* of the last scan until the next one begins */
        int64_t last_ms;     /* when something came last */
        bool open;           /* a scan has begun */
        bool said;           /* the last scan ended with a suffix, not with a pause */
        bool suffixed;       /* the scanner has sent a suffix before */
        enum gathered flaw;  /* of the scan that has begun */
};

/* -ENOMEM */
int gather_init(struct gather *g);
void gather_done(struct gather *g);

/* A scan begins, or goes on. */
void gather_begin(struct gather *g, int64_t at_ms);

/* A character of text, as it is. */
void gather_add(struct gather *g, uint8_t c, int64_t at_ms);

/* A key or byte that is no character: `mark` stands in the text for it. */
void gather_add_strange(struct gather *g, uint8_t mark, int64_t at_ms);

/* A byte as scanners send it: also STX (a scan begins: what was there before is dropped), suffixes, control
 * characters. */
enum gathered gather_feed(struct gather *g, uint8_t c, int64_t at_ms);

/* The scan is over: by what the scanner said, or by a pause. */
enum gathered gather_end(struct gather *g, bool said);

/* A part of the scan was lost: all that comes until the next pause is dropped. */
void gather_drop(struct gather *g, int64_t at_ms);

/* When a pause has lasted long enough to be one; INT64_MAX if nothing has begun. */
int64_t gather_due_ms(const struct gather *g);
