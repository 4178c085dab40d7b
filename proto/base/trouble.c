/* SPDX-License-Identifier: Apache-2.0 */

/* A path may have 4096 bytes and a cause has 512. A plain snprintf() would cut the end, and the end is where
 * the reason stands; so the format is worked off here, again and again with less room for each string, until
 * the whole fits. Everything ends in text_clean(): no cause holds what a terminal would obey. */

#include "proto/base/trouble.h"
#include "proto/base/text.h"
#include <errno.h>
#include <string.h>

enum { STRING_MIN = 24 /* of a string there is always so much */ };

struct writer {
        char text[TROUBLE_CAUSE_MAX];
        size_t len;   /* of all; what did not fit counts, too */
        size_t limit; /* bytes of one string */
        va_list arguments;
};

static void put(struct writer *w, const char *text, size_t len)
{
        size_t room = w->len < sizeof(w->text) ? sizeof(w->text) - w->len : 0;

        memcpy(w->text + sizeof(w->text) - room, text, len < room ? len : room);
        w->len += len;
}

static void put_string(struct writer *w, const char *text, size_t len, size_t limit)
{
        char part[TROUBLE_CAUSE_MAX];

        if (limit > w->limit)
                limit = w->limit;
        text_shorten(part, limit < sizeof(part) ? limit + 1 : sizeof(part), text, len);
        put(w, part, strlen(part));
}

static void put_unsigned(struct writer *w, unsigned long long n)
{
        char digits[24];
        size_t at = sizeof(digits);

        do
                digits[--at] = (char)('0' + n % 10);
        while (n /= 10);
        put(w, digits + at, sizeof(digits) - at);
}

static void put_signed(struct writer *w, long long n)
{
        if (n < 0)
                put(w, "-", 1);
        put_unsigned(w, n < 0 ? -(unsigned long long)n : (unsigned long long)n);
}

static long long take_signed(struct writer *w, unsigned longs)
{
        return longs > 1 ? va_arg(w->arguments, long long)
               : longs   ? va_arg(w->arguments, long)
                         : va_arg(w->arguments, int);
}

static unsigned long long take_unsigned(struct writer *w, unsigned longs)
{
        return longs > 1 ? va_arg(w->arguments, unsigned long long)
               : longs   ? va_arg(w->arguments, unsigned long)
                         : va_arg(w->arguments, unsigned);
}

/* `at` is behind the percent sign; returns what is behind the directive. */
static const char *put_directive(struct writer *w, const char *at)
{
        size_t max = SIZE_MAX, limit = SIZE_MAX;
        unsigned longs = 0;
        const char *s;
        char c;

        if (at[0] == '.' && at[1] == '*') {
                max = (size_t)va_arg(w->arguments, int);
                at += 2;
        } else if (at[0] == '.') {
                for (limit = 0, at++; *at >= '0' && *at <= '9'; at++)
                        limit = limit * 10 + (size_t)(*at - '0');
        }
        for (; *at == 'l' || *at == 'z'; at++)
                longs++;
        switch (*at) {
        case 's':
                s = va_arg(w->arguments, const char *);
                put_string(w, s ? s : "(null)", s ? strnlen(s, max) : 6, limit);
                break;
        case 'c':
                c = (char)va_arg(w->arguments, int);
                put(w, &c, 1);
                break;
        case 'd': put_signed(w, take_signed(w, longs)); break;
        case 'u': put_unsigned(w, take_unsigned(w, longs)); break;
        default: put(w, "%", 1); break;
        }
        return *at ? at + 1 : at;
}

static void write_all(struct writer *w, const char *format)
{
        while (*format) {
                size_t plain = strcspn(format, "%");

                put(w, format, plain);
                format += plain;
                if (*format)
                        format = put_directive(w, format + 1);
        }
}

static void trouble_vadd(struct trouble *t, const char *format, va_list arguments)
{
        struct writer w = { .limit = sizeof(w.text) };

        do {
                w.len = 0;
                put_string(&w, t->cause, strlen(t->cause), SIZE_MAX);
                va_copy(w.arguments, arguments);
                write_all(&w, format);
                va_end(w.arguments);
        } while (w.len >= sizeof(w.text) && --w.limit > STRING_MIN);
        text_shorten(t->cause, sizeof(t->cause), w.text,
                     w.len < sizeof(w.text) ? w.len : sizeof(w.text) - 1);
        text_clean(t->cause);
}

void trouble_add(struct trouble *t, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        trouble_vadd(t, format, arguments);
        va_end(arguments);
}

int trouble_vset(struct trouble *t, enum fault fault, const char *format, va_list arguments)
{
        struct trouble new = { .fault = fault };

        trouble_vadd(&new, format, arguments);
        *t = new;
        return -EINVAL;
}

int trouble_set(struct trouble *t, enum fault fault, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void)trouble_vset(t, fault, format, arguments);
        va_end(arguments);
        return -EINVAL;
}

void trouble_complete(struct trouble *t, int error)
{
        if (error == -ECANCELED)
                *t = (struct trouble){ .fault = FAULT_CANCELLED };
        else if (error != -EINVAL || t->fault == FAULT_NONE)
                (void)trouble_set(t, FAULT_INTERNAL, "%s", strerror(-error));
}

const char *trouble_words(const struct trouble *t)
{
        return t->cause[0] ? t->cause : fault_info(t->fault)->sentence;
}
