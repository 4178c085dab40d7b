/* SPDX-License-Identifier: Apache-2.0 */

/* The event stream, line by line as design.md 5 writes it; and what a hostile name does to it. */

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

static void assert_step(const struct runner_event *e, const char *line)
{
        FILE *f = memory();

        assert_int_equal(events_step(f, e), 0);
        (void)fclose(f);
        assert_string_equal(text, line);
}

static void steps(void **state)
{
        struct runner_event e = {
                .kind = RUNNER_STEP, .step = "connect", .state = STEP_STARTED, .try = 1, .of = 3
        };

        (void)state;
        assert_step(
                &e,
                "{\"v\":1,\"event\":\"step\",\"step\":\"connect\",\"state\":\"started\",\"try\":1,\"of\":3,"
                "\"ms\":0}\n");
        e.state = STEP_RETRYING;
        e.trouble = (struct trouble){ FAULT_LINK_LOST, "never shown here" };
        e.try = 2;
        e.ms = 312;
        assert_step(
                &e,
                "{\"v\":1,\"event\":\"step\",\"step\":\"connect\",\"state\":\"retrying\",\"try\":2,\"of\":3,"
                "\"ms\":312}\n");
        e.state = STEP_DONE;
        assert_step(&e,
                    "{\"v\":1,\"event\":\"step\",\"step\":\"connect\",\"state\":\"done\",\"try\":2,\"of\":3,"
                    "\"ms\":312}\n");
        e.state = STEP_SKIPPED;
        assert_step(
                &e,
                "{\"v\":1,\"event\":\"step\",\"step\":\"connect\",\"state\":\"skipped\",\"try\":2,\"of\":3,"
                "\"ms\":312}\n");
        e.state = STEP_FAILED;
        assert_step(
                &e,
                "{\"v\":1,\"event\":\"step\",\"step\":\"connect\",\"state\":\"failed\",\"try\":2,\"of\":3,"
                "\"ms\":312}\n");
        e.state = STEP_WAITING; /* for people only */
        assert_step(&e, "");
}

static void assert_result(const struct job *job, const char *line)
{
        FILE *f = memory();

        assert_int_equal(events_result(f, job, 4210), 0);
        (void)fclose(f);
        assert_string_equal(text, line);
}

static void results(void **state)
{
        struct job job = { .asked.label.serial = "ARGNHABCDEFGHIJ",
                           .identity.id = "e00fce680123456789abcdef",
                           .cloud.platform_id = 12,
                           .identity.os = "6.2.0",
                           .cloud.name = "Kitchen",
                           .cloud.owner_name = "a@example.com",
                           .end.exchanges = 6,
                           .end.verified = true,
                           .end.outcome = JOB_DONE };

        (void)state;
        assert_result(
                &job,
                "{\"v\":1,\"event\":\"result\",\"outcome\":\"done\",\"fault\":null,\"advice\":null,"
                "\"verified\":true,\"device\":{\"serial\":\"ARGNHABCDEFGHIJ\",\"id\":\"e00fce680123456789abcdef\","
                "\"platform\":\"argon\",\"os\":\"6.2.0\",\"name\":\"Kitchen\",\"owner\":"
                "\"a@example.com\"},\"ms\":4210,\"exchanges\":6}\n");
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
                assert_int_equal(json_object_size(device), 6);
                assert_true(json_is_null(json_object_get(device, "serial")));
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
                cmocka_unit_test(results),
                cmocka_unit_test(every_fault_has_a_result),
                cmocka_unit_test(names_that_are_no_text),
                cmocka_unit_test(a_full_disk_is_noticed),
        };
        int r = cmocka_run_group_tests(tests, NULL, NULL);

        free(text);
        return r;
}
