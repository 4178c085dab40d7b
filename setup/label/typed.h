/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One text as a person types it, or a scanner that plays a keyboard or a serial line: byte by byte, in
 * guarded memory from the first one on. */

#include "proto/base/secret.h"
#include "proto/base/trouble.h"
#include "setup/label/label.h"
#include <stdint.h>

enum {
        TYPED_MAX = 512, /* bytes: the longest text of a code that is looked at */
        /* A scanner that is set to no suffix is at the end when nothing comes for so long (scanning.md 6).
         */
        TYPED_SILENCE_MS = 300,
};

struct typed;

int typed_new(struct typed **ret);

/* Takes one byte; true: the text is at its end, and typed_take() follows. CR, LF, EOT (Ctrl-D) and ETX end
 * it, a TAB does if it is a label then, else it is a blank in it. STX in front is passed over, BS and DEL
 * take the last character back, Ctrl-U takes all. A line that is empty ends nothing. */
bool typed_put(struct typed *t, uint8_t byte);

bool typed_is_empty(const struct typed *t);

/* Whether it is a label that cannot go on: one with a secret of full length, so that a scanner that is
 * pulled out in the middle leaves none. Then TYPED_SILENCE_MS of silence are an end, too. */
bool typed_is_whole(const struct typed *t);

/* Gives the text away without its AIM identifier, which tells the symbology (0: there was none), and begins
 * anew in any case. -ENOMEM; -EINVAL: it is refused, *ret_trouble says why. */
int typed_take(struct typed *t, enum label_symbology *ret_symbology, struct secret **ret,
               struct trouble *ret_trouble);

/* Takes NULL, returns NULL. */
struct typed *typed_free(struct typed *t);

DEFINE_CLEANUP(struct typed *, typed_free)
