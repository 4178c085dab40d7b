/* SPDX-License-Identifier: Apache-2.0 */

/* The job's record: nothing but facts is in it, and each comes back from its text. */

#include "setup/flow/job.h"
#include "setup/flow/record.h"
#include "tests/unit/cmocka.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { FACTS_BEGIN = offsetof(struct job, radio), FACTS_END = offsetof(struct job, now) };

static const struct record_field *named(const char *name)
{
        const struct record_field *f = record_find(name);

        if (!f)
                fail_msg("no field %s", name);
        return f;
}

/* That no fact is missing is what tests/lint/record.py looks after. What was asked for, with its secrets,
 * and what is true only now are beside the facts. */
static void fields_are_facts(void **state)
{
        uint8_t taken[FACTS_END] = {};
        const struct record_field *f;
        size_t n;

        (void)state;
        f = record_fields(&n);
        for (size_t i = 0; i < n; i++) {
                if (f[i].offset < FACTS_BEGIN || f[i].offset + f[i].size > FACTS_END)
                        fail_msg("%s is no fact", f[i].name);
                for (size_t k = f[i].offset; k < f[i].offset + f[i].size; k++)
                        if (taken[k]++)
                                fail_msg("%s is in two fields", f[i].name);
        }
}

static size_t words_of(const struct record_field *f)
{
        size_t n = 0;

        while (f->word((int)n))
                n++;
        return n;
}

static void assert_member(const struct record_field *f)
{
        switch (f->type) {
        case RECORD_BOOL: assert_int_equal(f->size, sizeof(bool)); break;
        case RECORD_NUMBER:
                assert_true(f->size == sizeof(int) || f->size == sizeof(int64_t));
                assert_true(f->min < f->max);
                break;
        case RECORD_WORD:
                assert_int_equal(f->size, sizeof(int));
                assert_in_range(words_of(f), 2, _FAULT_MAX);
                assert_null(f->word(-1));
                for (size_t i = 0; i < words_of(f); i++)
                        for (size_t k = 0; k < i; k++)
                                assert_string_not_equal(f->word((int)i), f->word((int)k));
                break;
        case RECORD_TEXT: assert_in_range(f->size, 2, RECORD_TEXT_SIZE); break;
        }
}

static void fields_are_well_formed(void **state)
{
        const struct record_field *f;
        unsigned newest = 0;
        size_t n;

        (void)state;
        f = record_fields(&n);
        for (size_t i = 0; i < n; i++) {
                for (const char *c = f[i].name; *c; c++)
                        assert_true(islower((unsigned char)*c) || *c == '_');
                assert_ptr_equal(record_find(f[i].name), &f[i]); /* no two of one name */
                assert_in_range(f[i].since, 1, RECORD_VERSION);
                if (f[i].since > newest)
                        newest = f[i].since;
                assert_member(&f[i]);
        }
        assert_int_equal(newest, RECORD_VERSION);
        assert_null(record_find("no_such_field"));
        assert_null(record_find(""));
}

/* What once stands in a database is read for ever. */
static void names_never_change(void **state)
{
        char names[] = "rssi device_id os protected families account limit_asked serial_asked "
                       "serial_unknown cloud_device_id platform_id cloud_iccid name owner ownership "
                       "was_online handshake_s product_known product_platform_id product_member_asked "
                       "product_imported product_marked claim_code_set claim_sent came_online named "
                       "number sim_asked sim_before sim_wanted sim_pending sim_fault sim_cause "
                       "active_sim sim_set access_point_set iccid_asked iccid imei modem_errors ethernet "
                       "restart restarts ncp_version ncp_module_version firmware_files wifi_network "
                       "wifi_tried wifi_join wifi_join_result wifi_join_fault wifi_join_cause wifi_saved "
                       "wifi_forgot stop_sent setup_done listening_stopped connected diagnosis_asked "
                       "diagnosis_association diagnosis_associated diagnosis_rssi diagnosis_address "
                       "diagnosis_has_address diagnosis_counters diagnosis_net_status "
                       "diagnosis_cloud_attempts diagnosis_cloud_error diagnosis_uptime_s "
                       "diagnosis_restarted diagnosis_listening diagnosis_forgotten outcome fault cause "
                       "exchanges ";
        char *rest = names;

        (void)state;
        for (char *name; (name = strtok_r(rest, " ", &rest));)
                assert_int_equal(named(name)->since, 1);
        assert_int_equal(named("verified")->since, 2);
}

/* round trip */

/* The bytes of one field are taken from `like`, the rest from `rest`: that is what `is` must be. */
static void assert_only(const struct job *is, const struct job *like, const struct job *rest,
                        const struct record_field *f)
{
        static struct job expected;

        memcpy(&expected, rest, sizeof(expected));
        memcpy((uint8_t *)&expected + f->offset, (const uint8_t *)like + f->offset, f->size);
        assert_memory_equal(is, &expected, sizeof(expected));
}

/* Sets the field, and reads what it says of itself into a job that is full of other things. */
static void comes_back(const struct record_field *f, const char *text)
{
        static struct job from, zero, to, full;
        char said[RECORD_TEXT_SIZE];

        memset(&from, 0, sizeof(from));
        assert_int_equal(record_set(&from, f, text), 0);
        assert_only(&from, &from, &zero, f);
        record_text(&from, f, said);
        assert_string_equal(said, text);
        memset(&full, 0, sizeof(full));
        memset((uint8_t *)&full + FACTS_BEGIN, 'x', FACTS_END - FACTS_BEGIN);
        memcpy(&to, &full, sizeof(to));
        assert_int_equal(record_set(&to, f, said), 0);
        if (f->type == RECORD_TEXT)
                assert_string_equal((const char *)&to + f->offset, text);
        else
                assert_only(&to, &from, &full, f);
}

static void is_refused(const struct record_field *f, const char *text, int error)
{
        static struct job before, job;

        memset(&before, 0, sizeof(before));
        memset((uint8_t *)&before + FACTS_BEGIN, 'x', FACTS_END - FACTS_BEGIN);
        memcpy(&job, &before, sizeof(job));
        if (record_set(&job, f, text) != error)
                fail_msg("%s takes %s", f->name, text);
        assert_memory_equal(&job, &before, sizeof(job));
}

static void numbers(const struct record_field *f)
{
        static const char *const wrong[] = { "", "x", "1x", " 1", "0x1", "true", "1.0" };
        char text[32];

        (void)snprintf(text, sizeof(text), "%" PRId64, f->min);
        comes_back(f, text);
        (void)snprintf(text, sizeof(text), "%" PRId64, f->max);
        comes_back(f, text);
        comes_back(f, "0");
        comes_back(f, "1");
        if (f->min > INT64_MIN) {
                (void)snprintf(text, sizeof(text), "%" PRId64, f->min - 1);
                is_refused(f, text, -ERANGE);
        }
        if (f->max < INT64_MAX) {
                (void)snprintf(text, sizeof(text), "%" PRId64, f->max + 1);
                is_refused(f, text, -ERANGE);
        }
        is_refused(f, "99999999999999999999", -ERANGE);
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                is_refused(f, wrong[i], -EINVAL);
}

static void words(const struct record_field *f)
{
        static const char *const wrong[] = { "", "0", "1", "DONE", "no-such-word", "unknown " };

        for (int i = 0; f->word(i); i++)
                comes_back(f, f->word(i));
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                is_refused(f, wrong[i], -EINVAL);
}

static void texts(const struct record_field *f)
{
        char text[RECORD_TEXT_SIZE + 2] = "";

        comes_back(f, "");
        comes_back(f, "\"a\xff\n");
        memset(text, 'a', f->size - 1);
        comes_back(f, text);
        text[f->size - 1] = 'b';
        is_refused(f, text, -EMSGSIZE);
        memset(text, 'a', sizeof(text) - 1);
        is_refused(f, text, -EMSGSIZE);
}

static void bools(const struct record_field *f)
{
        static const char *const wrong[] = { "", "0", "1", "TRUE", "true ", "yes" };

        comes_back(f, "true");
        comes_back(f, "false");
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                is_refused(f, wrong[i], -EINVAL);
}

static void every_field_comes_back_from_its_text(void **state)
{
        const struct record_field *f;
        size_t n;

        (void)state;
        f = record_fields(&n);
        for (size_t i = 0; i < n; i++)
                switch (f[i].type) {
                case RECORD_BOOL: bools(&f[i]); break;
                case RECORD_NUMBER: numbers(&f[i]); break;
                case RECORD_WORD: words(&f[i]); break;
                case RECORD_TEXT: texts(&f[i]); break;
                }
}

static void values_are_those_of_the_members(void **state)
{
        static struct job job;

        (void)state;
        job.radio.rssi = -48;
        job.identity.families = UINT_MAX;
        job.cloud.handshake_s = INT64_MAX;
        job.cloud.owner = OWNER_HIDDEN;
        job.wifi.network = -1;
        job.claim.named = true;
        job.end.trouble.fault = FAULT_WIFI_JOIN;
        (void)snprintf(job.identity.os, sizeof(job.identity.os), "6.2.0");
        assert_int_equal(record_get(&job, named("rssi")).number, -48);
        assert_int_equal(record_get(&job, named("wifi_network")).number, -1);
        assert_true(record_get(&job, named("families")).number == UINT_MAX);
        assert_true(record_get(&job, named("handshake_s")).number == INT64_MAX);
        assert_true(record_get(&job, named("named")).truth);
        assert_string_equal(record_get(&job, named("ownership")).text, "hidden");
        assert_string_equal(record_get(&job, named("fault")).text, "wifi-join");
        assert_string_equal(record_get(&job, named("os")).text, "6.2.0");
        assert_string_equal(record_get(&job, named("owner")).text, "");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(fields_are_facts),
                cmocka_unit_test(fields_are_well_formed),
                cmocka_unit_test(names_never_change),
                cmocka_unit_test(every_field_comes_back_from_its_text),
                cmocka_unit_test(values_are_those_of_the_members),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
