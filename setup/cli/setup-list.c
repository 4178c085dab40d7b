/* SPDX-License-Identifier: Apache-2.0 */

/* The whole list, its profiles and the account are looked at first, so that what is wrong is said of all
 * rows at once and before a device is touched. The library keeps what became of each row: the same command
 * goes on from there. */

#include "setup/cli/setup-list.h"
#include "proto/base/file.h"
#include "setup/cli/line.h"
#include "setup/cli/list-plan.h"
#include "setup/cli/list-results.h"
#include "setup/cli/list-run.h"
#include "setup/cli/progress.h"
#include "setup/cli/setup-host.h"
#include "setup/cli/setup-profile.h"
#include <errno.h>
#include <string.h>

struct many {
        const struct setup_args *args;
        struct host *host;
        struct usher_list *list;
};

static void many_done(struct many *m)
{
        usher_list_free(m->list);
        host_free(m->host);
}

/* What the library failed with. Returns `r`. */
static int failed(const struct many *m, int r, struct trouble *why)
{
        if (r == -EINVAL)
                host_trouble(m->host, r, why);
        return r;
}

/* ---- what is checked before ---- */

static int give_profiles(const struct many *m)
{
        struct trouble why = {};
        const char *name;
        size_t rows;
        int r = 0;

        for (size_t i = 0; r >= 0 && (name = usher_list_get_profile(m->list, i, &rows)); i++) {
                r = setup_profile(m->args, name[0] ? name : m->args->profile, m->host, &why);
                if (r == -EINVAL)
                        r = usher_list_refuse_profile(m->list, name, trouble_words(&why));
                else if (r >= 0)
                        r = usher_list_take_profile(m->list, name);
        }
        return r;
}

/* The last word about them is the library's, when it shall start. */
static void say_errors(const struct many *m)
{
        char shown[LINE_SHOWN_MAX];
        const char *cause;
        unsigned line;

        if (usher_list_count_errors(m->list) < 2)
                return;
        for (size_t i = 0; usher_list_get_error(m->list, i, &line, &cause); i++)
                fprintf(stderr, "%s, line %u: %s\n", line_shown(m->args->from, shown), line, cause);
}

static int open_host(struct many *m)
{
        const struct setup_args *a = m->args;
        const struct host_settings settings = { .radio = a->radio,
                                                .cloud = a->cloud,
                                                .cloud_ca = a->cloud_ca,
                                                .token_file = a->token_file,
                                                .timeout_s = a->timeout_s };

        return host_new(&settings, &m->host);
}

static int set_up(const struct many *m)
{
        int r = m->args->slots ? usher_list_set_slots(m->list, m->args->slots) : 0;

        for (size_t i = 0; r >= 0 && i < m->args->n_radios; i++)
                r = usher_list_add_radio(m->list, m->args->radios[i]);
        return r;
}

static int prepare(struct many *m, const char *task, struct trouble *why)
{
        int r = open_host(m);

        if (r < 0)
                return r;
        r = usher_list_new(host_ctx(m->host), task, m->args->from, &m->list);
        if (r >= 0)
                r = set_up(m);
        if (r >= 0)
                r = give_profiles(m);
        if (r < 0)
                return failed(m, r, why);
        say_errors(m);
        return m->args->results ? list_results_check(m->args->results, why) : 0;
}

/* ---- what is done ---- */

static int show_plan(const struct many *m, struct trouble *why)
{
        _cleanup_(freep) char *json = NULL;
        int r = usher_list_get_plan(m->list, &json);

        if (r < 0)
                return failed(m, r, why);
        r = m->args->json ? line_result(stdout, json) : list_plan_words(stdout, json);
        if (r < 0 && line_kept())
                fprintf(stderr, "The plan could not be written: %s\n", strerror(-r));
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

/* What cannot be written is said, and changes nothing else. */
static void write_results(const struct many *m)
{
        char shown[LINE_SHOWN_MAX];
        int r = m->args->results ? list_results_write(m->args->results, m->list) : 0;

        if (r < 0)
                fprintf(stderr, "The results %s could not be written: %s\n",
                        line_shown(m->args->results, shown), strerror(-r));
}

static int run(const struct many *m, struct trouble *why)
{
        struct list_end end = {};
        int r = list_run(m->args, m->host, m->list, &end, why);

        setup_host_sign_out(m->host);
        if (r == -EIO)
                return EXIT_INTERNAL;
        if (r < 0)
                return r;
        write_results(m);
        if (end.why.fault != FAULT_NONE)
                (void)progress_trouble(stderr, &end.why);
        return end.exit_code;
}

int setup_list(const struct setup_args *args, const char *task)
{
        _cleanup_(many_done) struct many m = { .args = args };
        _cleanup_(file_patience_end) struct file_patience patience =
                file_patience_begin(args->timeout_s * 1000);
        struct trouble why = {};
        int r = prepare(&m, task, &why);

        if (r >= 0)
                r = args->dry_run ? show_plan(&m, &why) : run(&m, &why);
        if (r >= 0)
                return r;
        trouble_complete(&why, r);
        return progress_trouble(stderr, &why);
}
