/* SPDX-License-Identifier: Apache-2.0 */

/* The runner as its owner sees it: life, events, the operator's answer, the deadline and the end. How the
 * lanes walk is in lane.c. */

#include "setup/flow/diagnosis.h"
#include "setup/flow/runner-private.h"
#include "setup/flow/steps.h"
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>

static_assert((int)RUNNER_LANES == (int)_LANE_MAX && LANE_RADIO == 0, "as runner.h tells");

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
        job->end.trouble = (struct trouble){};
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

/* Whose it is was asked of the cloud where somebody's it should be: that is what the cloud's lane ends with.
 * Whether a claim code made elsewhere was still good nobody tells here; networks that the device does not
 * keep, or does not tell that it keeps, were asked for as well. */
static bool is_verified(const struct job *j)
{
        switch (j->asked.task) {
        case TASK_SETUP:
                return job_is_online(j) && j->asked.profile.claim != CLAIM_CODE && !j->wifi.unsaved[0];
        case TASK_REPAIR_SIM:
        case TASK_REPAIR_SETUP_DONE: return job_is_online(j);
        case TASK_WIFI_LIST:
        case TASK_WIFI_FORGET:
        case TASK_WIFI_CLEAR:
        case TASK_INSPECT:
        case TASK_UPDATE: return true;
        case _TASK_MAX: break;
        }
        return false;
}

/* Nothing is under way afterwards. */
static void stop(struct runner *r, enum job_outcome outcome, const struct trouble *why)
{
        r->over = true;
        for (size_t i = 0; i < _LANE_MAX; i++)
                lane_stop(&r->lane[i]);
        r->deadline = timer_free(r->deadline);
        r->ports->link_lost = NULL;
        r->ports->ops->hang_up(r->ports);
        r->job->now.linked = r->job->now.session = false;
        r->job->end.outcome = outcome;
        r->job->end.trouble = *why;
        r->job->end.verified = outcome == JOB_DONE && is_verified(r->job);
}

struct runner *runner_free(struct runner *r)
{
        if (!r)
                return NULL;
        if (!r->over)
                stop(r, JOB_CANCELLED, &(struct trouble){ .fault = FAULT_CANCELLED });
        free(r->rows);
        free(r);
        return NULL;
}

/* events */
static struct runner_event step_event(const struct runner *r, const struct lane *l, enum step_state state)
{
        const struct step *row = &r->table[l->at];
        unsigned tries = r->rows[l->at].tries;

        return (struct runner_event){
                .kind = RUNNER_STEP,
                .step = row->name,
                .text = row->text,
                .light = row->light,
                .state = state,
                .try = tries ? tries : 1,
                .of = row->time.tries,
                .ms = tries ? timer_now_ms() - l->row_ms : 0,
                .limit_ms = step_lasts_ms(&row->time),
                .hint = row->hint,
        };
}

void runner_emit_step(struct runner *r, const struct lane *l, enum step_state state,
                      const struct step_result *result)
{
        struct runner_event e = step_event(r, l, state);

        if (result) {
                e.trouble = result->trouble;
                e.part = result->part;
                e.whole = result->whole;
        }
        r->on_event(r->userdata, &e);
}

bool runner_under_way(const struct runner *r, unsigned lane, struct runner_event *ret)
{
        const struct lane *l;
        uint64_t since_ms;

        assert(lane < RUNNER_LANES);
        l = &r->lane[lane];
        if (r->over || !lane_is_busy(l, &since_ms))
                return false;
        *ret = step_event(r, l, STEP_WAITING);
        ret->ms = timer_now_ms() - since_ms;
        if (ret->limit_ms)
                ret->limit_ms += (uint32_t)lane_uncounted_ms(l);
        ret->part = l->part;
        ret->whole = l->whole;
        if (!l->whole && l->waiting_for[0])
                memcpy(ret->trouble.cause, l->waiting_for, sizeof(ret->trouble.cause));
        else if (!l->whole && l->told_at == l->at)
                ret->trouble = l->told;
        return true;
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

static void finish(struct runner *r, enum job_outcome outcome, const struct trouble *why)
{
        stop(r, outcome, why);
        r->on_event(r->userdata, &(struct runner_event){
                                         .kind = RUNNER_RESULT,
                                         .text = fault_info(why->fault)->sentence,
                                         .ms = timer_now_ms() - r->start_ms,
                                         .trouble = *why,
                                 });
}

/* A device that is done and only the cloud that cannot be asked is not a failure: the device has its claim
 * code and goes on alone. */
void runner_end(struct runner *r, const struct trouble *why)
{
        const struct fault_info *info = fault_info(why->fault);
        struct trouble pending;

        if (why->fault == FAULT_PENDING) {
                finish(r, JOB_PENDING, why);
        } else if (r->job->finish.listening_stopped && info->exit_code == EXIT_CLOUD && info->again) {
                (void)trouble_set(&pending, FAULT_PENDING, "%s", trouble_words(why));
                finish(r, JOB_PENDING, &pending);
        } else {
                finish(r, JOB_FAILED, why);
        }
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

/* Nothing of what was asked for can be done to it, and nothing was; its network is all that a protected
 * device takes (device.md 4.6). */
static bool is_refused(const struct job *j)
{
        return j->identity.protected && ((1u << j->asked.task) & (TASKS_DONE | TASKS_UPDATE)) &&
               j->asked.task != TASK_SETUP;
}

/* Not seen, because it left setup mode in an earlier setup. */
static void tell_earlier(const struct job *j, struct trouble *ret)
{
        time_t then = (time_t)j->asked.finished_s;
        char date[32] = "";
        struct tm t;

        if (j->asked.finished_s && localtime_r(&then, &t))
                (void)strftime(date, sizeof(date), "here on %Y-%m-%d %H:%M", &t);
        (void)trouble_set(ret, FAULT_NONE, "set up %s, not in setup mode now", date[0] ? date : "already");
}

/* Nobody has seen it online, and nobody is left who could tell. */
static const char *why_unseen(const struct job *j)
{
        return j->identity.protected
                       ? "a protected device does not tell whether it is online: its light "
                         "breathes cyan when it is"
                       : "the link ended before the device could say whether it is online: its "
                         "light breathes cyan when it is";
}

/* All is done. What the device said of itself while it could, if it tried to come online and has not, is
 * why. */
static void finish_done(struct runner *r)
{
        const struct job *j = r->job;
        struct step_result result = {};

        if (j->now.absent) {
                tell_earlier(j, &result.trouble);
        } else if (wants_online(j) && !job_is_online(j) && j->diagnosis.asked) {
                (void)diagnosis_later(j, &result);
                finish(r, JOB_FAILED, &result.trouble);
                return;
        } else if (wants_online(j) && !job_is_online(j)) {
                (void)trouble_set(&result.trouble, FAULT_NONE, "%s", why_unseen(j));
        }
        if (j->wifi.unsaved[0])
                trouble_add(&result.trouble, "%s%s", result.trouble.cause[0] ? "; " : "", j->wifi.unsaved);
        finish(r, JOB_DONE, &result.trouble);
}

void runner_lane_ended(struct runner *r)
{
        for (size_t i = 0; i < _LANE_MAX; i++)
                if (r->lane[i].state != LANE_ENDED)
                        return;
        if (is_refused(r->job))
                finish(r, JOB_FAILED,
                       &(struct trouble){ FAULT_DEVICE_PROTECTED,
                                          "nothing was done: it takes no such request" });
        else
                finish_done(r);
}

/* stopping */
void runner_stop_after_step(struct runner *r)
{
        if (r->over || r->stopping)
                return;
        r->stopping = true;
        for (size_t i = 0; i < _LANE_MAX && !r->over; i++)
                lane_wind_up(&r->lane[i]);
}

void runner_lane_stopped(struct runner *r)
{
        for (size_t i = 0; i < _LANE_MAX; i++)
                if (r->lane[i].state != LANE_STOPPED && r->lane[i].state != LANE_ENDED)
                        return;
        finish(r, JOB_CANCELLED, &(struct trouble){ .fault = FAULT_CANCELLED });
}

bool runner_needs_radio(const struct runner *r)
{
        const struct job *j = r->job;

        if (r->over || r->lane[LANE_RADIO].state == LANE_ENDED)
                return false;
        return j->now.linked || !job_is_over(j);
}

/* the operator */
int runner_answer(struct runner *r, struct wifi_network *network, struct trouble *ret_trouble)
{
        for (size_t i = 0; i < _LANE_MAX; i++) {
                struct lane *l = &r->lane[i];
                int e;

                if (l->state != LANE_ASKING || r->over)
                        continue;
                if (!network && l->question != QUESTION_WIFI_NETWORK)
                        return trouble_set(ret_trouble, FAULT_CONFIG, "there is nothing to scan for");
                e = r->table[l->at].acts->answer(r->job, l->question, network, ret_trouble);
                if (e < 0)
                        return e;
                if (r->let_go && l->id == LANE_RADIO)
                        l->at = 0;
                else
                        l->again = true;
                l->try_ms = timer_now_ms();
                l->try_slept_ms = timer_slept_ms();
                return lane_wake(l, 0);
        }
        return trouble_set(ret_trouble, FAULT_CONFIG, "nothing was asked");
}

bool runner_let_go(struct runner *r)
{
        if (r->over || r->lane[LANE_RADIO].state != LANE_ASKING)
                return false;
        r->ports->ops->hang_up(r->ports);
        r->job->now.linked = r->job->now.session = false;
        return r->let_go = true;
}

void runner_go_on(struct runner *r)
{
        struct lane *l = &r->lane[LANE_RADIO];

        r->let_go = false;
        if (l->state == LANE_BLOCKED)
                (void)lane_wake(l, 0);
}

void runner_set_interactive(struct runner *r, bool interactive)
{
        r->interactive = interactive;
}

/* the deadline */
uint64_t runner_waited_ms(const struct runner *r)
{
        return r->ports->ops->waited_ms ? r->ports->ops->waited_ms(r->ports) : 0;
}

/* Why a row is tried again: a cause that was told already counts for more than that time is up. A link that
 * ends as the device leaves setup mode is none. */
static bool tell_cause(const struct runner *r, struct step_result *ret)
{
        for (size_t i = 0; i < _LANE_MAX; i++) {
                const struct lane *l = &r->lane[i];

                if (l->told.fault == FAULT_NONE || (l->id == LANE_RADIO && r->job->finish.stop_sent))
                        continue;
                ret->trouble = l->told;
                trouble_add(&ret->trouble, "%stime is up", ret->trouble.cause[0] ? "; " : "");
                return true;
        }
        return false;
}

/* Looked for long enough to say that it is not there. */
static bool tell_unheard(const struct runner *r, struct step_result *ret)
{
        const struct lane *l = &r->lane[LANE_RADIO];
        uint64_t ms = timer_now_ms() - l->try_ms;

        if (l->state != LANE_WORKING || r->table[l->at].late != FAULT_DEVICE_NOT_FOUND || ms < FIND_SOON_MS)
                return false;
        if (r->job->now.search.others[0])
                (void)step_fail(ret, FAULT_DEVICE_NOT_FOUND, "%s; time is up", r->job->now.search.others);
        else
                (void)step_fail(ret, FAULT_DEVICE_NOT_FOUND, "nothing for %u s; time is up",
                                (unsigned)(ms / 1000));
        return true;
}

/* What the setup was waiting for: said by the step, or the step itself. */
static void tell_where(const struct runner *r, struct step_result *ret)
{
        const struct lane *l = &r->lane[LANE_RADIO];

        if (l->state == LANE_ENDED || l->state == LANE_BLOCKED)
                l = &r->lane[LANE_CLOUD];
        if (l->waiting_for[0] || l->at >= r->n)
                (void)step_fail(ret, FAULT_TIMEOUT, "%s", l->waiting_for);
        else
                (void)step_fail(ret, FAULT_TIMEOUT, "it was at: %s", r->table[l->at].text);
}

static void on_deadline(void *userdata);

/* Time in which others connected, or the machine slept, is none of the setup's. */
static bool goes_on(struct runner *r)
{
        uint64_t until_ms = r->limit_from_ms + r->limit_ms + runner_waited_ms(r) - r->waited_ms +
                            timer_slept_since_ms(r->slept_ms),
                 now_ms = timer_now_ms();

        r->deadline = timer_free(r->deadline);
        return now_ms < until_ms &&
               timer_new(r->ports->loop, until_ms - now_ms, on_deadline, r, &r->deadline) == 0;
}

static void on_deadline(void *userdata)
{
        struct runner *r = userdata;
        struct step_result result = { .trouble.fault = FAULT_DEVICE_OFFLINE };

        if (goes_on(r))
                return;
        /* where the device itself says that it hangs is a better answer than that time is up */
        if (r->job->diagnosis.asked && wants_online(r->job) && !job_is_online(r->job))
                (void)diagnosis_later(r->job, &result);
        if (result.trouble.fault == FAULT_DEVICE_OFFLINE && !tell_cause(r, &result) &&
            !tell_unheard(r, &result))
                tell_where(r, &result);
        runner_end(r, &result.trouble);
}

int runner_set_deadline(struct runner *r, uint64_t ms)
{
        r->deadline = timer_free(r->deadline);
        r->limit_ms = ms;
        r->limit_from_ms = timer_now_ms();
        r->waited_ms = runner_waited_ms(r);
        r->slept_ms = timer_slept_ms();
        return ms ? timer_new(r->ports->loop, ms, on_deadline, r, &r->deadline) : 0;
}

int runner_step(size_t i, struct runner_step *ret)
{
        const struct step *table;
        size_t n;

        table = steps(&n);
        if (i >= n)
                return -ERANGE;
        *ret = (struct runner_step){ table[i].name, table[i].text, step_lasts_ms(&table[i].time),
                                     table[i].hint };
        return 0;
}
