/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What --json writes, of whatever verb: one JSON object a line, on the way as soon as it is written. */

#include <jansson.h>
#include <stdio.h>

/* Writes `object`, which is taken over, in the order in which it was made. NULL is -ENOMEM, so that what
 * json_pack() answers can be passed on as it is; -EIO. */
int line_put(FILE *f, json_t *object);

/* A text from outside: NULL and "" are null, what cannot be shown in one that is no UTF-8 becomes "?". An
 * object is never lost for a bad name. NULL: out of memory. */
json_t *line_text(const char *s);
