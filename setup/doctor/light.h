/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the status LED of a device says, in words (device.md 6). A person describes the
 * light, usher names the state, what it means and what to do. Pure: one table and one tolerant reader of
 * words. */

#include "proto/base/fault.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
        LIGHT_DIM, /* solid, and hardly to be seen */
        LIGHT_BLINKING,
        LIGHT_FAST_BLINKING,
        LIGHT_BREATHING,
        LIGHT_FAST_BREATHING,
        LIGHT_SOS,
};

enum { LIGHT_SOME = 99 }; /* a count that was said, whatever it is */

/* What was understood of a description such as "blinking cyan, then 2 orange blinks". */
struct light {
        enum light_colour colour;
        enum light_pattern pattern;
        enum light_colour then; /* the colour of counted blinks; LIGHT_ANY_COLOUR = none */
        unsigned count;         /* of those blinks; for SOS the blinks after it; 0 = not said */
        bool tracker;           /* a Tracker in its own LED mode */
        bool regular;           /* the blinks come evenly; so they do while MODE is held */
        bool held;              /* MODE is held at reset: the bootloader shows what letting go would do */
};

/* The pattern in numbers (device.md 6.1): a blink is on_ms + off_ms, a fade or a round is period_ms long, 0
 * = it has none. A light that comes between others (count) is told by its own blinks. */
struct light_shape {
        enum light_pattern pattern; /* LIGHT_ANY_PATTERN: irregular, or a sequence of its own */
        unsigned on_ms, off_ms, period_ms;
};

struct light_meaning {
        const char *key;     /* stable, for machines: "cloud-no-internet" */
        const char *light;   /* the light in the documentation's words */
        const char *meaning; /* what the device is doing */
        const char *advice;  /* what to do */
        enum fault fault; /* the fault that usher would report for it; FAULT_NONE if the light is no fault */
        struct light_shape shape;
        uint64_t platforms;   /* bit n: platform id n (device.md 2.4) shows it; 0 = all */
        const char *versions; /* of Device OS or its bootloader that it holds for; NULL = all */
};

/* Reads a description: words in any order and case, common other words for the same thing ("flashing",
 * "purple", "twice"). -EINVAL if it names neither a colour, nor SOS, nor "off"; *ret_word is then the first
 * word that was not understood, or NULL. */
int light_read(const char *text, struct light *ret, const char **ret_word);

/* True if that platform shows this light; platform 0: not known, which shows all. */
bool light_holds(const struct light_meaning *m, unsigned platform);

/* "blinking", "" for LIGHT_ANY_PATTERN. */
const char *light_pattern_word(enum light_pattern pattern);

/* The row that fits best on a platform (an id of device.md 2.4, 0 = not known). -ENOENT if no row does;
 * -ESRCH if what was seen is told of other platforms only, so that it was probably seen or counted wrong. */
int light_explain(const struct light *l, unsigned platform, const struct light_meaning **ret);

/* The words that light_read() knows for colours, each once, several for the same one: -ERANGE past the end.
 */
int light_colour_word(size_t i, const char **ret);

/* All rows in order, for help, documentation and tests: -ERANGE past the end. */
int light_row(size_t i, const struct light_meaning **ret);
