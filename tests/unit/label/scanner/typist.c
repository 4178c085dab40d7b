/* SPDX-License-Identifier: Apache-2.0 */

/* What it presses is what recordings of such scanners show: modifier down, key down, key up, modifier up. */

#include "tests/unit/label/scanner/typist.h"
#include "tests/unit/cmocka.h"

void typist_init(struct typist *t, enum keymap map, int64_t now_ms, unsigned key_us)
{
        *t = (struct typist){ .map = map, .now_us = now_ms * 1000, .key_us = key_us, .part_us = key_us / 8 };
}

static void event(struct typist *t, unsigned type, unsigned code, int value)
{
        assert_true(t->n < TYPIST_EVENTS_MAX);
        t->event[t->n++] = (struct input_event){
                .input_event_sec = (long)(t->now_us / 1000000),
                .input_event_usec = (long)(t->now_us % 1000000),
                .type = (uint16_t)type,
                .code = (uint16_t)code,
                .value = value,
        };
}

void typist_key(struct typist *t, unsigned code, int value)
{
        t->now_us += t->part_us;
        event(t, EV_MSC, MSC_SCAN, 0x70000 + (int)code);
        event(t, EV_KEY, code, value);
        event(t, EV_SYN, SYN_REPORT, 0);
}

static void tap(struct typist *t, unsigned code)
{
        typist_key(t, code, 1);
        typist_key(t, code, 0);
}

static void with(struct typist *t, unsigned modifier, unsigned code)
{
        typist_key(t, modifier, 1);
        tap(t, code);
        typist_key(t, modifier, 0);
}

static void number(struct typist *t, unsigned c)
{
        static const unsigned pad[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,
                                        KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9 };

        typist_key(t, KEY_LEFTALT, 1);
        for (unsigned place = 1000; place > 0; place /= 10)
                tap(t, pad[c / place % 10]);
        typist_key(t, KEY_LEFTALT, 0);
}

static void shifted(struct typist *t, char c, unsigned code)
{
        if (!t->by_caps || c < 'A' || c > 'Z') {
                with(t, KEY_LEFTSHIFT, code);
                return;
        }
        tap(t, KEY_CAPSLOCK);
        tap(t, code);
        tap(t, KEY_CAPSLOCK);
}

static void character(struct typist *t, char c)
{
        enum keymap_level level;
        unsigned code;

        assert_true(keymap_key(t->map, c, &code, &level));
        switch (level) {
        case KEYMAP_PLAIN: tap(t, code); break;
        case KEYMAP_SHIFT: shifted(t, c, code); break;
        case KEYMAP_ALTGR:
                if (t->windows) {
                        typist_key(t, KEY_LEFTCTRL, 1);
                        with(t, KEY_LEFTALT, code);
                        typist_key(t, KEY_LEFTCTRL, 0);
                } else {
                        with(t, KEY_RIGHTALT, code);
                }
                break;
        case _KEYMAP_LEVELS: break;
        }
        if (keymap_is_dead(t->map, c))
                tap(t, KEY_SPACE);
}

static void control(struct typist *t, char c)
{
        enum keymap_level level;
        unsigned code;

        assert_true(keymap_key(t->map, (char)(c + '@' <= 'Z' ? c + 'a' - 1 : c + '@'), &code, &level));
        typist_key(t, KEY_LEFTCTRL, 1);
        if (level == KEYMAP_ALTGR)
                with(t, KEY_RIGHTALT, code);
        else
                tap(t, code);
        typist_key(t, KEY_LEFTCTRL, 0);
}

void typist_text(struct typist *t, const char *text)
{
        for (; *text; text++) {
                int64_t start_us = t->now_us;

                if (*text == '\r')
                        tap(t, KEY_ENTER);
                else if (*text == '\t')
                        tap(t, KEY_TAB);
                else if (t->by_number)
                        number(t, (unsigned char)*text);
                else if (*text == ' ')
                        tap(t, KEY_SPACE);
                else if (*text < ' ')
                        control(t, *text);
                else
                        character(t, *text);
                if (t->now_us < start_us + t->key_us)
                        t->now_us = start_us + t->key_us;
        }
}

void typist_wait(struct typist *t, unsigned ms)
{
        t->now_us += (int64_t)ms * 1000;
}
