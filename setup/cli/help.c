/* SPDX-License-Identifier: Apache-2.0 */

/* Help and completion, both read off the table of verbs. */

#include "setup/cli/help.h"
#include <string.h>

enum { HELP_COLUMN = 30, HELP_WIDTH = 80 };

/* Breaks at spaces, so that the text stays right of the column. */
static void print_wrapped(const char *text, FILE *f)
{
        size_t room = HELP_WIDTH - HELP_COLUMN;

        while (strlen(text) > room) {
                size_t n = room;

                while (n > 0 && text[n] != ' ')
                        n--;
                if (n == 0)
                        break;
                fprintf(f, "%.*s\n%*s", (int)n, text, HELP_COLUMN, "");
                text += n + 1;
        }
        fprintf(f, "%s\n", text);
}

static void print_option(const struct verb_option *o, FILE *f)
{
        char left[80], text[512];
        int n;

        n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s%s", o->letter ? '-' : ' ',
                     o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
                     !o->value     ? ""
                     : o->optional ? "[="
                                   : " ",
                     o->value ? o->value : "", o->optional ? "]" : "");
        if (n >= HELP_COLUMN)
                fprintf(f, "%s\n%*s", left, HELP_COLUMN, "");
        else
                fprintf(f, "%-*s", HELP_COLUMN, left);
        if (o->variable)
                (void)snprintf(text, sizeof(text), "%s [%s]", o->help, o->variable);
        print_wrapped(o->variable ? text : o->help, f);
}

static void print_group(const struct verb *v, enum option_group group, FILE *f)
{
        static const char *const titles[] = { [GROUP_OWN] = "Options",
                                              [GROUP_DEVICE] = "Device",
                                              [GROUP_SITE] = "What the site wants",
                                              [GROUP_WIFI] = "Wi-Fi",
                                              [GROUP_CELLULAR] = "SIM card",
                                              [GROUP_FIRMWARE] =
                                                      "Product firmware with a setup mode of its own",
                                              [GROUP_CLOUD] = "Cloud and account",
                                              [GROUP_RUN] = "This run" };
        char name[OPTION_NAME_MAX];
        struct verb_option o;
        bool any = false;

        for (size_t i = 0; verb_option_at(v, i, &o, name); i++) {
                if (o.refused || o.group != group)
                        continue;
                if (!any)
                        fprintf(f, "\n%s:\n", titles[group]);
                any = true;
                print_option(&o, f);
        }
}

static void print_verb(const struct verb *v, FILE *f)
{
        fprintf(f, "Usage: usher %s [OPTION]...%s%s\n\n", v->name, v->arguments[0] ? " " : "", v->arguments);
        fprintf(f, "%c%s.\n", v->summary[0] - 'a' + 'A', v->summary + 1);
        for (enum option_group g = GROUP_OWN; g <= GROUP_RUN; g++)
                print_group(v, g, f);
        if (v->more_help)
                v->more_help(f);
        fputs("\nExamples:\n", f);
        for (const struct verb_example *e = v->examples; e->command; e++)
                fprintf(f, "  # %s\n  %s\n", e->what, e->command);
}

void help_print(const struct verb *v, FILE *f)
{
        if (v) {
                print_verb(v, f);
                return;
        }
        fputs("Usage: usher VERB [OPTION]... [ARGUMENT]...\n\n"
              "Sets up Particle devices over Bluetooth LE from this machine: reads the sticker,\n"
              "gives the device its network, claims it. No phone.\n\n",
              f);
        for (size_t i = 0; verb_at(i); i++) {
                char left[64];

                (void)snprintf(left, sizeof(left), "%s %s", verb_at(i)->name, verb_at(i)->arguments);
                fprintf(f, "  %-24s %s\n", left, verb_at(i)->summary);
        }
        fputs("\n'usher VERB --help' lists the options of a verb; usher(1) explains them.\n"
              "USHER_PROFILE, USHER_RADIO and USHER_CLOUD stand for the options of these names;\n"
              "without a profile, ~/.config/usher/default.ini or\n"
              "/etc/usher/profiles/default.ini counts.\n",
              f);
}

/* completion */

static void complete_words(const char *words, FILE *f)
{
        fputs("COMPREPLY=($(compgen -W '", f);
        for (; *words; words++)
                fputc(*words == '|' ? ' ' : *words, f);
        fputs("' -- \"$cur\"))", f);
}

static void complete_verbs(FILE *f)
{
        fputs("COMPREPLY=($(compgen -W '", f);
        for (size_t i = 0; verb_at(i); i++)
                fprintf(f, "%s%s", i ? " " : "", verb_at(i)->name);
        fputs("' -- \"$cur\"))", f);
}

static void complete_value(const struct verb *v, const struct verb_option *o, FILE *f)
{
        fprintf(f, "        %s:--%s) ", v->name, o->name);
        switch (o->completion) {
        case COMPLETE_NOTHING: fputs("COMPREPLY=()", f); break;
        case COMPLETE_FILE: fputs("compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))", f); break;
        case COMPLETE_FOLDER: fputs("compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\"))", f); break;
        case COMPLETE_WORDS: complete_words(o->value, f); break;
        }
        fputs("; return ;;\n", f);
}

/* Actions of one word or two: the second word follows the first. */
static void complete_actions(const struct verb *v, FILE *f)
{
        const char *name, *last = "";

        fprintf(f, "case $prev in\n             %s) COMPREPLY=($(compgen -W '", v->name);
        for (size_t i = 0; (name = v->action(i)); i++) {
                size_t len = strcspn(name, " ");

                if (strncmp(last, name, len + 1) != 0)
                        fprintf(f, "%s%.*s", i ? " " : "", (int)len, name);
                last = name;
        }
        fputs("' -- \"$cur\")) ;;\n", f);
        last = "";
        for (size_t i = 0; (name = v->action(i)); i++) {
                size_t len = strcspn(name, " ");

                if (!name[len])
                        continue;
                if (strncmp(last, name, len + 1) != 0)
                        fprintf(f, "%s             %.*s) COMPREPLY=($(compgen -W '%s",
                                last[0] ? "' -- \"$cur\")) ;;\n" : "", (int)len, name, name + len + 1);
                else
                        fprintf(f, " %s", name + len + 1);
                last = name;
        }
        if (last[0])
                fputs("' -- \"$cur\")) ;;\n", f);
        fputs("             *) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n             esac",
              f);
}

/* The plain words after a verb: those of the table, the verbs themselves, or names of files. */
static void complete_argument(const struct verb *v, FILE *f)
{
        if (!v->arguments[0])
                return;
        fprintf(f, "           %s) ", v->name);
        if (v->action)
                complete_actions(v, f);
        else if (strchr(v->arguments, '|'))
                complete_words(v->arguments, f);
        else if (strstr(v->arguments, "VERB"))
                complete_verbs(f);
        else
                fputs("compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))", f);
        fputs(" ;;\n", f);
}

void help_completion(FILE *f)
{
        char name[OPTION_NAME_MAX];
        struct verb_option o;

        fputs("# bash completion for usher: made by 'usher help --completion'\n"
              "_usher() {\n"
              "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
              "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
              "        ",
              f);
        complete_verbs(f);
        fputs("\n        return\n    fi\n    case $verb:$prev in\n", f);
        for (size_t i = 0; verb_at(i); i++)
                for (size_t k = 0; verb_option_at(verb_at(i), k, &o, name); k++)
                        if (o.value && !o.optional && !o.refused)
                                complete_value(verb_at(i), &o, f);
        fputs("    esac\n    case $cur in\n        -*) ;;\n"
              "        *) case $verb in\n",
              f);
        for (size_t i = 0; verb_at(i); i++)
                complete_argument(verb_at(i), f);
        fputs("           esac; return ;;\n    esac\n    case $verb in\n", f);
        for (size_t i = 0; verb_at(i); i++) {
                fprintf(f, "        %s) COMPREPLY=($(compgen -W '", verb_at(i)->name);
                for (size_t k = 0; verb_option_at(verb_at(i), k, &o, name); k++)
                        if (!o.refused)
                                fprintf(f, "%s--%s", k ? " " : "", o.name);
                fputs("' -- \"$cur\")) ;;\n", f);
        }
        fputs("    esac\n}\ncomplete -F _usher usher\n", f);
}
