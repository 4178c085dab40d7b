/* SPDX-License-Identifier: Apache-2.0 */

/* The work goes on by itself; what is told of it goes to the screen and the events, and a
 * question to the terminal. One turn of the loop after another until it has its result, the person at the
 * terminal is gone, or a signal told the loop to exit. Freeing the work is the cancellation. */

#include "setup/cli/setup-run.h"
#include "setup/cli/ask.h"
#include "setup/cli/line.h"
#include "setup/engine/work.h"
#include "setup/flow/wifi-seen.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>

struct running {
        const struct setup_run *run;
        struct work *work;
        struct ask *ask; /* NULL: nobody to ask */
        bool over;       /* the work has its result, or the person at the terminal is gone */
        int error;       /* of writing events */
};

static void put(struct running *x, const struct told *t)
{
        _cleanup_(freep) char *line = NULL;

        if (!x->run->events || x->error < 0 || !told_is_event(t))
                return;
        x->error = told_line(t, &line);
        if (x->error == 0)
                x->error = line_put(x->run->events, line);
}

static struct progress_step step_of(const struct runner_event *e)
{
        bool told = e->trouble.fault != FAULT_NONE;

        return (struct progress_step){ .text = e->text,
                                       .state = told_state(e->state),
                                       .light = e->light,
                                       .hint = e->hint,
                                       .sentence = told ? fault_info(e->trouble.fault)->sentence : NULL,
                                       .cause = e->trouble.cause[0] ? e->trouble.cause : NULL,
                                       .try = e->try,
                                       .of = e->of,
                                       .ms = e->ms,
                                       .limit_ms = e->limit_ms,
                                       .part = e->part,
                                       .whole = e->whole };
}

static struct usher_network network_of(const uint8_t *ssid, size_t len, int security, int rssi)
{
        struct usher_network n = { .ssid_len = len,
                                   .security = wifi_security_name(security),
                                   .open = security == WIFI_OPEN,
                                   .rssi = rssi };

        memcpy(n.ssid, ssid, len);
        wifi_ssid_text(ssid, len, n.name);
        return n;
}

static void start_question(struct running *x, enum question_kind kind)
{
        const struct job *job = x->run->job;
        const struct wifi_network *known =
                &job->asked.profile.networks[job->wifi.network < 0 ? 0 : job->wifi.network];
        struct usher_network chosen = network_of(known->ssid, known->ssid_len, known->security, 0);
        struct usher_network seen[MESSAGE_NETWORKS_MAX];
        struct message_network sorted[MESSAGE_NETWORKS_MAX];
        struct ask_question question = { .seen = seen };

        if (kind == QUESTION_WIFI_PASSWORD)
                question.chosen = &chosen;
        else
                question.n_seen = wifi_seen_sorted(&job->now.scan, sorted);
        for (size_t i = 0; i < question.n_seen; i++)
                seen[i] = network_of(sorted[i].ssid, sorted[i].ssid_len, sorted[i].security, sorted[i].rssi);
        ask_start(x->ask, &question);
}

static void on_told(void *userdata, const struct told *t)
{
        struct running *x = userdata;
        struct progress *progress = x->run->progress;
        const struct runner_event *shown = t->kind == TOLD_PROGRESS ? t->first : t->event;
        struct progress_step step = shown ? step_of(shown) : (struct progress_step){};

        switch (t->kind) {
        case TOLD_STEP:
                progress_step(progress, &step);
                put(x, t);
                break;
        case TOLD_PROGRESS:
                progress_wait(progress, &step);
                put(x, t);
                break;
        case TOLD_QUIET: progress_wait(progress, NULL); break;
        case TOLD_QUESTION:
                progress_hold(progress);
                start_question(x, t->event->question);
                break;
        case TOLD_LOOK: break;
        case TOLD_RESULT: x->over = true; break; /* told with what followed the work */
        }
}

/* What was not said of the network, the device's scan tells. */
static int make_network(const struct job *job, const struct ask_answer *answer, struct wifi_network *ret)
{
        const struct message_network *seen;

        *ret = (struct wifi_network){ .ssid_len = answer->ssid_len, .security = WIFI_SECURITY_AUTO };
        if (answer->ssid) {
                memcpy(ret->ssid, answer->ssid, answer->ssid_len);
                seen = wifi_seen(job, ret);
                ret->hidden = !seen;
                if (seen)
                        ret->security = seen->security;
                else if (answer->password && secret_len(answer->password) == 0)
                        ret->security = WIFI_OPEN;
        }
        if (!answer->password || ret->security == WIFI_OPEN)
                return 0;
        return secret_new(secret_bytes(answer->password), secret_len(answer->password), &ret->password);
}

static int on_answer(void *userdata, const struct ask_answer *answer, struct trouble *ret_trouble)
{
        struct running *x = userdata;
        _cleanup_(wifi_network_done) struct wifi_network network = {};
        bool again = !answer->ssid && !answer->password;
        int r = make_network(x->run->job, answer, &network);

        if (r == 0)
                r = work_answer(x->work, again ? NULL : &network, ret_trouble);
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
        static const struct ask_events ask_events = { on_answer, on_desertion };
        struct running x = { .run = run };
        int r;

        if (run->interactive)
                (void)ask_new(context_loop(run->context), &ask_events, &x,
                              &x.ask); /* no terminal: a question is a fault */
        r = perform(&x, world);
        ask_free(x.ask);
        return r < 0 ? r : x.error;
}
