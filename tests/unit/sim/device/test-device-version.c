/* SPDX-License-Identifier: Apache-2.0 */

/* Versions, platforms and mishaps: the tables against device.md 2.4 and 4. */

#include "proto/base/cleanup.h"
#include "tests/sim/device/mishap.h"
#include "tests/sim/device/version.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <string.h>

static struct os_version version(const char *text)
{
        struct os_version v;

        assert_int_equal(os_version_parse(text, &v), 0);
        return v;
}

static struct os_behaviour does(const char *platform, const char *os)
{
        struct os_behaviour b;

        os_behaviour(platform_by_key(platform), version(os), &b);
        return b;
}

static void parsing(void **state)
{
        static const char *const wrong[] = { "",           "6",          "6.2.0.1", "v6.2.0",
                                             "6.2.0-rc.0", "6.2.0-beta", "6.2.x",   " 6.2.0",
                                             "6.2.0 ",     "-6.2.0",     "6..0" };
        static const char *const same[] = { "6.2.0", "1.5.4", "3.3.1-rc.1" };
        char text[OS_VERSION_TEXT_MAX];
        struct os_version v;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                assert_int_equal(os_version_parse(wrong[i], &v), -EINVAL);
        for (size_t i = 0; i < ELEMENTSOF(same); i++) {
                os_version_format(version(same[i]), text);
                assert_string_equal(text, same[i]);
        }
        os_version_format(version("6.2"), text);
        assert_string_equal(text, "6.2.0");
}

static void order(void **state)
{
        static const char *const sorted[] = { "1.5.4",      "2.3.1", "3.3.0-rc.1", "3.3.0-rc.2", "3.3.0",
                                              "5.0.0-rc.1", "5.9.0", "5.10.0",     "6.0.0" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sorted); i++)
                for (size_t j = 0; j < ELEMENTSOF(sorted); j++) {
                        int r = os_version_compare(version(sorted[i]), version(sorted[j]));

                        assert_int_equal((r > 0) - (r < 0), (i > j) - (i < j));
                }
}

/* 4.3 */
static void join_rules(void **state)
{
        static const struct {
                const char *os;
                enum join_rule join;
        } rows[] = {
                { "1.5.0", JOIN_SAVES_FIRST },    { "5.7.0", JOIN_SAVES_FIRST },
                { "5.8.0", JOIN_CONNECTS_FIRST }, { "5.8.2", JOIN_VALIDATES },
                { "5.9.0", JOIN_VALIDATES },      { "6.0.0", JOIN_SAVES_FIRST },
                { "6.1.0", JOIN_CONNECTS_FIRST }, { "6.1.1", JOIN_CONNECTS_FIRST },
                { "6.2.0", JOIN_VALIDATES },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(does("argon", rows[i].os).join, rows[i].join);
}

/* 4.1: fixes that the 5 line got and the first of the 6 line did not have */
static void branches(void **state)
{
        (void)state;
        assert_false(does("argon", "5.8.0").stores_without_join);
        assert_true(does("argon", "5.8.2").stores_without_join);
        assert_true(does("argon", "5.9.0").stores_without_join);
        assert_false(does("argon", "6.0.0").stores_without_join);
        assert_false(does("argon", "6.1.1").stores_without_join);
        assert_true(does("argon", "6.2.0").stores_without_join);
        assert_false(does("boron", "5.8.2").iccid_with_imei);
        assert_true(does("boron", "5.9.0").iccid_with_imei);
        assert_false(does("boron", "6.0.0").iccid_with_imei);
        assert_true(does("boron", "6.1.0").iccid_with_imei);
        assert_true(does("argon", "4.0.0").padded_lists);
        assert_false(does("argon", "4.0.1").padded_lists);
        assert_true(does("argon", "5.0.0").padded_lists);
        assert_false(does("argon", "5.1.0").padded_lists);
}

static void single_changes(void **state)
{
        (void)state;
        assert_true(does("argon", "3.3.1").setup_flag);
        assert_false(does("argon", "4.0.0").setup_flag);
        assert_false(does("argon", "3.2.0").setup_code_in_advert);
        assert_true(does("argon", "3.3.0").setup_code_in_advert);
        assert_true(does("argon", "1.5.4").thread_interface);
        assert_false(does("argon", "2.0.0").thread_interface);
        assert_false(does("b5som", "1.5.4").thread_interface);
        assert_false(does("argon", "3.2.0").provisioning_mode);
        assert_true(does("argon", "3.3.0").provisioning_mode);
        assert_false(does("argon", "5.9.0").protected_state);
        assert_true(does("argon", "6.0.0").protected_state);
        assert_false(does("argon", "6.1.0").set_protected_state);
        assert_true(does("argon", "6.1.1").set_protected_state);
        assert_false(does("p2", "5.4.0").stop_listening_kills_ble);
        assert_true(does("p2", "5.4.1").stop_listening_kills_ble);
        assert_false(does("argon", "6.2.0").stop_listening_kills_ble);
        assert_false(does("p2", "5.4.1").empty_scan_resets_radio);
        assert_true(does("photon2", "5.5.0").empty_scan_resets_radio);
        assert_false(does("argon", "6.2.0").empty_scan_resets_radio);
        assert_false(does("p2", "5.4.1").wpa3);
        assert_true(does("p2", "5.5.0").wpa3);
        assert_false(does("argon", "5.4.1").hidden_field);
        assert_true(does("argon", "5.5.0").hidden_field);
        assert_false(does("p2", "5.6.0").hidden_by_request);
        assert_true(does("p2", "5.7.0").hidden_by_request);
        assert_false(does("argon", "5.6.0").asset_info);
        assert_true(does("argon", "5.7.0").asset_info);
        assert_false(does("p2", "4.0.0").ethernet);
        assert_true(does("p2", "5.0.0").ethernet);
        assert_true(does("argon", "3.3.0").ethernet);
        assert_false(does("argon", "3.3.0").start_listening_refuses);
        assert_true(does("argon", "4.0.0").start_listening_refuses);
}

/* 2.4 */
static void platforms(void **state)
{
        static const struct {
                const char *key;
                unsigned id;
                bool wifi, cellular;
        } rows[] = {
                { "argon", 12, true, false },   { "boron", 13, false, true },
                { "bsom", 23, false, true },    { "b5som", 25, false, true },
                { "tracker", 26, false, true }, { "p2", 32, true, false },
                { "photon2", 32, true, false }, { "msom", 35, true, true },
                { "esomx", 15, false, true },   { "trackerm", 28, false, true },
                { "asom", 22, true, false },    { "xenon", 14, false, false },
        };
        size_t n = 0;

        (void)state;
        while (platform_at(n))
                n++;
        assert_int_equal(n, ELEMENTSOF(rows));
        for (size_t i = 0; i < n; i++) {
                const struct platform *p = platform_by_key(rows[i].key);

                assert_non_null(p);
                assert_int_equal(p->id, rows[i].id);
                assert_int_equal(!!(p->has & PLATFORM_WIFI), rows[i].wifi);
                assert_int_equal(!!(p->has & PLATFORM_CELLULAR), rows[i].cellular);
        }
        assert_null(platform_by_key("electron"));
        assert_false(os_runs_on(platform_by_key("p2"), version("4.2.0")));
        assert_true(os_runs_on(platform_by_key("xenon"), version("1.5.4")));
        assert_false(os_runs_on(platform_by_key("xenon"), version("2.0.0")));
}

static void mishaps(void **state)
{
        static const char *const wrong[] = { "",
                                             "nothing",
                                             "version",
                                             "version=",
                                             "version=x",
                                             "version=-1",
                                             "no-secret=1",
                                             "no-secret,times=0",
                                             "no-secret,times=x",
                                             "no-secret,after",
                                             "no-secret,",
                                             "result=500",
                                             "result=500:5",
                                             "result=70000:-1",
                                             "drop-at-request=99999" };
        const char *why = NULL, *arg, *summary;
        struct mishap m;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(wrong); i++) {
                why = NULL;
                assert_true(mishap_parse(wrong[i], &why, &m) < 0);
                assert_non_null(why);
        }
        assert_int_equal(mishap_parse("drop-at-request=500,after,times=3", &why, &m), 0);
        assert_int_equal(m.kind, MISHAP_DROP_AT_REQUEST);
        assert_int_equal(m.arg, 500);
        assert_true(m.after);
        assert_int_equal(m.times, 3);
        assert_int_equal(mishap_parse("result=500:-1200", &why, &m), 0);
        assert_int_equal(m.result, -1200);
        assert_int_equal(mishap_parse("drop-after-bytes=4294967295", &why, &m), 0);
        assert_int_equal(m.arg, UINT32_MAX);
        for (int i = 0; i < _MISHAP_MAX; i++)
                assert_non_null(mishap_describe((size_t)i, &arg, &summary));
        assert_null(mishap_describe(_MISHAP_MAX, &arg, &summary));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(parsing),  cmocka_unit_test(order),          cmocka_unit_test(join_rules),
                cmocka_unit_test(branches), cmocka_unit_test(single_changes), cmocka_unit_test(platforms),
                cmocka_unit_test(mishaps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
