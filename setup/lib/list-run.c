/* SPDX-License-Identifier: Apache-2.0 */

/* From the start to the end. Everything that changes says list_look(); at the next turn of the loop, outside
 * of the engine's calls, it is looked at whether the list is over. It is over when no row is left that could
 * change: those that wait to be tried again are such rows, and so are pending ones, as long as their time
 * lasts. A trouble that holds everything up - no adapter, a full disk - ends it after a while; the next run
 * goes on. */

#include "setup/lib/list-private.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>

enum {
        STOP_MS = 120000,    /* for the steps in hand: the longest is joining a network */
        TROUBLE_MS = 60000,  /* of what holds everything up */
        PENDING_MS = 600000, /* for what is left to do in the cloud, when nothing else is; with a timeout of
                                jobs that one */
};

/* ---- looking ---- */

static uint64_t pending_limit_ms(const struct usher_list *l)
{
        return l->timeout_s ? (uint64_t)l->timeout_s * 1000 : PENDING_MS;
}

static void look(void *userdata);

static void look_after(struct usher_list *l, uint64_t ms)
{
        l->later = timer_free(l->later);
        (void)timer_new(context_loop(l->ctx->context), ms, look, l, &l->later);
}

/* Whether that much time has passed since; *since_ms 0: it begins now. */
static bool has_passed(struct usher_list *l, uint64_t *since_ms, uint64_t limit_ms)
{
        uint64_t now_ms = timer_now_ms();

        if (!*since_ms)
                *since_ms = now_ms;
        if (now_ms - *since_ms >= limit_ms)
                return true;
        look_after(l, limit_ms - (now_ms - *since_ms));
        return false;
}

static void look_at_trouble(struct usher_list *l, const struct engine_status *s)
{
        const struct trouble *why =
                s->trouble.fault != FAULT_NONE ? &s->trouble : store_trouble(l->journal.store);

        if (why->fault != l->trouble.fault || strcmp(why->cause, l->trouble.cause) != 0) {
                l->trouble = *why;
                l->changed = true;
        }
        if (l->trouble.fault == FAULT_NONE)
                l->trouble_ms = 0;
        else if (has_passed(l, &l->trouble_ms, TROUBLE_MS))
                list_end(l, &l->trouble);
}

static void look_at_rows(struct usher_list *l)
{
        const size_t *of = l->rows.of;

        if (!l->journal.filled || of[ROW_WAITING] + of[ROW_RUNNING] + of[ROW_ASKING] > 0)
                l->pending_ms = 0;
        else if (of[ROW_PENDING] == 0 || has_passed(l, &l->pending_ms, pending_limit_ms(l)))
                list_end(l, NULL);
}

/* Whoever waits still was not begun. */
static void close_run(struct usher_list *l)
{
        l->sign_in = op_free(l->sign_in);
        engine_free(TAKE_PTR(l->engine)); /* what it tells now is not heard */
        journal_close(l);
        l->soon = timer_free(l->soon);
        l->later = timer_free(l->later);
        for (size_t i = 0; i < l->rows.n; i++)
                if (l->rows.row[i].state < ROW_PENDING)
                        listed_move(l, &l->rows.row[i], ROW_CANCELLED);
        l->stage = LIST_STAGE_OVER;
        l->trouble = (struct trouble){};
        list_tell_end(l);
}

static void look(void *userdata)
{
        struct usher_list *l = userdata;
        struct engine_status s;

        l->soon = timer_free(l->soon);
        engine_status(l->engine, &s);
        if (!l->ending) {
                look_at_trouble(l, &s);
                look_at_rows(l);
        }
        if (l->changed)
                list_tell_change(l);
        l->changed = false;
        if (s.stopped)
                close_run(l);
}

void list_look(struct usher_list *l)
{
        if (l->engine && !l->soon)
                (void)timer_new(context_loop(l->ctx->context), 0, look, l, &l->soon);
}

void list_end(struct usher_list *l, const struct trouble *why)
{
        if (why && l->why.fault == FAULT_NONE)
                l->why = *why;
        if (l->ending || !l->engine)
                return;
        l->ending = true;
        engine_stop(l->engine, STOP_MS);
}

/* ---- start and stop ---- */

static int refuse_errors(struct usher_list *l)
{
        const struct list_error *e = list_error_at(l->list, 0);
        size_t n = list_errors(l->list);

        if (n == 0)
                return 0;
        if (n == 1)
                return trouble_set(&l->ctx->trouble, FAULT_CONFIG, "%s, line %u: %s", l->path, e->line,
                                   e->why.cause);
        return trouble_set(&l->ctx->trouble, FAULT_CONFIG,
                           "%s has %zu errors, and nothing was done; the first, line %u: %s", l->path, n,
                           e->line, e->why.cause);
}

int list_prepare(struct usher_list *l, bool *ret_account)
{
        int r = setups_check(l);

        if (r == 0)
                r = refuse_errors(l);
        return r < 0 ? r : setups_find_account(l, ret_account);
}

static int open_engine(struct usher_list *l)
{
        size_t n = l->n_radios ? l->n_radios : 1;
        _cleanup_(freep) struct engine_adapter *adapters = calloc(n, sizeof(*adapters));
        struct engine_config config = { .context = l->ctx->context,
                                        .store = l->journal.store,
                                        .adapters = adapters,
                                        .n_adapters = n,
                                        .job_timeout_s = l->timeout_s,
                                        .interactive = ctx_yes(l->ctx, SETTING_INTERACTIVE),
                                        .any = true };
        int r;

        if (!adapters)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                adapters[i] = (struct engine_adapter){ l->n_radios ? l->radios[i] : l->world.config.radio,
                                                       l->slots };
        r = engine_new(&config, &list_host, l, &l->engine, &l->ctx->trouble);
        if (r == 0)
                engine_pause(l->engine, true); /* until it is known what the journal has */
        return r;
}

void list_go_on(struct usher_list *l)
{
        if (l->journal.looked && !l->sign_in)
                engine_pause(l->engine, false);
}

static void on_signed_in(void *userdata, const struct trouble *why, const struct secret *token)
{
        struct usher_list *l = userdata;
        struct trouble trouble = *why;
        int r = -EINVAL;

        l->sign_in = op_free(l->sign_in);
        if (token)
                r = world_take_token(&l->world, token);
        if (r == 0) {
                list_go_on(l);
                return;
        }
        trouble_complete(&trouble, r);
        list_end(l, &trouble);
}

static int begin_sign_in(struct usher_list *l)
{
        const struct profile *customer = setups_customer(l);

        if (!customer || l->world.token)
                return 0;
        return session_begin(l->ctx, customer, on_signed_in, l, &l->sign_in);
}

static int open_all(struct usher_list *l)
{
        bool account = false;
        int r = list_prepare(l, &account);

        if (r == 0)
                r = world_keep(l->ctx, setups_customer(l), account, &l->world);
        if (r == 0)
                r = files_take(l->ctx, &l->files);
        if (r == 0)
                r = journal_open(l);
        if (r == 0)
                r = open_engine(l);
        if (r == 0)
                r = begin_sign_in(l);
        return r < 0 ? r : journal_begin(l);
}

void list_close_all(struct usher_list *l)
{
        l->soon = timer_free(l->soon);
        l->later = timer_free(l->later);
        l->sign_in = op_free(l->sign_in);
        engine_free(TAKE_PTR(l->engine));
        journal_close(l);
        files_done(&l->files);
        world_done(&l->world);
}

int usher_list_start(struct usher_list *l)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(l->ctx, &e);

        if (r == 0 && l->stage != LIST_STAGE_NEW)
                r = -EALREADY;
        if (r < 0)
                return r;
        l->timeout_s = ctx_number(l->ctx, SETTING_TIMEOUT);
        r = open_all(l);
        if (r < 0) {
                list_close_all(l);
                return r;
        }
        l->stage = LIST_STAGE_WORK;
        list_look(l);
        return 0;
}

int usher_list_stop(struct usher_list *l)
{
        _cleanup_(ctx_leave) struct entry e;
        int r = ctx_enter(l->ctx, &e);

        if (r < 0 || l->stage != LIST_STAGE_WORK)
                return r;
        if (l->ending)
                engine_stop(l->engine, 0);
        else
                list_end(l, NULL);
        return 0;
}
