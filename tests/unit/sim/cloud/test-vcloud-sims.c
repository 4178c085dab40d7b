/* SPDX-License-Identifier: Apache-2.0 */

/* The SIM machine (cloud.md 5). */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\",\"user_id\":\"5f0000000000000000000001\"},"
        "{\"username\":\"you@x.org\"}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"}],"
        "\"products\":[{\"id\":4711,\"owner\":\"me@x.org\"}],"
        "\"sims\":[{\"iccid\":\"new\"},"
        "{\"iccid\":\"slow\",\"takes_ms\":60000,\"polls\":0,\"put_answer\":408},"
        "{\"iccid\":\"gate\",\"put_answer\":504},"
        "{\"iccid\":\"bad\",\"fails\":true,\"polls\":0},"
        "{\"iccid\":\"mine\",\"owner\":\"me@x.org\",\"status\":\"active\",\"connected\":true},"
        "{\"iccid\":\"odd\",\"owner\":\"me@x.org\",\"head_answer\":204},"
        "{\"iccid\":\"yours\",\"owner\":\"you@x.org\"},"
        "{\"iccid\":\"fleet\",\"product_id\":4711}]}";

#define ACTIVATE "{\"action\":\"activate\",\"country\":\"US\"}"

static bool in_progress(struct vcloud *c, const char *what)
{
        assert_int_equal(ask(c, MY_TOKEN, what, NULL), 200);
        return json_is_true(json_object_get(told(), "state_change_in_progress"));
}

static void test_activate(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims/new", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "HEAD /v1/sims/new", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/new", "{\"action\":\"activate\"}"), 400);
        assert_string_equal(said(),
                            "{\"ok\":false,\"error\":\"You must pass an ISO 3166-1 Alpha-2 country code to "
                            "import SIM cards\"}");
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/new", "action=activate&country=us"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/new", "{\"action\":\"explode\"}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/new", ACTIVATE), 200);
        assert_int_equal(reply()->len, 0);
        assert_true(in_progress(c, "GET /v1/sims/new"));
        assert_string_equal(told_text("last_status_change_action"), "activate");
        assert_string_equal(told_text("status"), "never_before_activated");
        assert_true(in_progress(c, "GET /v1/sims/new"));
        assert_false(in_progress(c, "GET /v1/sims/new"));
        assert_string_equal(told_text("status"), "active");
        assert_string_equal(told_text("_id"), "new");
        assert_string_equal(told_text("user_id"), "5f0000000000000000000001");
        assert_int_equal(json_integer_value(json_object_get(told(), "activations_count")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "HEAD /v1/sims/new", NULL), 205);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/new", ACTIVATE), 200); /* again: nothing to do */
        assert_false(in_progress(c, "GET /v1/sims/new"));
}

static void test_still_working(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/slow", ACTIVATE), 408);
        assert_true(in_progress(c, "GET /v1/sims/slow"));
        timer_virtual_advance(59000);
        assert_true(in_progress(c, "GET /v1/sims/slow"));
        timer_virtual_advance(1000);
        assert_false(in_progress(c, "GET /v1/sims/slow"));
        assert_string_equal(told_text("status"), "active");
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/gate", ACTIVATE), 504);
        assert_true(in_progress(c, "GET /v1/sims/gate"));
}

static void test_failure(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/bad", ACTIVATE), 200);
        assert_false(in_progress(c, "GET /v1/sims/bad"));
        assert_string_equal(told_text("last_status_change_action_error"), "yes");
        assert_string_equal(told_text("status"), "never_before_activated");
}

static void test_others(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims/yours", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "HEAD /v1/sims/yours", NULL), 403);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/yours", ACTIVATE), 403);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/fleet", ACTIVATE), 403);
        assert_int_equal(ask(c, MY_TOKEN, "HEAD /v1/sims/unknown", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/unknown", ACTIVATE), 404);
        assert_int_equal(ask(c, MY_TOKEN, "HEAD /v1/sims/odd", NULL), 204);
}

static void test_deactivate_and_release(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "sims")), 2);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/mine", "{\"mb_limit\":20}"), 200);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/mine", "{\"mb_limit\":0}"), 400);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/mine", "{\"action\":\"deactivate\"}"), 200);
        while (in_progress(c, "GET /v1/sims/mine"))
                ;
        assert_string_equal(told_text("status"), "inactive_user_deactivated");
        assert_int_equal(json_integer_value(json_object_get(told(), "mb_limit")), 20);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/sims/mine", "{\"action\":\"reactivate\"}"), 200);
        assert_true(in_progress(c, "GET /v1/sims/mine"));
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/sims/mine", NULL), 204);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims/mine", NULL), 404);
}

static void test_status(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims/mine/status", NULL), 202);
        assert_string_equal(json_string_value(json_object_get(json_object_get(told(), "meta"), "state")),
                            "pending");
        assert_true(json_is_null(json_object_get(json_object_get(told(), "sim_status"), "connected")));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims/mine/status", NULL), 200);
        assert_true(json_is_true(json_object_get(json_object_get(told(), "sim_status"), "connected")));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/sims/mine/data_usage", NULL), 200);
}

static void test_product(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "POST /v1/products/4711/sims",
                             "{\"sims\":[\"new\",\"yours\",\"unknown\"],\"country\":\"DE\"}"),
                         200);
        assert_string_equal(said(), "{\"ok\":true}");
        assert_true(in_progress(c, "GET /v1/products/4711/sims/new"));
        assert_string_equal(told_text("base_country_code"), "DE");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/sims/yours", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/sims", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "sims")), 2);
        assert_int_equal(ask(c, MY_TOKEN, "PUT /v1/products/4711/sims/fleet", "{\"action\":\"deactivate\"}"),
                         200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/sims?perPage=1&page=2", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "sims")), 1);
        assert_int_equal(json_integer_value(json_object_get(json_object_get(told(), "meta"), "total_pages")),
                         2);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/sims?iccid=LEE", NULL), 200);
        assert_int_equal(json_array_size(json_object_get(told(), "sims")), 1);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/sims/data_usage", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/products/4711/sims/fleet/data_usage", NULL), 200);
        assert_string_equal(told_text("iccid"), "fleet");
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/sims/fleet", NULL), 404);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/products/4711/sims/fleet", NULL), 204);
        assert_int_equal(ask(c, MY_TOKEN, "DELETE /v1/products/4711/sims/fleet", NULL), 404);
        assert_int_equal(
                ask(c, MY_TOKEN, "POST /v1/products/4711/sims", "{\"sims\":[\"new\"],\"country\":\"x\"}"),
                400);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_activate),
                cmocka_unit_test(test_still_working),
                cmocka_unit_test(test_failure),
                cmocka_unit_test(test_others),
                cmocka_unit_test(test_deactivate_and_release),
                cmocka_unit_test(test_status),
                cmocka_unit_test(test_product),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
