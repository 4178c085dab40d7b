/* SPDX-License-Identifier: Apache-2.0 */

/* A stream is a bounded buffer with a filter. It begins with ":ok", brings the events that its filter lets
 * through, and a blank line when nothing else was to say for `keep_alive_ms`: the official client gives a
 * silent stream up after 15 seconds. A reader that falls more than a megabyte behind loses the stream. */

#include "tests/sim/cloud/events.h"
#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "tests/sim/cloud/access.h"
#include "tests/sim/cloud/faults.h"
#include "tests/sim/cloud/routes.h"
#include <errno.h>

#define STREAM_CEILING (1024u * 1024)
#define MAX_OPEN       100 /* for one address (cloud.md 1) */

enum stream_end { STREAM_OPEN, STREAM_ENDED, STREAM_CUT };

struct vcloud_stream {
        struct vcloud_stream *next;
        struct hub *hub; /* NULL once it ended */
        char *peer, *who, *device, *prefix;
        int64_t product_id;
        struct buf out;
        enum stream_end end;
        bool stalled, cut_next;
        uint64_t keep_alive_ms;
        struct timer *keep_alive;
        json_int_t events;
        void (*ready)(void *userdata);
        void *userdata;
};

struct hub {
        struct sd_event *loop;
        struct vcloud_stream *first;
};

static void unhook(struct vcloud_stream *s, enum stream_end end)
{
        struct vcloud_stream **at;

        if (!s->hub)
                return;
        for (at = &s->hub->first; *at != s; at = &(*at)->next)
                ;
        *at = s->next;
        s->hub = NULL;
        s->end = end;
        s->keep_alive = timer_free(s->keep_alive);
}

static void wake(struct vcloud_stream *s)
{
        if (s->ready)
                s->ready(s->userdata);
}

static void say(struct vcloud_stream *s, const char *text, size_t len)
{
        if (buf_append(&s->out, text, len) < 0)
                unhook(s, STREAM_CUT);
        wake(s);
}

static void rearm(struct vcloud_stream *s);

static void keep_alive(void *userdata)
{
        struct vcloud_stream *s = userdata;

        rearm(s);
        say(s, "\n", 1);
}

static void rearm(struct vcloud_stream *s)
{
        s->keep_alive = timer_free(s->keep_alive);
        if (s->keep_alive_ms != 0 &&
            timer_new(s->hub->loop, s->keep_alive_ms, keep_alive, s, &s->keep_alive) < 0)
                unhook(s, STREAM_CUT);
}

int vcloud_stream_read(struct vcloud_stream *s, void *buf, size_t size, size_t *ret_len)
{
        size_t n = s->out.len < size ? s->out.len : size;

        if (n == 0)
                return s->end == STREAM_OPEN ? -EAGAIN : s->end == STREAM_ENDED ? -EPIPE : -ECONNRESET;
        memcpy(buf, s->out.data, n);
        buf_consume(&s->out, n);
        *ret_len = n;
        return 0;
}

void vcloud_stream_watch(struct vcloud_stream *s, void (*ready)(void *userdata), void *userdata)
{
        s->ready = ready;
        s->userdata = userdata;
}

struct vcloud_stream *vcloud_stream_free(struct vcloud_stream *s)
{
        if (!s)
                return NULL;
        unhook(s, STREAM_ENDED);
        buf_done(&s->out);
        free(s->peer);
        free(s->who);
        free(s->device);
        free(s->prefix);
        free(s);
        return NULL;
}

int hub_new(struct sd_event *loop, struct hub **ret)
{
        struct hub *h = calloc(1, sizeof(*h));

        if (!h)
                return -ENOMEM;
        h->loop = loop;
        *ret = h;
        return 0;
}

void hub_end_all(struct hub *h)
{
        while (h->first) {
                struct vcloud_stream *s = h->first;

                unhook(s, STREAM_ENDED);
                wake(s);
        }
}

struct hub *hub_free(struct hub *h)
{
        if (h)
                hub_end_all(h);
        free(h);
        return NULL;
}

json_t *hub_report(const struct hub *h)
{
        json_t *list = json_array();

        for (const struct vcloud_stream *s = h->first; s; s = s->next)
                if (json_array_append_new(list, json_pack("{s:s,s:s,s:I}", "peer", s->peer, "who", s->who,
                                                          "events", s->events)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

struct event {
        const char *name;
        const char *data; /* NULL = null */
        const char *coreid;
        const char *owner;  /* whose streams hear it; NULL: nobody's, as with an unclaimed sandbox device */
        int64_t product_id; /* whose product's streams hear it; 0 = none */
};

static bool hears(const struct vcloud_stream *s, const struct event *e)
{
        if (s->stalled)
                return false;
        if (s->device && strcmp(s->device, e->coreid) != 0)
                return false;
        if (s->prefix && strncmp(e->name, s->prefix, strlen(s->prefix)) != 0)
                return false;
        if (s->product_id != 0)
                return s->product_id == e->product_id;
        return e->owner && strcmp(s->who, e->owner) == 0;
}

static void tell(struct vcloud_stream *s, const char *text)
{
        s->events++;
        if (s->cut_next) {
                (void)buf_append(&s->out, text, strlen(text) / 2);
                unhook(s, STREAM_CUT);
                wake(s);
                return;
        }
        rearm(s);
        say(s, text, strlen(text));
}

static int hub_publish(struct vcloud *c, const struct event *e)
{
        _cleanup_(freep) char *data = NULL, *text = NULL;
        _cleanup_(json_decrefp) json_t *body = NULL;
        char now[INSTANT_SIZE];

        body = json_pack("{s:s?,s:i,s:s,s:s}", "data", e->data, "ttl", 60, "published_at",
                         instant_text(cloud_now_ms(c), now), "coreid", e->coreid);
        data = body ? json_dumps(body, JSON_COMPACT) : NULL;
        if (!data || asprintf(&text, "event: %s\ndata: %s\n\n", e->name, data) < 0) {
                text = NULL;
                return -ENOMEM;
        }
        for (struct vcloud_stream *s = c->hub->first, *next; s; s = next) {
                next = s->next;
                if (hears(s, e))
                        tell(s, text);
        }
        return 0;
}

int hub_publish_device(struct vcloud *c, const json_t *device, const char *name, const char *data)
{
        const struct event e = {
                .name = name,
                .data = data,
                .coreid = rec_text(device, "id"),
                .owner = rec_text(device, "owner"),
                .product_id = rec_int(device, "product_id"),
        };

        return hub_publish(c, &e);
}

static unsigned open_of(const struct hub *h, const char *peer)
{
        unsigned n = 0;

        for (const struct vcloud_stream *s = h->first; s; s = s->next)
                n += strcmp(s->peer, peer) == 0;
        return n;
}

/* A copy of text that may be NULL. */
static int copy(const char *text, char **ret)
{
        *ret = text ? strdup(text) : NULL;
        return text && !*ret ? -ENOMEM : 0;
}

static int stream_new(struct call *c, const char *device, const char *prefix, int64_t product_id,
                      struct vcloud_stream **ret)
{
        _cleanup_(vcloud_stream_freep) struct vcloud_stream *s = calloc(1, sizeof(*s));

        if (!s)
                return -ENOMEM;
        s->out = buf_init(STREAM_CEILING);
        s->product_id = product_id;
        s->stalled = faults_inside(c, "stall");
        s->cut_next = faults_inside(c, "cut-event");
        if (!s->stalled)
                s->keep_alive_ms = (uint64_t)json_integer_value(state_option(c->cloud, "keep_alive_ms"));
        if (copy(c->request->peer, &s->peer) < 0 || copy(c->who, &s->who) < 0 ||
            copy(device, &s->device) < 0 || copy(prefix, &s->prefix) < 0)
                return -ENOMEM;
        s->hub = c->cloud->hub;
        s->next = s->hub->first;
        s->hub->first = s;
        rearm(s);
        say(s, ":ok\n\n", 5);
        *ret = TAKE_PTR(s);
        return 0;
}

static int open_stream(struct call *c, const char *device, const char *prefix, int64_t product_id)
{
        int r;

        if (open_of(c->cloud->hub, c->request->peer) >= MAX_OPEN)
                return refuse(c, SHAPE_TOO_MANY_STREAMS);
        r = stream_new(c, device, prefix, product_id, &c->reply->stream);
        if (r < 0)
                return r;
        c->reply->status = 200;
        r = answer_header(c, "Content-Type", "text/event-stream; charset=utf-8");
        return r < 0 ? r : answer_header(c, "Cache-Control", "no-cache, no-store");
}

int events_mine(struct call *c)
{
        return open_stream(c, NULL, c->arg[0], 0);
}

/* All events that one may see; without a prefix that would be the fire hose. */
int events_all(struct call *c)
{
        return c->arg[0] ? open_stream(c, NULL, c->arg[0], 0) : refuse(c, SHAPE_EVENT_PREFIX);
}

int events_device(struct call *c)
{
        json_t *device = access_device(c, c->arg[0]);

        return device ? open_stream(c, rec_text(device, "id"), c->arg[1],
                                    access_owns(c, device) ? 0 : rec_int(device, "product_id"))
                      : refuse(c, SHAPE_PERMISSION);
}

int events_product(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]);

        return product ? open_stream(c, NULL, c->arg[1], rec_int(product, "id"))
                       : refuse(c, SHAPE_NO_PRODUCT);
}

int events_product_device(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]), *device = state_find(c->cloud, DEVICES, c->arg[1]);

        if (!product)
                return refuse(c, SHAPE_NO_PRODUCT);
        if (!device || rec_int(device, "product_id") != rec_int(product, "id"))
                return refuse(c, SHAPE_DEVICE_NOT_MEMBER);
        return open_stream(c, rec_text(device, "id"), c->arg[2], rec_int(product, "id"));
}

static int publish_as(struct call *c, const char *owner, int64_t product_id)
{
        const struct event e = {
                .name = call_text(c, "name"),
                .data = call_text(c, "data"),
                .coreid = "api",
                .owner = owner,
                .product_id = product_id,
        };
        int r;

        if (!e.name || !*e.name || strpbrk(e.name, "\r\n"))
                return refuse(c, SHAPE_EVENT_NAME);
        r = hub_publish(c->cloud, &e);
        return r < 0 ? r : answer_ok(c);
}

int event_publish(struct call *c)
{
        return publish_as(c, c->who, 0);
}

int event_publish_product(struct call *c)
{
        json_t *product = access_product(c, c->arg[0]);

        return product ? publish_as(c, NULL, rec_int(product, "id")) : refuse(c, SHAPE_NO_PRODUCT);
}
