/* SPDX-License-Identifier: Apache-2.0 */

/* Scanners press what a person would press on the keyboard of their country: Shift for each capital, AltGr
 * (or, as Windows has it, Ctrl and Alt) for some signs, Ctrl and a letter for control characters, or Alt and
 * the number of the character on the number pad, for each one. The light of Caps Lock is not looked at: the
 * device is told that it is off (handheld-keyboard.c), so that no scanner swaps upper and lower case to make
 * up for it. Only a Caps Lock that the scanner itself presses counts. */

#include "setup/label/scanner/keys.h"
#include "proto/base/cleanup.h"
#include <string.h>

enum held { SHIFT_L = 1, SHIFT_R = 2, CTRL_L = 4, CTRL_R = 8, ALT = 16, ALTGR = 32, SHIFT = 3, CTRL = 12 };

int keys_init(struct keys *k, enum keymap map)
{
        *k = (struct keys){ .map = map };
        return gather_init(&k->gather);
}

void keys_done(struct keys *k)
{
        gather_done(&k->gather);
}

int64_t keys_time_ms(const struct input_event *e)
{
        uint64_t s = (uint64_t)e->input_event_sec % UINT32_MAX, us = (uint64_t)e->input_event_usec % 1000000;

        return (int64_t)(s * 1000 + us / 1000);
}

static unsigned modifier(unsigned code)
{
        switch (code) {
        case KEY_LEFTSHIFT: return SHIFT_L;
        case KEY_RIGHTSHIFT: return SHIFT_R;
        case KEY_LEFTCTRL: return CTRL_L;
        case KEY_RIGHTCTRL: return CTRL_R;
        case KEY_LEFTALT: return ALT;
        case KEY_RIGHTALT: return ALTGR;
        default: return 0;
        }
}

/* The character of a key of the number pad; 0: it is none. */
static char pad_character(unsigned code)
{
        static const struct {
                unsigned code;
                char c;
        } pad[] = {
                { KEY_KP0, '0' },    { KEY_KP1, '1' },     { KEY_KP2, '2' },     { KEY_KP3, '3' },
                { KEY_KP4, '4' },    { KEY_KP5, '5' },     { KEY_KP6, '6' },     { KEY_KP7, '7' },
                { KEY_KP8, '8' },    { KEY_KP9, '9' },     { KEY_KPDOT, '.' },   { KEY_KPASTERISK, '*' },
                { KEY_KPPLUS, '+' }, { KEY_KPMINUS, '-' }, { KEY_KPSLASH, '/' },
        };

        for (size_t i = 0; i < ELEMENTSOF(pad); i++)
                if (pad[i].code == code)
                        return pad[i].c;
        return 0;
}

/* ---- characters to the text ---- */

static void flush_dead(struct keys *k, int64_t at_ms)
{
        if (k->dead)
                gather_add(&k->gather, (uint8_t)k->dead, at_ms);
        k->dead = 0;
}

/* The mark tells the key, two of them one with AltGr: the judge of the calibration code looks at it. */
static enum gathered put_strange(struct keys *k, unsigned code, int64_t at_ms)
{
        flush_dead(k, at_ms);
        gather_add_strange(&k->gather, (uint8_t)(0x80 | code), at_ms);
        return GATHERED_NOTHING;
}

/* A dead key and a space is its sign; a dead key and a vowel is a letter that is not in US ASCII. */
static enum gathered put(struct keys *k, char c, int64_t at_ms)
{
        char dead = k->dead;

        if (dead && c && strchr("aeiounyAEIOUNY", c)) {
                k->dead = 0;
                return put_strange(k, (unsigned)c, at_ms);
        }
        flush_dead(k, at_ms);
        if (dead && c == ' ')
                return GATHERED_NOTHING;
        return gather_feed(&k->gather, (uint8_t)c, at_ms);
}

static enum gathered put_key(struct keys *k, char c, int64_t at_ms)
{
        if (!keymap_is_dead(k->map, c))
                return put(k, c, at_ms);
        flush_dead(k, at_ms);
        k->dead = c;
        gather_begin(&k->gather, at_ms);
        return GATHERED_NOTHING;
}

static enum gathered put_control(struct keys *k, char c, int64_t at_ms)
{
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (c == 'C' && !k->gather.open)
                k->stop = true;
        return c >= '@' && c <= '_' ? put(k, (char)(c & 0x1f), at_ms) : put_strange(k, (unsigned)c, at_ms);
}

/* ---- keys ---- */

static enum gathered press_character(struct keys *k, unsigned code, int64_t at_ms)
{
        bool windows = (k->held & CTRL) && (k->held & ALT);
        bool altgr = windows || (k->held & ALTGR);
        bool shift = k->held & SHIFT;
        char c;

        if ((k->held & ALT) && !windows)
                return put_strange(k, code, at_ms);
        c = keymap_character(k->map, code, altgr ? KEYMAP_ALTGR : shift ? KEYMAP_SHIFT : KEYMAP_PLAIN);
        if (!c && altgr)
                (void)put_strange(k, KEY_RIGHTALT, at_ms);
        if (!c)
                return put_strange(k, code, at_ms);
        if ((k->held & CTRL) && !windows)
                return put_control(k, c, at_ms);
        if (k->caps && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
                c ^= 'a' ^ 'A';
        return put_key(k, c, at_ms);
}

static enum gathered press_pad(struct keys *k, char c, int64_t at_ms)
{
        if (!(k->held & ALT) || c < '0' || c > '9')
                return put(k, c, at_ms);
        k->pad.digits++;
        k->pad.value = k->pad.value < 1000 ? k->pad.value * 10 + (unsigned)(c - '0') : k->pad.value;
        return GATHERED_NOTHING;
}

static enum gathered press(struct keys *k, unsigned code, int64_t at_ms)
{
        char pad = pad_character(code);

        if (pad)
                return press_pad(k, pad, at_ms);
        switch (code) {
        case KEY_ENTER:
        case KEY_KPENTER: return put(k, '\r', at_ms);
        case KEY_TAB: return put(k, '\t', at_ms);
        case KEY_SPACE: return put(k, ' ', at_ms);
        case KEY_CAPSLOCK: k->caps = !k->caps; return GATHERED_NOTHING;
        case KEY_NUMLOCK:
        case KEY_SCROLLLOCK:
        case KEY_ESC:
        case KEY_LEFTMETA:
        case KEY_RIGHTMETA: return GATHERED_NOTHING;
        default: return press_character(k, code, at_ms);
        }
}

/* Alt is let go: what was typed on the number pad is one character. */
static enum gathered end_pad(struct keys *k, int64_t at_ms)
{
        unsigned value = k->pad.value;
        bool typed = k->pad.digits > 0;

        k->pad.digits = k->pad.value = 0;
        if (!typed)
                return GATHERED_NOTHING;
        return value > 0 && value < 127 ? put(k, (char)value, at_ms) : put_strange(k, KEY_LEFTALT, at_ms);
}

static void forget_held(struct keys *k)
{
        k->held = k->pad.digits = k->pad.value = 0;
        k->caps = false;
        k->dead = 0;
}

enum gathered keys_pause(struct keys *k, int64_t now_ms)
{
        if (now_ms - k->gather.last_ms < GATHER_PAUSE_MS)
                return GATHERED_NOTHING;
        flush_dead(k, k->gather.last_ms);
        forget_held(k);
        return gather_end(&k->gather, false);
}

enum gathered keys_feed(struct keys *k, const struct input_event *e)
{
        int64_t at_ms = keys_time_ms(e);
        unsigned held = modifier(e->code);

        if (e->type == EV_SYN && e->code == SYN_DROPPED) {
                forget_held(k);
                gather_drop(&k->gather, at_ms);
        }
        if (e->type != EV_KEY || (e->value != 0 && e->value != 1))
                return GATHERED_NOTHING;
        k->gather.last_ms = at_ms;
        if (!held)
                return e->value == 1 ? press(k, e->code, at_ms) : GATHERED_NOTHING;
        k->held = e->value == 1 ? k->held | held : k->held & ~held;
        return held == ALT && e->value == 0 ? end_pad(k, at_ms) : GATHERED_NOTHING;
}
