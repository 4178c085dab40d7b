/* SPDX-License-Identifier: Apache-2.0 */

/* How the checks of usher doctor are shown: words, JSON, the exit code; and what hostile texts do to them.
 */

#include "setup/cli/doctor-print.h"
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

static const char *shown(enum doctor_id id, const struct doctor_check *c, bool json)
{
        FILE *f = memory();

        assert_int_equal(doctor_print(f, id, c, json), 0);
        (void)fclose(f);
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

static void words(void **state)
{
        struct doctor_check c = { .state = DOCTOR_OK, .trouble.cause = "agrees with the cloud's" };

        (void)state;
        assert_string_equal(shown(DOCTOR_CLOCK, &c, false),
                            "ok       Clock                agrees with the cloud's\n");
        c = (struct doctor_check){ .state = DOCTOR_NOTE,
                                   .trouble.cause = "there is none",
                                   .advice = "Get one." };
        assert_string_equal(shown(DOCTOR_TOKEN, &c, false),
                            "note     Access token         there is none\n         What to do: Get one.\n");
        c = (struct doctor_check){ .state = DOCTOR_PROBLEM, .trouble.fault = FAULT_SECRET_MISMATCH };
        (void)shown(DOCTOR_SESSION, &c, false);
        assert_non_null(strstr(text, fault_info(FAULT_SECRET_MISMATCH)->sentence));
        assert_non_null(strstr(text, fault_info(FAULT_SECRET_MISMATCH)->advice));
        assert_null(strstr(text, "()"));
}

/* A sentence about a device is no sentence about this machine. */
static void gateways_have_their_own_words(void **state)
{
        struct doctor_check c = { .state = DOCTOR_PROBLEM,
                                  .trouble.fault = FAULT_DEVICE_CLOUD_BLOCKED,
                                  .trouble.cause = "UDP is refused" };

        (void)state;
        (void)shown(DOCTOR_DEVICE_CLOUD, &c, false);
        assert_null(strstr(text, fault_info(c.trouble.fault)->sentence));
        assert_non_null(strstr(text, "UDP is refused\n"));
        (void)shown(DOCTOR_CONNECTION, &c, false);
        assert_non_null(strstr(text, fault_info(c.trouble.fault)->sentence));
        assert_non_null(strstr(text, "(UDP is refused)\n"));
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
                       "\"cause\":\"60 minutes behind\",\"advice\":\"%s\",\"ms\":7}\n",
                       fault_info(FAULT_CLOCK)->advice);
        (void)shown(DOCTOR_CLOCK, &c, true);
        assert_event(line);
        c = (struct doctor_check){ .state = DOCTOR_OK };
        (void)shown(DOCTOR_API, &c, true);
        assert_event("\"event\":\"check\",\"check\":\"api\",\"state\":\"ok\",\"fault\":null,\"cause\":null,"
                     "\"advice\":null,\"ms\":0}\n");
}

/* No terminal sequence gets through, no line is lost for bytes that are no UTF-8. */
static void hostile_texts(void **state)
{
        struct doctor_check c = { .state = DOCTOR_OK };
        json_t *j;

        (void)state;
        trouble_add(&c.trouble, "%s", "Argon\033[2J\xff\n-ABCDEF");
        (void)shown(DOCTOR_DEVICE, &c, false);
        assert_null(strchr(text, '\033'));
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        j = json_loads(shown(DOCTOR_DEVICE, &c, true), 0, NULL);
        assert_non_null(j);
        assert_string_equal(json_string_value(json_object_get(j, "cause")), "Argon?[2J? -ABCDEF");
        json_decref(j);
}

static void summary(void **state)
{
        struct doctor_check checks[_DOCTOR_MAX] = { 0 };
        FILE *f;

        (void)state;
        assert_int_equal(doctor_exit_code(checks), EXIT_DONE);
        checks[DOCTOR_CLOCK].state = DOCTOR_OK;
        checks[DOCTOR_TOKEN].state = DOCTOR_NOTE;
        f = memory();
        assert_int_equal(doctor_print_summary(f, checks, 12, false), 0);
        (void)fclose(f);
        assert_string_equal(text, "No problem was found.\n");
        checks[DOCTOR_CONNECTION] =
                (struct doctor_check){ .state = DOCTOR_PROBLEM, .trouble.fault = FAULT_DEVICE_KEYS };
        checks[DOCTOR_API] =
                (struct doctor_check){ .state = DOCTOR_PROBLEM, .trouble.fault = FAULT_CLOUD_UNREACHABLE };
        assert_int_equal(doctor_exit_code(checks), EXIT_CLOUD);
        f = memory();
        assert_int_equal(doctor_print_summary(f, checks, 12, true), 0);
        (void)fclose(f);
        assert_event(
                "\"event\":\"verdict\",\"ok\":1,\"notes\":1,\"problems\":2,\"fault\":\"cloud-unreachable\","
                "\"exit\":19,\"ms\":12}\n");
}

/* Every check can be shown, under a key of its own. */
static void keys(void **state)
{
        struct doctor_check c = { .state = DOCTOR_OK };
        char all[1024] = " ", key[64];
        json_t *j;

        (void)state;
        for (int id = 0; id < _DOCTOR_MAX; id++) {
                j = json_loads(shown((enum doctor_id)id, &c, true), 0, NULL);
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
                cmocka_unit_test(words),   cmocka_unit_test(gateways_have_their_own_words),
                cmocka_unit_test(objects), cmocka_unit_test(hostile_texts),
                cmocka_unit_test(summary), cmocka_unit_test(keys),
        };

        return cmocka_run_group_tests(tests, NULL, clean_up);
}
