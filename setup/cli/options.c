/* SPDX-License-Identifier: Apache-2.0 */

/* getopt_long over a verb's table. Messages are ours, so that they name the verb and what to do; an option
 * that would put a secret on the command line is in the table with the reason why it is refused. */

#include "setup/cli/options.h"
#include "setup/cli/ending.h"
#include "setup/cli/help.h"
#include <errno.h>
#include <getopt.h>
#include <string.h>

struct options {
        const struct verb *verb;
        int argc;
        char **argv;
        size_t n;
        struct verb_option row[VERB_OPTIONS_MAX];
        char name[VERB_OPTIONS_MAX][OPTION_NAME_MAX];
        struct option known[VERB_OPTIONS_MAX + 1];
        char letters[2 + 2 * VERB_OPTIONS_MAX];
        bool given[VERB_OPTIONS_MAX];
        size_t next_variable;  /* the row whose variable is looked at next */
        bool from_environment; /* the last option is */
};

int options_new(const struct verb *v, int argc, char **argv, struct options **ret)
{
        struct options *o = calloc(1, sizeof(*o));
        char *letter;

        if (!o)
                return -ENOMEM;
        *o = (struct options){ .verb = v, .argc = argc, .argv = argv };
        letter = o->letters;
        *letter++ = ':'; /* tells a missing value from an unknown option */
        while (o->n < VERB_OPTIONS_MAX && verb_option_at(v, o->n, &o->row[o->n], o->name[o->n])) {
                struct verb_option *row = &o->row[o->n];

                o->known[o->n] =
                        (struct option){ .name = row->name,
                                         .has_arg = row->refused || row->optional ? optional_argument
                                                    : row->value                  ? required_argument
                                                                                  : no_argument,
                                         .val = 256 + (int)o->n };
                if (row->letter) {
                        *letter++ = row->letter;
                        if (row->value)
                                *letter++ = ':';
                }
                o->n++;
        }
        optind = 0; /* starts getopt anew */
        opterr = 0;
        *ret = o;
        return 0;
}

struct options *options_free(struct options *o)
{
        free(o);
        return NULL;
}

/* What is too many is not repeated: it may be a secret that was meant for a prompt or a file. */
static int check_arguments(const struct options *o)
{
        size_t n = (size_t)(o->argc - optind);

        if (n < o->verb->min_arguments)
                return ending_misuse(o->verb->name, "%s is missing.", o->verb->arguments);
        if (n > o->verb->max_arguments)
                return ending_misuse(o->verb->name, "%zu arguments are too many: it takes %s.", n,
                                     *o->verb->arguments ? o->verb->arguments : "none");
        return 0;
}

/* getopt's '?' : an unknown or ambiguous option, or a value given to one that takes none. Only the name is
 * repeated: what follows "=" may be a secret. */
static int unknown(const struct options *o)
{
        const char *word = o->argv[optind - 1];
        int len = (int)strcspn(word, "=");
        char name[OPTION_NAME_MAX] = "", guess[OPTION_NAME_MAX];

        if (optopt > 0 && optopt < 256)
                return ending_misuse(o->verb->name, "there is no option -%c.", optopt);
        if (optopt >= 256)
                return ending_misuse(o->verb->name, "--%s takes no value.", o->row[optopt - 256].name);
        if (len > 2 && len < OPTION_NAME_MAX)
                (void)snprintf(name, sizeof(name), "%.*s", len - 2, word + 2);
        if (verb_option_guess(o->verb, name, guess))
                return ending_misuse(o->verb->name, "there is no option %.*s. Do you mean '--%s'?", len,
                                     word, guess);
        return ending_misuse(o->verb->name, "there is no option %.*s, or it is short for several.", len,
                             word);
}

static int refuse(const struct options *o, const struct verb_option *row)
{
        static const char why[] =
                "is not accepted: a command line can be read by everybody on this machine.";

        if (row->help)
                return ending_misuse(o->verb->name, "--%s %s %s", row->name, why, row->help);
        return ending_misuse(o->verb->name, "--%s %s Put it into a file of mode 0600 and give --%s-file.",
                             row->name, why, row->name);
}

/* After the last option of the command line: those that it leaves to the environment. An empty variable is
 * as good as none. */
static int next_variable(struct options *o, int *ret_id, const char **ret_value)
{
        while (o->next_variable < o->n) {
                size_t i = o->next_variable++;
                const struct verb_option *row = &o->row[i];
                const char *value = row->variable && !o->given[i] ? getenv(row->variable) : NULL;

                if (!value || !value[0])
                        continue;
                ending_variable(row->variable, row->name);
                o->from_environment = true;
                *ret_id = row->id;
                *ret_value = value;
                return 1;
        }
        return 0;
}

bool options_from_environment(const struct options *o)
{
        return o->from_environment;
}

static int end_of_line(struct options *o, int *ret_id, const char **ret_value)
{
        int r = check_arguments(o);

        return r < 0 ? r : next_variable(o, ret_id, ret_value);
}

int options_next(struct options *o, int *ret_id, const char **ret_value)
{
        int c = getopt_long(o->argc, o->argv, o->letters, o->known, NULL);
        const struct verb_option *row = NULL;

        if (c < 0)
                return end_of_line(o, ret_id, ret_value);
        if (c == '?')
                return unknown(o);
        if (c == ':')
                return ending_misuse(o->verb->name, "%s needs a value.", o->argv[optind - 1]);
        for (size_t i = 0; i < o->n && !row; i++)
                if (c == 256 + (int)i || (c < 256 && o->row[i].letter == c))
                        row = &o->row[i];
        o->given[row - o->row] = true;
        if (row->refused)
                return refuse(o, row);
        if (row->id == OPTION_HELP) {
                help_print(o->verb, stdout);
                return -ECANCELED;
        }
        *ret_id = row->id;
        *ret_value = row->optional && !optarg ? "yes" : optarg;
        return 1;
}

size_t options_arguments(const struct options *o, char ***ret_argv)
{
        *ret_argv = o->argv + optind;
        return (size_t)(o->argc - optind);
}
