/* SPDX-License-Identifier: Apache-2.0 */

/* Every grant is one form to one endpoint; they differ in fields. Wrong tries are counted in the client,
 * because the cloud counts them per address and blocks it for half an hour: after three the client refuses
 * by itself. Nothing here is repeated unless no connection was made at all. */

#include "cloud/signin.h"
#include "cloud/call.h"
#include "cloud/reply.h"
#include "cloud/url.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <errno.h>

/* The public client of first-party logins (cloud.md 2.1). */
#define FIRST_PARTY "client_id=particle&client_secret=particle"

int reply_token(const json_t *j, int64_t now_s, struct secret **ret, int64_t *ret_expires_s)
{
        const char *token = cloud_json_text(j, "access_token");
        uint32_t life_s = cloud_json_number(j, "expires_in");
        int r;

        if (!token || strpbrk(token, " \t\r\n"))
                return -EBADMSG;
        r = secret_new(token, strlen(token), ret);
        if (r < 0)
                return r;
        *ret_expires_s = life_s ? now_s + life_s : 0;
        return 0;
}

int reply_mfa_wanted(const json_t *j, struct secret **ret)
{
        const char *error = cloud_json_text(j, "error"), *token = cloud_json_text(j, "mfa_token");

        if (!error || strcmp(error, "mfa_required") != 0 || !token)
                return -ENOENT;
        return secret_new(token, strlen(token), ret);
}

static void count(struct cloud_client *c, const struct cloud_error *e, const struct cloud_grant *grant)
{
        if ((e->trouble.fault == FAULT_SIGN_IN || e->trouble.fault == FAULT_SIGN_IN_CODE) && e->status)
                c->sign_in_failures++;
        else if (e->trouble.fault == FAULT_NONE && grant->token)
                c->sign_in_failures = 0;
}

static void read_grant(struct call_end *end)
{
        cloud_grant_fn done = (cloud_grant_fn)end->done;
        _cleanup_(secret_freep) struct secret *token = NULL;
        struct cloud_grant grant = { 0 };
        bool refused = end->error->trouble.fault == FAULT_SIGN_IN;

        if (refused && reply_mfa_wanted(end->json, &token) == 0) {
                end->error->trouble.fault = FAULT_NONE;
                grant.otp_wanted = true;
                grant.mfa_token = token;
        } else if (end->error->trouble.fault == FAULT_NONE) {
                if (reply_token(end->json, timer_wall_s(), &token, &grant.expires_s) < 0)
                        call_end_unreadable(end);
                grant.token = token;
        }
        count(end->client, end->error, &grant);
        done(end->userdata, end->error, end->error->trouble.fault == FAULT_NONE ? &grant : NULL);
}

/* The password was right, or there would be no code to send. */
static void read_otp_grant(struct call_end *end)
{
        if (end->error->trouble.fault == FAULT_SIGN_IN && end->error->status)
                end->error->trouble.fault = FAULT_SIGN_IN_CODE;
        read_grant(end);
}

/* Starts the call for a form that url_format() has made, with these secrets in it (NULL: none), if there is
 * a try left. */
static int send_form(struct cloud_client *c, const struct buf *form, const struct secret *first,
                     const struct secret *second, call_read_fn read, cloud_grant_fn done, void *userdata,
                     struct op **ret)
{
        static const struct trouble tried = {
                FAULT_SIGN_IN, "three tries in a row were wrong, and more would make the cloud block this "
                               "address: check the password, then start again"
        };
        _cleanup_(secret_freep) struct secret *body = NULL;
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_SIGN_IN,
                .retry = RETRY_UNSENT,
                .budget = BUDGET_SIGN_IN,
                .anonymous = true,
                .content_type = "application/x-www-form-urlencoded",
                .body = &body,
                .secrets = { first, second },
                .read = read,
        };
        int r;

        if (c->sign_in_failures >= SIGN_IN_TRIES_MAX)
                return call_refuse(c, &request, (call_done_fn)done, userdata, ret, &tried, 0);
        r = secret_new(form->data, form->len, &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/oauth/token");
}

int cloud_sign_in(struct cloud_client *c, const char *user, const struct secret *password, unsigned life_s,
                  cloud_grant_fn done, void *userdata, struct op **ret)
{
        _cleanup_(buf_done) struct buf form = buf_init(URL_MAX);
        int r;

        r = url_format(&form, FIRST_PARTY "&grant_type=password&username=%s&password=%s&expires_in=%u", user,
                       secret_text(password), life_s);
        if (r < 0)
                return r == -ENOBUFS ? -EINVAL : r;
        return send_form(c, &form, password, NULL, read_grant, done, userdata, ret);
}

int cloud_sign_in_otp(struct cloud_client *c, const struct secret *mfa_token, const struct secret *otp,
                      cloud_grant_fn done, void *userdata, struct op **ret)
{
        _cleanup_(secret_freep) struct secret *code = NULL;
        /* The cloud's token and a recovery code are as long as they are; each byte is three at most. */
        _cleanup_(buf_done) struct buf form = buf_init(URL_MAX +
                                                       3 * (secret_len(mfa_token) + secret_len(otp))),
                                       digits = buf_init(secret_len(otp) + 1);
        int r = 0;

        for (size_t i = 0; i < secret_len(otp) && r >= 0; i++)
                if (!isspace(secret_bytes(otp)[i]))
                        r = buf_append(&digits, &secret_bytes(otp)[i], 1);
        if (r >= 0)
                r = secret_new(digits.data, digits.len, &code);
        if (r >= 0)
                r = url_format(&form, FIRST_PARTY "&grant_type=%s&mfa_token=%s&otp=%s", "urn:custom:mfa-otp",
                               secret_text(mfa_token), secret_text(code));
        if (r < 0)
                return r == -ENOBUFS ? -EINVAL : r;
        return send_form(c, &form, mfa_token, code, read_otp_grant, done, userdata, ret);
}

int cloud_sign_out(struct cloud_client *c, cloud_done_fn done, void *userdata, struct op **ret)
{
        static const struct call_request request = {
                .method = "DELETE",
                .endpoint = ENDPOINT_ACCOUNT,
                .budget = BUDGET_TOKENS,
                .read = call_read_done,
        };

        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/access_tokens/current");
}

/* customers */
int cloud_sign_in_customer(struct cloud_client *c, const struct cloud_oauth *oauth, const char *email,
                           cloud_grant_fn done, void *userdata, struct op **ret)
{
        _cleanup_(buf_done) struct buf form = buf_init(URL_MAX);
        int r;

        r = url_format(&form,
                       "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=customer%%3D%s",
                       oauth->client_id, secret_text(oauth->client_secret), email);
        if (r < 0)
                return r == -ENOBUFS ? -EINVAL : r;
        return send_form(c, &form, oauth->client_secret, NULL, read_grant, done, userdata, ret);
}

int cloud_customer_new(struct cloud_client *c, const struct cloud_oauth *oauth, const char *email,
                       cloud_grant_fn done, void *userdata, struct op **ret)
{
        _cleanup_(buf_done) struct buf form = buf_init(URL_MAX);
        _cleanup_(secret_freep) struct secret *body = NULL;
        const struct call_request request = {
                .method = "POST",
                .endpoint = ENDPOINT_CUSTOMER,
                .retry = RETRY_UNTOUCHED,
                .anonymous = true,
                .content_type = "application/x-www-form-urlencoded",
                .body = &body,
                .secrets = { oauth->client_secret },
                .read = read_grant,
        };
        int r;

        r = url_format(
                &form,
                "email=%s&no_password=true&grant_type=client_credentials&client_id=%s&client_secret=%s",
                email, oauth->client_id, secret_text(oauth->client_secret));
        if (r < 0)
                return r == -ENOBUFS ? -EINVAL : r;
        r = secret_new(form.data, form.len, &body);
        if (r < 0)
                return r;
        return call_start(c, &request, (call_done_fn)done, userdata, ret, "/v1/products/%u/customers",
                          oauth->product_id);
}
