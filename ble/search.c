/* SPDX-License-Identifier: Apache-2.0 */

/* An adapter may come and go while somebody searches: its absence is a fault only after
 * central_patience_ms(). Denied access never heals by waiting. */

#include "ble/search.h"
#include <errno.h>

static void evaluate(struct search *s);

static void on_failed(void *userdata)
{
        struct search *s = userdata;

        s->timer = timer_free(s->timer);
        search_end(s);
        s->ops->failed(s->userdata, &s->trouble);
}

static void fail_after(struct search *s, uint64_t ms, const struct trouble *why)
{
        s->trouble = *why;
        if (!s->waiting)
                s->waiting = timer_new(s->central->loop, ms, on_failed, s, &s->timer) == 0;
}

static void on_scan_failed(void *userdata, const struct trouble *why)
{
        struct search *s = userdata;

        s->timer = timer_free(s->timer);
        s->waiting = false;
        fail_after(s, 0, why);
}

/* Nothing is called from inside search_begin() */
static void on_begin(void *userdata)
{
        struct search *s = userdata;

        s->timer = timer_free(s->timer);
        evaluate(s);
}

static void evaluate(struct search *s)
{
        static const struct trouble silent = { FAULT_BT_NO_DAEMON, "it does not answer" };
        struct adapter_choice choice;
        int r = central_adapter(s->central, &choice);

        if (r == -ENODEV) {
                fail_after(s, central_patience_ms(s->central, choice.trouble.fault), &choice.trouble);
                return;
        }
        if (r == -EAGAIN) { /* the call has its own deadline, this one is shorter */
                fail_after(s, central_patience_ms(s->central, silent.fault), &silent);
                return;
        }
        s->timer = timer_free(s->timer);
        s->waiting = false;
        discovery_join(s->central->discovery, &s->user);
        s->ops->look(s->userdata, NULL);
}

static void on_change(void *userdata, const struct objects_event *e)
{
        struct search *s = userdata;

        switch (e->change) {
        case OBJECTS_STATE:
        case OBJECTS_ADAPTER:
        case OBJECTS_ADAPTER_GONE: evaluate(s); break;
        case OBJECTS_DEVICE: s->ops->look(s->userdata, e->path); break;
        case OBJECTS_DEVICE_GONE: s->ops->look(s->userdata, NULL); break;
        case OBJECTS_CHRC:
        case OBJECTS_CHRC_VALUE: break;
        }
}

int search_begin(struct search *s, struct central *c, const char *service, const struct search_ops *ops,
                 void *userdata)
{
        *s = (struct search){
                .central = c,
                .ops = ops,
                .userdata = userdata,
                .user = { .service = service, .failed = on_scan_failed, .userdata = s },
                .watch = { .changed = on_change, .userdata = s },
        };
        objects_watch(c->objects, &s->watch);
        return timer_new(s->central->loop, 0, on_begin, s, &s->timer);
}

void search_end(struct search *s)
{
        if (!s->central)
                return;
        objects_unwatch(s->central->objects, &s->watch);
        discovery_leave(s->central->discovery, &s->user);
        s->timer = timer_free(s->timer);
        s->waiting = false;
}
