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
        { "fast magenta", "updating" },
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
                assert_int_equal(light_explain(&l, &m), 0);
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
                assert_int_equal(light_explain(&l, &found), 0);
                if (found != m)
                        fail_msg("\"%s\" leads to %s, not %s", m->light, found->key, m->key);
        }
}

static void is_explained(const char *step, const char *light)
{
        static const char *const good[] = { "listening",        "powering-off-white", "updating",
                                            "cloud-connecting", "network-connecting", "connected" };
        const struct light_meaning *m;
        const char *word;
        struct light l;

        if (light_read(light, &l, &word) < 0 || light_explain(&l, &m) < 0)
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
                cmocka_unit_test(colours_are_listed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
