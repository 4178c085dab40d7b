/* SPDX-License-Identifier: Apache-2.0 */

/* Flushed line by line: who reads along must not wait for a buffer to fill, and a disk that is full is
 * noticed while there is still something to be said about it. */

#include "setup/cli/line.h"
#include "proto/base/cleanup.h"
#include "proto/base/text.h"
#include "setup/engine/event-keys.h"
#include "setup/engine/event.h"
#include <errno.h>
#include <string.h>

static bool ended;

int line_put(FILE *f, const char *text)
{
        return fputs(text, f) == EOF || fputc('\n', f) == EOF || fflush(f) != 0 ? -EIO : 0;
}

/* Takes it over. */
static int put_event(FILE *f, json_t *event)
{
        _cleanup_(freep) char *text = event ? json_dumps(event, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

        json_decref(event);
        return text ? line_put(f, text) : -ENOMEM;
}

const char *line_shown(const char *s, char ret[static LINE_SHOWN_MAX])
{
        text_shorten(ret, LINE_SHOWN_MAX, s, strlen(s));
        text_clean(ret);
        return ret;
}

int line_event(FILE *f, const char *event, json_t *more)
{
        ended |= event_ends(event);
        return put_event(f, event_new(event, more));
}

int line_job_event(FILE *f, const char *serial, const char *event, json_t *more)
{
        ended |= event_ends(event);
        return put_event(f, event_of_job(NULL, serial, event, more));
}

int line_usher(FILE *f, const struct usher_event *event)
{
        const char *json = usher_event_get_json(event);

        ended |= usher_event_get_kind(event) == USHER_EVENT_RESULT;
        return json ? line_put(f, json) : 0;
}

int line_result(FILE *f, const char *json)
{
        ended = true;
        return line_put(f, json);
}

void line_count(struct line_counts *counts, const char *outcome)
{
        if (strcmp(outcome, "done") == 0)
                counts->done++;
        else if (strcmp(outcome, "pending") == 0)
                counts->pending++;
        else if (strcmp(outcome, "cancelled") == 0)
                counts->cancelled++;
        else
                counts->failed++;
}

int line_summary(FILE *f, const struct line_counts *counts, int exit_code)
{
        return line_event(f, "summary",
                          json_pack("{s:I, s:I, s:I, s:I, s:i}", "done", (json_int_t)counts->done, "failed",
                                    (json_int_t)counts->failed, "pending", (json_int_t)counts->pending,
                                    "cancelled", (json_int_t)counts->cancelled, "exit", exit_code));
}

bool line_ended(void)
{
        return ended;
}

bool line_kept(void)
{
        return fflush(stdout) == 0 && !ferror(stdout);
}
