/* SPDX-License-Identifier: Apache-2.0 */

/* The calibration code, typed on each country's keyboard and read with the map of each other one. */

#include "setup/label/scanner/calibration.h"
#include "setup/label/scanner/keys.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/scanner/typist.h"
#include <string.h>

/* What `map` makes of a text that a scanner types in `country`. */
static const char *read_as(enum keymap map, enum keymap country, const char *text)
{
        static char got[GATHER_MAX + 1];
        static struct typist t;
        struct keys k;

        assert_int_equal(keys_init(&k, map), 0);
        typist_init(&t, country, 1000, 1000);
        for (; *text; text++)
                typist_text(&t, (char[2]){ *text });
        for (size_t i = 0; i < t.n; i++)
                assert_int_equal(keys_feed(&k, &t.event[i]), GATHERED_NOTHING);
        (void)keys_pause(&k, t.now_us / 1000 + GATHER_PAUSE_MS);
        memcpy(got, secret_text(k.gather.text), secret_len(k.gather.text) + 1);
        keys_done(&k);
        return got;
}

/* Two countries that type all that matters alike are one to the judge. */
static bool is_same(enum keymap a, enum keymap b)
{
        unsigned code_a, code_b;
        enum keymap_level level_a, level_b;

        for (const char *c = calibration_text(); *c; c++)
                if (*c != ' ' &&
                    (!keymap_key(a, *c, &code_a, &level_a) || !keymap_key(b, *c, &code_b, &level_b) ||
                     code_a != code_b || level_a != level_b))
                        return false;
        return true;
}

static void finds_every_country(void **state)
{
        (void)state;
        for (enum keymap country = 0; country < _KEYMAP_MAX; country++)
                for (enum keymap map = 0; map < _KEYMAP_MAX; map++) {
                        const char *got = read_as(map, country, calibration_text());
                        enum keymap found = map;
                        int r = calibration_judge(got, strlen(got), map, &found);

                        if (r == CALIBRATION_RIGHT && is_same(map, country))
                                continue;
                        if (r == CALIBRATION_OTHER && is_same(found, country))
                                continue;
                        fail_msg("%s read as %s: %d, %s: %s", keymap_name(country), keymap_name(map), r,
                                 keymap_name(found), got);
                }
}

static void has_each_character_that_matters(void **state)
{
        static const char matters[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ]:;,\\\"-_";

        (void)state;
        for (const char *c = matters; *c; c++) {
                assert_non_null(strchr(calibration_text(), *c));
                for (enum keymap map = 0; map < _KEYMAP_MAX; map++) {
                        enum keymap_level level;
                        unsigned code;

                        if (*c != ' ' && !keymap_key(map, *c, &code, &level) && map != KEYMAP_DK)
                                fail_msg("%s has no %c", keymap_name(map), *c);
                }
        }
}

static void judges_other_texts(void **state)
{
        static const char label[] = "ARGHAM000C0FFEE 1A2B3C4D5E6F7G8";
        char text[256];
        enum keymap map = KEYMAP_US;
        size_t len = strlen(calibration_text());

        (void)state;
        assert_int_equal(calibration_judge("", 0, KEYMAP_US, &map), CALIBRATION_NONE);
        assert_int_equal(calibration_judge(label, strlen(label), KEYMAP_DE, &map), CALIBRATION_NONE);
        assert_int_equal(calibration_judge(calibration_text(), len - 1, KEYMAP_US, &map), CALIBRATION_NONE);
        assert_int_equal(calibration_judge(calibration_text(), len, KEYMAP_FR, &map), CALIBRATION_RIGHT);
        memcpy(text, "]d1", 3);
        memcpy(text + 3, calibration_text(), len + 1);
        assert_int_equal(calibration_judge(text, len + 3, KEYMAP_US, &map), CALIBRATION_RIGHT);
        for (char *c = text; *c; c++)
                if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
                        *c ^= 'a' ^ 'A';
        assert_int_equal(calibration_judge(text, len + 3, KEYMAP_US, &map), CALIBRATION_CASE);
        assert_int_equal(map, KEYMAP_US);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_every_country),
                cmocka_unit_test(has_each_character_that_matters),
                cmocka_unit_test(judges_other_texts),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
