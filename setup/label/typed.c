/* SPDX-License-Identifier: Apache-2.0 */

/* What is wrong with a text is noted as it comes and said at its end, so that the rest of a bad line is not
 * taken for the next text. */

#include "setup/label/typed.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>

enum {
        STX = 0x02,
        ETX = 0x03,
        EOT = 0x04,
        BACKSPACE = 0x08,
        CTRL_U = 0x15,
        FIRST_TEXT = 0x20,
        DELETE = 0x7f,
        AIM_LEN = 3,
};

struct typed {
        char *text; /* TYPED_MAX bytes in guarded memory */
        size_t len;
        bool too_long;
        uint8_t strange; /* a control character that belongs in no text; 0: none */
};

int typed_new(struct typed **ret)
{
        struct typed *t = calloc(1, sizeof(*t));

        if (!t)
                return -ENOMEM;
        t->text = sodium_malloc(TYPED_MAX);
        if (!t->text) {
                free(t);
                return -ENOMEM;
        }
        *ret = t;
        return 0;
}

static void clear(struct typed *t)
{
        sodium_memzero(t->text, TYPED_MAX);
        t->len = 0;
        t->too_long = false;
        t->strange = 0;
}

static void append(struct typed *t, uint8_t byte)
{
        if (t->len == TYPED_MAX)
                t->too_long = true;
        else
                t->text[t->len++] = (char)byte;
}

/* One character, of UTF-8 all bytes. */
static void take_back(struct typed *t)
{
        bool continued = true;

        while (t->len && continued) {
                continued = (t->text[--t->len] & 0xc0) == 0x80;
                t->text[t->len] = 0;
        }
}

static bool is_label(const struct typed *t)
{
        return !t->strange && !t->too_long && label_check(t->text, t->len) == FAULT_NONE;
}

bool typed_put(struct typed *t, uint8_t byte)
{
        switch (byte) {
        case '\r':
        case '\n':
        case EOT:
        case ETX: return !typed_is_empty(t);
        case '\t':
                if (is_label(t))
                        return true;
                append(t, byte);
                return false;
        case BACKSPACE:
        case DELETE: take_back(t); return false;
        case CTRL_U: clear(t); return false;
        default: break;
        }
        if (byte >= FIRST_TEXT)
                append(t, byte);
        else if (byte != STX || !typed_is_empty(t))
                t->strange = byte ? byte : FIRST_TEXT;
        return false;
}

bool typed_is_empty(const struct typed *t)
{
        return t->len == 0 && !t->strange;
}

bool typed_is_whole(const struct typed *t)
{
        return !t->strange && !t->too_long && label_is_whole(t->text, t->len);
}

/* 0: no identifier. -EINVAL: of a code that no device has. */
static int read_aim(const struct typed *t, enum label_symbology *ret)
{
        char kind = t->len >= AIM_LEN && t->text[0] == ']' ? t->text[1] : 0;

        *ret = kind == 'd' ? LABEL_DATA_MATRIX : kind == 'Q' ? LABEL_QR : 0;
        return !kind ? 0 : *ret ? AIM_LEN : -EINVAL;
}

static int judge(const struct typed *t, enum label_symbology *ret_symbology, struct trouble *ret)
{
        int r;

        if (t->strange)
                return trouble_set(ret, FAULT_LABEL_INVALID,
                                   "a key or character that belongs in no code came with it (control "
                                   "character %u): scan or type it again",
                                   t->strange == FIRST_TEXT ? 0u : t->strange);
        if (t->too_long)
                return trouble_set(ret, FAULT_LABEL_INVALID,
                                   "it is longer than %d characters; the code of a device has 31",
                                   TYPED_MAX);
        r = read_aim(t, ret_symbology);
        if (r < 0)
                return trouble_set(
                        ret, FAULT_LABEL_INVALID,
                        "this is a bar code of another kind (the scanner names it %.*s): the code "
                        "of a device is the small square data matrix",
                        AIM_LEN, t->text);
        return r;
}

int typed_take(struct typed *t, enum label_symbology *ret_symbology, struct secret **ret,
               struct trouble *ret_trouble)
{
        enum label_symbology symbology = 0;
        struct secret *text = NULL;
        int r = judge(t, &symbology, ret_trouble);

        if (r >= 0)
                r = secret_new(t->text + r, t->len - (size_t)r, &text);
        clear(t);
        if (r < 0)
                return r;
        *ret_symbology = symbology;
        *ret = text;
        return 0;
}

struct typed *typed_free(struct typed *t)
{
        if (!t)
                return NULL;
        sodium_free(t->text);
        free(t);
        return NULL;
}
