/* SPDX-License-Identifier: Apache-2.0 */

/* The library's own loop inside of somebody else's. sd-event is prepared ahead of the caller's wait: what a
 * timer or a socket will bring shows on its descriptor, what is pending already (an operation that answers
 * at the next turn, a timer of 0 ms) does not. An eventfd stands for that, and for events that were not
 * taken, so that whoever watches nothing but the one descriptor misses nothing. */

#include "proto/base/secret.h"
#include "setup/lib/ctx-private.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { TURNS_MAX = 64 /* of one dispatch: the caller has other things to do */ };

const char *usher_version(void)
{
        return USHER_VERSION;
}

int usher_hide_process(void)
{
        return secret_hide_process();
}

/* ---- signals ---- */

/* Not those that an instruction raises: who blocks them is ended without a word. */
static void block_signals(sigset_t *ret_before)
{
        static const int raised[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
        sigset_t all;

        (void)sigfillset(&all);
        for (size_t i = 0; i < ELEMENTSOF(raised); i++)
                (void)sigdelset(&all, raised[i]);
        (void)pthread_sigmask(SIG_SETMASK, &all, ret_before);
}

static bool has_pipe(void)
{
        sigset_t pending;

        return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

static void take_pipe(void)
{
        sigset_t pipe;

        (void)sigemptyset(&pipe);
        (void)sigaddset(&pipe, SIGPIPE);
        (void)sigtimedwait(&pipe, NULL, &(struct timespec){ 0 });
}

/* ---- the loop ---- */

/* 1: there is something to dispatch; 0: not before the loop's descriptor is readable. */
static int settle(struct usher_ctx *c)
{
        sd_event *loop = context_loop(c->context);
        int r = 0;

        if (sd_event_get_state(loop) == SD_EVENT_ARMED)
                r = sd_event_wait(loop, 0); /* what was added since is not in there: once more */
        if (r == 0 && sd_event_get_state(loop) == SD_EVENT_INITIAL)
                r = sd_event_prepare(loop);
        if (r == 0 && sd_event_get_state(loop) == SD_EVENT_ARMED)
                r = sd_event_wait(loop, 0);
        if (r == 0 && sd_event_get_state(loop) == SD_EVENT_INITIAL)
                r = sd_event_prepare(loop);
        if (r < 0)
                return r;
        return sd_event_get_state(loop) == SD_EVENT_PENDING;
}

bool ctx_is_ours(const struct usher_ctx *c)
{
        return c->pid == getpid();
}

int ctx_enter(struct usher_ctx *c, struct entry *ret)
{
        *ret = (struct entry){};
        if (!ctx_is_ours(c))
                return -ECHILD;
        block_signals(&ret->before);
        ret->had_pipe = has_pipe();
        ret->patience = file_patience_begin(ctx_number(c, SETTING_TIMEOUT) * 1000);
        ret->ctx = c;
        return 0;
}

void ctx_leave(struct entry *e)
{
        if (!e->ctx)
                return;
        if (settle(e->ctx) != 0 || e->ctx->events.first)
                (void)eventfd_write(e->ctx->kick, 1);
        file_patience_end(&e->patience);
        if (!e->had_pipe && has_pipe())
                take_pipe();
        (void)pthread_sigmask(SIG_SETMASK, &e->before, NULL);
        e->ctx = NULL;
}

int usher_ctx_get_fd(struct usher_ctx *c)
{
        return ctx_is_ours(c) ? c->fd : -ECHILD;
}

int usher_ctx_get_timeout(struct usher_ctx *c)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(c, &e);

        if (r < 0)
                return r;
        r = settle(c);
        return r < 0 ? r : r > 0 || c->events.first ? 0 : -1;
}

int usher_ctx_dispatch(struct usher_ctx *c)
{
        _cleanup_(ctx_leave) struct entry e;
        eventfd_t kicks;
        int r = ctx_enter(c, &e);

        if (r < 0)
                return r;
        (void)eventfd_read(c->kick, &kicks);
        for (unsigned turn = 0; turn < TURNS_MAX; turn++) {
                r = settle(c);
                if (r <= 0)
                        return r;
                r = sd_event_dispatch(context_loop(c->context));
                if (r < 0)
                        return r;
        }
        return 0;
}

struct usher_event *usher_ctx_pop_event(struct usher_ctx *c)
{
        return ctx_is_ours(c) ? event_take(&c->events) : NULL;
}

/* ---- life ---- */

static int open_descriptors(struct usher_ctx *c)
{
        struct epoll_event in = { .events = EPOLLIN };

        c->fd = epoll_create1(EPOLL_CLOEXEC);
        if (c->fd < 0)
                return -errno;
        c->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (c->kick < 0 || epoll_ctl(c->fd, EPOLL_CTL_ADD, c->kick, &in) < 0 ||
            epoll_ctl(c->fd, EPOLL_CTL_ADD, sd_event_get_fd(context_loop(c->context)), &in) < 0)
                return -errno;
        return 0;
}

static void ctx_end(struct usher_ctx *c)
{
        struct usher_event *event;

        while ((event = event_take(&c->events)))
                event_free(event);
        event_free(c->signed_out);
        session_end_all(c);
        decoder_free(c->decoder);
        profile_done(&c->profile);
        free(c->profile_path);
        token_done(&c->token);
        for (size_t i = 0; i < _SETTING_MAX; i++)
                free(c->setting[i]);
        closep(&c->fd);
        closep(&c->kick);
        context_free(c->context);
        free(c);
}

struct usher_ctx *ctx_use(struct usher_ctx *c)
{
        c->uses++;
        return c;
}

struct usher_ctx *ctx_unuse(struct usher_ctx *c)
{
        sigset_t before;

        if (!c || !ctx_is_ours(c) || --c->uses > 0)
                return NULL;
        block_signals(&before);
        ctx_end(c);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        return NULL;
}

struct usher_ctx *usher_ctx_free(struct usher_ctx *c)
{
        return ctx_unuse(c);
}

int usher_ctx_new(struct usher_ctx **ret)
{
        struct usher_ctx *c = calloc(1, sizeof(*c));
        sigset_t before;
        int r;

        if (!c)
                return -ENOMEM;
        c->pid = getpid();
        c->uses = 1;
        c->fd = c->kick = -1;
        c->events.end = &c->events.first;
        block_signals(&before);
        r = context_new(&c->context);
        if (r == 0)
                r = open_descriptors(c);
        if (r < 0)
                ctx_end(c);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r == 0)
                *ret = c;
        return r;
}

/* ---- trouble ---- */

const char *usher_ctx_get_fault(const struct usher_ctx *c)
{
        return trouble_key(&c->trouble);
}

const char *usher_ctx_get_sentence(const struct usher_ctx *c)
{
        return trouble_sentence(&c->trouble);
}

const char *usher_ctx_get_cause(const struct usher_ctx *c)
{
        return trouble_cause(&c->trouble);
}

const char *usher_ctx_get_advice(const struct usher_ctx *c)
{
        return trouble_advice(&c->trouble);
}

int usher_ctx_get_exit(const struct usher_ctx *c)
{
        return fault_info(c->trouble.fault)->exit_code;
}
