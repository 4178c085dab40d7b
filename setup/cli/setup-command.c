/* SPDX-License-Identifier: Apache-2.0 */

/* The order of things: options, profile, label, token - all local, so that what is wrong with them is said
 * before a device is touched - then the job, then one result. Whatever ends it, the result says so in words
 * and, with --json, as the last event. */

#include "setup/cli/setup-command.h"
#include "cloud/ca.h"
#include "cloud/token.h"
#include "proto/base/file.h"
#include "proto/base/timer.h"
#include "setup/account/account.h"
#include "setup/account/finished.h"
#include "setup/account/numbers.h"
#include "setup/account/places.h"
#include "setup/cli/events.h"
#include "setup/cli/label-input.h"
#include "setup/cli/line.h"
#include "setup/cli/setup-plan.h"
#include "setup/cli/setup-run.h"
#include "setup/cli/signals.h"
#include <errno.h>
#include <string.h>

struct setup {
        struct setup_args args;
        enum task task;
        struct context *context;
        struct profile profile;
        struct token token;
        bool account;             /* there is a token, and it is needed */
        struct account *customer; /* signed in for this setup; NULL: none */
        char sign_ins[PLACE_MAX]; /* of the customer; the account keeps it */
        char finished[PLACE_MAX]; /* what was set up here before; "": nothing is kept */
        uint64_t finished_hash;
        const char *cloud_url;
        struct job job;
        struct progress *progress;
        struct report *report;
        uint64_t start_ms;
};

static int open_report(struct setup *s)
{
        int r = s->args.report ? report_new(s->args.report, &s->report) : 0;

        if (r < 0 && r != -ENOMEM)
                return trouble_set(&s->job.end.trouble, FAULT_CONFIG, "the report %s cannot be written: %s",
                                   s->args.report, strerror(-r));
        return r;
}

static int read_profile(struct setup *s)
{
        int r;

        r = setup_args_profile(&s->args, &s->profile, &s->job.end.trouble);
        if (r < 0)
                return r;
        if (s->task != TASK_SETUP)
                s->profile.claim_code = secret_free(s->profile.claim_code);
        if (s->task == TASK_UPDATE)
                s->profile.claim = CLAIM_USER; /* the files are the account's */
        else if (s->task != TASK_SETUP)
                s->profile.claim = CLAIM_NONE; /* between the device and us */
        return 0;
}

/* A token of ours is not needed then. */
static bool signs_customer_in(const struct job *j)
{
        return j->asked.profile.claim == CLAIM_CUSTOMER && j->asked.profile.oauth_client;
}

/* The token of a customer takes the place of one that is found. It is made when the setup begins, not for a
 * dry run. */
static int sign_customer_in(struct setup *s)
{
        const struct profile *p = &s->job.asked.profile;
        struct account_config config = { .context = s->context,
                                         .url = s->cloud_url,
                                         .ca_file = s->args.cloud_ca };
        struct cloud_oauth oauth = { p->product, p->oauth_client, p->oauth_secret };
        _cleanup_(account_grant_done) struct account_grant grant = {};
        struct trouble *why = &s->job.end.trouble;
        int r;

        if (!signs_customer_in(&s->job))
                return 0;
        if (place_state("sign-ins", s->sign_ins) == 0)
                config.sign_ins_file = s->sign_ins;
        r = account_open_unknown(&config, &s->customer, why);
        if (r >= 0)
                r = account_customer(s->customer, &oauth, p->customer, &grant, why);
        if (r == -EINVAL && why->fault == FAULT_CLOUD_NOT_FOUND)
                return trouble_set(why, FAULT_CONFIG, "this cloud has no product %u for customers: %s",
                                   p->product, why->cause);
        if (r == -EINVAL && why->fault != FAULT_NONE)
                return trouble_set(why, why->fault, "signing %s in: %s", p->customer, why->cause);
        if (r >= 0)
                s->token.secret = TAKE_PTR(grant.token);
        return r;
}

/* A token that nobody needs any more does not lie around for its 90 days. */
static void sign_customer_out(struct setup *s)
{
        struct trouble why = {};
        int r;

        if (!s->customer || !s->token.secret)
                return;
        r = account_sign_out(s->customer, &why);
        if (r < 0)
                trouble_complete(&why, r);
        if (r < 0)
                fprintf(stderr, "The customer's token could not be given back (%s); it ends by itself.\n",
                        trouble_words(&why));
}

/* Was it set up here before? */
static void recall(struct setup *s)
{
        struct job *j = &s->job;

        if (s->task != TASK_SETUP || place_state("finished", s->finished) < 0) {
                s->finished[0] = 0;
                return;
        }
        s->finished_hash = finished_hash(&j->asked.profile);
        (void)finished_find(s->finished, j->asked.label.serial, s->finished_hash, &j->asked.finished_s);
}

/* Of a device that answered: whether it is finished now, or is not any more. */
static void remember(const struct setup *s)
{
        const struct job *j = &s->job;
        bool done = j->end.outcome == JOB_DONE && j->finish.listening_stopped;

        if (s->finished[0] && j->identity.id[0])
                (void)finished_note(s->finished, j->asked.label.serial, s->finished_hash,
                                    done ? timer_wall_s() : 0);
}

/* {n} in the name */
static int take_number(struct setup *s)
{
        struct job *j = &s->job;
        char path[PLACE_MAX];
        int r;

        if (job_is_local(j) || !name_has_number(j->asked.profile.name))
                return 0;
        r = place_state("numbers", path);
        if (r >= 0)
                r = numbers_take(path, j->asked.profile.name, j->asked.label.serial, &j->claim.number);
        if (r < 0)
                return trouble_set(&s->job.end.trouble, FAULT_CONFIG,
                                   "the number for the name cannot be kept (%s): %s",
                                   r == -ENOENT ? "no HOME" : path, file_words(r));
        return 0;
}

static int read_label(struct setup *s)
{
        _cleanup_(label_reading_done) struct label_reading reading = {};
        int r;

        /* Text before the signals are watched: whoever waits for standard input is ended by Ctrl-C at once.
         */
        if (s->args.label)
                r = label_read_file(s->args.label, &reading);
        if (s->args.label && r < 0)
                return r;
        r = signals_watch(context_loop(s->context));
        if (r < 0)
                return r;
        if (s->args.image)
                r = label_input_image(s->context, s->args.image, &reading);
        if (r < 0)
                return r;
        if (reading.trouble.fault != FAULT_NONE) {
                s->job.end.trouble = reading.trouble;
                return -EINVAL;
        }
        job_init(&s->job, &reading.label, &s->profile);
        s->job.asked.task = s->task;
        s->job.asked.inspect = s->report;
        return 0;
}

static int find_token(struct setup *s)
{
        int r;

        if (job_is_local(&s->job) && !s->job.asked.profile.min_os)
                return 0;
        if (cloud_ca_check(s->args.cloud_ca, &s->job.end.trouble) < 0)
                return -EINVAL;
        if (signs_customer_in(&s->job) && s->args.token_file)
                return trouble_set(
                        &s->job.end.trouble, FAULT_CONFIG,
                        "customer and oauth-client sign the customer in: leave --token-file out, or give "
                        "the customer's own token and leave those out");
        if (signs_customer_in(&s->job)) {
                s->account = true;
                s->cloud_url = s->args.cloud ? s->args.cloud : CLOUD_URL;
                return 0;
        }
        r = token_find(s->args.token_file, &s->token, &s->job.end.trouble);
        if (r < 0 && job_is_local(&s->job) && !s->args.token_file) {
                s->job.end.trouble = (struct trouble){}; /* the device may run what it should already */
                return 0;
        }
        if (r < 0)
                return r;
        s->account = true;
        if (!token_is_for(&s->token, s->args.cloud ? s->args.cloud : s->token.url))
                return trouble_set(
                        &s->job.end.trouble, FAULT_CONFIG,
                        "the token in %s is for %s, and is not sent to another cloud: give that cloud's own "
                        "token with --token-file",
                        s->token.origin, s->token.url ? s->token.url : CLOUD_URL);
        s->cloud_url = s->args.cloud ? s->args.cloud : s->token.url ? s->token.url : CLOUD_URL;
        return 0;
}

static int prepare(struct setup *s)
{
        int r;

        s->start_ms = timer_now_ms();
        r = context_new(&s->context);
        if (r >= 0)
                r = progress_new(stderr, s->args.quiet, &s->progress);
        if (r >= 0 && s->args.verbose)
                progress_set_verbose(s->progress);
        if (r >= 0)
                r = open_report(s);
        if (r >= 0)
                r = read_profile(s);
        if (r >= 0)
                r = read_label(s);
        return r < 0 ? r : find_token(s);
}

static int perform(struct setup *s)
{
        struct setup_run run = { .context = s->context,
                                 .job = &s->job,
                                 .progress = s->progress,
                                 .report = s->report,
                                 .events = s->args.json ? stdout : NULL,
                                 .interactive = !s->args.no_input,
                                 .timeout_s = s->args.timeout_s };
        char serials[PLACE_MAX];
        bool kept = s->account && place_cache("serials", serials) == 0;
        struct usher_ports_config world = { .radio = s->args.radio,
                                            .cloud_url = s->cloud_url,
                                            .cloud_proxy = s->token.proxy,
                                            .cloud_ca = s->args.cloud_ca,
                                            .serials_file = kept ? serials : NULL,
                                            .token = s->token.secret };

        return setup_run(&run, &world);
}

/* What cannot be written is said, and changes nothing else. */
static void write_report(const struct setup *s, uint64_t ms)
{
        struct report_facts facts = {
                .verb = s->args.verb->name, .radio = s->args.radio, .account = s->account, .ms = ms
        };
        char shown[LINE_SHOWN_MAX];
        int r = s->report ? report_write(s->report, &s->job, &facts) : 0;

        if (r < 0)
                fprintf(stderr, "The report %s could not be written: %s\n",
                        line_shown(s->args.report, shown), strerror(-r));
}

static int conclude(struct setup *s, int r)
{
        uint64_t ms = timer_now_ms() - s->start_ms;
        int written = 0;

        if (r < 0 && s->job.end.outcome == JOB_RUNNING) {
                trouble_complete(&s->job.end.trouble, r);
                s->job.end.outcome =
                        s->job.end.trouble.fault == FAULT_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
        }
        write_report(s, ms);
        if (s->args.json)
                written = events_result(stdout, &s->job, ms);
        if (s->progress)
                progress_result(s->progress, &s->job, ms);
        if ((written < 0 || r == -EIO) && s->job.end.trouble.fault == FAULT_NONE)
                return EXIT_INTERNAL;
        return fault_info(s->job.end.trouble.fault)->exit_code;
}

static void setup_done(struct setup *s)
{
        progress_free(s->progress);
        report_free(s->report);
        job_done(&s->job);
        profile_done(&s->profile);
        token_done(&s->token);
        account_free(s->customer);
        context_free(s->context);
}

static int show_plan(const struct setup *s)
{
        int r = setup_plan(stdout, &s->args, &s->job, s->account ? &s->token : NULL, s->cloud_url);

        if (r < 0 && line_kept())
                fprintf(stderr, "The plan could not be written: %s\n", strerror(-r));
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

int setup_command(const struct setup_args *args, enum task task, setup_show_fn show)
{
        _cleanup_(setup_done) struct setup s = { .args = *args, .task = task };
        int r;

        r = prepare(&s);
        if (r < 0)
                return conclude(&s, r);
        if (args->dry_run)
                return show_plan(&s);
        recall(&s);
        r = take_number(&s);
        if (r == 0)
                r = sign_customer_in(&s);
        if (r == 0)
                r = perform(&s);
        remember(&s);
        sign_customer_out(&s);
        if (r == 0 && show && s.job.end.outcome == JOB_DONE)
                r = show(args, &s.job);
        return conclude(&s, r);
}
