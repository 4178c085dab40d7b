/* SPDX-License-Identifier: Apache-2.0 */

/* Built once for everybody who shows it: the command, whose words are read off the object, and the library.
 */

#include "setup/engine/plan.h"
#include "setup/engine/event.h"

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

static const char *secret_source(const struct job *job)
{
        if (job->asked.profile.secret)
                return "profile";
        return label_is_partial(&job->asked.label) ? "partial" : "complete";
}

json_t *plan_json(const struct job *job, const char *radio, const char *token, const char *cloud)
{
        const struct label *l = &job->asked.label;
        const struct profile *profile = &job->asked.profile;
        unsigned platform_id;

        return json_pack("{s:s?, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "model",
                         label_model_hint(l, &platform_id), "setup_code", label_setup_code(l), "secret",
                         secret_source(job), "radio", event_word(radio ? radio : "bluez"), "claim",
                         profile_claim_name(profile->claim), "token", event_text(token), "cloud",
                         event_text(cloud), "product",
                         profile->product ? json_integer(profile->product) : json_null(), "networks",
                         networks(profile), "name", event_text(profile->name), "claim_user",
                         event_text(profile->claim_user), "customer", event_text(profile->customer),
                         "country", event_text(profile->country));
}
