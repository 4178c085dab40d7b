/* SPDX-License-Identifier: Apache-2.0 */

/* The words of the command line are one description, quoted or not. Everything that is said comes from the
 * flow's table of lights; --list shows it whole. */

#include "proto/base/fault.h"
#include "proto/base/text.h"
#include "setup/cli/ending.h"
#include "setup/cli/line.h"
#include "setup/cli/options.h"
#include "setup/cli/verbs.h"
#include "setup/doctor/light.h"
#include "setup/flow/platform.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { OPT_JSON = OPTION_OWN, OPT_LIST, OPT_PLATFORM };

enum { TEXT_MAX = 256, WORD_MAX = 40, PLATFORM_MAX = 64 };

static const struct verb_option light_options[] = {
        { .id = OPT_JSON, .name = "json", .group = GROUP_RUN, .help = "One JSON object a light." },
        { .id = OPT_LIST, .name = "list", .help = "All lights that are known." },
        { .id = OPT_PLATFORM,
          .name = "platform",
          .value = "NAME",
          .help = "Lights of this device alone: argon." },
        {},
};

static json_t *platform_names(const struct light_meaning *m)
{
        json_t *names = m->platforms ? json_array() : NULL;
        const struct platform *p;

        for (unsigned id = 1; names && id < PLATFORM_MAX; id++)
                if (light_holds(m, id) && (p = platform_by_id(id)))
                        json_array_append_new(names, json_string(p->name));
        return names;
}

static int put_json(const struct light_meaning *m)
{
        const char *fault = m->fault == FAULT_NONE ? NULL : fault_info(m->fault)->key;
        const char *pattern = m->shape.pattern ? light_pattern_word(m->shape.pattern) : NULL;

        return line_event(stdout, "light",
                          json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:i, s:i, s:i, s:o?, s:s?}", "key",
                                    m->key, "light", m->light, "meaning", m->meaning, "advice", m->advice,
                                    "fault", fault, "pattern", pattern, "on_ms", (int)m->shape.on_ms,
                                    "off_ms", (int)m->shape.off_ms, "period_ms", (int)m->shape.period_ms,
                                    "platforms", platform_names(m), "versions", m->versions));
}

static void put_scope(const struct light_meaning *m)
{
        const struct platform *p;
        const char *before = "  Only on: ";

        for (unsigned id = 1; m->platforms && id < PLATFORM_MAX; id++)
                if (light_holds(m, id) && (p = platform_by_id(id))) {
                        printf("%s%s", before, p->name);
                        before = ", ";
                }
        if (m->platforms)
                putchar('\n');
        if (m->versions)
                printf("  Versions: %s\n", m->versions);
}

static int put(const struct light_meaning *m, bool json)
{
        if (json)
                return put_json(m);
        printf("%c%s\n  %s\n  What to do: %s\n",
               m->light[0] >= 'a' && m->light[0] <= 'z' ? m->light[0] - 'a' + 'A' : m->light[0],
               m->light + 1, m->meaning, m->advice);
        put_scope(m);
        return 0;
}

/* Reads the name of a platform; EXIT_USAGE, told, if there is none of that name. */
static int read_platform(const char *name, unsigned *ret)
{
        const struct platform *p;

        for (unsigned id = 1; id < PLATFORM_MAX; id++)
                if ((p = platform_by_id(id)) && strcasecmp(p->name, name) == 0) {
                        *ret = id;
                        return 0;
                }
        (void)ending_misuse("light", "--platform: '%.40s' is none.", name);
        fputs("Say one of:", stderr);
        for (unsigned id = 1; id < PLATFORM_MAX; id++)
                if ((p = platform_by_id(id)))
                        fprintf(stderr, " %s", p->name);
        fputs(" (a Photon 2 is a p2).\n", stderr);
        return EXIT_USAGE;
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
                (void)ending_misuse("light", "the word '%.*s' is not understood.",
                                    (int)(len < WORD_MAX ? len : WORD_MAX), word);
        } else {
                (void)ending_misuse("light", "'%s' names no colour.", text);
        }
        list_colours();
        return EXIT_USAGE;
}

static int explain(const char *text, unsigned platform, bool json)
{
        const struct light_meaning *meaning;
        const char *word = NULL;
        struct light light;
        int r;

        if (light_read(text, &light, &word) < 0)
                return misread(text, word);
        r = light_explain(&light, platform, &meaning);
        if (r == -ESRCH) {
                const char *name = platform_by_id(platform)->name;

                (void)ending_misuse(
                        "light",
                        "a %s never shows '%s', other devices do. Look again, and count the blinks; "
                        "'usher light --list --platform %s' shows its lights.",
                        name, text, name);
                return EXIT_USAGE;
        }
        if (r < 0) {
                (void)ending_misuse(
                        "light",
                        "no device shows '%s' that usher knows of. 'usher light --list' shows all "
                        "lights.",
                        text);
                return EXIT_USAGE;
        }
        return put(meaning, json) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

static int list(unsigned platform, bool json)
{
        const struct light_meaning *meaning;
        int r = 0;

        for (size_t i = 0; r == 0 && light_row(i, &meaning) == 0; i++)
                r = light_holds(meaning, platform) ? put(meaning, json) : 0;
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
        text_clean(text); /* it may be repeated */
        return 0;
}

static int answer(bool all, unsigned platform, bool json, size_t n, char **words)
{
        char text[TEXT_MAX];

        if (all)
                return list(platform, json);
        if (n == 0) {
                (void)ending_misuse("light", "which light? Describe it.");
                list_colours();
                return EXIT_USAGE;
        }
        if (join(n, words, text) < 0) {
                (void)ending_misuse("light", "that is more than one light; describe one.");
                return EXIT_USAGE;
        }
        return explain(text, platform, json);
}

static int run_light(const struct verb *v, int argc, char **argv)
{
        _cleanup_(options_freep) struct options *o = NULL;
        bool json = false, all = false;
        const char *value, *name = NULL;
        unsigned platform = 0;
        char **words;
        int r, id;
        size_t n;

        r = options_new(v, argc, argv, &o);
        if (r < 0)
                return EXIT_INTERNAL;
        while ((r = options_next(o, &id, &value)) > 0) {
                json |= id == OPT_JSON;
                all |= id == OPT_LIST;
                name = id == OPT_PLATFORM ? value : name;
        }
        if (r < 0)
                return r == -ECANCELED ? EXIT_DONE : EXIT_USAGE;
        if (name && read_platform(name, &platform) != 0)
                return EXIT_USAGE;
        n = options_arguments(o, &words);
        return answer(all, platform, json, n, words);
}

const struct verb verb_light = {
        .name = "light",
        .opens_nothing = true,
        .arguments = "DESCRIPTION...",
        .summary = "explain a light, as in \"blinking cyan, 2 orange\"",
        .options = light_options,
        .max_arguments = SIZE_MAX,
        .examples = examples_light,
        .run = run_light,
};
