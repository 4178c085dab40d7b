/* SPDX-License-Identifier: Apache-2.0 */

/* What of a job gets into the store: the events of one turn of the loop, with the record where a step has
 * ended, as one change; one change of a job at a time, so that they stay in order. Progress is none.
 *
 * Whoever is told an event finds it in the store. What the store refuses is kept and tried again for a
 * while: nothing more is begun meanwhile (engine.c), so that there is no more to keep than the end of the
 * steps under way. */

#include "setup/engine/engine-private.h"
#include "setup/engine/kill-point.h"
#include "setup/engine/record-json.h"
#include <errno.h>

enum { NOTES_MAX = 64 }; /* in one change */

static struct note *note_free(struct note *n)
{
        struct note *next = n->next;

        free(n->json);
        free(n);
        return next;
}

const char *slot_note(struct slot *s, const struct told *t)
{
        struct note *n = calloc(1, sizeof(*n));

        if (!n || told_line(t, &n->json) < 0) {
                free(n);
                return NULL;
        }
        n->told = *t;
        if (t->event) {
                n->event = *t->event;
                n->told.event = &n->event;
        }
        *s->write.last = n;
        s->write.last = &n->next;
        slot_write_soon(s);
        return n->json;
}

static void let_go(struct slot_write *w)
{
        while (w->sent)
                w->sent = note_free(w->sent);
}

/* What was refused goes before what has come since. */
static void take_back(struct slot_write *w)
{
        struct note **end = &w->sent;

        if (!w->sent)
                return;
        while (*end)
                end = &(*end)->next;
        *end = w->first;
        if (!w->first)
                w->last = end;
        w->first = w->sent;
        w->sent = NULL;
}

static void tell(struct slot *s)
{
        for (struct note *n = s->write.sent; n; n = n->next)
                s->engine->host->told(s->engine->userdata, &n->told, n->json);
        let_go(&s->write);
}

static void on_refused(void *userdata)
{
        struct slot *s = userdata;

        s->write.timer = timer_free(s->write.timer);
        if (timer_now_ms() - s->write.refused_ms > STORE_WAIT_MS)
                slot_drop(s);
        else
                slot_write_soon(s);
}

static void wait_for_store(struct slot *s)
{
        struct slot_write *w = &s->write;

        take_back(w);
        w->due = w->record = true;
        if (!w->refused_ms)
                w->refused_ms = timer_now_ms();
        w->timer = timer_free(w->timer);
        (void)timer_new(engine_loop(s->engine), STORE_AGAIN_MS, on_refused, s, &w->timer);
}

static void on_written(void *userdata, const struct store_answer *a)
{
        struct slot *s = userdata;
        struct engine *e = s->engine;
        int error = a->error;

        s->write.op = op_free(s->write.op);
        if (error == -ESTALE) {
                slot_drop(s);
        } else if (error < 0) {
                wait_for_store(s);
        } else {
                s->write.refused_ms = 0;
                tell(s);
                if (s->write.over && !s->write.first && !s->write.due)
                        slot_drop(s);
                else if (s->write.first || s->write.due)
                        slot_write_soon(s);
        }
        engine_store_said(e, error);
}

/* The notes that fit into one change become those under way. */
static size_t take_notes(struct slot_write *w, const char *ret[static NOTES_MAX])
{
        struct note *n = w->first, *last = NULL;
        size_t taken = 0;

        for (; n && taken < NOTES_MAX; n = n->next) {
                ret[taken++] = n->json;
                last = n;
        }
        if (!last)
                return 0;
        w->sent = w->first;
        w->first = last->next;
        last->next = NULL;
        if (!w->first)
                w->last = &w->first;
        return taken;
}

static void describe_end(const struct slot *s, struct store_change *c)
{
        const struct verdict *v = &s->write.verdict;

        c->state = v->state;
        c->fault = v->trouble.fault == FAULT_NONE ? "" : fault_info(v->trouble.fault)->key;
        c->cause = v->trouble.cause;
        c->not_before_ms = v->not_before_ms;
        c->keep_secret_ms = v->keep_secret_ms;
        c->attempted = v->attempted;
}

static void write_now(void *userdata)
{
        struct slot *s = userdata;
        struct slot_write *w = &s->write;
        const char *events[NOTES_MAX];
        _cleanup_(freep) char *record = NULL;
        struct store_change c = { .id = s->row->id,
                                  .epoch = s->row->epoch,
                                  .state = w->state,
                                  .step = w->step,
                                  .events = events,
                                  .question = w->question,
                                  .question_until_ms = w->question_until_ms };
        int r;

        w->timer = timer_free(w->timer);
        w->due = false;
        c.n_events = take_notes(w, events);
        if (w->record || w->over)
                (void)record_json_write(s->job, &record);
        c.record = record;
        c.passed = w->passed;
        w->record = false;
        if (w->over && !w->first)
                describe_end(s, &c);
        kill_point("before-commit");
        r = store_change(s->engine->store, &c, on_written, s, &w->op);
        if (r < 0)
                wait_for_store(s);
}

void slot_write_soon(struct slot *s)
{
        struct slot_write *w = &s->write;

        w->due = true;
        if (!w->op && !w->timer && timer_new(engine_loop(s->engine), 0, write_now, s, &w->timer) < 0)
                w->timer = NULL;
}

void slot_write_again(struct slot *s)
{
        if (!s->write.refused_ms || s->write.op)
                return;
        s->write.timer = timer_free(s->write.timer);
        slot_write_soon(s);
}

void slot_write_done(struct slot *s)
{
        struct slot_write *w = &s->write;

        op_free(w->op);
        timer_free(w->timer);
        let_go(w);
        while (w->first)
                w->first = note_free(w->first);
        free(w->question);
}
