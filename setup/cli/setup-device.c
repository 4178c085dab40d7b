/* SPDX-License-Identifier: Apache-2.0 */

/* The profile wanders from the site into the job and back: it holds secrets, of which one copy is enough. */

#include "setup/cli/setup-device.h"
#include "proto/base/file.h"
#include "proto/base/timer.h"
#include "setup/account/finished.h"
#include "setup/account/numbers.h"
#include "setup/cli/line.h"
#include "setup/cli/setup-run.h"
#include "setup/engine/told.h"
#include <errno.h>
#include <string.h>

int setup_device_begin(struct setup_site *site, struct setup_device *d)
{
        *d = (struct setup_device){ .site = site, .start_ms = timer_now_ms() };
        return 0;
}

void setup_device_take(struct setup_device *d, struct label *label)
{
        job_init(&d->job, label, &d->site->profile);
        d->job.asked.task = d->site->task;
}

static bool taken(const struct setup_device *d)
{
        return d->job.asked.label.serial[0];
}

/* A network that was chosen for a device which then did not join it is asked for again. */
static void give_profile_back(struct setup_device *d)
{
        struct setup_site *site = d->site;

        site->profile = d->job.asked.profile;
        d->job.asked.profile = (struct profile){};
        site->profile.claim_code = TAKE_PTR(d->job.now.claim_code);
        if (site->asks_network && d->job.wifi.join != JOIN_DONE)
                profile_drop_networks(&site->profile);
}

void setup_device_done(struct setup_device *d)
{
        if (taken(d))
                give_profile_back(d);
        job_done(&d->job);
}

/* Was it set up here before? */
static void recall(struct setup_device *d)
{
        struct job *j = &d->job;

        if (d->site->finished[0])
                (void)finished_find(d->site->finished, j->asked.label.serial, d->site->finished_hash,
                                    &j->asked.finished_s);
}

/* Of a device that answered: whether it is finished now, or is not any more. */
static void remember(const struct setup_device *d)
{
        const struct job *j = &d->job;
        bool done = j->end.outcome == JOB_DONE && j->finish.listening_stopped;

        if (d->site->finished[0] && j->identity.id[0])
                (void)finished_note(d->site->finished, j->asked.label.serial, d->site->finished_hash,
                                    done ? timer_wall_s() : 0);
}

/* {n} in the name */
static int take_number(struct setup_device *d)
{
        struct job *j = &d->job;
        char path[PLACE_MAX];
        int r;

        if (job_is_local(j) || !name_has_number(j->asked.profile.name))
                return 0;
        r = place_state("numbers", path);
        if (r >= 0)
                r = numbers_take(path, j->asked.profile.name, j->asked.label.serial, &j->claim.number);
        if (r < 0)
                return trouble_set(&j->end.trouble, FAULT_CONFIG,
                                   "the number for the name cannot be kept (%s): %s",
                                   r == -ENOENT ? "no HOME" : path, file_words(r));
        return 0;
}

static int perform(struct setup_device *d)
{
        const struct setup_site *site = d->site;
        const struct setup_args *args = site->args;
        struct setup_run run = { .context = site->context,
                                 .job = &d->job,
                                 .progress = site->progress,
                                 .events = args->json ? stdout : NULL,
                                 .interactive = !args->no_input,
                                 .timeout_s = args->timeout_s,
                                 .at_work = &d->site->at_work };
        char serials[PLACE_MAX];
        bool kept = site->account && place_cache("serials", serials) == 0;
        struct usher_ports_config world = { .radio = args->radio,
                                            .cloud_url = site->cloud_url,
                                            .cloud_proxy = site->token.proxy,
                                            .cloud_ca = args->cloud_ca,
                                            .serials_file = kept ? serials : NULL,
                                            .token = site->token.secret };

        return setup_run(&run, &world);
}

int setup_device_run(struct setup_device *d)
{
        int r;

        recall(d);
        r = take_number(d);
        if (r == 0)
                r = perform(d);
        remember(d);
        return r;
}

static int put_result(const struct setup_device *d, uint64_t ms)
{
        _cleanup_(freep) char *line = NULL;
        int r = told_line(&(struct told){ .kind = TOLD_RESULT, .job = &d->job, .ms = ms }, &line);

        return r < 0 ? r : line_result(stdout, line);
}

static void show_result(const struct setup_device *d, uint64_t ms)
{
        const struct job *job = &d->job;

        progress_result(d->site->progress,
                        &(struct progress_end){ .done = job->end.outcome == JOB_DONE,
                                                .trouble = job->end.trouble,
                                                .serial = job->asked.label.serial,
                                                .id = job_device_id(job),
                                                .platform = job_platform(job),
                                                .os = job->identity.os,
                                                .owner = job->cloud.owner_name,
                                                .name = job->cloud.name,
                                                .code_given = job->claim.code_set &&
                                                              job->asked.profile.claim == CLAIM_CODE,
                                                .ms = ms });
}

int setup_device_end(struct setup_device *d, int r)
{
        uint64_t ms = timer_now_ms() - d->start_ms;
        struct job_end *end = &d->job.end;
        int written = 0;

        if (r < 0 && end->outcome == JOB_RUNNING) {
                trouble_complete(&end->trouble, r);
                end->outcome = end->trouble.fault == FAULT_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
        }
        if (d->site->args->json)
                written = put_result(d, ms);
        if (d->site->progress)
                show_result(d, ms);
        if ((written < 0 || r == -EIO) && end->trouble.fault == FAULT_NONE)
                return EXIT_INTERNAL;
        return fault_info(end->trouble.fault)->exit_code;
}
