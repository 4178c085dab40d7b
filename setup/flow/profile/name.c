/* SPDX-License-Identifier: Apache-2.0 */

/* Words in braces are a table; what is not in it is refused when the profile is read, not when the device is
 * already set up. */

#include "setup/flow/profile/name.h"
#include "setup/label/label.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum word { WORD_SERIAL, WORD_PLATFORM, WORD_CODE, WORD_NUMBER, _WORD_MAX };

static const struct {
        const char *text;
        size_t longest; /* of what is filled in */
} words[_WORD_MAX] = {
        [WORD_SERIAL] = { "{serial}", LABEL_SERIAL_LEN },
        [WORD_PLATFORM] = { "{platform}", sizeof("trackerm") - 1 },
        [WORD_CODE] = { "{code}", LABEL_CODE_LEN },
        [WORD_NUMBER] = { "{n}", sizeof("100000") - 1 },
};

/* _WORD_MAX: no word begins here. */
static enum word word_at(const char *text)
{
        enum word w = WORD_SERIAL;

        while (w < _WORD_MAX && strncmp(text, words[w].text, strlen(words[w].text)) != 0)
                w++;
        return w;
}

int name_check(const char *text, struct trouble *ret_trouble)
{
        size_t longest = 0;

        for (const char *at = text; *at; at++) {
                enum word w = word_at(at);

                longest += w < _WORD_MAX ? words[w].longest : 1;
                if (w < _WORD_MAX)
                        at += strlen(words[w].text) - 1;
                else if (*at == '{' || *at == '}')
                        return trouble_set(
                                ret_trouble, FAULT_CONFIG,
                                "a name has {serial}, {platform}, {code} and {n}, and no other braces");
                else if (iscntrl((unsigned char)*at))
                        return trouble_set(ret_trouble, FAULT_CONFIG, "a name has no control characters");
        }
        if (longest >= PROFILE_NAME_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "the name may become longer than %d bytes",
                                   PROFILE_NAME_MAX - 1);
        return 0;
}

bool name_has_number(const char *text)
{
        return text && strstr(text, words[WORD_NUMBER].text);
}

static int put(char to[static PROFILE_NAME_MAX], size_t *used, const char *text, size_t len)
{
        if (*used + len >= PROFILE_NAME_MAX)
                return -EMSGSIZE;
        memcpy(to + *used, text, len);
        *used += len;
        return 0;
}

static int put_word(const struct name_words *fill, enum word w, char to[static PROFILE_NAME_MAX],
                    size_t *used)
{
        const char *text = "";
        char number[16];

        switch (w) {
        case WORD_SERIAL: text = fill->serial; break;
        case WORD_PLATFORM: text = fill->platform; break;
        case WORD_CODE: text = fill->code; break;
        case WORD_NUMBER:
                (void)snprintf(number, sizeof(number), "%u", fill->number);
                text = number;
                break;
        case _WORD_MAX: break;
        }
        return put(to, used, text, strlen(text));
}

int name_fill_in(const char *text, const struct name_words *fill, char ret[static PROFILE_NAME_MAX])
{
        char name[PROFILE_NAME_MAX];
        size_t used = 0;

        while (*text) {
                enum word w = word_at(text);
                int e = w < _WORD_MAX ? put_word(fill, w, name, &used) : put(name, &used, text, 1);

                if (e < 0)
                        return e;
                text += w < _WORD_MAX ? strlen(words[w].text) : 1;
        }
        name[used] = 0;
        memcpy(ret, name, used + 1);
        return 0;
}
