/* SPDX-License-Identifier: Apache-2.0 */

/* Tokens: missing, unknown, expired, of an API user, of a customer (cloud.md 2.2 and 2.5). */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\",\"user_id\":\"5f0000000000000000000001\"}],"
        "\"tokens\":[{\"token\":\"good\",\"user\":\"me@x.org\"},"
        "{\"token\":\"short\",\"user\":\"me@x.org\",\"expires_at\":\"2026-01-01T01:00:00.000Z\"},"
        "{\"token\":\"robot\",\"kind\":\"api\",\"user\":\"bot\",\"product_id\":7,\"scopes\":[\"devices:list\"]},"
        "{\"token\":\"guest\",\"kind\":\"customer\",\"user\":\"c@x.org\",\"product_id\":7}]}";

static const char missing[] =
        "{\"error\":\"invalid_request\",\"error_description\":\"The access token was not found\"}";
static const char invalid[] =
        "{\"error\":\"invalid_token\",\"error_description\":\"The access token provided is invalid.\"}";
static const char expired[] =
        "{\"error\":\"invalid_token\",\"error_description\":\"The access token provided has expired.\"}";

static void test_shapes(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, NULL, "GET /v1/user", NULL), 400);
        assert_string_equal(said(), missing);
        assert_string_equal(vcloud_reply_header(reply(), "content-type"), "application/json; charset=utf-8");
        assert_int_equal(strlen(vcloud_reply_header(reply(), "X-Request-Id")), 36);
        assert_int_equal(ask(c, "bad", "GET /v1/user", NULL), 401);
        assert_string_equal(said(), invalid);
        assert_int_equal(ask(c, "good", "GET /v1/user", NULL), 200);
        assert_string_equal(told_text("username"), "me@x.org");
        /* neither the query nor a form carries a token any more */
        assert_int_equal(ask(c, NULL, "GET /v1/user?access_token=good", NULL), 400);
        assert_int_equal(ask(c, NULL, "POST /v1/device_claims", "access_token=good"), 400);
        assert_string_equal(said(), missing);
}

static void test_expiry(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = NULL;

        (void)state;
        timer_virtual_set_wall(1767225600); /* 2026-01-01T00:00:00Z */
        c = cloud_of(seed);
        assert_int_equal(ask(c, "short", "GET /v1/access_tokens/current", NULL), 200);
        assert_string_equal(told_text("expires_at"), "2026-01-01T01:00:00.000Z");
        timer_virtual_advance(3599000);
        assert_int_equal(ask(c, "short", "GET /v1/user", NULL), 200);
        timer_virtual_advance(1000);
        assert_int_equal(ask(c, "short", "GET /v1/user", NULL), 401);
        assert_string_equal(said(), expired);
        assert_int_equal(ask(c, "good", "GET /v1/user", NULL), 200);
}

static void test_own_clock(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = NULL;

        (void)state;
        timer_virtual_set_wall(1767225600);
        c = cloud_of(seed);
        assert_int_equal(ask(c, NULL, "POST /sim/clock", "{\"advance_ms\":3600000}"), 200);
        assert_string_equal(told_text("now"), "2026-01-01T01:00:00.000Z");
        assert_int_equal(ask(c, "short", "GET /v1/user", NULL), 401);
        assert_int_equal(ask(c, NULL, "POST /sim/clock", "{\"advance_ms\":-1}"), 400);
}

static void test_api_user(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        static const char *const refused[] = {
                "POST /v1/devices",
                "POST /v1/device_claims",
                "GET /v1/devices/0123456789abcdef01234567",
                "GET /v1/user",
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(refused); i++) {
                assert_int_equal(ask(c, "robot", refused[i], NULL), 400);
                assert_string_equal(said(), "{\"error\":\"unauthorized\",\"error_description\":\"API users "
                                            "are not allowed to call this endpoint\"}");
        }
        assert_int_equal(ask(c, "robot", "GET /v1/devices", NULL), 200);
        assert_int_equal(ask(c, "robot", "GET /v1/access_tokens/current", NULL), 200);
}

static void test_revoke(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, "good", "DELETE /v1/access_tokens/current", NULL), 200);
        assert_string_equal(said(), "{\"ok\":true}");
        assert_int_equal(ask(c, "good", "GET /v1/user", NULL), 401);
        assert_string_equal(said(), invalid);
}

static void test_default_account(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(NULL);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 200);
        assert_string_equal(told_text("username"), "lab@example.com");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices", NULL), 200);
        assert_string_equal(said(), "[]");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/nowhere", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "PATCH /v1/user", NULL), 404);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_shapes),    cmocka_unit_test(test_expiry),
                cmocka_unit_test(test_own_clock), cmocka_unit_test(test_api_user),
                cmocka_unit_test(test_revoke),    cmocka_unit_test(test_default_account),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
