/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the status LED of a device says, in words (device.md 6). A person describes the
 * light, usher names the state, what it means and what to do. Pure: one table and one tolerant reader of
 * words. */

#include "proto/base/fault.h"
#include <stddef.h>

enum light_colour {
        LIGHT_ANY_COLOUR,
        LIGHT_BLUE,
        LIGHT_WHITE,
        LIGHT_GREEN,
        LIGHT_CYAN,
        LIGHT_ORANGE,
        LIGHT_MAGENTA,
        LIGHT_RED,
        LIGHT_YELLOW,
        LIGHT_GREY,
        LIGHT_RAINBOW,
        LIGHT_OFF,
};

enum light_pattern {
        LIGHT_ANY_PATTERN,
        LIGHT_SOLID,
        LIGHT_BLINKING,
        LIGHT_FAST_BLINKING,
        LIGHT_BREATHING,
        LIGHT_FAST_BREATHING,
        LIGHT_SOS,
};

/* What was understood of a description such as "blinking cyan, then 2 orange blinks". */
struct light {
        enum light_colour colour;
        enum light_pattern pattern;
        enum light_colour then; /* the colour of counted blinks; LIGHT_ANY_COLOUR = none */
        unsigned count;         /* of those blinks; for SOS the blinks after it; 0 = not said */
        bool tracker;           /* a Tracker in its own LED mode */
};

struct light_meaning {
        const char *key;     /* stable, for machines: "cloud-no-internet" */
        const char *light;   /* the light in the documentation's words */
        const char *meaning; /* what the device is doing */
        const char *advice;  /* what to do */
        enum fault fault; /* the fault that usher would report for it; FAULT_NONE if the light is no fault */
};

/* Reads a description: words in any order and case, common other words for the same thing ("flashing",
 * "purple", "twice"). -EINVAL if it names neither a colour, nor SOS, nor "off"; *ret_word is then the first
 * word that was not understood, or NULL. */
int light_read(const char *text, struct light *ret, const char **ret_word);

/* The row that fits best; -ENOENT if no row does. */
int light_explain(const struct light *l, const struct light_meaning **ret);

/* The words that light_read() knows for colours, each once, several for the same one: -ERANGE past the end.
 */
int light_colour_word(size_t i, const char **ret);

/* All rows in order, for help, documentation and tests: -ERANGE past the end. */
int light_row(size_t i, const struct light_meaning **ret);
