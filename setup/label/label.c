/* SPDX-License-Identifier: Apache-2.0 */

/* The text rules of stickers. One pass splits the text into parts without copying it; everything else is
 * decided from the lengths and character classes of the parts, so that the secret is touched only when it is
 * put into guarded memory. */

#include "setup/label/label.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

enum {
        TEXT_MAX = 256, /* a sticker has 31 characters; more is white space, or another code */
        PARTS_MAX = 3,  /* the third one only proves that there are too many */
        IMEI_LEN = 15,
        DEVICE_ID_LEN = 24,
};

struct part {
        const char *text;
        size_t len;
};

struct parts {
        struct part part[PARTS_MAX];
        size_t n;
        bool too_long;
};

/* device.md 2.4. A hint for people: prefixes are added all the time, and the platform that
 * counts is the one that the cloud and the device report. */
static const struct model {
        const char *prefix;
        const char *name;
        unsigned platform_id;
        const char *sku; /* of cellular ones; NULL: the prefix stands for several */
} models[] = {
        { "ARNH", "Argon", 12, NULL },
        { "ARNK", "Argon", 12, NULL },
        { "ARNT", "Argon", 12, NULL },
        { "P010", "Argon", 12, NULL },
        { "P011", "Argon", 12, NULL },
        { "P013", "Argon", 12, NULL },
        { "B31K", "Boron 2G/3G", 13, NULL },
        { "B31T", "Boron 2G/3G", 13, NULL },
        { "P027", "Boron 2G/3G", 13, NULL },
        { "B40H", "Boron LTE", 13, "BRN402" },
        { "B40K", "Boron LTE", 13, "BRN402" },
        { "B40T", "Boron LTE", 13, "BRN402" },
        { "P012", "Boron LTE", 13, "BRN402" },
        { "P028", "Boron LTE", 13, "BRN404" },
        { "P044", "Boron LTE", 13, "BRN404X" },
        { "XENT", "Xenon", 14, NULL },
        { "P006", "B SoM", 23, "B402" },
        { "P007", "B SoM", 23, "B402" },
        { "P033", "B SoM", 23, "B404" },
        { "P042", "B SoM", 23, "B404X" },
        { "P019", "B5 SoM", 25, "B523" },
        { "P020", "B5 SoM", 25, "B523" },
        { "P034", "B5 SoM", 25, "B524" },
        { "P056", "B5 SoM", 25, "B504" },
        { "P069", "B5 SoM", 25, "B504E" },
        { "P024", "Tracker SoM", 26, "T402" },
        { "P025", "Tracker SoM", 26, "T523" },
        { "P031", "Tracker SoM", 26, "T404" },
        { "P032", "Tracker SoM", 26, "T524" },
        { "P046", "P2", 32, NULL },
        { "P051", "Photon 2", 32, NULL },
        { "P054", "M SoM", 35, NULL },
        { "P055", "M SoM", 35, NULL },
        { "P068", "M SoM", 35, NULL },
        { "P005", "Electron or E series", 10, NULL },
        { "P029", "Electron or E series", 10, NULL },
        { "P030", "Electron or E series", 10, NULL },
        { "P035", "Electron or E series", 10, NULL },
        { "P036", "Electron or E series", 10, NULL },
        { "P052", "Electron or E series", 10, NULL },
        { "A26K", "Electron or E series", 10, NULL },
        { "A27K", "Electron or E series", 10, NULL },
        { "A35K", "Electron or E series", 10, NULL },
        { "E26", "Electron or E series", 10, NULL },
        { "E27", "Electron or E series", 10, NULL },
        { "E31", "Electron or E series", 10, NULL },
        { "E35", "Electron or E series", 10, NULL },
        { "E40", "Electron or E series", 10, NULL },
        { "E4DK", "Electron or E series", 10, NULL },
        { "E4DT", "Electron or E series", 10, NULL },
        { "S26K", "Electron or E series", 10, NULL },
        { "S27K", "Electron or E series", 10, NULL },
        { "P0MD", "P0", 6, NULL },
        { "PHHK", "Photon", 6, NULL },
        { "PHHM", "Photon", 6, NULL },
        { "PHHT", "Photon", 6, NULL },
        { "PHNM", "Photon", 6, NULL },
        { "PHNT", "Photon", 6, NULL },
        { "P1MD", "P1", 8, NULL },
};

/* The character classes are ASCII whatever the locale says. */
static bool is_space(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_alnum(char c)
{
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char upper(char c)
{
        return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool all(struct part p, bool (*is)(char))
{
        for (size_t i = 0; i < p.len; i++)
                if (!is(p.text[i]))
                        return false;
        return true;
}

/* Length of what scanners and editors put in front: a UTF-8 byte order mark, an AIM symbology identifier of
 * a data matrix ("]d1") or QR code ("]Q1"). Other identifiers mean another kind of code: they stay, and the
 * text is refused. */
static size_t preamble(const char *text, size_t len)
{
        size_t at = 0;

        if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
                at = 3;
        while (at < len && is_space(text[at]))
                at++;
        if (len - at >= 3 && text[at] == ']' && (text[at + 1] == 'd' || text[at + 1] == 'Q') &&
            is_digit(text[at + 2]))
                at += 3;
        return at;
}

static struct parts split(const char *text, size_t len)
{
        struct parts p = { .too_long = len > TEXT_MAX };
        size_t at;

        if (p.too_long)
                return p;
        at = preamble(text, len);
        while (p.n < PARTS_MAX) {
                size_t start;

                while (at < len && is_space(text[at]))
                        at++;
                if (at == len)
                        break;
                start = at;
                while (at < len && !is_space(text[at]))
                        at++;
                p.part[p.n++] = (struct part){ text + start, at - start };
        }
        return p;
}

static bool is_serial(struct part p)
{
        return p.len == LABEL_SERIAL_LEN && all(p, is_alnum);
}

static bool is_imei(struct part p)
{
        return p.len == IMEI_LEN && all(p, is_digit);
}

static bool is_secret(struct part p)
{
        return p.len >= LABEL_SECRET_MIN && p.len <= LABEL_SECRET_LEN && all(p, is_alnum);
}

static enum fault judge(const struct parts *p)
{
        if (p->n == 1 && is_serial(p->part[0]) && !is_imei(p->part[0]))
                return FAULT_LABEL_NO_SECRET;
        if (p->n == 2 && is_serial(p->part[0]) && is_secret(p->part[1]))
                return FAULT_NONE;
        return FAULT_LABEL_INVALID;
}

enum fault label_check(const char *text, size_t len)
{
        struct parts p = split(text, len);

        return judge(&p);
}

bool label_is_whole(const char *text, size_t len)
{
        struct parts p = split(text, len);

        return judge(&p) == FAULT_NONE && p.part[1].len == LABEL_SECRET_LEN;
}

int label_copy(const struct label *from, struct label *ret)
{
        struct label copy = *from;
        int r;

        copy.mobile_secret = NULL;
        r = secret_new(secret_bytes(from->mobile_secret), secret_len(from->mobile_secret),
                       &copy.mobile_secret);
        if (r == 0)
                *ret = copy;
        return r;
}

void label_done(struct label *l)
{
        secret_free(l->mobile_secret);
        *l = (struct label){ 0 };
}

bool label_equal(const struct label *a, const struct label *b)
{
        return strcmp(a->serial, b->serial) == 0 && secret_equal(a->mobile_secret, b->mobile_secret);
}

bool label_is_partial(const struct label *l)
{
        return secret_len(l->mobile_secret) < LABEL_SECRET_LEN;
}

const char *label_setup_code(const struct label *l)
{
        return l->serial + LABEL_SERIAL_LEN - LABEL_CODE_LEN;
}

bool label_is_called(const struct label *l, const char *serial)
{
        return strcasecmp(serial, l->serial) == 0 || strcasecmp(serial, label_setup_code(l)) == 0;
}

static const struct model *find_model(const char *serial)
{
        for (size_t i = 0; i < ELEMENTSOF(models); i++) {
                const char *prefix = models[i].prefix;
                size_t at = 0;

                while (prefix[at] && upper(serial[at]) == prefix[at])
                        at++;
                if (!prefix[at])
                        return &models[i];
        }
        return NULL;
}

const char *label_model_hint(const struct label *l, unsigned *ret_platform_id)
{
        const struct model *m = find_model(l->serial);

        *ret_platform_id = m ? m->platform_id : 0;
        return m ? m->name : NULL;
}

const char *label_sku_hint(const struct label *l)
{
        const struct model *m = find_model(l->serial);

        return m ? m->sku : NULL;
}

/* Photon, P0, P1, Electron, E series (device.md 2.4): set up over USB or Wi-Fi, never over Bluetooth. */
static bool is_generation_2(const struct model *m)
{
        return m->platform_id == 6 || m->platform_id == 8 || m->platform_id == 10;
}

static void refuse_serial_only(const char *serial, struct trouble *ret)
{
        const struct model *m = find_model(serial);

        if (!m)
                (void)trouble_set(ret, FAULT_LABEL_NO_SECRET, "It holds a serial number alone.");
        else if (is_generation_2(m))
                (void)trouble_set(ret, FAULT_LABEL_NO_SECRET,
                                  "It holds the serial number of a %s, a generation 2 device: "
                                  "those have no Bluetooth setup.",
                                  m->name);
        else
                (void)trouble_set(ret, FAULT_LABEL_NO_SECRET,
                                  "It holds the serial number of a device (%s) alone.", m->name);
}

static void refuse_parts(const struct parts *p, struct trouble *ret)
{
        const struct part *a = &p->part[0], *b = &p->part[1];

        if (p->n == 0)
                (void)trouble_set(ret, FAULT_LABEL_INVALID, "It is empty.");
        else if (p->n == 1 && is_imei(*a))
                (void)trouble_set(ret, FAULT_LABEL_INVALID, "15 digits are an IMEI, the number of a modem.");
        else if (p->n == 1 && a->len == DEVICE_ID_LEN && all(*a, is_hex))
                (void)trouble_set(ret, FAULT_LABEL_INVALID, "24 hexadecimal digits are a device ID.");
        else if (p->n == 1)
                (void)trouble_set(ret, FAULT_LABEL_INVALID, "It holds one word of %zu characters.", a->len);
        else if (p->n > 2)
                (void)trouble_set(ret, FAULT_LABEL_INVALID, "It holds more than two words.");
        else if (!is_serial(*a))
                (void)trouble_set(ret, FAULT_LABEL_INVALID,
                                  "Its first word is no serial number of 15 letters and digits (it has %zu "
                                  "characters).",
                                  a->len);
        else
                (void)trouble_set(ret, FAULT_LABEL_INVALID,
                                  "Its second word is no mobile secret of 15 (early ones 12 to 14) letters "
                                  "and digits (it has %zu characters).",
                                  b->len);
}

int label_look(const char *text, size_t len, char ret_serial[static LABEL_SERIAL_LEN + 1],
               const char **ret_secret, size_t *ret_secret_len, struct trouble *ret_trouble)
{
        struct parts p = split(text, len);
        enum fault fault = judge(&p);

        if (p.too_long)
                return trouble_set(ret_trouble, fault, "It holds %zu characters; a sticker has 31.", len);
        if (fault == FAULT_LABEL_NO_SECRET)
                refuse_serial_only(p.part[0].text, ret_trouble);
        else if (fault != FAULT_NONE)
                refuse_parts(&p, ret_trouble);
        if (fault != FAULT_NONE)
                return -EINVAL;
        for (size_t i = 0; i < LABEL_SERIAL_LEN; i++)
                ret_serial[i] = upper(p.part[0].text[i]);
        ret_serial[LABEL_SERIAL_LEN] = 0;
        *ret_secret = p.part[1].text;
        *ret_secret_len = p.part[1].len;
        return 0;
}

int label_parse(const char *text, size_t len, struct label *ret, struct trouble *ret_trouble)
{
        struct label l = { 0 };
        const char *secret;
        size_t secret_len;
        int r = label_look(text, len, l.serial, &secret, &secret_len, ret_trouble);

        if (r == 0)
                r = secret_new(secret, secret_len, &l.mobile_secret);
        if (r == 0)
                *ret = l;
        return r;
}
