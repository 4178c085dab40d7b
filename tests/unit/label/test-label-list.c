/* SPDX-License-Identifier: Apache-2.0 */

/* Lists of devices as spreadsheets and people write them: text in, rows or the words of every error out. */

#include "setup/label/csv.h"
#include "setup/label/list.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define A "ARNHAB000ABCDEF"
#define B "ARNHAB000ABCDEG"
#define X "abcDEF123456789"

static struct list *parse(const char *text, size_t len)
{
        struct list *l = NULL;

        assert_int_equal(list_parse(text, len, &l), 0);
        return l;
}

static void check_row(const struct list_row *row, unsigned line, const char *serial, const char *name)
{
        assert_int_equal(row->line, line);
        assert_string_equal(row->serial, serial);
        assert_int_equal(row->secret_len, strlen(X));
        assert_memory_equal(row->secret, X, strlen(X));
        assert_string_equal(row->name, name);
}

/* Two devices, the second one named. */
static const struct {
        const char *text;
        unsigned line[2];
} good[] = {
        { "label,name\n" A " " X ",\n" B " " X ",Kitchen\n", { 2, 3 } },
        { "label,name\n" A " " X "\n" B " " X ",Kitchen", { 2, 3 } },
        { "\xef\xbb\xbfLabel;Name\r\n" A " " X ";\r\n\r\n" B " " X ";Kitchen\r\n", { 2, 4 } },
        { "name\tSECRET\tserial\n\t" X "\t" A "\nKitchen\t" X "\t" B "\n", { 2, 3 } },
        { "\n\nlabel,name\r" A " " X "\r,\r" B " " X ",Kitchen,,\r", { 4, 6 } },
        { "\"name\",\"label\"\n\"\",\"" A "\r\n" X "\"\n \"Kitchen\" , \"" B " " X "\" \n", { 2, 4 } },
        { "groups,label,site,profile,name\n\"a,b\",]d1" A " " X ",,,\n,  " B "\t" X "  ,n,shop,Kitchen\n",
          { 2, 3 } },
};

static void rows_are_read(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                _cleanup_(list_freep) struct list *l = parse(good[i].text, strlen(good[i].text));
                const struct list_row *row;

                if (list_errors(l))
                        fail_msg("%zu: %s", i, list_error_at(l, 0)->why.cause);
                assert_int_equal(list_rows(l), 2);
                for (int again = 0; again < 2; again++) {
                        assert_int_equal(list_next(l, &row), 1);
                        check_row(row, good[i].line[0], A, "");
                        assert_int_equal(list_next(l, &row), 1);
                        check_row(row, good[i].line[1], B, "Kitchen");
                        assert_int_equal(list_next(l, &row), 0);
                }
        }
}

static void all_columns_are_read(void **state)
{
        static const char text[] =
                "site,groups,label,profile,name\nnorth,\"a, b\"," A " " X ",shop,\"say \"\"hi\"\", K\xc3\xbc"
                "che\"\n";
        _cleanup_(list_freep) struct list *l = parse(text, sizeof(text) - 1);
        const struct list_row *row;

        (void)state;
        assert_int_equal(list_errors(l), 0);
        assert_int_equal(list_next(l, &row), 1);
        assert_string_equal(row->site, "north");
        assert_string_equal(row->groups, "a, b");
        assert_string_equal(row->profile, "shop");
        assert_string_equal(row->name, "say \"hi\", K\xc3\xbc"
                                       "che");
}

static const struct {
        const char *text;
        unsigned line;
        const char *words; /* a part of them */
} bad[] = {
        { "", 1, "the list is empty" },
        { "\n\n", 1, "the list is empty" },
        { A " " X "\n" B " " X "\n", 1, "put a line with the one word label" },
        { A "," X "\n", 1, "put the line serial,secret" },
        { "x,y\n", 1, "the first line names the columns" },
        { "label\n\n", 1, "nothing below the header" },
        { "label,colour\n", 1, "no column 'colour'" },
        { "label,name,Name\n", 1, "the column name is there twice" },
        { "label,serial\n", 1, "the column label holds" },
        { "name,serial\n", 1, "the column secret is missing: it goes with serial" },
        { "name,secret\n", 1, "the column serial is missing" },
        { "name\n", 1, "the column label is missing" },
        { "\n\"label\n", 2, "never closed" },
        { "label\n" A " " X "\n" A "\n", 3, "It holds the serial number of a device (Argon) alone" },
        { "label\n" A " " X "\n" A " short\n", 3, "it has 5 characters" },
        { "serial,secret\n" A ",\n", 2, "(it has 0 characters)" },
        { "serial,secret\nX," X "\n", 2, "the column serial is no serial number" },
        { "serial,secret\n" A ",abcDEF12345678-\n", 2, "no mobile secret" },
        { "label,name\n" A " " X ",\"a\nb\"\n", 2, "the column name is no UTF-8 text on one line" },
        { "label,name\n" A " " X ",K\xfc"
          "che\n",
          2, "CSV UTF-8" },
        { "label,name\n" A " " X ",a,b\n", 2, "it has 3 cells, the header names 2" },
        { "label,name\n" A " " X ",\"a\"b\n", 2, "between a closing quote" },
        { "label,name\n" A " " X ",a\n" B " " X ",\"b\n\n", 3, "never closed" },
        { "label\n" A " " X "\n\n" A " " X "\n", 4, A " stands on line 2 already" },
        { "label\n" A " " X "\n" A " abcDEF123456780\n", 3, "stands on line 2 already" },
};

/* What a table of results has in front of them, for spreadsheets; a text that really begins so has one more.
 */
static void no_formula_is_one(void **state)
{
        static const struct {
                const char *cell, *name;
        } cells[] = {
                { "'=1+1", "=1+1" },
                { "'-5 degrees", "-5 degrees" },
                { "''@home", "'@home" },
                { "\"'+1,2\"", "+1,2" },
                { "=1+1", "=1+1" },
                { "'s Gravenhage", "'s Gravenhage" },
                { "'", "'" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cells); i++) {
                _cleanup_(list_freep) struct list *l = NULL;
                const struct list_row *row;
                char text[128];

                (void)snprintf(text, sizeof(text), "label,name\n" A " " X ",%s\n", cells[i].cell);
                l = parse(text, strlen(text));
                assert_int_equal(list_next(l, &row), 1);
                check_row(row, 2, A, cells[i].name);
                assert_int_equal(csv_like_formula(cells[i].name), strpbrk(cells[i].name, "=+-@") != NULL);
        }
}

static void errors_are_named(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                _cleanup_(list_freep) struct list *l = parse(bad[i].text, strlen(bad[i].text));
                const struct list_error *e = list_error_at(l, 0);

                if (!e || list_errors(l) != 1 || e->line != bad[i].line ||
                    !strstr(e->why.cause, bad[i].words))
                        fail_msg("%zu: %zu errors, line %u: %s", i, list_errors(l), e ? e->line : 0,
                                 e ? e->why.cause : "");
                assert_int_equal(e->why.fault, FAULT_CONFIG);
                assert_null(strstr(e->why.cause, X));
        }
}

static void utf16_is_named(void **state)
{
        static const char text[] = "\xff\xfel\0a\0b\0e\0l\0\n\0";
        _cleanup_(list_freep) struct list *l = parse(text, sizeof(text) - 1);

        (void)state;
        assert_int_equal(list_errors(l), 1);
        assert_non_null(strstr(list_error_at(l, 0)->why.cause, "UTF-16"));
}

/* Appends. */
static void put(char *text, size_t size, const char *more)
{
        size_t len = strlen(text);

        assert_true((size_t)snprintf(text + len, size - len, "%s", more) < size - len);
}

/* All of them at once, in order; of very many the first ones. */
static void every_error_is_told(void **state)
{
        char text[4096] = "label\n";
        _cleanup_(list_freep) struct list *l = NULL;

        (void)state;
        for (int i = 0; i < 70; i++)
                put(text, sizeof(text), i == 3 ? A " " X "\n" : "nothing\n");
        l = parse(text, strlen(text));
        assert_int_equal(list_rows(l), 1);
        assert_int_equal(list_errors(l), 69);
        assert_int_equal(list_error_at(l, 2)->line, 4);
        assert_int_equal(list_error_at(l, 3)->line, 6);
        assert_non_null(list_error_at(l, LIST_ERRORS_MAX - 1));
        assert_null(list_error_at(l, LIST_ERRORS_MAX));
}

static void long_cells_and_wide_rows(void **state)
{
        static char text[8192];
        _cleanup_(list_freep) struct list *l = NULL, *wide = NULL;

        (void)state;
        put(text, sizeof(text), "label,name\n" A " " X ",");
        memset(text + strlen(text), 'n', LIST_TEXT_MAX);
        l = parse(text, strlen(text));
        assert_int_equal(list_errors(l), 0);
        l = list_free(l);
        put(text, sizeof(text), "n");
        l = parse(text, strlen(text));
        assert_non_null(strstr(list_error_at(l, 0)->why.cause, "more than 1024 bytes"));
        text[0] = 0;
        put(text, sizeof(text), "label\n" A " " X);
        put(text, sizeof(text), ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,");
        wide = parse(text, strlen(text));
        assert_non_null(strstr(list_error_at(wide, 0)->why.cause, "too many cells"));
}

static void many_rows(void **state)
{
        enum { ROWS = 20000, WIDTH = 40 };
        _cleanup_(freep) char *text = calloc(ROWS + 1, WIDTH);
        _cleanup_(list_freep) struct list *l = NULL;
        const struct list_row *row;
        size_t at = 0;

        (void)state;
        at += (size_t)snprintf(text, WIDTH, "label\n");
        for (unsigned i = 0; i <= ROWS; i++)
                at += (size_t)snprintf(text + at, WIDTH, "ARNHAB000%06u " X "\n", i < ROWS ? i : 7);
        l = parse(text, at);
        assert_int_equal(list_rows(l), ROWS);
        assert_int_equal(list_errors(l), 1);
        assert_non_null(strstr(list_error_at(l, 0)->why.cause, "on line 9 already"));
        for (unsigned i = 0; i < ROWS; i++)
                assert_int_equal(list_next(l, &row), 1);
        assert_int_equal(list_next(l, &row), 0);
}

/* files */

static void write_file(const char *path, const char *text, mode_t mode)
{
        FILE *f = fopen(path, "w");

        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(chmod(path, mode), 0);
}

static void files_are_read(void **state)
{
        char folder[] = "/tmp/test-list-XXXXXX", path[64];
        _cleanup_(list_freep) struct list *l = NULL;
        struct trouble why = {};

        (void)state;
        assert_non_null(mkdtemp(folder));
        (void)snprintf(path, sizeof(path), "%s/list.csv", folder);
        assert_int_equal(list_read(path, &l, &why), -EINVAL);
        write_file(path, "label\n" A " " X "\n", 0600);
        assert_int_equal(list_read(path, &l, &why), 0);
        assert_int_equal(list_rows(l), 1);
        l = list_free(l);
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(list_read(path, &l, &why), -EINVAL);
        assert_non_null(strstr(why.cause, "chmod o-rwx"));
        write_file(path, "", 0600);
        assert_int_equal(list_read(path, &l, &why), -EINVAL);
        assert_non_null(strstr(why.cause, "is empty"));
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_are_read),       cmocka_unit_test(all_columns_are_read),
                cmocka_unit_test(errors_are_named),    cmocka_unit_test(utf16_is_named),
                cmocka_unit_test(every_error_is_told), cmocka_unit_test(long_cells_and_wide_rows),
                cmocka_unit_test(many_rows),           cmocka_unit_test(files_are_read),
                cmocka_unit_test(no_formula_is_one),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
