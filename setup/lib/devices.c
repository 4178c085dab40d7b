/* SPDX-License-Identifier: Apache-2.0 */

/* The devices in setup mode around here. An event only says that the list is another one: whoever comes late
 * looks at the list as it is, and misses nothing. */

#include "setup/flow/platform.h"
#include "setup/lib/ctx-private.h"
#include "setup/ports/heard.h"
#include <errno.h>

struct usher_devices {
        struct usher_ctx *ctx;
        struct heard *heard;
};

static void tell(struct usher_devices *d, enum usher_event_kind kind, const struct trouble *why)
{
        struct usher_event *e = calloc(1, sizeof(*e));

        if (!e)
                return; /* the next change tells it */
        e->kind = kind;
        e->subject = d;
        if (why)
                e->trouble = *why;
        event_put(&d->ctx->events, e);
}

static void on_changed(void *userdata)
{
        tell(userdata, USHER_EVENT_DEVICES, NULL);
}

static void on_failed(void *userdata, const struct trouble *why)
{
        tell(userdata, USHER_EVENT_DEVICES_END, why);
}

static int make(struct usher_ctx *c, struct usher_devices **ret)
{
        static const struct heard_events events = { .changed = on_changed, .failed = on_failed };
        struct usher_devices *d = calloc(1, sizeof(*d));
        struct radio *radio;
        int r = d ? context_radio(c->context, ctx_text(c, SETTING_RADIO), &radio, &c->trouble) : -ENOMEM;

        if (r == 0)
                r = heard_new(radio, &events, d, &d->heard);
        if (r < 0) {
                free(d);
                return r;
        }
        d->ctx = ctx_use(c);
        *ret = d;
        return 0;
}

int usher_devices_new(struct usher_ctx *c, struct usher_devices **ret)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(c, &e);

        return r < 0 ? r : make(c, ret);
}

static void end(struct usher_devices *d)
{
        _cleanup_(ctx_leave) struct entry e;

        if (ctx_enter(d->ctx, &e) < 0)
                return;
        heard_free(d->heard);
        event_drop(&d->ctx->events, d);
}

struct usher_devices *usher_devices_free(struct usher_devices *d)
{
        struct usher_ctx *c = d ? d->ctx : NULL;

        if (!d || !ctx_is_ours(c))
                return NULL;
        end(d);
        free(d);
        ctx_unuse(c);
        return NULL;
}

bool usher_devices_get(const struct usher_devices *d, size_t i, struct usher_device *ret)
{
        const struct heard_device *h = ctx_is_ours(d->ctx) ? heard_at(d->heard, i) : NULL;
        const struct platform *p = h && h->platform_id ? platform_by_id(h->platform_id) : NULL;

        if (!h)
                return false;
        *ret = (struct usher_device){ .name = h->name[0] ? h->name : NULL,
                                      .address = h->address,
                                      .setup_code = h->setup_code[0] ? h->setup_code : NULL,
                                      .platform = p ? p->name : NULL,
                                      .rssi = h->rssi,
                                      .connectable = h->connectable,
                                      .why = h->why };
        return true;
}
