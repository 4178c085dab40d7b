/* SPDX-License-Identifier: Apache-2.0 */

/* The keyboards of 15 countries as scanners are set to them (scanning.md 9.3). A row of the table is a row
 * of keys; a blank is a key that is none of US ASCII. */

#include "setup/label/scanner/keymap.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>

enum { KEYS = 13 + 12 + 12 + 11 };

struct map {
        const char *name;
        const char *country;
        const char *dead;                    /* which of the characters wait for the next key */
        char keys[_KEYMAP_LEVELS][KEYS + 1]; /* alone, with Shift, with AltGr */
};

/* The places of the keys in `keys`. */
static const struct row {
        unsigned first, last; /* codes */
        unsigned at;
} rows[] = {
        { KEY_GRAVE, KEY_GRAVE, 0 },
        { KEY_1, KEY_EQUAL, 1 },
        { KEY_Q, KEY_RIGHTBRACE, 13 },
        { KEY_A, KEY_APOSTROPHE, 25 },
        { KEY_BACKSLASH, KEY_BACKSLASH, 36 },
        { KEY_102ND, KEY_102ND, 37 },
        { KEY_Z, KEY_SLASH, 38 },
};

static const struct map maps[_KEYMAP_MAX] = {
        [KEYMAP_US] = {
                "us", "American", "",
                { "`1234567890-=" "qwertyuiop[]" "asdfghjkl;'\\" "<zxcvbnm,./",
                  "~!@#$%^&*()_+" "QWERTYUIOP{}" "ASDFGHJKL:\"|" ">ZXCVBNM<>?",
                  "             " "            " "            " "|          " },
        },
        [KEYMAP_GB] = {
                "gb", "British", "",
                { "`1234567890-=" "qwertyuiop[]" "asdfghjkl;'#" "\\zxcvbnm,./",
                  " !\" $%^&*()_+" "QWERTYUIOP{}" "ASDFGHJKL:@~" "|ZXCVBNM<>?",
                  "             " "            " "            " "           " },
        },
        [KEYMAP_DE] = {
                "de", "German", "^`",
                { "^1234567890  " "qwertzuiop +" "asdfghjkl  #" "<yxcvbnm,.-",
                  " !\" $%&/()=?`" "QWERTZUIOP *" "ASDFGHJKL  '" ">YXCVBNM;:_",
                  "       {[]}\\ " "@          ~" "          ^ " "|          " },
        },
        [KEYMAP_CH] = {
                "ch", "Swiss", "^`~",
                { " 1234567890'^" "qwertzuiop  " "asdfghjkl  $" "<yxcvbnm,.-",
                  " +\"* %&/()=?`" "QWERTZUIOP !" "ASDFGHJKL   " ">YXCVBNM;:_",
                  " |@#   |    ~" "@         []" "          {}" "\\          " },
        },
        [KEYMAP_FR] = {
                "fr", "French", "^`~",
                { " & \"'(- _  )=" "azertyuiop^$" "qsdfghjklm *" "<wxcvbn,;:!",
                  " 1234567890 +" "AZERTYUIOP  " "QSDFGHJKLM% " ">WXCVBN?./ ",
                  "  ~#{[|`\\^@]}" "            " "            " "|          " },
        },
        [KEYMAP_BE] = {
                "be", "Belgian", "^`~",
                { " & \"'(  !  )-" "azertyuiop^$" "qsdfghjklm  " "<wxcvbn,;:=",
                  " 1234567890 _" "AZERTYUIOP *" "QSDFGHJKLM% " ">WXCVBN?./+",
                  " |@#  ^  {}  " "@         []" "           `" "\\         ~" },
        },
        [KEYMAP_ES] = {
                "es", "Spanish", "^`~",
                { " 1234567890' " "qwertyuiop`+" "asdfghjkl   " "<zxcvbnm,.-",
                  " !\" $%&/()=? " "QWERTYUIOP^*" "ASDFGHJKL   " ">ZXCVBNM;:_",
                  "\\|@#~        " "@         []" "         ~{}" "|          " },
        },
        [KEYMAP_IT] = {
                "it", "Italian", "",
                { "\\1234567890' " "qwertyuiop +" "asdfghjkl   " "<zxcvbnm,.-",
                  "|!\" $%&/()=?^" "QWERTYUIOP *" "ASDFGHJKL   " ">ZXCVBNM;:_",
                  "       {  }`~" "@         []" "         @# " "           " },
        },
        [KEYMAP_PT] = {
                "pt", "Portuguese", "^`~",
                { "\\1234567890' " "qwertyuiop+ " "asdfghjkl  ~" "<zxcvbnm,.-",
                  "|!\"#$%&/()=? " "QWERTYUIOP*`" "ASDFGHJKL  ^" ">ZXCVBNM;:_",
                  "  @    {[]}  " "@          ~" "          ^`" "           " },
        },
        [KEYMAP_SE] = {
                "se", "Swedish", "^`~",
                { " 1234567890+ " "qwertyuiop  " "asdfghjkl  '" "<zxcvbnm,.-",
                  " !\"# %&/()=?`" "QWERTYUIOP ^" "ASDFGHJKL  *" ">ZXCVBNM;:_",
                  "  @ $  {[]}\\ " "@          ~" "            " "|          " },
        },
        [KEYMAP_DK] = {
                "dk", "Danish", "^`~",
                { " 1234567890+ " "qwertyuiop  " "asdfghjkl  '" "<zxcvbnm,.-",
                  " !\"# %&/()=?`" "QWERTYUIOP ^" "ASDFGHJKL  *" ">ZXCVBNM;:_",
                  "  @ $  {[]} |" "@          ~" "          ^ " "\\          " },
        },
        [KEYMAP_NO] = {
                "no", "Norwegian", "^`~",
                { "|1234567890+\\" "qwertyuiop  " "asdfghjkl  '" "<zxcvbnm,.-",
                  " !\"# %&/()=?`" "QWERTYUIOP ^" "ASDFGHJKL  *" ">ZXCVBNM;:_",
                  "  @ $  {[]}  " "@          ~" "          ^ " "           " },
        },
        [KEYMAP_CZ] = {
                "cz", "Czech", "",
                { ";+         = " "qwertzuiop )" "asdfghjkl   " "\\yxcvbnm,.-",
                  " 1234567890% " "QWERTZUIOP/(" "ASDFGHJKL\"!'" "|YXCVBNM?:_",
                  "`!@#$%^&*{}\\ " "\\|          " "~  []`'  $'\\" "/ #&@{}^<>*" },
        },
        [KEYMAP_HU] = {
                "hu", "Hungarian", "",
                { "0123456789   " "qwertzuiop  " "asdfghjkl   " " yxcvbnm,.-",
                  " '\"+!%/=()   " "QWERTZUIOP  " "ASDFGHJKL   " " YXCVBNM?:_",
                  " ~ ^   `     " "\\|          " "   []    $  " "<>#&@{}<;>*" },
        },
        [KEYMAP_TR] = {
                "tr", "Turkish", "^`~",
                { "\"1234567890*-" "qwertyu op  " "asdfghjkl i," "<zxcvbnm  .",
                  " !'^+%&/()=?_" "QWERTYUIOP  " "ASDFGHJKL  ;" ">ZXCVBNM  :",
                  "<> #$  {[]}\\|" "@          ~" "          '`" "|          " },
        },
};

const char *keymap_name(enum keymap map)
{
        return maps[map].name;
}

const char *keymap_country(enum keymap map)
{
        return maps[map].country;
}

int keymap_find(const char *name, size_t len, enum keymap *ret)
{
        for (size_t i = 0; i < _KEYMAP_MAX; i++)
                if (strlen(maps[i].name) == len && memcmp(maps[i].name, name, len) == 0) {
                        *ret = (enum keymap)i;
                        return 0;
                }
        return -EINVAL;
}

char keymap_character(enum keymap map, unsigned code, enum keymap_level level)
{
        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (code >= rows[i].first && code <= rows[i].last) {
                        char c = maps[map].keys[level][rows[i].at + code - rows[i].first];

                        return c == ' ' ? 0 : c;
                }
        return 0;
}

bool keymap_is_dead(enum keymap map, char c)
{
        return c && strchr(maps[map].dead, c);
}

bool keymap_key(enum keymap map, char c, unsigned *ret_code, enum keymap_level *ret_level)
{
        for (unsigned level = 0; level < _KEYMAP_LEVELS; level++)
                for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                        for (unsigned code = rows[i].first; code <= rows[i].last; code++)
                                if (c != ' ' && keymap_character(map, code, level) == c) {
                                        *ret_code = code;
                                        *ret_level = level;
                                        return true;
                                }
        return false;
}
