/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The command line as a table: each verb with its arguments and options. Parsing, --help, the check of the
 * man page and the shell completion all read it. At the end stands the list of verbs. */

#include "setup/cli/examples.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What a shell offers for an option's value; WORDS are those of `value`, split at "|". */
enum completion { COMPLETE_NOTHING, COMPLETE_FILE, COMPLETE_FOLDER, COMPLETE_WORDS };

/* Under which title the help lists an option. */
enum option_group {
        GROUP_OWN,
        GROUP_DEVICE,
        GROUP_SITE,
        GROUP_WIFI,
        GROUP_CELLULAR,
        GROUP_FIRMWARE,
        GROUP_CLOUD,
        GROUP_RUN
};

struct verb_option {
        int id;            /* for the verb's own switch */
        const char *name;  /* without the dashes */
        const char *value; /* "FILE", "user|none"; NULL: takes none */
        const char *help;
        enum completion completion;
        enum option_group group;
        const char *variable; /* of the environment, which stands for the option; NULL: none */
        char letter;          /* 0: none */
        bool optional;        /* the value may be left out: "yes|no" */
        bool refused; /* it would bring a secret: never accepted, and shown nowhere; `help` says what to give
                         instead, NULL: the option NAME-file */
};

struct verb {
        const char *name;
        const char *arguments; /* "IMAGE..."; "" if none */
        const char *summary;
        const struct verb_option *options; /* up to a row without a name; NULL: none of its own */
        const struct verb_option *common;  /* shared with other verbs; NULL: none */
        bool asks_cloud;                   /* --cloud and --cloud-ca, ids OPTION_CLOUD and OPTION_CLOUD_CA */
        bool takes_label;                  /* label_options and source_options */
        const char *keys; /* of a profile, which are options, too, by their option names with blanks between
                             them; "*": all, NULL: none */
        bool opens_nothing; /* it only prints what usher knows by itself */
        size_t min_arguments, max_arguments;
        const struct verb_example *examples;
        void (*more_help)(FILE *f); /* or NULL */

        /* What its arguments begin with, of one word or two ("claim", "sim status"); NULL past the end. Or
         * NULL: they begin with nothing of the kind. */
        const char *(*action)(size_t i);

        /* Returns the exit code. `argv` begins with the verb. */
        int (*run)(const struct verb *v, int argc, char **argv);
};

/* NULL past the end. */
const struct verb *verb_at(size_t i);

/* NULL if there is none of that name. */
const struct verb *verb_find(const char *name);

/* The verb that was most likely meant, or NULL. */
const struct verb *verb_guess(const char *name);

/* The i-th option: the verb's own, those of the cloud, those of the label, the common ones, --help, those of
 * the profile, and those that would bring one of its secrets itself. False past the end. A profile's option
 * has the id OPTION_PROFILE + the index of its key; its name is in `ret_buffer`. */
enum {
        OPTION_HELP = 1,
        OPTION_OWN = 2,
        OPTION_IMAGE = 980,
        OPTION_LABEL,
        OPTION_SERIAL,
        OPTION_SCANNER,
        OPTION_CAMERA,
        OPTION_LAYOUT,
        OPTION_BAUD,
        OPTION_CLOUD = 990,
        OPTION_CLOUD_CA,
        OPTION_PROFILE = 1000,
        OPTION_NAME_MAX = 48,
        VERB_OPTIONS_MAX = 96 /* of one verb */
};
bool verb_option_at(const struct verb *v, size_t i, struct verb_option *ret,
                    char ret_buffer[static OPTION_NAME_MAX]);

/* The option that was most likely meant by a word without its dashes; false: none. */
bool verb_option_guess(const struct verb *v, const char *word, char ret[static OPTION_NAME_MAX]);

/* "wifi-ssid" */
struct profile_key;
void profile_option_name(const struct profile_key *key, char ret[static OPTION_NAME_MAX]);

/* options that several verbs have: of those that set up, and of all that work with a device (setup-args.h
 * reads both); of all that use an account; of those that are told a label, or may be, in files or
 * by what reads stickers (label-input.h takes both) */
extern const struct verb_option setup_options[];
extern const struct verb_option device_options[];
extern const struct verb_option wifi_options[];
extern const struct verb_option account_options[];
extern const struct verb_option label_options[];
extern const struct verb_option source_options[];

/* The id in account_options, for the other verbs that have them. */
enum { OPT_ACCOUNT_TOKEN_FILE = 900 };

/* All verbs, as the help lists them. A verb is a word here and `verb_NAME`, its row, in a file verb-*.c. */
/* clang-format off */
#define VERBS(each) \
        each(setup) each(repair) each(wifi) each(update) each(label) each(scan) each(devices) each(doctor) \
        each(light) each(login) each(whoami) each(logout) each(cloud) each(help) each(version)
/* clang-format on */
#define VERB_DECLARED(name) extern const struct verb verb_##name;
VERBS(VERB_DECLARED)
