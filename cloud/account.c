/* SPDX-License-Identifier: Apache-2.0 */

/* Is the token good, and whose is it? Two calls go out together: what the token is, and who the user is. An
 * API user has no /v1/user, and some private clouds have no access_tokens/current; one of the two is enough,
 * and needed. A bad token ends it at once, whichever call says so.
 *
 * What the token is does not change, and may be asked for 100 times in five minutes only (cloud.md 1): fewer
 * than many devices are set up in. So that answer is kept for as long; whether the token is still good, who
 * the user is tells each time. */

#include "cloud/account.h"
#include "cloud/call.h"
#include "cloud/reply.h"
#include "proto/base/timer.h"
#include <errno.h>

enum { TOKEN_INFO_KEPT_MS = 300000 };

struct account_op {
        struct op op;
        struct cloud_client *client;
        bool token_known;
        struct op *token_call, *user_call;
        json_t *token, *user; /* what came; NULL: nothing yet, or the cloud has none */
        unsigned left;
        cloud_account_fn done;
        void *userdata;
};

static void account_free(struct op *op)
{
        struct account_op *a = container_of(op, struct account_op, op);

        op_free(a->token_call);
        op_free(a->user_call);
        json_decref(a->token);
        json_decref(a->user);
        free(a);
}

int reply_account(const json_t *token, const json_t *user, struct cloud_account *ret,
                  const char ***ret_scopes)
{
        struct cloud_account a = { 0 };
        const json_t *scopes = json_object_get(token, "scopes");
        const char **texts;

        if ((token && !json_is_object(token)) || (user && !cloud_json_text(user, "username")))
                return -EBADMSG;
        texts = calloc(json_array_size(scopes) + 1, sizeof(*texts));
        if (!texts)
                return -ENOMEM;
        for (size_t i = 0; i < json_array_size(scopes); i++)
                if (json_is_string(json_array_get(scopes, i)))
                        texts[a.n_scopes++] = json_string_value(json_array_get(scopes, i));
        a.scopes = texts;
        a.user = cloud_json_text(user, "username");
        a.api_user = !user;
        a.token_expires_s = cloud_json_time(token, "expires_at");
        a.client = reply_text(token, "client", "client_id");
        *ret = a;
        *ret_scopes = texts;
        return 0;
}

/* NULL: forgets it. */
static void keep_token_info(struct cloud_client *c, json_t *info)
{
        json_decref(c->token_info);
        c->token_info = json_incref(info);
        c->token_info_ms = timer_now_ms();
}

static void tell(struct account_op *a, struct cloud_error *e)
{
        _cleanup_(json_decref_ptr) json_t *token = json_incref(a->token), *user = json_incref(a->user);
        _cleanup_(freep) const char **scopes = NULL;
        struct cloud_account account;

        if (reply_account(token, user, &account, &scopes) < 0) {
                (void)trouble_set(&e->trouble, FAULT_CLOUD_ANSWER,
                                  "the cloud does not say whose token it is");
        } else if (account.token_expires_s && account.token_expires_s <= timer_wall_s()) {
                e->trouble = (struct trouble){ .fault = FAULT_TOKEN_EXPIRED };
        }
        if (e->trouble.fault == FAULT_NONE && !a->token_known)
                keep_token_info(a->client, token);
        a->done(a->userdata, e, e->trouble.fault == FAULT_NONE ? &account : NULL);
}

/* One of the two calls has ended. A fault that is not harmless ends the other call and the whole. */
static void take(struct account_op *a, struct call_end *end, bool harmless, json_t **slot, struct op **other)
{
        if (end->error->trouble.fault != FAULT_NONE && !harmless) {
                *other = op_free(*other);
                keep_token_info(a->client, NULL);
                a->done(a->userdata, end->error, NULL);
                return;
        }
        if (end->error->trouble.fault == FAULT_NONE)
                *slot = json_incref((json_t *)(uintptr_t)end->json);
        a->left--;
        if (a->left == 0 && !a->token && !a->user) {
                a->done(a->userdata, end->error, NULL);
                return;
        }
        *end->error = (struct cloud_error){ .status = end->error->status };
        if (a->left == 0)
                tell(a, end->error);
}

static void read_token(struct call_end *end)
{
        struct account_op *a = end->userdata;
        enum fault fault = end->error->trouble.fault;

        take(a, end, fault == FAULT_CLOUD_NOT_FOUND || fault == FAULT_TOKEN_SCOPE, &a->token, &a->user_call);
}

static void read_user(struct call_end *end)
{
        struct account_op *a = end->userdata;

        if (end->error->trouble.fault == FAULT_NONE && !cloud_json_text(end->json, "username"))
                call_end_unreadable(end);
        take(a, end, end->error->trouble.fault == FAULT_TOKEN_SCOPE, &a->user, &a->token_call);
}

static int start(struct cloud_client *c, struct account_op *a)
{
        static const struct call_request token = {
                .method = "GET",
                .endpoint = ENDPOINT_ACCOUNT,
                .budget = BUDGET_TOKENS,
                .read = read_token,
        };
        static const struct call_request user = {
                .method = "GET",
                .endpoint = ENDPOINT_ACCOUNT,
                .read = read_user,
        };
        int r;

        a->token_known = c->token_info && timer_now_ms() - c->token_info_ms < TOKEN_INFO_KEPT_MS;
        if (a->token_known)
                r = call_known(c, &token, NULL, a, &a->token_call, json_incref(c->token_info));
        else
                r = call_start(c, &token, NULL, a, &a->token_call, "/v1/access_tokens/current");
        if (r < 0)
                return r;
        return call_start(c, &user, NULL, a, &a->user_call, "/v1/user");
}

int cloud_account(struct cloud_client *c, cloud_account_fn done, void *userdata, struct op **ret)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct account_op *a;
        int r;

        a = calloc(1, sizeof(*a));
        if (!a)
                return -ENOMEM;
        a->op.free = account_free;
        a->client = c;
        a->left = 2;
        a->done = done;
        a->userdata = userdata;
        op = &a->op;
        r = start(c, a);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}

/* the device limit */
int reply_limit(const json_t *j, struct cloud_limit *ret)
{
        const json_t *list = json_object_get(j, "data");
        struct cloud_limit limit = { 0 };

        if (!json_is_array(list))
                return -EBADMSG;
        for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *a = json_object_get(json_array_get(list, i), "attributes");
                const json_t *terms = json_object_get(json_object_get(a, "pricing_terms"), "device");
                const char *type = cloud_json_text(a, "agreement_type");

                if (!type || strcmp(type, "developer") != 0)
                        continue;
                limit.known = true;
                limit.max_devices = cloud_json_number(terms, "max_devices");
                limit.reached |=
                        cloud_json_true(json_object_get(a, "current_usage_summary"), "device_limit_reached");
        }
        *ret = limit;
        return 0;
}

static void read_limit(struct call_end *end)
{
        cloud_limit_fn done = (cloud_limit_fn)end->done;
        struct cloud_limit limit = { 0 };

        if (end->error->trouble.fault == FAULT_CLOUD_NOT_FOUND) /* clouds without agreements */
                end->error->trouble.fault = FAULT_NONE;
        else if (end->error->trouble.fault == FAULT_NONE && reply_limit(end->json, &limit) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &limit : NULL);
}

int cloud_limit(struct cloud_client *c, cloud_limit_fn done, void *userdata, struct op **ret)
{
        static const struct call_request request = {
                .method = "GET",
                .endpoint = ENDPOINT_ACCOUNT,
                .read = read_limit,
        };

        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/user/service_agreements");
}
