/* SPDX-License-Identifier: Apache-2.0 */

/* A reader of exactly the JSON that the firmware writes. It keeps no tree and allocates nothing: values are
 * either handed out or skipped by counting brackets outside of strings, down to a fixed depth. */

#include "setup/flow/diagnostics.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>

enum { NAME_MAX_BYTES = 31, DEPTH_MAX = 8 };

struct cursor {
        const char *at, *end;
};

static void skip_space(struct cursor *c)
{
        while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
                c->at++;
}

static bool take(struct cursor *c, char wanted)
{
        skip_space(c);
        if (c->at == c->end || *c->at != wanted)
                return false;
        c->at++;
        return true;
}

/* The opening quote is taken already. */
static bool take_string(struct cursor *c, char *to, size_t size)
{
        size_t n = 0;

        while (c->at < c->end) {
                char ch = *c->at++;

                if (ch == '"') {
                        if (size)
                                to[n] = 0;
                        return true;
                }
                if (ch == '\\') {
                        if (c->at == c->end)
                                return false;
                        ch = *c->at++;
                }
                if ((unsigned char)ch < 0x20)
                        return false;
                if (n + 1 < size)
                        to[n++] = ch;
        }
        return false;
}

static bool is_number_byte(char ch)
{
        return (ch >= '0' && ch <= '9') || ch == '-' || ch == '+' || ch == '.' || ch == 'e' || ch == 'E';
}

/* True with *ret_whole if it is a number; whole numbers that fit have their value. */
static bool take_number(struct cursor *c, bool *ret_whole, long *ret)
{
        bool minus = false, whole = true;
        long value = 0;
        size_t n = 0;

        if (c->at < c->end && *c->at == '-') {
                minus = true;
                c->at++;
        }
        for (; c->at < c->end && is_number_byte(*c->at); c->at++, n++) {
                int digit = *c->at - '0';

                if (digit < 0 || digit > 9 || value > (LONG_MAX - digit) / 10)
                        whole = false;
                else
                        value = value * 10 + digit;
        }
        *ret_whole = whole;
        *ret = minus ? -value : value;
        return n > 0;
}

static bool skip_word(struct cursor *c)
{
        const char *start = c->at;

        while (c->at < c->end && *c->at >= 'a' && *c->at <= 'z')
                c->at++;
        return c->at > start;
}

/* An object or array: brackets must match in number and kind. */
static bool skip_nested(struct cursor *c)
{
        char open[DEPTH_MAX];
        size_t depth = 0;

        while (c->at < c->end) {
                char ch = *c->at++;

                if (ch == '{' || ch == '[') {
                        if (depth == DEPTH_MAX)
                                return false;
                        open[depth++] = ch;
                } else if (ch == '}' || ch == ']') {
                        if (open[--depth] != (ch == '}' ? '{' : '['))
                                return false;
                        if (depth == 0)
                                return true;
                } else if (ch == '"' && !take_string(c, NULL, 0)) {
                        return false;
                }
        }
        return false;
}

static bool take_value(struct cursor *c, bool *ret_whole, long *ret)
{
        *ret_whole = false;
        skip_space(c);
        if (c->at == c->end)
                return false;
        switch (*c->at) {
        case '{':
        case '[': return skip_nested(c);
        case '"': c->at++; return take_string(c, NULL, 0);
        case 't':
        case 'f':
        case 'n': return skip_word(c);
        default: return take_number(c, ret_whole, ret);
        }
}

int diagnostics_read(const char *text, size_t len,
                     void (*each)(void *userdata, const char *name, long value), void *userdata)
{
        struct cursor c = { text, text };

        if (len == 0 || len > DIAGNOSTICS_TEXT_MAX) /* an empty body is no address, too */
                return -EBADMSG;
        c.end += len;
        if (!take(&c, '{'))
                return -EBADMSG;
        if (take(&c, '}'))
                return 0;
        do {
                char name[NAME_MAX_BYTES + 1];
                bool whole;
                long value = 0;

                if (!take(&c, '"') || !take_string(&c, name, sizeof(name)) || !take(&c, ':') ||
                    !take_value(&c, &whole, &value))
                        return -EBADMSG;
                if (whole)
                        each(userdata, name, value);
        } while (take(&c, ','));
        return take(&c, '}') ? 0 : -EBADMSG;
}
