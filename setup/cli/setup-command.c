/* SPDX-License-Identifier: Apache-2.0 */

/* The order of things: options, profile, label, token - all local, so that what is wrong with them is said
 * before a device is touched - then the job, then one result. */

#include "setup/cli/setup-command.h"
#include "proto/base/file.h"
#include "setup/cli/line.h"
#include "setup/cli/setup-list.h"
#include "setup/cli/setup-plan.h"
#include "setup/cli/setup-series.h"
#include <errno.h>
#include <string.h>

static int take_label(struct setup_device *d)
{
        struct setup_site *site = d->site;
        struct label_place place = { context_loop(site->context), site->progress, site->args->timeout_s };
        _cleanup_(label_reading_done) struct label_reading reading = {};
        int r = label_input_read(&place, &site->args->input, &reading, &site->silence);

        if (r < 0)
                return r;
        if (reading.trouble.fault != FAULT_NONE) {
                d->job.end.trouble = reading.trouble;
                return -EINVAL;
        }
        setup_device_take(d, &reading.label);
        return 0;
}

static int show_plan(const struct setup_device *d)
{
        const struct setup_site *site = d->site;
        int r = setup_plan(stdout, site->args, &d->job, site->account ? &site->token : NULL,
                           site->cloud_url);

        if (r < 0 && line_kept())
                fprintf(stderr, "The plan could not be written: %s\n", strerror(-r));
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

static int one_device(struct setup_device *d, setup_show_fn show)
{
        struct setup_site *site = d->site;
        struct trouble *why = &d->job.end.trouble;
        bool waits = label_input_is_live(&site->args->input) || site->args->input.ask;
        _cleanup_(file_patience_end) struct file_patience patience =
                file_patience_begin(site->args->timeout_s * 1000);
        int r;

        r = setup_site_profile(site, why);
        if (r >= 0 && waits)
                r = setup_site_account(site, &site->profile, why); /* before anybody scans in vain */
        if (r >= 0)
                r = take_label(d);
        if (r >= 0 && !waits)
                r = setup_site_account(site, &d->job.asked.profile, why);
        if (r >= 0 && site->args->dry_run)
                return show_plan(d);
        if (r >= 0)
                r = setup_site_sign_in(site, &d->job.asked.profile, why);
        if (r >= 0)
                r = setup_device_run(d, show);
        setup_site_sign_out(site);
        return setup_device_end(d, r);
}

static int several_devices(struct setup_site *site)
{
        struct trouble why = {};
        int r = setup_site_profile(site, &why);

        if (r >= 0)
                r = setup_site_account(site, &site->profile, &why);
        if (r >= 0)
                return setup_series(site);
        trouble_complete(&why, r);
        return progress_trouble(stderr, &why);
}

int setup_command(const struct setup_args *args, enum task task, setup_show_fn show)
{
        _cleanup_(setup_site_close) struct setup_site site = {};
        _cleanup_(setup_device_done) struct setup_device device = {};
        struct trouble why = {};
        int r;

        r = setup_site_open(args, task, &site);
        if (r < 0) {
                trouble_complete(&why, r);
                return progress_trouble(stderr, &why);
        }
        if (args->from)
                return setup_list(&site);
        if (args->count != 1)
                return several_devices(&site);
        r = setup_device_begin(&site, &device);
        return r < 0 ? setup_device_end(&device, r) : one_device(&device, show);
}
