/* SPDX-License-Identifier: Apache-2.0 */

/* A stream dies silently as often as it ends (a NAT forgets it, the server moves on), so a watchdog runs
 * beside it: any byte winds it up. Exactly one of three things is under way: a request, with the watchdog;
 * the pause before the next request; or nothing, after NEWS_ENDED.
 *
 * The owner may free the operation from any news. Where more is to be done after telling, a flag on the
 * stack, that freeing sets, says whether the stream still exists. */

#include "cloud/events.h"
#include "cloud/client-private.h"
#include "cloud/mask.h"
#include "cloud/reply.h"
#include "cloud/sse.h"
#include "cloud/url.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <sodium.h>

struct stream {
        struct op op;
        struct cloud_client *client;
        struct buf url;
        uint64_t silence_ms, pause_ms, opened_ms;
        struct op *http;
        struct timer *timer; /* watchdog or pause */
        struct sse sse;
        bool open;
        bool *gone; /* somebody up the stack wants to know when this is freed */
        cloud_news_fn news;
        void *userdata;
};

static int open_now(struct stream *s);
static void on_silence(void *userdata);

static void stream_free(struct op *op)
{
        struct stream *s = container_of(op, struct stream, op);

        if (s->gone)
                *s->gone = true;
        op_free(s->http);
        timer_free(s->timer);
        sse_done(&s->sse);
        buf_done(&s->url);
        free(s);
}

/* True while the stream exists. */
static bool tell(struct stream *s, const struct cloud_news *news)
{
        bool gone = false;

        s->gone = &gone;
        s->news(s->userdata, news);
        if (!gone)
                s->gone = NULL;
        return !gone;
}

/* ends and pauses */
static void stop(struct stream *s)
{
        s->http = op_free(s->http);
        s->timer = timer_free(s->timer);
        s->open = false;
        sse_done(&s->sse);
        sse_init(&s->sse);
}

static void end_local(struct stream *s)
{
        const struct cloud_error error = { .trouble = { FAULT_INTERNAL, "out of memory" } };

        stop(s);
        (void)tell(s, &(struct cloud_news){ .kind = NEWS_ENDED, .error = &error });
}

static void on_pause_over(void *userdata)
{
        struct stream *s = userdata;

        s->timer = timer_free(s->timer);
        if (open_now(s) < 0)
                end_local(s);
}

static bool heals(enum fault fault)
{
        return fault == FAULT_CLOUD_BUSY || fault == FAULT_CLOUD_UNREACHABLE ||
               fault == FAULT_CLOUD_SERVER || fault == FAULT_CLOUD_ANSWER;
}

static uint64_t next_pause(struct stream *s, const struct cloud_error *e)
{
        uint64_t ms;

        if (s->opened_ms && timer_now_ms() - s->opened_ms >= EVENTS_RECONNECT_MAX_MS)
                s->pause_ms = EVENTS_RECONNECT_MS; /* it had worked well */
        s->opened_ms = 0;
        ms = s->pause_ms;
        s->pause_ms = ms * 2 < EVENTS_RECONNECT_MAX_MS ? ms * 2 : EVENTS_RECONNECT_MAX_MS;
        if (e->trouble.fault == FAULT_CLOUD_BUSY && ms < EVENTS_LIMITED_MS)
                ms = EVENTS_LIMITED_MS;
        if ((uint64_t)e->retry_after_s * 1000 > ms)
                ms = (uint64_t)e->retry_after_s * 1000;
        return ms + randombytes_uniform((uint32_t)(ms / 4 + 1));
}

/* The request is over for this reason. */
static void broken(struct stream *s, const struct cloud_error *e)
{
        struct cloud_news news = { .kind = heals(e->trouble.fault) ? NEWS_BROKEN : NEWS_ENDED, .error = e };
        uint64_t ms = next_pause(s, e);
        bool again = news.kind == NEWS_BROKEN;

        if (!tell(s, &news))
                return;
        stop(s);
        if (again && timer_new(s->client->loop, ms, on_pause_over, s, &s->timer) < 0)
                end_local(s);
}

static void on_end(void *userdata, const struct http_reply *reply)
{
        struct stream *s = userdata;
        struct cloud_error error = { .status = reply->status, .retry_after_s = reply->retry_after_s };
        _cleanup_(masked_reply_done) struct masked_reply masked = {};
        _cleanup_(mask_done) struct mask mask = {};

        if (mask_add(&mask, s->client->token) < 0 || mask_reply(&mask, reply, &masked) < 0) {
                end_local(s);
                return;
        }
        cloud_judge(ENDPOINT_EVENTS, &masked.reply, &error.trouble);
        error.request_id = masked.reply.request_id[0] ? masked.reply.request_id : NULL;
        if (error.trouble.fault == FAULT_NONE)
                (void)trouble_set(&error.trouble, FAULT_CLOUD_UNREACHABLE, "the cloud closed the stream");
        broken(s, &error);
}

static void on_silence(void *userdata)
{
        struct stream *s = userdata;
        const struct cloud_error error = { .trouble = { FAULT_CLOUD_UNREACHABLE,
                                                        "the event stream fell silent" } };

        broken(s, &error);
}

/* what comes */
static int wind_up(struct stream *s)
{
        s->timer = timer_free(s->timer);
        return timer_new(s->client->loop, s->silence_ms, on_silence, s, &s->timer);
}

int reply_event(const json_t *j, char id[static CLOUD_ID_LEN + 1], struct cloud_news *ret)
{
        const char *device_id = cloud_json_text(j, "coreid"), *data = cloud_json_text(j, "data");

        if (!device_id || url_device_id(device_id, id) < 0)
                return -EBADMSG;
        ret->device_id = id;
        ret->data = data ? data : "";
        ret->published_s = cloud_json_time(j, "published_at");
        return 0;
}

static bool tell_event(struct stream *s, const struct sse_event *event)
{
        _cleanup_(json_decref_ptr) json_t *json = NULL;
        struct cloud_news news = { .kind = NEWS_EVENT, .name = event->name };
        char id[CLOUD_ID_LEN + 1];

        if (cloud_json_read(event->data, event->len, &json) < 0 || reply_event(json, id, &news) < 0)
                return true; /* not an event of a device */
        return tell(s, &news);
}

static void on_data(void *userdata, const char *data, size_t len)
{
        const struct cloud_error error = { .trouble = { FAULT_CLOUD_ANSWER,
                                                        "the event stream holds what no event is" } };
        struct stream *s = userdata;
        struct sse_event event;
        int r;

        if (wind_up(s) < 0) {
                end_local(s);
                return;
        }
        if (!s->open) {
                s->open = true;
                s->opened_ms = timer_now_ms();
                if (!tell(s, &(struct cloud_news){ .kind = NEWS_OPENED }))
                        return;
        }
        r = sse_feed(&s->sse, data, len);
        while (r >= 0 && (r = sse_next(&s->sse, &event)) > 0)
                if (!tell_event(s, &event))
                        return;
        if (r < 0)
                broken(s, &error);
}

/* starting */
static int open_now(struct stream *s)
{
        const struct http_request request = {
                .method = "GET",
                .url = (const char *)s->url.data,
                .authorization = s->client->authorization,
                .data = on_data,
        };
        uint64_t ms = budget_take(&s->client->budget, BUDGET_EVENTS, timer_now_ms());
        int r;

        if (ms)
                return timer_new(s->client->loop, ms, on_pause_over, s, &s->timer);
        r = http_start(s->client->http, &request, on_end, s, &s->http);
        if (r < 0)
                return r;
        return wind_up(s);
}

static int make_url(const struct cloud_client *c, const struct cloud_events *what, struct buf *url)
{
        char id[CLOUD_ID_LEN + 1];
        int r;

        if (what->device_id && url_device_id(what->device_id, id) < 0)
                return -EINVAL;
        r = buf_append(url, c->url, strlen(c->url));
        if (r >= 0 && what->product_id)
                r = url_format(url, "/v1/products/%u", what->product_id);
        else if (r >= 0)
                r = url_format(url, "/v1");
        if (r >= 0 && what->device_id)
                r = url_format(url, "/devices/%s", id);
        else if (r >= 0 && !what->product_id)
                r = url_format(url, "/devices");
        if (r >= 0)
                r = url_format(url, "/events");
        if (r >= 0 && what->prefix)
                r = url_format(url, "/%s", what->prefix);
        if (r >= 0)
                r = buf_append(url, "", 1);
        return r == -ENOBUFS ? -EINVAL : r;
}

int cloud_events(struct cloud_client *c, const struct cloud_events *what, cloud_news_fn news, void *userdata,
                 struct op **ret)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct stream *s;
        int r;

        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        op = &s->op;
        s->op.free = stream_free;
        s->client = c;
        s->url = buf_init(URL_MAX);
        s->silence_ms = what->silence_ms ? what->silence_ms : EVENTS_SILENCE_MS;
        s->pause_ms = EVENTS_RECONNECT_MS;
        s->news = news;
        s->userdata = userdata;
        sse_init(&s->sse);
        r = make_url(c, what, &s->url);
        if (r < 0)
                return r;
        r = open_now(s);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
