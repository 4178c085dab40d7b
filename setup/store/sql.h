/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Statements: prepared once, kept, and always given back. */

#include "setup/store/base.h"

/* `sql` is a text that lives as long as the program. types: a letter for each ?1, ?2, ...: i int64_t; n int;
 * t text or NULL; b bytes and size_t. What is bound must live until sql_end(). */
int sql_begin(struct base *b, const char *sql, sqlite3_stmt **ret, const char *types, ...);

/* 1: a row; 0: the end; negative errno. */
int sql_row(struct base *b, sqlite3_stmt *s);

void sql_end(sqlite3_stmt **s);

/* Runs it to its end; how many rows were changed. */
int sql_run(struct base *b, const char *sql, const char *types, ...);

/* The first column of the first row. -ENODATA: there is no row. */
int sql_number(struct base *b, int64_t *ret, const char *sql, const char *types, ...);

/* One that is not kept. */
int sql_do(struct base *b, const char *sql);
