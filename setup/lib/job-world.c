/* SPDX-License-Identifier: Apache-2.0 */

/* What a job needs of the world: its profile fits its task, its account is there if it needs one. Tasks
 * other than setup and update use none. */

#include "cloud/ca.h"
#include "setup/flow/profile/check.h"
#include "setup/lib/job-private.h"
#include <errno.h>
#include <string.h>

void world_fit(enum task task, struct profile *p)
{
        if (task != TASK_SETUP)
                p->claim_code = secret_free(p->claim_code);
        if (task == TASK_UPDATE)
                p->claim = CLAIM_USER; /* the files are the account's */
        else if (task != TASK_SETUP)
                p->claim = CLAIM_NONE; /* between the device and us */
        else if (p->claim_code && p->claim != CLAIM_NONE)
                p->claim = CLAIM_CODE;
}

/* A token of ours is not needed then. */
static int check_customer(struct usher_ctx *c)
{
        const char *file = ctx_text(c, SETTING_TOKEN_FILE);

        if ((file && file[0]) || (c->token.secret && !c->token.origin))
                return trouble_set(
                        &c->trouble, FAULT_CONFIG,
                        "customer and oauth-client sign the customer in: leave --token-file out, or "
                        "give the customer's own token and leave those out");
        return 0;
}

int world_find_account(struct usher_ctx *c, const struct profile *p, bool *ret_account)
{
        bool local = p->claim == CLAIM_NONE || p->claim == CLAIM_CODE, customer = session_is_wanted(p);
        int r;

        if (local && !p->min_os) {
                *ret_account = false;
                return 0;
        }
        r = cloud_ca_check(ctx_text(c, SETTING_CLOUD_CA), &c->trouble);
        if (r == 0)
                r = customer ? check_customer(c) : ctx_find_token(c, local);
        if (r == 0)
                *ret_account = customer || c->token.secret;
        return r;
}

struct usher_ports_config world_of_customer(const struct usher_ctx *c, const struct profile *p)
{
        const char *cloud = ctx_text(c, SETTING_CLOUD);

        return (struct usher_ports_config){ .radio = ctx_text(c, SETTING_RADIO),
                                            .cloud_url = cloud ? cloud : CLOUD_URL,
                                            .cloud_proxy = ctx_text(c, SETTING_CLOUD_PROXY),
                                            .cloud_ca = ctx_text(c, SETTING_CLOUD_CA),
                                            .serials_file = ctx_text(c, SETTING_SERIALS_FILE),
                                            .token = session_token(c, p) };
}

struct usher_ports_config world_of(const struct usher_ctx *c, bool account)
{
        const char *cloud = ctx_text(c, SETTING_CLOUD), *proxy = ctx_text(c, SETTING_CLOUD_PROXY);

        return (struct usher_ports_config){
                .radio = ctx_text(c, SETTING_RADIO),
                .cloud_url = cloud          ? cloud
                             : c->token.url ? c->token.url
                                            : CLOUD_URL,
                .cloud_proxy = proxy ? proxy : c->token.proxy,
                .cloud_ca = ctx_text(c, SETTING_CLOUD_CA),
                .serials_file = account ? ctx_text(c, SETTING_SERIALS_FILE) : NULL,
                .token = account ? c->token.secret : NULL,
        };
}

static int keep(struct usher_job *j, enum job_text which, const char **text)
{
        if (!*text)
                return 0;
        j->text[which] = strdup(*text);
        *text = j->text[which];
        return *text ? 0 : -ENOMEM;
}

static int keep_world(struct usher_job *j)
{
        struct usher_ports_config *w = &j->world;
        int r = keep(j, JOB_RADIO, &w->radio);

        if (r == 0)
                r = keep(j, JOB_CLOUD_URL, &w->cloud_url);
        if (r == 0)
                r = keep(j, JOB_CLOUD_PROXY, &w->cloud_proxy);
        if (r == 0)
                r = keep(j, JOB_CLOUD_CA, &w->cloud_ca);
        return r < 0 ? r : keep(j, JOB_SERIALS_FILE, &w->serials_file);
}

void job_forget_world(struct usher_job *j)
{
        j->world = (struct usher_ports_config){};
        j->account = false;
        for (size_t i = 0; i < _JOB_TEXTS_MAX; i++)
                free(TAKE_PTR(j->text[i]));
}

int job_prepare(struct usher_job *j)
{
        struct profile *p = &j->job.asked.profile;
        int r = profile_check(p, &j->ctx->trouble);

        job_forget_world(j);
        if (r < 0)
                return r;
        j->asks_network = j->answered || p->n_networks == 0;
        world_fit(j->job.asked.task, p);
        r = world_find_account(j->ctx, p, &j->account);
        if (r < 0)
                return r;
        j->world = session_is_wanted(p) ? world_of_customer(j->ctx, p) : world_of(j->ctx, j->account);
        return keep_world(j);
}
