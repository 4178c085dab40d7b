/* SPDX-License-Identifier: Apache-2.0 */

/* The devices in setup mode around here. An event only says that the list is another one: whoever comes late
 * looks at the list as it is, and misses nothing. What was told of each device as JSON is kept: a line that
 * there was no memory for comes with the next change. */

#include "setup/engine/event.h"
#include "setup/flow/platform.h"
#include "setup/lib/ctx-private.h"
#include "setup/ports/heard.h"
#include <errno.h>
#include <string.h>

struct usher_devices {
        struct usher_ctx *ctx;
        struct heard *heard;
        struct heard_device told[HEARD_MAX];
        size_t n_told;
        struct usher_event *end; /* kept from the start: it must not be lost */
};

static const char *platform_key(const struct heard_device *h)
{
        const struct platform *p = h->platform_id ? platform_by_id(h->platform_id) : NULL;

        return p ? p->name : NULL;
}

/* ---- telling ---- */

static void put(struct usher_devices *d, struct usher_event *e, enum usher_event_kind kind)
{
        e->kind = kind;
        e->subject = d;
        event_put(&d->ctx->events, e);
}

static json_t *device_json(const struct heard_device *h, bool gone)
{
        return event_new("device",
                         json_pack("{s:o, s:s?, s:o, s:o, s:o, s:b, s:s?, s:b}", "name", event_text(h->name),
                                   "platform", platform_key(h), "setup_code", event_text(h->setup_code),
                                   "rssi", h->rssi ? json_integer(h->rssi) : json_null(), "address",
                                   event_word(h->address), "connectable", h->connectable && !gone, "why",
                                   h->why, "gone", gone));
}

/* False: there was no memory for it. */
static bool tell(struct usher_devices *d, const struct heard_device *h, bool gone)
{
        struct usher_event *e = calloc(1, sizeof(*e));
        int r = e ? event_line(device_json(h, gone), &e->json) : -ENOMEM;

        if (r < 0) {
                event_free(e);
                return false;
        }
        put(d, e, USHER_EVENT_DEVICE);
        return true;
}

static struct heard_device *by_address(struct heard_device *list, size_t n, const char *address)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(list[i].address, address) == 0)
                        return &list[i];
        return NULL;
}

static void tell_gone(struct usher_devices *d)
{
        for (size_t i = 0; i < d->n_told;) {
                const struct heard_device *h;
                size_t k = 0;

                while ((h = heard_at(d->heard, k)) && strcmp(h->address, d->told[i].address) != 0)
                        k++;
                if (!h && tell(d, &d->told[i], true))
                        memmove(&d->told[i], &d->told[i + 1], (--d->n_told - i) * sizeof(d->told[0]));
                else
                        i++;
        }
}

static void tell_there(struct usher_devices *d)
{
        const struct heard_device *h;

        for (size_t i = 0; (h = heard_at(d->heard, i)); i++) {
                struct heard_device *before = by_address(d->told, d->n_told, h->address);

                if (before && memcmp(before, h, sizeof(*h)) == 0)
                        continue;
                if (!before && d->n_told == HEARD_MAX)
                        continue; /* its turn comes when one that is gone could be told */
                if (tell(d, h, false))
                        memcpy(before ? before : &d->told[d->n_told++], h, sizeof(*h));
        }
}

static void on_changed(void *userdata)
{
        struct usher_devices *d = userdata;
        struct usher_event *e = calloc(1, sizeof(*e));

        tell_gone(d);
        tell_there(d);
        if (e)
                put(d, e, USHER_EVENT_DEVICES); /* else the next change tells it */
}

static void on_failed(void *userdata, const struct trouble *why)
{
        struct usher_devices *d = userdata;
        struct usher_event *e = TAKE_PTR(d->end);

        e->trouble = *why;
        put(d, e, USHER_EVENT_DEVICES_END);
}

/* ---- life ---- */

static int make(struct usher_ctx *c, struct usher_devices **ret)
{
        static const struct heard_events events = { .changed = on_changed, .failed = on_failed };
        struct usher_devices *d = calloc(1, sizeof(*d));
        struct radio *radio;
        int r;

        if (!d)
                return -ENOMEM;
        d->end = calloc(1, sizeof(*d->end));
        r = d->end ? context_radio(c->context, ctx_text(c, SETTING_RADIO), &radio, &c->trouble) : -ENOMEM;
        if (r == 0)
                r = heard_new(radio, &events, d, &d->heard);
        if (r < 0) {
                free(d->end);
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
        event_free(d->end);
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

        if (!h)
                return false;
        *ret = (struct usher_device){ .name = h->name[0] ? h->name : NULL,
                                      .address = h->address,
                                      .setup_code = h->setup_code[0] ? h->setup_code : NULL,
                                      .platform = platform_key(h),
                                      .rssi = h->rssi,
                                      .connectable = h->connectable,
                                      .why = h->why };
        return true;
}
