/* SPDX-License-Identifier: Apache-2.0 */

/* The events of a setup, line by line; and what a hostile name does to them. */

#include "setup/cli/events.h"
#include "tests/unit/cmocka.h"
#include <jansson.h>
#include <string.h>

static char *text;
static size_t size;

static FILE *memory(void)
{
        free(text);
        text = NULL;
        return open_memstream(&text, &size);
}

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

typedef int events_fn(FILE *f, const struct job *job, const struct runner_event *e);

static void assert_event(events_fn *put, const struct runner_event *e, const char *line)
{
        struct job job = { .asked.label.serial = "ARGNHABCDEFGHIJ" };
        FILE *f = memory();

        assert_int_equal(put(f, &job, e), 0);
        (void)fclose(f);
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
                { STEP_DONE, "\"done\",\"try\":2,\"of\":3,\"ms\":312,\"fault\":null,\"cause\":null}\n" },
                { STEP_SKIPPED,
                  "\"skipped\",\"try\":2,\"of\":3,\"ms\":312,\"fault\":null,\"cause\":null}\n" },
                { STEP_FAILED, "\"failed\",\"try\":2,\"of\":3,\"ms\":312,\"fault\":null,\"cause\":null}\n" },
        };

        (void)state;
        assert_event(events_step, &e,
                     HEAD "\"event\":\"step\",\"step\":\"connect\",\"light\":\"blinking dark blue\","
                          "\"state\":\"started\",\"try\":1,\"of\":3,\"ms\":0,\"fault\":null,"
                          "\"cause\":null}\n");
        e.state = STEP_RETRYING;
        e.trouble = (struct trouble){ FAULT_LINK_LOST, "it said why" };
        e.try = 2;
        e.ms = 312;
        e.light = NULL;
        assert_event(events_step, &e,
                     HEAD "\"event\":\"step\",\"step\":\"connect\",\"light\":null,"
                          "\"state\":\"retrying\",\"try\":2,\"of\":3,\"ms\":312,"
                          "\"fault\":\"link-lost\",\"cause\":\"it said why\"}\n");
        e.trouble = (struct trouble){};
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                char line[512];

                e.state = ends[i].state;
                (void)snprintf(line, sizeof(line),
                               HEAD "\"event\":\"step\",\"step\":\"connect\",\"light\":null,\"state\":%s",
                               ends[i].rest);
                assert_event(events_step, &e, line);
        }
        e.state = STEP_WAITING; /* said by events of its own */
        assert_event(events_step, &e, "");
}

static void what_takes_long(void **state)
{
        struct runner_event e = { .kind = RUNNER_STEP,
                                  .step = "wifi-join",
                                  .state = STEP_WAITING,
                                  .ms = 2000,
                                  .limit_ms = 110000 };

        (void)state;
        assert_event(events_progress, &e,
                     HEAD "\"event\":\"progress\",\"step\":\"wifi-join\",\"elapsed_ms\":2000,"
                          "\"limit_ms\":110000,\"cause\":null,\"part\":0,\"whole\":0}\n");
        e.part = 912;
        e.whole = 400000;
        e.trouble.fault = FAULT_LINK_LOST; /* it has no words of its own */
        assert_event(events_progress, &e,
                     HEAD "\"event\":\"progress\",\"step\":\"wifi-join\",\"elapsed_ms\":2000,"
                          "\"limit_ms\":110000,\"cause\":\"The Bluetooth link to the device was lost.\","
                          "\"part\":912,\"whole\":400000}\n");
        (void)trouble_set(&e.trouble, FAULT_NONE, "it\033said so");
        assert_event(events_progress, &e,
                     HEAD "\"event\":\"progress\",\"step\":\"wifi-join\",\"elapsed_ms\":2000,"
                          "\"limit_ms\":110000,\"cause\":\"it?said so\",\"part\":912,"
                          "\"whole\":400000}\n");
}

static void assert_result(const struct job *job, const char *line)
{
        FILE *f = memory();

        assert_int_equal(events_result(f, job, 4210), 0);
        (void)fclose(f);
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
                "\"a@example.com\",\"iccid\":null,\"imei\":\"350000000000001\",\"rssi\":-48},\"ms\":4210,\"exchanges\":6}\n");
}

static void every_fault_has_a_result(void **state)
{
        (void)state;
        for (unsigned i = 1; i < _FAULT_MAX; i++) {
                struct job job = { .end.outcome = i == FAULT_CANCELLED ? JOB_CANCELLED
                                                  : i == FAULT_PENDING ? JOB_PENDING
                                                                       : JOB_FAILED,
                                   .end.trouble.fault = (enum fault)i };
                FILE *f = memory();
                json_t *j, *device;

                assert_int_equal(events_result(f, &job, 1), 0);
                (void)fclose(f);
                j = json_loads(text, 0, NULL);
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
        FILE *f = memory();

        (void)state;
        assert_int_equal(events_result(f, &job, 1), 0);
        (void)fclose(f);
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        j = json_loads(text, 0, NULL);
        assert_non_null(j);
        device = json_object_get(j, "device");
        assert_string_equal(json_string_value(json_object_get(device, "owner")), "a? \"b");
        assert_string_equal(json_string_value(json_object_get(device, "name")), "\xc3\xa9");
        json_decref(j);
}

static void a_full_disk_is_noticed(void **state)
{
        FILE *f = fopen("/dev/full", "w");
        struct job job = {};

        (void)state;
        assert_non_null(f);
        assert_true(events_result(f, &job, 1) < 0);
        (void)fclose(f);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(steps),
                cmocka_unit_test(what_takes_long),
                cmocka_unit_test(results),
                cmocka_unit_test(every_fault_has_a_result),
                cmocka_unit_test(names_that_are_no_text),
                cmocka_unit_test(a_full_disk_is_noticed),
        };
        int r = cmocka_run_group_tests(tests, NULL, NULL);

        free(text);
        return r;
}
