/* SPDX-License-Identifier: Apache-2.0 */

/* The judge types the code's text on each country's keyboard, reads that with the map that was used, and
 * looks which one comes to what the scanner sent. */

#include "setup/label/scanner/calibration.h"
#include "proto/base/cleanup.h"
#include "setup/label/scanner/keys.h"
#include <string.h>

enum {
        HEAD_MAX = 8,     /* an AIM identifier or a prefix may stand in front, as that map shows it */
        MISSING_MAX = 16, /* what a country's keyboard may lack */
};

static const char code[] =
        "USHER KEYS ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 ]:;,\\\"-_";

const char *calibration_text(void)
{
        return code;
}

static void type(struct keys *k, unsigned key, int value)
{
        (void)keys_feed(k, &(struct input_event){ .type = EV_KEY, .code = (uint16_t)key, .value = value });
}

/* A character that the country's keyboard lacks is left out, as scanners do. */
static void type_character(struct keys *k, enum keymap map, char c)
{
        static const unsigned with[_KEYMAP_LEVELS] = { 0, KEY_LEFTSHIFT, KEY_RIGHTALT };
        enum keymap_level level = KEYMAP_PLAIN;
        unsigned key = KEY_SPACE;

        if (c != ' ' && !keymap_key(map, c, &key, &level))
                return;
        if (with[level])
                type(k, with[level], 1);
        type(k, key, 1);
        type(k, key, 0);
        if (with[level])
                type(k, with[level], 0);
}

static bool ends_with(const char *text, size_t len, const struct secret *end)
{
        size_t n = secret_len(end);

        return len >= n && len - n <= HEAD_MAX && memcmp(text + len - n, secret_text(end), n) == 0;
}

/* 1: the text is what `map` makes of the code, typed in `country`. */
static int fits(const char *text, size_t len, enum keymap map, enum keymap country)
{
        struct keys k;
        int r = keys_init(&k, map);

        if (r < 0)
                return r;
        for (const char *c = code; *c; c++)
                type_character(&k, country, *c);
        (void)keys_pause(&k, GATHER_PAUSE_MS);
        r = ends_with(text, len, k.gather.text);
        keys_done(&k);
        return r;
}

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_swapped(const char *text, size_t len)
{
        size_t n = sizeof(code) - 1;

        if (len < n || len - n > HEAD_MAX)
                return false;
        text += len - n;
        for (size_t i = 0; i < n; i++)
                if (text[i] != (is_letter(code[i]) ? code[i] ^ 'a' ^ 'A' : code[i]))
                        return false;
        return true;
}

static bool is_right(const char *text, size_t len)
{
        size_t n = sizeof(code) - 1;

        return len >= n && len - n <= HEAD_MAX && memcmp(text + len - n, code, n) == 0;
}

int calibration_judge(const char *text, size_t len, enum keymap map, enum keymap *ret_map)
{
        if (len < sizeof(code) - 1 - MISSING_MAX || len > 2 * sizeof(code))
                return CALIBRATION_NONE;
        if (is_right(text, len))
                return CALIBRATION_RIGHT;
        if (is_swapped(text, len))
                return CALIBRATION_CASE;
        for (enum keymap country = 0; country < _KEYMAP_MAX; country++) {
                int r = country == map ? 0 : fits(text, len, map, country);

                if (r < 0)
                        return r;
                if (r > 0) {
                        *ret_map = country;
                        return CALIBRATION_OTHER;
                }
        }
        return CALIBRATION_NONE;
}
