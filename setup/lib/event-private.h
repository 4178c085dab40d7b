/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: events and their queue, and troubles as the getters show them. */

#include "proto/base/trouble.h"
#include "setup/label/label.h"
#include "setup/lib/usher.h"

struct usher_event {
        struct usher_event *next;
        enum usher_event_kind kind;
        const void *subject;   /* the job, or whatever else it is about */
        struct usher_job *job; /* NULL: it is about no job */
        struct usher_list *list;
        size_t row;
        char serial[LABEL_SERIAL_LEN + 1];
        const char *step, *text, *light, *hint, *state, *question, *advice; /* static */
        unsigned try, of;
        uint64_t ms, limit_ms, part, whole;
        struct trouble trouble;
        int exit_code;      /* 0: that of the trouble */
        bool said_by_cause; /* the fault's sentence would say nothing more */
        char *json;
};

struct event_queue {
        struct usher_event *first, **end; /* `end` points to `first`, or into the last one */
};

/* Puts it at the end; the queue's then. */
void event_put(struct event_queue *q, struct usher_event *e);

/* Takes the first one; NULL: none. */
struct usher_event *event_take(struct event_queue *q);
struct usher_event *event_free(struct usher_event *e);

/* Of what is gone nothing is told. */
void event_drop(struct event_queue *q, const void *subject);

/* "wifi-password"; NULL: no fault, no cause, none at all. */
const char *trouble_key(const struct trouble *t);
const char *trouble_sentence(const struct trouble *t);
const char *trouble_cause(const struct trouble *t);
const char *trouble_advice(const struct trouble *t);
