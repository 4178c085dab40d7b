/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which character a key stands for. A scanner that is a keyboard sends the places of keys, not characters:
 * it must be set to the same country as the table that reads it. US ASCII only: what else a country's
 * keyboard has is no character here. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum keymap {
        KEYMAP_US,
        KEYMAP_GB,
        KEYMAP_DE,
        KEYMAP_CH,
        KEYMAP_FR,
        KEYMAP_BE,
        KEYMAP_ES,
        KEYMAP_IT,
        KEYMAP_PT,
        KEYMAP_SE,
        KEYMAP_DK,
        KEYMAP_NO,
        KEYMAP_CZ,
        KEYMAP_HU,
        KEYMAP_TR,
        _KEYMAP_MAX,
};

/* What is held down with a key. */
enum keymap_level { KEYMAP_PLAIN, KEYMAP_SHIFT, KEYMAP_ALTGR, _KEYMAP_LEVELS };

/* "de" */
const char *keymap_name(enum keymap map);

/* "German" */
const char *keymap_country(enum keymap map);

/* -EINVAL: there is no such map. */
int keymap_find(const char *name, size_t len, enum keymap *ret);

/* The character of a key (KEY_... of linux/input-event-codes.h, without space and number pad); 0: none. */
char keymap_character(enum keymap map, unsigned code, enum keymap_level level);

/* Whether the character waits for the next one there, to become an accent: a scanner sends a space behind
 * it. */
bool keymap_is_dead(enum keymap map, char c);

/* The other way: the key for a character. False if the map has none. */
bool keymap_key(enum keymap map, char c, unsigned *ret_code, enum keymap_level *ret_level);
