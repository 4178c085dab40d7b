/* SPDX-License-Identifier: Apache-2.0 */

/* The options of `usher setup` and its kin. Those of the profile are not in the table here: they come from
 * the profile's own table of keys. */

#include "setup/cli/setup-args.h"
#include "proto/base/cleanup.h"
#include "proto/base/number.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
        OPT_RADIO = OPTION_OWN,
        OPT_FROM,
        OPT_RESULTS,
        OPT_SLOTS,
        OPT_PROFILE,
        OPT_TOKEN_FILE,
        OPT_REPORT,
        OPT_TIMEOUT,
        OPT_COUNT,
        OPT_NO_INPUT,
        OPT_DRY_RUN,
        OPT_JSON,
        OPT_QUIET,
        OPT_VERBOSE,
        OPT_YES,
};

const struct verb_option setup_options[] = {
        { .id = OPT_TOKEN_FILE,
          .name = "token-file",
          .group = GROUP_CLOUD,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "File with the access token; without it systemd's credential 'token' or the Particle CLI's "
                  "sign-in is used." },
        { .id = OPT_FROM,
          .name = "from",
          .group = GROUP_DEVICE,
          .value = "LIST",
          .completion = COMPLETE_FILE,
          .help = "Table of devices (CSV) with a header: label, or serial,secret; if wanted "
                  "profile,name,groups,site." },
        { .id = OPT_RESULTS,
          .name = "results",
          .group = GROUP_RUN,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Write how each device of --from ended, as a table (CSV), at the end." },
        { .id = OPT_SLOTS,
          .name = "slots",
          .group = GROUP_RUN,
          .value = "NUMBER",
          .help = "How many devices of --from each adapter works with at once, 1 to 64; without it 5, or 3 "
                  "where the adapter turns out to have no more." },
        { .id = OPT_COUNT,
          .name = "count",
          .group = GROUP_DEVICE,
          .value = "NUMBER",
          .help = "End after so many devices; without it, --scanner and --camera go on until Ctrl-C." },
        { .id = OPT_NO_INPUT,
          .name = "no-input",
          .group = GROUP_RUN,
          .help = "Ask nothing on the terminal." },
        { .id = OPT_DRY_RUN,
          .name = "dry-run",
          .group = GROUP_RUN,
          .help = "Say what would be done; neither a device nor the cloud is asked." },
        {},
};

const struct verb_option wifi_options[] = {
        { .id = OPT_YES,
          .name = "yes",
          .group = GROUP_RUN,
          .help = "Do not ask on a terminal before networks are removed." },
        {},
};

const struct verb_option device_options[] = {
        { .id = OPT_RADIO,
          .name = "radio",
          .group = GROUP_DEVICE,
          .value = "SPEC",
          .variable = "USHER_RADIO",
          .help = "'bluez' (default), bluez:hciN, or sim:DIR for the virtual devices of usher-sim; "
                  "of a list, as often as there are adapters." },
        { .id = OPT_PROFILE,
          .name = "profile",
          .group = GROUP_SITE,
          .value = "FILE",
          .variable = "USHER_PROFILE",
          .completion = COMPLETE_FILE,
          .help = "What this site wants of every device, see usher.profile(5): a file, a name (NAME.ini in "
                  "~/.config/usher or /etc/usher/profiles), or none; default.ini without it." },
        { .id = OPT_REPORT,
          .name = "report",
          .group = GROUP_RUN,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "Write a support bundle there, however it ends: what happened, versions, what the device tells. "
                  "No secrets, no names of networks." },
        { .id = OPT_TIMEOUT,
          .name = "timeout",
          .group = GROUP_RUN,
          .value = "SECONDS",
          .help = "Give up after so long: exit code 22, or that of the cause if the device has told it." },
        { .id = OPT_JSON,
          .name = "json",
          .group = GROUP_RUN,
          .help = "Events on standard output, one JSON object a line." },
        { .id = OPT_QUIET,
          .name = "quiet",
          .group = GROUP_RUN,
          .letter = 'q',
          .help = "No progress, only what went wrong." },
        { .id = OPT_VERBOSE,
          .name = "verbose",
          .group = GROUP_RUN,
          .letter = 'v',
          .help = "Also what begins and what was not needed, with tries and lights." },
        { .name = "token", .refused = true },
        { .name = "secret",
          .refused = true,
          .help = "Put the text of the sticker into a file of mode 0600 and give --label, or "
                  "product firmware's secret with --secret-file." },
        {},
};

static int wrong(const struct setup_args *a, const char *text)
{
        return ending_misuse(a->verb->name, "%s", text);
}

static int take_timeout(struct setup_args *a, const char *value)
{
        if (number_read(value, 1, SETUP_TIMEOUT_MAX_S, &a->timeout_s) < 0)
                return wrong(a, "--timeout is a number of seconds, 1 to 86400.");
        return 0;
}

static int take_count(struct setup_args *a, const char *value)
{
        if (number_read(value, 1, SETUP_COUNT_MAX, &a->count) < 0)
                return wrong(a, "--count is a number of devices, 1 to 1000000.");
        return 0;
}

static int take_slots(struct setup_args *a, const char *value)
{
        if (number_read(value, 1, SETUP_SLOTS_MAX, &a->slots) < 0)
                return wrong(a, "--slots is a number of devices at once, 1 to 64.");
        return 0;
}

/* The first one is that of whoever has room for one. */
static int take_radio(struct setup_args *a, const char *value)
{
        for (size_t i = 0; i < a->n_radios; i++)
                if (strcmp(a->radios[i], value) == 0)
                        return wrong(a, "--radio is given twice with the same adapter.");
        if (a->n_radios == SETUP_RADIOS_MAX)
                return wrong(a, "--radio is given more than 16 times.");
        a->radios[a->n_radios++] = value;
        a->radio = a->radios[0];
        return 0;
}

/* One device, if nothing was said that could be meant for several. */
static int check_count(struct setup_args *a)
{
        bool live = label_input_is_live(&a->input);

        if (a->results)
                return wrong(a, "--results goes with --from.");
        if (a->slots)
                return wrong(a, "--slots goes with --from.");
        if (a->n_radios > 1)
                return wrong(a, "several --radio go with --from: one device is worked with by one adapter.");
        if (a->count > 1 && !live)
                return wrong(a, "--count goes with --scanner or --camera.");
        if (a->report && live && a->several && a->count != 1)
                return wrong(a, "--report is about one device: give --count 1, too.");
        if (a->input.serial && live && a->several && a->count != 1)
                return wrong(a, "--serial is one device: give --count 1, too.");
        if (!live || !a->several || a->dry_run)
                a->count = 1;
        return 0;
}

/* Its rows say what the options of one device would. */
static int check_from(struct setup_args *a)
{
        if (label_input_given(&a->input))
                return wrong(a, "give one of --from, --scanner, --camera, --image and --label.");
        if (a->count || a->report || a->input.serial)
                return wrong(a, "--from is about many devices: leave --count, --report and --serial out.");
        if (strcmp(a->from, "-") == 0)
                return wrong(a, "--from is a file, so that the same command can go on with it.");
        return 0;
}

static int take_key(struct setup_args *a, int id, const char *value)
{
        if (a->n_over == SETUP_OVER_MAX)
                return wrong(a, "there are too many options.");
        a->over[a->n_over].key = (size_t)(id - OPTION_PROFILE);
        a->over[a->n_over++].value = value;
        return 0;
}

static int take(struct setup_args *a, int id, const char *value)
{
        int r = label_input_take(&a->input, a->verb->name, id, value);

        if (r != 0)
                return r < 0 ? r : 0;
        switch (id) {
        case OPT_RADIO: return take_radio(a, value);
        case OPT_FROM: a->from = value; return 0;
        case OPT_RESULTS: a->results = value; return 0;
        case OPT_SLOTS: return take_slots(a, value);
        case OPTION_CLOUD: a->cloud = value; return 0;
        case OPTION_CLOUD_CA: a->cloud_ca = value; return 0;
        case OPT_PROFILE: a->profile = value; return 0;
        case OPT_TOKEN_FILE: a->token_file = value; return 0;
        case OPT_REPORT: a->report = value; return 0;
        case OPT_TIMEOUT: return take_timeout(a, value);
        case OPT_COUNT: return take_count(a, value);
        case OPT_NO_INPUT: a->no_input = true; return 0;
        case OPT_DRY_RUN: a->dry_run = true; return 0;
        case OPT_JSON: a->json = true; return 0;
        case OPT_QUIET: a->quiet = true; return 0;
        case OPT_VERBOSE: a->verbose = true; return 0;
        case OPT_YES: a->yes = true; return 0;
        default: return take_key(a, id, value);
        }
}

int setup_args_parse(const struct verb *v, int argc, char **argv, struct setup_args *ret)
{
        _cleanup_(options_freep) struct options *o = NULL;
        struct setup_args a = { .verb = v, .several = v->options == setup_options, .profile_unnamed = true };
        char **arguments;
        const char *value;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return r;
        while ((r = options_next(o, &id, &value)) > 0) {
                r = take(&a, id, value);
                if (r < 0)
                        return r;
                a.profile_unnamed &= id != OPT_PROFILE || options_from_environment(o);
        }
        if (r < 0)
                return r;
        if (options_arguments(o, &arguments) > 0)
                a.word = arguments[0];
        r = label_input_check(&a.input, v->name, !a.from, !a.no_input);
        if (r >= 0)
                r = a.from ? check_from(&a) : check_count(&a);
        if (r < 0)
                return r;
        *ret = a;
        return 0;
}
