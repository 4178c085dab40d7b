/* SPDX-License-Identifier: Apache-2.0 */

/* By the forms of RFC 3629: no overlong ones, no surrogates, nothing past U+10FFFF. */

#include "setup/flow/profile/utf8.h"
#include "proto/base/cleanup.h"
#include <string.h>

size_t utf8_character(const uint8_t *text, size_t len)
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
                return c < forms[n - 1].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
                                       (c >= 0x7f && c < 0xa0)
                               ? 0
                               : n;
        }
        return 0;
}

bool utf8_is_text(const char *text)
{
        size_t len = strlen(text), n = 1;

        for (size_t at = 0; at < len && n > 0; at += n)
                n = utf8_character((const uint8_t *)text + at, len - at);
        return n > 0;
}
