/* SPDX-License-Identifier: Apache-2.0 */

/* Digit by digit: strtoul() takes blanks, signs and numbers that are too large for granted, and every caller
 * would have to refuse them by itself. */

#include "proto/base/number.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static int digit(char c, unsigned base)
{
        static const char digits[] = "0123456789abcdef";
        const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

        return at && at - digits < (int)base ? (int)(at - digits) : -1;
}

static int read_base(const char *text, unsigned base, unsigned min, unsigned max, unsigned *ret)
{
        uint64_t n = 0;

        if (!*text)
                return -EINVAL;
        for (; *text; text++) {
                int d = digit(*text, base);

                if (d < 0)
                        return -EINVAL;
                n = n > max ? n : n * base + (unsigned)d; /* stays too large, and never wraps */
        }
        if (n < min || n > max)
                return -ERANGE;
        *ret = (unsigned)n;
        return 0;
}

int number_read(const char *text, unsigned min, unsigned max, unsigned *ret)
{
        return read_base(text, 10, min, max, ret);
}

int number_read_hex(const char *text, unsigned min, unsigned max, unsigned *ret)
{
        if (strncmp(text, "0x", 2) == 0)
                return read_base(text + 2, 16, min, max, ret);
        return number_read(text, min, max, ret);
}

int number_read_signed(const char *text, int64_t min, int64_t max, int64_t *ret)
{
        bool negative = *text == '-';
        bool fits = true;
        int64_t n = 0;

        text += negative;
        if (!*text)
                return -EINVAL;
        for (; *text; text++) {
                int d = digit(*text, 10);

                if (d < 0)
                        return -EINVAL;
                fits = fits && !__builtin_mul_overflow(n, 10, &n) &&
                       !__builtin_add_overflow(n, negative ? -d : d, &n);
        }
        if (!fits || n < min || n > max)
                return -ERANGE;
        *ret = n;
        return 0;
}
