/* SPDX-License-Identifier: Apache-2.0 */

/* Before each wait the context says for how long: what it has to tell already, or to do, shows on no
 * descriptor. That is asked in the descriptor's own preparation, where a timer can still be set, so that
 * nothing is missed whoever turns the loop; and a timer that is not wanted is off, so that it rests when
 * there is nothing to do. */

#include "setup/cli/host.h"
#include "proto/base/places.h"
#include "setup/cli/loop.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct host {
        sd_event *loop;
        struct usher_ctx *ctx;
        sd_event_source *ready, *due;
        host_event_fn fn;
        void *userdata;
        int error; /* of the library */
};

/* ---- the loop ---- */

/* Returns 0: an event source that fails is only switched off. */
static int fail(struct host *h, int error)
{
        h->error = error;
        return sd_event_exit(h->loop, EXIT_INTERNAL);
}

static int dispatch(struct host *h)
{
        struct usher_event *e;
        int r = usher_ctx_dispatch(h->ctx);

        while (r == 0 && (e = usher_ctx_pop_event(h->ctx))) {
                if (h->fn)
                        h->fn(h->userdata, e);
                usher_event_free(e);
        }
        return r < 0 ? fail(h, r) : 0;
}

static int on_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void)source, (void)fd, (void)revents;
        return dispatch(userdata);
}

static int on_due(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec;
        return dispatch(userdata);
}

static int on_prepare(sd_event_source *source, void *userdata)
{
        struct host *h = userdata;
        int timeout_ms = usher_ctx_get_timeout(h->ctx), r = 0;

        (void)source;
        if (timeout_ms >= 0)
                r = sd_event_source_set_time_relative(h->due, (uint64_t)timeout_ms * 1000);
        else if (timeout_ms != -1)
                return fail(h, timeout_ms);
        if (r >= 0)
                r = sd_event_source_set_enabled(h->due, timeout_ms >= 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
        return r < 0 ? fail(h, r) : 0;
}

int host_until(struct host *h, const bool *over)
{
        int r = loop_until(h->loop, over);

        return h->error < 0 ? h->error : r;
}

/* ---- settings ---- */

static int set_place(struct host *h, const char *key, int (*find)(const char *, char[static PLACE_MAX]),
                     const char *name)
{
        char path[PLACE_MAX];

        return find(name, path) < 0 ? 0 : usher_ctx_set(h->ctx, key, path); /* nothing is kept then */
}

static int set_files(struct host *h)
{
        int r = set_place(h, "serials-file", place_cache, "serials");

        if (r == 0)
                r = set_place(h, "numbers-file", place_state, "numbers");
        if (r == 0)
                r = set_place(h, "finished-file", place_state, "finished");
        return r == 0 ? set_place(h, "sign-ins-file", place_state, "sign-ins") : r;
}

static int set(struct host *h, const struct host_settings *s)
{
        char timeout_s[16];
        const char *const rows[][2] = {
                { "radio", s->radio },
                { "cloud", s->cloud },
                { "cloud-ca", s->cloud_ca },
                { "token-file", s->token_file ? s->token_file : "" },
                { "timeout-s", s->timeout_s ? timeout_s : NULL },
                { "interactive", s->interactive ? "yes" : NULL },
                { "report", s->report ? "yes" : NULL },
                { "libexec-folder", "" },
        };
        int r = 0;

        (void)snprintf(timeout_s, sizeof(timeout_s), "%u", s->timeout_s);
        for (size_t i = 0; r == 0 && i < ELEMENTSOF(rows); i++)
                r = usher_ctx_set(h->ctx, rows[i][0], rows[i][1]);
        return r == 0 ? set_files(h) : r;
}

/* ---- life ---- */

static int watch(struct host *h)
{
        int r = sd_event_add_io(h->loop, &h->ready, usher_ctx_get_fd(h->ctx), EPOLLIN, on_ready, h);

        if (r >= 0)
                r = sd_event_add_time_relative(h->loop, &h->due, CLOCK_MONOTONIC, UINT64_MAX / 2, 1, on_due,
                                               h);
        if (r >= 0)
                r = sd_event_source_set_enabled(h->due, SD_EVENT_OFF);
        return r < 0 ? r : sd_event_source_set_prepare(h->ready, on_prepare);
}

int host_new(const struct host_settings *settings, struct host **ret)
{
        _cleanup_(host_freep) struct host *h = calloc(1, sizeof(*h));
        int r = h ? sd_event_new(&h->loop) : -ENOMEM;

        if (r >= 0)
                r = usher_ctx_new(&h->ctx);
        if (r >= 0)
                r = set(h, settings);
        if (r >= 0)
                r = watch(h);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

struct host *host_free(struct host *h)
{
        if (!h)
                return NULL;
        sd_event_source_disable_unref(h->due);
        sd_event_source_disable_unref(h->ready);
        usher_ctx_free(h->ctx);
        sd_event_unref(h->loop);
        free(h);
        return NULL;
}

sd_event *host_loop(const struct host *h)
{
        return h->loop;
}

struct usher_ctx *host_ctx(const struct host *h)
{
        return h->ctx;
}

void host_listen(struct host *h, host_event_fn fn, void *userdata)
{
        h->fn = fn;
        h->userdata = userdata;
}

/* ---- what goes in and comes out ---- */

int host_label(struct host *h, const struct label *label, struct usher_label **ret)
{
        _cleanup_(secret_freep) struct secret *text = NULL;
        const struct secret *secret = label->mobile_secret;
        int r = secret_new_empty(LABEL_SERIAL_LEN + 1 + LABEL_SECRET_LEN, &text);

        if (r == 0)
                r = secret_append(text, label->serial, strlen(label->serial));
        if (r == 0)
                r = secret_append(text, " ", 1);
        if (r == 0)
                r = secret_append(text, secret_bytes(secret), secret_len(secret));
        return r < 0 ? r : usher_label_from_text(h->ctx, secret_text(text), secret_len(text), ret);
}

void host_told(const char *fault, const char *cause, struct trouble *ret)
{
        (void)trouble_set(ret, fault ? fault_find(fault) : FAULT_NONE, "%s", cause ? cause : "");
}

void host_trouble(const struct host *h, int error, struct trouble *ret)
{
        *ret = (struct trouble){};
        if (error == -EINVAL)
                host_told(usher_ctx_get_fault(h->ctx), usher_ctx_get_cause(h->ctx), ret);
        trouble_complete(ret, error);
}
