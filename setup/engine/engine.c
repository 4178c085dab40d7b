/* SPDX-License-Identifier: Apache-2.0 */

/* Life, and what the owner asks for. Whatever changes is told at the end of a turn of the loop, once. */

#include "setup/engine/engine-private.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>

enum { QUESTION_S = 600, RETRIES = 3, RENEW_PIECE = 32 };

struct sd_event *engine_loop(const struct engine *e)
{
        return context_loop(e->context);
}

/* status */
static void on_changed(void *userdata)
{
        struct engine *e = userdata;

        e->changed = timer_free(e->changed);
        if (e->stopping && !e->slots && !e->turn.claim && !e->stopped) {
                e->stopped = true;
                turn_done(e);
        }
        if (e->host->changed)
                e->host->changed(e->userdata);
}

void engine_changed(struct engine *e)
{
        if (!e->changed)
                (void)timer_new(engine_loop(e), 0, on_changed, e, &e->changed);
}

void engine_store_said(struct engine *e, int error)
{
        bool was = e->store_refuses, is = store_trouble(e->store)->fault != FAULT_NONE;

        if (error < 0)
                e->store_until_ms = timer_now_ms() + STORE_AGAIN_MS;
        e->store_refuses = is;
        if (was == is)
                return;
        for (struct slot *s = e->slots; s; s = s->next)
                if (was)
                        slot_write_again(s);
                else if (s->work)
                        work_stop_after_step(s->work);
        engine_look(e);
        engine_changed(e);
}

static bool all_adapters_fail(const struct engine *e)
{
        for (size_t i = 0; i < e->n_adapters; i++)
                if (e->adapters[i].trouble.fault == FAULT_NONE)
                        return false;
        return true;
}

void engine_status(const struct engine *e, struct engine_status *ret)
{
        struct store_counts counts;

        *ret = (struct engine_status){ .stopped = e->stopped };
        store_counts(e->store, &counts);
        ret->waiting = (size_t)counts.of[STORE_WAITING];
        ret->pending = (size_t)counts.of[STORE_PENDING];
        for (const struct slot *s = e->slots; s; s = s->next) {
                ret->working += !s->asking;
                ret->asking += s->asking;
        }
        ret->idle = !e->slots && !e->turn.claim && !e->turn.soon && (!e->any || ret->waiting == 0);
        ret->held = e->n_held;
        if (store_trouble(e->store)->fault != FAULT_NONE)
                ret->trouble = *store_trouble(e->store);
        else if (all_adapters_fail(e))
                ret->trouble = e->adapters[0].trouble;
        else if (e->held)
                ret->trouble = e->held->trouble;
}

static void renew_all(struct engine *e);

/* what the owner asks for */
void engine_wake(struct engine *e)
{
        held_try(e);
        e->turn.held_until_ms = 0;
        engine_look(e);
}

void engine_pause(struct engine *e, bool pause)
{
        e->paused = pause;
        if (!pause)
                renew_all(e); /* the machine may have slept */
        engine_look(e);
        engine_changed(e);
}

static void on_limit(void *userdata)
{
        struct engine *e = userdata;

        e->limit = timer_free(e->limit);
        for (struct slot *s = e->slots; s; s = s->next)
                if (!s->over)
                        slot_give_back(s);
}

void engine_stop(struct engine *e, uint64_t limit_ms)
{
        bool again = e->stopping;

        e->stopping = true;
        if (again) {
                on_limit(e);
        } else {
                for (struct slot *s = e->slots; s; s = s->next)
                        if (s->work)
                                work_stop_after_step(s->work);
                        else if (s->waits)
                                slot_give_back(s);
                (void)timer_new(engine_loop(e), limit_ms, on_limit, e, &e->limit);
        }
        engine_changed(e);
}

int engine_cancel(struct engine *e, const char *id)
{
        struct slot *s = slot_by_id(e, id);

        if (!s || s->over)
                return -ENOENT;
        slot_end(s, &(struct verdict){ .state = STORE_CANCELLED,
                                       .trouble.fault = FAULT_CANCELLED,
                                       .attempted = true,
                                       .told = true });
        return 0;
}

int engine_answer(struct engine *e, const char *id, struct wifi_network *network,
                  struct trouble *ret_trouble)
{
        struct slot *s = slot_by_id(e, id);
        int r;

        if (!s || !s->asking)
                return -ENOENT;
        r = work_answer(s->work, network, ret_trouble);
        if (r < 0)
                return r;
        s->asking = false;
        s->answered = s->home;
        s->question = timer_free(s->question);
        s->write.state = STORE_RUNNING;
        slot_write_soon(s);
        engine_look(e);
        engine_changed(e);
        return 0;
}

/* leases: in pieces, one when the one before it is answered, so that however many jobs are at work none is
 * left out */
static void renew_piece(struct engine *e);

static const struct store_job *is_ours(const struct store_answer *a, const char *id)
{
        for (size_t i = 0; i < a->n_jobs; i++)
                if (strcmp(a->jobs[i].id, id) == 0)
                        return &a->jobs[i];
        return NULL;
}

static void on_renewed(void *userdata, const struct store_answer *a)
{
        struct engine *e = userdata;
        struct slot *next;

        e->renewing = op_free(e->renewing);
        engine_store_said(e, a->error);
        for (struct slot *s = e->slots; s; s = next) {
                const struct store_job *row = is_ours(a, s->row->id);
                bool asked = s->renewing;

                next = s->next;
                s->renewing = false;
                if (!asked || s->over || a->error < 0)
                        continue;
                if (!row)
                        slot_drop(s);
                else if (row->cancel_asked)
                        (void)engine_cancel(e, s->row->id);
        }
        if (a->error == 0)
                renew_piece(e);
}

static void renew_piece(struct engine *e)
{
        struct store_held held[RENEW_PIECE];
        size_t n = 0;

        for (struct slot *s = e->slots; s && n < ELEMENTSOF(held); s = s->next) {
                if (s->renewals == e->renewals)
                        continue;
                s->renewals = e->renewals;
                s->renewing = true;
                held[n++] = (struct store_held){ s->row->id, s->row->epoch };
        }
        if (n > 0) {
                (void)store_renew(e->store, held, n, LEASE_MS, on_renewed, e, &e->renewing);
        } else if (e->overslept) {
                e->overslept = false;
                engine_look(e);
        }
}

static void renew_all(struct engine *e)
{
        if (e->renewing)
                return;
        e->renewed_ms = timer_now_ms();
        e->renewals++;
        renew_piece(e);
}

void engine_renew_if_late(struct engine *e)
{
        if (!e->slots || timer_now_ms() - e->renewed_ms < 2 * RENEW_MS)
                return;
        e->overslept = true;
        renew_all(e);
}

static void on_renew(void *userdata)
{
        struct engine *e = userdata;

        e->renew = timer_free(e->renew);
        renew_all(e);
        (void)timer_new(engine_loop(e), RENEW_MS, on_renew, e, &e->renew);
}

/* life */
int engine_new(const struct engine_config *config, const struct engine_host *host, void *userdata,
               struct engine **ret, struct trouble *ret_trouble)
{
        _cleanup_(engine_freep) struct engine *e = calloc(1, sizeof(*e));
        int r;

        if (!e)
                return -ENOMEM;
        *e = (struct engine){
                .context = config->context,
                .store = config->store,
                .host = host,
                .userdata = userdata,
                .job_timeout_s = config->job_timeout_s,
                .question_s = config->question_s ? config->question_s : QUESTION_S,
                .retries = config->retries ? config->retries : RETRIES,
                .interactive = config->interactive,
                .any = config->any,
                .listen = config->listen,
        };
        e->renewed_ms = timer_now_ms();
        r = adapters_new(e, config, ret_trouble);
        if (r == 0)
                r = timer_new(engine_loop(e), RENEW_MS, on_renew, e, &e->renew);
        if (r < 0)
                return r;
        engine_look(e);
        *ret = TAKE_PTR(e);
        return 0;
}

struct engine *engine_free(struct engine *e)
{
        if (!e)
                return NULL;
        e->stopping = true;
        while (e->slots)
                slot_drop(e->slots);
        turn_done(e);
        while (e->memos)
                memo_forget(e, e->memos->id);
        held_done(e);
        op_free(e->renewing);
        timer_free(e->renew);
        timer_free(e->limit);
        timer_free(e->changed);
        adapters_free(e);
        free(e);
        return NULL;
}
