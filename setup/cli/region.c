/* SPDX-License-Identifier: Apache-2.0 */

/* The cursor stands behind the last line, so that a terminal that is cleared or scrolls by itself leaves the
 * rest right. A terminal that has become narrower has broken the lines that stood there; how many there are
 * then follows from their widths. */

#include "setup/cli/region.h"
#include "proto/base/bytes.h"
#include "setup/cli/columns.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

enum { LINES_MAX = 64, LINE_MAX_BYTES = 512, OUT_MAX = 1 << 22, ROWS_UNKNOWN = 24, COLUMNS_UNKNOWN = 80 };

struct lines {
        char text[LINES_MAX][LINE_MAX_BYTES];
        size_t n;
};

struct region {
        FILE *f;
        size_t columns, rows; /* of the terminal, as it said last */
        size_t room;          /* lines that may be shown */
        size_t shown_columns; /* as it was when `shown` was written */
        struct lines shown, next;
        struct buf out;
};

int region_new(FILE *f, struct region **ret)
{
        struct region *r = calloc(1, sizeof(*r));

        if (!r)
                return -ENOMEM;
        r->f = f;
        r->out = buf_init(OUT_MAX);
        *ret = r;
        return 0;
}

struct region *region_free(struct region *r)
{
        if (!r)
                return NULL;
        buf_done(&r->out);
        free(r);
        return NULL;
}

/* ---- writing: what has no room is left out, and stands there the next time ---- */

static void put(struct region *r, const char *text)
{
        (void)buf_append(&r->out, text, strlen(text));
}

static void put_up(struct region *r, size_t lines)
{
        char code[24];

        put(r, "\r");
        if (lines == 0)
                return;
        (void)snprintf(code, sizeof(code), "\033[%zuA", lines);
        put(r, code);
}

static void put_out(struct region *r)
{
        (void)fwrite(r->out.data, 1, r->out.len, r->f);
        (void)fflush(r->f);
        buf_consume(&r->out, r->out.len);
}

/* ---- where the lines stand ---- */

/* How many lines of the terminal those take that are shown. */
static size_t taken(const struct region *r)
{
        size_t n = 0;

        for (size_t i = 0; i < r->shown.n; i++) {
                size_t wide = columns_of(r->shown.text[i]);

                n += wide > r->columns ? (wide + r->columns - 1) / r->columns : 1;
        }
        return n;
}

static void put_cleared(struct region *r)
{
        size_t n = taken(r);

        if (n == 0)
                return;
        put_up(r, n - 1);
        put(r, "\033[J");
        r->shown.n = 0;
}

size_t region_begin(struct region *r, size_t *ret_columns)
{
        struct winsize size = {};
        bool known = ioctl(fileno(r->f), TIOCGWINSZ, &size) == 0;

        r->columns = known && size.ws_col > 1 ? size.ws_col : COLUMNS_UNKNOWN;
        r->rows = known && size.ws_row > 0 ? size.ws_row : ROWS_UNKNOWN;
        r->room = r->rows <= 2 ? 1 : r->rows - 1 < LINES_MAX ? r->rows - 1 : LINES_MAX;
        r->next.n = 0;
        *ret_columns = r->columns - 1; /* a full line would begin the next one */
        return r->room;
}

void region_line(struct region *r, const char *text)
{
        size_t columns = r->columns - 1, len = columns_fit(text, columns);

        if (r->next.n >= r->room)
                return;
        while (len >= LINE_MAX_BYTES)
                len = columns_fit(text, --columns);
        memcpy(r->next.text[r->next.n], text, len);
        r->next.text[r->next.n++][len] = 0;
}

/* ---- showing ---- */

static void put_all(struct region *r)
{
        for (size_t i = 0; i < r->next.n; i++) {
                put(r, i > 0 ? "\n" : "");
                put(r, r->next.text[i]);
        }
}

/* Line by line, over those that are there; there are at least as many as before. */
static void put_changes(struct region *r)
{
        put_up(r, r->shown.n - 1);
        for (size_t i = 0; i < r->next.n; i++) {
                put(r, i > 0 ? "\n" : "");
                if (i < r->shown.n && strcmp(r->shown.text[i], r->next.text[i]) == 0 && i + 1 < r->next.n)
                        continue;
                put(r, r->next.text[i]);
                put(r, "\033[K");
        }
}

static bool same(const struct region *r)
{
        if (r->shown.n != r->next.n)
                return false;
        for (size_t i = 0; i < r->shown.n; i++)
                if (strcmp(r->shown.text[i], r->next.text[i]) != 0)
                        return false;
        return true;
}

void region_show(struct region *r, const char *above)
{
        if (*above || r->columns != r->shown_columns || r->next.n < r->shown.n || r->shown.n == 0) {
                put_cleared(r);
                put(r, above);
                put_all(r);
        } else if (!same(r)) {
                put_changes(r);
        }
        r->shown_columns = r->columns;
        r->shown = r->next;
        r->next.n = 0;
        put_out(r);
}

void region_clear(struct region *r)
{
        size_t columns;

        (void)region_begin(r, &columns);
        put_cleared(r);
        put_out(r);
}
