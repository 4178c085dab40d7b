/* SPDX-License-Identifier: Apache-2.0 */

/* The words in which people describe a light, several for the same thing, and the reader that makes one
 * light of them: the order of the words and what stands between them do not matter. */

#include "proto/base/cleanup.h"
#include "setup/doctor/light.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum word_kind {
        WORD_COLOUR,
        WORD_PATTERN,
        WORD_FAST,
        WORD_NUMBER,
        WORD_TRACKER,
        WORD_REGULAR,
        WORD_HELD,
        WORD_IGNORED
};

struct word {
        const char *text;
        enum word_kind kind;
        unsigned value;
};

static const struct word words[] = {
        { "blue", WORD_COLOUR, LIGHT_BLUE },
        { "white", WORD_COLOUR, LIGHT_WHITE },
        { "green", WORD_COLOUR, LIGHT_GREEN },
        { "cyan", WORD_COLOUR, LIGHT_CYAN },
        { "turquoise", WORD_COLOUR, LIGHT_CYAN },
        { "teal", WORD_COLOUR, LIGHT_CYAN },
        { "orange", WORD_COLOUR, LIGHT_ORANGE },
        { "amber", WORD_COLOUR, LIGHT_ORANGE },
        { "magenta", WORD_COLOUR, LIGHT_MAGENTA },
        { "purple", WORD_COLOUR, LIGHT_MAGENTA },
        { "violet", WORD_COLOUR, LIGHT_MAGENTA },
        { "pink", WORD_COLOUR, LIGHT_MAGENTA },
        { "red", WORD_COLOUR, LIGHT_RED },
        { "yellow", WORD_COLOUR, LIGHT_YELLOW },
        { "grey", WORD_COLOUR, LIGHT_GREY },
        { "gray", WORD_COLOUR, LIGHT_GREY },
        { "rainbow", WORD_COLOUR, LIGHT_RAINBOW },
        { "off", WORD_COLOUR, LIGHT_OFF },
        { "dark", WORD_IGNORED, 0 },
        { "no", WORD_COLOUR, LIGHT_OFF },
        { "none", WORD_COLOUR, LIGHT_OFF },
        { "solid", WORD_PATTERN, LIGHT_SOLID },
        { "steady", WORD_PATTERN, LIGHT_SOLID },
        { "constant", WORD_PATTERN, LIGHT_SOLID },
        { "dim", WORD_PATTERN, LIGHT_DIM },
        { "blinking", WORD_PATTERN, LIGHT_BLINKING },
        { "blinks", WORD_PATTERN, LIGHT_BLINKING },
        { "blink", WORD_PATTERN, LIGHT_BLINKING },
        { "flashing", WORD_PATTERN, LIGHT_BLINKING },
        { "flashes", WORD_PATTERN, LIGHT_BLINKING },
        { "flash", WORD_PATTERN, LIGHT_BLINKING },
        { "breathing", WORD_PATTERN, LIGHT_BREATHING },
        { "breathes", WORD_PATTERN, LIGHT_BREATHING },
        { "pulsing", WORD_PATTERN, LIGHT_BREATHING },
        { "fading", WORD_PATTERN, LIGHT_BREATHING },
        { "sos", WORD_PATTERN, LIGHT_SOS },
        { "fast", WORD_FAST, 1 },
        { "quick", WORD_FAST, 1 },
        { "quickly", WORD_FAST, 1 },
        { "rapid", WORD_FAST, 1 },
        { "rapidly", WORD_FAST, 1 },
        { "slow", WORD_IGNORED, 0 },
        { "slowly", WORD_IGNORED, 0 },
        { "tracker", WORD_TRACKER, 1 },
        { "regular", WORD_REGULAR, 1 },
        { "regularly", WORD_REGULAR, 1 },
        { "even", WORD_REGULAR, 1 },
        { "evenly", WORD_REGULAR, 1 },
        { "irregular", WORD_IGNORED, 0 },
        { "irregularly", WORD_IGNORED, 0 },
        { "held", WORD_HELD, 1 },
        { "holding", WORD_HELD, 1 },
        { "bars", WORD_NUMBER, LIGHT_SOME },
        { "one", WORD_NUMBER, 1 },
        { "once", WORD_NUMBER, 1 },
        { "single", WORD_NUMBER, 1 },
        { "two", WORD_NUMBER, 2 },
        { "twice", WORD_NUMBER, 2 },
        { "three", WORD_NUMBER, 3 },
        { "four", WORD_NUMBER, 4 },
        { "five", WORD_NUMBER, 5 },
        { "then", WORD_IGNORED, 0 },
        { "and", WORD_IGNORED, 0 },
        { "with", WORD_IGNORED, 0 },
        { "followed", WORD_IGNORED, 0 },
        { "by", WORD_IGNORED, 0 },
        { "after", WORD_IGNORED, 0 },
        { "a", WORD_IGNORED, 0 },
        { "the", WORD_IGNORED, 0 },
        { "of", WORD_IGNORED, 0 },
        { "in", WORD_IGNORED, 0 },
        { "between", WORD_IGNORED, 0 },
        { "light", WORD_IGNORED, 0 },
        { "led", WORD_IGNORED, 0 },
        { "times", WORD_IGNORED, 0 },
        { "colour", WORD_IGNORED, 0 },
        { "color", WORD_IGNORED, 0 },
        { "mode", WORD_IGNORED, 0 },
        { "signal", WORD_IGNORED, 0 },
        { "while", WORD_IGNORED, 0 },
        { "tap", WORD_IGNORED, 0 },
        { "on", WORD_IGNORED, 0 },
        { "to", WORD_IGNORED, 0 },
        { "button", WORD_IGNORED, 0 },
        { "is", WORD_IGNORED, 0 },
        { "it", WORD_IGNORED, 0 },
};

static int find_word(const char *at, size_t len, struct word *ret)
{
        if (len <= 2 && isdigit((unsigned char)at[0]) && (len == 1 || isdigit((unsigned char)at[1]))) {
                unsigned value = (unsigned)(at[0] - '0');

                *ret = (struct word){ .kind = WORD_NUMBER,
                                      .value = len == 1 ? value : value * 10 + (unsigned)(at[1] - '0') };
                return 0;
        }
        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                if (strlen(words[i].text) == len && strncasecmp(words[i].text, at, len) == 0) {
                        *ret = words[i];
                        return 0;
                }
        return -ENOENT;
}

/* The first colour is the light's; a second one, or the one that a number counts, is what comes then. */
static void take_colour(struct light *l, enum light_colour colour)
{
        if (l->colour == LIGHT_ANY_COLOUR)
                l->colour = colour;
        else if (colour != LIGHT_OFF)
                l->then = colour;
}

static void take_pattern(struct light *l, enum light_pattern pattern)
{
        if (pattern == LIGHT_SOS || l->pattern == LIGHT_ANY_PATTERN)
                l->pattern = pattern;
}

static void take(struct light *l, const struct word *w, bool *fast)
{
        switch (w->kind) {
        case WORD_COLOUR: take_colour(l, (enum light_colour)w->value); break;
        case WORD_PATTERN: take_pattern(l, (enum light_pattern)w->value); break;
        case WORD_FAST: *fast = *fast || l->then == LIGHT_ANY_COLOUR; break;
        case WORD_NUMBER: l->count = w->value != LIGHT_SOME || l->count == 0 ? w->value : l->count; break;
        case WORD_TRACKER: l->tracker = true; break;
        case WORD_HELD: l->held = l->regular = true; break;
        case WORD_REGULAR: l->regular = true; break;
        case WORD_IGNORED: break;
        }
}

static enum light_pattern speed_up(enum light_pattern pattern)
{
        if (pattern == LIGHT_BREATHING)
                return LIGHT_FAST_BREATHING;
        return pattern == LIGHT_SOS || pattern == LIGHT_SOLID || pattern == LIGHT_DIM ? pattern
                                                                                      : LIGHT_FAST_BLINKING;
}

int light_read(const char *text, struct light *ret, const char **ret_word)
{
        struct light l = { 0 };
        bool fast = false;
        const char *unknown = NULL;

        for (const char *p = text; *p;) {
                size_t len = 0;
                struct word w;

                while (isalnum((unsigned char)p[len]))
                        len++;
                if (len == 0) {
                        p++;
                        continue;
                }
                if (find_word(p, len, &w) == 0)
                        take(&l, &w, &fast);
                else if (!unknown)
                        unknown = p;
                p += len;
        }
        if (fast)
                l.pattern = speed_up(l.pattern);
        if (l.colour == LIGHT_ORANGE) { /* never a light of its own: it comes between cyan */
                l.then = LIGHT_ORANGE;
                l.colour = LIGHT_CYAN;
        }
        if (unknown || (l.colour == LIGHT_ANY_COLOUR && l.pattern != LIGHT_SOS)) {
                *ret_word = unknown;
                return -EINVAL;
        }
        *ret = l;
        return 0;
}

int light_colour_word(size_t i, const char **ret)
{
        for (size_t k = 0; k < ELEMENTSOF(words); k++)
                if (words[k].kind == WORD_COLOUR && words[k].value != LIGHT_OFF && i-- == 0) {
                        *ret = words[k].text;
                        return 0;
                }
        return -ERANGE;
}
