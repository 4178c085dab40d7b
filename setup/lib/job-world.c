/* SPDX-License-Identifier: Apache-2.0 */

/* What a job needs of the world: its profile fits its task, its account is there if it needs one. Tasks
 * other than setup and update use none. */

#include "cloud/ca.h"
#include "setup/flow/profile/check.h"
#include "setup/lib/job-private.h"

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

int world_find_account(struct usher_ctx *c, const struct profile *p, bool *ret_account)
{
        bool local = p->claim == CLAIM_NONE || p->claim == CLAIM_CODE;
        int r;

        if (p->claim == CLAIM_CUSTOMER && p->oauth_client)
                return trouble_set(&c->trouble, FAULT_CONFIG,
                                   "libusher signs no customer in: give the customer's own token, and leave "
                                   "customer and oauth-client out");
        if (local && !p->min_os) {
                *ret_account = false;
                return 0;
        }
        r = cloud_ca_check(ctx_text(c, SETTING_CLOUD_CA), &c->trouble);
        if (r == 0)
                r = ctx_find_token(c, local);
        if (r == 0)
                *ret_account = c->token.secret;
        return r;
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

int job_prepare(struct usher_job *j)
{
        struct usher_ctx *c = j->ctx;
        struct profile *p = &j->job.asked.profile;
        int r = profile_check(p, &c->trouble);

        if (r < 0)
                return r;
        j->asks_network = j->answered || p->n_networks == 0;
        world_fit(j->job.asked.task, p);
        j->account = false;
        r = world_find_account(c, p, &j->account);
        if (r < 0)
                return r;
        j->world = world_of(c, j->account);
        return 0;
}
