/* SPDX-License-Identifier: Apache-2.0 */

/* Options, profile and label are read first: what is wrong with them ends it at once, as it would end a
 * setup. What is looked at then is libusher's; here it is shown. */

#include "setup/cli/defaults.h"
#include "setup/cli/doctor-print.h"
#include "setup/cli/ending.h"
#include "setup/cli/host.h"
#include "setup/cli/label-input.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/progress.h"
#include "setup/cli/verbs.h"
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
          .help = "Where devices connect by UDP; usher.udp.particle.io:5684 without it." },
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
        struct host_settings settings;
        struct label_input input;
        const char *profile_given, *device_cloud;
        bool json;
        struct host *host;
        struct progress *progress;
        struct silence *silence;
        struct usher_label *label; /* NULL: the gateway only */
        unsigned problems;
        int exit_code;
        bool over;
        int error; /* of writing */
};

static int take(struct visit *v, int id, const char *value)
{
        int r = label_input_take(&v->input, "doctor", id, value);

        if (r != 0)
                return r < 0 ? r : 0;
        switch (id) {
        case OPT_RADIO: v->settings.radio = value; break;
        case OPTION_CLOUD: v->settings.cloud = value; break;
        case OPTION_CLOUD_CA: v->settings.cloud_ca = value; break;
        case OPT_DEVICE_CLOUD: v->device_cloud = value; break;
        case OPT_PROFILE: v->profile_given = value; break;
        case OPT_TOKEN_FILE: v->settings.token_file = value; break;
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

static int open_host(struct visit *v)
{
        int r = host_new(&v->settings, &v->host);

        if (r >= 0)
                r = usher_ctx_set(host_ctx(v->host), "device-cloud", v->device_cloud);
        if (r == -EINVAL)
                return ending_misuse("doctor", "--device-cloud is a name or address, a colon and a port.");
        return r;
}

/* What a function of the library failed with, as the others here return it. */
static int made(const struct visit *v, int r, struct trouble *why)
{
        if (r == -EINVAL)
                host_trouble(v->host, r, why);
        return r;
}

static int read_profile(struct visit *v, struct trouble *why)
{
        char path[PLACE_MAX];
        int r = defaults_profile(v->profile_given, path, why);

        return r <= 0 ? r : made(v, usher_ctx_load_profile(host_ctx(v->host), path), why);
}

static int read_label(struct visit *v, struct trouble *why)
{
        struct label_place place = { .loop = host_loop(v->host), .progress = v->progress };
        _cleanup_(label_reading_done) struct label_reading reading = {};
        int r = label_input_read(&place, &v->input, &reading, &v->silence);

        if (r < 0 || !label_input_given(&v->input))
                return r;
        if (reading.trouble.fault != FAULT_NONE) {
                *why = reading.trouble;
                return -EINVAL;
        }
        return made(v, host_label(v->host, &reading.label, &v->label), why);
}

static int put_json(const struct usher_event *e, bool last)
{
        const char *json = usher_event_get_json(e);

        return !json ? -ENOMEM : last ? line_result(stdout, json) : line_put(stdout, json);
}

static int put_check(struct visit *v, const struct usher_event *e)
{
        const struct doctor_line line = { .state = usher_event_get_state(e),
                                          .title = usher_event_get_text(e),
                                          .sentence = usher_event_get_sentence(e),
                                          .cause = usher_event_get_cause(e),
                                          .advice = usher_event_get_advice(e) };

        v->problems += usher_event_get_fault(e) != NULL;
        return v->json ? put_json(e, false) : doctor_print(stdout, &line);
}

static void on_event(void *userdata, struct usher_event *e)
{
        struct visit *v = userdata;
        bool last = usher_event_get_kind(e) == USHER_EVENT_VERDICT;

        if (v->error == 0 && !last)
                v->error = put_check(v, e);
        else if (v->error == 0)
                v->error = v->json ? put_json(e, true) : doctor_print_verdict(stdout, v->problems);
        if (last)
                v->exit_code = usher_event_get_exit(e);
        v->over = last;
}

/* 0: all was looked at and told. */
static int look(struct visit *v, struct trouble *why)
{
        struct usher_doctor *doctor = NULL;
        int r;

        host_listen(v->host, on_event, v);
        r = made(v, usher_doctor_new(host_ctx(v->host), v->label, &doctor), why);
        if (r >= 0)
                r = host_until(v->host, &v->over);
        usher_doctor_free(doctor);
        return r;
}

static int visit(struct visit *v)
{
        struct trouble why = {};
        int r = progress_new(stderr, false, &v->progress);

        if (r >= 0)
                r = read_profile(v, &why);
        if (r >= 0)
                r = made(v, usher_ctx_check(host_ctx(v->host), "doctor"), &why);
        if (r >= 0)
                r = read_label(v, &why);
        if (r >= 0)
                r = look(v, &why);
        if (r < 0) {
                trouble_complete(&why, r);
                return progress_trouble(stderr, &why);
        }
        if (v->error < 0 && line_kept())
                fprintf(stderr, "usher doctor: %s\n", strerror(-v->error));
        return v->exit_code;
}

static void visit_done(struct visit *v)
{
        usher_label_free(v->label);
        progress_free(v->progress);
        silence_free(v->silence);
        host_free(v->host);
}

static int run_doctor(const struct verb *v, int argc, char **argv)
{
        _cleanup_(visit_done) struct visit x = {};
        int r = parse(&x, v, argc, argv);

        if (r >= 0)
                r = open_host(&x);
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : r == -EINVAL ? EXIT_USAGE : EXIT_INTERNAL;
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
