/* SPDX-License-Identifier: Apache-2.0 */

/* The record as the store keeps it: all of it comes back, and nothing that was written wrongly does. */

#include "setup/engine/record-json.h"
#include "setup/flow/job.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void read_into(struct job *j, const char *text)
{
        struct trouble why = {};

        if (record_json_read(j, text, &why) < 0)
                fail_msg("%s: %s", text, why.cause);
}

static void assert_written(const struct job *j, const char *expected)
{
        char *text;

        assert_int_equal(record_json_write(j, &text), 0);
        assert_string_equal(text, expected);
        free(text);
}

/* A value that the field can have, and does not have at first. */
static void fill(struct job *j, const struct record_field *f)
{
        switch (f->type) {
        case RECORD_BOOL: assert_int_equal(record_set(j, f, "true"), 0); break;
        case RECORD_NUMBER: assert_int_equal(record_set(j, f, "7"), 0); break;
        case RECORD_WORD: assert_int_equal(record_set(j, f, f->word(1)), 0); break;
        case RECORD_TEXT: assert_int_equal(record_set(j, f, "a\"\n\x1b\xc3\xa9"), 0); break;
        }
}

static void all_fields(void **state)
{
        size_t n;
        const struct record_field *f = record_fields(&n);
        struct job a = JOB_NEW, b = JOB_NEW;
        char *text, one[RECORD_TEXT_SIZE], other[RECORD_TEXT_SIZE];

        (void)state;
        a.asked.profile.n_networks = b.asked.profile.n_networks = 8;
        for (size_t i = 0; i < n; i++)
                fill(&a, &f[i]);
        assert_int_equal(record_json_write(&a, &text), 0);
        read_into(&b, text);
        for (size_t i = 0; i < n; i++) {
                assert_non_null(strstr(text, f[i].name));
                record_text(&a, &f[i], one);
                record_text(&b, &f[i], other);
                assert_string_equal(one, other);
        }
        free(text);
}

static void a_new_job(void **state)
{
        struct job a = JOB_NEW;

        (void)state;
        assert_written(&a, "{}");
        a.wifi.network = 0;
        a.claim.named = true;
        a.radio.rssi = -48;
        assert_written(&a, "{\"named\":true,\"rssi\":-48,\"wifi_network\":0}");
        a.wifi.network = 3;
        read_into(&a, "{}");
        assert_int_equal(a.wifi.network, -1);
}

/* Cut in the middle of a character: it is kept without it. */
static void a_text_that_is_none(void **state)
{
        struct job a = JOB_NEW;

        (void)state;
        (void)snprintf(a.cloud.name, sizeof(a.cloud.name), "caf\xc3");
        assert_written(&a, "{\"name\":\"caf?\"}");
}

static void newer_fields(void **state)
{
        struct job a = JOB_NEW;

        (void)state;
        read_into(&a, "{\"of_tomorrow\":{\"a\":[1,2]},\"device_id\":\"e00f\",\"other\":null}");
        assert_string_equal(a.identity.id, "e00f");
}

static void wrong_values(void **state)
{
        static const struct {
                const char *text, *named;
        } wrong[] = {
                { "{\"named\":1}", "\"named\"" },
                { "{\"named\":\"true\"}", "\"named\"" },
                { "{\"named\":null}", "\"named\"" },
                { "{\"rssi\":\"-48\"}", "\"rssi\"" },
                { "{\"rssi\":1.5}", "\"rssi\"" },
                { "{\"rssi\":4294967296}", "\"rssi\"" },
                { "{\"restarts\":-1}", "\"restarts\"" },
                { "{\"wifi_network\":10}", "\"wifi_network\"" },
                { "{\"wifi_network\":-2}", "\"wifi_network\"" },
                { "{\"wifi_join\":\"perhaps\"}", "\"wifi_join\"" },
                { "{\"device_id\":\"0123456789abcdef012345678\"}", "\"device_id\"" },
                { "{\"os\":[]}", "\"os\"" },
                { "", "no JSON object" },
                { "[]", "no JSON object" },
                { "null", "no JSON object" },
                { "{\"os\":\"1\",\"os\":\"2\"}", "no JSON object" },
                { "{\"os\":\"\\u0000\"}", "no JSON object" },
                { "{\"os\":\"6.2.0\"", "no JSON object" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                struct job a = JOB_NEW;
                struct trouble why = {};

                a.claim.sent = true;
                assert_int_equal(record_json_read(&a, wrong[i].text, &why), -EINVAL);
                assert_int_equal(why.fault, FAULT_STORE);
                if (!strstr(why.cause, wrong[i].named))
                        fail_msg("%s: %s", wrong[i].text, why.cause);
                assert_written(&a, "{\"claim_sent\":true}");
        }
}

/* What came before the wrong value is not taken either. */
static void all_or_nothing(void **state)
{
        struct job a = JOB_NEW;
        struct trouble why = {};

        (void)state;
        assert_int_equal(record_json_read(&a, "{\"os\":\"6.2.0\",\"restarts\":\"x\"}", &why), -EINVAL);
        assert_written(&a, "{}");
}

static void hostile_json(void **state)
{
        static char text[RECORD_JSON_MAX + 2];
        struct job a = JOB_NEW;
        struct trouble why = {};

        (void)state;
        memset(text, '[', sizeof(text) - 1);
        assert_int_equal(record_json_read(&a, text, &why), -EINVAL);
        assert_non_null(strstr(why.cause, "too long"));
        text[RECORD_JSON_MAX] = 0;
        assert_int_equal(record_json_read(&a, text, &why), -EINVAL);
        assert_non_null(strstr(why.cause, "no JSON object"));
}

/* An operator's network is in no profile. */
static void networks_of_another_profile(void **state)
{
        static const char text[] = "{\"os\":\"6.2.0\",\"wifi_network\":1,\"wifi_tried\":1,"
                                   "\"wifi_join\":\"refused\",\"wifi_join_result\":-270}";
        struct job a = JOB_NEW;

        (void)state;
        a.asked.profile.n_networks = 2;
        read_into(&a, text);
        assert_int_equal(a.wifi.network, 1);
        assert_int_equal(a.wifi.join, JOIN_REFUSED);
        a = (struct job)JOB_NEW;
        a.asked.profile.n_networks = 1;
        read_into(&a, text);
        assert_written(&a, "{\"os\":\"6.2.0\"}");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_fields),          cmocka_unit_test(a_new_job),
                cmocka_unit_test(a_text_that_is_none), cmocka_unit_test(newer_fields),
                cmocka_unit_test(wrong_values),        cmocka_unit_test(all_or_nothing),
                cmocka_unit_test(hostile_json),        cmocka_unit_test(networks_of_another_profile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
