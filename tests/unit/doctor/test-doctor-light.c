/* SPDX-License-Identifier: Apache-2.0 */

/* What people say about the light leads to the right row of the table. */

#include "proto/base/cleanup.h"
#include "setup/doctor/light.h"
#include "setup/flow/step.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
        const char *said, *key;
} known[] = {
        { "blinking dark blue", "listening" },
        { "slow blinking dark blue", "listening" },
        { "Flashing BLUE", "listening" },
        { "blue", "listening" },
        { "fast blinking blue", "clearing-credentials" },
        { "breathing blue", "network-idle" },
        { "blinking cyan, 2 orange", "cloud-no-internet" },
        { "2 orange blinks", "cloud-no-internet" },
        { "fast cyan then three orange flashes", "cloud-unreachable" },
        { "cyan with one orange blink", "cloud-decryption" },
        { "blinking cyan and a single red blink", "cloud-handshake" },
        { "cyan, once magenta", "cloud-authentication" },
        { "1 red blink", "cloud-handshake-red" },
        { "cyan", "cloud-connecting" },
        { "rapid blinking cyan", "cloud-handshaking" },
        { "breathing cyan", "connected" },
        { "pulsing turquoise", "connected" },
        { "blinking green", "network-connecting" },
        { "blinking green rapidly", "network-address" },
        { "breathing green", "network-up" },
        { "tracker breathing green", "tracker-connecting" },
        { "tracker fast breathing red", "tracker-cellular" },
        { "breathing purple", "safe-mode" },
        { "blinking magenta", "updating" },
        { "fast magenta", "bootloader-writing" },
        { "irregular blinking magenta", "updating" },
        { "regular blinking magenta", "safe-mode-prompt" },
        { "blinking magenta while MODE is held", "safe-mode-prompt" },
        { "fast white", "settings-reset" },
        { "blinking white", "key-making" },
        { "solid white", "booting" },
        { "fast green while holding MODE", "restoring" },
        { "fast yellow", "restoring-yellow" },
        { "blinking green 3", "signal-bars" },
        { "green signal bars", "signal-bars" },
        { "solid red", "crashed" },
        { "SOS 15", "panic-secure" },
        { "yellow", "dfu" },
        { "breathing white", "radio-off" },
        { "rainbow", "rainbow" },
        { "no light", "off" },
        { "the LED is off", "off" },
        { "solid green", "hung" },
        { "dim white", "powering-off-white" },
        { "SOS", "panic" },
        { "red SOS then 8 blinks", "panic-heap" },
        { "sos 14", "panic-semaphore" },
};

static void words_lead_to_rows(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(known); i++) {
                const struct light_meaning *m = NULL;
                const char *word;
                struct light l;

                assert_int_equal(light_read(known[i].said, &l, &word), 0);
                assert_int_equal(light_explain(&l, 0, &m), 0);
                if (strcmp(m->key, known[i].key) != 0)
                        fail_msg("\"%s\" is %s, not %s", known[i].said, m->key, known[i].key);
        }
}

static void nonsense_is_refused(void **state)
{
        struct light l;
        const char *word = "x";

        (void)state;
        assert_int_equal(light_read("", &l, &word), -EINVAL);
        assert_null(word);
        assert_int_equal(light_read("blinking", &l, &word), -EINVAL);
        assert_int_equal(light_read("blinking mauve", &l, &word), -EINVAL);
        assert_string_equal(word, "mauve");
        assert_int_equal(light_read("123 blue", &l, &word), -EINVAL);
        assert_int_equal(light_read("\xff\xfe %n%s", &l, &word), -EINVAL);
}

static const struct light_meaning *ask(const char *said, unsigned platform)
{
        const struct light_meaning *m = NULL;
        const char *word;
        struct light l;

        assert_int_equal(light_read(said, &l, &word), 0);
        assert_int_equal(light_explain(&l, platform, &m), 0);
        return m;
}

/* A device that never shows it is not told to be doing something else. */
static bool shows(const char *said, unsigned platform)
{
        const struct light_meaning *m = NULL;
        const char *word;
        struct light l;
        int r;

        assert_int_equal(light_read(said, &l, &word), 0);
        r = light_explain(&l, platform, &m);
        assert_true(r == 0 || r == -ESRCH);
        return r == 0;
}

/* 6 Photon, 12 Argon, 13 Boron, 32 P2 (device.md 2.4). */
static void a_platform_decides(void **state)
{
        (void)state;
        assert_string_equal(ask("2 orange", 6)->key, "cloud-no-internet-old");
        assert_string_equal(ask("2 orange", 32)->key, "cloud-no-internet");
        assert_string_equal(ask("1 orange", 6)->key, "cloud-decryption");
        assert_false(shows("1 orange", 32));
        assert_false(shows("cyan, 1 magenta", 12));
        assert_true(shows("cyan, 1 magenta", 6));
        assert_string_equal(ask("3 green blinks", 13)->key, "signal-bars");
        assert_string_equal(ask("3 green blinks", 12)->key, "network-connecting");
        assert_string_equal(ask("fast green, MODE held", 12)->key, "restoring");
        assert_string_equal(ask("fast green, MODE held", 32)->key, "network-address");
}

/* Blocked UDP 5684 is told before the keys: 45 s of fast cyan, then red (device.md 6.2). */
static void red_names_the_firewall_first(void **state)
{
        static const char *const said[] = { "cyan, 1 red", "1 red blink" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(said); i++) {
                const struct light_meaning *m = ask(said[i], 0);
                const char *port = strstr(m->advice, "5684"), *keys = strstr(m->advice, "keys doctor");

                assert_int_equal(m->fault, FAULT_DEVICE_CLOUD_BLOCKED);
                assert_true(port && keys && port < keys);
                assert_non_null(strstr(m->advice, "45 seconds"));
        }
        assert_non_null(strstr(ask("2 orange", 0)->meaning, "DNS"));
        assert_non_null(strstr(ask("3 orange", 0)->meaning, "Rare"));
        assert_non_null(strstr(ask("fast blue", 0)->meaning, "1.25 seconds"));
}

/* device.md 6.1 */
static void patterns_have_numbers(void **state)
{
        (void)state;
        assert_int_equal(ask("blinking blue", 0)->shape.on_ms, 250);
        assert_int_equal(ask("blinking green", 0)->shape.period_ms, 200);
        assert_int_equal(ask("fast cyan", 0)->shape.period_ms, 100);
        assert_int_equal(ask("breathing cyan", 0)->shape.period_ms, 4000);
        assert_int_equal(ask("2 orange", 0)->shape.on_ms, 250);
        assert_int_equal(ask("blinking magenta", 0)->shape.period_ms, 0);
}

static unsigned lowest(uint64_t platforms)
{
        unsigned id = 0;

        while (platforms && !(platforms >> id & 1))
                id++;
        return id;
}

/* The row of old versions is what is left for those that never had newer ones: a Photon. */
static unsigned row_platform(const struct light_meaning *m)
{
        return m->platforms == 0 && m->versions ? 6 : lowest(m->platforms);
}

/* The documentation's own words for a row lead back to that row: no row is hidden behind an earlier one. */
static void every_row_can_be_reached(void **state)
{
        const struct light_meaning *m, *found;
        struct light l;

        (void)state;
        for (size_t i = 0; light_row(i, &m) == 0; i++) {
                const char *word;

                assert_true(strlen(m->meaning) > 3 && strlen(m->advice) > 3);
                if (strcmp(m->key, "hung") == 0)
                        continue;
                assert_int_equal(light_read(m->light, &l, &word), 0);
                assert_int_equal(light_explain(&l, row_platform(m), &found), 0);
                if (found != m)
                        fail_msg("\"%s\" leads to %s, not %s", m->light, found->key, m->key);
        }
}

static void is_explained(const char *step, const char *light)
{
        static const char *const good[] = { "listening",          "booting",  "updating", "cloud-connecting",
                                            "network-connecting", "connected" };
        const struct light_meaning *m;
        const char *word;
        struct light l;

        if (light_read(light, &l, &word) < 0 || light_explain(&l, 0, &m) < 0)
                fail_msg("%s: nobody knows what \"%s\" is", step, light);
        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                if (strcmp(m->key, good[i]) == 0)
                        return;
        fail_msg("%s: \"%s\" is %s", step, light, m->key);
}

/* What THE TABLE says of the light is what people would say, and tells of no trouble. A device that
 * starts is white for a moment, too. */
static void lights_of_steps_are_explained(void **state)
{
        size_t n;
        const struct step *table = steps(&n);

        (void)state;
        for (size_t i = 0; i < n; i++) {
                char text[64], *part = text, *end;

                assert_true(strlen(table[i].light) < sizeof(text));
                (void)snprintf(text, sizeof(text), "%s", table[i].light);
                while ((end = strstr(part, ", then ")) || (end = strstr(part, " or "))) {
                        *end = 0;
                        is_explained(table[i].name, part);
                        part = strchr(end + 2, ' ') + 1;
                }
                is_explained(table[i].name, part);
        }
}

static void colours_are_listed(void **state)
{
        const char *word, *unknown;
        struct light l;
        size_t n = 0;

        (void)state;
        for (; light_colour_word(n, &word) == 0; n++)
                assert_int_equal(light_read(word, &l, &unknown), 0);
        assert_true(n >= 11);
        assert_int_equal(light_colour_word(n, &word), -ERANGE);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_lead_to_rows),       cmocka_unit_test(nonsense_is_refused),
                cmocka_unit_test(every_row_can_be_reached), cmocka_unit_test(lights_of_steps_are_explained),
                cmocka_unit_test(colours_are_listed),       cmocka_unit_test(a_platform_decides),
                cmocka_unit_test(patterns_have_numbers),    cmocka_unit_test(red_names_the_firewall_first),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
