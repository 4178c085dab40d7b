/* SPDX-License-Identifier: Apache-2.0 */

/* Several jobs may wait for one sign-in: a second try at the same time would count with the cloud, and its
 * token lie around for 90 days. So it also goes on when nobody waits for it any more. */

#include "setup/account/customer.h"
#include "setup/lib/session-private.h"
#include <errno.h>
#include <string.h>

struct waiter {
        struct op op;
        struct waiter *next;
        struct session *session; /* NULL: told */
        session_fn fn;
        void *userdata;
};

struct session {
        struct session *next;
        struct usher_ctx *ctx;
        struct customer who; /* its texts are ours */
        char *url, *ca_file, *proxy, *sign_ins_file, *client, *email;
        struct secret *client_secret;
        struct op *op; /* signing in or out */
        struct secret *token;
        bool leaves; /* it is being signed out */
        struct waiter *waiters;
};

static struct session *session_free(struct session *s)
{
        if (!s)
                return NULL;
        op_free(s->op);
        secret_free(s->token);
        secret_free(s->client_secret);
        free(s->url);
        free(s->ca_file);
        free(s->proxy);
        free(s->sign_ins_file);
        free(s->client);
        free(s->email);
        free(s);
        return NULL;
}

DEFINE_CLEANUP(struct session *, session_free)

/* ---- which ---- */

bool session_is_wanted(const struct profile *p)
{
        return p->claim == CLAIM_CUSTOMER && p->oauth_client;
}

static const char *cloud_url(const struct usher_ctx *c)
{
        const char *url = ctx_text(c, SETTING_CLOUD);

        return url ? url : CLOUD_URL;
}

static struct session *find(const struct usher_ctx *c, const struct profile *p)
{
        struct session *s = c->sessions;

        while (s &&
               (s->leaves || s->who.oauth.product_id != p->product || strcmp(s->url, cloud_url(c)) != 0 ||
                strcmp(s->client, p->oauth_client) != 0 || strcmp(s->email, p->customer) != 0))
                s = s->next;
        return s;
}

const struct secret *session_token(const struct usher_ctx *c, const struct profile *p)
{
        const struct session *s = find(c, p);

        return s ? s->token : NULL;
}

static void take_out(struct session *s)
{
        struct session **at = &s->ctx->sessions;

        while (*at != s)
                at = &(*at)->next;
        *at = s->next;
}

/* ---- signing in ---- */

static int copy(const char *from, char **ret)
{
        *ret = from ? strdup(from) : NULL;
        return from && !*ret ? -ENOMEM : 0;
}

static int fill(struct session *s, const struct profile *p)
{
        const struct usher_ctx *c = s->ctx;
        int r = copy(cloud_url(c), &s->url);

        if (r == 0)
                r = copy(ctx_text(c, SETTING_CLOUD_CA), &s->ca_file);
        if (r == 0)
                r = copy(ctx_text(c, SETTING_CLOUD_PROXY), &s->proxy);
        if (r == 0)
                r = copy(ctx_text(c, SETTING_SIGN_INS_FILE), &s->sign_ins_file);
        if (r == 0)
                r = copy(p->oauth_client, &s->client);
        if (r == 0)
                r = copy(p->customer, &s->email);
        if (r == 0 && p->oauth_secret)
                r = secret_new(secret_bytes(p->oauth_secret), secret_len(p->oauth_secret),
                               &s->client_secret);
        s->who = (struct customer){ .context = c->context,
                                    .url = s->url,
                                    .ca_file = s->ca_file,
                                    .proxy = s->proxy,
                                    .sign_ins_file = s->sign_ins_file,
                                    .oauth = { p->product, s->client, s->client_secret },
                                    .email = s->email };
        return r;
}

/* Whoever is told may free its operation, and begin anew. */
static void tell(struct session *s, const struct trouble *why)
{
        struct waiter *w;

        while ((w = s->waiters)) {
                s->waiters = w->next;
                w->session = NULL;
                w->fn(w->userdata, why, s->token);
        }
}

static void on_token(void *userdata, const struct trouble *why, struct secret *token)
{
        _cleanup_(session_freep) struct session *failed = NULL;
        struct session *s = userdata;
        struct trouble told = *why;

        s->op = op_free(s->op);
        s->token = token;
        if (!token) {
                take_out(s);
                failed = s;
        }
        tell(s, &told);
}

static int session_new(struct usher_ctx *c, const struct profile *p, struct session **ret)
{
        _cleanup_(session_freep) struct session *s = calloc(1, sizeof(*s));
        int r;

        if (!s)
                return -ENOMEM;
        s->ctx = c;
        r = fill(s, p);
        if (r == 0)
                r = customer_sign_in(&s->who, on_token, s, &s->op, &c->trouble);
        if (r < 0)
                return r;
        s->next = c->sessions;
        c->sessions = *ret = TAKE_PTR(s);
        return 0;
}

static void waiter_free(struct op *op)
{
        struct waiter *w = container_of(op, struct waiter, op);
        struct waiter **at = w->session ? &w->session->waiters : NULL;

        while (at && *at != w)
                at = &(*at)->next;
        if (at)
                *at = w->next;
        free(w);
}

int session_begin(struct usher_ctx *c, const struct profile *p, session_fn fn, void *userdata,
                  struct op **ret)
{
        struct session *s = find(c, p);
        struct waiter *w = calloc(1, sizeof(*w));
        int r = w ? 0 : -ENOMEM;

        if (r == 0 && !s)
                r = session_new(c, p, &s);
        if (r < 0) {
                free(w);
                return r;
        }
        *w = (struct waiter){
                .op.free = waiter_free, .next = s->waiters, .session = s, .fn = fn, .userdata = userdata
        };
        s->waiters = w;
        *ret = &w->op;
        return 0;
}

/* ---- signing out ---- */

static void tell_signed_out(struct usher_ctx *c)
{
        struct usher_event *e = TAKE_PTR(c->signed_out);

        e->kind = USHER_EVENT_SIGNED_OUT;
        event_put(&c->events, e);
}

static bool some_leave(const struct usher_ctx *c)
{
        const struct session *s = c->sessions;

        while (s && !s->leaves)
                s = s->next;
        return s;
}

static void leave(struct session *s, const struct trouble *why)
{
        if (why->fault != FAULT_NONE)
                s->ctx->signed_out->trouble = *why;
        take_out(s);
        session_free(s);
}

static void on_done(void *userdata, const struct trouble *why)
{
        struct session *s = userdata;
        struct usher_ctx *c = s->ctx;
        struct trouble told = *why;

        leave(s, &told);
        if (!some_leave(c))
                tell_signed_out(c);
}

static void sign_out(struct session *s)
{
        struct trouble why = {};
        int r = customer_sign_out(&s->who, s->token, on_done, s, &s->op, &why);

        s->leaves = r == 0;
        if (r == 0)
                return;
        trouble_complete(&why, r);
        leave(s, &why);
}

int usher_ctx_sign_out(struct usher_ctx *c)
{
        _cleanup_(ctx_leave) struct entry e;
        struct session *next;
        int r = ctx_enter(c, &e);

        if (r < 0 || c->signed_out)
                return r;
        c->signed_out = calloc(1, sizeof(*c->signed_out));
        if (!c->signed_out)
                return -ENOMEM;
        for (struct session *s = c->sessions; s; s = next) {
                next = s->next;
                if (s->token)
                        sign_out(s);
        }
        if (!some_leave(c))
                tell_signed_out(c);
        return 0;
}

void session_end_all(struct usher_ctx *c)
{
        while (c->sessions) {
                struct session *s = c->sessions;

                c->sessions = s->next;
                session_free(s);
        }
}
