/* SPDX-License-Identifier: Apache-2.0 */

/* The loop's side of the store: requests are gathered for a turn of the loop and handed to the thread
 * together; answers come back one a turn, so that a flood of them holds nobody up, and a callback may free
 * the store. */

#include "setup/store/base.h"
#include "setup/store/opening.h"
#include "setup/store/request.h"
#include "setup/store/thread.h"
#include <errno.h>
#include <systemd/sd-event.h>

struct store {
        sd_event_source *answers, *turn;
        struct thread *thread;
        const struct seal *seal; /* the base's */
        struct requests asked;   /* in this turn */
        struct store_counts counts;
        struct trouble trouble;
};

struct handle {
        struct op op;            /* first */
        struct request *request; /* NULL: it was answered, or the store is gone */
};

static void drop(struct op *op)
{
        struct handle *h = container_of(op, struct handle, op);

        if (h->request)
                h->request->handle = NULL;
        free(h);
}

static void forget(struct request *r)
{
        if (r->handle)
                r->handle->request = NULL;
        r->handle = NULL;
}

/* A write that did not come about for the disk's sake is the store's trouble; one that did ends it. */
static void note(struct store *s, const struct request *r)
{
        s->counts = r->counts;
        if (r->kind != REQUEST_WRITES)
                return;
        if (r->answer.trouble.fault == FAULT_STORE || r->answer.error == 0)
                s->trouble = r->answer.trouble;
}

static int on_answer(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct store *s = userdata;
        _cleanup_(request_freep) struct request *r = thread_take(s->thread);
        bool wanted;

        (void)source, (void)fd, (void)events;
        if (!r)
                return 0;
        note(s, r);
        wanted = r->handle;
        forget(r);
        r->answer.counts = &r->counts;
        if (wanted)
                r->done(r->userdata, &r->answer);
        return 0; /* the store may be gone by now */
}

static int on_turn(sd_event_source *source, void *userdata)
{
        struct store *s = userdata;

        (void)source;
        thread_give(s->thread, &s->asked);
        return 0;
}

int store_ask(struct store *s, struct request **r, store_fn done, void *userdata, struct op **ret)
{
        struct handle *h = calloc(1, sizeof(*h));
        int e = h ? sd_event_source_set_enabled(s->turn, SD_EVENT_ONESHOT) : -ENOMEM;

        if (e < 0) {
                free(h);
                return e;
        }
        *h = (struct handle){ .op.free = drop, .request = *r };
        (*r)->handle = h;
        (*r)->done = done;
        (*r)->userdata = userdata;
        requests_add(&s->asked, TAKE_PTR(*r));
        *ret = &h->op;
        return 0;
}

const struct seal *store_seal(const struct store *s)
{
        return s->seal;
}

static int listen_to(struct store *s, sd_event *loop)
{
        int r;

        r = sd_event_add_io(loop, &s->answers, thread_fd(s->thread), EPOLLIN, on_answer, s);
        if (r >= 0)
                r = sd_event_add_defer(loop, &s->turn, on_turn, s);
        if (r >= 0)
                r = sd_event_source_set_enabled(s->turn, SD_EVENT_OFF);
        return r;
}

int store_open(const struct store_config *config, struct store **ret, struct trouble *ret_trouble)
{
        _cleanup_(store_freep) struct store *s = calloc(1, sizeof(*s));
        struct base *base;
        int r;

        *ret_trouble = (struct trouble){ 0 };
        if (!s)
                return -ENOMEM;
        r = base_open(config, &base, ret_trouble);
        if (r < 0)
                return r;
        s->counts = base_counts(base);
        s->seal = base_seal(base);
        r = thread_start(base, &s->thread);
        if (r < 0) {
                base_close(base);
                return r;
        }
        r = listen_to(s, config->loop);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

struct store *store_free(struct store *s)
{
        if (!s)
                return NULL;
        s->answers = sd_event_source_disable_unref(s->answers);
        s->turn = sd_event_source_disable_unref(s->turn);
        if (s->thread && thread_is_here(s->thread)) {
                thread_give(s->thread, &s->asked);
                thread_forget(s->thread, forget);
                s->thread = thread_free(s->thread, STORE_CLOSE_MS);
        }
        free(s);
        return NULL;
}

const struct trouble *store_trouble(const struct store *s)
{
        return &s->trouble;
}

void store_counts(const struct store *s, struct store_counts *ret)
{
        *ret = s->counts;
}
