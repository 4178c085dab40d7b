/* SPDX-License-Identifier: Apache-2.0 */

/* A printf of two directives (and %%). It is checked by the compiler like the real one, and there is no way
 * to put a name or a password into an address without encoding it. */

#include "cloud/url.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

static int add_encoded(struct buf *out, const char *text)
{
        int r = 0;

        for (; *text && r >= 0; text++) {
                unsigned char c = (unsigned char)*text;
                char code[4];

                if (isalnum(c) || strchr("-._~", c)) {
                        r = buf_append(out, &c, 1);
                        continue;
                }
                (void)snprintf(code, sizeof(code), "%%%02X", c);
                r = buf_append(out, code, 3);
        }
        return r;
}

static int add_number(struct buf *out, unsigned n)
{
        char digits[12];
        int len = snprintf(digits, sizeof(digits), "%u", n);

        return buf_append(out, digits, (size_t)len);
}

int url_vformat(struct buf *out, const char *format, va_list arguments)
{
        int r = 0;

        while (*format && r >= 0) {
                size_t plain = strcspn(format, "%");

                r = buf_append(out, format, plain);
                format += plain;
                if (r < 0 || !*format)
                        break;
                if (format[1] == 's')
                        r = add_encoded(out, va_arg(arguments, const char *));
                else if (format[1] == 'u')
                        r = add_number(out, va_arg(arguments, unsigned));
                else
                        r = buf_append(out, "%", 1);
                format += 2;
        }
        return r;
}

int url_format(struct buf *out, const char *format, ...)
{
        va_list arguments;
        int r;

        va_start(arguments, format);
        r = url_vformat(out, format, arguments);
        va_end(arguments);
        return r;
}

int url_device_id(const char *id, char ret[static 25])
{
        char lower[25] = "";

        if (strlen(id) != 24)
                return -EINVAL;
        for (size_t i = 0; i < 24; i++) {
                if (!isxdigit((unsigned char)id[i]))
                        return -EINVAL;
                lower[i] = (char)tolower((unsigned char)id[i]);
        }
        memcpy(ret, lower, sizeof(lower));
        return 0;
}
