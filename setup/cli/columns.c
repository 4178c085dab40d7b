/* SPDX-License-Identifier: Apache-2.0 */

/* libc knows the width of every letter, but only in a UTF-8 locale: it is set for the time of the question
 * only, so that nothing else of the process changes. */

#include "setup/cli/columns.h"
#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

static locale_t utf8(void)
{
        static locale_t locale;

        if (!locale)
                locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        return locale ? locale : LC_GLOBAL_LOCALE;
}

/* The letters that fit into `limit` columns: their bytes, and their columns. What is no letter counts one.
 */
static size_t measure(const char *text, size_t limit, size_t *ret_columns)
{
        locale_t before = uselocale(utf8());
        size_t len = strlen(text), at = 0, columns = 0;
        mbstate_t state = {};

        while (at < len) {
                wchar_t letter;
                size_t n = mbrtowc(&letter, text + at, len - at, &state);
                int width = n > len - at ? -1 : wcwidth(letter);

                if (n > len - at) {
                        state = (mbstate_t){};
                        n = 1;
                }
                if (columns + (size_t)(width < 0 ? 1 : width) > limit)
                        break;
                columns += (size_t)(width < 0 ? 1 : width);
                at += n;
        }
        (void)uselocale(before);
        *ret_columns = columns;
        return at;
}

size_t columns_of(const char *text)
{
        size_t wide;

        (void)measure(text, SIZE_MAX, &wide);
        return wide;
}

int columns_field(const char *text, size_t columns)
{
        return (int)(columns + strlen(text) - columns_of(text));
}

size_t columns_fit(const char *text, size_t columns)
{
        size_t wide;

        return measure(text, columns, &wide);
}
