/* SPDX-License-Identifier: Apache-2.0 */

/* The work goes on by itself; what is told of it goes to the screen, the events and the report, and a
 * question to the terminal. One turn of the loop after another until it has its result, the person at the
 * terminal is gone, or a signal told the loop to exit. Freeing the work is the cancellation. */

#include "setup/cli/setup-run.h"
#include "setup/cli/ask.h"
#include "setup/cli/line.h"
#include "setup/engine/work.h"
#include "setup/ports/context.h"
#include <errno.h>

struct running {
        const struct setup_run *run;
        struct work *work;
        struct ask *ask; /* NULL: nobody to ask */
        bool over;       /* the work has its result, or the person at the terminal is gone */
        int error;       /* of writing events */
};

static void put(struct running *x, const struct told *t)
{
        if (x->run->events && x->error == 0)
                x->error = line_told(x->run->events, t);
}

static void on_told(void *userdata, const struct told *t)
{
        struct running *x = userdata;
        struct progress *progress = x->run->progress;

        if (t->event && t->kind != TOLD_PROGRESS)
                report_event(x->run->report, t->event);
        switch (t->kind) {
        case TOLD_STEP:
                progress_step(progress, t->event);
                put(x, t);
                break;
        case TOLD_PROGRESS:
                progress_wait(progress, t->first);
                put(x, t);
                break;
        case TOLD_QUIET: progress_wait(progress, NULL); break;
        case TOLD_QUESTION:
                progress_hold(progress);
                ask_start(x->ask, t->event->question, x->run->job);
                break;
        case TOLD_LOOK: break;
        case TOLD_RESULT: x->over = true; break; /* told with what followed the work */
        }
}

static int on_network(void *userdata, struct wifi_network *network, struct trouble *ret_trouble)
{
        struct running *x = userdata;
        int r;

        r = work_answer(x->work, network, ret_trouble);
        if (r == 0)
                progress_go_on(x->run->progress);
        return r;
}

static void on_desertion(void *userdata)
{
        struct running *x = userdata;

        x->over = true;
}

static int perform(struct running *x, const struct usher_ports_config *world)
{
        const struct setup_run *run = x->run;
        struct work_config config = { .context = run->context,
                                      .job = run->job,
                                      .world = world,
                                      .interactive = x->ask,
                                      .inspect = run->report,
                                      .deadline_ms = (uint64_t)run->timeout_s * 1000 };
        int r;

        r = work_new(&config, on_told, x, &x->work, &run->job->end.trouble);
        if (r == -EINVAL) {
                run->job->end.outcome = JOB_FAILED;
                return 0;
        }
        *run->at_work = x->work;
        if (r == 0)
                r = context_until(run->context, &x->over);
        *run->at_work = NULL;
        x->work = work_free(x->work);
        return r == -ECANCELED ? 0 : r; /* the job says so */
}

int setup_run(const struct setup_run *run, const struct usher_ports_config *world)
{
        static const struct ask_events ask_events = { on_network, on_desertion };
        struct running x = { .run = run };
        int r;

        if (run->interactive)
                (void)ask_new(context_loop(run->context), &ask_events, &x,
                              &x.ask); /* no terminal: a question is a fault */
        r = perform(&x, world);
        ask_free(x.ask);
        return r < 0 ? r : x.error;
}
