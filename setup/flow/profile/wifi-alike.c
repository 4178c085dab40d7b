/* SPDX-License-Identifier: Apache-2.0 */

/* A phone calls its hotspot "Anna’s iPhone" and nobody types that apostrophe; a name ends in a blank that
 * nobody sees. Both names are cut down to what is left when all of this is taken away, and compared. It is
 * about what looks alike, so no table of Unicode is needed: what is not known here stays as it is. */

#include "setup/flow/profile/wifi-alike.h"
#include "proto/base/text.h"
#include <string.h>

enum { LETTERS_FIRST = 0xC0, LETTERS_LAST = 0x17F };

/* Latin letters with an accent, U+00C0 to U+017F; '.' is none of these. */
static const char bare[] = "aaaaaaaceeeeiiiidnooooo.ouuuuyts"
                           "aaaaaaaceeeeiiiidnooooo.ouuuuyty"
                           "aaaaaaccccccccddddeeeeeeeeeegggg"
                           "gggghhhhiiiiiiiiiiiijjkkklllllll"
                           "lllnnnnnnnnnoooooooorrrrrrssssss"
                           "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t code_of(const uint8_t *at, size_t n)
{
        uint32_t c = n == 1 ? at[0] : at[0] & (0xFFu >> (n + 1));

        for (size_t i = 1; i < n; i++)
                c = c << 6 | (at[i] & 0x3Fu);
        return c;
}

static bool within(uint32_t c, uint32_t first, uint32_t last)
{
        return c >= first && c <= last;
}

static bool is_nothing(uint32_t c)
{
        return c <= ' ' || within(c, 0x7F, 0xA0) || c == 0xAD || within(c, 0x300, 0x36F) ||
               within(c, 0x2000, 0x200F) || within(c, 0x2028, 0x202F) || c == 0x205F || c == 0x3000 ||
               c == 0xFEFF;
}

static bool is_apostrophe(uint32_t c)
{
        return c == '\'' || c == '`' || c == 0xB4 || within(c, 0x2B9, 0x2BC) || within(c, 0x2018, 0x201B) ||
               c == 0x2032;
}

static bool is_quote(uint32_t c)
{
        return within(c, 0x201C, 0x201F) || c == 0x2033 || c == 0xAB || c == 0xBB;
}

static bool is_dash(uint32_t c)
{
        return c == '_' || within(c, 0x2010, 0x2015) || c == 0x2212;
}

/* 0: nothing is left of it. */
static uint32_t fold(uint32_t c)
{
        if (is_nothing(c))
                return 0;
        if (is_apostrophe(c))
                return '\'';
        if (is_quote(c))
                return '"';
        if (is_dash(c))
                return '-';
        if (within(c, 'A', 'Z'))
                return c + ('a' - 'A');
        if (within(c, LETTERS_FIRST, LETTERS_LAST) && bare[c - LETTERS_FIRST] != '.')
                return (unsigned char)bare[c - LETTERS_FIRST];
        if (within(c, 0x391, 0x3A9) || within(c, 0x410, 0x42F)) /* Greek, Cyrillic */
                return c + 32;
        return c;
}

/* The next character that counts, from *at on; 0 at the end. A byte that is no UTF-8 stands for itself. */
static uint32_t next(const uint8_t *name, size_t len, size_t *at)
{
        uint32_t c = 0;

        while (c == 0 && *at < len) {
                size_t n = text_character(name + *at, len - *at);

                c = n ? fold(code_of(name + *at, n)) : 0x110000u + name[*at];
                *at += n ? n : 1;
        }
        return c;
}

bool wifi_names_alike(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
        size_t at_a = 0, at_b = 0;
        bool some = false;
        uint32_t c;

        if (a_len == b_len && memcmp(a, b, a_len) == 0)
                return false;
        do {
                c = next(a, a_len, &at_a);
                if (c != next(b, b_len, &at_b))
                        return false;
                some |= c != 0;
        } while (c != 0);
        return some;
}
