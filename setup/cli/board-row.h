/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a board (board.h) is told, and what it keeps of a device at work. Texts that are NULL are none. */

#include <stddef.h>
#include <stdint.h>

struct board_counts {
        size_t waiting, working, pending, done, failed, cancelled;
};

/* It is over; or is at work no more without a word about it, where `outcome` is NULL. */
struct board_end {
        const char *outcome;                   /* done, failed, pending, cancelled */
        const char *sentence, *cause, *advice; /* of what was in the way; NULL: nothing */
        uint64_t ms;                           /* of the whole setup */
};

enum {
        BOARD_LINE_MAX = 2048,
        BOARD_TEXT_MAX = 160, /* of one word of a row */
        BOARD_RUNNING_MAX = 4 /* steps under way with one device: one a lane, and room */
};

/* A device at work. */
struct board_row {
        size_t key;
        char serial[24], name[BOARD_TEXT_MAX];
        struct {
                char text[BOARD_TEXT_MAX];
                unsigned try, of;
        } running[BOARD_RUNNING_MAX];
        size_t n_running;
        struct {
                char text[BOARD_TEXT_MAX]; /* which of them takes long; "": none */
                char hint[BOARD_TEXT_MAX];
                uint64_t ms, limit_ms, part, whole;
        } wait;
        uint64_t told_ms; /* how far a wait was when a line told of it; 0: none has */
        unsigned tenths;  /* of a whole that were told by lines */
        uint64_t begun_ms;
};
