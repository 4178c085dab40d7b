/* SPDX-License-Identifier: Apache-2.0 */

/* Flushed line by line: who reads along must not wait for a buffer to fill, and a disk that is full is
 * noticed while there is still something to be said about it. */

#include "setup/cli/line.h"
#include "proto/base/cleanup.h"
#include "proto/base/text.h"
#include "proto/base/timer.h"
#include "setup/cli/event-keys.h"
#include <errno.h>
#include <string.h>
#include <time.h>

enum { TIME_MAX = 32 };

static bool ended;

static void format_now(char ret[static TIME_MAX])
{
        int64_t now_ms = timer_wall_ms();
        time_t t = (time_t)(now_ms / 1000);
        struct tm tm;
        size_t n = gmtime_r(&t, &tm) ? strftime(ret, TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm) : 0;

        (void)snprintf(ret + n, TIME_MAX - n, ".%03dZ", (int)(now_ms % 1000));
}

/* Takes both over. */
static int put(FILE *f, json_t *head, json_t *more)
{
        bool failed = true, whole = head && more && json_object_update(head, more) == 0;

        if (whole)
                failed = json_dumpf(head, f, JSON_COMPACT | JSON_PRESERVE_ORDER) < 0 ||
                         fputc('\n', f) == EOF || fflush(f) != 0;
        json_decref(head);
        json_decref(more);
        if (!whole)
                return -ENOMEM;
        return failed ? -EIO : 0;
}

const char *line_shown(const char *s, char ret[static LINE_SHOWN_MAX])
{
        text_shorten(ret, LINE_SHOWN_MAX, s, strlen(s));
        text_clean(ret);
        return ret;
}

json_t *line_word(const char *s)
{
        char shown[LINE_SHOWN_MAX];

        return json_string(line_shown(s ? s : "", shown));
}

int line_event(FILE *f, const char *event, json_t *more)
{
        char now[TIME_MAX];

        format_now(now);
        ended |= event_ends(event);
        return put(f, json_pack("{s:i, s:s, s:s}", "v", LINE_VERSION, "time", now, "event", event), more);
}

int line_job_event(FILE *f, const char *serial, const char *event, json_t *more)
{
        char now[TIME_MAX];

        format_now(now);
        ended |= event_ends(event);
        return put(f,
                   json_pack("{s:i, s:s, s:n, s:o, s:s}", "v", LINE_VERSION, "time", now, "job", "serial",
                             line_text(serial), "event", event),
                   more);
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

json_t *line_text(const char *s)
{
        return s && *s ? line_word(s) : json_null();
}
