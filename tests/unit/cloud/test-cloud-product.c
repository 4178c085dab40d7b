/* SPDX-License-Identifier: Apache-2.0 */

/* Products: the request of every verb, and the import's lists - an HTTP 200 in which some, or all, have
 * failed. Also the account's device limit, and asking a device itself. */

#include "cloud/account.h"
#include "cloud/product.h"
#include "proto/base/timer-virtual.h"
#include "tests/unit/cloud/fake-client.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define A "e00fce68000000000000000a"
#define B "e00fce68000000000000000b"
#define C "e00fce68000000000000000c"
#define D "e00fce68000000000000000d"
#define E "e00fce68000000000000000e"
#define F "e00fce68000000000000000f"

static struct {
        unsigned calls;
        struct op *op;
        enum fault fault;
        bool has_result, known, development;
        struct cloud_imports imports;
        struct cloud_limit limit;
        char name[64];
        unsigned id, platform_id;
        size_t n;
} got;

static void on_done(void *userdata, const struct cloud_error *e)
{
        (void)userdata;
        got.calls++;
        got.fault = e->trouble.fault;
        got.op = op_free(got.op);
}

static void on_import(void *userdata, const struct cloud_error *e, const struct cloud_imports *i)
{
        got.has_result = i != NULL;
        if (i)
                got.imports = *i;
        on_done(userdata, e);
}

static void on_product(void *userdata, const struct cloud_error *e, const struct cloud_product *p)
{
        got.has_result = p != NULL;
        if (p) {
                got.id = p->id;
                got.platform_id = p->platform_id;
                (void)snprintf(got.name, sizeof(got.name), "%s", p->name ? p->name : "(null)");
        }
        on_done(userdata, e);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        got.has_result = d != NULL;
        if (d) {
                got.known = d->known;
                got.development = d->development;
        }
        on_done(userdata, e);
}

static void on_devices(void *userdata, const struct cloud_error *e, const struct cloud_device *d, size_t n)
{
        (void)d;
        got.n = n;
        on_done(userdata, e);
}

static void on_limit(void *userdata, const struct cloud_error *e, const struct cloud_limit *l)
{
        got.has_result = l != NULL;
        if (l)
                got.limit = *l;
        on_done(userdata, e);
}

static void expect(const struct fake_row *row)
{
        memset(&got, 0, sizeof(got));
        fake_http_script(row, 1);
}

static void run(int r)
{
        client_run(r, &got.calls);
}

/* imports */
static void every_device_has_its_own_result(void **state)
{
        static const struct fake_row row = {
                "POST",
                "/v1/products/9/devices",
                "{\"ids\":[\"" A "\",\"" B "\",\"" C "\",\"" D "\",\"" E "\",\"" F
                "\"],\"import_sims\":true,\"claim_user\":\"ann@example.org\"}",
                .status = 200,
                .answer = "{\"updated\":1,\"updatedDeviceIds\":[\"E00FCE68000000000000000A\",\"" D
                          "\"],\"existingDeviceIds\":[\"" B "\"],\"nonmemberDeviceIds\":[\"" C
                          "\"],\"invalidDeviceIds\":[\"" D "\",7,null],\"protectedDeviceIds\":[\"" E "\"]}",
        };
        static const char *const ids[] = { A, B, "E00FCE68000000000000000C", D, E, F };
        static const enum cloud_import wanted[] = { IMPORT_ADDED,   IMPORT_EXISTED,   IMPORT_NOT_OWNED,
                                                    IMPORT_INVALID, IMPORT_PROTECTED, IMPORT_UNSAID };

        (void)state;
        expect(&row);
        run(cloud_import(client, 9, ids, ELEMENTSOF(ids), "ann@example.org", true, on_import, NULL,
                         &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_int_equal(got.imports.n, ELEMENTSOF(ids));
        for (size_t i = 0; i < ELEMENTSOF(ids); i++)
                assert_int_equal(got.imports.result[i], wanted[i]);
        for (int i = 0; i <= _IMPORT_MAX; i++)
                assert_true(strlen(cloud_import_text((enum cloud_import)i)) > 10);
}

/* What has become of the devices is read from them. */
static void imports_that_say_nothing(void **state)
{
        static const char *const answers[] = { "", "{}", "{\"updated\":1,\"nonmemberDeviceIds\":[]}" };
        static const char *const ids[] = { A };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(answers); i++) {
                const struct fake_row row = { "POST",
                                              "/v1/products/9/devices",
                                              "{\"ids\":[\"" A "\"],\"import_sims\":false}",
                                              200,
                                              answers[i],
                                              .after_ms = 0 };

                expect(&row);
                run(cloud_import(client, 9, ids, 1, NULL, false, on_import, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_NONE);
                assert_int_equal(got.imports.n, 1);
                assert_int_equal(got.imports.result[0], IMPORT_UNSAID);
        }
}

static void imports_that_fail(void **state)
{
        static const struct {
                int status;
                const char *answer;
                enum fault fault;
        } rows[] = {
                { 404, "{\"ok\":false,\"error\":\"Product not found.\"}", FAULT_CLOUD_NOT_FOUND },
                { 403, "{\"error\":\"Permission Denied\"}", FAULT_CLOUD_REFUSED },
                { 200, "[]", FAULT_CLOUD_ANSWER },
                { 200, "{", FAULT_CLOUD_ANSWER },
        };
        static const char *const ids[] = { A };
        static const char *const bad[] = { "x" };
        struct op *op = NULL;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct fake_row row = { "POST",
                                              "/v1/products/9/devices",
                                              "{\"ids\":[\"" A "\"],\"import_sims\":false}",
                                              rows[i].status,
                                              rows[i].answer,
                                              .after_ms = 0 };

                expect(&row);
                run(cloud_import(client, 9, ids, 1, NULL, false, on_import, NULL, &got.op));
                assert_int_equal(got.fault, rows[i].fault);
                assert_false(got.has_result);
        }
        assert_int_equal(cloud_import(client, 9, bad, 1, NULL, false, on_import, NULL, &op), -EINVAL);
        assert_int_equal(cloud_import(client, 9, ids, 0, NULL, false, on_import, NULL, &op), -EINVAL);
        assert_int_equal(cloud_import(client, 9, ids, 1, "\xff", false, on_import, NULL, &op), -EINVAL);
        assert_int_equal(
                cloud_import(client, 9, ids, PRODUCT_IMPORT_MAX + 1, NULL, false, on_import, NULL, &op),
                -EINVAL);
        assert_null(op);
}

/* members */
static void members_are_changed(void **state)
{
        static const struct fake_row rows[] = {
                { "DELETE", "/v1/products/9/devices/" A, .status = 204 },
                { "DELETE", "/v1/products/9/devices/" A "/owner", .status = 200, .answer = "{\"ok\":true}" },
                { "PUT", "/v1/products/9/devices/" A,
                  "{\"name\":\"n\",\"notes\":\"\",\"development\":false,\"desired_firmware_version\":3,\"groups\":[\"a\","
                  "\"b\"]}",
                  .status = 200, .answer = "{\"id\":\"" A "\",\"updated_at\":\"x\"}" },
                { "PUT", "/v1/products/9/devices/" A, "{\"notes\":\"x\"}", .status = 200,
                  .answer = "{\"id\":\"" B "\"}" },
        };
        static const char *const groups[] = { "a", "b", NULL };
        static const bool no = false;
        static const unsigned version = 3;
        const struct cloud_product_change all = { "n", "", &no, &version, groups };
        struct op *op = NULL;

        (void)state;
        expect(&rows[0]);
        run(cloud_product_remove(client, 9, A, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        expect(&rows[1]);
        run(cloud_product_unclaim(client, 9, A, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        expect(&rows[2]);
        run(cloud_product_set(client, 9, A, &all, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        expect(&rows[3]); /* the answer is about another device */
        run(cloud_product_set(client, 9, A, &(struct cloud_product_change){ .notes = "x" }, on_done, NULL,
                              &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
        assert_int_equal(cloud_product_set(client, 9, A, &(struct cloud_product_change){ .name = "\xff" },
                                           on_done, NULL, &op),
                         -EINVAL);
        assert_int_equal(cloud_product_remove(client, 9, "x", on_done, NULL, &op), -EINVAL);
}

static void members_are_read(void **state)
{
        static const struct fake_row rows[] = {
                { "GET", "/v1/products/9/devices/" A, .status = 200,
                  .answer = "{\"id\":\"" A "\",\"development\":true}" },
                { "GET", "/v1/products/9/devices/" A, .status = 404,
                  .answer = "{\"error\":\"Device not found for this product\"}" },
                { "GET", "/v1/products/9/devices?serialNumber=P046AB", .status = 200,
                  .answer = "{\"devices\":[{\"id\":\"" A
                            "\"}],\"customers\":[],\"meta\":{\"total_pages\":1}}" },
        };

        (void)state;
        expect(&rows[0]);
        run(cloud_product_device(client, 9, A, on_device, NULL, &got.op));
        assert_true(got.known && got.development);
        expect(&rows[1]);
        run(cloud_product_device(client, 9, A, on_device, NULL, &got.op));
        assert_true(got.has_result && !got.known);
        expect(&rows[2]);
        run(cloud_product_find(client, 9, "P046AB", on_devices, NULL, &got.op));
        assert_int_equal(got.n, 1);
}

static void products_come_in_two_shapes(void **state)
{
        static const char *const answers[] = {
                "{\"product\":{\"id\":9,\"name\":\"Tank\",\"platform_id\":12,\"slug\":\"tank\"}}",
                "{\"product\":[{\"id\":9,\"name\":\"Tank\",\"platform_id\":12}]}",
        };
        struct fake_row row = { "GET", "/v1/products/9", .status = 200, .answer = "{\"product\":[]}" };

        (void)state;
        expect(&row);
        run(cloud_product(client, 9, on_product, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
        for (size_t i = 0; i < ELEMENTSOF(answers); i++) {
                row.answer = answers[i];
                expect(&row);
                run(cloud_product(client, 9, on_product, NULL, &got.op));
                assert_int_equal(got.id, 9);
                assert_int_equal(got.platform_id, 12);
                assert_string_equal(got.name, "Tank");
        }
}

/* asking the device itself */
static void devices_are_signalled(void **state)
{
        static const struct fake_row on = {
                "PUT",
                "/v1/devices/" A,
                "{\"signal\":\"1\"}",
                .status = 200,
                .once = true,
                .answer = "{\"id\":\"" A "\",\"connected\":true,\"signaling\":true}"
        };
        static const struct fake_row off = {
                "PUT",
                "/v1/devices/" A,
                "{\"signal\":\"0\"}",
                .status = 500,
                .once = true,
                .answer =
                        "{\"ok\":false,\"code\":500,\"errors\":[{\"error\":\"Timed out, didn't hear back\"}]}",
        };

        (void)state;
        expect(&on);
        run(cloud_signal(client, A, true, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        expect(&off);
        run(cloud_signal(client, A, false, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_DEVICE_OFFLINE);
}

/* the account's limit */
static void the_device_limit_is_read(void **state)
{
        static const struct {
                const char *answer;
                int status;
                enum fault fault;
                struct cloud_limit limit;
        } rows[] = {
                { "{\"data\":[{\"attributes\":{\"agreement_type\":\"developer\",\"current_usage_summary\":"
                  "{\"device_limit_reached\":true},\"pricing_terms\":{\"device\":{\"max_devices\":100}}}}]}",
                  200,
                  FAULT_NONE,
                  { true, true, 100 } },
                { "{\"data\":[{\"attributes\":{\"agreement_type\":\"contract\",\"current_usage_summary\":"
                  "{\"device_limit_reached\":true}}},{\"attributes\":null},7]}",
                  200,
                  FAULT_NONE,
                  { false, false, 0 } },
                { "{}", 404, FAULT_NONE, { false, false, 0 } },
                { "{}", 200, FAULT_CLOUD_ANSWER, { false, false, 0 } },
                { "{\"error\":\"unauthorized\"}", 400, FAULT_TOKEN_SCOPE, { false, false, 0 } },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct fake_row row = { "GET", "/v1/user/service_agreements", .status = rows[i].status,
                                              .answer = rows[i].answer };

                expect(&row);
                run(cloud_limit(client, on_limit, NULL, &got.op));
                assert_int_equal(got.fault, rows[i].fault);
                assert_int_equal(got.limit.known, rows[i].limit.known);
                assert_int_equal(got.limit.reached, rows[i].limit.reached);
                assert_int_equal(got.limit.max_devices, rows[i].limit.max_devices);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_device_has_its_own_result),
                cmocka_unit_test(imports_that_say_nothing),
                cmocka_unit_test(imports_that_fail),
                cmocka_unit_test(members_are_changed),
                cmocka_unit_test(members_are_read),
                cmocka_unit_test(products_come_in_two_shapes),
                cmocka_unit_test(the_device_limit_is_read),
                cmocka_unit_test(devices_are_signalled),
        };

        return cmocka_run_group_tests(tests, client_set_up, client_tear_down);
}
