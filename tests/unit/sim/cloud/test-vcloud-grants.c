/* SPDX-License-Identifier: Apache-2.0 */

/* Signing in (cloud.md 2.1), the lock after ten failures, token lists, API users, customers. */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"
#include <stdio.h>

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\",\"password\":\"open sesame\"},"
        "{\"username\":\"two@x.org\",\"password\":\"pw\",\"otp\":\"123456\"},"
        "{\"username\":\"sso@x.org\",\"password\":\"pw\",\"sso\":true}],"
        "\"clients\":[{\"id\":\"particle\",\"secret\":\"particle\"},"
        "{\"id\":\"shop\",\"secret\":\"s3\",\"product_id\":4711}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"}],"
        "\"customers\":[{\"email\":\"c@x.org\",\"password\":\"cpw\",\"product_id\":4711,"
        "\"id\":\"5f00000000000000000000cc\"}],"
        "\"products\":[{\"id\":4711,\"slug\":\"lamp-v1\",\"owner\":\"me@x.org\"},{\"id\":4712}],"
        "\"devices\":[{\"id\":\"e00fce680000000000000001\",\"product_id\":4711},"
        "{\"id\":\"e00fce680000000000000002\"}]}";

#define CLIENT "&client_id=particle&client_secret=particle"
#define SHOP   "&client_id=shop&client_secret=s3"

static unsigned sign_in(struct vcloud *c, const char *form)
{
        return ask(c, NULL, "POST /oauth/token", form);
}

/* A copy of the token that the last answer brought. */
static const char *new_token(char ret[static 64])
{
        (void)snprintf(ret, 64, "%s", told_text("access_token"));
        assert_int_equal(strlen(ret), 40);
        assert_string_equal(told_text("token_type"), "bearer");
        return ret;
}

static void test_password(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char token[64];

        (void)state;
        assert_int_equal(sign_in(c, "grant_type=password&username=me%40x.org&password=open+sesame" CLIENT),
                         200);
        assert_int_equal(json_integer_value(json_object_get(told(), "expires_in")), 7776000);
        assert_int_equal(strlen(told_text("refresh_token")), 40);
        assert_string_equal(vcloud_reply_header(reply(), "Cache-Control"), "no-store");
        new_token(token);
        assert_int_equal(ask(c, token, "GET /v1/user", NULL), 200);
        assert_string_equal(told_text("username"), "me@x.org");
        timer_virtual_advance(7776000000);
        assert_int_equal(ask(c, token, "GET /v1/user", NULL), 401);
}

static const struct {
        const char *form;
        unsigned status;
        const char *said;
} refused[] = {
        { "grant_type=password&username=me%40x.org&password=wrong" CLIENT, 400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"User credentials are invalid\"}" },
        { "grant_type=password&username=nobody&password=wrong" CLIENT, 400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"User credentials are invalid\"}" },
        { "grant_type=password&username=sso%40x.org&password=pw" CLIENT, 400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"User credentials are invalid\"}" },
        { "grant_type=password&username=me%40x.org&password=open+sesame", 400,
          "{\"error\":\"invalid_client\",\"error_description\":\"Client credentials are invalid\"}" },
        { "grant_type=password&username=me%40x.org&password=x&client_id=particle&client_secret=x", 400,
          "{\"error\":\"invalid_client\",\"error_description\":\"Client credentials are invalid\"}" },
        { "grant_type=client_credentials" CLIENT, 400,
          "{\"error\":\"invalid_client\",\"error_description\":\"Client credentials are invalid\"}" },
        { "grant_type=magic" CLIENT, 400,
          "{\"error\":\"unsupported_grant_type\",\"error_description\":\"Grant type is not supported\"}" },
        { "{\"grant_type\":\"password\"}", 400,
          "{\"error\":\"invalid_request\",\"error_description\":\"Method must be POST with "
          "application/x-www-form-urlencoded encoding\"}" },
        { "grant_type=refresh_token&refresh_token=none" CLIENT, 400, NULL },
};

static void test_refused(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(refused); i++) {
                _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

                assert_int_equal(sign_in(c, refused[i].form), refused[i].status);
                if (refused[i].said)
                        assert_string_equal(said(), refused[i].said);
        }
}

static void test_lifetimes(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = NULL;
        char token[64];

        (void)state;
        timer_virtual_set_wall(1767225600);
        c = cloud_of(seed);
        assert_int_equal(
                sign_in(c,
                        "grant_type=password&username=me%40x.org&password=open+sesame&expires_in=60" CLIENT),
                200);
        new_token(token);
        assert_int_equal(ask(c, token, "GET /v1/access_tokens/current", NULL), 200);
        assert_string_equal(told_text("expires_at"), "2026-01-01T00:01:00.000Z");
        assert_int_equal(
                sign_in(c,
                        "grant_type=password&username=me%40x.org&password=open+sesame&expires_in=0" CLIENT),
                200);
        new_token(token);
        assert_int_equal(ask(c, token, "GET /v1/access_tokens/current", NULL), 200);
        assert_true(json_is_null(json_object_get(told(), "expires_at")));
        assert_int_equal(sign_in(c,
                                 "grant_type=password&username=me%40x.org&password=open+sesame&expires_at="
                                 "2026-01-01T02:00:00.000Z" CLIENT),
                         200);
        assert_int_equal(json_integer_value(json_object_get(told(), "expires_in")), 7200);
}

static void otp(struct vcloud *c, const char *mfa_token, const char *code, unsigned status)
{
        char form[256];

        (void)snprintf(form, sizeof(form), "grant_type=urn:custom:mfa-otp&mfa_token=%s&otp=%s" CLIENT,
                       mfa_token, code);
        assert_int_equal(sign_in(c, form), status);
}

static void test_mfa(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char mfa_token[128], token[64];

        (void)state;
        assert_int_equal(sign_in(c, "grant_type=password&username=two%40x.org&password=pw" CLIENT), 403);
        assert_string_equal(told_text("error"), "mfa_required");
        assert_string_equal(told_text("error_description"), "Multi-factor authentication required");
        (void)snprintf(mfa_token, sizeof(mfa_token), "%s", told_text("mfa_token"));
        otp(c, mfa_token, "000000", 400);
        assert_string_equal(told_text("error"), "invalid_grant");
        otp(c, mfa_token, "123456", 200);
        new_token(token);
        assert_int_equal(ask(c, token, "GET /v1/user", NULL), 200);
        assert_true(json_is_true(json_object_get(json_object_get(told(), "mfa"), "enabled")));
        otp(c, mfa_token, "123456", 400); /* used up */
        assert_int_equal(sign_in(c, "grant_type=password&username=two%40x.org&password=pw" CLIENT), 403);
        (void)snprintf(mfa_token, sizeof(mfa_token), "%s", told_text("mfa_token"));
        timer_virtual_advance(301000);
        otp(c, mfa_token, "123456", 400);
        assert_string_equal(told_text("error_description"), "OTP expired");
}

static void test_lock(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        static const char wrong[] = "grant_type=password&username=me%40x.org&password=no" CLIENT;
        static const char right[] = "grant_type=password&username=me%40x.org&password=open+sesame" CLIENT;

        (void)state;
        for (int i = 0; i < 9; i++)
                assert_int_equal(sign_in(c, wrong), 400);
        assert_int_equal(sign_in(c, right), 200); /* a success starts the count anew */
        for (int i = 0; i < 10; i++)
                assert_int_equal(sign_in(c, wrong), 400);
        assert_int_equal(sign_in(c, right), 429);
        timer_virtual_advance(29 * 60 * 1000);
        assert_int_equal(sign_in(c, right), 429);
        timer_virtual_advance(60 * 1000);
        assert_int_equal(sign_in(c, right), 200);
}

static void test_product_tokens(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char product[64], customer[64], form[256];

        (void)state;
        assert_int_equal(sign_in(c, "grant_type=client_credentials" SHOP), 200);
        new_token(product);
        (void)snprintf(form, sizeof(form), "grant_type=refresh_token&refresh_token=%s" SHOP,
                       told_text("refresh_token"));
        assert_int_equal(ask(c, product, "GET /v1/products/4711/devices", NULL), 200);
        assert_int_equal(ask(c, product, "GET /v1/products/4712", NULL), 404);
        assert_int_equal(ask(c, product, "GET /v1/devices", NULL), 403);
        assert_int_equal(sign_in(c, form), 200);
        assert_int_equal(ask(c, product, "GET /v1/products/4711", NULL), 401);
        assert_int_equal(sign_in(c, form), 400);

        assert_int_equal(sign_in(c, "grant_type=client_credentials&scope=customer=c%40x.org" SHOP), 200);
        new_token(customer);
        assert_int_equal(ask(c, customer, "GET /v1/devices", NULL), 200);
        assert_int_equal(ask(c, customer, "GET /v1/products/4711/devices", NULL), 403);
        assert_int_equal(ask(c, customer, "POST /v1/products/4711/device_claims", NULL), 200);
        assert_int_equal(ask(c, customer, "POST /v1/products/4712/device_claims", NULL), 404);
        assert_int_equal(sign_in(c, "grant_type=client_credentials&scope=customer=who" SHOP), 400);
        assert_int_equal(sign_in(c, "grant_type=password&username=c%40x.org&password=cpw" SHOP), 200);
        assert_int_equal(sign_in(c, "grant_type=password&username=c%40x.org&password=cpw" CLIENT), 400);
}

static void test_customers(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char token[64], code[64];

        (void)state;
        assert_int_equal(ask(c, NULL, "POST /v1/products/4711/customers", "email=n%40x.org&password=q" SHOP),
                         201);
        new_token(token);
        assert_int_equal(ask(c, NULL, "POST /v1/products/4711/customers", "email=n%40x.org&password=q" SHOP),
                         400);
        assert_int_equal(
                ask(c, NULL, "POST /v1/products/4711/customers", "email=m%40x.org&password=q" CLIENT), 404);
        assert_int_equal(ask(c, NULL, "POST /v1/products/lamp-v1/customers", "email=m%40x.org" SHOP), 400);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/customers", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "customers")), 2);
        /* the device that brings a customer's code is the customer's, and in the product */
        assert_int_equal(ask(c, token, "POST /v1/products/4711/device_claims", "{}"), 200);
        (void)snprintf(code, sizeof(code), "%s", told_text("claim_code"));
        assert_true(goes_online(c, "e00fce680000000000000002", code, true));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/devices/e00fce680000000000000002", NULL),
                         200);
        assert_string_equal(told_text("owner"), "n@x.org");
        /* and a member can be claimed by id */
        assert_int_equal(ask(c, token, "POST /v1/devices", "id=e00fce680000000000000001"), 200);
        /* gone with tokens and open codes */
        assert_int_equal(ask(c, token, "POST /v1/products/4711/device_claims", "{}"), 200);
        (void)snprintf(code, sizeof(code), "%s", told_text("claim_code"));
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/products/4711/customers/n%40x.org", NULL), 200);
        assert_string_equal(said(), "{\"ok\":true}");
        assert_int_equal(ask(c, token, "GET /v1/devices", NULL), 401);
        assert_false(goes_online(c, "e00fce680000000000000003", code, true));
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/products/4711/customers/n%40x.org", NULL), 404);
}

static void test_api_user(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char token[64], what[128];
        json_t *created;

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/products/4711/team",
                             "{\"friendly_name\":\"gateway\",\"scopes\":[\"devices:*\"]}"),
                         200);
        created = json_object_get(told(), "created");
        (void)snprintf(token, sizeof(token), "%s",
                       json_string_value(json_object_get(
                               json_array_get(json_object_get(created, "tokens"), 0), "token")));
        (void)snprintf(what, sizeof(what), "PUT /v1/products/4711/team/%s/token",
                       json_string_value(json_object_get(created, "username")));
        assert_int_equal(ask(c, token, "GET /v1/products/4711/devices", NULL), 200);
        assert_int_equal(ask(c, token, "GET /v1/products/4711", NULL), 400); /* no products:get */
        assert_int_equal(ask(c, token, "GET /v1/products/4712/devices", NULL), 404);
        assert_int_equal(ask(c, token, "POST /v1/device_claims", NULL), 400);
        assert_string_equal(told_text("error"), "unauthorized");
        assert_int_equal(ask(c, MY_TOKEN, what, NULL), 200);
        assert_int_equal(ask(c, token, "GET /v1/products/4711/devices", NULL), 401);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/products/4711/team", "{\"friendly_name\":\"x\"}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/products/4711/team/nobody", NULL), 404);
}

/* "me@x.org:open sesame" and others, in base64 */
static unsigned list_tokens(struct vcloud *c, const char *basic)
{
        const struct vcloud_header header = { "Authorization", basic };
        const struct vcloud_request q = {
                .method = "GET", .path = "/v1/access_tokens", .header = &header, .n_headers = 1
        };
        struct vcloud_reply r;
        unsigned status;

        assert_int_equal(vcloud_handle(c, &q, &r), 0);
        status = r.status;
        if (status == 401)
                assert_string_equal(r.body, "{\"ok\":false,\"errors\":[\"Bad password\"]}");
        vcloud_reply_done(&r);
        return status;
}

static void test_token_lists(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(list_tokens(c, "Basic bWVAeC5vcmc6b3BlbiBzZXNhbWU="), 200);
        assert_int_equal(list_tokens(c, "Basic bWVAeC5vcmc6eA=="), 401); /* me@x.org:x */
        assert_int_equal(list_tokens(c, "Basic bm9ib2R5Ong="), 400);     /* nobody:x */
        assert_int_equal(list_tokens(c, "Basic dHdvQHgub3JnOnB3"), 401); /* two@x.org:pw without otp */
        assert_int_equal(list_tokens(c, "Basic !!!"), 400);
        assert_int_equal(ask(c, NULL, "DELETE /v1/access_tokens/nothing", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/access_tokens", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 401);
}

static void test_agreements(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(
                "{\"users\":[{\"username\":\"u\",\"max_devices\":1}],\"tokens\":[{\"token\":\"" MY_TOKEN
                "\",\"user\":\"u\"}]}");
        json_t *attributes;

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user/service_agreements", NULL), 200);
        attributes = json_object_get(json_array_get(json_object_get(told(), "data"), 0), "attributes");
        assert_string_equal(json_string_value(json_object_get(attributes, "agreement_type")), "developer");
        assert_true(json_is_false(json_object_get(json_object_get(attributes, "current_usage_summary"),
                                                  "device_limit_reached")));
        assert_int_equal(json_integer_value(json_object_get(
                                 json_object_get(json_object_get(attributes, "pricing_terms"), "device"),
                                 "max_devices")),
                         1);
        goes_online(c, "e00fce680000000000000001", NULL, true);
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=e00fce680000000000000001"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user/service_agreements", NULL), 200);
        attributes = json_object_get(json_array_get(json_object_get(told(), "data"), 0), "attributes");
        assert_true(json_is_true(json_object_get(json_object_get(attributes, "current_usage_summary"),
                                                 "device_limit_reached")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_password),    cmocka_unit_test(test_refused),
                cmocka_unit_test(test_lifetimes),   cmocka_unit_test(test_mfa),
                cmocka_unit_test(test_lock),        cmocka_unit_test(test_product_tokens),
                cmocka_unit_test(test_customers),   cmocka_unit_test(test_api_user),
                cmocka_unit_test(test_token_lists), cmocka_unit_test(test_agreements),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
