/* SPDX-License-Identifier: Apache-2.0 */

/* What becomes of a job by how its attempt ended. The table of faults says what is worth another attempt;
 * what is no fault of the device's - an adapter that is gone, an account that is not let in, a process that
 * stops - counts as none, and the job waits. */

#include "setup/engine/engine-private.h"
#include <string.h>

int64_t end_again_ms(unsigned times)
{
        int64_t ms = AGAIN_FIRST_MS;

        while (times-- > 0 && ms < AGAIN_MOST_MS)
                ms *= 2;
        return ms < AGAIN_MOST_MS ? ms : AGAIN_MOST_MS;
}

/* memory */
static struct memo *memo_of(struct engine *e, const char *id)
{
        struct memo *m;

        for (m = e->memos; m; m = m->next)
                if (strcmp(m->id, id) == 0)
                        return m;
        m = calloc(1, sizeof(*m));
        if (!m)
                return NULL;
        memcpy(m->id, id, sizeof(m->id));
        m->next = e->memos;
        return e->memos = m;
}

void memo_forget(struct engine *e, const char *id)
{
        for (struct memo **at = &e->memos; *at; at = &(*at)->next)
                if (strcmp((*at)->id, id) == 0) {
                        struct memo *m = *at;

                        *at = m->next;
                        free(m);
                        return;
                }
}

/* verdicts */
static bool is_of_adapter(enum fault fault)
{
        return fault == FAULT_BT_NO_ADAPTER || fault == FAULT_BT_POWERED_OFF || fault == FAULT_BT_BLOCKED ||
               fault == FAULT_BT_NO_DAEMON || fault == FAULT_BT_NOT_PERMITTED;
}

static bool is_of_account(enum fault fault)
{
        return fault == FAULT_TOKEN_EXPIRED || fault == FAULT_TOKEN_INVALID;
}

static struct verdict wait_ms(const struct slot *s, int64_t ms)
{
        return (struct verdict){ .state = s->pending ? STORE_PENDING : STORE_WAITING,
                                 .trouble = s->job->end.trouble,
                                 .not_before_ms = timer_wall_ms() + ms };
}

static struct verdict pending(struct slot *s)
{
        struct memo *m = memo_of(s->engine, s->row->id);
        unsigned times = m ? m->pendings++ : 0;

        return (struct verdict){ .state = STORE_PENDING,
                                 .trouble = s->job->end.trouble,
                                 .not_before_ms = timer_wall_ms() + end_again_ms(times),
                                 .attempted = true,
                                 .told = !s->pending };
}

static struct verdict failed(struct slot *s)
{
        const struct engine *e = s->engine;
        const struct trouble *why = &s->job->end.trouble;
        struct verdict v = { .state = STORE_FAILED,
                             .trouble = *why,
                             .keep_secret_ms = KEEP_SECRET_MS,
                             .attempted = true,
                             .told = true };

        if (fault_info(why->fault)->retry && s->row->attempt <= e->retries) {
                v.state = s->pending ? STORE_PENDING : STORE_WAITING;
                v.not_before_ms = timer_wall_ms() + end_again_ms(s->row->attempt ? s->row->attempt - 1 : 0);
                v.told = false;
        }
        return v;
}

/* A token that is refused fails no job. */
static struct verdict wait_for_account(struct slot *s)
{
        struct engine *e = s->engine;

        e->account_trouble = s->job->end.trouble;
        e->account_until_ms = timer_now_ms() + (uint64_t)end_again_ms(e->account_times++);
        return wait_ms(s, AGAIN_FIRST_MS);
}

bool end_judge(struct slot *s, struct verdict *ret)
{
        const struct trouble *why = &s->job->end.trouble;

        switch (s->job->end.outcome) {
        case JOB_DONE:
                *ret = (struct verdict){
                        .state = STORE_DONE, .attempted = true, .told = true, .trouble = *why
                };
                s->engine->account_trouble.fault = FAULT_NONE;
                s->engine->account_times = 0;
                break;
        case JOB_PENDING: *ret = pending(s); return true;
        case JOB_RUNNING:
        case JOB_CANCELLED:
                *ret = wait_ms(s, 0);
                ret->trouble = (struct trouble){};
                return true;
        case JOB_FAILED:
                if (is_of_adapter(why->fault)) {
                        if (s->adapter)
                                adapter_failed(s->adapter, why);
                        *ret = wait_ms(s, 0);
                } else if (is_of_account(why->fault)) {
                        *ret = wait_for_account(s);
                } else {
                        *ret = failed(s);
                }
                break;
        }
        if (ret->state == STORE_DONE || ret->state == STORE_FAILED)
                memo_forget(s->engine, s->row->id);
        return true;
}
