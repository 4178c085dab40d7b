/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a person sees of a setup, on standard error: a line per step that is over, and on a terminal one line
 * more, rewritten in place, of what is going on. */

#include "proto/base/cleanup.h"
#include "proto/base/trouble.h"
#include "setup/lib/usher.h"
#include <stdint.h>
#include <stdio.h>

struct progress;

/* `quiet`: only the end is told. Live and coloured on a terminal, but not with NO_COLOR or TERM=dumb. */
int progress_new(FILE *f, bool quiet, struct progress **ret);

/* Takes NULL, returns NULL. Removes the live line. */
struct progress *progress_free(struct progress *p);
DEFINE_CLEANUP(struct progress *, progress_free)

/* Also what begins, and what was not needed; not if it is quiet. */
void progress_set_verbose(struct progress *p);

/* A line of its own, in the manner of printf; progress_warn() also if it is quiet. */
void progress_say(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void progress_warn(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the live line shows while no step is under way; NULL: nothing. The text outlives its being shown. */
void progress_live(struct progress *p, const char *text);

/* What is told of a step, as usher_event_get_...() say it. */
struct progress_step {
        const char *text, *state;
        const char *light, *hint, *sentence, *cause; /* NULL: none */
        unsigned try, of;
        uint64_t ms, limit_ms, part, whole;
};

/* A step changed its state, or says what it waits for. */
void progress_step(struct progress *p, const struct progress_step *s);

/* What takes long at the moment, every second; NULL: nothing does any more. On a terminal the live line
 * tells how long, of how long, and what to do; elsewhere a line does, after 10 s, 30 s and each minute. */
void progress_wait(struct progress *p, const struct progress_step *s);

/* What the library tells of a step, for STEP and PROGRESS; its texts are the event's. */
struct progress_step progress_step_of(const struct usher_event *e);

/* Either of them, of an event of the library; of another kind: nothing. */
void progress_event(struct progress *p, const struct usher_event *e);

/* While a question stands on the terminal nothing else is written there; what happens meanwhile is told
 * afterwards. */
void progress_hold(struct progress *p);
void progress_go_on(struct progress *p);

/* How a setup ended, as usher_job_get_...() say it; "" and NULL: not known. */
struct progress_end {
        bool done;
        struct trouble trouble;
        const char *serial, *id, *platform, *os, *owner, *name;
        bool code_given;
        uint64_t ms;
};

/* Fault, cause and advice in plain words, or what the device is now. */
void progress_result(struct progress *p, const struct progress_end *end);

/* The same of a job of the library that took so long. */
void progress_job(struct progress *p, const struct usher_job *job, uint64_t ms);

/* The same of what ended something else. Returns the exit code. */
int progress_trouble(FILE *f, const struct trouble *t);
