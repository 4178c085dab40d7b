/* SPDX-License-Identifier: Apache-2.0 */

/* Servers repeat what they were sent in whatever form they have it at hand. So it is not the secret's forms
 * that are enumerated but the text that is read: at each place a character may stand for itself or be
 * percent-encoded, escaped as in JSON or as in HTML, and the forms may be mixed. Base64 has no characters to
 * decode: of a secret inside of something longer the characters in the middle are the same whatever stands
 * around it, but for its place modulo three. */

#include "cloud/mask.h"
#include "cloud/url.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* the forms: text behind text, each with its NUL */

/* The characters of base64 that the secret alone decides when `before` bytes stand in front of it. */
static int add_base64(struct buf *forms, const struct buf *secret, size_t before, int variant)
{
        size_t size = before + secret->len, from = (before * 8 + 5) / 6, to = size * 8 / 6;
        _cleanup_(buf_done) struct buf bytes = buf_init(size),
                                       text = buf_init(sodium_base64_encoded_len(size, variant));
        int r;

        r = buf_append(&bytes, "\0\0", before);
        if (r >= 0)
                r = buf_append(&bytes, secret->data, secret->len);
        if (r >= 0)
                r = buf_reserve(&text, text.ceiling);
        if (r < 0)
                return r;
        text.len = text.ceiling;
        (void)sodium_bin2base64((char *)text.data, text.len, bytes.data, size, variant);
        r = buf_append(forms, text.data + from, to - from);
        return r < 0 ? r : buf_append(forms, "", 1);
}

static int add_all_base64(struct buf *forms, const struct buf *secret)
{
        int r = 0;

        for (size_t before = 0; before < 3 && r >= 0; before++) {
                r = add_base64(forms, secret, before, sodium_base64_VARIANT_ORIGINAL);
                if (r >= 0)
                        r = add_base64(forms, secret, before, sodium_base64_VARIANT_URLSAFE);
        }
        return r;
}

/* Of what travels in a query or a form, the base64 is that of the encoded text. */
static int add_forms(struct buf *forms, const char *secret)
{
        _cleanup_(buf_done) struct buf plain = buf_init(strlen(secret)),
                                       encoded = buf_init(3 * strlen(secret));
        int r;

        r = buf_append(&plain, secret, strlen(secret));
        if (r >= 0)
                r = url_format(&encoded, "%s", secret);
        if (r >= 0)
                r = buf_append(forms, secret, strlen(secret) + 1);
        if (r >= 0)
                r = add_all_base64(forms, &plain);
        if (r >= 0 && encoded.len != plain.len)
                r = add_all_base64(forms, &encoded);
        return r;
}

int mask_add(struct mask *m, const struct secret *secret)
{
        _cleanup_(buf_done) struct buf forms = buf_init(SIZE_MAX / 2);
        int r;

        if (!secret || secret_len(secret) == 0)
                return 0;
        if (strlen(secret_text(secret)) < MASK_MIN) {
                m->withheld = true;
                return 0;
        }
        if (m->n == ELEMENTSOF(m->forms))
                return -ENOBUFS;
        r = add_forms(&forms, secret_text(secret));
        if (r >= 0)
                r = secret_new(forms.data, forms.len, &m->forms[m->n]);
        if (r >= 0)
                m->n++;
        return r;
}

void mask_done(struct mask *m)
{
        for (size_t i = 0; i < m->n; i++)
                m->forms[i] = secret_free(m->forms[i]);
        m->n = 0;
        m->withheld = false;
}

/* The form behind this one, NULL: the first; NULL behind the last. */
static const char *next_form(const struct secret *forms, const char *form)
{
        form = form ? form + strlen(form) + 1 : secret_text(forms);
        return form < secret_text(forms) + secret_len(forms) ? form : NULL;
}

/* reading one character */
struct character {
        uint8_t bytes[4];  /* UTF-8 */
        size_t len, taken; /* bytes of the text; 0: no such form here */
};

static struct character utf8(uint32_t code, size_t taken)
{
        struct character c = { .taken = taken };

        if (code < 0x80) {
                c.bytes[c.len++] = (uint8_t)code;
                return c;
        }
        if (code >= 0x10000)
                c.bytes[c.len++] = (uint8_t)(0xf0 | (code >> 18 & 7));
        if (code >= 0x800)
                c.bytes[c.len++] = (uint8_t)((code >= 0x10000 ? 0x80 : 0xe0) |
                                             (code >> 12 & (code >= 0x10000 ? 0x3f : 0xf)));
        c.bytes[c.len++] =
                (uint8_t)((code >= 0x800 ? 0x80 : 0xc0) | (code >> 6 & (code >= 0x800 ? 0x3f : 0x1f)));
        c.bytes[c.len++] = (uint8_t)(0x80 | (code & 0x3f));
        return c;
}

/* `digits` digits of this base at the text's start; false: fewer. */
static bool read_digits(const char *text, size_t len, size_t digits, uint32_t *ret)
{
        static const char hex[] = "0123456789abcdef";
        uint32_t n = 0;

        if (len < digits)
                return false;
        for (size_t i = 0; i < digits; i++) {
                const char *at = text[i] ? strchr(hex, text[i] | 0x20) : NULL;

                if (!at)
                        return false;
                n = n * 16 + (uint32_t)(at - hex);
        }
        *ret = n;
        return true;
}

static struct character json_escape(const char *text, size_t len)
{
        static const char names[] = "nrtbf", means[] = "\n\r\t\b\f";
        uint32_t code, low;
        const char *at;

        if (len < 2 || !text[1])
                return (struct character){};
        if (text[1] != 'u') {
                at = strchr(names, text[1]);
                return utf8((uint8_t)(at ? means[at - names] : text[1]), 2);
        }
        if (!read_digits(text + 2, len - 2, 4, &code))
                return (struct character){};
        if (code >> 10 == 0xd800 >> 10 && len >= 12 && text[6] == '\\' && text[7] == 'u' &&
            read_digits(text + 8, len - 8, 4, &low) && low >> 10 == 0xdc00 >> 10)
                return utf8(0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff)), 12);
        return utf8(code, 6);
}

static struct character html_escape(const char *text, size_t len)
{
        static const struct {
                const char *name;
                char means;
        } names[] = {
                { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }
        };
        const char *end = memchr(text, ';', len < 10 ? len : 10);
        unsigned long code;
        char *stop;

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (len >= strlen(names[i].name) && memcmp(text, names[i].name, strlen(names[i].name)) == 0)
                        return utf8((uint8_t)names[i].means, strlen(names[i].name));
        if (!end || end - text < 3 || text[1] != '#')
                return (struct character){};
        code = text[2] == 'x' || text[2] == 'X' ? strtoul(text + 3, &stop, 16)
                                                : strtoul(text + 2, &stop, 10);
        if (stop != end || code > 0x10ffff)
                return (struct character){};
        return utf8((uint32_t)code, (size_t)(end - text) + 1);
}

static struct character decode(const char *text, size_t len)
{
        uint32_t code;

        if (*text == '%' && read_digits(text + 1, len - 1, 2, &code))
                return (struct character){ .bytes = { (uint8_t)code }, .len = 1, .taken = 3 };
        if (*text == '+')
                return utf8(' ', 1);
        if (*text == '\\')
                return json_escape(text, len);
        if (*text == '&')
                return html_escape(text, len);
        return (struct character){};
}

/* masking */

/* How many bytes this takes at the start of the text, however it is written; 0: it is not there. What looks
 * encoded and is not ("100%25") is compared as it stands. */
static size_t length_of(const char *wanted, const char *text, size_t len)
{
        size_t left = strlen(wanted), at = 0;
        size_t plain = len >= left && memcmp(text, wanted, left) == 0 ? left : 0;

        while (left) {
                struct character c = { 0 };

                if (at < len)
                        c = decode(text + at, len - at);
                if (c.taken && c.len <= left && memcmp(c.bytes, wanted, c.len) == 0) {
                        at += c.taken;
                        wanted += c.len;
                        left -= c.len;
                } else if (at < len && text[at] == *wanted) {
                        at++;
                        wanted++;
                        left--;
                } else {
                        return plain;
                }
        }
        return at > plain ? at : plain;
}

/* What a form, or an escaped one, can begin with: most places of a long answer are passed over by this. */
static void find_starts(const struct mask *m, bool starts[static 256])
{
        starts['%'] = starts['+'] = starts['\\'] = starts['&'] = true;
        for (size_t i = 0; i < m->n; i++)
                for (const char *f = NULL; (f = next_form(m->forms[i], f));)
                        starts[(uint8_t)*f] = true;
}

static void mask_here(const struct mask *m, char *text, size_t len)
{
        for (size_t i = 0; i < m->n; i++)
                for (const char *f = NULL; (f = next_form(m->forms[i], f));)
                        memset(text, '*', length_of(f, text, len));
}

static void mask_text(const struct mask *m, char *text, size_t len)
{
        bool starts[256] = {};

        find_starts(m, starts);
        for (size_t at = 0; at < len; at++)
                if (starts[(uint8_t)text[at]])
                        mask_here(m, text + at, len - at);
}

/* By these the cloud hands out secrets; a full mobile secret begins with the part that was sent. */
static bool hands_out(const char *key)
{
        static const char *const keys[] = { "access_token", "claim_code", "mfa_token", "mobile_secret" };

        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                if (strcmp(keys[i], key) == 0)
                        return true;
        return false;
}

static int mask_string(const struct mask *m, json_t *value)
{
        size_t len = json_string_length(value);
        _cleanup_(buf_done) struct buf text = buf_init(len + 1);
        int r = buf_append(&text, json_string_value(value), len + 1);

        if (r < 0)
                return r;
        mask_text(m, (char *)text.data, len);
        if (memcmp(text.data, json_string_value(value), len) == 0)
                return 0;
        return json_string_setn_nocheck(value, (const char *)text.data, len) < 0 ? -ENOMEM : 0;
}

/* The depth is bounded by cloud_json_read(). */
int mask_json(const struct mask *m, json_t *value)
{
        const char *key;
        json_t *item;
        size_t i;
        int r = 0;

        if (m->n == 0)
                return 0;
        if (json_is_string(value))
                return mask_string(m, value);
        json_array_foreach(value, i, item) {
                r = mask_json(m, item);
                if (r < 0)
                        return r;
        }
        json_object_foreach(value, key, item) {
                r = hands_out(key) ? 0 : mask_json(m, item);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int add_text(struct buf *texts, const char *text, size_t len, size_t *ret_at)
{
        int r;

        *ret_at = texts->len;
        r = buf_append(texts, text, len);
        return r < 0 ? r : buf_append(texts, "", 1);
}

static bool is_list(const struct http_reply *reply)
{
        return reply->status >= 200 && reply->status < 300 && reply->body[0] == '[';
}

int mask_reply(const struct mask *m, const struct http_reply *reply, struct masked_reply *ret)
{
        size_t body_len = is_list(reply) ? 1 : reply->len, body, cause, id, location;
        _cleanup_(buf_done) struct buf texts = buf_init(SIZE_MAX / 2);
        int r;

        r = add_text(&texts, reply->body, body_len, &body);
        if (r >= 0)
                r = add_text(&texts, reply->cause, strlen(reply->cause), &cause);
        if (r >= 0)
                r = add_text(&texts, reply->request_id, strlen(reply->request_id), &id);
        if (r >= 0)
                r = add_text(&texts, reply->location, strlen(reply->location), &location);
        if (r < 0)
                return r;
        mask_text(m, (char *)texts.data, texts.len);
        ret->reply = *reply;
        ret->reply.body = (const char *)texts.data + body;
        ret->reply.len = body_len;
        ret->reply.cause = (const char *)texts.data + cause;
        ret->reply.content_type = "";
        ret->reply.request_id = m->withheld ? "" : (const char *)texts.data + id;
        ret->reply.location = m->withheld ? "" : (const char *)texts.data + location;
        ret->reply.withheld = m->withheld;
        ret->texts = texts;
        texts = buf_init(0);
        return 0;
}
