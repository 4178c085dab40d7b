/* SPDX-License-Identifier: Apache-2.0 */

/* How the checks of the doctor are told as events: JSON, the exit code; and what hostile texts do to them.
 */

#include "setup/lib/check.h"
#include "tests/unit/cmocka.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text;

static const char *told(enum doctor_id id, const struct doctor_check *c)
{
        free(text);
        text = NULL;
        assert_int_equal(check_line(id, c, &text), 0);
        return text;
}

/* The line after its version and time. */
static void assert_event(const char *rest)
{
        const char *event = strstr(text, "\"event\"");

        assert_int_equal(strncmp(text, "{\"v\":2,\"time\":\"", 15), 0);
        assert_non_null(event);
        assert_string_equal(event, rest);
}

static void objects(void **state)
{
        struct doctor_check c = { .state = DOCTOR_PROBLEM,
                                  .trouble.fault = FAULT_CLOCK,
                                  .trouble.cause = "60 minutes behind",
                                  .ms = 7 };
        char line[512];

        (void)state;
        (void)snprintf(line, sizeof(line),
                       "\"event\":\"check\",\"check\":\"clock\",\"state\":\"problem\",\"fault\":\"clock\","
                       "\"cause\":\"60 minutes behind\",\"advice\":\"%s\",\"ms\":7}",
                       fault_info(FAULT_CLOCK)->advice);
        (void)told(DOCTOR_CLOCK, &c);
        assert_event(line);
        c = (struct doctor_check){ .state = DOCTOR_OK };
        (void)told(DOCTOR_API, &c);
        assert_event("\"event\":\"check\",\"check\":\"api\",\"state\":\"ok\",\"fault\":null,\"cause\":null,"
                     "\"advice\":null,\"ms\":0}");
}

/* A sentence about a device is no sentence about this machine. */
static void sentences(void **state)
{
        struct doctor_check c = { .state = DOCTOR_PROBLEM,
                                  .trouble.fault = FAULT_DEVICE_CLOUD_BLOCKED,
                                  .trouble.cause = "UDP is refused" };

        (void)state;
        assert_null(check_sentence(DOCTOR_DEVICE_CLOUD, &c));
        assert_string_equal(check_sentence(DOCTOR_CONNECTION, &c), fault_info(c.trouble.fault)->sentence);
        c.advice = "Ask for it.";
        assert_null(check_sentence(DOCTOR_CONNECTION, &c));
        c.trouble.cause[0] = 0;
        assert_string_equal(check_sentence(DOCTOR_DEVICE_CLOUD, &c), fault_info(c.trouble.fault)->sentence);
        c.state = DOCTOR_NOTE;
        assert_null(check_sentence(DOCTOR_CONNECTION, &c));
}

/* No terminal sequence gets through, no line is lost for bytes that are no UTF-8. */
static void hostile_texts(void **state)
{
        struct doctor_check c = { .state = DOCTOR_OK };
        json_t *j;

        (void)state;
        trouble_add(&c.trouble, "%s", "Argon\033[2J\xff\n-ABCDEF");
        assert_null(strpbrk(c.trouble.cause, "\033\n"));
        j = json_loads(told(DOCTOR_DEVICE, &c), 0, NULL);
        assert_non_null(j);
        assert_string_equal(json_string_value(json_object_get(j, "cause")), "Argon?[2J? -ABCDEF");
        json_decref(j);
}

static void verdict(void **state)
{
        struct doctor_check checks[_DOCTOR_MAX] = { 0 };

        (void)state;
        assert_int_equal(doctor_exit_code(checks), EXIT_DONE);
        checks[DOCTOR_CLOCK].state = DOCTOR_OK;
        checks[DOCTOR_TOKEN].state = DOCTOR_NOTE;
        checks[DOCTOR_CONNECTION] =
                (struct doctor_check){ .state = DOCTOR_PROBLEM, .trouble.fault = FAULT_DEVICE_KEYS };
        checks[DOCTOR_API] =
                (struct doctor_check){ .state = DOCTOR_PROBLEM, .trouble.fault = FAULT_CLOUD_UNREACHABLE };
        assert_int_equal(doctor_exit_code(checks), EXIT_CLOUD);
        free(text);
        text = NULL;
        assert_int_equal(verdict_line(checks, 12, &text), 0);
        assert_event(
                "\"event\":\"verdict\",\"ok\":1,\"notes\":1,\"problems\":2,\"fault\":\"cloud-unreachable\","
                "\"exit\":19,\"ms\":12}");
}

/* Every check can be shown, under a key of its own. */
static void keys(void **state)
{
        struct doctor_check c = { .state = DOCTOR_OK };
        char all[1024] = " ", key[64];
        json_t *j;

        (void)state;
        for (int id = 0; id < _DOCTOR_MAX; id++) {
                j = json_loads(told((enum doctor_id)id, &c), 0, NULL);
                (void)snprintf(key, sizeof(key), " %s ", json_string_value(json_object_get(j, "check")));
                assert_null(strstr(all, key));
                strncat(all, key, sizeof(all) - 1 - strlen(all));
                json_decref(j);
        }
}

static int clean_up(void **state)
{
        (void)state;
        free(text);
        return 0;
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(objects), cmocka_unit_test(sentences), cmocka_unit_test(hostile_texts),
                cmocka_unit_test(verdict), cmocka_unit_test(keys),
        };

        return cmocka_run_group_tests(tests, NULL, clean_up);
}
