/* SPDX-License-Identifier: Apache-2.0 */

/* The events of a setup, line by line; and what a hostile name does to them. */

#include "setup/engine/told.h"
#include "setup/flow/job.h"
#include "tests/unit/cmocka.h"
#include <jansson.h>
#include <string.h>

static char *text;

/* Now, as every line has it, becomes the beginning of 1970. */
static void assert_line(const char *line)
{
        static const char then[] = "1970-01-01T00:00:00.000Z";
        char *time = strstr(text, "\"time\":\"");

        if (time && strlen(time) > sizeof(then) + 8) {
                assert_int_equal(time[8 + 10], 'T');
                assert_int_equal(time[8 + sizeof(then) - 2], 'Z');
                memcpy(time + 8, then, sizeof(then) - 1);
        }
        assert_string_equal(text, line);
}

static void tell(const struct told *t)
{
        assert_true(told_is_event(t));
        free(text);
        text = NULL;
        assert_int_equal(told_line(t, &text), 0);
}

static void assert_event(enum told_kind kind, const struct runner_event *e, const char *line)
{
        struct job job = { .asked.label.serial = "ARGNHABCDEFGHIJ" };

        tell(&(struct told){ .kind = kind, .job = &job, .event = e });
        assert_line(line);
}

#define HEAD "{\"v\":2,\"time\":\"1970-01-01T00:00:00.000Z\",\"job\":null,\"serial\":\"ARGNHABCDEFGHIJ\","

static void steps(void **state)
{
        struct runner_event e = { .kind = RUNNER_STEP,
                                  .step = "connect",
                                  .light = "blinking dark blue",
                                  .state = STEP_STARTED,
                                  .try = 1,
                                  .of = 3 };
        static const struct {
                enum step_state state;
                const char *rest;
        } ends[] = {
                { STEP_DONE, "\"done\",\"try\":2,\"of\":3,\"ms\":312,\"fault\":null,\"cause\":null}" },
                { STEP_SKIPPED, "\"skipped\",\"try\":2,\"of\":3,\"ms\":312,\"fault\":null,\"cause\":null}" },
                { STEP_FAILED, "\"failed\",\"try\":2,\"of\":3,\"ms\":312,\"fault\":null,\"cause\":null}" },
        };

        (void)state;
        assert_event(TOLD_STEP, &e,
                     HEAD "\"event\":\"step\",\"step\":\"connect\",\"light\":\"blinking dark blue\","
                          "\"state\":\"started\",\"try\":1,\"of\":3,\"ms\":0,\"fault\":null,"
                          "\"cause\":null}");
        e.state = STEP_RETRYING;
        e.trouble = (struct trouble){ FAULT_LINK_LOST, "it said why" };
        e.try = 2;
        e.ms = 312;
        e.light = NULL;
        assert_event(TOLD_STEP, &e,
                     HEAD "\"event\":\"step\",\"step\":\"connect\",\"light\":null,"
                          "\"state\":\"retrying\",\"try\":2,\"of\":3,\"ms\":312,"
                          "\"fault\":\"link-lost\",\"cause\":\"it said why\"}");
        e.trouble = (struct trouble){};
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                char line[512];

                e.state = ends[i].state;
                (void)snprintf(line, sizeof(line),
                               HEAD "\"event\":\"step\",\"step\":\"connect\",\"light\":null,\"state\":%s",
                               ends[i].rest);
                assert_event(TOLD_STEP, &e, line);
        }
        e.state = STEP_WAITING; /* said by events of its own */
        assert_false(told_is_event(&(struct told){ .kind = TOLD_STEP, .event = &e }));
}

static void what_takes_long(void **state)
{
        struct runner_event e = { .kind = RUNNER_STEP,
                                  .step = "wifi-join",
                                  .state = STEP_WAITING,
                                  .ms = 2000,
                                  .limit_ms = 110000 };

        (void)state;
        assert_event(TOLD_PROGRESS, &e,
                     HEAD "\"event\":\"progress\",\"step\":\"wifi-join\",\"elapsed_ms\":2000,"
                          "\"limit_ms\":110000,\"cause\":null,\"part\":0,\"whole\":0}");
        e.part = 912;
        e.whole = 400000;
        e.trouble.fault = FAULT_LINK_LOST; /* it has no words of its own */
        assert_event(TOLD_PROGRESS, &e,
                     HEAD "\"event\":\"progress\",\"step\":\"wifi-join\",\"elapsed_ms\":2000,"
                          "\"limit_ms\":110000,\"cause\":\"The Bluetooth link to the device was lost.\","
                          "\"part\":912,\"whole\":400000}");
        (void)trouble_set(&e.trouble, FAULT_NONE, "it\033said so");
        assert_event(TOLD_PROGRESS, &e,
                     HEAD "\"event\":\"progress\",\"step\":\"wifi-join\",\"elapsed_ms\":2000,"
                          "\"limit_ms\":110000,\"cause\":\"it?said so\",\"part\":912,"
                          "\"whole\":400000}");
}

static void assert_result(const struct job *job, const char *line)
{
        tell(&(struct told){ .kind = TOLD_RESULT, .job = job, .ms = 4210 });
        assert_line(line);
}

static void results(void **state)
{
        struct job job = { .asked.label.serial = "ARGNHABCDEFGHIJ",
                           .identity.id = "e00fce680123456789abcdef",
                           .cloud.platform_id = 12,
                           .identity.os = "6.2.0",
                           .cloud.name = "Kitchen",
                           .cloud.owner_name = "a@example.com",
                           .modem.imei = "350000000000001",
                           .radio.rssi = -48,
                           .end.exchanges = 6,
                           .end.verified = true,
                           .end.outcome = JOB_DONE };

        (void)state;
        assert_result(
                &job, HEAD
                "\"event\":\"result\",\"outcome\":\"done\",\"fault\":null,\"cause\":null,"
                "\"advice\":null,\"exit\":0,\"verified\":true,\"device\":{\"serial\":\"ARGNHABCDEFGHIJ\",\"id\":\"e00fce680123456789abcdef\","
                "\"platform\":\"argon\",\"os\":\"6.2.0\",\"name\":\"Kitchen\",\"owner\":"
                "\"a@example.com\",\"iccid\":null,\"imei\":\"350000000000001\",\"rssi\":-48},\"ms\":4210,\"exchanges\":6}");
}

static void every_fault_has_a_result(void **state)
{
        (void)state;
        for (unsigned i = 1; i < _FAULT_MAX; i++) {
                struct job job = { .end.outcome = i == FAULT_CANCELLED ? JOB_CANCELLED
                                                  : i == FAULT_PENDING ? JOB_PENDING
                                                                       : JOB_FAILED,
                                   .end.trouble.fault = (enum fault)i };
                json_t *j, *device;

                j = told_json(&(struct told){ .kind = TOLD_RESULT, .job = &job, .ms = 1 });
                assert_non_null(j);
                assert_string_equal(json_string_value(json_object_get(j, "fault")),
                                    fault_info((enum fault)i)->key);
                assert_string_equal(json_string_value(json_object_get(j, "advice")),
                                    fault_info((enum fault)i)->advice);
                device = json_object_get(j, "device");
                assert_int_equal(json_object_size(device), 9);
                assert_true(json_is_null(json_object_get(device, "serial")));
                assert_true(json_is_null(json_object_get(device, "rssi")));
                assert_int_equal(json_integer_value(json_object_get(j, "exit")),
                                 fault_info((enum fault)i)->exit_code);
                json_decref(j);
        }
}

static void names_that_are_no_text(void **state)
{
        struct job job = { .cloud.owner_name = "a\xff\n\"b", .cloud.name = "\xc3\xa9" };
        json_t *j, *device;

        (void)state;
        tell(&(struct told){ .kind = TOLD_RESULT, .job = &job, .ms = 1 });
        assert_null(strchr(text, '\n'));
        j = json_loads(text, 0, NULL);
        assert_non_null(j);
        device = json_object_get(j, "device");
        assert_string_equal(json_string_value(json_object_get(device, "owner")), "a? \"b");
        assert_string_equal(json_string_value(json_object_get(device, "name")), "\xc3\xa9");
        json_decref(j);
}

static void a_job_in_a_store(void **state)
{
        struct runner_event e = { .step = "find", .state = STEP_DONE, .try = 1, .of = 1 };
        struct job job = {};

        (void)state;
        tell(&(struct told){ .kind = TOLD_STEP, .id = "0195-1", .job = &job, .event = &e });
        assert_non_null(strstr(text, "Z\",\"job\":\"0195-1\",\"serial\":null,\"event\":\"step\","));
}

static void questions(void **state)
{
        struct runner_event e = { .kind = RUNNER_QUESTION, .step = "wifi-join" };
        struct job job = {
                .asked.label.serial = "ARGNHABCDEFGHIJ",
                .asked.profile.networks[0] = { .ssid = "Home", .ssid_len = 4 },
                .wifi.network = -1,
                .now.scan = { .network = { { .ssid = "a\n", .ssid_len = 2, .rssi = -70, .security = 99 },
                                           { .ssid = "Home",
                                             .ssid_len = 4,
                                             .rssi = -48,
                                             .security = WIFI_WPA2 } },
                              .n = 2 }
        };

        (void)state;
        tell(&(struct told){ .kind = TOLD_QUESTION, .job = &job, .event = &e });
        assert_line(
                HEAD
                "\"event\":\"question\",\"step\":\"wifi-join\",\"question\":\"wifi-network\",\"ssid\":null,"
                "\"networks\":[{\"ssid\":\"Home\",\"security\":\"wpa2\",\"rssi\":-48},"
                "{\"ssid\":\"a?\",\"security\":null,\"rssi\":-70}]}");
        e.question = QUESTION_WIFI_PASSWORD;
        job.now.scan.n = 0;
        tell(&(struct told){ .kind = TOLD_QUESTION, .job = &job, .event = &e });
        assert_line(
                HEAD
                "\"event\":\"question\",\"step\":\"wifi-join\",\"question\":\"wifi-password\",\"ssid\":\"Home\","
                "\"networks\":[]}");
}

static void what_is_no_event(void **state)
{
        static const enum told_kind kinds[] = { TOLD_QUIET, TOLD_LOOK };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
                assert_false(told_is_event(&(struct told){ .kind = kinds[i] }));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(steps),
                cmocka_unit_test(what_takes_long),
                cmocka_unit_test(results),
                cmocka_unit_test(every_fault_has_a_result),
                cmocka_unit_test(names_that_are_no_text),
                cmocka_unit_test(a_job_in_a_store),
                cmocka_unit_test(questions),
                cmocka_unit_test(what_is_no_event),
        };
        int r = cmocka_run_group_tests(tests, NULL, NULL);

        free(text);
        return r;
}
