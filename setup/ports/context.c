/* SPDX-License-Identifier: Apache-2.0 */

/* Radios and accounts are two short lists, searched by what they were opened with. A radio is kept for good:
 * there are as many as adapters. An account is not, since each customer of a product has one: it goes an
 * hour (the longest window of cloud/budget.h) after its last user, when the next account is opened.
 *
 * A loop that was told to exit would dispatch its exit sources and be finished for good at the next turn: it
 * is not turned any more. */

#include "setup/ports/context.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <string.h>

enum { CLOUD_KEPT_MS = 3600000 };

struct shared_radio {
        struct shared_radio *next;
        struct radio *radio;
        char spec[];
};

struct shared_cloud {
        struct context_cloud cloud;
        struct shared_cloud *next;
        char *url, *ca_file, *proxy, *serials_file; /* NULL as in the configuration */
        struct secret *token;
        uint64_t patience_ms;
        unsigned users;
        uint64_t idle_ms; /* since when there are none */
};

struct context {
        sd_event *loop;
        struct shared_radio *radios;
        struct shared_cloud *clouds;
};

/* loop */
sd_event *context_loop(const struct context *c)
{
        return c->loop;
}

int context_turn(struct context *c)
{
        int code, r;

        if (sd_event_get_exit_code(c->loop, &code) >= 0)
                return -ECANCELED;
        r = sd_event_run(c->loop, UINT64_MAX);
        return sd_event_get_exit_code(c->loop, &code) >= 0 ? -ECANCELED : r < 0 ? r : 0;
}

int context_until(struct context *c, const bool *over)
{
        int r = 0;

        while (r == 0 && !*over)
                r = context_turn(c);
        return r;
}

/* radio */
int context_radio(struct context *c, const char *spec, struct radio **ret, struct trouble *ret_trouble)
{
        const char *name = spec ? spec : "bluez";
        struct shared_radio *s;
        int r;

        for (s = c->radios; s; s = s->next)
                if (strcmp(s->spec, name) == 0) {
                        *ret = s->radio;
                        return 0;
                }
        s = calloc(1, sizeof(*s) + strlen(name) + 1);
        if (!s)
                return -ENOMEM;
        memcpy(s->spec, name, strlen(name) + 1);
        r = radio_new(c->loop, name, &s->radio, ret_trouble);
        if (r < 0) {
                free(s);
                return r;
        }
        s->next = c->radios;
        c->radios = s;
        *ret = s->radio;
        return 0;
}

/* cloud */
static struct shared_cloud *shared_cloud_free(struct shared_cloud *s)
{
        if (!s)
                return NULL;
        news_free(s->cloud.news);
        cloud_client_free(s->cloud.client);
        free(s->url);
        free(s->ca_file);
        free(s->proxy);
        free(s->serials_file);
        secret_free(s->token);
        free(s);
        return NULL;
}

DEFINE_CLEANUP(struct shared_cloud *, shared_cloud_free)

static bool same_text(const char *a, const char *b)
{
        return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_of(const struct shared_cloud *s, const struct cloud_config *config)
{
        return same_text(s->url, config->url) && same_text(s->ca_file, config->ca_file) &&
               same_text(s->proxy, config->proxy) && same_text(s->serials_file, config->serials_file) &&
               s->patience_ms == config->patience_ms &&
               (s->token ? secret_equal(s->token, config->token) : !config->token);
}

static int copy_text(const char *from, char **ret)
{
        *ret = from ? strdup(from) : NULL;
        return from && !*ret ? -ENOMEM : 0;
}

static int copy_config(const struct cloud_config *config, struct shared_cloud *s)
{
        int r = copy_text(config->url, &s->url);

        if (r == 0)
                r = copy_text(config->ca_file, &s->ca_file);
        if (r == 0)
                r = copy_text(config->proxy, &s->proxy);
        if (r == 0)
                r = copy_text(config->serials_file, &s->serials_file);
        if (r == 0 && config->token)
                r = secret_new(secret_bytes(config->token), secret_len(config->token), &s->token);
        s->patience_ms = config->patience_ms;
        return r;
}

static int shared_cloud_new(struct context *c, const struct cloud_config *config, struct shared_cloud **ret)
{
        _cleanup_(shared_cloud_freep) struct shared_cloud *s = calloc(1, sizeof(*s));
        struct cloud_config ours = *config;
        int r;

        if (!s)
                return -ENOMEM;
        ours.loop = c->loop;
        r = copy_config(config, s);
        if (r == 0)
                r = cloud_client_new(&ours, &s->cloud.client);
        if (r == 0)
                r = news_new(c->loop, s->cloud.client, &s->cloud.news);
        if (r < 0)
                return r;
        s->next = c->clouds;
        c->clouds = s;
        *ret = TAKE_PTR(s);
        return 0;
}

static void forget_idle(struct context *c)
{
        uint64_t now_ms = timer_now_ms();

        for (struct shared_cloud **at = &c->clouds; *at;) {
                struct shared_cloud *s = *at;

                if (s->users == 0 && now_ms - s->idle_ms >= CLOUD_KEPT_MS) {
                        *at = s->next;
                        shared_cloud_free(s);
                } else {
                        at = &s->next;
                }
        }
}

int context_cloud_open(struct context *c, const struct cloud_config *config, struct context_cloud **ret)
{
        struct shared_cloud *s;
        int r;

        forget_idle(c);
        for (s = c->clouds; s && !is_of(s, config); s = s->next)
                ;
        r = s ? 0 : shared_cloud_new(c, config, &s);
        if (r < 0)
                return r;
        s->users++;
        *ret = &s->cloud;
        return 0;
}

struct context_cloud *context_cloud_close(struct context_cloud *cloud)
{
        struct shared_cloud *s;

        if (!cloud)
                return NULL;
        s = container_of(cloud, struct shared_cloud, cloud);
        if (--s->users == 0)
                s->idle_ms = timer_now_ms();
        return NULL;
}

/* life */
int context_new(struct context **ret)
{
        _cleanup_(context_freep) struct context *c = NULL;
        int r;

        r = secret_init();
        if (r < 0)
                return r;
        c = calloc(1, sizeof(*c));
        if (!c)
                return -ENOMEM;
        r = sd_event_new(&c->loop);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(c);
        return 0;
}

struct context *context_free(struct context *c)
{
        if (!c)
                return NULL;
        while (c->clouds) {
                struct shared_cloud *s = c->clouds;

                c->clouds = s->next;
                shared_cloud_free(s);
        }
        while (c->radios) {
                struct shared_radio *s = c->radios;

                c->radios = s->next;
                radio_free(s->radio);
                free(s);
        }
        sd_event_unref(c->loop);
        free(c);
        return NULL;
}
