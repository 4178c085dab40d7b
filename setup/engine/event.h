/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What every event begins with, of whatever it tells: one JSON object, the same for --json, the store and
 * whoever else is told. Which events and keys there are is the table in event-keys.h. */

#include <jansson.h>

enum { EVENT_VERSION = 2 };

/* An event with version, time and `more`, an object that is taken over, in the order in which it was made.
 * NULL: out of memory, or `more` is NULL, so that what json_pack() answers can be passed on as it is. */
json_t *event_new(const char *event, json_t *more);

/* The same of an event about the setup of one device. `id`: of the job in a store; NULL: it is in none.
 * `serial` may be "". */
json_t *event_of_job(const char *id, const char *serial, const char *event, json_t *more);

/* An event as one line without its end, malloc'ed; takes the event over. -ENOMEM, also if that is NULL. */
int event_line(json_t *event, char **ret);

/* A text from outside in JSON, cleaned (text_clean()) and what is longer than any path without its middle:
 * an object is never lost for a bad name. NULL is "", for event_text() NULL and "" are null. NULL: out of
 * memory. */
json_t *event_word(const char *s);
json_t *event_text(const char *s);
