/* SPDX-License-Identifier: Apache-2.0 */

/* A list's events: those of its rows' jobs, as of any job, and its own two. */

#include "setup/engine/event.h"
#include "setup/lib/list-private.h"
#include <string.h>

void list_tell(struct usher_list *l, const struct row *row, const struct told *t, const char *json)
{
        struct usher_event *e = event_of_told(t);

        if (!e)
                return;
        e->subject = e->list = l;
        e->row = (size_t)(row - l->rows.row);
        if (json)
                e->json = strdup(json);
        else if (told_is_event(t))
                (void)told_line(t, &e->json);
        event_put(&l->ctx->events, e);
}

static struct usher_event *event_of(struct usher_list *l, enum usher_event_kind kind,
                                    const struct trouble *why)
{
        struct usher_event *e = calloc(1, sizeof(*e));

        if (!e)
                return NULL;
        e->kind = kind;
        e->subject = e->list = l;
        e->trouble = *why;
        return e;
}

void list_tell_change(struct usher_list *l)
{
        struct usher_event *e = event_of(l, USHER_EVENT_LIST, &l->trouble);

        if (e)
                event_put(&l->ctx->events, e);
}

static int exit_of(const struct usher_list *l)
{
        const size_t *of = l->rows.of;

        return l->why.fault != FAULT_NONE ? fault_info(l->why.fault)->exit_code
               : of[ROW_CANCELLED]        ? EXIT_CANCELLED
               : of[ROW_FAILED]           ? EXIT_BATCH
               : of[ROW_PENDING]          ? EXIT_PENDING
                                          : EXIT_DONE;
}

static char *summary(const struct usher_list *l, int exit_code)
{
        const size_t *of = l->rows.of;
        json_t *j = event_new(
                "summary", json_pack("{s:I, s:I, s:I, s:I, s:i}", "done", (json_int_t)of[ROW_DONE], "failed",
                                     (json_int_t)of[ROW_FAILED], "pending", (json_int_t)of[ROW_PENDING],
                                     "cancelled", (json_int_t)of[ROW_CANCELLED], "exit", exit_code));
        char *line = j ? json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

        json_decref(j);
        return line;
}

void list_tell_end(struct usher_list *l)
{
        struct usher_event *e = event_of(l, USHER_EVENT_LIST_END, &l->why);

        if (!e)
                return;
        e->exit_code = exit_of(l);
        e->json = summary(l, e->exit_code);
        event_put(&l->ctx->events, e);
}
