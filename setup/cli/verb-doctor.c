/* SPDX-License-Identifier: Apache-2.0 */

/* Options, profile and label are read first: what is wrong with them ends it at once, as it would end a
 * setup. */

#include "cloud/ca.h"
#include "proto/base/timer.h"
#include "setup/cli/defaults.h"
#include "setup/cli/doctor-print.h"
#include "setup/cli/ending.h"
#include "setup/cli/label-input.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/verbs.h"
#include "setup/doctor/doctor.h"
#include "setup/doctor/probe.h"
#include "setup/flow/profile/read.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <string.h>

enum {
        OPT_RADIO = OPTION_OWN,
        OPT_DEVICE_CLOUD,
        OPT_PROFILE,
        OPT_TOKEN_FILE,
        OPT_JSON,
};

static const struct verb_option doctor_options[] = {
        { .id = OPT_RADIO,
          .name = "radio",
          .group = GROUP_DEVICE,
          .value = "SPEC",
          .variable = "USHER_RADIO",
          .help = "'bluez' (default), bluez:hciN, or sim:DIR for the virtual devices of usher-sim." },
        { .id = OPT_DEVICE_CLOUD,
          .name = "device-cloud",
          .value = "HOST:PORT",
          .help = "Where devices connect by UDP; " PROBE_HOST ":5684 without it." },
        { .id = OPT_PROFILE,
          .name = "profile",
          .value = "FILE",
          .variable = "USHER_PROFILE",
          .completion = COMPLETE_FILE,
          .help = "The profile to check, as for 'usher setup'; default.ini without it." },
        { .id = OPT_TOKEN_FILE,
          .name = "token-file",
          .group = GROUP_CLOUD,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "File with the access token; without it the places of 'usher setup' are looked at." },
        { .id = OPT_JSON,
          .name = "json",
          .group = GROUP_RUN,
          .help = "One JSON object a check, and a summary." },
        {},
};

struct visit {
        struct doctor_config config;
        struct label_input input;
        const char *profile_given;
        char profile_path[PLACE_MAX];
        bool json;
        char host[PROBE_HOST_MAX + 1];
        struct context *context;
        struct progress *progress;
        struct silence *silence;
        struct profile profile;
        struct label_reading reading;
        int error; /* of writing */
};

static int wrong(const char *text)
{
        return ending_misuse("doctor", "%s", text);
}

static int take(struct visit *v, int id, const char *value)
{
        int r = label_input_take(&v->input, "doctor", id, value);

        if (r != 0)
                return r < 0 ? r : 0;
        switch (id) {
        case OPT_RADIO: v->config.radio = value; break;
        case OPTION_CLOUD: v->config.cloud_url = value; break;
        case OPTION_CLOUD_CA: v->config.cloud_ca = value; break;
        case OPT_DEVICE_CLOUD:
                if (probe_address(value, v->host, &v->config.device_port) < 0)
                        return wrong("--device-cloud is a name or address, a colon and a port.");
                break;
        case OPT_PROFILE: v->profile_given = value; break;
        case OPT_TOKEN_FILE: v->config.token_file = value; break;
        case OPT_JSON: v->json = true; break;
        default: break;
        }
        return 0;
}

static int parse(struct visit *visit, const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        const char *value;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return r;
        while ((r = options_next(o, &id, &value)) > 0) {
                r = take(visit, id, value);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : label_input_check(&visit->input, v->name, false, false);
}

static int read_profile(struct visit *v, struct trouble *trouble)
{
        int r = defaults_profile(v->profile_given, v->profile_path, trouble);

        if (r <= 0)
                return r;
        v->config.profile_path = v->profile_path;
        r = profile_load(v->config.profile_path, &v->profile, trouble);
        return r < 0 && r != -ENOMEM ? -EINVAL : r;
}

static int read_label(struct visit *v, struct trouble *trouble)
{
        struct label_place place = { .loop = context_loop(v->context), .progress = v->progress };
        int r = label_input_read(&place, &v->input, &v->reading, &v->silence);

        if (r < 0 || !label_input_given(&v->input))
                return r;
        if (v->reading.trouble.fault != FAULT_NONE) {
                *trouble = v->reading.trouble;
                return -EINVAL;
        }
        v->config.label = &v->reading.label;
        v->config.profile = &v->profile;
        return 0;
}

static void on_check(void *userdata, enum doctor_id id, const struct doctor_check *check)
{
        struct visit *v = userdata;

        if (v->error == 0)
                v->error = doctor_print(stdout, id, check, v->json);
}

static int run(struct visit *v, int *ret_code)
{
        struct doctor_check checks[_DOCTOR_MAX];
        uint64_t start_ms = timer_now_ms();
        int r;

        r = doctor_run(v->context, &v->config, on_check, v, checks);
        if (r < 0)
                return r;
        if (v->error == 0)
                v->error = doctor_print_summary(stdout, checks, timer_now_ms() - start_ms, v->json);
        *ret_code = doctor_exit_code(checks);
        return v->error;
}

static int visit(struct visit *v)
{
        struct trouble why = {};
        int r, code = EXIT_INTERNAL;

        r = context_new(&v->context);
        if (r >= 0)
                r = progress_new(stderr, false, &v->progress);
        if (r >= 0)
                r = read_profile(v, &why);
        if (r >= 0)
                r = cloud_ca_check(v->config.cloud_ca, &why);
        if (r >= 0)
                r = read_label(v, &why);
        if (r >= 0) {
                r = run(v, &code);
                if (r < 0 && r != -ECANCELED && line_kept())
                        fprintf(stderr, "usher doctor: %s\n", strerror(-r));
                if (r != -ECANCELED)
                        return code;
        }
        trouble_complete(&why, r);
        return progress_trouble(stderr, &why);
}

static void visit_done(struct visit *v)
{
        label_reading_done(&v->reading);
        profile_done(&v->profile);
        progress_free(v->progress);
        silence_free(v->silence);
        context_free(v->context);
}

static int run_doctor(const struct verb *v, int argc, char **argv)
{
        _cleanup_(visit_done) struct visit x = { .config = { .device_port = PROBE_PORT },
                                                 .host = PROBE_HOST };
        int r;

        r = parse(&x, v, argc, argv);
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : r == -EINVAL ? EXIT_USAGE : EXIT_INTERNAL;
        x.config.device_host = x.host;
        return visit(&x);
}

const struct verb verb_doctor = {
        .name = "doctor",
        .arguments = "",
        .summary = "say what is wrong with this machine or a device",
        .options = doctor_options,
        .asks_cloud = true,
        .takes_label = true,
        .examples = examples_doctor,
        .run = run_doctor,
};
