/* SPDX-License-Identifier: Apache-2.0 */

/* The verbs of a user account against scripted replies on the virtual clock: what is sent, what is made of
 * every answer of cloud.md's matrices, what is tried again and what never is. */

#include "cloud/account.h"
#include "cloud/claim.h"
#include "cloud/client.h"
#include "cloud/device.h"
#include "cloud/lookup.h"
#include "cloud/product.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cloud/fake-client.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ID     "e00fce681fffffffffc08949"
#define SERIAL "ARGHAB123456789"

/* what a callback said */
static struct {
        unsigned calls;
        struct op *op; /* freed inside the callback, as owners do */
        enum fault fault;
        int status;
        bool unsure;
        unsigned retry_after_s;
        char cause[512], request_id[64];
        char user[64], client[64], scope[64], id[64], name[64], owner[64], iccid[64], secret[128], os[32];
        bool has_result, api_user, known, online, transfer;
        int64_t time_s;
        unsigned platform_id, product_id;
        size_t n;
} got;

static const char *text(const char *t)
{
        return t ? t : "(null)";
}

static void note(const struct cloud_error *e, const void *result)
{
        got.calls++;
        got.fault = e->trouble.fault;
        got.status = e->status;
        got.unsure = e->unsure;
        got.retry_after_s = e->retry_after_s;
        (void)snprintf(got.cause, sizeof(got.cause), "%s", e->trouble.cause);
        (void)snprintf(got.request_id, sizeof(got.request_id), "%s", text(e->request_id));
        got.has_result = result != NULL;
        got.op = op_free(got.op);
}

static void on_account(void *userdata, const struct cloud_error *e, const struct cloud_account *a)
{
        (void)userdata;
        if (a) {
                got.api_user = a->api_user;
                got.time_s = a->token_expires_s;
                got.n = a->n_scopes;
                (void)snprintf(got.user, sizeof(got.user), "%s", text(a->user));
                (void)snprintf(got.client, sizeof(got.client), "%s", text(a->client));
                (void)snprintf(got.scope, sizeof(got.scope), "%s", a->n_scopes ? a->scopes[0] : "");
        }
        note(e, a);
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *s)
{
        (void)userdata;
        if (s) {
                (void)snprintf(got.id, sizeof(got.id), "%s", s->device_id);
                (void)snprintf(got.iccid, sizeof(got.iccid), "%s", text(s->iccid));
                (void)snprintf(got.secret, sizeof(got.secret), "%s",
                               s->mobile_secret ? secret_text(s->mobile_secret) : "(null)");
                got.platform_id = s->platform_id;
        }
        note(e, s);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        (void)userdata;
        if (d) {
                got.known = d->known;
                got.online = d->online;
                got.time_s = d->last_handshake_s;
                got.platform_id = d->platform_id;
                got.product_id = d->product_id;
                (void)snprintf(got.name, sizeof(got.name), "%s", text(d->name));
                (void)snprintf(got.owner, sizeof(got.owner), "%s", text(d->owner));
                (void)snprintf(got.os, sizeof(got.os), "%s", text(d->os_version));
        }
        note(e, d);
}

static void on_devices(void *userdata, const struct cloud_error *e, const struct cloud_device *d, size_t n)
{
        (void)userdata;
        got.n = n;
        if (n)
                (void)snprintf(got.id, sizeof(got.id), "%s", d[n - 1].id);
        note(e, d);
}

static void on_code(void *userdata, const struct cloud_error *e, const struct secret *code)
{
        (void)userdata;
        (void)snprintf(got.secret, sizeof(got.secret), "%s", code ? secret_text(code) : "(null)");
        note(e, code);
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *c)
{
        (void)userdata;
        if (c) {
                got.transfer = c->transfer_requested;
                got.online = c->online;
        }
        note(e, c);
}

static void on_done(void *userdata, const struct cloud_error *e)
{
        (void)userdata;
        note(e, NULL);
}

static void run(int r)
{
        client_run(r, &got.calls);
}

#define SCRIPT(...)                                                                                         \
        static const struct fake_row script[] = { __VA_ARGS__ };                                            \
        memset(&got, 0, sizeof(got));                                                                       \
        fake_http_script(script, ELEMENTSOF(script))

/* life */
static void configuration_is_checked(void **state)
{
        _cleanup_(secret_freep) struct secret *token = NULL;
        struct cloud_client *c = NULL;

        (void)state;
        assert_int_equal(secret_new("two words", 9, &token), 0);
        assert_int_equal(cloud_client_new(&(struct cloud_config){ .url = "http://x" }, &c), -EINVAL);
        assert_int_equal(cloud_client_new(&(struct cloud_config){ .token = token }, &c), -EBADMSG);
        assert_int_equal(cloud_client_new(&(struct cloud_config){ .ca_file = "/nowhere" }, &c), -ENOENT);
        assert_null(c);
}

/* account */
#define TOKEN_GET "GET", "/v1/access_tokens/current"
#define USER_GET  "GET", "/v1/user"

static void account_is_put_together(void **state)
{
        SCRIPT({ TOKEN_GET, .status = 200,
                 .answer = "{\"expires_at\":\"2026-03-01T00:00:00.000Z\",\"client_id\":\"particle-cli\","
                           "\"scopes\":[\"*:*\"],\"orgs\":[]}",
                 .after_ms = 10 },
               { USER_GET, .status = 200, .answer = "{\"username\":\"ann@example.org\"}" });
        (void)state;
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_string_equal(got.user, "ann@example.org");
        assert_string_equal(got.client, "particle-cli");
        assert_string_equal(got.scope, "*:*");
        assert_int_equal(got.time_s, 1772323200);
        assert_false(got.api_user);
}

/* Hundred times in five minutes is the limit: who asks for each of many devices asks once. */
static void account_keeps_what_the_token_is(void **state)
{
        SCRIPT({ TOKEN_GET, .status = 200, .answer = "{\"client_id\":\"p\",\"scopes\":[]}" },
               { USER_GET, .status = 200, .answer = "{\"username\":\"ann\"}" },
               { USER_GET, .status = 200, .answer = "{\"username\":\"ann\"}" },
               { USER_GET, .status = 200, .answer = "{\"username\":\"ann\"}" },
               { TOKEN_GET, .status = 200, .answer = "{\"client_id\":\"q\",\"scopes\":[]}" },
               { USER_GET, .status = 401, .answer = "{\"error\":\"invalid_token\"}" });
        (void)state;
        for (int i = 0; i < 3; i++) {
                run(cloud_account(client, on_account, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_NONE);
                assert_string_equal(got.client, "p");
                assert_string_equal(got.user, "ann");
                memset(&got, 0, sizeof(got));
        }
        timer_virtual_advance(300000);
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_TOKEN_INVALID);
}

static void account_of_an_api_user_has_no_name(void **state)
{
        SCRIPT({ TOKEN_GET, .status = 200,
                 .answer = "{\"expires_at\":null,\"client\":\"p\",\"scopes\":[\"devices:get\"]}" },
               { USER_GET, .status = 400,
                 .answer =
                         "{\"error\":\"unauthorized\",\"error_description\":\"API users are not allowed to call "
                         "this endpoint\"}" });
        (void)state;
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(got.api_user);
        assert_int_equal(got.time_s, 0);
        assert_string_equal(got.user, "(null)");
}

static void account_works_without_token_info(void **state)
{
        SCRIPT({ TOKEN_GET, .status = 404, .answer = "{}" },
               { USER_GET, .status = 200, .answer = "{\"username\":\"ann\"}", .after_ms = 5 });
        (void)state;
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_string_equal(got.user, "ann");
}

static void account_tells_bad_tokens(void **state)
{
        static const struct {
                struct fake_row rows[2];
                enum fault fault;
        } cases[] = {
                { { { TOKEN_GET, .status = 401,
                      .answer = "{\"error\":\"invalid_token\",\"error_description\":"
                                "\"The access token provided is invalid.\"}" },
                    { USER_GET, .status = 401, .answer = "{}" } },
                  FAULT_TOKEN_INVALID },
                { { { TOKEN_GET, .status = 404, .answer = "{}" },
                    { USER_GET, .status = 401,
                      .answer = "{\"error\":\"invalid_token\",\"error_description\":"
                                "\"The access token provided has expired.\"}" } },
                  FAULT_TOKEN_EXPIRED },
                { { { TOKEN_GET, .status = 200, .answer = "{\"expires_at\":\"2025-12-31T23:59:59Z\"}" },
                    { USER_GET, .status = 200, .answer = "{\"username\":\"ann\"}" } },
                  FAULT_TOKEN_EXPIRED },
                { { { TOKEN_GET, .status = 404, .answer = "{\"error\":\"Unauthorized\"}" },
                    { USER_GET, .status = 403, .answer = "{\"error\":\"Unauthorized\"}" } },
                  FAULT_TOKEN_SCOPE },
                { { { TOKEN_GET, .status = 401, .answer = "{\"error\":\"Unauthorized\"}" },
                    { USER_GET, .status = 401, .answer = "{\"error\":\"Unauthorized\"}" } },
                  FAULT_TOKEN_INVALID },
                { { { TOKEN_GET, .status = 200, .answer = "{}" },
                    { USER_GET, .status = 200, .answer = "<html>hotel</html>" } },
                  FAULT_CLOUD_ANSWER },
                { { { TOKEN_GET, .status = 200, .answer = "[]" },
                    { USER_GET, .status = 200, .answer = "{\"username\":\"ann\"}" } },
                  FAULT_CLOUD_ANSWER },
                { { { TOKEN_GET, .failure = HTTP_UNTRUSTED }, { USER_GET, .failure = HTTP_UNTRUSTED } },
                  FAULT_CLOUD_UNREACHABLE },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                memset(&got, 0, sizeof(got));
                fake_http_script(cases[i].rows, 2);
                run(cloud_account(client, on_account, NULL, &got.op));
                assert_int_equal(got.fault, cases[i].fault);
                assert_false(got.has_result);
        }
}

/* serial numbers */
static void serial_is_read_in_both_spellings(void **state)
{
        SCRIPT({ "GET", "/v1/serial_numbers/" SERIAL, .status = 200,
                 .answer = "{\"ok\":true,\"deviceID\":\"E00FCE681FFFFFFFFFC08949\",\"iccid\":\"8934\"}" },
               { "GET", "/v1/serial_numbers/" SERIAL "?mobile_secret=AB%2F%2BC", .status = 200,
                 .answer = "{\"device_id\":\"" ID "\",\"iccid\":null,\"platform_id\":12,"
                           "\"mobile_secret\":\"ABCDEFGHIJKLMNO\"}" });
        _cleanup_(secret_freep) struct secret *partial = NULL;

        (void)state;
        run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_string_equal(got.id, ID);
        assert_string_equal(got.iccid, "8934");
        assert_string_equal(got.secret, "(null)");
        assert_int_equal(secret_new("AB/+C", 5, &partial), 0);
        got.calls = 0;
        run(cloud_serial(client, SERIAL, partial, true, on_serial, NULL, &got.op));
        assert_string_equal(got.id, ID);
        assert_int_equal(got.platform_id, 12);
        assert_string_equal(got.secret, "ABCDEFGHIJKLMNO");
}

static void serial_failures(void **state)
{
        SCRIPT({ "GET", "/v1/serial_numbers/" SERIAL, .status = 404, .answer = "{\"error\":\"no\"}" },
               { "GET", "/v1/serial_numbers/" SERIAL, .status = 200,
                 .answer = "{\"ok\":true,\"deviceID\":\"12\"}" });
        struct op *op = NULL;

        (void)state;
        run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
        got.calls = 0;
        run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
        assert_int_equal(cloud_serial(client, "../user", NULL, true, on_serial, NULL, &op), -EINVAL);
        assert_int_equal(cloud_serial(client, "", NULL, true, on_serial, NULL, &op), -EINVAL);
        assert_null(op);
}

static void serial_lookups_stay_within_the_hour(void **state)
{
        struct fake_row rows[46];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                rows[i] = (struct fake_row){ "GET", "/v1/serial_numbers/" SERIAL, .status = 404,
                                             .answer = "{}" };
        fake_http_script(rows, ELEMENTSOF(rows));
        for (int i = 0; i < 46; i++) {
                memset(&got, 0, sizeof(got));
                run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        }
        assert_int_equal(got.fault, FAULT_CLOUD_BUSY);
        assert_int_equal(fake_http_made(), 45);
        assert_true(got.retry_after_s > 3500 && got.retry_after_s <= 3600);
        timer_virtual_advance(3600000);
        memset(&got, 0, sizeof(got));
        run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
}

static void one_refused_lookup_speaks_for_the_next(void **state)
{
        SCRIPT({ "GET", "/v1/serial_numbers/" SERIAL, .status = 429, .retry_after_s = 600 },
               { "GET", "/v1/serial_numbers/" SERIAL, .status = 404, .answer = "{}" });

        (void)state;
        for (int i = 0; i < 3; i++) {
                got.calls = 0;
                run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_CLOUD_BUSY);
                assert_in_range(got.retry_after_s, 540, 600);
                timer_virtual_advance(1000);
        }
        assert_int_equal(fake_http_made(), 1);
        timer_virtual_advance(600000);
        got.calls = 0;
        run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
}

/* devices */
#define DEVICE_GET "GET", "/v1/devices/" ID

static void device_is_read(void **state)
{
        SCRIPT({ DEVICE_GET, .status = 200,
                 .answer =
                         "{\"id\":\"" ID "\",\"name\":\"shed\",\"owner\":\"ann\",\"platform_id\":12,"
                         "\"product_id\":12,\"online\":true,\"last_handshake_at\":\"2026-01-01T00:00:10.5Z\","
                         "\"system_firmware_version\":\"6.2.0\"}" },
               { DEVICE_GET, .status = 200,
                 .answer = "{\"id\":\"" ID "\",\"connected\":true,\"product_id\":12345,\"owner\":null}" });
        (void)state;
        run(cloud_device(client, "E00FCE681FFFFFFFFFC08949", on_device, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(got.known && got.online);
        assert_string_equal(got.name, "shed");
        assert_string_equal(got.owner, "ann");
        assert_string_equal(got.os, "6.2.0");
        assert_int_equal(got.product_id, 0);
        assert_int_equal(got.time_s, 1767225610);
        got.calls = 0;
        run(cloud_device(client, ID, on_device, NULL, &got.op));
        assert_true(got.known && got.online);
        assert_int_equal(got.product_id, 12345);
        assert_string_equal(got.owner, "(null)");
}

static void device_not_visible_is_no_failure(void **state)
{
        SCRIPT({ DEVICE_GET, .status = 403, .answer = "{\"error\":\"Permission Denied\"}" },
               { DEVICE_GET, .status = 404, .answer = "{}" },
               { DEVICE_GET, .status = 403, .answer = "<html>blocked by policy</html>" },
               { DEVICE_GET, .status = 200, .answer = "{\"id\":\"e00fce681fffffffffc00000\"}" },
               { DEVICE_GET, .status = 200, .answer = "{\"id\":\"" ID "\",\"na" },
               { DEVICE_GET, .status = 200 });
        (void)state;
        for (int i = 0; i < 2; i++) {
                memset(&got, 0, sizeof(got));
                run(cloud_device(client, ID, on_device, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_NONE);
                assert_true(got.has_result && !got.known);
        }
        for (int i = 0; i < 4; i++) {
                got.calls = 0;
                run(cloud_device(client, ID, on_device, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
                assert_false(got.has_result);
        }
}

static void device_ids_are_checked(void **state)
{
        static const char *const bad[] = { "", "12", "e00fce681fffffffffc0894z", ID "0",
                                           "e00fce681fffffffffc089/9" };
        struct op *op = NULL;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                assert_int_equal(cloud_device(client, bad[i], on_device, NULL, &op), -EINVAL);
                assert_int_equal(cloud_claim(client, bad[i], false, on_claim, NULL, &op), -EINVAL);
                assert_int_equal(cloud_rename(client, bad[i], "x", on_done, NULL, &op), -EINVAL);
                assert_int_equal(cloud_unclaim(client, bad[i], on_done, NULL, &op), -EINVAL);
        }
        assert_int_equal(cloud_rename(client, ID, "", on_done, NULL, &op), -EINVAL);
        assert_int_equal(cloud_rename(client, ID, "\xff", on_done, NULL, &op), -EINVAL);
        assert_null(op);
}

static void devices_are_listed(void **state)
{
        SCRIPT({ "GET", "/v1/products/9/devices?serialNumber=P0", .status = 200,
                 .answer = "[{\"id\":null},{\"id\":\"a\"},7,{\"id\":\"" ID "\"}]" },
               { "GET", "/v1/products/9/devices?serialNumber=P0", .status = 200,
                 .answer = "{\"ok\":true}" });
        (void)state;
        run(cloud_product_find(client, 9, "P0", on_devices, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_int_equal(got.n, 2);
        assert_string_equal(got.id, ID);
        got.calls = 0;
        run(cloud_product_find(client, 9, "P0", on_devices, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
}

static void changes_are_sent_and_confirmed(void **state)
{
        SCRIPT({ "PUT", "/v1/devices/" ID, "{\"name\":\"a \\\"b\\\"\"}", .status = 200,
                 .answer = "{\"name\":\"a \\\"b\\\"\",\"id\":\"" ID "\"}" },
               { "DELETE", "/v1/devices/" ID, .status = 200, .answer = "{\"ok\":true}" },
               { "DELETE", "/v1/devices/" ID, .status = 204 },
               { "DELETE", "/v1/devices/" ID, .status = 403, .answer = "{\"error\":\"Permission Denied\"}" },
               { "DELETE", "/v1/devices/" ID, .status = 200, .answer = "<html>portal</html>" });
        static const enum fault faults[] = { FAULT_NONE, FAULT_NONE, FAULT_CLOUD_NOT_FOUND,
                                             FAULT_CLOUD_ANSWER };

        (void)state;
        run(cloud_rename(client, ID, "a \"b\"", on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        for (size_t i = 0; i < ELEMENTSOF(faults); i++) {
                got.calls = 0;
                run(cloud_unclaim(client, ID, on_done, NULL, &got.op));
                assert_int_equal(got.fault, faults[i]);
        }
}

/* claiming */
#define CLAIM_POST "POST", "/v1/devices", "{\"id\":\"" ID "\"}"

static void claim_code_comes_as_a_secret(void **state)
{
        SCRIPT({ "POST", "/v1/device_claims", "{}", .status = 200,
                 .answer = "{\"claim_code\":\"abc/+1\",\"device_ids\":[]}" },
               { "POST", "/v1/products/123/device_claims", "{}", .status = 200,
                 .answer = "{\"claim_code\":\"p\"}" },
               { "POST", "/v1/device_claims", "{}", .status = 200,
                 .answer =
                         "{\"claim_code\":\"0123456789012345678901234567890123456789012345678901234567890123\"}" },
               { "POST", "/v1/device_claims", "{}", .status = 404, .answer = "{}" });
        (void)state;
        run(cloud_claim_code(client, 0, on_code, NULL, &got.op));
        assert_string_equal(got.secret, "abc/+1");
        got.calls = 0;
        run(cloud_claim_code(client, 123, on_code, NULL, &got.op));
        assert_string_equal(got.secret, "p");
        got.calls = 0;
        run(cloud_claim_code(client, 0, on_code, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
        assert_false(got.has_result);
        got.calls = 0;
        run(cloud_claim_code(client, 0, on_code, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
}

static void claim_matrix(void **state)
{
        static const struct {
                struct fake_row row;
                enum fault fault;
                bool transfer, unsure;
        } cases[] = {
                { .row = { CLAIM_POST, .status = 200,
                           .answer =
                                   "{\"user_id\":\"u\",\"id\":\"" ID "\",\"connected\":true,\"ok\":true}" },
                  .fault = FAULT_NONE },
                { .row = { CLAIM_POST, .status = 200, .answer = "{\"ok\":true}" }, .fault = FAULT_NONE },
                { .row = { CLAIM_POST, .status = 200, .answer = "{\"ok\":true,\"transfer_id\":\"7\"}" },
                  .fault = FAULT_NONE,
                  .transfer = true },
                { .row = { CLAIM_POST, .status = 200, .answer = "{\"ok\":false,\"errors\":[\"x\"]}" },
                  .fault = FAULT_CLAIM_REFUSED },
                { .row = { CLAIM_POST, .status = 200, .answer = "{\"ok\":true,\"id\":\"somebody\"}" },
                  .fault = FAULT_CLOUD_ANSWER,
                  .unsure = true },
                { .row = { CLAIM_POST, .status = 200, .answer = "" },
                  .fault = FAULT_CLOUD_ANSWER,
                  .unsure = true },
                { .row = { CLAIM_POST, .status = 200, .answer = "{}" },
                  .fault = FAULT_CLOUD_ANSWER,
                  .unsure = true },
                { .row = { CLAIM_POST, .status = 404,
                           .answer = "{\"ok\":false,\"errors\":[[\"Core isn't online\",404]]}" },
                  .fault = FAULT_CLAIM_OFFLINE },
                { .row = { CLAIM_POST, .status = 404,
                           .answer = "{\"ok\":false,\"errors\":[\"device does not exist\"]}" },
                  .fault = FAULT_CLOUD_NOT_FOUND },
                { .row = { CLAIM_POST, .status = 403,
                           .answer = "{\"errors\":[\"That belongs to someone else.\"]}" },
                  .fault = FAULT_CLAIM_FOREIGN },
                { .row = { CLAIM_POST, .status = 400, .answer = "{\"error\":\"unauthorized\"}" },
                  .fault = FAULT_TOKEN_SCOPE },
                { .row = { CLAIM_POST, .status = 500, .answer = "{}" },
                  .fault = FAULT_CLOUD_SERVER,
                  .unsure = true },
                { .row = { CLAIM_POST, .status = 504, .answer = "" },
                  .fault = FAULT_CLOUD_SERVER,
                  .unsure = true },
                { .row = { CLAIM_POST, .failure = HTTP_LOST },
                  .fault = FAULT_CLOUD_UNREACHABLE,
                  .unsure = true },
                { .row = { CLAIM_POST, .failure = HTTP_TIMED_OUT },
                  .fault = FAULT_CLOUD_UNREACHABLE,
                  .unsure = true },
                { .row = { CLAIM_POST, .failure = HTTP_UNTRUSTED }, .fault = FAULT_CLOUD_UNREACHABLE },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct fake_row row = cases[i].row;

                row.once = true;
                memset(&got, 0, sizeof(got));
                fake_http_script(&row, 1);
                run(cloud_claim(client, ID, false, on_claim, NULL, &got.op));
                if (got.fault != cases[i].fault || got.unsure != cases[i].unsure)
                        fail_msg("row %zu: %s, unsure %d", i, fault_info(got.fault)->key, got.unsure);
                assert_int_equal(got.has_result, got.fault == FAULT_NONE);
                assert_int_equal(got.transfer, cases[i].transfer);
        }
}

static void transfer_is_asked_for_by_name(void **state)
{
        SCRIPT({ "POST", "/v1/devices", "{\"id\":\"" ID "\",\"request_transfer\":true}", .status = 200,
                 .answer = "{\"ok\":true,\"transfer_id\":\"7\"}", .once = true });
        (void)state;
        run(cloud_claim(client, ID, true, on_claim, NULL, &got.op));
        assert_true(got.transfer);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(configuration_is_checked, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(account_is_put_together, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(account_keeps_what_the_token_is, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(account_of_an_api_user_has_no_name, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(account_works_without_token_info, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(account_tells_bad_tokens, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(serial_is_read_in_both_spellings, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(serial_failures, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(serial_lookups_stay_within_the_hour, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(one_refused_lookup_speaks_for_the_next, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(device_is_read, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(device_not_visible_is_no_failure, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(device_ids_are_checked, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(devices_are_listed, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(changes_are_sent_and_confirmed, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(claim_code_comes_as_a_secret, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(claim_matrix, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(transfer_is_asked_for_by_name, client_set_up,
                                                client_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
