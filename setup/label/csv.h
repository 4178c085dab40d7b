/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Rows and cells of a table in text, as spreadsheets write it. Pure, and nothing is copied: a cell is a
 * piece of the text that was given, so that a secret in it stays where it is. */

#include <stdbool.h>
#include <stddef.h>

enum { CSV_COLUMNS_MAX = 32 };

struct csv_cell {
        const char *at;
        size_t len;
        bool quoted; /* without its quotes; a quote in it is written twice. Else without blanks around it */
};

/* What ends the reading of a row too early. */
enum csv_wrong {
        CSV_FINE,
        CSV_OPEN_QUOTE,   /* nothing closes a quote: the row goes to the end of the text */
        CSV_BEHIND_QUOTE, /* something stands between a quote and the end of its cell */
        CSV_TOO_WIDE,     /* more than CSV_COLUMNS_MAX cells */
};

struct csv_row {
        unsigned line; /* that it begins on, from 1 */
        size_t n;
        struct csv_cell cell[CSV_COLUMNS_MAX];
        enum csv_wrong wrong;
};

struct csv {
        const char *text;
        size_t len, at;
        char separator;
        unsigned line;
};

/* Begins at the first byte after a byte order mark. The separator is the one of comma, semicolon and tab
 * that the first row has most of. The text outlives it. */
struct csv csv_begin(const char *text, size_t len);

/* The next row that is not empty; false: there is none. Lines end with LF, CR LF or CR. */
bool csv_next(struct csv *c, struct csv_row *ret);

/* Would a spreadsheet take the text for a formula (it begins with = + - or @), or is it such a one behind
 * one ' or more? Who writes a table puts a ' in front of it, which makes it text there (OWASP
 * ASVS 5.0, 1.2.10); who reads one takes a ' away from it. So what was written is read, whatever it is. */
bool csv_like_formula(const char *text);

/* What the cell says, quotes undone, with a NUL. -E2BIG: more than size - 1 bytes. */
int csv_text(const struct csv_cell *cell, char *ret, size_t size);
