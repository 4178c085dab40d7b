/* SPDX-License-Identifier: Apache-2.0 */

/* One claimed job: from its row to a job and back. A struct job, its secret and its work live only here, so
 * that a hundred thousand waiting jobs cost nothing. Whatever ends it is written down first; only then the
 * slot goes. */

#include "setup/engine/engine-private.h"
#include "setup/engine/kill-point.h"
#include "setup/engine/record-json.h"
#include <errno.h>
#include <string.h>

enum { INTERRUPTIONS_ALONE = 2, INTERRUPTIONS_MAX = 3, HOLD_MS = 10000, LOSSES_MAX = 2, THINKS_PART = 20 };

/* finding */
struct slot *slot_by_id(const struct engine *e, const char *id)
{
        for (struct slot *s = e->slots; s; s = s->next)
                if (strcmp(s->row->id, id) == 0)
                        return s;
        return NULL;
}

struct slot *slot_by_code(const struct engine *e, const char *code)
{
        for (struct slot *s = e->slots; s; s = s->next)
                if ((s->adapter || s->home) && strcmp(s->row->code, code) == 0)
                        return s;
        return NULL;
}

/* the end */
static void slot_leave_adapter(struct slot *s)
{
        if (!s->adapter)
                return;
        s->adapter->used--;
        s->adapter = NULL;
        s->looking = false;
        engine_look(s->engine);
        engine_changed(s->engine);
}

void slot_lend(struct slot *s)
{
        struct adapter *a = s->adapter;

        if (!s->work || !work_let_go(s->work))
                return;
        slot_leave_adapter(s);
        s->home = a;
}

/* The oldest first: it stands last. */
static struct slot *next_answered(struct engine *e)
{
        struct slot *next = NULL;

        for (struct slot *s = e->slots; s; s = s->next)
                if (s->answered && adapter_free_slots(s->home) > 0)
                        next = s;
        return next;
}

void slots_go_on(struct engine *e)
{
        struct slot *s;

        while ((s = next_answered(e))) {
                s->adapter = s->home;
                s->adapter->used++;
                s->home = NULL;
                s->answered = false;
                work_go_on(s->work);
                engine_changed(e);
        }
}

static void stop_work(struct slot *s)
{
        s->answered = false;
        s->home = NULL;
        s->asking = s->waits = false;
        s->question = timer_free(s->question);
        s->move = timer_free(s->move);
        s->others = op_free(s->others);
        s->work = work_free(s->work);
        slot_leave_adapter(s);
}

static enum job_outcome outcome_of(const struct verdict *v)
{
        switch (v->state) {
        case STORE_DONE: return JOB_DONE;
        case STORE_PENDING: return JOB_PENDING;
        case STORE_CANCELLED: return JOB_CANCELLED;
        case STORE_FAILED:
        case STORE_WAITING:
        case STORE_CLAIMED:
        case STORE_RUNNING:
        case STORE_ASKING:
        case _STORE_STATE_MAX: break;
        }
        return JOB_FAILED;
}

void slot_end(struct slot *s, const struct verdict *v)
{
        struct told t = { .kind = TOLD_RESULT, .id = s->row->id, .job = s->job };

        if (s->over)
                return;
        s->over = true;
        stop_work(s);
        t.ms = timer_now_ms() - s->start_ms;
        s->job->end.outcome = outcome_of(v);
        s->job->end.trouble = v->trouble;
        s->write.verdict = *v;
        s->write.over = true;
        if (v->told)
                (void)slot_note(s, &t);
        slot_write_soon(s);
}

void slot_give_back(struct slot *s)
{
        slot_end(s, &(struct verdict){ .state = s->pending ? STORE_PENDING : STORE_WAITING });
}

void slot_drop(struct slot *s)
{
        struct engine *e = s->engine;
        struct slot **at = &e->slots;

        s->over = true;
        stop_work(s);
        if (s->begun && e->host->ended)
                e->host->ended(e->userdata, s->row, s->job);
        while (*at != s)
                at = &(*at)->next;
        *at = s->next;
        slot_write_done(s);
        secret_free(s->secret);
        job_done(s->job);
        free(s->job);
        free(s->row);
        free(s);
        engine_look(e);
        engine_changed(e);
}

static void fail(struct slot *s, const struct trouble *why)
{
        slot_end(s, &(struct verdict){ .state = STORE_FAILED,
                                       .trouble = *why,
                                       .keep_secret_ms = KEEP_SECRET_MS,
                                       .attempted = true,
                                       .told = true });
}

/* what is told */

/* Another adapter hears it, and this one has lost it again and again: it goes on there. */
static void on_move(void *userdata)
{
        struct slot *s = userdata;

        s->move = timer_free(s->move);
        if (s->over || !s->adapter)
                return;
        memo_avoid(s->engine, s->row, s->adapter);
        slot_give_back(s);
}

static void note_losses(struct slot *s, const struct runner_event *e)
{
        if (e->state != STEP_RETRYING || !s->adapter)
                return;
        if (e->trouble.fault == FAULT_BT_BUSY)
                adapter_busy(s->adapter);
        if (e->trouble.fault != FAULT_LINK_LOST || ++s->losses < LOSSES_MAX || s->move)
                return;
        if (adapter_is_heard_beside(s->adapter, s->row->code))
                (void)timer_new(engine_loop(s->engine), 0, on_move, s, &s->move);
}

/* What its process died at is behind it: it is a job like others. */
static void note_passed(struct slot *s, const struct runner_event *e)
{
        if ((e->state != STEP_DONE && e->state != STEP_SKIPPED) || s->row->interruptions == 0 ||
            strcmp(e->step, s->row->interrupted_at) != 0)
                return;
        s->row->interruptions = 0;
        s->write.passed = true;
        s->alone = false;
        engine_look(s->engine);
}

static void on_step(struct slot *s, const struct told *t)
{
        const struct runner_event *e = t->event;

        note_passed(s, e);
        if (e->state == STEP_DONE && strcmp(e->step, "account") == 0)
                held_release(s->engine, s->row->profile);
        s->write.step = e->step;
        s->write.record |= e->state == STEP_DONE || e->state == STEP_RETRYING || e->state == STEP_FAILED;
        if (e->state == STEP_DONE && strcmp(e->step, "find") == 0)
                s->looking = false;
        note_losses(s, e);
        if (e->state == STEP_DONE)
                kill_point("after-effect");
        (void)slot_note(s, t);
        if (s->work && !work_needs_radio(s->work))
                slot_leave_adapter(s);
}

static void on_unanswered(void *userdata)
{
        struct slot *s = userdata;
        struct trouble why;

        s->question = timer_free(s->question);
        (void)trouble_set(&why, FAULT_TIMEOUT, "nobody answered what was asked at \"%s\"", s->write.step);
        fail(s, &why);
}

static uint64_t question_ms(const struct slot *s)
{
        return (uint64_t)s->engine->question_s * 1000;
}

static void on_thinking(void *userdata)
{
        struct slot *s = userdata;
        uint64_t stood_ms = timer_now_ms() - s->asked_ms; /* longer, if the machine has slept */
        uint64_t left_ms = stood_ms < question_ms(s) ? question_ms(s) - stood_ms : 0;

        s->thinks = true;
        s->question = timer_free(s->question);
        (void)timer_new(engine_loop(s->engine), left_ms, on_unanswered, s, &s->question);
        engine_look(s->engine);
}

static void on_question(struct slot *s, const struct told *t)
{
        struct slot_write *w = &s->write;
        const char *line = slot_note(s, t); /* once: its time is one */

        free(w->question);
        w->question = line ? strdup(line) : NULL;
        w->question_until_ms = timer_wall_ms() + (int64_t)s->engine->question_s * 1000;
        w->state = STORE_ASKING;
        s->asking = true;
        s->question = timer_free(s->question);
        s->thinks = false;
        s->asked_ms = timer_now_ms();
        (void)timer_new(engine_loop(s->engine), question_ms(s) / THINKS_PART, on_thinking, s, &s->question);
        engine_changed(s->engine);
}

static void on_result(struct slot *s)
{
        struct verdict v;

        s->work = work_free(s->work);
        if (end_judge(s, &v))
                slot_end(s, &v);
        else
                end_mismatch(s);
}

static void on_told(void *userdata, const struct told *t)
{
        struct slot *s = userdata;

        switch (t->kind) {
        case TOLD_STEP:
                if (told_is_event(t))
                        on_step(s, t);
                break;
        case TOLD_PROGRESS:
        case TOLD_QUIET: s->engine->host->told(s->engine->userdata, t, NULL); break;
        case TOLD_QUESTION: on_question(s, t); break;
        case TOLD_LOOK: break;
        case TOLD_RESULT: on_result(s); break;
        }
}

/* the beginning */

/* A label that was read once already. */
static int take_label(const struct store_job *row, const struct secret *secret, struct label *ret)
{
        *ret = (struct label){};
        memcpy(ret->serial, row->serial, sizeof(ret->serial));
        return secret ? secret_new(secret_bytes(secret), secret_len(secret), &ret->mobile_secret) : 0;
}

static bool is_wanting_secret(const struct job *j)
{
        return !j->asked.label.mobile_secret && !j->asked.profile.secret;
}

static int prepare(struct slot *s, const struct store_job *row, const struct secret *secret,
                   struct trouble *ret_trouble)
{
        const struct engine *e = s->engine;
        struct profile profile = {};
        struct label label;
        int r, l;

        r = e->host->begin(e->userdata, s->row, &profile, &s->world, ret_trouble);
        s->begun = r == 0;
        l = take_label(row, secret, &label);
        job_init(s->job, &label, &profile);
        if (r < 0)
                return r;
        if (l < 0)
                return l;
        s->job->now.resumed = row->attempt > 1;
        if (is_wanting_secret(s->job))
                return trouble_set(ret_trouble, FAULT_LABEL_NO_SECRET,
                                   "its mobile secret is not kept any more: scan the sticker again");
        if (row->record)
                r = record_json_read(s->job, row->record, ret_trouble);
        if (r == 0 && e->host->ready)
                r = e->host->ready(e->userdata, s->row, s->job, ret_trouble);
        return r;
}

static int work_on(struct slot *s, struct trouble *ret_trouble)
{
        struct engine *e = s->engine;
        struct work_config config = { .context = e->context,
                                      .job = s->job,
                                      .world = &s->world,
                                      .id = s->row->id,
                                      .interactive = e->interactive,
                                      .deadline_ms = (uint64_t)e->job_timeout_s * 1000 };

        s->world.radio = s->adapter ? s->adapter->radio : e->adapters[0].radio;
        return work_new(&config, on_told, s, &s->work, ret_trouble);
}

static void begin(struct slot *s, const struct store_job *row, const struct secret *secret)
{
        struct verdict v = { .state = s->pending ? STORE_PENDING : STORE_WAITING };
        struct trouble why = {};
        int r = prepare(s, row, secret, &why);

        if (r == 0)
                r = work_on(s, &why);
        if (r == 0) {
                slot_write_soon(s);
        } else if (r == -EAGAIN) {
                v.not_before_ms = timer_wall_ms() + held_add(s->engine, row->profile, &why);
                slot_end(s, &v);
        } else {
                trouble_complete(&why, r);
                fail(s, &why);
        }
}

/* A job at which the process has died again and again is not tried for ever. */
static void give_up(struct slot *s)
{
        struct trouble why;

        (void)trouble_set(&why, FAULT_INTERNAL,
                          "usher has ended by itself %u times at the step \"%s\" of this job",
                          s->row->interruptions, s->row->step);
        fail(s, &why);
}

bool row_is_alone(const struct store_job *row)
{
        return row->interruptions >= INTERRUPTIONS_ALONE;
}

bool slot_any_alone(const struct engine *e)
{
        for (const struct slot *s = e->slots; s; s = s->next)
                if (s->alone)
                        return true;
        return false;
}

/* To give it back would be to claim it again at once. */
static void wait_for_others(struct slot *s, const struct secret *secret)
{
        if (secret && secret_new(secret_bytes(secret), secret_len(secret), &s->secret) < 0) {
                slot_give_back(s);
                return;
        }
        s->waits = true;
        engine_look(s->engine);
}

/* What is told of it says which it is, also if it is never begun. */
static void name_job(struct slot *s)
{
        struct profile profile = {};
        struct label label = {};

        memcpy(label.serial, s->row->serial, sizeof(label.serial));
        job_init(s->job, &label, &profile);
}

static int slot_new(struct engine *e, struct adapter *a, const struct store_job *row, struct slot **ret)
{
        _cleanup_(freep) struct slot *s = calloc(1, sizeof(*s));
        _cleanup_(freep) struct job *job = calloc(1, sizeof(*job));
        int r;

        if (!s || !job)
                return -ENOMEM;
        *s = (struct slot){ .engine = e,
                            .next = e->slots,
                            .adapter = a,
                            .start_ms = timer_now_ms(),
                            .pending = !a,
                            .looking = a && adapter_hearing(e, row->code) != a,
                            .write.state = STORE_RUNNING };
        s->write.last = &s->write.first;
        r = row_copy(row, &s->row);
        if (r < 0)
                return r;
        s->job = TAKE_PTR(job);
        name_job(s);
        if (a)
                a->used++;
        *ret = e->slots = TAKE_PTR(s);
        return 0;
}

void slot_start(struct engine *e, struct adapter *a, const struct store_job *row,
                const struct secret *secret)
{
        struct slot *s;

        kill_point("after-claim");
        if (slot_new(e, a, row, &s) < 0) {
                turn_give_back(e, row, HOLD_MS);
                return;
        }
        s->alone = row_is_alone(row);
        if (row->interruptions >= INTERRUPTIONS_MAX)
                give_up(s);
        else if (s->alone)
                wait_for_others(s, secret);
        else
                begin(s, row, secret);
        engine_changed(e);
}

void slot_begin_alone(struct engine *e)
{
        struct slot *next = NULL;

        for (struct slot *s = e->slots; s; s = s->next) {
                if (!s->waits)
                        return;
                next = s; /* the oldest stands last */
        }
        if (!next)
                return;
        next->waits = false;
        next->start_ms = timer_now_ms();
        begin(next, next->row, next->secret);
        next->secret = secret_free(next->secret);
        engine_changed(e);
}
