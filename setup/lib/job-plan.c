/* SPDX-License-Identifier: Apache-2.0 */

/* What a job would do, as JSON: `usher setup --dry-run`. Secrets are shown as present or absent only. */

#include "setup/engine/event.h"
#include "setup/lib/job-private.h"
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

static const char *token_name(const struct usher_job *j)
{
        if (!j->account)
                return NULL;
        return j->ctx->token.origin ? j->ctx->token.origin : "given by the program";
}

static const char *secret_source(const struct job *job)
{
        if (job->asked.profile.secret)
                return "profile";
        return label_is_partial(&job->asked.label) ? "partial" : "complete";
}

static json_t *plan(const struct usher_job *j)
{
        const struct label *l = &j->job.asked.label;
        const struct profile *p = &j->job.asked.profile;
        const char *radio = j->world.radio;
        unsigned platform_id;

        return json_pack("{s:s?, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "model",
                         label_model_hint(l, &platform_id), "setup_code", label_setup_code(l), "secret",
                         secret_source(&j->job), "radio", event_word(radio ? radio : "bluez"), "claim",
                         profile_claim_name(p->claim), "token", event_text(token_name(j)), "cloud",
                         event_text(j->account ? j->world.cloud_url : NULL), "product",
                         p->product ? json_integer(p->product) : json_null(), "networks", networks(p),
                         "name", event_text(p->name), "claim_user", event_text(p->claim_user), "customer",
                         event_text(p->customer), "country", event_text(p->country));
}

int usher_job_get_plan(struct usher_job *j, char **ret_json)
{
        _cleanup_(ctx_leave) struct entry e;
        json_t *object;
        char *line;
        int r = ctx_enter(j->ctx, &e);

        if (r == 0 && j->stage == JOB_STAGE_NEW)
                r = job_prepare(j);
        if (r < 0)
                return r;
        object = plan(j);
        line = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
        json_decref(object);
        if (!line)
                return -ENOMEM;
        *ret_json = line;
        return 0;
}
