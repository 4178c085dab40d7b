/* SPDX-License-Identifier: Apache-2.0 */

/* What becomes of a job by how its attempt ended. The table of faults says what is worth another attempt;
 * what is no fault of the device's - an adapter that is gone, an account that is not let in, a process that
 * stops - counts as none, and the job waits. */

#include "setup/engine/engine-private.h"
#include <string.h>

enum { OTHERS_FIRST_MS = 60000 }; /* before a job whose device another label may belong to is tried again */

int64_t doubled_ms(int64_t first_ms, int64_t most_ms, unsigned times)
{
        int64_t ms = first_ms;

        while (times-- > 0 && ms < most_ms)
                ms *= 2;
        return ms < most_ms ? ms : most_ms;
}

int64_t end_again_ms(unsigned times)
{
        return doubled_ms(AGAIN_FIRST_MS, AGAIN_MOST_MS, times);
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

void memo_avoid(struct engine *e, const struct store_job *row, const struct adapter *a)
{
        struct memo *m = memo_of(e, row->id);

        if (!m)
                return;
        memcpy(m->code, row->code, sizeof(m->code));
        m->avoid = a;
}

bool memo_avoids(const struct engine *e, const char *code, const struct adapter *a)
{
        for (const struct memo *m = e->memos; m; m = m->next)
                if (m->avoid == a && strcmp(m->code, code) == 0)
                        return true;
        return false;
}

/* verdicts */
static bool is_of_adapter(enum fault fault)
{
        return fault == FAULT_BT_NO_ADAPTER || fault == FAULT_BT_POWERED_OFF || fault == FAULT_BT_BLOCKED ||
               fault == FAULT_BT_NO_DAEMON || fault == FAULT_BT_NOT_PERMITTED;
}

/* Whatever a job meets at an adapter that is not to be used now: a link that is lost, a device that is not
 * seen. */
static bool is_its_doing(const struct adapter *a, enum fault fault)
{
        int code = fault_info(fault)->exit_code;

        if (is_of_adapter(fault))
                return true;
        return a && a->trouble.fault != FAULT_NONE &&
               (fault == a->trouble.fault || code == EXIT_BLUETOOTH || code == EXIT_NOT_FOUND);
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

/* Six characters are no name: several labels share them now and then. */
static void on_others(void *userdata, const struct store_answer *a)
{
        struct slot *s = userdata;
        struct engine *e = s->engine;
        struct adapter *adapter = s->adapter;
        struct verdict v = failed(s);

        if (a->error == 0 && a->n_jobs == 1)
                v = wait_ms(s, OTHERS_FIRST_MS);
        slot_end(s, &v); /* and with it the question */
        if (a->error == 0 && a->n_jobs == 1)
                slot_start(e, adapter, &a->jobs[0], a->secrets[0]);
}

void end_mismatch(struct slot *s)
{
        char codes[1][STORE_CODE_LEN + 1];
        struct verdict v;

        memcpy(codes[0], s->row->code, sizeof(codes[0]));
        if (store_claim(
                    s->engine->store,
                    &(struct store_claim){ .codes = codes, .n_codes = 1, .limit = 1, .lease_ms = LEASE_MS },
                    on_others, s, &s->others) == 0)
                return;
        v = failed(s);
        slot_end(s, &v);
}

bool end_judge(struct slot *s, struct verdict *ret)
{
        const struct trouble *why = &s->job->end.trouble;

        switch (s->job->end.outcome) {
        case JOB_DONE:
                *ret = (struct verdict){
                        .state = STORE_DONE, .attempted = true, .told = true, .trouble = *why
                };
                held_release(s->engine, s->row->profile);
                break;
        case JOB_PENDING: *ret = pending(s); return true;
        case JOB_RUNNING:
        case JOB_CANCELLED:
                *ret = wait_ms(s, 0);
                ret->trouble = (struct trouble){};
                return true;
        case JOB_FAILED:
                if (why->fault == FAULT_SECRET_MISMATCH && s->adapter && !s->engine->stopping)
                        return false;
                if (is_its_doing(s->adapter, why->fault)) {
                        if (s->adapter && is_of_adapter(why->fault))
                                adapter_failed(s->adapter, why);
                        *ret = wait_ms(s, 0);
                } else if (is_of_account(why->fault)) {
                        *ret = wait_ms(s, held_add(s->engine, s->row->profile, why)); /* fails no job */
                } else {
                        *ret = failed(s);
                }
                break;
        }
        if (ret->state == STORE_DONE || ret->state == STORE_FAILED)
                memo_forget(s->engine, s->row->id);
        return true;
}
