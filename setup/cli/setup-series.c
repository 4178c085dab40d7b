/* SPDX-License-Identifier: Apache-2.0 */

/* The source is heard all the time, also while a device is set up: installers scan ahead. What comes then is
 * kept in order, and said. Nothing that goes wrong with one device is the end. */

#include "setup/cli/setup-series.h"
#include "proto/base/timer.h"
#include "setup/cli/intake.h"
#include "setup/cli/label-print.h"
#include "setup/cli/line.h"
#include "setup/cli/loop.h"
#include "setup/cli/scan-queue.h"
#include "setup/cli/scan-tell.h"
#include "setup/cli/signals.h"
#include <errno.h>
#include <string.h>

struct series {
        struct setup_host *host;
        struct intake *intake;
        struct scan_queue queue;
        struct line_counts counts;
        unsigned begun;
        bool wake;          /* there is something to do for whoever waits */
        bool over;          /* nothing more comes from the source */
        int error;          /* of this process */
        struct trouble why; /* why nothing more comes */
};

/* ---- what is scanned ---- */

static void tell_fate(struct series *s, const char *told, enum scan_fate fate)
{
        struct progress *p = s->host->progress;

        switch (fate) {
        case SCAN_KEPT:
                if (s->queue.at_work)
                        progress_say(p, "Read: %s. It waits for its turn, as number %zu.", told, s->queue.n);
                else
                        progress_say(p, "Read: %s.", told);
                break;
        case SCAN_AT_WORK: progress_say(p, "Read: %s. It is at work already.", told); break;
        case SCAN_WAITS: progress_say(p, "Read: %s. It waits already.", told); break;
        case SCAN_JUST_DONE:
                progress_say(p, "Read: %s. It was done just now; to do it again, scan it in %d seconds.",
                             told, SCAN_DONE_MS / 1000);
                break;
        case SCAN_FULL:
                progress_warn(p, "Read: %s. %d wait already: scan it later, it is not kept.", told,
                              SCAN_QUEUE_MAX);
                break;
        }
}

static int put_event(struct series *s, const struct scan *scan, const struct label *l,
                     const struct trouble *why, const char *fate)
{
        return s->host->args->json ? scan_tell_json(stdout, scan, l, why, false, fate) : 0;
}

static int take_label(struct series *s, const struct scan *scan, struct label *l)
{
        char told[SCAN_TOLD_MAX];
        struct label seen = *l; /* the secret stays with whoever has the label */
        enum scan_fate fate;

        (void)scan_told(l, told);
        fate = scan_queue_put(&s->queue, l, scan->at_ms);
        tell_fate(s, told, fate);
        s->wake |= fate == SCAN_KEPT;
        return put_event(s, scan, &seen, &(struct trouble){}, scan_fate_name(fate));
}

static int take_scan(struct series *s, const struct scan *scan)
{
        struct trouble why = {};
        struct label l = {};
        int r = label_parse(secret_text(scan->text), secret_len(scan->text), &l, &why);

        if (r == -EINVAL) {
                scan_tell_trouble(s->host->progress, &why);
                return put_event(s, scan, NULL, &why, NULL);
        }
        if (r >= 0)
                r = take_label(s, scan, &l);
        label_done(&l);
        return r;
}

static int take_end(struct series *s)
{
        s->why = *intake_trouble(s->intake);
        s->over = true;
        return intake_error(s->intake);
}

static void on_event(void *userdata, enum source_event event, struct scan *scan)
{
        struct series *s = userdata;
        int r = 0;

        if (event == SOURCE_SCAN)
                r = take_scan(s, scan);
        else if (event == SOURCE_END)
                r = take_end(s);
        else if (event != SOURCE_HINT || !s->queue.at_work)
                scan_tell_event(s->host->progress, s->intake, event);
        if (event == SOURCE_REFUSED && intake_trouble(s->intake)->fault != FAULT_NONE)
                r = put_event(s, NULL, NULL, intake_trouble(s->intake), NULL);
        if (r < 0)
                s->error = r;
        s->wake |= s->over || s->error < 0;
}

/* ---- one device ---- */

/* A network that was chosen for a device which then joined it is not asked for again. */
static void end_device(struct series *s, struct setup_job *j, int r)
{
        const char *outcome = usher_job_get_outcome(j->job);

        (void)setup_job_end(j, r);
        (void)usher_job_keep_networks(j->job);
        line_count(&s->counts, outcome);
        scan_queue_end(&s->queue, strcmp(outcome, "done") == 0 || strcmp(outcome, "pending") == 0,
                       (int64_t)timer_now_ms());
}

static int one_device(struct series *s, const struct label *label)
{
        _cleanup_(setup_job_done) struct setup_job j = {};
        int r = setup_job_begin(s->host, &j);

        if (r < 0)
                return r;
        progress_live(s->host->progress, NULL);
        s->queue.at_work = label;
        r = setup_job_label(&j, label);
        if (r == 0)
                r = setup_job_run(&j, NULL);
        else
                r = setup_job_fail(&j, r, NULL);
        end_device(s, &j, r);
        return 0;
}

/* ---- one after the other ---- */

static void on_time(void *userdata)
{
        struct series *s = userdata;

        (void)trouble_set(&s->why, FAULT_TIMEOUT, "no sticker was scanned within %u s",
                          s->host->args->timeout_s);
        s->over = s->wake = true;
}

/* 1: *ret is the next; 0: there is none any more; -ECANCELED, or the errno of this process. */
static int next_label(struct series *s, struct label *ret)
{
        _cleanup_(timer_freep) struct timer *deadline = NULL;
        const struct setup_args *args = s->host->args;
        sd_event *loop = host_loop(s->host->host);
        int r = 0, code;

        if (sd_event_get_exit_code(loop, &code) >= 0)
                return -ECANCELED;
        if (s->queue.n == 0 && !s->over)
                progress_say(s->host->progress, "Scan the %s sticker. Ctrl-C ends.",
                             s->begun ? "next" : "first");
        if (args->count && args->timeout_s) /* whoever wants no end, waits for none */
                r = timer_new(loop, args->timeout_s * UINT64_C(1000), on_time, s, &deadline);
        while (r >= 0 && s->queue.n == 0 && !s->over && s->error >= 0) {
                s->wake = false;
                r = host_until(s->host->host, &s->wake);
        }
        if (r < 0 || s->error < 0)
                return r < 0 ? r : s->error;
        return scan_queue_next(&s->queue, ret);
}

static int all_devices(struct series *s)
{
        unsigned count = s->host->args->count;
        int r = loop_turn(host_loop(s->host->host)) < 0 ? -ECANCELED
                                                        : 1; /* opens the device: now it can be used */

        while (r > 0 && line_kept() && (count == 0 || s->begun < count)) {
                _cleanup_(label_done) struct label label = {};

                r = next_label(s, &label);
                if (r <= 0)
                        break;
                s->begun++;
                r = one_device(s, &label);
                r = r < 0 ? r : 1;
        }
        return r < 0 ? r : 0;
}

static int exit_code(const struct line_counts *c)
{
        return c->failed      ? EXIT_BATCH
               : c->cancelled ? EXIT_CANCELLED
               : c->pending   ? EXIT_PENDING
                              : EXIT_DONE;
}

/* Ctrl-C between two devices is how it is meant to end; before the first it is as ever. What still waits was
 * not worked on. */
static int conclude(struct series *s, int r)
{
        struct line_counts *c = &s->counts;
        const struct setup_args *args = s->host->args;
        int code;

        c->cancelled += s->queue.n;
        if (r < 0 && (r != -ECANCELED || s->begun == 0))
                trouble_complete(&s->why, r);
        if (s->why.fault != FAULT_NONE)
                (void)progress_trouble(stderr, &s->why);
        if (s->begun == 0)
                return s->why.fault == FAULT_NONE ? EXIT_DONE : fault_info(s->why.fault)->exit_code;
        code = exit_code(c);
        if (code == EXIT_DONE && s->why.fault != FAULT_NONE)
                code = fault_info(s->why.fault)->exit_code;
        progress_say(s->host->progress, "%zu done, %zu failed, %zu pending, %zu cancelled.", c->done,
                     c->failed, c->pending, c->cancelled);
        if (args->json && line_summary(stdout, c, code) < 0)
                return EXIT_INTERNAL;
        return code;
}

int setup_series(struct setup_host *host)
{
        struct series s = { .host = host };
        sd_event *loop = host_loop(host->host);
        struct source *source;
        int r = signals_watch(loop);

        if (r >= 0)
                r = label_input_open(&host->args->input, false, &source);
        if (r >= 0)
                r = intake_new(loop, source, on_event, &s, &s.intake);
        if (r >= 0)
                r = all_devices(&s);
        s.intake = intake_free(s.intake);
        setup_host_sign_out(host->host);
        r = conclude(&s, r);
        scan_queue_done(&s.queue);
        return r;
}
