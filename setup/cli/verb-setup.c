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
#include <string.h>

/* What decides how any device is found and opened. */
#define DEVICE_KEYS "secret-file service-uuid version-uuid tx-uuid rx-uuid company-id"

enum { SSID_COLUMNS = 32 };

struct word {
        const char *word;
        enum task task;
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

        return r < 0 ? parse_failed(r) : setup_command(&args, TASK_SETUP, NULL);
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
                { "sim", TASK_REPAIR_SIM },
                { "setup-done", TASK_REPAIR_SETUP_DONE },
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

        return r < 0 ? parse_failed(r) : setup_command(&args, TASK_UPDATE, NULL);
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

static json_t *network_json(const struct message_known_network *n)
{
        const char *security = wifi_security_name(n->security);
        char ssid[WIFI_TEXT_MAX];

        wifi_ssid_text(n->ssid, n->ssid_len, ssid);
        return json_pack("{s:s, s:s?}", "ssid", ssid, "security", security);
}

static int show_json(const struct job *job)
{
        const struct message_known_networks *known = &job->now.known;
        json_t *list = json_array();

        for (size_t i = 0; i < known->n; i++)
                if (json_array_append_new(list, network_json(&known->network[i])) < 0) {
                        json_decref(list);
                        return -ENOMEM;
                }
        return line_job_event(stdout, job->asked.label.serial, "networks",
                              json_pack("{s:o}", "networks", list));
}

static int show_networks(const struct setup_args *args, const struct job *job)
{
        const struct message_known_networks *known = &job->now.known;
        char ssid[WIFI_TEXT_MAX];

        if (job->asked.task != TASK_WIFI_LIST)
                return 0;
        if (args->json)
                return show_json(job);
        for (size_t i = 0; i < known->n; i++) {
                const char *security = wifi_security_name(known->network[i].security);

                wifi_ssid_text(known->network[i].ssid, known->network[i].ssid_len, ssid);
                printf("%-*s  %s\n", columns_field(ssid, SSID_COLUMNS), ssid, security ? security : "?");
        }
        if (known->n == 0)
                fputs("The device knows no network.\n", stderr);
        return fflush(stdout) == 0 ? 0 : -EIO;
}

static int run_wifi(const struct verb *v, int argc, char **argv)
{
        static const struct word words[] = {
                { "list", TASK_WIFI_LIST },
                { "forget", TASK_WIFI_FORGET },
                { "clear", TASK_WIFI_CLEAR },
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
