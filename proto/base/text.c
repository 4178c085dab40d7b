/* SPDX-License-Identifier: Apache-2.0 */

/* UTF-8 by the forms of RFC 3629: no overlong ones, no surrogates, nothing past U+10FFFF. A device's name
 * may be any 64 bytes, and a terminal does what some of them say. */

#include "proto/base/text.h"
#include "proto/base/cleanup.h"
#include <string.h>

static size_t decode(const uint8_t *text, size_t len, uint32_t *ret)
{
        static const struct {
                uint8_t mask, lead;
                uint32_t least;
        } forms[] = {
                { 0x80, 0x00, 0x20 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 }
        };

        for (size_t n = 1; n <= ELEMENTSOF(forms) && n <= len; n++) {
                uint32_t c = text[0] & (uint8_t)~forms[n - 1].mask;

                if ((text[0] & forms[n - 1].mask) != forms[n - 1].lead)
                        continue;
                for (size_t i = 1; i < n; i++) {
                        if ((text[i] & 0xc0) != 0x80)
                                return 0;
                        c = c << 6 | (text[i] & 0x3f);
                }
                *ret = c;
                return c < forms[n - 1].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
                                       (c >= 0x7f && c < 0xa0)
                               ? 0
                               : n;
        }
        return 0;
}

size_t text_character(const uint8_t *text, size_t len)
{
        uint32_t c;

        return decode(text, len, &c);
}

bool text_is_utf8(const char *text)
{
        size_t len = strlen(text), n = 1;

        for (size_t at = 0; at < len && n > 0; at += n)
                n = text_character((const uint8_t *)text + at, len - at);
        return n > 0;
}

/* Marks and overrides of the direction (a name that reads backwards), line and paragraph separators. */
static bool is_trick(uint32_t c)
{
        return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
               (c >= 0x2066 && c <= 0x2069);
}

/* How many bytes one '?' stands for: the two of a C1 character, else one. */
static size_t length_of_bad(const uint8_t *text, size_t len)
{
        return len > 1 && text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0 ? 2 : 1;
}

void text_clean(char *text)
{
        const uint8_t *from = (const uint8_t *)text, *end = from + strlen(text);
        char *to = text;

        while (from < end) {
                uint32_t c = 0;
                size_t n = decode(from, (size_t)(end - from), &c);
                size_t taken = n > 0 ? n : length_of_bad(from, (size_t)(end - from));

                if (n > 0 && !is_trick(c)) {
                        memmove(to, from, n);
                        to += n;
                } else {
                        *to++ = strchr("\t\n\v\f\r", *from) ? ' ' : '?';
                }
                from += taken;
        }
        *to = 0;
}

static bool is_inside(const char *text, size_t at)
{
        return ((unsigned char)text[at] & 0xc0) == 0x80;
}

void text_shorten(char *ret, size_t size, const char *text, size_t len)
{
        static const char gap[3] = "...";
        size_t head, tail;

        if (len < size) {
                memcpy(ret, text, len);
                ret[len] = 0;
                return;
        }
        tail = (size - 1 - sizeof(gap)) / 2;
        head = size - 1 - sizeof(gap) - tail;
        while (head > 0 && is_inside(text, head))
                head--;
        while (tail > 0 && is_inside(text, len - tail))
                tail--;
        memcpy(ret, text, head);
        memcpy(ret + head, gap, sizeof(gap));
        memcpy(ret + head + sizeof(gap), text + len - tail, tail);
        ret[head + sizeof(gap) + tail] = 0;
}
