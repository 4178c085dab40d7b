/* SPDX-License-Identifier: Apache-2.0 */

/* Built as JSON once; the words are read off the same object, so that both always say the same. */

#include "setup/cli/setup-plan.h"
#include "setup/cli/line.h"
#include <errno.h>

static json_t *network(const struct wifi_network *n)
{
        const char *security = wifi_security_name(n->security);
        char ssid[WIFI_TEXT_MAX];

        wifi_ssid_text(n->ssid, n->ssid_len, ssid);
        return json_pack("{s:s, s:s, s:b, s:b}", "ssid", ssid, "security", security ? security : "auto",
                         "hidden", n->hidden, "password", n->password != NULL);
}

static json_t *networks(const struct profile *p)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < p->n_networks; i++)
                if (json_array_append_new(list, network(&p->networks[i])) < 0) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

static const char *token_name(const struct token *token)
{
        if (!token)
                return "none";
        return token->origin ? token->origin : "the customer's, with the product's OAuth client";
}

static json_t *plan(const struct setup_args *args, const struct job *job, const struct token *token,
                    const char *cloud_url)
{
        const struct label *l = &job->asked.label;
        const struct profile *profile = &job->asked.profile;
        unsigned platform_id;
        const char *model = label_model_hint(l, &platform_id);
        char product[16] = "";

        if (profile->product)
                (void)snprintf(product, sizeof(product), "%u", profile->product);
        return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s}",
                         "v", 1, "event", "plan", "serial", l->serial, "model", model ? model : "unknown",
                         "setup_code", label_setup_code(l), "secret",
                         profile->secret       ? "from the profile"
                         : label_is_partial(l) ? "partial, the cloud completes it"
                                               : "complete",
                         "radio", line_word(args->radio ? args->radio : "bluez"), "claim",
                         profile_claim_name(profile->claim), "token", line_word(token_name(token)), "cloud",
                         line_word(token ? cloud_url : "none"), "product", product, "networks",
                         networks(profile), "name", line_word(profile->name), "claim_user",
                         line_word(profile->claim_user), "customer", line_word(profile->customer), "country",
                         profile->country);
}

static void put_words(FILE *f, json_t *plan_)
{
        const char *key;
        json_t *value;
        size_t i;

        fputs("Nothing was done. This would be:\n", f);
        json_object_foreach(plan_, key, value) {
                if (!json_is_string(value) || !json_string_value(value)[0] || key[0] == 'e')
                        continue;
                fprintf(f, "  %-12s%s\n", key, json_string_value(value));
        }
        value = json_object_get(plan_, "networks");
        if (json_array_size(value) == 0)
                fputs("  network     asked for on the terminal, from the device's own scan\n", f);
        json_array_foreach(value, i, plan_) {
                fprintf(f, "  network     %s (%s%s, %s)\n",
                        json_string_value(json_object_get(plan_, "ssid")),
                        json_string_value(json_object_get(plan_, "security")),
                        json_is_true(json_object_get(plan_, "hidden")) ? ", hidden" : "",
                        json_is_true(json_object_get(plan_, "password")) ? "password given" : "no password");
        }
}

int setup_plan(FILE *f, const struct setup_args *args, const struct job *job, const struct token *token,
               const char *cloud_url)
{
        json_t *p = plan(args, job, token, cloud_url);

        if (args->json)
                return line_put(f, p);
        if (!p)
                return -ENOMEM;
        put_words(f, p);
        json_decref(p);
        return fflush(f) != 0 ? -EIO : 0;
}
