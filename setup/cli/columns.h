/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How wide a text is on a terminal: names have letters that take two columns, or none. Whatever the locale
 * is: what usher prints is UTF-8. */

#include <stddef.h>

/* How many columns it takes. */
size_t columns_of(const char *text);

/* What printf's "%-*s" takes for a field of so many columns with this text, which is clean (text_clean()).
 */
int columns_field(const char *text, size_t columns);

/* How many bytes of it, whole letters, fit into so many columns. */
size_t columns_fit(const char *text, size_t columns);
