/* SPDX-License-Identifier: Apache-2.0 */

/* The whole list, its profiles and the account are looked at first, so that what is wrong is said of all
 * rows at once and before a device is touched. What was finished here by the same setup is passed over: that
 * is what makes the same command go on where it ended. */

#include "setup/cli/setup-list.h"
#include "proto/base/file.h"
#include "proto/base/timer.h"
#include "setup/account/finished.h"
#include "setup/account/list-profiles.h"
#include "setup/cli/line.h"
#include "setup/cli/list-results.h"
#include "setup/cli/setup-device.h"
#include "setup/cli/setup-list-plan.h"
#include "setup/cli/signals.h"
#include "setup/engine/work.h"
#include "setup/flow/record.h"
#include <errno.h>
#include <string.h>

struct list_run {
        struct setup_site *site;
        struct list *list;
        struct list_profiles *profiles;
        struct list_results *results; /* NULL: nobody wants them */
        struct line_counts counts;
        struct signals_stop stop;
        size_t begun;       /* rows, the one at work among them */
        struct trouble why; /* what keeps all further ones from being begun */
};

/* ---- what is checked before ---- */

/* As if the command had named this profile. */
static int load(void *userdata, const char *named, struct profile *ret, struct trouble *ret_trouble)
{
        struct setup_site *site = userdata;
        const struct setup_args *kept = site->args;
        struct setup_args args = *kept;
        int r;

        if (named[0]) {
                args.profile = named;
                args.quiet = true;
        }
        site->args = &args;
        r = setup_site_profile(site, ret_trouble);
        site->args = kept;
        if (r < 0)
                return r;
        *ret = site->profile;
        site->profile = (struct profile){};
        return 0;
}

static int refuse(const struct list_run *x, struct trouble *why)
{
        const char *path = x->site->args->from;
        size_t n = list_errors(x->list);
        const struct list_error *e = list_error_at(x->list, 0);
        char shown[LINE_SHOWN_MAX];

        if (n == 1)
                return trouble_set(why, FAULT_CONFIG, "%s, line %u: %s", path, e->line, e->why.cause);
        for (size_t i = 0; (e = list_error_at(x->list, i)); i++)
                fprintf(stderr, "%s, line %u: %s\n", line_shown(path, shown), e->line, e->why.cause);
        e = list_error_at(x->list, 0);
        return trouble_set(why, FAULT_CONFIG,
                           "%s has %zu errors, and nothing was done; the first, line %u: %s", path, n,
                           e->line, e->why.cause);
}

/* One account for all of them. */
static int find_account(const struct list_run *x, struct trouble *why)
{
        const struct profile *p;
        const char *named;
        size_t rows;
        int r = 0;

        for (size_t i = 0; r >= 0 && (p = list_profiles_at(x->profiles, i, &named, &rows)); i++) {
                if (p->claim == CLAIM_CUSTOMER && (i > 0 || list_profiles_at(x->profiles, 1, &named, &rows)))
                        return trouble_set(
                                why, FAULT_CONFIG,
                                "a customer claims with an account of its own: give such devices a "
                                "list that names no other profile");
                if (!x->site->token.secret)
                        r = setup_site_account(x->site, p, why);
        }
        return r;
}

static int check(struct list_run *x, struct trouble *why)
{
        int r = list_read(x->site->args->from, &x->list, why);

        if (r >= 0)
                r = list_profiles_new(load, x->site, &x->profiles);
        if (r >= 0)
                r = list_profiles_check(x->profiles, x->list);
        if (r >= 0 && list_errors(x->list) > 0)
                return refuse(x, why);
        if (r >= 0)
                r = find_account(x, why);
        if (r >= 0 && x->site->args->results)
                r = list_results_new(x->site->args->results, &x->results, why);
        return r;
}

/* ---- one device ---- */

static bool is_stopped(const struct list_run *x)
{
        int code;

        return x->stop.asked || x->why.fault != FAULT_NONE || !line_kept() ||
               sd_event_get_exit_code(context_loop(x->site->context), &code) >= 0;
}

static bool was_finished(const struct setup_site *site, const struct list_row *row)
{
        int64_t when_s;

        return site->finished[0] &&
               finished_find(site->finished, row->serial, site->finished_hash, &when_s) == 0;
}

/* Ctrl-C: what is half done with a device is the worst place to stop at. */
static void on_stop(void *userdata)
{
        struct list_run *x = userdata;

        progress_warn(x->site->progress,
                      "It ends when the step in hand has ended; Ctrl-C again ends it at once.");
        if (x->site->at_work)
                work_stop_after_step(x->site->at_work);
}

/* A token that the cloud refuses is refused for all of them. */
static int end_device(struct list_run *x, const struct list_row *row, const struct setup_device *d)
{
        const struct job *job = &d->job;
        const struct trouble *why = &job->end.trouble;

        line_count(&x->counts, record_get(job, record_find("outcome")).text);
        if (job->end.outcome == JOB_FAILED && fault_info(why->fault)->exit_code == EXIT_TOKEN)
                x->why = *why;
        return list_results_add(x->results, row, job, NULL, timer_now_ms() - d->start_ms);
}

static int set_up(struct list_run *x, const struct list_row *row)
{
        _cleanup_(setup_device_done) struct setup_device d = {};
        struct setup_site *site = x->site;
        struct label label = {};
        int r = setup_device_begin(site, &d);

        if (r >= 0)
                r = secret_new(row->secret, row->secret_len, &label.mobile_secret);
        memcpy(label.serial, row->serial, sizeof(label.serial));
        setup_device_take(&d, &label);
        if (r >= 0)
                r = setup_site_sign_in(site, &d.job.asked.profile, &d.job.end.trouble);
        if (r >= 0)
                r = setup_device_run(&d);
        (void)setup_device_end(&d, r);
        return end_device(x, row, &d);
}

static int one_row(struct list_run *x, const struct list_row *row)
{
        struct setup_site *site = x->site;
        int r = list_profiles_of(x->profiles, row, &site->profile, &x->why);

        if (r < 0)
                return r;
        site->asks_network = site->profile.n_networks == 0;
        site->finished_hash = finished_hash(&site->profile);
        x->begun++;
        progress_live(site->progress, NULL);
        if (was_finished(site, row)) {
                progress_say(site->progress, "%s was set up before.", row->serial);
                x->counts.done++;
                r = list_results_add(x->results, row, NULL, "done", 0);
        } else {
                progress_say(site->progress, "%zu of %zu: %s%s%s", x->begun, list_rows(x->list), row->serial,
                             row->name[0] ? ", " : "", row->name);
                r = set_up(x, row);
                if (site->asks_network)
                        list_profiles_keep_networks(x->profiles, row, &site->profile);
        }
        profile_done(&site->profile);
        return r;
}

/* ---- all of them ---- */

static int exit_code(const struct line_counts *c, bool ended_early)
{
        return ended_early ? EXIT_CANCELLED : c->failed ? EXIT_BATCH : c->pending ? EXIT_PENDING : EXIT_DONE;
}

/* Those that were not begun, too. What cannot be written is said, and changes nothing else. */
static void write_results(struct list_run *x)
{
        const char *path = x->site->args->results;
        const struct list_row *row;
        char shown[LINE_SHOWN_MAX];
        int r = 0;

        while (r >= 0 && x->begun < list_rows(x->list) && (r = list_next(x->list, &row)) > 0)
                r = list_results_add(x->results, row, NULL, "cancelled", 0);
        if (r >= 0)
                r = list_results_write(x->results);
        if (r < 0)
                fprintf(stderr, "The results %s could not be written: %s\n", line_shown(path, shown),
                        strerror(-r));
}

static int conclude(struct list_run *x, int r)
{
        struct line_counts *c = &x->counts;
        struct progress *p = x->site->progress;
        size_t left = list_rows(x->list) - x->begun;
        int code;

        if (r < 0 && r != -ECANCELED && x->why.fault == FAULT_NONE) {
                trouble_complete(&x->why, r);
                (void)progress_trouble(stderr, &x->why);
        }
        c->cancelled += left;
        if (x->results)
                write_results(x);
        code = x->why.fault != FAULT_NONE ? fault_info(x->why.fault)->exit_code
                                          : exit_code(c, c->cancelled > 0);
        progress_say(p, "%zu done, %zu failed, %zu pending, %zu cancelled.", c->done, c->failed, c->pending,
                     c->cancelled);
        if (c->failed + c->pending + c->cancelled > 0)
                progress_say(p, "The same command goes on with those that are not done.");
        if (x->site->args->json && line_summary(stdout, c, code) < 0)
                return EXIT_INTERNAL;
        return code;
}

static int all_rows(struct list_run *x)
{
        const struct list_row *row;
        int r;

        x->stop = (struct signals_stop){ .fn = on_stop, .userdata = x };
        r = signals_watch_stop(context_loop(x->site->context), &x->stop);
        while (r >= 0 && !is_stopped(x) && (r = list_next(x->list, &row)) > 0)
                r = one_row(x, row);
        setup_site_sign_out(x->site);
        return conclude(x, r);
}

static int show_plan(const struct list_run *x)
{
        const struct setup_site *site = x->site;
        int r = setup_list_plan(stdout, site->args, x->list, x->profiles,
                                site->account ? &site->token : NULL, site->cloud_url);

        if (r < 0 && line_kept())
                fprintf(stderr, "The plan could not be written: %s\n", strerror(-r));
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

static int run(struct setup_site *site)
{
        struct list_run x = { .site = site };
        _cleanup_(file_patience_end) struct file_patience patience =
                file_patience_begin(site->args->timeout_s * 1000);
        struct trouble why = {};
        int r;

        r = check(&x, &why);
        if (r >= 0)
                r = site->args->dry_run ? show_plan(&x) : all_rows(&x);
        else {
                trouble_complete(&why, r);
                r = progress_trouble(stderr, &why);
        }
        list_results_free(x.results);
        list_profiles_free(x.profiles);
        list_free(x.list);
        return r;
}

int setup_list(const struct setup_args *args, enum task task)
{
        _cleanup_(setup_site_close) struct setup_site site = {};
        struct trouble why = {};
        int r = setup_site_open(args, task, &site);

        if (r >= 0)
                return run(&site);
        trouble_complete(&why, r);
        return progress_trouble(stderr, &why);
}
