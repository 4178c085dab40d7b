/* SPDX-License-Identifier: Apache-2.0 */

/* One place for how people write small files, because each reader of its own knows another half of it: the
 * one forgives CR LF, the next one quotes, and a byte order mark none. Nothing is guessed that would change
 * a password or a network's name without a word. */

#include "proto/base/plain.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
        return is_blank(c) || c == '\r' || c == '\n';
}

static void take_off(struct plain *t, size_t front, size_t back)
{
        t->at += front;
        t->len -= front + back;
}

static void trim(struct plain *t, bool (*drop)(char))
{
        while (t->len && drop(t->at[0]))
                take_off(t, 1, 0);
        while (t->len && drop(t->at[t->len - 1]))
                take_off(t, 0, 1);
}

void plain_trim(struct plain *text)
{
        trim(text, is_space);
}

static bool begins_with(const struct plain *t, const char *word)
{
        size_t n = strlen(word);

        return t->len >= n && strncasecmp(t->at, word, n) == 0;
}

int plain_begin(struct plain *text, struct trouble *ret_trouble)
{
        const char *zero;

        if (begins_with(text, "\xff\xfe") || begins_with(text, "\xfe\xff"))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the file is written in UTF-16: save it as UTF-8 (plain text)");
        if (begins_with(text, "\xef\xbb\xbf"))
                take_off(text, 3, 0);
        zero = text->len ? memchr(text->at, 0, text->len) : NULL;
        if (zero)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "byte %zu is of value zero: this is no text (or UTF-16: save it as "
                                   "UTF-8)",
                                   (size_t)(zero - text->at) + 1);
        return 0;
}

/* lines */

/* The next line of `rest`, without its end; false: there is none. */
static bool next_line(struct plain *rest, struct plain *ret)
{
        size_t n = 0;

        if (!rest->len)
                return false;
        while (n < rest->len && rest->at[n] != '\n' && rest->at[n] != '\r')
                n++;
        *ret = (struct plain){ rest->at, n };
        if (n + 1 < rest->len && rest->at[n] == '\r' && rest->at[n + 1] == '\n')
                n++;
        take_off(rest, n < rest->len ? n + 1 : n, 0);
        return true;
}

/* The only line that is not empty nor, where there are any, a comment; `more` is said of a second one. */
static int only_line(struct plain *text, bool comments, const char *more, struct trouble *ret_trouble)
{
        struct plain line, found = { text->at, 0 };
        unsigned n = 0;
        int r = plain_begin(text, ret_trouble);

        if (r < 0)
                return r;
        while (next_line(text, &line)) {
                struct plain inner = line;

                n++;
                trim(&inner, is_blank);
                if (line.len == 0 || (comments && (inner.len == 0 || inner.at[0] == '#')))
                        continue;
                if (found.len)
                        return trouble_set(ret_trouble, FAULT_CONFIG, "line %u: %s", n, more);
                found = line;
        }
        *text = found;
        return found.len ? 0 : trouble_set(ret_trouble, FAULT_CONFIG, "the file is empty");
}

/* quotes */

static bool is_quote(char c)
{
        return c == '"' || c == '\'';
}

static bool in_quotes(const struct plain *t)
{
        return t->len >= 2 && is_quote(t->at[0]) && t->at[t->len - 1] == t->at[0];
}

/* Nobody puts these into quotes but for their sake. */
static bool needs_quotes(const struct plain *t)
{
        return t->len > 0 && (is_blank(t->at[0]) || is_blank(t->at[t->len - 1]) || in_quotes(t));
}

int plain_password(struct plain *text, struct trouble *ret_trouble)
{
        struct plain line = *text, inner;
        int r = only_line(&line, false, "there is more text, and a password is one line", ret_trouble);

        if (r < 0)
                return r;
        inner = line;
        if (in_quotes(&line)) {
                take_off(&inner, 1, 1);
                if (!needs_quotes(&inner))
                        return trouble_set(ret_trouble, FAULT_CONFIG,
                                           "the password stands in quotes: take them off, or double them if "
                                           "they belong to it");
        } else if (needs_quotes(&line)) {
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the password %s with a blank: take it off, or put quotes around all of "
                                   "it if the blank belongs to it",
                                   is_blank(line.at[0]) ? "begins" : "ends");
        }
        *text = inner;
        return 0;
}

/* words */

/* PARTICLE_TOKEN=..., as a shell's or a service manager's file of variables has it. */
static size_t name_len(const struct plain *t)
{
        size_t n = 0;

        while (n < t->len && (t->at[n] == '_' || (t->at[n] >= 'A' && t->at[n] <= 'Z') ||
                              (n && t->at[n] >= '0' && t->at[n] <= '9')))
                n++;
        return n && n + 1 < t->len && t->at[n] == '=' ? n + 1 : 0;
}

static bool drop_word(struct plain *t, const char *word)
{
        size_t n = strlen(word);

        if (!begins_with(t, word) || t->len == n || !is_blank(t->at[n]))
                return false;
        take_off(t, n, 0);
        trim(t, is_blank);
        return true;
}

static void unwrap(struct plain *t)
{
        size_t before;

        do {
                before = t->len;
                plain_trim(t);
                if (in_quotes(t))
                        take_off(t, 1, 1);
        } while (t->len < before);
}

int plain_word(struct plain *text, struct trouble *ret_trouble)
{
        struct plain word = *text;
        int r = only_line(&word, true, "more than one word, and just one is expected", ret_trouble);

        if (r < 0)
                return r;
        unwrap(&word);
        (void)drop_word(&word, "export");
        take_off(&word, name_len(&word), 0);
        unwrap(&word);
        (void)drop_word(&word, "Authorization:");
        (void)drop_word(&word, "Bearer");
        unwrap(&word);
        if (!word.len)
                return trouble_set(ret_trouble, FAULT_CONFIG, "the file is empty");
        for (size_t i = 0; i < word.len; i++)
                if (is_space(word.at[i]))
                        return trouble_set(ret_trouble, FAULT_CONFIG,
                                           "more than one word, and just one is expected");
        *text = word;
        return 0;
}

int plain_code(struct plain *text, struct trouble *ret_trouble)
{
        int r = only_line(text, false, "there is more text, and a code is one line", ret_trouble);

        plain_trim(text);
        return r;
}

/* values */

static bool is_comment(const struct plain *t)
{
        return t->len > 0 && (t->at[0] == '#' || t->at[0] == ';');
}

/* Where the quotes that `t` begins with end: behind them there is nothing, or a comment. 0: they do not. */
static size_t closing_quote(const struct plain *t)
{
        for (size_t i = 1; i < t->len; i++) {
                struct plain behind = { t->at + i + 1, t->len - i - 1 };

                if (t->at[i] != t->at[0])
                        continue;
                trim(&behind, is_blank);
                if (behind.len == 0 || is_comment(&behind))
                        return i;
        }
        return 0;
}

int plain_value(struct plain *text, bool free, struct trouble *ret_trouble)
{
        struct plain value = *text;
        size_t closing;

        plain_trim(&value);
        closing = value.len && is_quote(value.at[0]) ? closing_quote(&value) : 0;
        if (closing) {
                *text = (struct plain){ value.at + 1, closing - 1 };
                return 0;
        }
        for (size_t i = 0; i < value.len; i++) {
                struct plain behind = { value.at + i, value.len - i };

                if (!is_comment(&behind) || (i && !is_blank(value.at[i - 1])))
                        continue;
                if (free)
                        return trouble_set(ret_trouble, FAULT_CONFIG,
                                           "'%c' after a blank may begin a comment or belong to the value: "
                                           "put the comment on a line of its own, or the value in quotes",
                                           value.at[i]);
                value.len = i;
        }
        trim(&value, is_blank);
        *text = value;
        return 0;
}
