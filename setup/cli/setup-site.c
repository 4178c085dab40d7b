/* SPDX-License-Identifier: Apache-2.0 */

/* Tasks other than TASK_SETUP and TASK_UPDATE use no account. */

#include "setup/cli/setup-site.h"
#include "cloud/ca.h"
#include "setup/account/finished.h"
#include <errno.h>
#include <string.h>

int setup_site_open(const struct setup_args *args, enum task task, struct setup_site *site)
{
        int r;

        *site = (struct setup_site){ .args = args, .task = task };
        r = context_new(&site->context);
        if (r >= 0)
                r = progress_new(stderr, args->quiet, &site->progress);
        if (r >= 0 && args->verbose)
                progress_set_verbose(site->progress);
        return r;
}

void setup_site_close(struct setup_site *site)
{
        progress_free(site->progress);
        silence_free(site->silence);
        profile_done(&site->profile);
        token_done(&site->token);
        context_free(site->context);
}

int setup_site_profile(struct setup_site *site, struct trouble *ret_trouble)
{
        struct profile *p = &site->profile;
        int r;

        r = setup_args_profile(site->args, p, ret_trouble);
        if (r < 0)
                return r;
        if (site->task != TASK_SETUP)
                p->claim_code = secret_free(p->claim_code);
        if (site->task == TASK_UPDATE)
                p->claim = CLAIM_USER; /* the files are the account's */
        else if (site->task != TASK_SETUP)
                p->claim = CLAIM_NONE; /* between the device and us */
        else if (p->claim_code && p->claim != CLAIM_NONE)
                p->claim = CLAIM_CODE;
        site->asks_network = p->n_networks == 0;
        if (site->task == TASK_SETUP && place_state("finished", site->finished) >= 0)
                site->finished_hash = finished_hash(p);
        else
                site->finished[0] = 0;
        return 0;
}

/* A token of ours is not needed then. */
static bool signs_customer_in(const struct profile *p)
{
        return p->claim == CLAIM_CUSTOMER && p->oauth_client;
}

static bool is_local(const struct profile *p)
{
        return p->claim == CLAIM_NONE || p->claim == CLAIM_CODE;
}

static int find_token(struct setup_site *site, bool optional, struct trouble *ret_trouble)
{
        const char *named = site->args->token_file, *cloud = site->args->cloud;
        struct token *token = &site->token;
        struct trouble why = {};
        int r;

        r = token_find(named, token, &why);
        if (r < 0 && optional && !named)
                return 0; /* the device may run what it should already */
        if (r < 0) {
                *ret_trouble = why;
                return r;
        }
        site->account = true;
        if (!token_is_for(token, cloud ? cloud : token->url))
                return trouble_set(
                        ret_trouble, FAULT_CONFIG,
                        "the token in %s is for %s, and is not sent to another cloud: give that cloud's own "
                        "token with --token-file",
                        token->origin, token->url ? token->url : CLOUD_URL);
        site->cloud_url = cloud ? cloud : token->url ? token->url : CLOUD_URL;
        return 0;
}

int setup_site_account(struct setup_site *site, const struct profile *p, struct trouble *ret_trouble)
{
        const struct setup_args *args = site->args;

        if (is_local(p) && !p->min_os)
                return 0;
        if (cloud_ca_check(args->cloud_ca, ret_trouble) < 0)
                return -EINVAL;
        if (!signs_customer_in(p))
                return find_token(site, is_local(p), ret_trouble);
        if (args->token_file)
                return trouble_set(
                        ret_trouble, FAULT_CONFIG,
                        "customer and oauth-client sign the customer in: leave --token-file out, or give "
                        "the customer's own token and leave those out");
        site->account = true;
        site->cloud_url = args->cloud ? args->cloud : CLOUD_URL;
        return 0;
}

/* The answer of the cloud, for who waits for it. */
struct signing {
        bool over;
        struct trouble *why;
        struct secret *token;
};

static void on_token(void *userdata, const struct trouble *why, struct secret *token)
{
        struct signing *s = userdata;

        s->over = true;
        *s->why = *why;
        s->token = token;
}

static int wait_for(struct setup_site *site, struct signing *s, int started, struct op **op)
{
        int r = started;

        if (r >= 0)
                r = context_until(site->context, &s->over);
        *op = op_free(*op);
        return r < 0 ? r : s->why->fault == FAULT_NONE ? 0 : -EINVAL;
}

int setup_site_sign_in(struct setup_site *site, const struct profile *p, struct trouble *ret_trouble)
{
        struct signing s = { .why = ret_trouble };
        struct op *op = NULL;
        int r;

        if (!signs_customer_in(p) || site->token.secret)
                return 0;
        site->customer = (struct customer){ .context = site->context,
                                            .url = site->cloud_url,
                                            .ca_file = site->args->cloud_ca,
                                            .oauth = { p->product, p->oauth_client, p->oauth_secret },
                                            .email = p->customer };
        if (place_state("sign-ins", site->sign_ins) == 0)
                site->customer.sign_ins_file = site->sign_ins;
        r = wait_for(site, &s, customer_sign_in(&site->customer, on_token, &s, &op, ret_trouble), &op);
        site->token.secret = s.token;
        site->signed_in = s.token;
        return r;
}

static void on_done(void *userdata, const struct trouble *why)
{
        on_token(userdata, why, NULL);
}

void setup_site_sign_out(struct setup_site *site)
{
        struct trouble why = {};
        struct signing s = { .why = &why };
        struct op *op = NULL;
        int r;

        if (!site->signed_in)
                return;
        r = wait_for(site, &s,
                     customer_sign_out(&site->customer, site->token.secret, on_done, &s, &op, &why), &op);
        site->token.secret = secret_free(site->token.secret);
        site->signed_in = false;
        if (r >= 0)
                return;
        trouble_complete(&why, r);
        fprintf(stderr, "The customer's token could not be given back (%s); it ends by itself.\n",
                trouble_words(&why));
}
