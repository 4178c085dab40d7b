/* SPDX-License-Identifier: Apache-2.0 */

/* The job goes on by itself; what is told of it goes to the screen and the events, and a question to the
 * terminal. One turn of the loop after another until it has its result, the person at the terminal is gone,
 * or a signal told the loop to exit: then it is cancelled. */

#include "setup/cli/setup-job.h"
#include "setup/cli/ask.h"
#include "setup/cli/line.h"
#include "setup/cli/replace.h"
#include <errno.h>
#include <string.h>

int setup_job_check_report(const struct setup_args *args, struct trouble *ret_trouble)
{
        int r = args->report ? replace_check(args->report) : 0;

        if (r < 0 && r != -ENOMEM)
                return trouble_set(ret_trouble, FAULT_CONFIG, "the report %s cannot be written: %s",
                                   args->report, strerror(-r));
        return r;
}

int setup_job_begin(struct setup_host *host, struct setup_job *j)
{
        *j = (struct setup_job){ .host = host };
        return usher_job_new(host_ctx(host->host), host->task, NULL, &j->job);
}

void setup_job_done(struct setup_job *j)
{
        usher_job_free(j->job);
}

int setup_job_label(struct setup_job *j, const struct label *label)
{
        struct usher_label *handed;
        int r = host_label(j->host->host, label, &handed);

        if (r < 0)
                return r;
        r = usher_job_set_label(j->job, handed);
        usher_label_free(handed);
        return r;
}

/* ---- what is told ---- */

static void put(struct setup_job *j, const struct usher_event *e)
{
        if (j->host->args->json && j->error == 0)
                j->error = line_usher(stdout, e);
}

/* The result is told when what follows it is done. */
static void on_event(void *userdata, struct usher_event *e)
{
        struct setup_job *j = userdata;

        if (usher_event_get_job(e) != j->job)
                return;
        progress_event(j->host->progress, e);
        switch (usher_event_get_kind(e)) {
        case USHER_EVENT_STEP:
        case USHER_EVENT_PROGRESS: put(j, e); break;
        case USHER_EVENT_QUESTION:
                progress_hold(j->host->progress);
                ask_start_job(j->ask, e, j->job);
                break;
        case USHER_EVENT_RESULT:
                j->ms = usher_event_get_ms(e);
                j->over = true;
                break;
        case USHER_EVENT_QUIET:
        case USHER_EVENT_LOOK:
        case USHER_EVENT_DEVICE:
        case USHER_EVENT_DEVICES:
        case USHER_EVENT_DEVICES_END:
        case USHER_EVENT_CHECK:
        case USHER_EVENT_VERDICT:
        case USHER_EVENT_SIGNED_OUT:
        case USHER_EVENT_LIST:
        case USHER_EVENT_LIST_END: break;
        }
}

static int on_answer(void *userdata, const struct ask_answer *a, struct trouble *ret_trouble)
{
        struct setup_job *j = userdata;
        const void *password = a->password ? secret_bytes(a->password) : NULL;
        size_t len = a->password ? secret_len(a->password) : 0;
        int r;

        if (!a->ssid && a->password)
                r = usher_job_answer_password(j->job, password, len);
        else
                r = usher_job_answer_network(j->job, a->ssid, a->ssid_len, password, len);
        if (r < 0)
                host_trouble(j->host->host, r, ret_trouble);
        else
                progress_go_on(j->host->progress);
        return r;
}

static void on_desertion(void *userdata)
{
        struct setup_job *j = userdata;

        j->over = true;
}

/* ---- work ---- */

static void perform(struct setup_job *j)
{
        struct host *host = j->host->host;
        int r = usher_ctx_set(host_ctx(host), "interactive", j->ask ? "yes" : "no");

        host_listen(host, on_event, j);
        if (r == 0)
                r = usher_job_start(j->job);
        if (r == 0)
                (void)host_until(host, &j->over);
        (void)usher_job_cancel(j->job); /* if it is not over: a signal, or nobody there */
        host_listen(host, NULL, NULL);
}

int setup_job_run(struct setup_job *j, setup_show_fn show)
{
        static const struct ask_events events = { on_answer, on_desertion };
        const struct setup_args *args = j->host->args;
        int r;

        if (!args->no_input) /* no terminal: a question is a fault */
                (void)ask_new(host_loop(j->host->host), &events, j, &j->ask);
        perform(j);
        j->ask = ask_free(j->ask);
        r = j->error;
        if (r == 0 && show && strcmp(usher_job_get_outcome(j->job), "done") == 0)
                r = show(args, j->job);
        return r;
}

int setup_job_fail(struct setup_job *j, int error, const struct trouble *why)
{
        struct trouble t = why ? *why : (struct trouble){};

        if (error == -EINVAL && t.fault == FAULT_NONE)
                host_trouble(j->host->host, error, &t);
        trouble_complete(&t, error);
        (void)usher_job_fail(j->job, fault_info(t.fault)->key, t.cause);
        return 0;
}

/* ---- result ---- */

/* Where it cannot be written was said by setup_job_check_report(); what goes wrong now changes nothing
 * else. */
static void write_report(const struct setup_job *j)
{
        const char *path = j->host->args->report;
        _cleanup_(freep) char *text = NULL;
        char shown[LINE_SHOWN_MAX];
        int r = usher_job_get_report(j->job, &text);

        if (r == 0)
                r = replace_write(path, text, strlen(text));
        if (r < 0)
                fprintf(stderr, "The report %s could not be written: %s\n", line_shown(path, shown),
                        strerror(-r));
}

static int put_result(const struct setup_job *j)
{
        _cleanup_(freep) char *line = NULL;
        int r = usher_job_get_result(j->job, &line);

        return r < 0 ? r : line_result(stdout, line);
}

int setup_job_end(struct setup_job *j, int r)
{
        int written = 0;

        if (j->reports)
                write_report(j);
        if (j->host->args->json)
                written = put_result(j);
        progress_job(j->host->progress, j->job, j->ms);
        if ((written < 0 || r == -EIO) && !usher_job_get_fault(j->job))
                return EXIT_INTERNAL;
        return usher_job_get_exit(j->job);
}
