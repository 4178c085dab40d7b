/* SPDX-License-Identifier: Apache-2.0 */

/* Each of these verbs is one task of the flow, or the word that follows it says which. */

#include "setup/cli/columns.h"
#include "setup/cli/confirm.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/progress.h"
#include "setup/cli/setup-command.h"
#include "setup/cli/verbs.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

/* What decides how any device is found and opened. */
#define DEVICE_KEYS "secret-file service-uuid version-uuid tx-uuid rx-uuid company-id"

enum { SSID_COLUMNS = 32 };

struct word {
        const char *word, *task;
};

static int parse_failed(int r)
{
        return r == -ECANCELED ? EXIT_DONE : r == -EINVAL ? EXIT_USAGE : EXIT_INTERNAL;
}

static int run_word(const struct setup_args *args, const struct word *words, size_t n, setup_show_fn show)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(words[i].word, args->word) == 0)
                        return setup_command(args, words[i].task, show);
        (void)ending_misuse(args->verb->name, "'%s' is not one of %s.", args->word, args->verb->arguments);
        return EXIT_USAGE;
}

static int run_setup(const struct verb *v, int argc, char **argv)
{
        struct setup_args args;
        int r = setup_args_parse(v, argc, argv, &args);

        return r < 0 ? parse_failed(r) : setup_command(&args, "setup", NULL);
}

const struct verb verb_setup = {
        .name = "setup",
        .arguments = "",
        .summary = "set up one device",
        .options = setup_options,
        .takes_label = true,
        .common = device_options,
        .keys = "*",
        .asks_cloud = true,
        .examples = examples_setup,
        .run = run_setup,
};

static int run_repair(const struct verb *v, int argc, char **argv)
{
        static const struct word words[] = {
                { "sim", "repair-sim" },
                { "setup-done", "repair-setup-done" },
        };
        struct setup_args args;
        int r = setup_args_parse(v, argc, argv, &args);

        return r < 0 ? parse_failed(r) : run_word(&args, words, ELEMENTSOF(words), NULL);
}

const struct verb verb_repair = {
        .name = "repair",
        .arguments = "sim|setup-done",
        .summary = "mend a device that is stuck",
        .takes_label = true,
        .common = device_options,
        .keys = "sim apn apn-user apn-password-file " DEVICE_KEYS,
        .min_arguments = 1,
        .max_arguments = 1,
        .examples = examples_repair,
        .run = run_repair,
};

static int run_update(const struct verb *v, int argc, char **argv)
{
        struct setup_args args;
        int r = setup_args_parse(v, argc, argv, &args);

        return r < 0 ? parse_failed(r) : setup_command(&args, "update", NULL);
}

const struct verb verb_update = {
        .name = "update",
        .arguments = "",
        .summary = "update the firmware of a device",
        .options = setup_options,
        .takes_label = true,
        .common = device_options,
        .keys = DEVICE_KEYS,
        .asks_cloud = true,
        .examples = examples_update,
        .run = run_update,
};

/* wifi */

static json_t *network_json(const struct usher_network *n)
{
        return json_pack("{s:s, s:s?}", "ssid", n->name, "security", n->security);
}

static int show_json(const struct usher_job *job)
{
        json_t *list = json_array();
        struct usher_network n;

        for (size_t i = 0; usher_job_get_network(job, i, &n); i++)
                if (json_array_append_new(list, network_json(&n)) < 0) {
                        json_decref(list);
                        return -ENOMEM;
                }
        return line_job_event(stdout, usher_job_get_serial(job), "networks",
                              json_pack("{s:o}", "networks", list));
}

static int show_networks(const struct setup_args *args, const struct usher_job *job)
{
        struct usher_network n;
        size_t i;

        if (strcmp(usher_job_get_task(job), "wifi-list") != 0)
                return 0;
        if (args->json)
                return show_json(job);
        for (i = 0; usher_job_get_network(job, i, &n); i++)
                printf("%-*s  %s\n", columns_field(n.name, SSID_COLUMNS), n.name,
                       n.security ? n.security : "?");
        if (i == 0)
                fputs("The device knows no network.\n", stderr);
        return fflush(stdout) == 0 ? 0 : -EIO;
}

static int run_wifi(const struct verb *v, int argc, char **argv)
{
        static const struct word words[] = {
                { "list", "wifi-list" },
                { "forget", "wifi-forget" },
                { "clear", "wifi-clear" },
        };
        struct setup_args args;
        int r = setup_args_parse(v, argc, argv, &args);

        if (r < 0)
                return parse_failed(r);
        if ((strcmp(args.word, "clear") == 0 &&
             confirm(args.yes, "The device forgets all of its networks.") < 0) ||
            (strcmp(args.word, "forget") == 0 &&
             confirm(args.yes, "The device forgets the networks that are named.") < 0))
                return progress_trouble(stderr, &(struct trouble){ FAULT_CANCELLED, "nothing was done" });
        return run_word(&args, words, ELEMENTSOF(words), show_networks);
}

const struct verb verb_wifi = {
        .name = "wifi",
        .arguments = "list|forget|clear",
        .summary = "the networks that a device knows",
        .options = wifi_options,
        .takes_label = true,
        .common = device_options,
        .keys = "wifi-ssid wifi-ssid-hex wifi-qr-file " DEVICE_KEYS,
        .min_arguments = 1,
        .max_arguments = 1,
        .examples = examples_wifi,
        .run = run_wifi,
};
