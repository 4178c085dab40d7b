/* SPDX-License-Identifier: Apache-2.0 */

/* The runner must not go inside its own events: what follows its result waits for the next turn of the loop,
 * and so does the work's own result, inside which all of it may go. */

#include "setup/engine/work.h"
#include "proto/base/timer.h"
#include <errno.h>

enum { INSPECT_LIMIT_MS = 30000, SECOND_MS = 1000 };

struct work {
        struct work_config config;
        work_fn on_told;
        void *userdata;
        struct ports *owned, *ports;
        struct runner *runner;
        struct timer *second, *turn;
        struct runner_event result; /* of the job */
        uint64_t start_ms;
        bool over;
        unsigned turns;  /* which of the steps that take long the next event is about */
        bool waits;      /* something was told to take long */
        bool inspecting; /* after the job: what the device tells of itself */
        struct {         /* what the second look must leave as it was */
                struct job_end end;
                enum task task;
                bool inspected;
        } before;
};

static void on_over(void *userdata);

static void tell(struct work *w, struct told t)
{
        t.id = w->config.id;
        t.job = w->config.job;
        w->on_told(w->userdata, &t);
}

/* what takes long */

/* Events take turns. */
static void tell_waits(struct work *w)
{
        struct runner_event e[RUNNER_LANES];
        unsigned n = 0;

        for (unsigned lane = 0; lane < RUNNER_LANES; lane++)
                if (runner_under_way(w->runner, lane, &e[n]) && e[n].ms > SECOND_MS)
                        n++;
        if (n)
                tell(w, (struct told){ .kind = TOLD_PROGRESS, .event = &e[w->turns++ % n], .first = &e[0] });
        else if (w->waits)
                tell(w, (struct told){ .kind = TOLD_QUIET });
        w->waits = n;
}

/* Without memory for a timer nothing more is told of waits. */
static void on_second(void *userdata)
{
        struct work *w = userdata;

        w->second = timer_free(w->second);
        if (w->over) {
                on_over(w);
                return;
        }
        if (!w->inspecting)
                tell_waits(w);
        (void)timer_new(w->ports->loop, SECOND_MS, on_second, w, &w->second);
}

/* the runner */

/* Without memory for a turn of its own it is the second's. */
static void over(struct work *w)
{
        w->over = true;
        (void)timer_new(w->ports->loop, 0, on_over, w, &w->turn);
}

static void on_event(void *userdata, const struct runner_event *e)
{
        struct work *w = userdata;

        if (w->inspecting) {
                tell(w, (struct told){ .kind = TOLD_LOOK, .event = e });
                if (e->kind == RUNNER_RESULT)
                        over(w);
                return;
        }
        switch (e->kind) {
        case RUNNER_STEP: tell(w, (struct told){ .kind = TOLD_STEP, .event = e }); break;
        case RUNNER_QUESTION: tell(w, (struct told){ .kind = TOLD_QUESTION, .event = e }); break;
        case RUNNER_RESULT:
                w->result = *e;
                over(w);
                break;
        }
}

static int run(struct work *w, uint64_t deadline_ms)
{
        int r;

        w->over = false;
        r = runner_new(w->config.job, w->ports, on_event, w, &w->runner);
        if (r < 0)
                return r;
        runner_set_interactive(w->runner, w->config.interactive);
        r = runner_set_deadline(w->runner, deadline_ms);
        if (r == 0)
                r = timer_new(w->ports->loop, SECOND_MS, on_second, w, &w->second);
        return r < 0 ? r : runner_start(w->runner);
}

static void stop(struct work *w)
{
        w->second = timer_free(w->second);
        w->turn = timer_free(w->turn);
        w->runner = runner_free(w->runner);
}

/* A device that was reached and did not get through its setup is asked about itself again: now it knows
 * more. */
static bool wants_look(const struct work *w)
{
        const struct job *job = w->config.job;

        return w->config.inspect && !w->inspecting && job->end.outcome == JOB_FAILED &&
               job->identity.os[0] && !job->finish.listening_stopped && job->asked.task != TASK_INSPECT;
}

static int look(struct work *w)
{
        struct job *job = w->config.job;

        tell(w, (struct told){ .kind = TOLD_LOOK, .event = &w->result });
        w->inspecting = true;
        w->before.end = job->end;
        w->before.task = job->asked.task;
        w->before.inspected = job->now.inspection.asked;
        job->now.inspection.asked = false;
        job->asked.task = TASK_INSPECT;
        return run(w, INSPECT_LIMIT_MS);
}

/* How the job ended stays. */
static void look_away(struct work *w)
{
        struct job *job = w->config.job;

        if (!w->inspecting)
                return;
        job->now.inspection.asked |= w->before.inspected;
        job->asked.task = w->before.task;
        w->before.end.exchanges = job->end.exchanges;
        job->end = w->before.end;
}

static void on_over(void *userdata)
{
        struct work *w = userdata;

        stop(w);
        if (wants_look(w) && look(w) == 0)
                return;
        stop(w);
        look_away(w);
        tell(w, (struct told){ .kind = TOLD_RESULT,
                               .event = w->inspecting ? NULL : &w->result,
                               .ms = timer_now_ms() - w->start_ms });
}

int work_answer(struct work *w, struct wifi_network *network, struct trouble *ret_trouble)
{
        return runner_answer(w->runner, network, ret_trouble);
}

bool work_let_go(struct work *w)
{
        return w->runner && runner_let_go(w->runner);
}

void work_go_on(struct work *w)
{
        if (w->runner)
                runner_go_on(w->runner);
}

void work_stop_after_step(struct work *w)
{
        if (w->runner)
                runner_stop_after_step(w->runner);
}

bool work_needs_radio(const struct work *w)
{
        return w->runner && runner_needs_radio(w->runner);
}

/* life */
int work_new(const struct work_config *config, work_fn on_told, void *userdata, struct work **ret,
             struct trouble *ret_trouble)
{
        _cleanup_(work_freep) struct work *w = calloc(1, sizeof(*w));
        int r = 0;

        if (!w)
                return -ENOMEM;
        *w = (struct work){ .config = *config,
                            .on_told = on_told,
                            .userdata = userdata,
                            .ports = config->ports,
                            .start_ms = timer_now_ms() };
        if (!w->ports) {
                r = usher_ports_new(config->context, config->world, &w->owned, ret_trouble);
                w->ports = w->owned;
        }
        if (r == 0)
                r = run(w, config->deadline_ms);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(w);
        return 0;
}

struct work *work_free(struct work *w)
{
        if (!w)
                return NULL;
        stop(w);
        look_away(w);
        usher_ports_free(w->owned);
        free(w);
        return NULL;
}
