/* SPDX-License-Identifier: Apache-2.0 */

/* What the work tells, as events for the program. Without memory an event is lost, but never how a job
 * ended: that stands in the job. */

#include "setup/lib/job-private.h"
#include <stdlib.h>
#include <string.h>

static enum usher_event_kind kind_of(enum told_kind kind)
{
        switch (kind) {
        case TOLD_STEP: return USHER_EVENT_STEP;
        case TOLD_PROGRESS: return USHER_EVENT_PROGRESS;
        case TOLD_QUIET: return USHER_EVENT_QUIET;
        case TOLD_QUESTION: return USHER_EVENT_QUESTION;
        case TOLD_LOOK: return USHER_EVENT_LOOK;
        case TOLD_RESULT: break;
        }
        return USHER_EVENT_RESULT;
}

static void take(struct usher_event *e, const struct runner_event *from)
{
        e->step = from->step;
        e->text = from->text;
        e->light = from->light;
        e->hint = from->hint;
        e->state = told_state(from->state);
        e->try = from->try;
        e->of = from->of;
        e->ms = from->ms;
        e->limit_ms = from->limit_ms;
        e->part = from->part;
        e->whole = from->whole;
        e->trouble = from->trouble;
}

struct usher_event *event_of_told(const struct told *t)
{
        struct usher_event *e = calloc(1, sizeof(*e));
        const struct runner_event *shown = t->kind == TOLD_PROGRESS && t->first ? t->first : t->event;

        if (!e)
                return NULL;
        e->kind = kind_of(t->kind);
        memcpy(e->serial, t->job->asked.label.serial, sizeof(e->serial));
        if (t->kind == TOLD_RESULT) {
                e->ms = t->ms;
                e->trouble = t->job->end.trouble;
        } else if (shown) {
                take(e, shown);
        }
        if (t->kind == TOLD_QUESTION)
                e->question = told_question(t->event->question);
        return e;
}

void job_told(struct usher_job *j, const struct told *t)
{
        struct usher_event *e = event_of_told(t);

        if (!e)
                return;
        e->subject = e->job = j;
        if (told_is_event(t))
                (void)told_line(t, &e->json);
        event_put(&j->ctx->events, e);
}
