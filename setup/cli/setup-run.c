/* SPDX-License-Identifier: Apache-2.0 */

/* One turn of the loop after another until the runner has its result, the person at the terminal is gone, or
 * a signal told the loop to exit. Freeing the runner is the cancellation. */

#include "setup/cli/setup-run.h"
#include "proto/base/timer.h"
#include "setup/cli/ask.h"
#include "setup/cli/line.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>

enum { INSPECT_LIMIT_MS = 30000, SECOND_MS = 1000 };

struct running {
        const struct setup_run *run;
        struct runner *runner;
        struct ask *ask; /* NULL: nobody to ask */
        bool over;       /* the runner has its result, or the person at the terminal is gone */
        bool inspecting; /* after the job: what the device tells of itself, for the report */
        int error;       /* of writing events */
        struct timer *second;
        unsigned turn; /* which of the steps that take long the next event is about */
};

static void on_question(struct running *x, enum question_kind question)
{
        progress_hold(x->run->progress);
        ask_start(x->ask, question, x->run->job);
}

static void on_event(void *userdata, const struct runner_event *e)
{
        struct running *x = userdata;

        report_event(x->run->report, e);
        switch (e->kind) {
        case RUNNER_STEP:
                if (!x->inspecting)
                        progress_step(x->run->progress, e);
                if (x->run->events && x->error == 0 && !x->inspecting)
                        x->error = line_told(
                                x->run->events,
                                &(struct told){ .kind = TOLD_STEP, .job = x->run->job, .event = e });
                break;
        case RUNNER_QUESTION: on_question(x, e->question); break;
        case RUNNER_RESULT: x->over = true; break;
        }
}

static int on_network(void *userdata, struct wifi_network *network, struct trouble *ret_trouble)
{
        struct running *x = userdata;
        int r;

        r = runner_answer(x->runner, network, ret_trouble);
        if (r == 0)
                progress_go_on(x->run->progress);
        return r;
}

static void on_desertion(void *userdata)
{
        struct running *x = userdata;

        x->over = true;
}

/* A person is told of the radio first, where the hands are needed; events take turns. */
static void tell_waits(struct running *x)
{
        struct runner_event e[RUNNER_LANES];
        unsigned n = 0;

        for (unsigned lane = 0; lane < RUNNER_LANES; lane++)
                if (runner_under_way(x->runner, lane, &e[n]) && e[n].ms > SECOND_MS)
                        n++;
        progress_wait(x->run->progress, n ? &e[0] : NULL);
        if (n && x->run->events && x->error == 0)
                x->error = line_told(x->run->events, &(struct told){ .kind = TOLD_PROGRESS,
                                                                     .job = x->run->job,
                                                                     .event = &e[x->turn++ % n] });
}

/* Without memory for a timer nothing more is told of waits. */
static void on_second(void *userdata)
{
        struct running *x = userdata;

        tell_waits(x);
        x->second = timer_free(x->second);
        (void)timer_new(context_loop(x->run->context), SECOND_MS, on_second, x, &x->second);
}

static int run_with(struct running *x, struct ports *ports, uint64_t deadline_ms)
{
        int r;

        x->over = false;
        r = runner_new(x->run->job, ports, on_event, x, &x->runner);
        if (r < 0)
                return r;
        runner_set_interactive(x->runner, x->ask);
        r = runner_set_deadline(x->runner, deadline_ms);
        if (r == 0)
                r = runner_start(x->runner);
        if (r == 0 && !x->inspecting)
                r = timer_new(context_loop(x->run->context), SECOND_MS, on_second, x, &x->second);
        if (r == 0)
                r = context_until(x->run->context, &x->over);
        x->second = timer_free(x->second);
        x->runner = runner_free(x->runner);
        return r == -ECANCELED ? 0 : r; /* the job says so */
}

/* A device that was reached and did not get through its setup is asked about itself again: now it knows
 * more. How the job ended stays. */
static void inspect(struct running *x, struct ports *ports)
{
        struct job *job = x->run->job;
        struct job_end ended = job->end;
        enum task task = job->asked.task;
        bool inspected = job->now.inspection.asked;

        if (!x->run->report || job->end.outcome != JOB_FAILED || !job->identity.os[0] ||
            job->finish.listening_stopped || job->asked.task == TASK_INSPECT)
                return;
        job->now.inspection.asked = false;
        x->inspecting = true;
        job->asked.task = TASK_INSPECT;
        job->end.outcome = JOB_RUNNING;
        job->end.trouble = (struct trouble){};
        (void)run_with(x, ports, INSPECT_LIMIT_MS);
        job->now.inspection.asked |= inspected;
        job->asked.task = task;
        ended.exchanges = job->end.exchanges;
        job->end = ended;
}

int setup_run(const struct setup_run *run, const struct usher_ports_config *world)
{
        static const struct ask_events ask_events = { on_network, on_desertion };
        _cleanup_(usher_ports_freep) struct ports *ports = NULL;
        struct running x = { .run = run };
        int r;

        r = usher_ports_new(run->context, world, &ports, &run->job->end.trouble);
        if (r == -EINVAL) {
                run->job->end.outcome = JOB_FAILED;
                return 0;
        }
        if (r < 0)
                return r;
        if (run->interactive)
                (void)ask_new(context_loop(run->context), &ask_events, &x,
                              &x.ask); /* no terminal: a question is a fault */
        r = run_with(&x, ports, (uint64_t)run->timeout_s * 1000);
        if (r == 0)
                inspect(&x, ports);
        ask_free(x.ask);
        if (run->job->end.outcome == JOB_CANCELLED)
                run->job->end.trouble.fault = FAULT_CANCELLED;
        return r < 0 ? r : x.error;
}
