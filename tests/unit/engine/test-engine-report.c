/* SPDX-License-Identifier: Apache-2.0 */

/* The support bundle: everything that happened is in it, nothing that names or opens anything. */

#include "setup/engine/report.h"
#include "setup/flow/record.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct report_facts facts = { .verb = "setup", .radio = "sim:/home/me/air", .ms = 1234 };

static void make_job(struct job *j)
{
        static char customer[] = "kim@example.com";
        static struct wifi_network network = { .ssid = "Anna's home", .ssid_len = 11, .hidden = false };

        *j = (struct job){ .wifi.network = 0,
                           .end.outcome = JOB_FAILED,
                           .end.trouble.fault = FAULT_WIFI_PASSWORD };
        j->asked.profile.networks[0] = network;
        j->asked.profile.n_networks = 1;
        j->now.scan.network[0] = (struct message_network){
                .ssid = "Anna's home", .ssid_len = 11, .rssi = -70, .channel = 1, .security = WIFI_WPA2
        };
        j->now.scan.network[1] = j->now.scan.network[0];
        j->now.scan.network[1].rssi = -50;
        j->now.scan.network[2] = (struct message_network){ .ssid = "Bob", .ssid_len = 3, .rssi = -40 };
        j->now.scan.n = 3;
        j->cloud.owner = OWNER_OTHER;
        (void)snprintf(j->cloud.owner_name, sizeof(j->cloud.owner_name), "anna@example.com");
        (void)snprintf(j->cloud.user, sizeof(j->cloud.user), "bob@example.com");
        (void)snprintf(j->cloud.name, sizeof(j->cloud.name), "Bedroom");
        (void)snprintf(j->modem.iccid, sizeof(j->modem.iccid), "89014103211118510720");
        (void)snprintf(j->modem.imei, sizeof(j->modem.imei), "351234567890123");
        j->asked.profile.customer = customer;
        (void)snprintf(j->end.trouble.cause, sizeof(j->end.trouble.cause),
                       "the device hears \"Anna's home\" well, and \"Bob\"");
}

static json_t *told(const struct report *r, const struct job *j)
{
        static const char *const personal[] = { "Anna",   "Bob",      "anna@", "bob@",  "Bedroom",
                                                "890141", "/home/me", "kim@",  "351234" };
        char *text = NULL;
        json_t *report;

        assert_int_equal(report_text(r, j, &facts, &text), 0);
        for (size_t i = 0; i < ELEMENTSOF(personal); i++)
                if (strstr(text, personal[i]))
                        fail_msg("%s is in %s", personal[i], text);
        report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(report);
        free(text);
        return report;
}

static const char *text_at(json_t *j, const char *a, const char *b)
{
        return json_string_value(json_object_get(json_object_get(j, a), b));
}

static void nobody_is_named(void **state)
{
        _cleanup_(report_freep) struct report *r = NULL;
        struct job job;
        json_t *j, *chosen;

        (void)state;
        make_job(&job);
        assert_int_equal(report_new(&r), 0);
        j = told(r, &job);
        assert_string_equal(text_at(j, "result", "fault"), "wifi-password");
        assert_string_equal(text_at(j, "result", "cause"), "the device hears (network) well, and ***");
        assert_string_equal(text_at(j, "device", "owner"), "other");
        assert_string_equal(text_at(j, "device", "iccid"), "...0720");
        assert_string_equal(json_string_value(json_object_get(j, "radio")), "sim");
        chosen = json_object_get(json_object_get(j, "wifi"), "chosen");
        assert_int_equal(json_integer_value(json_object_get(chosen, "rssi")), -50);
        assert_string_equal(json_string_value(json_object_get(chosen, "security")), "wpa2");
        json_decref(j);
}

static void no_person_nor_number_in_causes(void **state)
{
        static const struct {
                const char *cause, *told;
        } cases[] = {
                { "its owner is anna@example.com: ask", "its owner is (person): ask" },
                { "signing kim@example.com in: no kim@example.com", "signing (person) in: no (person)" },
                { "bob@example.com", "(person)" },
                { "SIM 89014103211118510720 is not active, IMEI 351234567890123",
                  "SIM (number) is not active, IMEI (number)" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(report_freep) struct report *r = NULL;
                struct job job;
                json_t *j;

                make_job(&job);
                (void)snprintf(job.end.trouble.cause, sizeof(job.end.trouble.cause), "%s", cases[i].cause);
                assert_int_equal(report_new(&r), 0);
                j = told(r, &job);
                assert_string_equal(text_at(j, "result", "cause"), cases[i].told);
                json_decref(j);
        }
}

/* What a device says of itself is numbers; a text in it is not passed on, nor what is no JSON. */
static void only_numbers_of_a_device(void **state)
{
        static const struct {
                const char *text, *kept;
        } rows[] = {
                { "{\"a\":1,\"b\":\"Anna\",\"c\":{\"err\":-210,\"x\":\"Bob\"},\"d\":[\"Bob\"]}",
                  "{\"a\":1,\"c\":{\"err\":-210}}" },
                { "{\"a\":1", "null" },
                { "[\"Anna\"]", "null" },
                { "", "null" },
        };
        _cleanup_(report_freep) struct report *r = NULL;
        struct job job;

        (void)state;
        make_job(&job);
        assert_int_equal(report_new(&r), 0);
        job.now.inspection = (struct inspection){ .asked = true, .mode = 1, .setup_done = -1 };
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                json_t *j;
                char *kept;

                job.now.inspection.diagnostics = (char *)(uintptr_t)rows[i].text;
                j = told(r, &job);
                kept = json_dumps(json_object_get(json_object_get(j, "inspection"), "diagnostics"),
                                  JSON_COMPACT | JSON_ENCODE_ANY);
                assert_string_equal(kept, rows[i].kept);
                free(kept);
                json_decref(j);
        }
}

/* All that the record knows is there, but for what its table calls personal. */
static void every_fact_that_is_not_personal(void **state)
{
        static const char mark[] = "Bob and Anna, 351234";
        _cleanup_(report_freep) struct report *r = NULL;
        const struct record_field *f;
        json_t *j, *device;
        struct job job;
        size_t n;

        (void)state;
        make_job(&job);
        f = record_fields(&n);
        for (size_t i = 0; i < n; i++)
                if (f[i].type == RECORD_TEXT && f[i].flags & RECORD_PERSONAL)
                        assert_int_equal(record_set(&job, &f[i], mark), 0);
        job.end.trouble.cause[0] = 0; /* is told, with the names taken out */
        assert_int_equal(report_new(&r), 0);
        j = told(r, &job);
        device = json_object_get(j, "device");
        for (size_t i = 0; i < n; i++)
                if (!(f[i].flags & RECORD_PERSONAL) && !json_object_get(device, f[i].name))
                        fail_msg("%s is not in the report", f[i].name);
        assert_string_equal(text_at(j, "device", "ownership"), "other");
        assert_string_equal(text_at(j, "device", "fault"), "wifi-password");
        assert_null(json_object_get(device, "account"));
        json_decref(j);
}

static void the_timeline_is_bounded(void **state)
{
        _cleanup_(report_freep) struct report *r = NULL;
        struct runner_event e = { .kind = RUNNER_STEP,
                                  .step = "wifi-join",
                                  .state = STEP_RETRYING,
                                  .try = 1,
                                  .of = 4,
                                  .trouble = { FAULT_WIFI_NOT_SEEN, "\"Bob\" is not heard\xff" } };
        struct job job;
        json_t *j, *list;

        (void)state;
        make_job(&job);
        report_event(NULL, &e);
        assert_int_equal(report_new(&r), 0);
        for (int i = 0; i < 5000; i++)
                report_event(r, &e);
        memset(&e.trouble, 'x', sizeof(e.trouble)); /* it was valid during the event only */
        j = told(r, &job);
        list = json_object_get(j, "timeline");
        assert_in_range(json_array_size(list), 1000, 2000);
        assert_int_equal(json_array_size(list) + json_integer_value(json_object_get(j, "timeline_dropped")),
                         5000);
        assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "cause")),
                            "*** is not heard?");
        assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "fault")),
                            "wifi-not-seen");
        json_decref(j);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(nobody_is_named),
                cmocka_unit_test(no_person_nor_number_in_causes),
                cmocka_unit_test(only_numbers_of_a_device),
                cmocka_unit_test(every_fact_that_is_not_personal),
                cmocka_unit_test(the_timeline_is_bounded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
