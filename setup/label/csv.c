/* SPDX-License-Identifier: Apache-2.0 */

/* One pass, forward only. A quote counts where a cell begins, as in RFC 4180; elsewhere it is a character as
 * any other, since that is what people who write lists by hand mean by it. */

#include "setup/label/csv.h"
#include <errno.h>
#include <string.h>

static const char separators[] = ",;\t";

/* Length of the line end at `at`; 0: there is none. */
static size_t line_end(const char *text, size_t len, size_t at)
{
        if (at < len && text[at] == '\r')
                return at + 1 < len && text[at + 1] == '\n' ? 2 : 1;
        return at < len && text[at] == '\n';
}

static bool ends_cell(const struct csv *c, size_t at)
{
        return at == c->len || c->text[at] == c->separator || line_end(c->text, c->len, at) > 0;
}

static bool is_blank(const struct csv *c, size_t at)
{
        return at < c->len && c->text[at] != c->separator && (c->text[at] == ' ' || c->text[at] == '\t');
}

static char choose_separator(const char *text, size_t len)
{
        size_t n[sizeof(separators)] = {}, best = 0;
        bool quoted = false;

        for (size_t at = 0; at < len && (quoted || !line_end(text, len, at)); at++) {
                const char *found = text[at] ? strchr(separators, text[at]) : NULL;

                quoted ^= text[at] == '"';
                if (found && !quoted)
                        n[found - separators]++;
        }
        for (size_t i = 1; separators[i]; i++)
                if (n[i] > n[best])
                        best = i;
        return separators[best];
}

struct csv csv_begin(const char *text, size_t len)
{
        struct csv c = { .text = text, .len = len, .line = 1 };

        if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
                c.at = 3;
        for (size_t n = line_end(text, len, c.at); n > 0; n = line_end(text, len, c.at)) {
                c.at += n;
                c.line++;
        }
        c.separator = choose_separator(text + c.at, len - c.at);
        return c;
}

static void take_plain(struct csv *c, struct csv_cell *ret)
{
        size_t start = c->at, end;

        while (!ends_cell(c, c->at))
                c->at++;
        end = c->at;
        while (end > start && is_blank(c, end - 1))
                end--;
        *ret = (struct csv_cell){ .at = c->text + start, .len = end - start };
}

/* Behind the first quote. */
static enum csv_wrong take_quoted(struct csv *c, struct csv_cell *ret)
{
        size_t start = c->at;

        while (c->at < c->len &&
               (c->text[c->at] != '"' || (c->at + 1 < c->len && c->text[c->at + 1] == '"'))) {
                size_t n = line_end(c->text, c->len, c->at);

                c->line += n > 0;
                c->at += n > 0 ? n : c->text[c->at] == '"' ? 2 : 1;
        }
        if (c->at == c->len)
                return CSV_OPEN_QUOTE;
        *ret = (struct csv_cell){ .at = c->text + start, .len = c->at - start, .quoted = true };
        c->at++;
        while (is_blank(c, c->at))
                c->at++;
        return ends_cell(c, c->at) ? CSV_FINE : CSV_BEHIND_QUOTE;
}

static enum csv_wrong take_cell(struct csv *c, struct csv_cell *ret)
{
        while (is_blank(c, c->at))
                c->at++;
        if (c->at == c->len || c->text[c->at] != '"') {
                take_plain(c, ret);
                return CSV_FINE;
        }
        c->at++;
        return take_quoted(c, ret);
}

/* What is left of a line that cannot be read. */
static void skip_line(struct csv *c)
{
        while (c->at < c->len && line_end(c->text, c->len, c->at) == 0)
                c->at++;
}

static void take_row(struct csv *c, struct csv_row *ret)
{
        *ret = (struct csv_row){ .line = c->line };
        do {
                if (ret->n == CSV_COLUMNS_MAX)
                        ret->wrong = CSV_TOO_WIDE;
                else
                        ret->wrong = take_cell(c, &ret->cell[ret->n]);
                if (ret->wrong != CSV_FINE)
                        break;
                ret->n++;
        } while (c->at < c->len && c->text[c->at] == c->separator && ++c->at);
        if (ret->wrong != CSV_FINE)
                skip_line(c);
        if (line_end(c->text, c->len, c->at)) {
                c->at += line_end(c->text, c->len, c->at);
                c->line++;
        }
}

static bool is_empty(const struct csv_row *row)
{
        for (size_t i = 0; i < row->n; i++)
                if (row->cell[i].len)
                        return false;
        return row->wrong == CSV_FINE;
}

bool csv_next(struct csv *c, struct csv_row *ret)
{
        while (c->at < c->len) {
                take_row(c, ret);
                if (!is_empty(ret))
                        return true;
        }
        return false;
}

bool csv_like_formula(const char *text)
{
        const char *c = text + strspn(text, "'");

        return *c && strchr("=+-@", *c);
}

int csv_text(const struct csv_cell *cell, char *ret, size_t size)
{
        size_t n = 0;

        for (size_t i = 0; i < cell->len; i++) {
                if (n + 1 >= size)
                        return -E2BIG;
                ret[n++] = cell->at[i];
                i += cell->quoted && cell->at[i] == '"';
        }
        ret[n] = 0;
        return 0;
}
