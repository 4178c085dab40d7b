/* SPDX-License-Identifier: Apache-2.0 */

/* Events hold copies: the job may have gone on, or be gone, when the program takes them. */

#include "setup/lib/event-private.h"
#include <stdlib.h>

/* ---- queue ---- */

void event_put(struct event_queue *q, struct usher_event *e)
{
        e->next = NULL;
        *q->end = e;
        q->end = &e->next;
}

struct usher_event *event_take(struct event_queue *q)
{
        struct usher_event *e = q->first;

        if (!e)
                return NULL;
        q->first = e->next;
        if (!q->first)
                q->end = &q->first;
        e->next = NULL;
        return e;
}

struct usher_event *event_free(struct usher_event *e)
{
        if (!e)
                return NULL;
        free(e->json);
        free(e);
        return NULL;
}

void event_drop(struct event_queue *q, const void *subject)
{
        struct usher_event **at = &q->first;

        while (*at) {
                struct usher_event *e = *at;

                if (e->subject == subject) {
                        *at = e->next;
                        event_free(e);
                } else {
                        at = &e->next;
                }
        }
        q->end = at;
}

struct usher_event *usher_event_free(struct usher_event *e)
{
        return event_free(e);
}

/* ---- troubles ---- */

const char *trouble_key(const struct trouble *t)
{
        return t->fault == FAULT_NONE ? NULL : fault_info(t->fault)->key;
}

const char *trouble_sentence(const struct trouble *t)
{
        return t->fault == FAULT_NONE ? NULL : fault_info(t->fault)->sentence;
}

const char *trouble_cause(const struct trouble *t)
{
        return t->cause[0] ? t->cause : NULL;
}

const char *trouble_advice(const struct trouble *t)
{
        return t->fault == FAULT_NONE ? NULL : fault_info(t->fault)->advice;
}

/* ---- getters ---- */

enum usher_event_kind usher_event_get_kind(const struct usher_event *e)
{
        return e->kind;
}

struct usher_job *usher_event_get_job(const struct usher_event *e)
{
        return e->job;
}

struct usher_list *usher_event_get_list(const struct usher_event *e)
{
        return e->list;
}

size_t usher_event_get_row(const struct usher_event *e)
{
        return e->row;
}

const char *usher_event_get_serial(const struct usher_event *e)
{
        return e->serial[0] ? e->serial : NULL;
}

const char *usher_event_get_step(const struct usher_event *e)
{
        return e->step;
}

const char *usher_event_get_text(const struct usher_event *e)
{
        return e->text;
}

const char *usher_event_get_light(const struct usher_event *e)
{
        return e->light;
}

const char *usher_event_get_hint(const struct usher_event *e)
{
        return e->hint;
}

const char *usher_event_get_state(const struct usher_event *e)
{
        return e->state;
}

unsigned usher_event_get_try(const struct usher_event *e)
{
        return e->try;
}

unsigned usher_event_get_of(const struct usher_event *e)
{
        return e->of;
}

uint64_t usher_event_get_ms(const struct usher_event *e)
{
        return e->ms;
}

uint64_t usher_event_get_limit_ms(const struct usher_event *e)
{
        return e->limit_ms;
}

uint64_t usher_event_get_part(const struct usher_event *e)
{
        return e->part;
}

uint64_t usher_event_get_whole(const struct usher_event *e)
{
        return e->whole;
}

const char *usher_event_get_fault(const struct usher_event *e)
{
        return trouble_key(&e->trouble);
}

const char *usher_event_get_sentence(const struct usher_event *e)
{
        return e->said_by_cause ? NULL : trouble_sentence(&e->trouble);
}

const char *usher_event_get_cause(const struct usher_event *e)
{
        return trouble_cause(&e->trouble);
}

const char *usher_event_get_question(const struct usher_event *e)
{
        return e->question;
}

const char *usher_event_get_json(const struct usher_event *e)
{
        return e->json;
}

const char *usher_event_get_advice(const struct usher_event *e)
{
        return e->advice ? e->advice : trouble_advice(&e->trouble);
}

int usher_event_get_exit(const struct usher_event *e)
{
        return e->exit_code ? e->exit_code : fault_info(e->trouble.fault)->exit_code;
}
