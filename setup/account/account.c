/* SPDX-License-Identifier: Apache-2.0 */

/* Each function starts a verb of the client with a small "waiting" on the stack, runs the loop until the
 * verb has answered, and copies what the person asked for. */

#include "setup/account/account.h"
#include "cloud/account.h"
#include "cloud/ca.h"
#include "proto/base/timer.h"
#include "setup/account/sign-ins.h"
#include "setup/ports/context.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct account {
        struct context *context;
        struct context_cloud *cloud;
        struct token token;
        const char *url;
        const char *ca_file, *sign_ins_file;
        struct sign_in_key signer; /* who signs in */
        bool known, again;
};

/* A question under way. `op` is freed, and with it the callback's way back here, before the function
 * returns. */
struct waiting {
        bool over, asked;
        struct trouble *trouble;
        int error;
        void *ret;
};

static bool take_error(struct waiting *w, const struct cloud_error *e)
{
        w->over = true;
        if (e->trouble.fault == FAULT_NONE)
                return false;
        *w->trouble = e->trouble;
        w->error = -EINVAL;
        return true;
}

int account_turn(struct account *a)
{
        return context_turn(a->context);
}

static int wait_for(struct account *a, struct waiting *w, int started, struct op **op)
{
        int r = started;

        w->asked = started >= 0;
        if (r >= 0)
                r = context_until(a->context, &w->over);
        *op = op_free(*op);
        return r < 0 ? r : w->error;
}

/* What starting a form of sign-in said: it is refused only if no request holds it. */
static int form_started(struct waiting *w, int started)
{
        if (started != -EINVAL)
                return started;
        return trouble_set(w->trouble, FAULT_CONFIG,
                           "a name or password that was given is longer than the cloud takes");
}

/* opening */

static int open_client(struct account *a, const struct account_config *c, const char *url,
                       struct trouble *trouble)
{
        struct cloud_config config = { .url = url,
                                       .ca_file = c->ca_file,
                                       .proxy = a->token.proxy,
                                       .token = a->token.secret,
                                       .serials_file = c->serials_file };
        int r;

        a->url = url ? url : CLOUD_URL;
        if (cloud_url_check(a->url, trouble) < 0)
                return -EINVAL;
        a->ca_file = c->ca_file;
        a->sign_ins_file = c->sign_ins_file;
        a->again = c->sign_in_again;
        a->context = c->context;
        r = context_cloud_open(c->context, &config, &a->cloud);
        return r == -EBADMSG
                       ? trouble_set(trouble, FAULT_TOKEN_INVALID, "it has characters that no token has")
                       : r;
}

static int open_known(struct account *a, const struct account_config *c, struct trouble *trouble)
{
        const char *url = c->url;
        int r = token_find(c->token_file, &a->token, trouble);

        if (r < 0)
                return r;
        a->known = true;
        if (!url)
                url = a->token.url;
        if (!token_is_for(&a->token, url))
                return trouble_set(trouble, FAULT_CONFIG,
                                   "the token in %s is for %s, and is not sent to another cloud",
                                   a->token.origin, a->token.url ? a->token.url : CLOUD_URL);
        return open_client(a, c, url, trouble);
}

static int open_account(const struct account_config *config, bool known, struct account **ret,
                        struct trouble *trouble)
{
        _cleanup_(account_freep) struct account *a = calloc(1, sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        if (cloud_ca_check(config->ca_file, trouble) < 0)
                return -EINVAL;
        r = known ? open_known(a, config, trouble) : open_client(a, config, config->url, trouble);
        if (r >= 0)
                *ret = TAKE_PTR(a);
        return r;
}

int account_open(const struct account_config *config, struct account **ret, struct trouble *ret_trouble)
{
        return open_account(config, true, ret, ret_trouble);
}

int account_open_unknown(const struct account_config *config, struct account **ret,
                         struct trouble *ret_trouble)
{
        return open_account(config, false, ret, ret_trouble);
}

struct account *account_free(struct account *a)
{
        if (!a)
                return NULL;
        context_cloud_close(a->cloud);
        token_done(&a->token);
        free(a);
        return NULL;
}

const char *account_url(const struct account *a)
{
        return a->url;
}

const struct token *account_token(const struct account *a)
{
        return a->known ? &a->token : NULL;
}

struct cloud_client *account_client(struct account *a)
{
        return a->cloud->client;
}

/* signing in */

void account_grant_done(struct account_grant *g)
{
        g->token = secret_free(g->token);
        g->mfa_token = secret_free(g->mfa_token);
}

static int copy_secret(const struct secret *from, struct secret **ret)
{
        return from ? secret_new(secret_bytes(from), secret_len(from), ret) : 0;
}

static void on_grant(void *userdata, const struct cloud_error *e, const struct cloud_grant *grant)
{
        struct waiting *w = userdata;
        struct account_grant *g = w->ret;

        if (take_error(w, e))
                return;
        g->expires_s = grant->expires_s;
        w->error = copy_secret(grant->token, &g->token);
        if (w->error == 0)
                w->error = copy_secret(grant->mfa_token, &g->mfa_token);
}

int account_may_sign_in(struct account *a, const char *user, struct trouble *ret_trouble)
{
        sign_in_key_make(a->url, user, &a->signer);
        return sign_ins_allowed(a->sign_ins_file, &a->signer, timer_wall_s(), a->again, ret_trouble);
}

static void remember(struct account *a, const struct waiting *w, int r, const struct account_grant *g)
{
        bool judged = w->asked && (r == -EINVAL || (r == 0 && g->token));

        if (judged)
                sign_ins_judged(a->sign_ins_file, &a->signer, timer_wall_s(),
                                r == 0 ? FAULT_NONE : w->trouble->fault);
}

int account_sign_in(struct account *a, const char *user, const struct secret *password, unsigned life_s,
                    struct account_grant *ret, struct trouble *ret_trouble)
{
        _cleanup_(account_grant_done) struct account_grant g = {};
        struct waiting w = { .trouble = ret_trouble, .ret = &g };
        struct op *op = NULL;
        int r, started;

        r = account_may_sign_in(a, user, ret_trouble);
        if (r < 0)
                return r;
        started =
                form_started(&w, cloud_sign_in(a->cloud->client, user, password, life_s, on_grant, &w, &op));
        r = wait_for(a, &w, started, &op);
        remember(a, &w, r, &g);
        if (r < 0)
                return r;
        *ret = g;
        g = (struct account_grant){};
        return 0;
}

int account_sign_in_otp(struct account *a, const struct secret *mfa_token, const struct secret *otp,
                        struct account_grant *ret, struct trouble *ret_trouble)
{
        _cleanup_(account_grant_done) struct account_grant g = {};
        struct waiting w = { .trouble = ret_trouble, .ret = &g };
        struct op *op = NULL;
        int r, started;

        started = form_started(&w, cloud_sign_in_otp(a->cloud->client, mfa_token, otp, on_grant, &w, &op));
        r = wait_for(a, &w, started, &op);
        remember(a, &w, r, &g);
        if (r < 0)
                return r;
        *ret = g;
        g = (struct account_grant){};
        return 0;
}

/* From now on the account is the token's. */
static int become(struct account *a, const struct secret *token, struct trouble *trouble)
{
        struct cloud_config config = { .url = a->url, .ca_file = a->ca_file, .token = token };
        struct context_cloud *cloud;
        int r;

        r = context_cloud_open(a->context, &config, &cloud);
        if (r == -EBADMSG)
                return trouble_set(trouble, FAULT_CLOUD_ANSWER,
                                   "the token that came has characters that no token has");
        if (r < 0)
                return r;
        context_cloud_close(a->cloud);
        a->cloud = cloud;
        return 0;
}

static void on_done(void *userdata, const struct cloud_error *e)
{
        (void)take_error(userdata, e);
}

int account_sign_out(struct account *a, struct trouble *ret_trouble)
{
        struct waiting w = { .trouble = ret_trouble };
        struct op *op = NULL;

        return wait_for(a, &w, cloud_sign_out(a->cloud->client, on_done, &w, &op), &op);
}

int account_give_back(struct account *a, const struct secret *token, struct trouble *ret_trouble)
{
        int r = become(a, token, ret_trouble);

        return r < 0 ? r : account_sign_out(a, ret_trouble);
}

/* facts */

static void copy_text(char *to, size_t size, const char *from)
{
        (void)snprintf(to, size, "%s", from ? from : "");
}

static void on_account(void *userdata, const struct cloud_error *e, const struct cloud_account *account)
{
        struct waiting *w = userdata;
        struct account_facts *f = w->ret;

        if (take_error(w, e))
                return;
        copy_text(f->user, sizeof(f->user), account->user);
        copy_text(f->client, sizeof(f->client), account->client);
        f->api_user = account->api_user;
        f->expires_s = account->token_expires_s;
        for (size_t i = 0; i < account->n_scopes; i++) {
                size_t used = strlen(f->scopes);

                (void)snprintf(f->scopes + used, sizeof(f->scopes) - used, "%s%s", i ? " " : "",
                               account->scopes[i]);
        }
}

static void on_limit(void *userdata, const struct cloud_error *e, const struct cloud_limit *limit)
{
        struct waiting *w = userdata;
        struct account_facts *f = w->ret;

        w->over = true;
        if (e->trouble.fault != FAULT_NONE)
                return; /* not every account may ask: then it is unknown */
        f->limit_known = limit->known;
        f->max_devices = limit->max_devices;
        f->limit_reached = limit->reached;
}

int account_facts(struct account *a, struct account_facts *ret, struct trouble *ret_trouble)
{
        struct account_facts f = {};
        struct waiting w = { .trouble = ret_trouble, .ret = &f };
        struct op *op = NULL;
        int r;

        r = wait_for(a, &w, cloud_account(a->cloud->client, on_account, &w, &op), &op);
        if (r < 0)
                return r;
        if (!f.api_user) {
                w.over = false;
                r = wait_for(a, &w, cloud_limit(a->cloud->client, on_limit, &w, &op), &op);
                if (r < 0)
                        return r;
        }
        *ret = f;
        return 0;
}
