/* SPDX-License-Identifier: Apache-2.0 */

/* How a lane walks through the table. There are three ways on: the next row; the same row again after a
 * pause (AGAIN, for polling); and back to the lane's first row, from where skip() finds the place at which
 * the work really stands. A retry and a lost link both go back, so that there is nothing to get wrong about
 * which rows a failure undoes.
 *
 * Who calls whom: everything here runs from a timer or from the callback of the lane's own operation. The
 * other lane is never walked from here, only woken by its timer: two lanes never nest. */

#include "setup/flow/runner-private.h"
#include <assert.h>
#include <string.h>

static void on_answer(void *userdata, const struct answer *a);
static void lane_walk(struct lane *l);
static void on_late(void *userdata);

static const struct trouble no_memory = { FAULT_INTERNAL, "out of memory" };

static const struct step *row_of(const struct lane *l)
{
        return &l->runner->table[l->at];
}

static struct row_state *state_of(const struct lane *l)
{
        return &l->runner->rows[l->at];
}

void lane_stop(struct lane *l)
{
        l->op = op_free(l->op);
        l->timer = timer_free(l->timer);
}

static void on_wake(void *userdata)
{
        struct lane *l = userdata;

        l->timer = timer_free(l->timer);
        l->state = LANE_IDLE;
        lane_walk(l);
}

int lane_wake(struct lane *l, uint64_t after_ms)
{
        l->state = LANE_PAUSED;
        l->timer = timer_free(l->timer);
        return timer_new(l->runner->ports->loop, after_ms, on_wake, l, &l->timer);
}

bool lane_is_busy(const struct lane *l, uint64_t *ret_since_ms)
{
        bool works = l->state == LANE_WORKING, each;

        if (l->at >= l->runner->n || (!works && !(l->state == LANE_PAUSED && l->again)))
                return false;
        each = row_of(l)->time.each;
        if (each && !works)
                return false;
        *ret_since_ms = each ? l->op_ms : l->try_ms;
        return true;
}

/* Without a timer nothing would ever go on, so that its failure ends the job. */
static void wake(struct lane *l, uint64_t after_ms)
{
        if (lane_wake(l, l->runner->stopping ? 0 : after_ms) < 0)
                runner_end(l->runner, &no_memory);
}

uint64_t lane_uncounted_ms(const struct lane *l)
{
        uint64_t ms = l->id == LANE_RADIO ? runner_waited_ms(l->runner) - l->waited_ms : 0;

        if (l->state != LANE_WORKING)
                return 0;
        return (ms < TURN_MOST_MS ? ms : TURN_MOST_MS) + timer_slept_since_ms(l->op_slept_ms);
}

/* Until when the operation under way has to be over, by what is known by now: ms from its beginning. */
static uint64_t budget_of(const struct lane *l)
{
        const struct step *row = row_of(l);
        uint64_t ms = row->acts->budget ? row->acts->budget(l->runner->job) : 0;

        return (ms ? ms : row->time.budget_ms) + lane_uncounted_ms(l);
}

/* Sets the timer to the end of the budget, which counts from when the operation began. */
static void limit_op(struct lane *l)
{
        uint64_t ms = budget_of(l), gone_ms = timer_now_ms() - l->op_ms;

        l->timer = timer_free(l->timer);
        if (timer_new(l->runner->ports->loop, ms > gone_ms ? ms - gone_ms : 0, on_late, l, &l->timer) < 0)
                runner_end(l->runner, &no_memory);
}

/* Looks whether what the other lane found out changes anything for this one. */
static void lane_poke(struct lane *l)
{
        switch (l->state) {
        case LANE_BLOCKED: wake(l, 0); break;
        case LANE_PAUSED:
                if (l->again && row_of(l)->acts->skip(l->runner->job))
                        wake(l, 0);
                break;
        case LANE_WORKING:
                /* a dropped request to the device would leave its reply behind (device.md 3.4) */
                if (row_of(l)->needs == NEEDS_NOTHING && row_of(l)->acts->skip(l->runner->job)) {
                        l->op = op_free(l->op);
                        l->again = true;
                        wake(l, 0);
                } else if (row_of(l)->acts->budget) {
                        limit_op(l);
                }
                break;
        case LANE_IDLE:
        case LANE_ASKING:
        case LANE_STOPPED:
        case LANE_ENDED: break;
        }
}

void lane_wind_up(struct lane *l)
{
        bool looking = l->state == LANE_WORKING && row_of(l)->late == FAULT_DEVICE_NOT_FOUND;

        if (looking)
                l->op = op_free(l->op);
        if (looking || l->state == LANE_PAUSED || l->state == LANE_BLOCKED || l->state == LANE_ASKING)
                wake(l, 0);
}

static void poke_others(const struct lane *l)
{
        for (size_t i = 0; i < _LANE_MAX; i++)
                if (i != l->id && !l->runner->over)
                        lane_poke(&l->runner->lane[i]);
}

static void go_back(struct lane *l)
{
        l->at = 0;
        l->again = false;
}

/* The row at l->at has its effect, of itself (done, and what there is to say of it) or otherwise. Rows that
 * are only passed again on the way back to where the work stands are not worth an event. */
static void pass(struct lane *l, const struct step_result *done)
{
        struct row_state *s = state_of(l);

        if (done)
                runner_emit_step(l->runner, l, STEP_DONE, done->trouble.fault == FAULT_NONE ? done : NULL);
        else if (s->tries > 0 || !s->passed)
                runner_emit_step(l->runner, l, STEP_SKIPPED, NULL);
        if (l->told_at == l->at)
                l->told.fault = FAULT_NONE;
        s->tries = 0;
        s->passed = true;
        l->again = false;
        l->at++;
        poke_others(l);
}

static void drop_link(struct runner *r)
{
        r->ports->ops->hang_up(r->ports);
        r->job->now.linked = r->job->now.session = false;
}

/* Whether the link is still of use after the row failed like this. A handshake cannot be repeated on the
 * same link, and an operation that was dropped leaves replies behind (device.md 3.4). */
static bool spoils_link(const struct step *row, const struct step_result *result)
{
        if (row->needs == NEEDS_LINK)
                return true;
        return row->needs == NEEDS_SESSION &&
               (result->trouble.fault == FAULT_LINK_LOST || result->trouble.fault == FAULT_LINK_SILENT ||
                result->trouble.fault == FAULT_LINK_PROTOCOL);
}

/* A device that answers no longer is not asked for ever: silent twice at the same row, or silent and then,
 * without a word in between, silent again, or twice not to be connected to. What it did not answer first is
 * the cause. */
static void judge_silence(struct lane *l, struct step_result *result)
{
        struct runner *r = l->runner;
        enum fault fault = result->trouble.fault;
        bool before = l->told.fault == FAULT_LINK_SILENT && l->told_at == l->at, /* at this very row */
                silent = fault == FAULT_LINK_SILENT,
             gone = silent || ((fault == FAULT_LINK_LOST || fault == FAULT_BT_CONNECT) &&
                               state_of(l)->tries > (before ? 2 : 1));

        if (silent && before)
                result->again = false;
        if (r->silence.fault != FAULT_NONE && gone) {
                result->trouble = r->silence;
                result->again = false;
        }
        if (silent)
                r->silence = result->trouble;
}

static void fail(struct lane *l, struct step_result *result)
{
        const struct step *row = row_of(l);
        struct runner *r = l->runner;

        if (spoils_link(row, result))
                drop_link(r);
        judge_silence(l, result);
        if (!result->again || (!result->other && state_of(l)->tries >= row->time.tries)) {
                runner_emit_step(r, l, STEP_FAILED, result);
                runner_end(r, &result->trouble);
                return;
        }
        runner_emit_step(r, l, STEP_RETRYING, result);
        if (result->other) {
                state_of(l)->tries = 0;
                r->losses = 0;
        }
        l->told = result->trouble;
        l->told_at = l->at;
        go_back(l);
        wake(l, row->time.pause_ms);
}

/* Before the next AGAIN of this try. */
static uint32_t pause_of(struct lane *l)
{
        const struct step_time *time = &row_of(l)->time;

        l->pause_ms = l->pause_ms ? 2 * l->pause_ms : time->first_ms;
        if (l->pause_ms == 0 || l->pause_ms > time->pause_ms)
                l->pause_ms = time->pause_ms;
        return l->pause_ms;
}

/* The last look is at the end of the limit, however the pauses add up. */
static void again(struct lane *l, struct step_result *result)
{
        const struct step *row = row_of(l);
        uint64_t gone_ms = timer_now_ms() - l->try_ms - timer_slept_since_ms(l->try_slept_ms),
                 pause_ms = pause_of(l);

        if (gone_ms >= row->time.limit_ms) {
                result->again = false;
                fail(l, result);
                return;
        }
        l->part = result->part;
        l->whole = result->whole;
        if (result->trouble.cause[0] && strcmp(result->trouble.cause, l->waiting_for) != 0) {
                memcpy(l->waiting_for, result->trouble.cause, sizeof(l->waiting_for));
                runner_emit_step(l->runner, l, STEP_WAITING, result);
        }
        l->again = true;
        wake(l, gone_ms + pause_ms > row->time.limit_ms ? row->time.limit_ms - gone_ms : pause_ms);
}

static void ask(struct lane *l, struct step_result *result)
{
        if (!l->runner->interactive) {
                result->again = false;
                fail(l, result);
                return;
        }
        l->state = LANE_ASKING;
        l->question = result->question;
        runner_emit_question(l->runner, l);
}

/* True: the lane may walk on. */
static bool settle(struct lane *l, enum step_move move, struct step_result *result)
{
        switch (move) {
        case STEP_NEXT: pass(l, result); return !l->runner->over;
        case STEP_AGAIN: again(l, result); return false;
        case STEP_ASK: ask(l, result); return false;
        case STEP_FAIL: fail(l, result); return false;
        case STEP_WAIT: break;
        }
        assert(move == STEP_WAIT && l->op);
        l->state = LANE_WORKING;
        l->op_ms = timer_now_ms();
        l->waited_ms = runner_waited_ms(l->runner);
        l->op_slept_ms = timer_slept_ms();
        limit_op(l);
        return false;
}

/* The answer, or what stands in for it, has come: folds it in, then frees the operation that it lives in. */
static void take(struct lane *l, const struct answer *a)
{
        const struct step *row = row_of(l);
        struct runner *r = l->runner;
        struct step_result result = {};
        enum step_move move;
        bool count = l->id == LANE_RADIO && !r->job->finish.listening_stopped;

        l->state = LANE_IDLE;
        if (a->link_lost) {
                r->losses++;
                r->job->now.linked = r->job->now.session = false;
        }
        if (a->trouble.fault == FAULT_NONE) {
                if (row->needs != NEEDS_NOTHING)
                        r->silence.fault = FAULT_NONE;
                move = row->acts->finish(r->job, a, &result);
        } else {
                move = step_fail(&result, a->trouble.fault, "%s", a->trouble.cause);
                if (a->link_lost)
                        result.again = r->losses <= LOSSES_MAX;
                if (row->acts->mend)
                        move = row->acts->mend(r->job, a, &result);
        }
        if (count)
                r->job->end.exchanges = r->ports->ops->exchanges(r->ports);
        lane_stop(l);
        if (settle(l, move, &result))
                lane_walk(l);
        if (!r->over)
                poke_others(l);
}

static void on_answer(void *userdata, const struct answer *a)
{
        take(userdata, a);
}

static void on_late(void *userdata)
{
        struct lane *l = userdata;
        const struct step *row = row_of(l);
        struct answer late = {};

        if (timer_now_ms() - l->op_ms < budget_of(l)) { /* not all of that was its own time */
                limit_op(l);
                return;
        }
        (void)trouble_set(&late.trouble, row->late, "nothing for %u s",
                          (unsigned)((timer_now_ms() - l->op_ms - lane_uncounted_ms(l)) / 1000));
        l->op = op_free(l->op);
        take(l, &late);
}

/* Begins the row, or goes on with it. True: it has its effect already. */
static bool begin(struct lane *l)
{
        const struct step *row = row_of(l);
        struct step_run run = { .ports = l->runner->ports, .done = on_answer, .userdata = l, .ret = &l->op };
        struct step_result result = {};
        uint64_t now_ms = timer_now_ms();

        if (!l->again) {
                if (state_of(l)->tries++ == 0)
                        l->row_ms = now_ms;
                l->try_ms = now_ms;
                l->try_slept_ms = timer_slept_ms();
                l->pause_ms = 0;
                l->waiting_for[0] = 0;
                l->part = l->whole = 0;
                runner_emit_step(l->runner, l, STEP_STARTED, NULL);
        }
        return settle(l, row->acts->start(l->runner->job, &run, &result), &result);
}

static bool have(const struct job *j, enum step_needs needs)
{
        switch (needs) {
        case NEEDS_NOTHING: return true;
        case NEEDS_LINK: return j->now.linked;
        case NEEDS_SESSION: return j->now.linked && j->now.session;
        }
        return false;
}

/* The row needs a link that is gone: back to the top, which connects again. True: the lane may walk on. */
static bool reconnect(struct lane *l)
{
        struct step_result result;

        (void)step_fail(&result, FAULT_LINK_LOST, NULL);
        drop_link(l->runner);
        if (++l->runner->losses > LOSSES_MAX ||
            (state_of(l)->tries > 0 && state_of(l)->tries >= row_of(l)->time.tries)) {
                result.again = false;
                fail(l, &result);
                return false;
        }
        if (state_of(l)->tries > 0)
                runner_emit_step(l->runner, l, STEP_RETRYING, &result);
        go_back(l);
        return true;
}

static bool is_asked_for(const struct step *row, const struct job *j)
{
        unsigned tasks = row->tasks ? row->tasks : TASKS_SETUP;

        return (tasks & 1u << j->asked.task) &&
               (!row->claims || (row->claims & 1u << j->asked.profile.claim));
}

static bool applies(const struct lane *l)
{
        const struct step *row = row_of(l);
        const struct job *j = l->runner->job;

        if (row->lane != l->id || !is_asked_for(row, j))
                return false;
        return !row->families || (row->families & j->identity.families);
}

static bool passed(const struct runner *r, const char *name)
{
        for (size_t i = 0; i < r->n; i++)
                if (strcmp(r->table[i].name, name) == 0)
                        return r->rows[i].passed || !is_asked_for(&r->table[i], r->job);
        assert(false && "a row waits for a row that does not exist");
        return true;
}

/* Goes on from the row at l->at until something must be waited for. */
static void lane_walk(struct lane *l)
{
        struct runner *r = l->runner;

        while (!r->over && l->at < r->n) {
                const struct step *row = row_of(l);

                if (r->stopping) {
                        l->state = LANE_STOPPED;
                        runner_lane_stopped(r);
                        return;
                }
                if (r->let_go && l->id == LANE_RADIO) {
                        l->state = LANE_BLOCKED;
                        return;
                }
                if (!applies(l)) {
                        l->at++;
                } else if (row->acts->skip(r->job)) {
                        pass(l, l->again ? &(struct step_result){} : NULL);
                } else if (row->after && !passed(r, row->after)) {
                        l->state = LANE_BLOCKED;
                        return;
                } else if (!have(r->job, row->needs)) {
                        if (!reconnect(l))
                                return;
                } else if (!begin(l)) {
                        return;
                }
        }
        if (r->over)
                return;
        l->state = LANE_ENDED;
        if (l->id == LANE_RADIO)
                drop_link(r);
        runner_lane_ended(r);
}
