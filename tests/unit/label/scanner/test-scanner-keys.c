/* SPDX-License-Identifier: Apache-2.0 */

/* Keys to texts: each way in which scanners type, at 1 and 10 ms a character, and what goes wrong. */

#include "setup/label/scanner/keys.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/scanner/typist.h"
#include <stdio.h>
#include <string.h>

#define LABEL   "ARGHAM000C0FFEE 1a2B3c4D5e6F7g8"
#define NETWORK "WIFI:T:WPA;S:My-Net_5;P:a\\;b\\\"c,d;;"

static struct typist typist;

/* What came of all events, and of the pause behind them: the last text in `ret`, and how many there were. */
static unsigned feed(struct keys *k, const struct typist *t, enum gathered *ret_last, char *ret, size_t size)
{
        unsigned n = 0;
        enum gathered r;

        *ret_last = GATHERED_NOTHING;
        for (size_t i = 0; i <= t->n; i++) {
                int64_t at_ms = i < t->n ? keys_time_ms(&t->event[i]) : t->now_us / 1000 + GATHER_PAUSE_MS;

                for (int half = 0; half < 2; half++) {
                        r = half == 0 ? keys_pause(k, at_ms) : i < t->n ? keys_feed(k, &t->event[i]) : 0;
                        if (r == GATHERED_NOTHING)
                                continue;
                        n++;
                        *ret_last = r;
                        (void)snprintf(ret, size, "%s", secret_text(k->gather.text));
                }
        }
        return n;
}

static void expect(struct keys *k, enum gathered what, const char *text)
{
        char got[GATHER_MAX + 1] = "";
        enum gathered last;
        unsigned n = feed(k, &typist, &last, got, sizeof(got));

        assert_int_equal(n, what != GATHERED_NOTHING);
        assert_int_equal(last, what);
        if (text)
                assert_string_equal(got, text);
}

static void expect_typed(const char *typed, enum gathered what, const char *text)
{
        struct keys k;

        assert_int_equal(keys_init(&k, typist.map), 0);
        typist_text(&typist, typed);
        expect(&k, what, text);
        keys_done(&k);
}

static void reads_each_country_at_each_speed(void **state)
{
        static const unsigned speeds_us[] = { 0, 1000, 10000, 100000 };

        (void)state;
        for (enum keymap map = 0; map < _KEYMAP_MAX; map++)
                for (size_t i = 0; i < sizeof(speeds_us) / sizeof(*speeds_us); i++) {
                        typist_init(&typist, map, 5000, speeds_us[i]);
                        expect_typed(LABEL "\r", GATHERED_TEXT, LABEL);
                        typist_init(&typist, map, 5000, speeds_us[i]);
                        expect_typed(NETWORK "\t", GATHERED_TEXT, NETWORK);
                        typist_init(&typist, map, 5000, speeds_us[i]);
                        expect_typed("]d1" LABEL, GATHERED_TEXT, "]d1" LABEL);
                }
}

/* All of US ASCII that a country's keyboard has is read as it was typed. */
static void reads_each_character(void **state)
{
        (void)state;
        for (enum keymap map = 0; map < _KEYMAP_MAX; map++)
                for (int c = '!'; c < 0x7f; c++) {
                        char text[] = { 'x', (char)c, 'x', '\r', 0 }, read[] = { 'x', (char)c, 'x', 0 };
                        enum keymap_level level;
                        unsigned code;

                        if (!keymap_key(map, (char)c, &code, &level))
                                continue;
                        typist_init(&typist, map, 5000, 1000);
                        expect_typed(text, GATHERED_TEXT, read);
                }
}

static void reads_each_way_to_type(void **state)
{
        (void)state;
        typist_init(&typist, KEYMAP_FR, 5000, 1000);
        typist.by_number = true;
        expect_typed(NETWORK "\r", GATHERED_TEXT, NETWORK);
        typist_init(&typist, KEYMAP_DE, 5000, 10000);
        typist.by_caps = true;
        expect_typed(LABEL "\r", GATHERED_TEXT, LABEL);
        typist_init(&typist, KEYMAP_DE, 5000, 1000);
        typist.windows = true;
        expect_typed("]d1{a}\\\r", GATHERED_TEXT, "]d1{a}\\");
        for (enum keymap map = 0; map < _KEYMAP_MAX; map++) {
                typist_init(&typist, map, 5000, 1000);
                expect_typed("01\x1d"
                             "21A\x0d",
                             GATHERED_TEXT,
                             "01\x1d"
                             "21A");
        }
        typist_init(&typist, KEYMAP_US, 5000, 1000);
        expect_typed("by\x0a", GATHERED_TEXT, "by"); /* Ctrl-J */
        typist_init(&typist, KEYMAP_US, 5000, 1000);
        expect_typed("lost\x02"
                     "framed\x03",
                     GATHERED_TEXT, "framed");
}

/* Y and Z: nothing tells but the text. */
static void wrong_country_is_another_text(void **state)
{
        struct keys k;

        (void)state;
        typist_init(&typist, KEYMAP_DE, 5000, 1000);
        typist_text(&typist, "ARGHAM000C0FFEE YyZz00000000000\r");
        assert_int_equal(keys_init(&k, KEYMAP_US), 0);
        expect(&k, GATHERED_TEXT, "ARGHAM000C0FFEE ZzYy00000000000");
        keys_done(&k);
}

static void repeats_are_no_characters(void **state)
{
        (void)state;
        typist_init(&typist, KEYMAP_US, 5000, 1000);
        typist_key(&typist, KEY_A, 1);
        typist_key(&typist, KEY_A, 2);
        typist_key(&typist, KEY_A, 2);
        typist_key(&typist, KEY_A, 0);
        expect_typed("b\r", GATHERED_TEXT, "ab");
}

static void drop(void)
{
        typist.event[typist.n++] = (struct input_event){
                .input_event_sec = (long)(typist.now_us / 1000000),
                .input_event_usec = (long)(typist.now_us % 1000000),
                .type = EV_SYN,
                .code = SYN_DROPPED,
        };
}

/* The rest of the scan, its suffix and a scan that comes right behind it are dropped; after a pause all is
 * well, whatever was held when keys were lost. */
static void lost_keys_lose_the_scan(void **state)
{
        static const char *const then[] = { "", "FEE 1A2B3C4D5E6F7G8\r", "EE 1A2B3C4D5E6F7G8\r" LABEL "\r" };
        struct keys k;

        (void)state;
        for (size_t i = 0; i < sizeof(then) / sizeof(*then); i++) {
                assert_int_equal(keys_init(&k, KEYMAP_US), 0);
                typist_init(&typist, KEYMAP_US, 5000, 1000);
                typist_text(&typist, "ARGHAM000C0F");
                typist_key(&typist, KEY_LEFTSHIFT, 1);
                drop();
                typist_text(&typist, then[i]);
                expect(&k, GATHERED_DROPPED, "");
                typist.n = 0;
                typist_wait(&typist, GATHER_PAUSE_MS);
                typist_text(&typist, LABEL "\r");
                expect(&k, GATHERED_TEXT, LABEL);
                keys_done(&k);
        }
}

/* A pause without a suffix is an end only of scanners that never sent one. */
static void half_a_scan_is_none(void **state)
{
        struct keys k;

        (void)state;
        assert_int_equal(keys_init(&k, KEYMAP_US), 0);
        typist_init(&typist, KEYMAP_US, 5000, 1000);
        typist_text(&typist, LABEL);
        expect(&k, GATHERED_TEXT, LABEL);
        typist.n = 0;
        typist_wait(&typist, GATHER_PAUSE_MS);
        typist_text(&typist, LABEL "\r");
        expect(&k, GATHERED_TEXT, LABEL);
        typist.n = 0;
        typist_wait(&typist, GATHER_PAUSE_MS);
        typist_text(&typist, "ARGHAM000C0FFEE 1A2B3C4D5E6F");
        expect(&k, GATHERED_BROKEN, NULL);
        typist.n = 0;
        typist_wait(&typist, 20);
        typist_text(&typist, LABEL "\r");
        expect(&k, GATHERED_TEXT, LABEL);
        keys_done(&k);
}

/* Pauses are those between the events, not those between reads of them. */
static void two_scans_in_one_read(void **state)
{
        char got[GATHER_MAX + 1];
        enum gathered last;
        struct keys k;

        (void)state;
        assert_int_equal(keys_init(&k, KEYMAP_US), 0);
        typist_init(&typist, KEYMAP_US, 5000, 1000);
        typist_text(&typist, "one");
        typist_wait(&typist, GATHER_PAUSE_MS);
        typist_text(&typist, "two");
        typist_wait(&typist, GATHER_PAUSE_MS - 10);
        typist_text(&typist, "three");
        assert_int_equal(feed(&k, &typist, &last, got, sizeof(got)), 2);
        assert_string_equal(got, "twothree");
        keys_done(&k);
}

static void keys_without_characters_are_told(void **state)
{
        static const struct {
                unsigned modifier, code;
        } strange[] = {
                { 0, KEY_F8 },           { 0, KEY_BACKSPACE },    { KEY_LEFTALT, KEY_A },
                { KEY_LEFTCTRL, KEY_1 }, { KEY_RIGHTALT, KEY_A }, { 0, KEY_102ND + 200 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
                typist_init(&typist, KEYMAP_US, 5000, 1000);
                typist_text(&typist, "a");
                if (strange[i].modifier)
                        typist_key(&typist, strange[i].modifier, 1);
                typist_key(&typist, strange[i].code, 1);
                typist_key(&typist, strange[i].code, 0);
                if (strange[i].modifier)
                        typist_key(&typist, strange[i].modifier, 0);
                expect_typed("b\r", GATHERED_STRANGE, NULL);
        }
        typist_init(&typist, KEYMAP_FR, 5000, 1000); /* an e with a circumflex */
        typist_key(&typist, KEY_LEFTBRACE, 1);
        expect_typed("e\r", GATHERED_STRANGE, NULL);
}

static void a_person_is_noticed(void **state)
{
        struct keys k;

        (void)state;
        assert_int_equal(keys_init(&k, KEYMAP_DE), 0);
        typist_init(&typist, KEYMAP_DE, 5000, 1000);
        typist_text(&typist, "text\x03"); /* as a suffix */
        expect(&k, GATHERED_TEXT, "text");
        assert_false(k.stop);
        typist.n = 0;
        typist_text(&typist, "\x03");
        expect(&k, GATHERED_NOTHING, NULL);
        assert_true(k.stop);
        keys_done(&k);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_each_country_at_each_speed),
                cmocka_unit_test(reads_each_character),
                cmocka_unit_test(reads_each_way_to_type),
                cmocka_unit_test(wrong_country_is_another_text),
                cmocka_unit_test(repeats_are_no_characters),
                cmocka_unit_test(lost_keys_lose_the_scan),
                cmocka_unit_test(half_a_scan_is_none),
                cmocka_unit_test(two_scans_in_one_read),
                cmocka_unit_test(keys_without_characters_are_told),
                cmocka_unit_test(a_person_is_noticed),
        };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
