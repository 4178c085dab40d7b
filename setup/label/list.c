/* SPDX-License-Identifier: Apache-2.0 */

/* The text is walked twice by the same function: once to check all of it, once row by row for whoever works
 * with it. What is kept of a row in between is its serial number, to find a second one. */

#include "setup/label/list.h"
#include "proto/base/file.h"
#include "proto/base/text.h"
#include "setup/label/csv.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { SEEN_MIN = 64, SHOWN_MAX = 40 };

enum column { LABEL, SERIAL, SECRET, PROFILE, NAME, GROUPS, SITE, COLUMNS };

static const char *const column_names[COLUMNS] = {
        [LABEL] = "label", [SERIAL] = "serial", [SECRET] = "secret", [PROFILE] = "profile",
        [NAME] = "name",   [GROUPS] = "groups", [SITE] = "site",
};

struct seen {
        char serial[LABEL_SERIAL_LEN + 1]; /* "": free */
        unsigned line;
};

struct list {
        struct secret *text;
        struct csv csv, first; /* first: behind the header */
        size_t width;
        int at[COLUMNS]; /* where the column is; -1: there is none */
        struct list_row row;
        struct seen *seen; /* open addressing; at most half full */
        size_t n_rows, n_seen, seen_size;
        struct list_error error[LIST_ERRORS_MAX];
        size_t n_errors;
};

struct list *list_free(struct list *l)
{
        if (!l)
                return NULL;
        secret_free(l->text);
        free(l->seen);
        free(l);
        return NULL;
}

/* By line; the last ones are those that are not kept. */
void list_refuse(struct list *l, unsigned line, const struct trouble *why)
{
        size_t i = l->n_errors < LIST_ERRORS_MAX ? l->n_errors : LIST_ERRORS_MAX - 1;

        if (l->n_errors++ >= LIST_ERRORS_MAX && l->error[i].line <= line)
                return;
        for (; i > 0 && l->error[i - 1].line > line; i--)
                l->error[i] = l->error[i - 1];
        l->error[i] = (struct list_error){ line, *why };
}

/* header */

static const char how_to_begin[] =
        "the first line names the columns: label, or serial and secret; and if wanted "
        "profile, name, groups, site";

static int find_column(const struct csv_cell *cell)
{
        for (int i = 0; i < COLUMNS; i++)
                if (cell->len == strlen(column_names[i]) &&
                    strncasecmp(cell->at, column_names[i], cell->len) == 0)
                        return i;
        return -1;
}

/* A list without a header begins with a secret: nothing of it is told. */
static int refuse_headless(const struct csv_row *row, struct trouble *why)
{
        if (row->n == 1 && label_check(row->cell[0].at, row->cell[0].len) == FAULT_NONE)
                return trouble_set(
                        why, FAULT_CONFIG,
                        "the list has no header: put a line with the one word label in front of the "
                        "first sticker");
        if (row->n == 2 && row->cell[0].len == LABEL_SERIAL_LEN && row->cell[1].len >= LABEL_SECRET_MIN &&
            row->cell[1].len <= LABEL_SECRET_LEN)
                return trouble_set(
                        why, FAULT_CONFIG,
                        "the list has no header: put the line serial,secret in front of the first "
                        "device");
        return trouble_set(why, FAULT_CONFIG, "the list has no header: %s", how_to_begin);
}

static int take_column(struct list *l, const struct csv_cell *cell, size_t i, struct trouble *why)
{
        int column = find_column(cell);

        if (cell->len == 0)
                return 0;
        if (column < 0)
                return trouble_set(why, FAULT_CONFIG, "there is no column '%.*s': %s",
                                   cell->len < SHOWN_MAX ? (int)cell->len : SHOWN_MAX, cell->at,
                                   how_to_begin);
        if (l->at[column] >= 0)
                return trouble_set(why, FAULT_CONFIG, "the column %s is there twice: take one out",
                                   column_names[column]);
        l->at[column] = (int)i;
        return 0;
}

static int check_columns(const struct list *l, struct trouble *why)
{
        bool label = l->at[LABEL] >= 0, serial = l->at[SERIAL] >= 0, secret = l->at[SECRET] >= 0;

        if (label && (serial || secret))
                return trouble_set(
                        why, FAULT_CONFIG,
                        "the column label holds serial number and secret: take it out, or serial and "
                        "secret");
        if (!label && serial != secret)
                return trouble_set(why, FAULT_CONFIG, "the column %s is missing: it goes with %s",
                                   serial ? "secret" : "serial", serial ? "serial" : "secret");
        if (!label && !serial)
                return trouble_set(why, FAULT_CONFIG,
                                   "the column label is missing, or serial and secret: %s", how_to_begin);
        return 0;
}

static const char *wrong_words(enum csv_wrong wrong)
{
        switch (wrong) {
        case CSV_FINE: return NULL;
        case CSV_OPEN_QUOTE:
                return "a quote that opens a cell here is never closed, so that nothing behind it could be read: "
                       "close it, or write it twice within quotes";
        case CSV_BEHIND_QUOTE:
                return "something stands between a closing quote and the end of its cell: a quote within quotes is "
                       "written twice";
        case CSV_TOO_WIDE: return "there are too many cells: at most 32";
        }
        return NULL;
}

static int take_header(struct list *l, struct trouble *why)
{
        struct csv_row row;
        size_t known = 0;
        int r = 0;

        for (int i = 0; i < COLUMNS; i++)
                l->at[i] = -1;
        if (!csv_next(&l->csv, &row))
                return trouble_set(why, FAULT_CONFIG, "the list is empty: %s", how_to_begin);
        l->row.line = row.line;
        if (row.wrong != CSV_FINE)
                return trouble_set(why, FAULT_CONFIG, "%s", wrong_words(row.wrong));
        for (size_t i = 0; i < row.n; i++)
                known += find_column(&row.cell[i]) >= 0;
        if (known == 0)
                return refuse_headless(&row, why);
        for (size_t i = 0; i < row.n && r == 0; i++)
                r = take_column(l, &row.cell[i], i, why);
        l->width = row.n;
        return r == 0 ? check_columns(l, why) : r;
}

/* rows */

static const struct csv_cell *cell_of(const struct list *l, const struct csv_row *row, enum column column)
{
        static const struct csv_cell empty = { .at = "" };
        int at = l->at[column];

        return at >= 0 && (size_t)at < row->n ? &row->cell[at] : &empty;
}

static int take_text(const struct list *l, const struct csv_row *row, enum column column,
                     char ret[static LIST_TEXT_MAX + 1], struct trouble *why)
{
        size_t n = 0, len;

        if (csv_text(cell_of(l, row, column), ret, LIST_TEXT_MAX + 1) < 0)
                return trouble_set(why, FAULT_CONFIG, "the column %s has more than %d bytes: shorten it",
                                   column_names[column], LIST_TEXT_MAX);
        if (*ret == '\'' && csv_like_formula(ret))
                memmove(ret, ret + 1, strlen(ret));
        len = strlen(ret);
        while (n < len) {
                size_t more = text_character((const uint8_t *)ret + n, len - n);

                if (more == 0)
                        return trouble_set(
                                why, FAULT_CONFIG,
                                "the column %s is no UTF-8 text on one line: take line breaks and "
                                "tabs out, and save the list as CSV UTF-8",
                                column_names[column]);
                n += more;
        }
        return 0;
}

/* "SERIAL SECRET", as a sticker has it. */
static int take_pair(const struct csv_cell *serial, const struct csv_cell *secret, struct list_row *ret,
                     struct trouble *why)
{
        char text[LABEL_SERIAL_LEN + 1 + LABEL_SECRET_LEN];
        int r;

        if (serial->len != LABEL_SERIAL_LEN)
                return trouble_set(
                        why, FAULT_CONFIG,
                        "the column serial is no serial number of %d letters and digits (it has %zu "
                        "characters)",
                        LABEL_SERIAL_LEN, serial->len);
        if (secret->len < LABEL_SECRET_MIN || secret->len > LABEL_SECRET_LEN)
                return trouble_set(
                        why, FAULT_CONFIG,
                        "the column secret is no mobile secret of 15 (early ones 12 to 14) letters and "
                        "digits (it has %zu characters)",
                        secret->len);
        memcpy(text, serial->at, serial->len);
        text[serial->len] = ' ';
        memcpy(text + serial->len + 1, secret->at, secret->len);
        r = label_look(text, serial->len + 1 + secret->len, ret->serial, &ret->secret, &ret->secret_len,
                       why);
        ret->secret = secret->at; /* not in what is wiped here */
        sodium_memzero(text, sizeof(text));
        return r;
}

static int take_label(const struct list *l, const struct csv_row *row, struct list_row *ret,
                      struct trouble *why)
{
        const struct csv_cell *cell = cell_of(l, row, LABEL);
        int r;

        if (l->at[LABEL] < 0)
                r = take_pair(cell_of(l, row, SERIAL), cell_of(l, row, SECRET), ret, why);
        else
                r = label_look(cell->at, cell->len, ret->serial, &ret->secret, &ret->secret_len, why);
        if (r != -EINVAL || why->fault == FAULT_CONFIG)
                return r;
        return trouble_set(
                why, FAULT_CONFIG,
                "the sticker's text is not one of a device: %s Serial number, a blank and the secret "
                "belong there",
                why->cause);
}

static int check_width(const struct list *l, const struct csv_row *row, struct trouble *why)
{
        for (size_t i = l->width; i < row->n; i++)
                if (row->cell[i].len)
                        return trouble_set(
                                why, FAULT_CONFIG,
                                "it has %zu cells, the header names %zu: put quotes around a cell "
                                "that holds the separator",
                                row->n, l->width);
        return 0;
}

/* -EINVAL with *why. */
static int take_row(const struct list *l, const struct csv_row *row, struct list_row *ret,
                    struct trouble *why)
{
        int r;

        ret->line = row->line;
        if (row->wrong != CSV_FINE)
                return trouble_set(why, FAULT_CONFIG, "%s", wrong_words(row->wrong));
        r = check_width(l, row, why);
        if (r == 0)
                r = take_text(l, row, PROFILE, ret->profile, why);
        if (r == 0)
                r = take_text(l, row, NAME, ret->name, why);
        if (r == 0)
                r = take_text(l, row, GROUPS, ret->groups, why);
        if (r == 0)
                r = take_text(l, row, SITE, ret->site, why);
        return r == 0 ? take_label(l, row, ret, why) : r;
}

/* serial numbers */

static struct seen *place_of(struct seen *seen, size_t size, const char *serial)
{
        uint64_t hash = 14695981039346656037u; /* FNV-1a */

        for (const char *c = serial; *c; c++)
                hash = (hash ^ (uint8_t)*c) * 1099511628211u;
        for (size_t i = (size_t)hash & (size - 1);; i = (i + 1) & (size - 1))
                if (!seen[i].serial[0] || strcmp(seen[i].serial, serial) == 0)
                        return &seen[i];
}

static int grow(struct list *l)
{
        size_t size = l->seen_size ? l->seen_size * 2 : SEEN_MIN;
        struct seen *seen;

        if (l->n_seen < l->seen_size / 2)
                return 0;
        seen = calloc(size, sizeof(*seen));
        if (!seen)
                return -ENOMEM;
        for (size_t i = 0; i < l->seen_size; i++)
                if (l->seen[i].serial[0])
                        *place_of(seen, size, l->seen[i].serial) = l->seen[i];
        free(l->seen);
        l->seen = seen;
        l->seen_size = size;
        return 0;
}

/* The line of the row that counts; -EINVAL: of another one. */
static int remember(struct list *l, const struct list_row *row, struct trouble *why)
{
        struct seen *s;

        if (grow(l) < 0)
                return -ENOMEM;
        s = place_of(l->seen, l->seen_size, row->serial);
        if (s->serial[0])
                return trouble_set(why, FAULT_CONFIG, "%s stands on line %u already: take one of them out",
                                   row->serial, s->line);
        memcpy(s->serial, row->serial, sizeof(s->serial));
        s->line = row->line;
        l->n_seen++;
        return 0;
}

/* whole lists */

static int check_rows(struct list *l)
{
        struct csv_row row;

        while (csv_next(&l->csv, &row)) {
                struct trouble why = {};
                int r = take_row(l, &row, &l->row, &why);

                if (r == 0)
                        r = remember(l, &l->row, &why);
                if (r == 0 && ++l->n_rows > LIST_ROWS_MAX) {
                        l->n_rows--;
                        (void)trouble_set(&why, FAULT_CONFIG,
                                          "there are more than %d devices: split the list", LIST_ROWS_MAX);
                        list_refuse(l, row.line, &why);
                        return 0;
                }
                if (r == -EINVAL)
                        list_refuse(l, row.line, &why);
                else if (r < 0)
                        return r;
        }
        return 0;
}

static int check(struct list *l)
{
        const char *text = secret_text(l->text);
        size_t len = secret_len(l->text);
        struct plain all = { text, len };
        struct trouble why = {};
        int r = 0;

        l->csv = csv_begin(text, len);
        if (plain_begin(&all, &why) < 0 || take_header(l, &why) < 0) {
                why.fault = FAULT_CONFIG;
                list_refuse(l, l->row.line ? l->row.line : 1, &why);
                l->csv.at = l->csv.len;
                l->first = l->csv;
                return 0;
        }
        l->first = l->csv;
        r = check_rows(l);
        l->csv = l->first;
        if (r == 0 && l->n_rows == 0 && l->n_errors == 0) {
                (void)trouble_set(&why, FAULT_CONFIG,
                                  "there is nothing below the header: put a line a device there");
                list_refuse(l, l->row.line, &why);
        }
        return r;
}

static int list_new(struct secret *text, struct list **ret)
{
        _cleanup_(list_freep) struct list *l = calloc(1, sizeof(*l));
        int r;

        if (!l) {
                secret_free(text);
                return -ENOMEM;
        }
        l->text = text;
        r = check(l);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(l);
        return 0;
}

int list_parse(const char *text, size_t len, struct list **ret)
{
        struct secret *s;
        int r = secret_new(text, len, &s);

        return r < 0 ? r : list_new(s, ret);
}

static int refuse(const char *path, int error, struct trouble *why)
{
        if (error == -EPERM)
                return trouble_set(why, FAULT_CONFIG, "%s can be read by others: chmod o-rwx %s", path,
                                   path);
        if (error == -E2BIG)
                return trouble_set(why, FAULT_CONFIG, "%s is too long: at most %d bytes, split the list",
                                   path, LIST_FILE_MAX);
        if (error == -ENODATA)
                return trouble_set(why, FAULT_CONFIG, "%s is empty: %s", path, how_to_begin);
        return error == -ENOMEM ? error : file_trouble(path, error, why);
}

/* Room for what a pipe brings is made at once, since guarded memory does not grow. */
int list_read(const char *path, struct list **ret, struct trouble *ret_trouble)
{
        struct secret *text;
        size_t max = LIST_FILE_MAX;
        struct stat st;
        int r;

        if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size < max)
                max = (size_t)st.st_size;
        r = secret_read_file(path, max, &text);
        return r < 0 ? refuse(path, r, ret_trouble) : list_new(text, ret);
}

size_t list_rows(const struct list *l)
{
        return l->n_rows;
}

size_t list_errors(const struct list *l)
{
        return l->n_errors;
}

const struct list_error *list_error_at(const struct list *l, size_t i)
{
        return i < l->n_errors && i < LIST_ERRORS_MAX ? &l->error[i] : NULL;
}

void list_rewind(struct list *l)
{
        l->csv = l->first;
}

/* A second row of a serial number is not right: the line that is remembered is the first one's. */
int list_next(struct list *l, const struct list_row **ret)
{
        struct csv_row row;

        while (csv_next(&l->csv, &row)) {
                struct trouble why = {};
                int r = take_row(l, &row, &l->row, &why);

                if (r == 0 && place_of(l->seen, l->seen_size, l->row.serial)->line != row.line)
                        continue;
                if (r == -EINVAL)
                        continue;
                if (r == 0)
                        *ret = &l->row;
                return r == 0 ? 1 : r;
        }
        list_rewind(l);
        return 0;
}
