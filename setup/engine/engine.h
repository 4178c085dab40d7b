/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Many jobs: who goes next, on which adapter, and what becomes of it. Over the store's and the flow's
 * interfaces; no D-Bus, no HTTP. */

#include "setup/engine/told.h"
#include "setup/engine/work.h"
#include "setup/ports/heard.h"
#include "setup/store/store.h"

struct engine;

struct engine_adapter {
        const char *radio; /* "bluez:hci0", "sim:DIR" */
        unsigned slots;    /* 0: learned: 5, 3 once busy was seen */
};

/* What only the owner of the engine knows (CLI, daemon). */
struct engine_host {
        /* Profile and world (account, cloud) for a job about to begin; the profile is the job's afterwards;
         * texts in *ret_world stay valid until ended(). -EINVAL with the trouble: the job fails with it;
         * -EAGAIN with it (token expired): all jobs of its profile wait, which engine_held_at() says; those
         * of others go on. */
        int (*begin)(void *userdata, const struct store_job *row, struct profile *ret_profile,
                     struct usher_ports_config *ret_world, struct trouble *ret_trouble);
        /* Just before the steps (recall, running number when the host keeps its own); may be NULL. */
        int (*ready)(void *userdata, const struct store_job *row, struct job *job,
                     struct trouble *ret_trouble);
        void (*ended)(void *userdata, const struct store_job *row, const struct job *job); /* may be NULL */
        /* Every event of every job, once it is in the store: `json` is the line that is kept there. What is
         * no event (told_is_event()) and progress comes at once, with NULL. */
        void (*told)(void *userdata, const struct told *t, const char *json);
        void (*changed)(void *userdata); /* engine_status() is another one, or it is idle; may be NULL */
};

struct engine_config {
        struct context *context;
        struct store *store;
        const struct engine_adapter *adapters;
        size_t n_adapters;
        unsigned job_timeout_s; /* of one attempt; 0: none */
        unsigned question_s;    /* a question that nobody answers ends so; 0: 600 */
        unsigned retries;       /* automatic ones, where the fault table says again; default 3, backoff 10 s
                                   doubling to 10 min */
        bool interactive;
        bool listen; /* adapters listen also while nothing waits: for who shows who is heard */
        bool any; /* also jobs whose code is not heard are begun (lists: "looked for"), when a slot is free
                   */
};

int engine_new(const struct engine_config *config, const struct engine_host *host, void *userdata,
               struct engine **ret, struct trouble *ret_trouble);
struct engine *engine_free(struct engine *e); /* as a crash would: jobs at work are waiting at the next
                                                 start. For a clean end: engine_stop() */
DEFINE_CLEANUP(struct engine *, engine_free)

/* New jobs are in the store, or an account works again: look again, also at profiles that are held up. */
void engine_wake(struct engine *e);
/* No new jobs; those at work go on. Its end moves all leases on at once. That the machine has slept is
 * noticed without it. */
void engine_pause(struct engine *e, bool pause);
/* No new jobs; those at work end their step in hand, within limit_ms, and are given back; then changed()
 * with status.stopped. A second call cancels at once. */
void engine_stop(struct engine *e, uint64_t limit_ms);
int engine_cancel(struct engine *e, const char *id); /* one at work: -ENOENT if it is not */
int engine_answer(struct engine *e, const char *id, struct wifi_network *network,
                  struct trouble *ret_trouble);

struct engine_status {
        size_t working, waiting, asking, pending;
        bool idle; /* nothing is at work and nothing can be begun without something new */
        bool stopped;
        struct trouble trouble; /* what holds everything up: store, adapters; else the first that holds a
                                   profile up; FAULT_NONE */
        size_t held;            /* profiles that are held up */
};
void engine_status(const struct engine *e, struct engine_status *ret);

/* A profile whose account is not let in: its jobs wait, and are tried again at growing intervals. */
struct engine_held {
        const char *profile;
        struct trouble trouble;
};
int engine_held_at(const struct engine *e, size_t i, struct engine_held *ret); /* -ERANGE */
struct engine_adapter_status {
        const char *radio;
        unsigned used, slots;
        struct trouble trouble;
};
int engine_adapter_at(const struct engine *e, size_t i, struct engine_adapter_status *ret); /* -ERANGE */
/* Who is heard now, over all adapters: best one of each. NULL past the end. */
const struct heard_device *engine_heard(const struct engine *e, size_t i, const char **ret_radio);
