/* SPDX-License-Identifier: Apache-2.0 */

/* What usher says about itself. `help --completion` is how the completion script is made when usher is
 * built. */

#include "proto/base/fault.h"
#include "setup/cli/help.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/verbs.h"
#include "setup/flow/runner.h"
#include <errno.h>

enum { OPT_COMPLETION = OPTION_OWN, OPT_FAULTS, OPT_CODES, OPT_STEPS, OPT_KEYS };

static const struct verb_option help_options[] = {
        { .id = OPT_COMPLETION, .name = "completion", .help = "Print a completion script for bash." },
        { .id = OPT_FAULTS,
          .name = "faults",
          .help = "List what can go wrong: key, exit code, what is wrong, what to do; tabs in between." },
        { .id = OPT_CODES,
          .name = "codes",
          .help = "List the exit codes: number and meaning, a tab in between." },
        { .id = OPT_STEPS,
          .name = "steps",
          .help = "List the steps of a setup: key and text, a tab in between." },
        { .id = OPT_KEYS,
          .name = "keys",
          .help = "List the keys of a profile: section, key, value, option, what it is for; tabs in between." },
        {},
};

static int help_about(const char *name)
{
        const struct verb *about = verb_find(name), *guess = verb_guess(name);
        char shown[LINE_SHOWN_MAX];

        if (about) {
                help_print(about, stdout);
                return EXIT_DONE;
        }
        fprintf(stderr, "usher help: there is no verb '%s'.", line_shown(name, shown));
        if (guess)
                fprintf(stderr, " Do you mean '%s'?", guess->name);
        fputs("\n'usher help' lists them.\n", stderr);
        return EXIT_USAGE;
}

static void list_faults(void)
{
        for (unsigned i = 1; i < _FAULT_MAX; i++) {
                const struct fault_info *f = fault_info((enum fault)i);

                printf("%s\t%d\t%s\t%s\n", f->key, f->exit_code, f->sentence, f->advice);
        }
}

static void list_codes(void)
{
        const struct fault_code *c;

        for (size_t i = 0; (c = fault_code_at(i)); i++)
                printf("%d\t%s\n", c->code, c->meaning);
}

static void list_steps(void)
{
        const char *name, *text;

        for (size_t i = 0; runner_step_name(i, &name, &text) == 0; i++)
                printf("%s\t%s\n", name, text);
}

static void list_keys(void)
{
        const struct profile_key *k;

        for (size_t i = 0; (k = profile_key(i)); i++) {
                char option[OPTION_NAME_MAX];

                profile_option_name(k, option);
                printf("%s\t%s\t%s\t%s\t%s\n", k->section, k->key, k->value, option, k->help);
        }
}

/* False: not one that is answered by itself. */
static bool answered(int id)
{
        switch (id) {
        case OPT_COMPLETION: help_completion(stdout); return true;
        case OPT_FAULTS: list_faults(); return true;
        case OPT_CODES: list_codes(); return true;
        case OPT_STEPS: list_steps(); return true;
        case OPT_KEYS: list_keys(); return true;
        default: return false;
        }
}

static int run_help(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        const char *value;
        char **arguments;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0)
                if (answered(id))
                        return EXIT_DONE;
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        if (options_arguments(o, &arguments) == 1)
                return help_about(arguments[0]);
        help_print(NULL, stdout);
        return EXIT_DONE;
}

const struct verb verb_help = {
        .name = "help",
        .arguments = "[VERB]",
        .summary = "say what there is",
        .options = help_options,
        .max_arguments = 1,
        .run = run_help,
};

static int run_version(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        const char *value;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        r = options_next(o, &id, &value);
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        puts("usher " USHER_VERSION);
        return EXIT_DONE;
}

const struct verb verb_version = {
        .name = "version",
        .arguments = "",
        .summary = "print the version",
        .run = run_version,
};
