/* SPDX-License-Identifier: Apache-2.0 */

/* A statement is known by the address of its text, which is a constant of the program: looking it up is a
 * short walk, and preparing it anew would cost more than most of them do. */

#include "setup/store/sql.h"
#include <errno.h>
#include <stdarg.h>

static int prepare(struct base *b, const char *sql, sqlite3_stmt **ret)
{
        for (size_t i = 0; i < BASE_STATEMENTS; i++) {
                int rc;

                if (b->kept[i].sql == sql) {
                        *ret = b->kept[i].statement;
                        return 0;
                }
                if (b->kept[i].sql)
                        continue;
                rc = sqlite3_prepare_v3(b->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &b->kept[i].statement,
                                        NULL);
                if (rc != SQLITE_OK)
                        return base_error(b, rc);
                b->kept[i].sql = sql;
                *ret = b->kept[i].statement;
                return 0;
        }
        return -ENOBUFS;
}

static int bind(struct base *b, sqlite3_stmt *s, const char *types, va_list arguments)
{
        for (int i = 1; types[i - 1]; i++) {
                int rc = SQLITE_MISUSE;

                if (types[i - 1] == 'i')
                        rc = sqlite3_bind_int64(s, i, va_arg(arguments, int64_t));
                else if (types[i - 1] == 'n')
                        rc = sqlite3_bind_int(s, i, va_arg(arguments, int));
                else if (types[i - 1] == 't')
                        rc = sqlite3_bind_text(s, i, va_arg(arguments, const char *), -1, SQLITE_STATIC);
                else if (types[i - 1] == 'b') {
                        const void *bytes = va_arg(arguments, const void *);

                        rc = sqlite3_bind_blob64(s, i, bytes, va_arg(arguments, size_t), SQLITE_STATIC);
                }
                if (rc != SQLITE_OK)
                        return base_error(b, rc);
        }
        return 0;
}

static int begin(struct base *b, const char *sql, sqlite3_stmt **ret, const char *types, va_list arguments)
{
        sqlite3_stmt *s;
        int r;

        r = prepare(b, sql, &s);
        if (r < 0)
                return r;
        r = bind(b, s, types, arguments);
        if (r < 0) {
                sql_end(&s);
                return r;
        }
        *ret = s;
        return 0;
}

int sql_begin(struct base *b, const char *sql, sqlite3_stmt **ret, const char *types, ...)
{
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = begin(b, sql, ret, types, arguments);
        va_end(arguments);
        return r;
}

int sql_row(struct base *b, sqlite3_stmt *s)
{
        int rc = sqlite3_step(s);

        if (rc == SQLITE_ROW)
                return 1;
        return rc == SQLITE_DONE ? 0 : base_error(b, rc);
}

void sql_end(sqlite3_stmt **s)
{
        if (!*s)
                return;
        (void)sqlite3_reset(*s);
        (void)sqlite3_clear_bindings(*s);
        *s = NULL;
}

int sql_run(struct base *b, const char *sql, const char *types, ...)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = begin(b, sql, &s, types, arguments);
        va_end(arguments);
        while (r >= 0) {
                r = sql_row(b, s);
                if (r == 0)
                        return sqlite3_changes(b->db);
        }
        return r;
}

int sql_number(struct base *b, int64_t *ret, const char *sql, const char *types, ...)
{
        _cleanup_(sql_end) sqlite3_stmt *s = NULL;
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = begin(b, sql, &s, types, arguments);
        va_end(arguments);
        if (r < 0)
                return r;
        r = sql_row(b, s);
        if (r <= 0)
                return r < 0 ? r : -ENODATA;
        *ret = sqlite3_column_int64(s, 0);
        return 0;
}

int sql_do(struct base *b, const char *sql)
{
        int rc = sqlite3_exec(b->db, sql, NULL, NULL, NULL);

        return rc == SQLITE_OK ? 0 : base_error(b, rc);
}
