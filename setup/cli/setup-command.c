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

static int take_label(struct setup_job *j, struct trouble *why)
{
        struct setup_host *h = j->host;
        struct label_place place = { host_loop(h->host), h->progress, h->args->timeout_s };
        _cleanup_(label_reading_done) struct label_reading reading = {};
        int r = label_input_read(&place, &h->args->input, &reading, &h->silence);

        if (r < 0)
                return r;
        if (reading.trouble.fault != FAULT_NONE) {
                *why = reading.trouble;
                return -EINVAL;
        }
        return setup_job_label(j, &reading.label);
}

/* *ret_code: the command's, if it comes to no setup. */
static int show_plan(struct setup_job *j, int *ret_code)
{
        _cleanup_(freep) char *plan = NULL;
        int r = usher_job_get_plan(j->job, &plan);

        if (r < 0)
                return r;
        r = setup_plan(stdout, j->host->args->json, usher_job_get_serial(j->job), plan);
        if (r < 0 && line_kept())
                fprintf(stderr, "The plan could not be written: %s\n", strerror(-r));
        *ret_code = r < 0 ? EXIT_INTERNAL : EXIT_DONE;
        return 0;
}

/* 1: that was all, and *ret_code is the command's. Else as setup_job_fail() takes it. */
static int prepare(struct setup_job *j, struct trouble *why, int *ret_code)
{
        const struct setup_args *args = j->host->args;
        bool waits = label_input_is_live(&args->input) || args->input.ask;
        int r = usher_job_check(j->job, waits); /* before anybody scans in vain */

        if (r == 0)
                r = take_label(j, why);
        if (r == 0 && args->dry_run) {
                r = show_plan(j, ret_code);
                return r < 0 ? r : 1;
        }
        return r;
}

static int one_device(struct setup_host *h, setup_show_fn show)
{
        _cleanup_(setup_job_done) struct setup_job j = {};
        _cleanup_(file_patience_end) struct file_patience patience =
                file_patience_begin(h->args->timeout_s * 1000);
        struct trouble why = {};
        int code = EXIT_INTERNAL, read = setup_job_check_report(h->args, &why), r;
        bool reports = h->args->report && read == 0;

        if (read == 0) /* both need no device, nor a job */
                read = setup_host_profile(h, &why);
        r = setup_job_begin(h, &j);
        j.reports = reports;
        if (r < 0) {
                trouble_complete(&why, r);
                return progress_trouble(stderr, &why);
        }
        r = read < 0 ? read : prepare(&j, &why, &code);
        if (r > 0)
                return code;
        if (r == 0)
                r = setup_job_run(&j, show);
        else
                r = setup_job_fail(&j, r, &why);
        setup_host_sign_out(h->host);
        return setup_job_end(&j, r);
}

static int several_devices(struct setup_host *h)
{
        _cleanup_(setup_job_done) struct setup_job first = {};
        struct trouble why = {};
        int r = setup_host_profile(h, &why);

        if (r == 0)
                r = setup_job_begin(h, &first);
        if (r == 0) {
                r = usher_job_check(first.job, true);
                if (r < 0)
                        host_trouble(h->host, r, &why);
        }
        if (r == 0)
                return setup_series(h);
        trouble_complete(&why, r);
        return progress_trouble(stderr, &why);
}

int setup_command(const struct setup_args *args, const char *task, setup_show_fn show)
{
        _cleanup_(setup_host_close) struct setup_host h = {};
        struct trouble why = {};
        int r;

        if (args->from)
                return setup_list(args, task);
        r = setup_host_open(args, task, &h);
        if (r < 0) {
                trouble_complete(&why, r);
                return progress_trouble(stderr, &why);
        }
        return args->count == 1 ? one_device(&h, show) : several_devices(&h);
}
