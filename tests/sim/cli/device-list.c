/* SPDX-License-Identifier: Apache-2.0 */

/* Read in place: fields end where their comma was. Quotes, CRLF and a byte order mark are understood, a line
 * end inside of quotes is not: nothing that a device is has one. */

#include "tests/sim/cli/device-list.h"
#include "proto/base/bytes.h"
#include "proto/base/cleanup.h"
#include "tests/sim/cloud/file.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { LIST_MAX = 16 * 1024 * 1024, COLUMNS_MAX = 32, PASSED_OVER = -1, LABEL = 0 };

#define WHITE " \t"

static const struct column {
        const char *name;
        size_t offset; /* in struct device_row */
} columns[] = {
        [LABEL] = { "label", 0 },
        { "serial", offsetof(struct device_row, serial) },
        { "secret", offsetof(struct device_row, secret) },
        { "platform", offsetof(struct device_row, platform) },
        { "os", offsetof(struct device_row, os) },
        { "id", offsetof(struct device_row, id) },
        { "rssi", offsetof(struct device_row, rssi) },
};

struct header {
        int column[COLUMNS_MAX]; /* index into columns[] or PASSED_OVER */
        size_t n;
};

static int complain(const char *what, unsigned line, char **ret_why)
{
        if (asprintf(ret_why, "line %u: %s", line, what) < 0) {
                *ret_why = NULL;
                return -ENOMEM;
        }
        return -EINVAL;
}

static char *take_line(char **rest)
{
        char *line = *rest, *end = line + strcspn(line, "\n");

        *rest = *end ? end + 1 : end;
        *end = '\0';
        if (end > line && end[-1] == '\r')
                end[-1] = '\0';
        return line;
}

/* What stands between quotes, with "" for one; *rest is then what follows the closing one. */
static char *take_quoted(char **rest)
{
        char *from = *rest + 1, *to = from, *field = from;

        while (*from && (*from != '"' || from[1] == '"')) {
                from += *from == '"';
                *to++ = *from++;
        }
        from += *from == '"';
        from += strcspn(from, ",");
        *rest = *from ? from + 1 : NULL;
        *to = '\0';
        return field;
}

/* NULL in *rest: that was the last. */
static char *take_field(char **rest)
{
        char *field = *rest + strspn(*rest, WHITE), *end;

        if (*field == '"') {
                *rest = field;
                return take_quoted(rest);
        }
        end = field + strcspn(field, ",");
        *rest = *end ? end + 1 : NULL;
        *end = '\0';
        while (end > field && strchr(WHITE, end[-1]))
                *--end = '\0';
        return field;
}

static int read_header(char *line, struct header *ret, char **ret_why)
{
        struct header h = { 0 };
        bool given[ELEMENTSOF(columns)] = { false };

        while (line) {
                const char *name = take_field(&line);

                if (h.n == COLUMNS_MAX)
                        return complain("too many columns", 1, ret_why);
                h.column[h.n] = PASSED_OVER;
                for (size_t i = 0; i < ELEMENTSOF(columns); i++)
                        if (strcmp(columns[i].name, name) == 0) {
                                h.column[h.n] = (int)i;
                                given[i] = true;
                        }
                h.n++;
        }
        if (given[0] == (given[1] && given[2]))
                return complain("the header needs a column \"label\", or \"serial\" and \"secret\"", 1,
                                ret_why);
        *ret = h;
        return 0;
}

/* "SERIAL SECRET" */
static void take_label(char *label, struct device_row *row)
{
        size_t len = strcspn(label, WHITE);

        row->secret = label + len + strspn(label + len, WHITE);
        label[len] = '\0';
        row->serial = label;
}

static int read_row(const struct header *h, char *line, struct device_row *row, char **ret_why)
{
        for (size_t i = 0; line && i < h->n; i++) {
                char *field = take_field(&line);

                if (h->column[i] == PASSED_OVER || !*field)
                        continue;
                if (h->column[i] == LABEL)
                        take_label(field, row);
                else
                        *(const char **)((char *)row + columns[h->column[i]].offset) = field;
        }
        return row->serial && row->secret && *row->secret
                       ? 0
                       : complain("a device needs its serial number and its secret", row->line, ret_why);
}

static int read_rows(const struct header *h, char *rest, struct device_list *l, char **ret_why)
{
        for (unsigned line = 2; *rest; line++) {
                char *text = take_line(&rest);
                struct device_row *grown;
                int r;

                if (!text[strspn(text, WHITE)])
                        continue;
                grown = reallocarray(l->row, l->n + 1, sizeof(*l->row));
                if (!grown)
                        return -ENOMEM;
                l->row = grown;
                l->row[l->n] = (struct device_row){ .line = line };
                r = read_row(h, text, &l->row[l->n++], ret_why);
                if (r < 0)
                        return r;
        }
        return l->n ? 0 : complain("no device follows the header", 1, ret_why);
}

int device_list_read(const char *path, struct device_list *ret, char **ret_why)
{
        static const char mark[] = "\xef\xbb\xbf";
        _cleanup_(device_list_done) struct device_list l = { 0 };
        struct header h;
        char *rest;
        int r;

        *ret_why = NULL;
        r = file_read(path, LIST_MAX, &l.text);
        if (r < 0)
                return r;
        l.len = strlen(l.text);
        rest = l.text + (strncmp(l.text, mark, strlen(mark)) == 0 ? strlen(mark) : 0);
        r = read_header(take_line(&rest), &h, ret_why);
        if (r == 0)
                r = read_rows(&h, rest, &l, ret_why);
        if (r < 0)
                return r;
        *ret = l;
        l = (struct device_list){ 0 };
        return 0;
}

void device_list_done(struct device_list *l)
{
        if (l->text)
                sodium_memzero(l->text, l->len);
        free(l->text);
        free(l->row);
        *l = (struct device_list){ 0 };
}
