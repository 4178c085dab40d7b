/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies may be JSON or urlencoded everywhere (cloud.md 1). Without a content type the first byte decides:
 * '{' is JSON. */

#include "tests/sim/cloud/params.h"
#include <errno.h>
#include <strings.h>

static int hex_digit(char ch)
{
        if (ch >= '0' && ch <= '9')
                return ch - '0';
        ch = (char)(ch | 0x20);
        return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* JSON strings are UTF-8 without NUL: what jansson does not take, the cloud does not. */
static bool is_text(const char *text, size_t len)
{
        _cleanup_(json_decrefp) json_t *probe = NULL;

        if (memchr(text, 0, len))
                return false;
        probe = json_stringn(text, len);
        return probe != NULL;
}

int percent_decode(const char *text, size_t len, bool plus, char **ret)
{
        _cleanup_(freep) char *out = malloc(len + 1);
        size_t n = 0;

        if (!out)
                return -ENOMEM;
        for (size_t i = 0; i < len; i++) {
                if (text[i] == '%' && i + 2 < len && hex_digit(text[i + 1]) >= 0 &&
                    hex_digit(text[i + 2]) >= 0) {
                        out[n++] = (char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
                        i += 2;
                } else
                        out[n++] = plus && text[i] == '+' ? ' ' : text[i];
        }
        out[n] = 0;
        if (!is_text(out, n))
                return -EINVAL;
        *ret = TAKE_PTR(out);
        return 0;
}

static int form_field(json_t *into, const char *text, size_t len)
{
        _cleanup_(freep) char *name = NULL, *value = NULL;
        const char *equals = memchr(text, '=', len);
        size_t name_len = equals ? (size_t)(equals - text) : len;
        int r;

        if (name_len == 0)
                return 0;
        r = percent_decode(text, name_len, true, &name);
        if (r < 0)
                return r;
        r = percent_decode(equals ? equals + 1 : "", equals ? len - name_len - 1 : 0, true, &value);
        if (r < 0)
                return r;
        return json_object_set_new(into, name, json_string(value)) < 0 ? -ENOMEM : 0;
}

/* "a=1&b=2" to an object of strings; the last one of a name counts. -EINVAL as percent_decode(). */
static int form_decode(const char *text, size_t len, json_t **ret)
{
        _cleanup_(json_decrefp) json_t *form = json_object();
        int r;

        if (!form)
                return -ENOMEM;
        for (size_t at = 0; at < len;) {
                const char *end = memchr(text + at, '&', len - at);
                size_t n = end ? (size_t)(end - text) - at : len - at;

                r = form_field(form, text + at, n);
                if (r < 0)
                        return r;
                at += n + 1;
        }
        *ret = TAKE_PTR(form);
        return 0;
}

static bool says_json(const struct call *c)
{
        const char *type = call_header(c, "Content-Type"), *body = c->request->body;

        if (type && strncasecmp(type, "application/json", 16) == 0)
                return true;
        return !type && c->request->len > 0 && body[0] == '{';
}

static int parse_body(struct call *c)
{
        const char *type = call_header(c, "Content-Type");

        if (c->request->len > 0 && says_json(c)) {
                c->body = json_loadb(c->request->body, c->request->len, 0, NULL);
                return json_is_object(c->body) ? 0 : -EINVAL;
        }
        /* multipart bodies are read by the one route that takes files */
        if (type && strncasecmp(type, "multipart/", 10) == 0) {
                c->body = json_object();
                return c->body ? 0 : -ENOMEM;
        }
        c->is_form = c->request->len > 0;
        return form_decode(c->request->body ?: "", c->request->len, &c->body);
}

int call_parse(struct call *c)
{
        const char *query = c->request->query ?: "";
        int r;

        r = form_decode(query, strlen(query), &c->query);
        if (r < 0)
                return r;
        return parse_body(c);
}

const char *call_header(const struct call *c, const char *name)
{
        for (size_t i = 0; i < c->request->n_headers; i++)
                if (strcasecmp(c->request->header[i].name, name) == 0)
                        return c->request->header[i].value;
        return NULL;
}

static const json_t *param(const struct call *c, const char *name)
{
        const json_t *value = json_object_get(c->body, name);

        return value ?: json_object_get(c->query, name);
}

const char *call_text(const struct call *c, const char *name)
{
        const json_t *value = param(c, name);

        if (json_is_boolean(value))
                return json_is_true(value) ? "true" : "false";
        return json_string_value(value);
}

bool call_bool(const struct call *c, const char *name, bool missing)
{
        const json_t *value = param(c, name);
        const char *text = call_text(c, name);

        if (!value)
                return missing;
        if (json_is_integer(value))
                return json_integer_value(value) != 0;
        return text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

bool call_filter(const struct call *c, const char *name, const char *text)
{
        const char *part = call_text(c, name);

        return !part || (text && strcasestr(text, part));
}

bool call_has(const struct call *c, const char *name)
{
        return param(c, name) != NULL;
}

int call_int(const struct call *c, const char *name, int64_t *ret)
{
        const json_t *value = param(c, name);
        const char *text;
        long long n;
        char *end;

        if (!value)
                return -ENOENT;
        if (json_is_integer(value)) {
                *ret = json_integer_value(value);
                return 0;
        }
        text = json_string_value(value);
        if (!text || !*text)
                return -EINVAL;
        errno = 0;
        n = strtoll(text, &end, 10);
        if (*end || errno != 0)
                return -EINVAL;
        *ret = n;
        return 0;
}
