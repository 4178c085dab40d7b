/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What --json writes, of whatever verb: one JSON object a line, on the way as soon as it is written. */

#include <jansson.h>
#include <stdio.h>

/* Writes `object`, which is taken over, in the order in which it was made. NULL is -ENOMEM, so that what
 * json_pack() answers can be passed on as it is; -EIO. */
int line_put(FILE *f, json_t *object);

/* What a person may be shown of a text from outside: an argument, a file's name. Cleaned (text_clean()), and
 * what is longer than any path loses its middle. Returns `ret`. */
enum { LINE_SHOWN_MAX = 4096 };
const char *line_shown(const char *s, char ret[static LINE_SHOWN_MAX]);

/* The same in JSON: an object is never lost for a bad name. NULL is "", for line_text() NULL and "" are
 * null. NULL: out of memory. */
json_t *line_word(const char *s);
json_t *line_text(const char *s);
