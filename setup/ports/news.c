/* SPDX-License-Identifier: Apache-2.0 */

/* What came while nobody waited, between a question and the next wait, must not be lost: each device that
 * is waited for has a mark that says whether anything may have changed since it was last asked for. The
 * stream's news set marks and make timers due, no more: who waits is called from its own timer, so that it
 * may do there what it likes. */

#include "setup/ports/news.h"
#include "cloud/events.h"
#include "cloud/url.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define STATUS "spark/status"

struct subject {
        struct subject *next;
        char id[CLOUD_ID_LEN + 1];
        unsigned waits;
        bool changed; /* perhaps, since it was last asked for */
        enum news_heard heard;
        uint64_t left_ms; /* when the last wait ended */
};

struct wait {
        struct op op;
        struct news *news;
        struct subject *subject;
        struct wait *next;
        struct timer *timer;
        bool over; /* told, and not freed yet */
        news_fn done;
        void *userdata;
};

struct news {
        struct sd_event *loop;
        struct cloud_client *client;
        unsigned product_id; /* of the stream */
        struct op *stream;
        bool open, ended; /* ended: refused for good */
        struct timer *linger;
        struct subject *subjects;
        struct wait *waits;
};

/* subjects */
static void drop_subjects(struct news *n, uint64_t idle_ms)
{
        uint64_t now_ms = timer_now_ms();

        for (struct subject **at = &n->subjects; *at;) {
                struct subject *s = *at;

                if (s->waits == 0 && now_ms - s->left_ms >= idle_ms) {
                        *at = s->next;
                        free(s);
                } else {
                        at = &s->next;
                }
        }
}

static struct subject *subject_of(struct news *n, const char *id)
{
        for (struct subject *s = n->subjects; s; s = s->next)
                if (strcmp(s->id, id) == 0)
                        return s;
        return NULL;
}

static struct subject *subject_add(struct news *n, const char *id)
{
        struct subject *s = calloc(1, sizeof(*s));

        if (!s)
                return NULL;
        memcpy(s->id, id, sizeof(s->id));
        s->changed = true;
        s->left_ms = timer_now_ms();
        s->next = n->subjects;
        n->subjects = s;
        return s;
}

/* the stream */
static void close_stream(struct news *n)
{
        n->stream = op_free(n->stream);
        n->linger = timer_free(n->linger);
        n->open = false;
        drop_subjects(n, 0);
}

static void on_due(void *userdata)
{
        struct wait *w = userdata;

        enum news_heard heard = w->subject->heard;

        w->over = true;
        w->subject->changed = false;
        w->subject->heard = HEARD_NOTHING;
        w->done(w->userdata, heard);
}

/* Without a new timer the old one still ends the wait. */
static void hurry(struct news *n, const struct subject *only)
{
        for (struct wait *w = n->waits; w; w = w->next) {
                struct timer *now;

                if (w->over || (only && w->subject != only) || timer_new(n->loop, 0, on_due, w, &now) < 0)
                        continue;
                timer_free(w->timer);
                w->timer = now;
        }
}

static void on_event(struct news *n, const struct cloud_news *news)
{
        struct subject *s = subject_of(n, news->device_id);

        if (!s)
                return;
        if (strcmp(news->name, STATUS) == 0 && strcmp(news->data, "online") == 0)
                s->heard = HEARD_ONLINE;
        else if (strcmp(news->name, STATUS) == 0 && strcmp(news->data, "offline") == 0)
                s->heard = HEARD_OFFLINE;
        s->changed = true;
        hurry(n, s);
}

static void on_news(void *userdata, const struct cloud_news *news)
{
        struct news *n = userdata;

        switch (news->kind) {
        case NEWS_EVENT: on_event(n, news); return;
        case NEWS_OPENED:
                n->open = true;
                for (struct subject *s = n->subjects; s; s = s->next)
                        s->changed = true;
                break;
        case NEWS_ENDED:
                n->ended = true;
                n->open = false;
                break;
        case NEWS_BROKEN: n->open = false; break;
        }
        hurry(n, NULL);
}

static int follow(struct news *n, unsigned product_id)
{
        const struct cloud_events what = { .product_id = product_id, .prefix = STATUS };

        if (product_id != n->product_id && !n->waits) {
                close_stream(n);
                n->product_id = product_id;
                n->ended = false;
        }
        if (n->stream || n->ended || product_id != n->product_id)
                return 0;
        return cloud_events(n->client, &what, on_news, n, &n->stream);
}

/* waiting */
static void on_linger_over(void *userdata)
{
        close_stream(userdata);
}

static void wait_free(struct op *op)
{
        struct wait *w = container_of(op, struct wait, op), **at;
        struct news *n = w->news;

        for (at = &n->waits; *at != w; at = &(*at)->next)
                ;
        *at = w->next;
        w->subject->waits--;
        w->subject->left_ms = timer_now_ms();
        timer_free(w->timer);
        free(w);
        if (!n->waits && timer_new(n->loop, NEWS_LINGER_MS, on_linger_over, n, &n->linger) < 0)
                close_stream(n);
}

static int wait_new(struct news *n, struct subject *s, uint64_t ms, struct wait **ret)
{
        struct wait *w = calloc(1, sizeof(*w));
        int r;

        if (!w)
                return -ENOMEM;
        r = timer_new(n->loop, ms, on_due, w, &w->timer);
        if (r < 0) {
                free(w);
                return r;
        }
        w->op.free = wait_free;
        w->news = n;
        w->subject = s;
        w->next = n->waits;
        n->waits = w;
        n->linger = timer_free(n->linger);
        s->waits++;
        *ret = w;
        return 0;
}

int news_wait(struct news *n, unsigned product_id, const char *device_id, uint64_t ms, news_fn done,
              void *userdata, struct op **ret)
{
        char id[CLOUD_ID_LEN + 1];
        struct subject *s;
        struct wait *w;
        int r;

        if (url_device_id(device_id, id) < 0)
                return -EINVAL;
        r = follow(n, product_id);
        if (r < 0)
                return r;
        drop_subjects(n, NEWS_LINGER_MS);
        s = subject_of(n, id) ?: subject_add(n, id);
        if (!s)
                return -ENOMEM;
        if (s->changed || !n->open || product_id != n->product_id)
                ms = 0;
        r = wait_new(n, s, ms, &w);
        if (r < 0)
                return r;
        w->done = done;
        w->userdata = userdata;
        *ret = &w->op;
        return 0;
}

/* life */
int news_new(struct sd_event *loop, struct cloud_client *client, struct news **ret)
{
        struct news *n = calloc(1, sizeof(*n));

        if (!n)
                return -ENOMEM;
        n->loop = loop;
        n->client = client;
        *ret = n;
        return 0;
}

struct news *news_free(struct news *n)
{
        if (!n)
                return NULL;
        close_stream(n);
        free(n);
        return NULL;
}
