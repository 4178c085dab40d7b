/* SPDX-License-Identifier: Apache-2.0 */

/* Tasks other than setup and update use no account. */

#include "cloud/ca.h"
#include "setup/lib/world-private.h"
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

static int keep(struct world *w, enum world_text which, const char *from, const char **ret)
{
        if (from && !(w->text[which] = strdup(from)))
                return -ENOMEM;
        *ret = w->text[which];
        return 0;
}

int world_keep(const struct usher_ctx *c, const struct profile *customer, bool account, struct world *w)
{
        const struct token none = {}, *t = customer ? &none : &c->token;
        const struct secret *token = customer ? session_token(c, customer) : account ? t->secret : NULL;
        const char *proxy = ctx_text(c, SETTING_CLOUD_PROXY), *url = ctx_text(c, SETTING_CLOUD);
        struct usher_ports_config *to = &w->config;
        int r = keep(w, WORLD_RADIO, ctx_text(c, SETTING_RADIO), &to->radio);

        w->account = account;
        if (r == 0)
                r = keep(w, WORLD_CLOUD_URL, url ? url : t->url ? t->url : CLOUD_URL, &to->cloud_url);
        if (r == 0)
                r = keep(w, WORLD_CLOUD_PROXY, proxy ? proxy : t->proxy, &to->cloud_proxy);
        if (r == 0)
                r = keep(w, WORLD_CLOUD_CA, ctx_text(c, SETTING_CLOUD_CA), &to->cloud_ca);
        if (r == 0 && account)
                r = keep(w, WORLD_SERIALS_FILE, ctx_text(c, SETTING_SERIALS_FILE), &to->serials_file);
        return r == 0 && token ? world_take_token(w, token) : r;
}

int world_take_token(struct world *w, const struct secret *token)
{
        int r = secret_new(secret_bytes(token), secret_len(token), &w->token);

        if (r == 0)
                w->config.token = w->token;
        return r;
}

void world_done(struct world *w)
{
        for (size_t i = 0; i < _WORLD_TEXTS_MAX; i++)
                free(w->text[i]);
        secret_free(w->token);
        *w = (struct world){};
}
