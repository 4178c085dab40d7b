/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One job at work: ports, runner, the telling of what takes long, questions, the second look for a report.
 * What `usher setup` of one device does, and what the engine does in each of its slots. */

#include "setup/engine/told.h"
#include "setup/flow/job.h"
#include "setup/ports/ports.h"

struct work;

struct work_config {
        struct context *context;
        struct job *job; /* outlives the work */
        const struct usher_ports_config *world;
        const char *id;       /* of the job in a store, for the events; outlives the work; NULL: none */
        bool interactive;     /* somebody can answer: without, a question is a fault */
        bool inspect;         /* a device that failed is asked about itself again, for a report */
        uint64_t deadline_ms; /* for the whole setup; 0: none */
        struct ports *ports; /* outlive the work; NULL: made of `world` in `context`, which are not looked at
                              * otherwise */
};

/* From the loop, never from inside a call. `t` is valid during the call. The last one is TOLD_RESULT: inside
 * that one alone the work may be freed. */
typedef void (*work_fn)(void *userdata, const struct told *t);

/* Begins at the next turn of the loop. -EINVAL with *ret_trouble: the world is not to be had; -ENOMEM or the
 * errno of mechanics. */
int work_new(const struct work_config *config, work_fn on_told, void *userdata, struct work **ret,
             struct trouble *ret_trouble);

/* Takes NULL, returns NULL; cancels: a job that was still running is then JOB_CANCELLED. The link is closed.
 */
struct work *work_free(struct work *w);
DEFINE_CLEANUP(struct work *, work_free)

/* As runner_answer(). */
int work_answer(struct work *w, struct wifi_network *network, struct trouble *ret_trouble);

/* As runner_let_go() and runner_go_on(). */
bool work_let_go(struct work *w);
void work_go_on(struct work *w);

/* For a clean stop: no further step is begun; what is under way ends, but for looking for the device, which
 * changes nothing. Then the job is JOB_CANCELLED, and can be gone on with from its record. */
void work_stop_after_step(struct work *w);

/* Until the device is needed no more, and its link is let go for good: what is left is the cloud's. */
bool work_needs_radio(const struct work *w);
