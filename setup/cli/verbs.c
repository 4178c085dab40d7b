/* SPDX-License-Identifier: Apache-2.0 */

/* The verbs in a row, and what holds for all of them. Every verb has --help; help, the check of the man page
 * and the completion follow from the verb's own row (verb-*.c). */

#include "setup/cli/verbs.h"
#include "proto/base/cleanup.h"
#include "setup/flow/profile/profile.h"
#include <limits.h>
#include <string.h>

static const struct verb_option cloud_place_options[] = {
        { .id = OPTION_CLOUD,
          .name = "cloud",
          .group = GROUP_CLOUD,
          .value = "URL",
          .variable = "USHER_CLOUD",
          .help = "The cloud's API; http only on this machine." },
        { .id = OPTION_CLOUD_CA,
          .name = "cloud-ca",
          .group = GROUP_CLOUD,
          .value = "FILE",
          .completion = COMPLETE_FILE,
          .help = "PEM file with the certificate of a private cloud; without it the system's store counts." },
        {},
};

static const struct verb_option help_option[] = {
        { .id = OPTION_HELP,
          .name = "help",
          .group = GROUP_RUN,
          .letter = 'h',
          .help = "Say what there is, and end." },
        {},
};

#define VERB_ROW(name) &verb_##name,
static const struct verb *const verbs[] = { VERBS(VERB_ROW) };

const struct verb *verb_at(size_t i)
{
        return i < ELEMENTSOF(verbs) ? verbs[i] : NULL;
}

const struct verb *verb_find(const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                if (strcmp(verbs[i]->name, name) == 0)
                        return verbs[i];
        return NULL;
}

/* Edits (insert, drop, replace) that make one word the other; words longer than the row count as far off. */
static unsigned distance(const char *a, const char *b)
{
        unsigned row[32];
        size_t n = strlen(b);

        if (n >= ELEMENTSOF(row))
                return UINT_MAX;
        for (size_t j = 0; j <= n; j++)
                row[j] = (unsigned)j;
        for (size_t i = 1; a[i - 1]; i++) {
                unsigned diagonal = row[0];

                row[0] = (unsigned)i;
                for (size_t j = 1; j <= n; j++) {
                        unsigned replace = diagonal + (a[i - 1] != b[j - 1]);
                        unsigned other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

                        diagonal = row[j];
                        row[j] = replace < other ? replace : other;
                }
        }
        return row[n];
}

const struct verb *verb_guess(const char *name)
{
        const struct verb *best = NULL;
        unsigned best_distance = 3; /* more than two edits is another word */

        for (size_t i = 0; i < ELEMENTSOF(verbs); i++) {
                unsigned d = distance(name, verbs[i]->name);

                if (d < best_distance) {
                        best = verbs[i];
                        best_distance = d;
                }
        }
        return best;
}

static enum completion profile_completion(const char *value)
{
        if (strcmp(value, "FILE") == 0)
                return COMPLETE_FILE;
        return strchr(value, '|') ? COMPLETE_WORDS : COMPLETE_NOTHING;
}

static size_t count_options(const struct verb_option *options)
{
        size_t n = 0;

        while (options && options[n].name)
                n++;
        return n;
}

void profile_option_name(const struct profile_key *key, char ret[static OPTION_NAME_MAX])
{
        (void)snprintf(ret, OPTION_NAME_MAX, "%s%s", strcmp(key->section, "wifi") == 0 ? "wifi-" : "",
                       key->key);
}

static bool has_row(const struct verb_option *options, const char *name)
{
        for (; options && options->name; options++)
                if (strcmp(options->name, name) == 0)
                        return true;
        return false;
}

/* Whether it is an option of the verb; `name` is one word. */
static bool has_key(const struct verb *v, const char *name)
{
        size_t len = strlen(name);

        for (const char *at = v->keys; *at; at += strspn(at, " ")) {
                size_t n = strcspn(at, " ");

                if (at[0] == '*' || (n == len && strncmp(at, name, n) == 0))
                        return true;
                at += n;
        }
        return false;
}

/* The i-th of the options that would bring a secret itself: KEY-file without its end. getopt would take them
 * for short forms of the right ones. */
static bool refused_at(const struct verb *v, size_t i, struct verb_option *ret,
                       char ret_buffer[static OPTION_NAME_MAX])
{
        const struct profile_key *key;

        for (size_t k = 0; (key = profile_key(k)); k++) {
                if (!profile_key_is_secret(key))
                        continue;
                profile_option_name(key, ret_buffer);
                if (!has_key(v, ret_buffer))
                        continue;
                ret_buffer[strlen(ret_buffer) - strlen("-file")] = 0;
                if (has_row(v->common, ret_buffer) || i-- > 0)
                        continue;
                *ret = (struct verb_option){ .name = ret_buffer, .refused = true };
                return true;
        }
        return false;
}

/* The i-th key of a profile that is an option of the verb; NULL past the end. */
static const struct profile_key *key_at(const struct verb *v, size_t i, size_t *ret_index)
{
        const struct profile_key *key;
        char name[OPTION_NAME_MAX];

        for (size_t k = 0; (key = profile_key(k)); k++) {
                profile_option_name(key, name);
                if (!has_key(v, name) || i-- > 0)
                        continue;
                *ret_index = k;
                return key;
        }
        return NULL;
}

static enum option_group key_group(const struct profile_key *key)
{
        static const struct {
                const char *section;
                enum option_group group;
        } groups[] = {
                { "setup", GROUP_SITE },
                { "wifi", GROUP_WIFI },
                { "cellular", GROUP_CELLULAR },
                { "product", GROUP_FIRMWARE },
        };

        for (size_t i = 0; i < ELEMENTSOF(groups); i++)
                if (strcmp(groups[i].section, key->section) == 0)
                        return groups[i].group;
        return GROUP_SITE;
}

static bool profile_option_at(const struct verb *v, size_t i, struct verb_option *ret,
                              char ret_buffer[static OPTION_NAME_MAX])
{
        size_t index, n = 0;
        const struct profile_key *key = key_at(v, i, &index);

        if (!key) {
                while (key_at(v, n, &index))
                        n++;
                return refused_at(v, i - n, ret, ret_buffer);
        }
        profile_option_name(key, ret_buffer);
        *ret = (struct verb_option){ .id = OPTION_PROFILE + (int)index,
                                     .name = ret_buffer,
                                     .value = key->value,
                                     .help = key->help,
                                     .optional = strcmp(key->value, "yes|no") == 0,
                                     .group = key_group(key),
                                     .completion = profile_completion(key->value) };
        return true;
}

bool verb_option_at(const struct verb *v, size_t i, struct verb_option *ret,
                    char ret_buffer[static OPTION_NAME_MAX])
{
        const struct verb_option *lists[] = { v->options,
                                              v->asks_cloud ? cloud_place_options : NULL,
                                              v->takes_label ? label_options : NULL,
                                              v->takes_label ? source_options : NULL,
                                              v->common,
                                              help_option };

        for (size_t l = 0; l < ELEMENTSOF(lists); l++) {
                size_t n = count_options(lists[l]);

                if (i < n) {
                        *ret = lists[l][i];
                        return true;
                }
                i -= n;
        }
        return v->keys && profile_option_at(v, i, ret, ret_buffer);
}

bool verb_option_guess(const struct verb *v, const char *word, char ret[static OPTION_NAME_MAX])
{
        unsigned best = 3; /* as verb_guess() */
        char name[OPTION_NAME_MAX];
        struct verb_option o;

        for (size_t i = 0; verb_option_at(v, i, &o, name); i++) {
                unsigned d = o.refused ? best : distance(word, o.name);

                if (d < best) {
                        best = d;
                        (void)snprintf(ret, OPTION_NAME_MAX, "%s", o.name);
                }
        }
        return best < 3;
}
