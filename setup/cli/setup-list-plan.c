/* SPDX-License-Identifier: Apache-2.0 */

/* In words, a line a profile; or the same as one JSON object. */

#include "setup/cli/setup-list-plan.h"
#include "setup/cli/line.h"
#include "setup/engine/event.h"
#include <errno.h>

static json_t *profile_json(const struct profile *p, const char *named, size_t rows)
{
        return json_pack("{s:o, s:I, s:s, s:I, s:o}", "profile", event_text(named[0] ? named : NULL),
                         "devices", (json_int_t)rows, "claim", profile_claim_name(p->claim), "networks",
                         (json_int_t)p->n_networks, "name", event_text(p->name));
}

static json_t *profiles_json(const struct list_profiles *profiles)
{
        json_t *list = json_array();
        const struct profile *p;
        const char *named;
        size_t rows;

        for (size_t i = 0; list && (p = list_profiles_at(profiles, i, &named, &rows)); i++)
                if (json_array_append_new(list, profile_json(p, named, rows)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

static void put_profile(FILE *f, const struct profile *p, const char *named, size_t rows)
{
        char shown[LINE_SHOWN_MAX];

        fprintf(f, "  %-12s%s, devices: %zu, claim: %s, networks: %zu", "profile",
                named[0] ? line_shown(named, shown) : "of this command", rows, profile_claim_name(p->claim),
                p->n_networks);
        if (p->name)
                fprintf(f, ", name: %s", p->name);
        fputc('\n', f);
}

int setup_list_plan(FILE *f, const struct setup_args *args, const struct list *list,
                    const struct list_profiles *profiles, const struct token *token, const char *cloud_url)
{
        const char *radio = args->radio ? args->radio : "bluez", *origin = NULL, *named;
        const struct profile *p;
        size_t rows;

        if (token)
                origin = token->origin ? token->origin : "the customer's, with the product's OAuth client";
        if (args->json)
                return line_event(f, "list",
                                  json_pack("{s:I, s:o, s:o, s:o, s:o}", "devices",
                                            (json_int_t)list_rows(list), "radio", event_word(radio), "token",
                                            event_text(origin), "cloud",
                                            event_text(token ? cloud_url : NULL), "profiles",
                                            profiles_json(profiles)));
        fprintf(f, "Nothing was done. This would be:\n  %-12s%zu\n  %-12s%s\n", "devices", list_rows(list),
                "radio", radio);
        if (token)
                fprintf(f, "  %-12s%s\n  %-12s%s\n", "token", origin, "cloud", cloud_url);
        for (size_t i = 0; (p = list_profiles_at(profiles, i, &named, &rows)); i++)
                put_profile(f, p, named, rows);
        return fflush(f) != 0 ? -EIO : 0;
}
