/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What --json writes, of whatever verb: one event a line, on the way as soon as it is written. Which events
 * and keys there are is the table in setup/engine/event-keys.h. */

#include "setup/lib/usher.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes an event_new(); -ENOMEM if that is NULL, -EIO. */
int line_event(FILE *f, const char *event, json_t *more);

/* The same of an event_of_job() that is in no store. */
int line_job_event(FILE *f, const char *serial, const char *event, json_t *more);

/* What the library tells, as usher_event_get_json() has it; of what is no event nothing is written. */
int line_usher(FILE *f, const struct usher_event *event);

/* An event as a line without its end. */
int line_put(FILE *f, const char *json);

/* The result of one job, or of a command that came to none, as usher_job_get_result() has it. */
int line_result(FILE *f, const char *json);

/* How the items of a list ended. */
struct line_counts {
        size_t done, failed, pending, cancelled;
};

/* As usher_job_get_outcome() says it. */
void line_count(struct line_counts *counts, const char *outcome);

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
