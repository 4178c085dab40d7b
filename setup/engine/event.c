/* SPDX-License-Identifier: Apache-2.0 */

/* Keys stay in the order in which they are put there: a person reads these lines, too. */

#include "setup/engine/event.h"
#include "proto/base/text.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TIME_MAX = 32, TEXT_MAX = 4096 };

static void format_now(char ret[static TIME_MAX])
{
        int64_t now_ms = timer_wall_ms();
        time_t t = (time_t)(now_ms / 1000);
        struct tm tm;
        size_t n = gmtime_r(&t, &tm) ? strftime(ret, TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm) : 0;

        (void)snprintf(ret + n, TIME_MAX - n, ".%03dZ", (int)(now_ms % 1000));
}

/* Takes both over. */
static json_t *join(json_t *head, json_t *more)
{
        if (!head || !more || json_object_update(head, more) < 0) {
                json_decref(head);
                head = NULL;
        }
        json_decref(more);
        return head;
}

json_t *event_new(const char *event, json_t *more)
{
        char now[TIME_MAX];

        format_now(now);
        return join(json_pack("{s:i, s:s, s:s}", "v", EVENT_VERSION, "time", now, "event", event), more);
}

json_t *event_of_job(const char *id, const char *serial, const char *event, json_t *more)
{
        char now[TIME_MAX];

        format_now(now);
        return join(json_pack("{s:i, s:s, s:s?, s:o, s:s}", "v", EVENT_VERSION, "time", now, "job", id,
                              "serial", event_text(serial), "event", event),
                    more);
}

int event_line(json_t *event, char **ret)
{
        char *line = event ? json_dumps(event, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

        json_decref(event);
        if (!line)
                return -ENOMEM;
        *ret = line;
        return 0;
}

json_t *event_word(const char *s)
{
        char clean[TEXT_MAX];

        text_shorten(clean, sizeof(clean), s ? s : "", s ? strlen(s) : 0);
        text_clean(clean);
        return json_string(clean);
}

json_t *event_text(const char *s)
{
        return s && *s ? event_word(s) : json_null();
}
