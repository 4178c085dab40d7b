/* SPDX-License-Identifier: Apache-2.0 */

/* The words of the command line are one description, quoted or not. Everything that is said comes from the
 * flow's table of lights; --list shows it whole. */

#include "proto/base/fault.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/verbs.h"
#include "setup/doctor/light.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { OPT_JSON = OPTION_OWN, OPT_LIST };

enum { TEXT_MAX = 256, WORD_MAX = 40 };

static const struct verb_option light_options[] = {
        { .id = OPT_JSON, .name = "json", .help = "One JSON object a light." },
        { .id = OPT_LIST, .name = "list", .help = "All lights that are known." },
        {},
};

static int put_json(const struct light_meaning *m)
{
        const char *fault = m->fault == FAULT_NONE ? NULL : fault_info(m->fault)->key;

        return line_put(stdout,
                        json_pack("{s:i, s:s, s:s, s:s, s:s, s:s?}", "v", 1, "key", m->key, "light",
                                  m->light, "meaning", m->meaning, "advice", m->advice, "fault", fault));
}

static int put(const struct light_meaning *m, bool json)
{
        if (json)
                return put_json(m);
        printf("%c%s\n  %s\n  What to do: %s\n",
               m->light[0] >= 'a' && m->light[0] <= 'z' ? m->light[0] - 'a' + 'A' : m->light[0],
               m->light + 1, m->meaning, m->advice);
        return 0;
}

static void list_colours(void)
{
        const char *colour;

        fputs("Colours are:", stderr);
        for (size_t i = 0; light_colour_word(i, &colour) == 0; i++)
                fprintf(stderr, "%s %s", i ? "," : "", colour);
        fputs(", off.\nSay it like \"breathing cyan\" or \"blinking cyan, then 2 orange blinks\"; 'usher light --list' "
              "shows all lights.\n",
              stderr);
}

static int misread(const char *text, const char *word)
{
        size_t len = 0;

        if (word) {
                len = strcspn(word, " ,.;:\t\n");
                fprintf(stderr, "usher light: the word '%.*s' is not understood.\n",
                        (int)(len < WORD_MAX ? len : WORD_MAX), word);
        } else {
                fprintf(stderr, "usher light: '%s' names no colour.\n", text);
        }
        list_colours();
        return EXIT_USAGE;
}

static int explain(const char *text, bool json)
{
        const struct light_meaning *meaning;
        const char *word = NULL;
        struct light light;

        if (light_read(text, &light, &word) < 0)
                return misread(text, word);
        if (light_explain(&light, &meaning) < 0) {
                fprintf(stderr,
                        "usher light: no device shows '%s' that usher knows of. 'usher light --list' shows all "
                        "lights.\n",
                        text);
                return EXIT_USAGE;
        }
        return put(meaning, json) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

static int list(bool json)
{
        const struct light_meaning *meaning;
        int r = 0;

        for (size_t i = 0; r == 0 && light_row(i, &meaning) == 0; i++)
                r = put(meaning, json);
        return r < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

/* -E2BIG: longer than any description. */
static int join(size_t n, char **words, char text[static TEXT_MAX])
{
        text[0] = 0;
        for (size_t i = 0; i < n; i++) {
                if (strlen(text) + strlen(words[i]) + 2 > TEXT_MAX)
                        return -E2BIG;
                if (i > 0)
                        strncat(text, " ", TEXT_MAX - 1 - strlen(text));
                strncat(text, words[i], TEXT_MAX - 1 - strlen(text));
        }
        return 0;
}

static int answer(bool all, bool json, size_t n, char **words)
{
        char text[TEXT_MAX];

        if (all)
                return list(json);
        if (n == 0) {
                fputs("usher light: which light? Describe it.\n", stderr);
                list_colours();
                return EXIT_USAGE;
        }
        if (join(n, words, text) < 0) {
                fputs("usher light: that is more than one light; describe one.\n", stderr);
                return EXIT_USAGE;
        }
        return explain(text, json);
}

static int run_light(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        bool json = false, all = false;
        const char *value;
        char **words;
        int r, id;
        size_t n;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0) {
                json |= id == OPT_JSON;
                all |= id == OPT_LIST;
        }
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        n = options_arguments(o, &words);
        r = answer(all, json, n, words);
        if (fflush(stdout) != 0) {
                fprintf(stderr, "usher light: standard output: %s\n", strerror(errno));
                return EXIT_INTERNAL;
        }
        return r;
}

const struct verb verb_light = {
        .name = "light",
        .arguments = "DESCRIPTION...",
        .summary = "explain a light, as in \"blinking cyan, 2 orange\"",
        .options = light_options,
        .max_arguments = SIZE_MAX,
        .run = run_light,
};
