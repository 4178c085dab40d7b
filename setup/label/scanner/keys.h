/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a scanner types, as the kernel's input events have it (linux/input.h), to text. Pauses are judged by
 * the times in the events: however late they are read, they split no scan and join no two. */

#include "setup/label/scanner/gather.h"
#include "setup/label/scanner/keymap.h"
#include <linux/input.h>

struct keys {
        enum keymap map;
        struct gather gather;
        unsigned held; /* modifiers */
        bool caps;     /* the scanner itself has pressed Caps Lock */
        bool stop;     /* Ctrl-C came with nothing before it: a person at a keyboard */
        char dead;     /* waits for the next character; 0: none */
        struct {
                unsigned digits, value; /* typed on the number pad with Alt held */
        } pad;
};

/* -ENOMEM */
int keys_init(struct keys *k, enum keymap map);
void keys_done(struct keys *k);

/* When an event happened, in ms of the clock that the device was told to use. */
int64_t keys_time_ms(const struct input_event *e);

/* Before each event with its time, and with the present time when no event is there: did a pause end a scan?
 */
enum gathered keys_pause(struct keys *k, int64_t now_ms);

enum gathered keys_feed(struct keys *k, const struct input_event *e);
