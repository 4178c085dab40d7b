/* SPDX-License-Identifier: Apache-2.0 */

/* Sliding windows: a window remembers when each counted request came, so that a limit is exact at every
 * moment and not only at the turn of an interval. */

#include "tests/sim/cloud/limits.h"
#include <errno.h>
#include <string.h>

struct rate_info {
        const char *name;
        size_t limit;
        int64_t window_ms;
};

static const struct rate_info rates[_RATE_MAX] = {
        [RATE_NONE] = { "none", 0, 0 },
        [RATE_ANY] = { "any", 10000, 300000 },
        [RATE_SIGN_IN] = { "sign_in", 100, 300000 },
        [RATE_ACCESS_TOKENS] = { "access_tokens", 100, 300000 },
        [RATE_STREAM] = { "stream", 100, 300000 },
        [RATE_SERIAL] = { "serial_numbers", 50, 3600000 },
};

#define MAX_FAILURES 10
#define BLOCK_MS     (30 * 60 * 1000)

struct window {
        struct window *next;
        enum rate rate;
        char *key;
        int64_t *at_ms; /* ring of rates[rate].limit times */
        size_t head, n;
};

struct failures {
        struct failures *next;
        char *peer;
        unsigned in_a_row;
        int64_t blocked_until_ms;
};

struct limits {
        struct window *windows;
        struct failures *failures;
        json_t *routes, *devices;
        json_int_t total;
        struct {
                json_int_t taken, refused;
                size_t peak; /* most in any one window */
        } use[_RATE_MAX];
};

int limits_new(struct limits **ret)
{
        struct limits *l = calloc(1, sizeof(*l));

        if (!l)
                return -ENOMEM;
        l->routes = json_object();
        l->devices = json_object();
        if (!l->routes || !l->devices) {
                limits_free(l);
                return -ENOMEM;
        }
        *ret = l;
        return 0;
}

struct limits *limits_free(struct limits *l)
{
        if (!l)
                return NULL;
        while (l->windows) {
                struct window *w = l->windows;

                l->windows = w->next;
                free(w->key);
                free(w->at_ms);
                free(w);
        }
        while (l->failures) {
                struct failures *f = l->failures;

                l->failures = f->next;
                free(f->peer);
                free(f);
        }
        json_decref(l->routes);
        json_decref(l->devices);
        free(l);
        return NULL;
}

static struct window *window_of(struct limits *l, enum rate rate, const char *key)
{
        struct window *w;

        for (w = l->windows; w; w = w->next)
                if (w->rate == rate && strcmp(w->key, key) == 0)
                        return w;
        w = calloc(1, sizeof(*w));
        if (!w)
                return NULL;
        w->rate = rate;
        w->key = strdup(key);
        w->at_ms = calloc(rates[rate].limit, sizeof(*w->at_ms));
        if (!w->key || !w->at_ms) {
                free(w->key);
                free(w->at_ms);
                free(w);
                return NULL;
        }
        w->next = l->windows;
        l->windows = w;
        return w;
}

int limits_take(struct vcloud *c, enum rate rate, const char *key, uint64_t *ret_wait_s)
{
        const struct rate_info *info = &rates[rate];
        int64_t now_ms = cloud_now_ms(c);
        struct window *w;

        if (rate == RATE_NONE)
                return 0;
        w = window_of(c->limits, rate, key);
        if (!w)
                return -ENOMEM;
        while (w->n > 0 && w->at_ms[w->head] + info->window_ms <= now_ms) {
                w->head = (w->head + 1) % info->limit;
                w->n--;
        }
        if (w->n == info->limit) {
                c->limits->use[rate].refused++;
                *ret_wait_s = (uint64_t)(w->at_ms[w->head] + info->window_ms - now_ms + 999) / 1000;
                return -EBUSY;
        }
        w->at_ms[(w->head + w->n++) % info->limit] = now_ms;
        c->limits->use[rate].taken++;
        if (w->n > c->limits->use[rate].peak)
                c->limits->use[rate].peak = w->n;
        return 0;
}

static struct failures *failures_of(struct limits *l, const char *peer)
{
        struct failures *f;

        for (f = l->failures; f; f = f->next)
                if (strcmp(f->peer, peer) == 0)
                        return f;
        return NULL;
}

bool limits_blocked(struct vcloud *c, const char *peer)
{
        const struct failures *f = failures_of(c->limits, peer);

        return f && f->blocked_until_ms > cloud_now_ms(c);
}

int limits_sign_in(struct vcloud *c, const char *peer, bool success)
{
        struct failures *f = failures_of(c->limits, peer);

        if (!f) {
                f = calloc(1, sizeof(*f));
                if (!f)
                        return -ENOMEM;
                f->peer = strdup(peer);
                if (!f->peer) {
                        free(f);
                        return -ENOMEM;
                }
                f->next = c->limits->failures;
                c->limits->failures = f;
        }
        f->in_a_row = success ? 0 : f->in_a_row + 1;
        if (f->in_a_row >= MAX_FAILURES) {
                f->in_a_row = 0;
                f->blocked_until_ms = cloud_now_ms(c) + BLOCK_MS;
        }
        return 0;
}

static int increment(json_t *object, const char *key)
{
        json_int_t n = json_integer_value(json_object_get(object, key));

        return json_object_set_new(object, key, json_integer(n + 1)) < 0 ? -ENOMEM : 0;
}

/* "GET /v1/devices/:id" -> {"n":3,"status":{"200":2,"403":1}} */
static int note_route(json_t *routes, const char *method, const char *pattern, unsigned status)
{
        char name[128], code[16];
        json_t *entry;

        (void)snprintf(name, sizeof(name), "%s %s", method, pattern);
        (void)snprintf(code, sizeof(code), "%u", status);
        entry = json_object_get(routes, name);
        if (!entry) {
                entry = json_pack("{s:i,s:{}}", "n", 0, "status");
                if (json_object_set_new(routes, name, entry) < 0)
                        return -ENOMEM;
        }
        if (increment(entry, "n") < 0)
                return -ENOMEM;
        return increment(json_object_get(entry, "status"), code);
}

int limits_note(struct vcloud *c, const char *method, const char *pattern, const char *device,
                unsigned status)
{
        struct limits *l = c->limits;

        l->total++;
        if (device && json_object_size(l->devices) < 100000 && increment(l->devices, device) < 0)
                return -ENOMEM;
        return note_route(l->routes, method, pattern, status);
}

static json_t *report_classes(const struct limits *l)
{
        json_t *classes = json_object();

        for (int i = RATE_ANY; i < _RATE_MAX; i++)
                if (json_object_set_new(classes, rates[i].name,
                                        json_pack("{s:i,s:i,s:i,s:I,s:I}", "limit", (int)rates[i].limit,
                                                  "window_s", (int)(rates[i].window_ms / 1000), "peak",
                                                  (int)l->use[i].peak, "taken", l->use[i].taken, "refused",
                                                  l->use[i].refused)) < 0) {
                        json_decref(classes);
                        return NULL;
                }
        return classes;
}

json_t *limits_report(struct vcloud *c, bool reset)
{
        struct limits *l = c->limits;
        json_t *report;

        report = json_pack("{s:I,s:o*,s:o*,s:o*}", "total", l->total, "routes", json_deep_copy(l->routes),
                           "devices", json_deep_copy(l->devices), "classes", report_classes(l));
        if (reset) {
                json_object_clear(l->routes);
                json_object_clear(l->devices);
                memset(l->use, 0, sizeof(l->use));
                l->total = 0;
        }
        return report;
}
