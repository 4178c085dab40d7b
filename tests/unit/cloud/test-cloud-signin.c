/* SPDX-License-Identifier: Apache-2.0 */

/* Signing in and out: what is sent (never a token, everything encoded), the one-time code, and that the
 * fourth wrong try in a row never leaves the machine. */

#include "cloud/signin.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cloud/fake-client.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FORM                                                                                                 \
        "client_id=particle&client_secret=particle&grant_type=password&username=ann%40example.org&password=" \
        "p%26w%20%C3%A4&expires_in=3600"
#define OTP_FORM                                                                                               \
        "client_id=particle&client_secret=particle&grant_type=urn%3Acustom%3Amfa-otp&mfa_token=m%2Btoken&otp=" \
        "123456"
#define WRONG "{\"error\":\"invalid_grant\",\"error_description\":\"User credentials are invalid\"}"
#define GRANT                                                                                               \
        "{\"token_type\":\"bearer\",\"access_token\":\"abc123\",\"expires_in\":3600,\"refresh_token\":\"r\"}"
#define POST "POST", "/oauth/token"

static struct {
        unsigned calls;
        struct op *op;
        enum fault fault;
        int status;
        bool has_result, otp_wanted;
        char token[64], mfa_token[64], cause[512];
        int64_t expires_s;
} got;

static struct secret *password, *mfa_token, *otp;

static void copy_secret(char *to, size_t size, const struct secret *s)
{
        (void)snprintf(to, size, "%s", s ? secret_text(s) : "(null)");
}

static void on_done(void *userdata, const struct cloud_error *e)
{
        (void)userdata;
        got.calls++;
        got.fault = e->trouble.fault;
        got.status = e->status;
        (void)snprintf(got.cause, sizeof(got.cause), "%s", e->trouble.cause);
        got.op = op_free(got.op);
}

static void on_grant(void *userdata, const struct cloud_error *e, const struct cloud_grant *g)
{
        got.has_result = g != NULL;
        if (g) {
                got.otp_wanted = g->otp_wanted;
                got.expires_s = g->expires_s;
                copy_secret(got.token, sizeof(got.token), g->token);
                copy_secret(got.mfa_token, sizeof(got.mfa_token), g->mfa_token);
        }
        on_done(userdata, e);
}

static void run(int r)
{
        client_run(r, &got.calls);
}

static void sign_in(const struct fake_row *row)
{
        memset(&got, 0, sizeof(got));
        fake_http_script(row, row ? 1 : 0);
        run(cloud_sign_in(client, "ann@example.org", password, 3600, on_grant, NULL, &got.op));
}

static int set_up(void **state)
{
        (void)state;
        if (secret_init() < 0 || secret_new("p&w \xc3\xa4", 6, &password) < 0 ||
            secret_new("m+token", 7, &mfa_token) < 0 || secret_new("123 456", 7, &otp) < 0)
                return -1;
        return cloud_client_new(&(struct cloud_config){ .url = FAKE_URL }, &client);
}

static int tear_down(void **state)
{
        (void)state;
        client = cloud_client_free(client);
        password = secret_free(password);
        mfa_token = secret_free(mfa_token);
        otp = secret_free(otp);
        return 0;
}

static const struct fake_row wrong = { POST,          FORM,
                                       .status = 400, .answer = WRONG,
                                       .once = true,  .anonymous = true };
static const struct fake_row right = { POST,          FORM,
                                       .status = 200, .answer = GRANT,
                                       .once = true,  .anonymous = true };

static void a_password_buys_a_token(void **state)
{
        (void)state;
        sign_in(&right);
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(got.otp_wanted);
        assert_string_equal(got.token, "abc123");
        assert_int_equal(got.expires_s, timer_wall_s() + 3600);
}

/* A password of three letters would be found in everything: then nothing that the server says is shown. */
static void a_short_password_hides_the_servers_text(void **state)
{
        static const struct fake_row echo = {
                POST,
                "client_id=particle&client_secret=particle&grant_type=password&username=ann%40example.org&password="
                "lab&expires_in=3600",
                .status = 400,
                .once = true,
                .anonymous = true,
                .answer = "{\"error\":\"invalid_grant\",\"error_description\":\"lab is wrong\"}",
                .request_id = "r-lab",
        };

        (void)state;
        password = secret_free(password);
        assert_int_equal(secret_new("lab", 3, &password), 0);
        sign_in(&echo);
        assert_int_equal(got.fault, FAULT_SIGN_IN);
        assert_null(strstr(got.cause, "lab"));
        assert_non_null(strstr(got.cause, "HTTP 400"));
}

static void a_one_time_code_is_asked_for(void **state)
{
        static const struct fake_row mfa = {
                POST,
                FORM,
                .status = 403,
                .once = true,
                .anonymous = true,
                .answer = "{\"error\":\"mfa_required\",\"error_description\":\"Multi-factor authentication "
                          "required\",\"mfa_token\":\"m+token\"}",
        };
        static const struct fake_row late = {
                POST,
                OTP_FORM,
                .status = 400,
                .once = true,
                .anonymous = true,
                .answer = "{\"error\":\"invalid_grant\",\"error_description\":\"OTP expired\"}",
        };
        static const struct fake_row good = { POST,         OTP_FORM,         .status = 200, .answer = GRANT,
                                              .once = true, .anonymous = true };

        (void)state;
        sign_in(&mfa);
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(got.otp_wanted);
        assert_string_equal(got.mfa_token, "m+token");
        assert_string_equal(got.token, "(null)");
        memset(&got, 0, sizeof(got));
        fake_http_script(&late, 1);
        run(cloud_sign_in_otp(client, mfa_token, otp, on_grant, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_SIGN_IN_CODE);
        assert_non_null(strstr(got.cause, "OTP expired"));
        memset(&got, 0, sizeof(got));
        fake_http_script(&good, 1);
        run(cloud_sign_in_otp(client, mfa_token, otp, on_grant, NULL, &got.op));
        assert_string_equal(got.token, "abc123");
}

static void the_fourth_wrong_try_is_not_made(void **state)
{
        (void)state;
        for (int i = 0; i < 2; i++)
                sign_in(&wrong);
        sign_in(&right); /* starts the count anew */
        for (int i = 0; i < SIGN_IN_TRIES_MAX; i++) {
                sign_in(&wrong);
                assert_int_equal(got.fault, FAULT_SIGN_IN);
                assert_int_equal(got.status, 400);
        }
        sign_in(NULL); /* a request would fail the test */
        assert_int_equal(got.fault, FAULT_SIGN_IN);
        assert_int_equal(got.status, 0);
        assert_non_null(strstr(got.cause, "three tries"));
        assert_false(got.has_result);
}

static void what_is_no_grant(void **state)
{
        static const struct {
                int status;
                const char *answer;
                enum fault fault;
        } rows[] = {
                { 200, "{}", FAULT_CLOUD_ANSWER },
                { 200, "{\"access_token\":\"two words\"}", FAULT_CLOUD_ANSWER },
                { 200, "<html>", FAULT_CLOUD_ANSWER },
                { 403, "{\"error\":\"mfa_required\"}", FAULT_SIGN_IN },
                { 400, "{\"error\":\"invalid_client\"}", FAULT_CONFIG },
                { 500, "{}", FAULT_CLOUD_SERVER },
                { 503, "{}", FAULT_CLOUD_SERVER }, /* not repeated: the cloud may have counted it */
                { 429, "{}", FAULT_CLOUD_BUSY },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct fake_row row = wrong;

                row.status = rows[i].status;
                row.answer = rows[i].answer;
                sign_in(&row);
                assert_int_equal(got.fault, rows[i].fault);
                assert_int_equal(fake_http_made(), 1);
                assert_false(got.has_result);
        }
}

static void a_token_is_given_back(void **state)
{
        static const struct fake_row row = { "DELETE", "/v1/access_tokens/current", .status = 200,
                                             .answer = "{\"ok\":true}" };
        _cleanup_(secret_freep) struct secret *token = NULL;

        (void)state;
        client = cloud_client_free(client);
        assert_int_equal(secret_new("t0ken-t0ken", 11, &token), 0);
        assert_int_equal(
                cloud_client_new(&(struct cloud_config){ .url = FAKE_URL, .token = token }, &client), 0);
        memset(&got, 0, sizeof(got));
        fake_http_script(&row, 1);
        run(cloud_sign_out(client, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
}

static void customers_sign_in_by_the_product(void **state)
{
        static const struct fake_row known = {
                POST,
                "grant_type=client_credentials&client_id=shop-1&client_secret=m%2Btoken&scope=customer%3Dbob%40x.org",
                .status = 200,
                .answer = GRANT,
                .once = true,
                .anonymous = true,
        };
        static const struct fake_row fresh = {
                "POST",
                "/v1/products/77/customers",
                "email=bob%40x.org&no_password=true&grant_type=client_credentials&client_id=shop-1&client_secret=m%2Btoken",
                .status = 201,
                .answer = GRANT,
                .once = true,
                .anonymous = true,
        };
        static const struct fake_row taken = {
                "POST",
                "/v1/products/77/customers",
                "email=bob%40x.org&no_password=true&grant_type=client_credentials&client_id=shop-1&client_secret=m%2Btoken",
                .status = 400,
                .answer = "{\"error\":\"customer exists\"}",
                .once = true,
                .anonymous = true,
        };
        const struct cloud_oauth oauth = { 77, "shop-1", mfa_token };

        (void)state;
        memset(&got, 0, sizeof(got));
        fake_http_script(&known, 1);
        run(cloud_sign_in_customer(client, &oauth, "bob@x.org", on_grant, NULL, &got.op));
        assert_string_equal(got.token, "abc123");
        memset(&got, 0, sizeof(got));
        fake_http_script(&fresh, 1);
        run(cloud_customer_new(client, &oauth, "bob@x.org", on_grant, NULL, &got.op));
        assert_string_equal(got.token, "abc123");
        memset(&got, 0, sizeof(got));
        fake_http_script(&taken, 1);
        run(cloud_customer_new(client, &oauth, "bob@x.org", on_grant, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_REFUSED);
}

static void a_password_without_end_is_refused(void **state)
{
        char text[4000];
        _cleanup_(secret_freep) struct secret *long_password = NULL;
        struct op *op = NULL;

        (void)state;
        memset(text, '&', sizeof(text));
        assert_int_equal(secret_new(text, sizeof(text), &long_password), 0);
        assert_int_equal(cloud_sign_in(client, "a", long_password, 0, on_grant, NULL, &op), -EINVAL);
        assert_null(op);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_password_buys_a_token, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_one_time_code_is_asked_for, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_short_password_hides_the_servers_text, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_fourth_wrong_try_is_not_made, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_no_grant, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_token_is_given_back, set_up, tear_down),
                cmocka_unit_test_setup_teardown(customers_sign_in_by_the_product, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_password_without_end_is_refused, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
