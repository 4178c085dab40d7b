/* SPDX-License-Identifier: Apache-2.0 */

/* Calls: what is tried again and what never is, pauses and patience, the budget of requests, and that a
 * dropped operation leaves nothing behind. */

#include "cloud/account.h"
#include "cloud/budget.h"
#include "cloud/claim.h"
#include "cloud/client.h"
#include "cloud/device.h"
#include "cloud/lookup.h"
#include "cloud/retry.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cloud/fake-client.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ID         "e00fce681fffffffffc08949"
#define DEVICE_GET "GET", "/v1/devices/" ID
#define CLAIM_POST "POST", "/v1/devices", "{\"id\":\"" ID "\"}"
#define TOKEN_GET  "GET", "/v1/access_tokens/current"
#define USER_GET   "GET", "/v1/user"

static struct {
        unsigned calls;
        enum fault fault;
        bool unsure;
        unsigned retry_after_s;
        char cause[512], request_id[64];
} got;

static struct op *op;

static void note(const struct cloud_error *e)
{
        got.calls++;
        got.fault = e->trouble.fault;
        got.unsure = e->unsure;
        got.retry_after_s = e->retry_after_s;
        (void)snprintf(got.cause, sizeof(got.cause), "%s", e->trouble.cause);
        (void)snprintf(got.request_id, sizeof(got.request_id), "%s", e->request_id ? e->request_id : "");
        op = op_free(op);
}

static void on_account(void *userdata, const struct cloud_error *e, const struct cloud_account *a)
{
        (void)userdata;
        (void)a;
        note(e);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        (void)userdata;
        (void)d;
        note(e);
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *c)
{
        (void)userdata;
        (void)c;
        note(e);
}

static void run(int r)
{
        client_run(r, &got.calls);
}

#define SCRIPT(...)                                                                                         \
        static const struct fake_row script[] = { __VA_ARGS__ };                                            \
        memset(&got, 0, sizeof(got));                                                                       \
        fake_http_script(script, ELEMENTSOF(script))

/* trying again */
static void what_passes_by_itself_is_tried_again(void **state)
{
        SCRIPT({ DEVICE_GET, .failure = HTTP_UNSENT }, { DEVICE_GET, .status = 502, .answer = "<html>" },
               { DEVICE_GET, .status = 503 }, { DEVICE_GET, .failure = HTTP_LOST },
               { DEVICE_GET, .status = 200, .answer = "{\"id\":\"" ID "\"}" });
        uint64_t start = timer_now_ms();

        (void)state;
        run(cloud_device(client, ID, on_device, NULL, &op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_int_equal(fake_http_made(), 5);
        /* 1 + 2 + 4 + 8 s, each spread by a quarter */
        assert_in_range(timer_now_ms() - start, 11250, 18750);
}

static void a_claim_is_tried_again_only_untouched(void **state)
{
        SCRIPT({ CLAIM_POST, .failure = HTTP_UNSENT, .once = true },
               { CLAIM_POST, .status = 503, .once = true }, { CLAIM_POST, .status = 429, .once = true },
               { CLAIM_POST, .status = 500, .once = true });
        (void)state;
        run(cloud_claim(client, ID, false, on_claim, NULL, &op));
        assert_int_equal(fake_http_made(), 4);
        assert_int_equal(got.fault, FAULT_CLOUD_SERVER);
        assert_true(got.unsure);
}

static void retry_after_is_kept(void **state)
{
        SCRIPT({ DEVICE_GET, .status = 429, .retry_after_s = 30 },
               { DEVICE_GET, .status = 404, .answer = "{}" });
        uint64_t start = timer_now_ms();

        (void)state;
        run(cloud_device(client, ID, on_device, NULL, &op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(fake_http_last_ms() - start >= 30000);
}

static void patience_ends(void **state)
{
        SCRIPT({ DEVICE_GET, .status = 529, .retry_after_s = 61, .request_id = "r-1" });
        uint64_t start = timer_now_ms();

        (void)state;
        run(cloud_device(client, ID, on_device, NULL, &op));
        assert_int_equal(got.fault, FAULT_CLOUD_BUSY);
        assert_int_equal(got.retry_after_s, 61);
        assert_string_equal(got.request_id, "r-1");
        assert_non_null(strstr(got.cause, "r-1"));
        assert_true(timer_now_ms() - start < 100);
}

/* Nobody was ever there: that is told soon. */
#define UNSENT                                                                                              \
        {                                                                                                   \
                DEVICE_GET, .failure = HTTP_UNSENT                                                          \
        }

static void a_server_that_was_never_reached(void **state)
{
        SCRIPT(UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT);
        uint64_t start = timer_now_ms();

        (void)state;
        run(cloud_device(client, ID, on_device, NULL, &op));
        assert_int_equal(got.fault, FAULT_CLOUD_UNREACHABLE);
        assert_in_range(fake_http_made(), 4, 5);
        assert_in_range(timer_now_ms() - start, 5000, CLOUD_REACH_MS - 1);
}

/* Somebody was: he may come back. */
static void a_server_that_was_reached_before(void **state)
{
        SCRIPT({ DEVICE_GET, .status = 404, .answer = "{}" }, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT, UNSENT,
               UNSENT, UNSENT);
        uint64_t start;

        (void)state;
        run(cloud_device(client, ID, on_device, NULL, &op));
        got.calls = 0;
        start = timer_now_ms();
        run(cloud_device(client, ID, on_device, NULL, &op));
        assert_int_equal(got.fault, FAULT_CLOUD_UNREACHABLE);
        assert_in_range(timer_now_ms() - start, CLOUD_PATIENCE_MS / 3, CLOUD_PATIENCE_MS - 1);
}

static void dropping_the_operation_drops_everything(void **state)
{
        SCRIPT({ DEVICE_GET, .after_ms = FAKE_NEVER }, { DEVICE_GET, .status = 503 },
               { TOKEN_GET, .after_ms = FAKE_NEVER }, { USER_GET, .after_ms = FAKE_NEVER });

        (void)state;
        assert_int_equal(cloud_device(client, ID, on_device, NULL, &op), 0); /* under way */
        assert_int_equal(fake_http_open(), 1);
        op = op_free(op);
        assert_int_equal(cloud_device(client, ID, on_device, NULL, &op), 0); /* in the pause */
        timer_virtual_advance(100);
        assert_int_equal(fake_http_open(), 0);
        assert_int_equal(timer_virtual_pending(), 1);
        op = op_free(op);
        assert_int_equal(cloud_account(client, on_account, NULL, &op), 0); /* two at once */
        op = op_free(op);
        assert_int_equal(fake_http_open(), 0);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_int_equal(got.calls, 0);
}

static void the_token_is_never_in_the_cause(void **state)
{
        SCRIPT({ DEVICE_GET, .status = 401, .answer = "{\"error\":\"bad token t0ken-t0ken!\"}",
                 .request_id = "r-t0ken-t0ken" });
        (void)state;
        run(cloud_device(client, ID, on_device, NULL, &op));
        assert_int_equal(got.fault, FAULT_TOKEN_INVALID);
        assert_null(strstr(got.cause, "t0ken-t0ken"));
        assert_non_null(strstr(got.cause, "bad token ***********!"));
        assert_string_equal(got.request_id, "r-***********");
}

/* what is known already */
static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *s)
{
        (void)userdata;
        if (s)
                (void)snprintf(got.cause, sizeof(got.cause), "%s %u %s", s->device_id, s->platform_id,
                               s->iccid ? s->iccid : "-");
        got.calls++;
        got.fault = e->trouble.fault;
        op = op_free(op);
}

static void a_serial_number_is_asked_once(void **state)
{
        static const struct fake_row rows[] = {
                { "GET", "/v1/serial_numbers/P1", .status = 200,
                  .answer = "{\"deviceID\":\"" ID "\",\"iccid\":\"8934\",\"platform_id\":13}" },
                { "GET", "/v1/serial_numbers/P1?mobile_secret=AB", .status = 200,
                  .answer = "{\"deviceID\":\"" ID "\",\"mobile_secret\":\"ABC\"}" },
                { "GET", "/v1/serial_numbers/P2", .status = 404, .answer = "{}" },
                { "GET", "/v1/serial_numbers/P2", .status = 404, .answer = "{}" },
        };
        _cleanup_(secret_freep) struct secret *partial = NULL, *token = NULL;
        char path[] = "/tmp/test-cloud-call-XXXXXX";
        int fd = mkstemp(path);

        (void)state;
        assert_true(fd >= 0);
        assert_int_equal(close(fd), 0);
        client = cloud_client_free(client);
        assert_int_equal(secret_new("t0ken-t0ken", 11, &token), 0);
        assert_int_equal(secret_new("AB", 2, &partial), 0);
        assert_int_equal(
                cloud_client_new(
                        &(struct cloud_config){ .url = FAKE_URL, .token = token, .serials_file = path },
                        &client),
                0);
        fake_http_script(rows, ELEMENTSOF(rows));
        for (int i = 0; i < 100; i++) {
                memset(&got, 0, sizeof(got));
                run(cloud_serial(client, "P1", NULL, true, on_serial, NULL, &op));
                assert_int_equal(got.fault, FAULT_NONE);
                assert_string_equal(got.cause, ID " 13 8934");
        }
        assert_int_equal(fake_http_made(), 1);
        got.calls = 0;
        run(cloud_serial(client, "P1", partial, true, on_serial, NULL, &op)); /* a secret is never kept */
        for (int i = 0; i < 2; i++) { /* nor that something is unknown */
                got.calls = 0;
                run(cloud_serial(client, "P2", NULL, true, on_serial, NULL, &op));
                assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
        }
        assert_int_equal(fake_http_made(), 4);
        assert_int_equal(unlink(path), 0);
}

/* the budget */
static void no_window_holds_more_than_the_limit(void **state)
{
        static const struct {
                enum budget_class which;
                unsigned limit;
                uint64_t window_ms;
        } rows[] = {
                { BUDGET_ANY, 10000, 300000 },  { BUDGET_SIGN_IN, 100, 300000 },
                { BUDGET_TOKENS, 100, 300000 }, { BUDGET_EVENTS, 100, 300000 },
                { BUDGET_SERIAL, 50, 3600000 },
        };
        static uint64_t taken[40000];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct budget b;
                uint64_t now = 5, end = 5 + 3 * rows[i].window_ms, wait;
                size_t n = 0, first = 0;

                budget_init(&b, now);
                while (now < end) { /* as fast as it lets us */
                        wait = budget_take(&b, rows[i].which, now);
                        if (wait == 0)
                                taken[n++] = now;
                        now += wait;
                        while (first < n && taken[first] + rows[i].window_ms <= now)
                                first++;
                        assert_true(n - first <= rows[i].limit);
                }
                assert_true(n > 2 * rows[i].limit * 9 / 10); /* and it is not stingy */
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_passes_by_itself_is_tried_again, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(a_claim_is_tried_again_only_untouched, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(retry_after_is_kept, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(patience_ends, client_set_up, client_tear_down),
                cmocka_unit_test_setup_teardown(a_server_that_was_never_reached, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(a_server_that_was_reached_before, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(dropping_the_operation_drops_everything, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(the_token_is_never_in_the_cause, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(a_serial_number_is_asked_once, client_set_up,
                                                client_tear_down),
                cmocka_unit_test_setup_teardown(no_window_holds_more_than_the_limit, client_set_up,
                                                client_tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
