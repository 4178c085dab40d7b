/* SPDX-License-Identifier: Apache-2.0 */

/* Asking for a token of somebody who does not exist would count as a failed sign-in: so making comes first.
 * A wrong OAuth client is told by that already, and counts. */

#include "setup/account/customer.h"
#include "proto/base/timer.h"
#include "setup/account/sign-ins.h"
#include "setup/ports/context.h"
#include <errno.h>

struct asking {
        struct op op;
        const struct customer *who;
        struct context_cloud *cloud;
        struct op *request;
        struct sign_in_key key;
        customer_token_fn on_token;
        customer_done_fn on_done;
        void *userdata;
};

static void asking_free(struct op *op)
{
        struct asking *a = container_of(op, struct asking, op);

        op_free(a->request);
        context_cloud_close(a->cloud);
        free(a);
}

/* `token` NULL: none. */
static int open_cloud(const struct customer *c, const struct secret *token, struct context_cloud **ret,
                      struct trouble *trouble)
{
        struct cloud_config config = {
                .url = c->url ? c->url : CLOUD_URL, .ca_file = c->ca_file, .proxy = c->proxy, .token = token
        };
        int r = cloud_url_check(config.url, trouble);

        if (r == 0)
                r = context_cloud_open(c->context, &config, ret);
        return r == -EBADMSG ? trouble_set(trouble, FAULT_CLOUD_ANSWER,
                                           "the token that came has characters that no token has")
                             : r;
}

static int asking_new(const struct customer *c, const struct secret *token, void *userdata,
                      struct asking **ret, struct trouble *trouble)
{
        struct asking *a = calloc(1, sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        a->op.free = asking_free;
        a->who = c;
        a->userdata = userdata;
        r = open_cloud(c, token, &a->cloud, trouble);
        if (r < 0)
                op_free(&a->op);
        else
                *ret = a;
        return r;
}

/* ---- signing in ---- */

/* What starting a request said: it is refused only if no request holds it. */
static int started(int r, struct trouble *trouble)
{
        if (r != -EINVAL)
                return r;
        return trouble_set(trouble, FAULT_CONFIG,
                           "a name or password that was given is longer than the cloud takes");
}

static void refuse(struct asking *a, struct trouble *why)
{
        const struct customer *c = a->who;

        if (why->fault == FAULT_CLOUD_NOT_FOUND)
                (void)trouble_set(why, FAULT_CONFIG, "this cloud has no product %u for customers: %s",
                                  c->oauth.product_id, why->cause);
        else
                (void)trouble_set(why, why->fault, "signing %s in: %s", c->email, why->cause);
        a->on_token(a->userdata, why, NULL);
}

/* What the client of a token is made of it, before anybody goes by it. */
static int take(struct asking *a, const struct cloud_grant *grant, struct secret **ret,
                struct trouble *trouble)
{
        struct context_cloud *cloud;
        int r;

        if (!grant->token)
                return trouble_set(trouble, FAULT_CLOUD_ANSWER, "no token came for the customer");
        r = open_cloud(a->who, grant->token, &cloud, trouble);
        if (r < 0)
                return r;
        context_cloud_close(cloud);
        return secret_new(secret_bytes(grant->token), secret_len(grant->token), ret);
}

static void on_grant(void *userdata, const struct cloud_error *e, const struct cloud_grant *grant)
{
        struct asking *a = userdata;
        struct trouble why = e->trouble;
        struct secret *token = NULL;
        int r = 0;

        sign_ins_judged(a->who->sign_ins_file, &a->key, timer_wall_s(), why.fault);
        if (why.fault == FAULT_NONE)
                r = take(a, grant, &token, &why);
        if (r < 0)
                trouble_complete(&why, r);
        if (token)
                a->on_token(a->userdata, &why, token);
        else
                refuse(a, &why);
}

/* There is such a customer already. */
static void sign_in(struct asking *a)
{
        const struct customer *c = a->who;
        struct trouble why = {};
        int r;

        a->request = op_free(a->request);
        r = started(cloud_sign_in_customer(a->cloud->client, &c->oauth, c->email, on_grant, a, &a->request),
                    &why);
        if (r == 0)
                return;
        trouble_complete(&why, r);
        refuse(a, &why);
}

static void on_made(void *userdata, const struct cloud_error *e, const struct cloud_grant *grant)
{
        if (e->trouble.fault == FAULT_CLOUD_REFUSED)
                sign_in(userdata);
        else
                on_grant(userdata, e, grant);
}

int customer_sign_in(const struct customer *c, customer_token_fn done, void *userdata, struct op **ret,
                     struct trouble *ret_trouble)
{
        struct asking *a;
        int r = asking_new(c, NULL, userdata, &a, ret_trouble);

        if (r < 0)
                return r;
        a->on_token = done;
        sign_in_key_make(c->url, c->email, &a->key);
        r = sign_ins_allowed(c->sign_ins_file, &a->key, timer_wall_s(), false, ret_trouble);
        if (r == 0)
                r = started(
                        cloud_customer_new(a->cloud->client, &c->oauth, c->email, on_made, a, &a->request),
                        ret_trouble);
        if (r == 0)
                *ret = &a->op;
        else
                op_free(&a->op);
        if (r == -EINVAL)
                return trouble_set(ret_trouble, ret_trouble->fault, "signing %s in: %s", c->email,
                                   ret_trouble->cause);
        return r;
}

/* ---- signing out ---- */

static void on_done(void *userdata, const struct cloud_error *e)
{
        struct asking *a = userdata;
        struct trouble why = e->trouble;

        a->on_done(a->userdata, &why);
}

int customer_sign_out(const struct customer *c, const struct secret *token, customer_done_fn done,
                      void *userdata, struct op **ret, struct trouble *ret_trouble)
{
        struct asking *a;
        int r = asking_new(c, token, userdata, &a, ret_trouble);

        if (r < 0)
                return r;
        a->on_done = done;
        r = cloud_sign_out(a->cloud->client, on_done, a, &a->request);
        if (r == 0)
                *ret = &a->op;
        else
                op_free(&a->op);
        return r;
}
