/* SPDX-License-Identifier: Apache-2.0 */

/* What usher says about itself. `help --completion` is how the completion script is made when usher is
 * built. */

#include "proto/base/fault.h"
#include "setup/cli/ending.h"
#include "setup/cli/help.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/verbs.h"
#include "setup/engine/event-keys.h"
#include "setup/engine/event.h"
#include "setup/flow/profile/profile.h"
#include "setup/flow/runner.h"
#include <errno.h>

enum {
        OPT_COMPLETION = OPTION_OWN,
        OPT_FAULTS,
        OPT_CODES,
        OPT_STEPS,
        OPT_KEYS,
        OPT_EVENTS,
        OPT_EXAMPLES,
        OPT_JSON
};
enum { NUMBER_MAX = 16 };

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
          .help = "List the steps of a setup: key, text, seconds that one try takes at most, what to do "
                  "meanwhile; tabs in between." },
        { .id = OPT_KEYS,
          .name = "keys",
          .help = "List the keys of a profile: section, key, value, option, what it is for; tabs in between." },
        { .id = OPT_EVENTS,
          .name = "events",
          .help = "List the events of --json and their keys: event, key, type, meaning; tabs in between." },
        { .id = OPT_EXAMPLES,
          .name = "examples",
          .help = "List the examples of all verbs: verb, what it is for, command; tabs in between." },
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object a row." },
        {},
};

/* One row of a list: texts with tabs in between, or an event. */
static int put_row(bool json, const char *list, size_t n, const char *const *names,
                   const char *const *values)
{
        json_t *row = json ? json_object() : NULL;

        for (size_t i = 0; i < n; i++) {
                if (row && json_object_set_new(row, names[i], event_text(values[i])) < 0) {
                        json_decref(row);
                        return -ENOMEM;
                }
                if (!json)
                        printf("%s%s", values[i], i + 1 < n ? "\t" : "\n");
        }
        return json ? line_event(stdout, "help", json_pack("{s:s, s:o}", "list", list, "row", row)) : 0;
}

#define ROW(json, list, names, ...)                                                                         \
        put_row(json, list, ELEMENTSOF(names), names, (const char *const[]){ __VA_ARGS__ })

static int list_options(const struct verb *v)
{
        static const char *const names[] = { "verb", "option", "value", "help" };
        static const char *const action_names[] = { "verb", "action" };
        char name[OPTION_NAME_MAX];
        struct verb_option o;
        const char *action;
        int r = 0;

        for (size_t i = 0; r == 0 && verb_option_at(v, i, &o, name); i++)
                if (!o.refused)
                        r = ROW(true, "options", names, v->name, o.name, o.value, o.help);
        for (size_t i = 0; r == 0 && v->action && (action = v->action(i)); i++)
                r = ROW(true, "actions", action_names, v->name, action);
        return r;
}

static int list_verbs(void)
{
        static const char *const names[] = { "verb", "arguments", "summary" };
        const struct verb *v;
        int r = 0;

        for (size_t i = 0; r == 0 && (v = verb_at(i)); i++)
                r = ROW(true, "verbs", names, v->name, v->arguments, v->summary);
        return r;
}

static int list_faults(bool json)
{
        static const char *const names[] = { "fault", "exit", "sentence", "advice" };
        int r = 0;

        for (unsigned i = 1; r == 0 && i < _FAULT_MAX; i++) {
                const struct fault_info *f = fault_info((enum fault)i);
                char code[NUMBER_MAX];

                (void)snprintf(code, sizeof(code), "%d", f->exit_code);
                r = ROW(json, "faults", names, f->key, code, f->sentence, f->advice);
        }
        return r;
}

static int list_codes(bool json)
{
        static const char *const names[] = { "exit", "meaning" };
        const struct fault_code *c;
        int r = 0;

        for (size_t i = 0; r == 0 && (c = fault_code_at(i)); i++) {
                char code[NUMBER_MAX];

                (void)snprintf(code, sizeof(code), "%d", c->code);
                r = ROW(json, "codes", names, code, c->meaning);
        }
        return r;
}

static int list_steps(bool json)
{
        static const char *const names[] = { "step", "text", "limit_s", "hint" };
        struct runner_step s;
        int r = 0;

        for (size_t i = 0; r == 0 && runner_step(i, &s) == 0; i++) {
                char limit[NUMBER_MAX];

                (void)snprintf(limit, sizeof(limit), "%u", s.limit_ms / 1000);
                r = ROW(json, "steps", names, s.name, s.text, limit, s.hint ? s.hint : "");
        }
        return r;
}

static int list_keys(bool json)
{
        static const char *const names[] = { "section", "key", "value", "option", "help" };
        const struct profile_key *k;
        int r = 0;

        for (size_t i = 0; r == 0 && (k = profile_key(i)); i++) {
                char option[OPTION_NAME_MAX];

                profile_option_name(k, option);
                r = ROW(json, "keys", names, k->section, k->key, k->value, option, k->help);
        }
        return r;
}

static int list_events(bool json)
{
        static const char *const names[] = { "event", "key", "type", "meaning" };
        const struct event_key *k;
        int r = 0;

        for (size_t i = 0; r == 0 && (k = event_key_at(i)); i++)
                r = ROW(json, "events", names, k->event, k->key, k->type, k->meaning);
        return r;
}

static int list_examples(bool json)
{
        static const char *const names[] = { "verb", "what", "command" };
        const struct verb *v;
        int r = 0;

        for (size_t i = 0; (v = verb_at(i)); i++)
                for (const struct verb_example *e = v->examples; r == 0 && e->command; e++)
                        r = ROW(json, "examples", names, v->name, e->what, e->command);
        return r;
}

static int help_about(const char *name, bool json)
{
        const struct verb *about = verb_find(name), *guess = verb_guess(name);

        if (!about)
                (void)ending_misuse("help", "there is no verb '%s'.%s%s%s", name,
                                    guess ? " Do you mean '" : "", guess ? guess->name : "",
                                    guess ? "'?" : "");
        if (!about)
                return EXIT_USAGE;
        if (json)
                return list_options(about) < 0 ? EXIT_INTERNAL : EXIT_DONE;
        help_print(about, stdout);
        return EXIT_DONE;
}

static int list(int what, bool json)
{
        switch (what) {
        case OPT_COMPLETION: help_completion(stdout); return 0;
        case OPT_FAULTS: return list_faults(json);
        case OPT_CODES: return list_codes(json);
        case OPT_STEPS: return list_steps(json);
        case OPT_KEYS: return list_keys(json);
        case OPT_EVENTS: return list_events(json);
        case OPT_EXAMPLES: return list_examples(json);
        default: break;
        }
        if (json)
                return list_verbs();
        help_print(NULL, stdout);
        return 0;
}

static int run_help(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        int r, id, what = 0;
        bool json = false;
        const char *value;
        char **arguments;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0) {
                json |= id == OPT_JSON;
                what = id == OPT_JSON ? what : id;
        }
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        if (!what && options_arguments(o, &arguments) == 1)
                return help_about(arguments[0], json);
        return list(what, json) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

const struct verb verb_help = {
        .name = "help",
        .opens_nothing = true,
        .arguments = "[VERB]",
        .summary = "say what there is",
        .options = help_options,
        .max_arguments = 1,
        .examples = examples_help,
        .run = run_help,
};

static const struct verb_option version_options[] = {
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object." },
        {},
};

static int run_version(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        bool json = false;
        const char *value;
        int r, id;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0)
                json = true;
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        if (json)
                r = line_event(stdout, "version", json_pack("{s:s}", "version", USHER_VERSION));
        else
                puts("usher " USHER_VERSION);
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

const struct verb verb_version = {
        .name = "version",
        .opens_nothing = true,
        .arguments = "",
        .summary = "print the version",
        .options = version_options,
        .examples = examples_version,
        .run = run_version,
};
