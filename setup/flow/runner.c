/* SPDX-License-Identifier: Apache-2.0 */

/* The runner as its owner sees it: life, events, the operator's answer, the deadline and the end. How the
 * lanes walk is in lane.c. */

#include "setup/flow/diagnosis.h"
#include "setup/flow/runner-private.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void on_link_lost(void *userdata)
{
        struct runner *r = userdata;

        r->job->now.linked = r->job->now.session = false;
}

int runner_new(struct job *job, struct ports *ports, runner_event_fn on_event, void *userdata,
               struct runner **ret)
{
        _cleanup_(freep) struct runner *r = calloc(1, sizeof(*r));

        if (!r)
                return -ENOMEM;
        r->table = steps(&r->n);
        r->rows = calloc(r->n, sizeof(*r->rows));
        if (!r->rows)
                return -ENOMEM;
        r->job = job;
        r->ports = ports;
        r->on_event = on_event;
        r->userdata = userdata;
        for (size_t i = 0; i < _LANE_MAX; i++)
                r->lane[i] = (struct lane){ .runner = r, .id = (enum step_lane)i };
        job->now.linked = job->now.session = false;
        job->end.outcome = JOB_RUNNING;
        job->end.fault = FAULT_NONE;
        job->end.cause[0] = 0;
        ports->link_lost = on_link_lost;
        ports->userdata = r;
        *ret = TAKE_PTR(r);
        return 0;
}

int runner_start(struct runner *r)
{
        if (r->started)
                return -EALREADY;
        r->started = true;
        r->start_ms = timer_now_ms();
        for (size_t i = 0; i < _LANE_MAX; i++) {
                int e = lane_wake(&r->lane[i], 0);

                if (e < 0)
                        return e;
        }
        return 0;
}

/* Nothing is under way afterwards. */
static void stop(struct runner *r, enum job_outcome outcome, enum fault fault, const char *cause)
{
        r->over = true;
        for (size_t i = 0; i < _LANE_MAX; i++)
                lane_stop(&r->lane[i]);
        r->deadline = timer_free(r->deadline);
        r->ports->link_lost = NULL;
        r->ports->ops->hang_up(r->ports);
        r->job->now.linked = r->job->now.session = false;
        r->job->end.outcome = outcome;
        r->job->end.fault = fault;
        snprintf(r->job->end.cause, sizeof(r->job->end.cause), "%s", cause ? cause : "");
}

struct runner *runner_free(struct runner *r)
{
        if (!r)
                return NULL;
        if (!r->over)
                stop(r, JOB_CANCELLED, FAULT_CANCELLED, NULL);
        free(r->rows);
        free(r);
        return NULL;
}

/* events */
static const char *text_or_null(const char *text)
{
        return text && text[0] ? text : NULL;
}

void runner_emit_step(struct runner *r, const struct lane *l, enum step_state state,
                      const struct step_result *result)
{
        const struct step *row = &r->table[l->at];
        unsigned tries = r->rows[l->at].tries;

        r->on_event(r->userdata, &(struct runner_event){
                                         .kind = RUNNER_STEP,
                                         .step = row->name,
                                         .text = row->text,
                                         .light = row->light,
                                         .state = state,
                                         .try = tries ? tries : 1,
                                         .of = row->time.tries,
                                         .ms = tries ? timer_now_ms() - l->row_ms : 0,
                                         .fault = result ? result->fault : FAULT_NONE,
                                         .cause = result ? text_or_null(result->cause) : NULL,
                                         .part = result ? result->part : 0,
                                         .whole = result ? result->whole : 0,
                                 });
}

void runner_emit_question(struct runner *r, const struct lane *l)
{
        const struct step *row = &r->table[l->at];

        r->on_event(r->userdata, &(struct runner_event){
                                         .kind = RUNNER_QUESTION,
                                         .step = row->name,
                                         .text = row->text,
                                         .light = row->light,
                                         .question = l->question,
                                 });
}

static void finish(struct runner *r, enum job_outcome outcome, enum fault fault, const char *cause)
{
        stop(r, outcome, fault, cause);
        r->on_event(r->userdata, &(struct runner_event){
                                         .kind = RUNNER_RESULT,
                                         .text = fault_info(fault)->sentence,
                                         .ms = timer_now_ms() - r->start_ms,
                                         .fault = fault,
                                         .cause = text_or_null(r->job->end.cause),
                                 });
}

/* A device that is done and only the cloud that cannot be asked is not a failure: the device has its claim
 * code and goes on alone. */
void runner_end(struct runner *r, enum fault fault, const char *cause)
{
        const struct fault_info *info = fault_info(fault);

        if (fault == FAULT_PENDING)
                finish(r, JOB_PENDING, fault, cause);
        else if (r->job->finish.listening_stopped && info->exit_code == EXIT_CLOUD && info->again)
                finish(r, JOB_PENDING, FAULT_PENDING, text_or_null(cause) ? cause : info->sentence);
        else
                finish(r, JOB_FAILED, fault, cause);
}

/* Whether the task ends with a device that is online. */
static bool wants_online(const struct job *j)
{
        switch (j->asked.task) {
        case TASK_SETUP:
        case TASK_REPAIR_SIM:
        case TASK_REPAIR_SETUP_DONE: return true;
        case TASK_WIFI_LIST:
        case TASK_WIFI_FORGET:
        case TASK_WIFI_CLEAR:
        case TASK_INSPECT:
        case TASK_UPDATE:
        case _TASK_MAX: break;
        }
        return false;
}

/* All is done, and nobody has seen the device online. What it said while it could, if it tried, is why; else
 * it may well be on its way. */
static void finish_unseen(struct runner *r)
{
        struct step_result result;

        if (r->job->diagnosis.asked) {
                (void)diagnosis_later(r->job, &result);
                finish(r, JOB_FAILED, result.fault, result.cause);
        } else if (r->job->identity.protected) {
                finish(r, JOB_PENDING, FAULT_PENDING,
                       "a protected device does not tell whether it is connected to its cloud");
        } else {
                finish(r, JOB_PENDING, FAULT_PENDING,
                       "the link ended before the device could say that it is connected to its cloud");
        }
}

void runner_lane_ended(struct runner *r)
{
        for (size_t i = 0; i < _LANE_MAX; i++)
                if (r->lane[i].state != LANE_ENDED)
                        return;
        if (!wants_online(r->job) || job_is_online(r->job))
                finish(r, JOB_DONE, FAULT_NONE, NULL);
        else
                finish_unseen(r);
}

/* the operator */
int runner_answer(struct runner *r, struct wifi_network *network, struct trouble *ret_trouble)
{
        for (size_t i = 0; i < _LANE_MAX; i++) {
                struct lane *l = &r->lane[i];
                int e;

                if (l->state != LANE_ASKING || r->over)
                        continue;
                e = r->table[l->at].acts->answer(r->job, l->question, network, ret_trouble);
                if (e < 0)
                        return e;
                l->again = true;
                l->try_ms = timer_now_ms();
                return lane_wake(l, 0);
        }
        return trouble_set(ret_trouble, FAULT_CONFIG, "nothing was asked");
}

void runner_set_interactive(struct runner *r, bool interactive)
{
        r->interactive = interactive;
}

/* the deadline */

/* What the setup was waiting for: said by the step, or the step itself. */
static const char *where_it_stands(const struct runner *r, char *text, size_t size)
{
        const struct lane *l = &r->lane[LANE_RADIO];

        if (l->state == LANE_ENDED || l->state == LANE_BLOCKED)
                l = &r->lane[LANE_CLOUD];
        if (l->waiting_for[0] || l->at >= r->n)
                return l->waiting_for;
        snprintf(text, size, "it was at: %s", r->table[l->at].text);
        return text;
}

static void on_deadline(void *userdata)
{
        struct runner *r = userdata;
        struct step_result result = { .fault = FAULT_DEVICE_OFFLINE };
        char at[128];

        /* where the device itself says that it hangs is a better answer than that time is up */
        if (r->job->diagnosis.asked && wants_online(r->job) && !job_is_online(r->job))
                (void)diagnosis_later(r->job, &result);
        if (result.fault == FAULT_DEVICE_OFFLINE)
                (void)step_fail(&result, FAULT_TIMEOUT, "%s", where_it_stands(r, at, sizeof(at)));
        runner_end(r, result.fault, result.cause);
}

int runner_set_deadline(struct runner *r, uint64_t ms)
{
        r->deadline = timer_free(r->deadline);
        return ms ? timer_new(r->ports->loop, ms, on_deadline, r, &r->deadline) : 0;
}

int runner_step_name(size_t i, const char **ret_name, const char **ret_text)
{
        const struct step *table;
        size_t n;

        table = steps(&n);
        if (i >= n)
                return -ERANGE;
        *ret_name = table[i].name;
        *ret_text = table[i].text;
        return 0;
}
