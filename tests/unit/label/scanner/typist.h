/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A scanner that is a keyboard: the input events that it makes of a text, in one of the ways that scanners
 * can be set to. Written apart from setup/label/scanner/keys.c; of keymap.h it has the places of the keys.
 */

#include "setup/label/scanner/keymap.h"
#include <linux/input.h>

enum { TYPIST_EVENTS_MAX = 8192 };

struct typist {
        struct input_event event[TYPIST_EVENTS_MAX];
        size_t n;
        int64_t now_us;
        unsigned key_us;  /* between two characters */
        unsigned part_us; /* between the events of one */
        enum keymap map;
        bool by_number; /* Alt and the number pad */
        bool by_caps;   /* presses Caps Lock before and after capitals, no Shift */
        bool windows;   /* Ctrl and Alt for AltGr */
};

/* At `now_ms`, a character each `key_us`. */
void typist_init(struct typist *t, enum keymap map, int64_t now_ms, unsigned key_us);

/* EV_KEY with EV_MSC before and EV_SYN behind it, as the kernel gives them for USB keyboards. */
void typist_key(struct typist *t, unsigned code, int value);

/* Control characters as Ctrl and a key; CR and TAB are their own keys. */
void typist_text(struct typist *t, const char *text);

void typist_wait(struct typist *t, unsigned ms);
