/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What --json writes, of whatever verb: one event a line, on the way as soon as it is written. Which events
 * and keys there are is the table in event-keys.h. */

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum { LINE_VERSION = 2 };

/* Writes an event with version, time and `more`, an object that is taken over, in the order in which it was
 * made. NULL is -ENOMEM, so that what json_pack() answers can be passed on as it is; -EIO. */
int line_event(FILE *f, const char *event, json_t *more);

/* The same of an event about the setup of one device; `serial` may be "". */
int line_job_event(FILE *f, const char *serial, const char *event, json_t *more);

/* How the items of a list ended. */
struct line_counts {
        size_t done, failed, pending, cancelled;
};

/* The last event of a list. */
int line_summary(FILE *f, const struct line_counts *counts, int exit_code);

/* Whether an event that ends a stream (event_ends()) was written by now. */
bool line_ended(void);

/* Whether all that was printed on standard output until now was kept. If not, main() tells it and why, for
 * every verb, and a verb is silent about it. */
bool line_kept(void);

/* What a person may be shown of a text from outside: an argument, a file's name. Cleaned (text_clean()), and
 * what is longer than any path loses its middle. Returns `ret`. */
enum { LINE_SHOWN_MAX = 4096 };
const char *line_shown(const char *s, char ret[static LINE_SHOWN_MAX]);

/* The same in JSON: an object is never lost for a bad name. NULL is "", for line_text() NULL and "" are
 * null. NULL: out of memory. */
json_t *line_word(const char *s);
json_t *line_text(const char *s);
