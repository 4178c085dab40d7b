/* SPDX-License-Identifier: Apache-2.0 */

/* SIM cards: states out of what the cloud says, and the activation through every kind of answer, hours of it
 * in no time. */

#include "cloud/sim.h"
#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "tests/unit/cloud/fake-client.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ICCID     "8934076500002589174"
#define LOOK      "GET", "/v1/sims/" ICCID
#define ASK       "PUT", "/v1/sims/" ICCID, "{\"action\":\"activate\",\"country\":\"DE\"}", .once = true
#define ASK_AGAIN "PUT", "/v1/sims/" ICCID, "{\"action\":\"reactivate\"}", .once = true
#define P_LOOK    "GET", "/v1/products/9/sims/" ICCID
#define P_IMPORT  "POST", "/v1/products/9/sims", "{\"sims\":[\"" ICCID "\"],\"country\":\"DE\"}", .once = true

#define NEW      .status = 200, .answer = "{\"_id\":\"" ICCID "\",\"status\":\"never_before_activated\"}"
#define INACTIVE .status = 200, .answer = "{\"_id\":\"" ICCID "\",\"status\":\"inactive_user_deactivated\"}"
#define ACTIVE   .status = 200, .answer = "{\"_id\":\"" ICCID "\",\"status\":\"active\"}"
#define WORKING                                                                                             \
        .status = 200, .answer = "{\"_id\":\"" ICCID                                                        \
                                 "\",\"status\":\"inactive\",\"last_status_change_action\":\"activate\","   \
                                 "\"state_change_in_progress\":true}"
#define FAILED_AT(t)                                                                                        \
        .status = 200,                                                                                      \
        .answer = "{\"_id\":\"" ICCID                                                                       \
                  "\",\"status\":\"inactive\",\"last_status_change_action\":\"activate\","                  \
                  "\"state_change_in_progress\":false,\"last_status_change_action_error\":\"yes\","         \
                  "\"last_status_change_action_on\":\"" t "\"}"

static struct {
        unsigned calls;
        struct op *op;
        enum fault fault;
        bool has_result;
        enum cloud_sim_state state;
        struct cloud_sim_outcome outcome;
        char status[64], cause[512];
        unsigned activations;
} got;

static void on_done(void *userdata, const struct cloud_error *e)
{
        (void)userdata;
        got.calls++;
        got.fault = e->trouble.fault;
        (void)snprintf(got.cause, sizeof(got.cause), "%s", e->trouble.cause);
        got.op = op_free(got.op);
}

static void on_sim(void *userdata, const struct cloud_error *e, const struct cloud_sim *s)
{
        got.has_result = s != NULL;
        if (s) {
                got.state = s->state;
                got.activations = s->activations;
                (void)snprintf(got.status, sizeof(got.status), "%s", s->status ? s->status : "(null)");
                assert_string_equal(s->iccid, ICCID);
        }
        on_done(userdata, e);
}

static void on_outcome(void *userdata, const struct cloud_error *e, const struct cloud_sim_outcome *o)
{
        got.has_result = o != NULL;
        if (o) {
                got.outcome = *o;
                (void)snprintf(got.status, sizeof(got.status), "%s", o->status ? o->status : "(null)");
        }
        on_done(userdata, e);
}

static void run(int r)
{
        client_run(r, &got.calls);
}

static void script(const struct fake_row *rows, size_t n)
{
        memset(&got, 0, sizeof(got));
        fake_http_script(rows, n);
}

static void activate(unsigned product_id, uint64_t wait_ms)
{
        const struct cloud_sim_wish wish = { product_id, ICCID, "DE", wait_ms };

        run(cloud_sim_activate(client, &wish, on_outcome, NULL, &got.op));
}

static void states_are_told_apart(void **state)
{
        static const struct {
                struct fake_row row;
                enum cloud_sim_state state;
        } rows[] = {
                { { LOOK, NEW }, SIM_NEW },
                { { LOOK, INACTIVE }, SIM_INACTIVE },
                { { LOOK, ACTIVE }, SIM_ACTIVE },
                { { LOOK, WORKING }, SIM_ACTIVATING },
                { { LOOK, FAILED_AT("2026-01-01T00:00:00Z") }, SIM_FAILED },
                { { LOOK, .status = 404, .answer = "{}" }, SIM_NOT_OURS },
                { { LOOK, .status = 200, .answer = "{\"status\":\"some_new_word\"}" }, SIM_INACTIVE },
                { { LOOK, .status = 200,
                    .answer = "{\"status\":\"active\",\"last_status_change_action\":\"activate\","
                              "\"state_change_in_progress\":true}" },
                  SIM_ACTIVE },
                { { LOOK, .status = 200,
                    .answer = "{\"status\":\"inactive\",\"last_status_change_action\":\"deactivate\","
                              "\"state_change_in_progress\":true}" },
                  SIM_INACTIVE },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                script(&rows[i].row, 1);
                run(cloud_sim(client, 0, ICCID, on_sim, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_NONE);
                assert_int_equal(got.state, rows[i].state);
        }
}

static void what_is_no_state(void **state)
{
        static const struct fake_row rows[] = {
                { LOOK, .status = 200, .answer = "{\"_id\":\"8934076500002589175\",\"status\":\"active\"}" },
                { LOOK, .status = 200, .answer = "{}" },
                { LOOK, .status = 200, .answer = "<html>" },
        };
        struct op *op = NULL;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                script(&rows[i], 1);
                run(cloud_sim(client, 0, ICCID, on_sim, NULL, &got.op));
                assert_int_equal(got.fault, FAULT_CLOUD_ANSWER);
                assert_false(got.has_result);
        }
        assert_int_equal(cloud_sim(client, 0, "12", on_sim, NULL, &op), -EINVAL);
        assert_int_equal(cloud_sim(client, 0, "8934076500002589174/..", on_sim, NULL, &op), -EINVAL);
        assert_int_equal(cloud_sim(client, 0, ICCID "12345", on_sim, NULL, &op), -EINVAL);
        assert_null(op);
}

static void prechecks(void **state)
{
        static const struct {
                int status;
                enum fault fault;
        } rows[] = {
                { 200, FAULT_NONE },
                { 204, FAULT_NONE },
                { 205, FAULT_NONE },
                { 403, FAULT_SIM },
                { 404, FAULT_CLOUD_NOT_FOUND },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct fake_row row = { "HEAD", "/v1/sims/" ICCID, .status = rows[i].status };

                script(&row, 1);
                run(cloud_sim_precheck(client, ICCID, on_done, NULL, &got.op));
                assert_int_equal(got.fault, rows[i].fault);
        }
}

/* activation */
static void an_active_card_is_left_alone(void **state)
{
        static const struct fake_row rows[] = { { LOOK, ACTIVE } };

        (void)state;
        script(rows, 1);
        activate(0, 120000);
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(got.outcome.asked || got.outcome.pending);
        assert_string_equal(got.status, "active");
}

static void still_working_is_no_failure(void **state)
{
        static const struct {
                int status;
                const char *answer;
                enum http_failure failure;
        } answers[] = {
                { 200, "", 0 },       { 200, "{\"ok\":true}", 0 }, { 204, "", 0 },
                { 408, "{}", 0 },     { 504, "<html></html>", 0 }, { 500, "{}", 0 },
                { 0, "", HTTP_LOST }, { 0, "", HTTP_TIMED_OUT },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(answers); i++) {
                const struct fake_row rows[] = {
                        { LOOK, NEW },
                        { ASK, .status = answers[i].status, .answer = answers[i].answer,
                          .failure = answers[i].failure },
                        { LOOK, NEW },
                        { LOOK, WORKING },
                        { LOOK, ACTIVE },
                };
                uint64_t start = timer_now_ms();

                script(rows, ELEMENTSOF(rows));
                activate(0, 120000);
                assert_int_equal(got.fault, FAULT_NONE);
                assert_true(got.outcome.asked);
                assert_false(got.outcome.pending);
                assert_int_equal(timer_now_ms() - start, 2000 + 4000 + 8000);
        }
}

static void a_clear_no_is_told(void **state)
{
        static const struct {
                int status;
                const char *answer;
                enum fault fault;
                const char *words;
        } rows[] = {
                { 400, "{\"ok\":false,\"error\":\"You must pass an ISO 3166-1 Alpha-2 country code\"}",
                  FAULT_SIM, "country" },
                { 403, "{}", FAULT_SIM, "belongs to a product" },
                { 404, "{}", FAULT_SIM, "by hand at https://setup.particle.io" },
                { 405, "", FAULT_SIM, "https://setup.particle.io" },
                { 404, "Cannot PUT /v1/sims", FAULT_SIM, "no such endpoint any more" },
                { 405, "<html>Not Allowed</html>", FAULT_SIM, "no such endpoint any more" },
                { 410, "{}", FAULT_SIM, "https://setup.particle.io" },
                { 401, "{}", FAULT_TOKEN_INVALID, "401" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct fake_row two[] = { { LOOK, .status = 404, .answer = "{}" },
                                                { ASK, .status = rows[i].status,
                                                  .answer = rows[i].answer } };

                script(two, 2);
                activate(0, 120000);
                assert_int_equal(got.fault, rows[i].fault);
                assert_non_null(strstr(got.cause, rows[i].words));
                assert_false(got.has_result);
        }
}

static void a_failure_of_ours_is_told_and_an_older_one_is_not(void **state)
{
        static const struct fake_row rows[] = {
                { LOOK, FAILED_AT("2026-01-01T00:00:00Z") }, { ASK_AGAIN, .status = 200 },
                { LOOK, FAILED_AT("2026-01-01T00:00:00Z") }, { LOOK, WORKING },
                { LOOK, FAILED_AT("2026-01-01T00:00:09Z") },
        };

        (void)state;
        script(rows, ELEMENTSOF(rows));
        activate(0, 600000);
        assert_int_equal(fake_http_made(), ELEMENTSOF(rows));
        assert_int_equal(got.fault, FAULT_SIM);
        assert_non_null(strstr(got.cause, "failed"));
}

static void a_lost_wish_is_repeated_but_not_for_ever(void **state)
{
        struct fake_row rows[64] = { { LOOK, INACTIVE } };
        size_t n = 1;

        (void)state;
        for (int asks = 0; asks < 3; asks++) {
                rows[n++] = (struct fake_row){ ASK_AGAIN, .status = 504 };
                for (int looks = 0; looks < (asks < 2 ? 4 : 30); looks++)
                        rows[n++] = (struct fake_row){ LOOK, INACTIVE };
        }
        script(rows, n);
        activate(0, 900000);
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(got.outcome.pending && got.outcome.asked);
        assert_string_equal(got.status, "inactive_user_deactivated");
}

static void no_wait_means_pending_at_once(void **state)
{
        static const struct fake_row rows[] = { { LOOK, NEW }, { ASK, .status = 200 } };
        static const struct fake_row working[] = { { LOOK, WORKING } };

        (void)state;
        script(rows, 2);
        activate(0, 0);
        assert_true(got.outcome.pending && got.outcome.asked);
        script(working, 1);
        activate(0, 0);
        assert_true(got.outcome.pending);
        assert_false(got.outcome.asked);
}

static void a_product_imports_its_cards(void **state)
{
        static const struct fake_row rows[] = {
                { P_LOOK, .status = 404, .answer = "{}" },
                { P_IMPORT, .status = 200, .answer = "{\"ok\":true}" },
                { P_LOOK, .status = 404, .answer = "{}" },
                { P_LOOK, WORKING },
                { P_LOOK, ACTIVE },
        };

        (void)state;
        script(rows, ELEMENTSOF(rows));
        activate(9, 120000);
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(got.outcome.pending);
}

static void without_a_country_nothing_is_asked_for(void **state)
{
        static const struct fake_row waits[] = { { LOOK, WORKING }, { LOOK, ACTIVE } };
        static const struct fake_row never[] = { { LOOK, NEW } };
        const struct cloud_sim_wish wish = { 0, ICCID, NULL, 60000 };

        (void)state;
        script(waits, 2);
        run(cloud_sim_activate(client, &wish, on_outcome, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(got.outcome.asked);
        script(never, 1);
        run(cloud_sim_activate(client, &wish, on_outcome, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_SIM);
        assert_non_null(strstr(got.cause, "country"));
}

static void wishes_are_checked_and_dropped(void **state)
{
        static const struct fake_row rows[] = { { LOOK, NEW }, { ASK, .status = 200 } };
        static const char *const countries[] = { "", "D", "de", "DEU", "D1" };
        struct op *op = NULL;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(countries); i++) {
                const struct cloud_sim_wish wish = { 0, ICCID, countries[i], 0 };

                assert_int_equal(cloud_sim_activate(client, &wish, on_outcome, NULL, &op), -EINVAL);
        }
        script(rows, 2);
        assert_int_equal(cloud_sim_activate(client, &(struct cloud_sim_wish){ 0, ICCID, "DE", 60000 },
                                            on_outcome, NULL, &op),
                         0);
        timer_virtual_advance(100);
        assert_int_equal(fake_http_made(), 2);
        assert_int_equal(timer_virtual_pending(), 1); /* in the pause */
        op = op_free(op);
        assert_int_equal(timer_virtual_pending(), 0);
        assert_int_equal(fake_http_open(), 0);
        assert_int_equal(got.calls, 0);
}

static void cards_are_given_back(void **state)
{
        static const struct fake_row rows[] = {
                { "PUT", "/v1/sims/" ICCID, "{\"action\":\"deactivate\"}", .status = 200, .once = true },
                { "DELETE", "/v1/products/9/sims/" ICCID, .status = 202, .answer = "{\"ok\":true}",
                  .once = true },
        };

        (void)state;
        script(&rows[0], 1);
        run(cloud_sim_deactivate(client, 0, ICCID, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        script(&rows[1], 1);
        run(cloud_sim_release(client, 9, ICCID, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
}

/* The vendor's table, SKU by SKU. */
static const char fast[] =
        "B524MTY B524MEA B404XMTY B404XMEA B404MTY B404MEA BRN404XTRAY50 BRN404XKIT BRN404X "
        "BRN404TRAY50 BRN404KIT BRN404 BRN314TRAY50 BRN314KIT E404TRAY50 E404MOD1 E404KIT "
        "E314TRAY50 E314MOD1 E314KIT ELC314TY ELC404TY ONE404MEA ONE404MTY ONE524MEA "
        "ONE524MTY T404MEA T404MKIT T404MTY T524MEA T524MKIT T524MTY";
static const char usual[] =
        "ASSET3G270V2 ASSET3G260V2 ASSET2GV2 E310TRAY50 E310MOD1 E310KIT E260KIT E260TRAY50 "
        "E270KIT E270TRAY50 E350KIT E350TRAY50 SNSRKIT3G270 SNSRKIT3G260 UNHEARD-OF";
static const char slow[] =
        "B523MTY B523MEA B402MTY B402MEA BRN402TRAY50 BRN402KIT BRN402-AQKT BRN402 "
        "BRN310TRAY50 BRN310KIT E402TRAY50 E402MOD1 E402KIT E313TRAY50 E313EA ELC402EA "
        "ELC402TY ONE402MEA ONE402MTY ONE523MEA ONE523MTY T402MEA T402MKIT T402MTY T523MEA "
        "T523MKIT T523MTY";

static void speeds_are_the_vendors(void **state)
{
        const char *const lists[] = { fast, usual, slow };

        (void)state;
        for (int speed = 0; speed < 3; speed++)
                for (const char *at = lists[speed]; *at; at += strspn(at, " ")) {
                        char sku[32];
                        int len = (int)strcspn(at, " ");

                        (void)snprintf(sku, sizeof(sku), "%.*s", len, at);
                        if (sim_speed(sku) != (enum sim_speed)speed)
                                fail_msg("%s", sku);
                        at += len;
                }
        assert_int_equal(sim_speed(NULL), SIM_USUALLY_FAST);
        assert_true(sim_deadline_ms(SIM_SOMETIMES_SLOW, true) > sim_deadline_ms(SIM_SOMETIMES_SLOW, false));
        assert_int_equal(sim_deadline_ms(SIM_FAST, true), 120000);
        assert_int_equal(sim_deadline_ms(SIM_USUALLY_FAST, false), 600000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(states_are_told_apart),
                cmocka_unit_test(what_is_no_state),
                cmocka_unit_test(prechecks),
                cmocka_unit_test(an_active_card_is_left_alone),
                cmocka_unit_test(still_working_is_no_failure),
                cmocka_unit_test(a_clear_no_is_told),
                cmocka_unit_test(a_failure_of_ours_is_told_and_an_older_one_is_not),
                cmocka_unit_test(a_lost_wish_is_repeated_but_not_for_ever),
                cmocka_unit_test(no_wait_means_pending_at_once),
                cmocka_unit_test(a_product_imports_its_cards),
                cmocka_unit_test(without_a_country_nothing_is_asked_for),
                cmocka_unit_test(wishes_are_checked_and_dropped),
                cmocka_unit_test(cards_are_given_back),
                cmocka_unit_test(speeds_are_the_vendors),
        };

        return cmocka_run_group_tests(tests, client_set_up, client_tear_down);
}
