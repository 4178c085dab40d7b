/* SPDX-License-Identifier: Apache-2.0 */

/* The cloud words one and the same thing in half a dozen shapes (cloud.md 1-5), and
 * proxies between us and it add pages of their own. Here every shape becomes one line of text, and ONE table
 * decides what a person is told: the first row that fits endpoint, status, shape and text wins. */

#include "cloud/error.h"
#include "cloud/json.h"
#include "proto/base/text.h"
#include "proto/base/timer.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* text */
enum { ROOM_MIN = 8 };

/* Appends it, cleaned (proto/base/text.h): here the cloud's own words come in. What is too long loses its
 * middle. */
static void put_bytes(char *out, size_t size, const char *bytes, size_t len)
{
        size_t used = strlen(out);

        if (size - used >= ROOM_MIN)
                text_shorten(out + used, size - used, bytes, len);
        text_clean(out);
}

static void put(char *out, size_t size, const char *text)
{
        put_bytes(out, size, text, strlen(text));
}

/* messages */
static void read_error(const json_t *value, struct cloud_message *m);

/* One element of errors[]: a string, an object that wraps one, or ["msg", 404]. */
static void read_element(const json_t *e, struct cloud_message *m)
{
        const char *status;

        if (json_is_array(e))
                e = json_array_get(e, 0);
        if (json_is_string(e)) {
                put(m->text, sizeof(m->text), json_string_value(e));
                return;
        }
        status = cloud_json_text(json_object_get(e, "error"), "status");
        if (!status)
                status = cloud_json_text(e, "error");
        if (!status)
                status = cloud_json_text(e, "message");
        if (status)
                put(m->text, sizeof(m->text), status);
}

static void read_elements(const json_t *errors, struct cloud_message *m)
{
        if (!json_is_array(errors)) {
                read_error(errors, m);
                return;
        }
        for (size_t i = 0; i < json_array_size(errors); i++) {
                size_t len = strlen(m->text);

                if (len)
                        put(m->text, sizeof(m->text), "; ");
                read_element(json_array_get(errors, i), m);
                if (len && strlen(m->text) == len + 2)
                        m->text[len] = 0;
        }
}

/* "error" may itself be a string, or an object with a message in it. */
static void read_error(const json_t *value, struct cloud_message *m)
{
        if (json_is_string(value) || json_is_object(value))
                read_element(value, m);
}

static void read_object(const json_t *body, struct cloud_message *m)
{
        const char *error = cloud_json_text(body, "error");

        m->ok_false = json_is_false(json_object_get(body, "ok"));
        if (error && !strpbrk(error, " \t\r\n"))
                put(m->code, sizeof(m->code), error);
        read_error(json_object_get(body, "error_description"), m);
        if (!m->text[0])
                read_error(json_object_get(body, "error"), m);
        if (!m->text[0])
                read_error(json_object_get(body, "err"), m);
        if (!m->text[0])
                read_elements(json_object_get(body, "errors"), m);
        if (!m->text[0])
                read_error(json_object_get(body, "info"), m);
}

static size_t line_len(const char *bytes, size_t len)
{
        const char *end = memchr(bytes, '\n', len);

        return end ? (size_t)(end - bytes) : len;
}

static void read_html(const char *body, size_t len, struct cloud_message *m)
{
        static const char open[] = "<title>";
        const char *at = NULL, *end;

        for (size_t i = 0; i + sizeof(open) - 1 <= len && !at; i++)
                if (strncasecmp(body + i, open, sizeof(open) - 1) == 0)
                        at = body + i + sizeof(open) - 1;
        put(m->text, sizeof(m->text), "an HTML page");
        if (!at)
                return;
        while (at < body + len && isspace((unsigned char)*at))
                at++;
        end = memchr(at, '<', (size_t)(body + len - at));
        if (!end || end == at)
                return;
        put(m->text, sizeof(m->text), ", ");
        put_bytes(m->text, sizeof(m->text), at, line_len(at, (size_t)(end - at)));
}

void cloud_message_read(const char *body, size_t len, struct cloud_message *ret)
{
        _cleanup_(json_decref_ptr) json_t *j = NULL;

        *ret = (struct cloud_message){ .shape = SHAPE_EMPTY };
        while (len && isspace((unsigned char)*body)) {
                body++;
                len--;
        }
        if (!len)
                return;
        if (cloud_json_read(body, len, &j) == 0) {
                ret->shape = SHAPE_JSON;
                if (json_is_array(j))
                        read_elements(j, ret);
                else
                        read_object(j, ret);
        } else if (*body == '<') {
                ret->shape = SHAPE_HTML;
                read_html(body, len, ret);
        } else if (*body == '{' || *body == '[') {
                ret->shape = SHAPE_BROKEN_JSON;
                put(ret->text, sizeof(ret->text), "JSON that cannot be read");
        } else {
                ret->shape = SHAPE_TEXT;
                put_bytes(ret->text, sizeof(ret->text), body, line_len(body, len));
        }
}

/* judging */
enum {
        ANY = (1 << _ENDPOINT_MAX) - 1,
        SIGN_IN = 1 << ENDPOINT_SIGN_IN,
        ACCOUNT = 1 << ENDPOINT_ACCOUNT,
        SERIAL = 1 << ENDPOINT_SERIAL,
        DEVICE = 1 << ENDPOINT_DEVICE,
        CLAIM_CODE = 1 << ENDPOINT_CLAIM_CODE,
        CLAIM = 1 << ENDPOINT_CLAIM,
        PRODUCT = 1 << ENDPOINT_PRODUCT,
        CUSTOMER = 1 << ENDPOINT_CUSTOMER,
        SIM_CHANGE = 1 << ENDPOINT_SIM_CHANGE,
        SIM = 1 << ENDPOINT_SIM | SIM_CHANGE,
        EVENTS = 1 << ENDPOINT_EVENTS,
        AUTHORIZED = ANY & ~SIGN_IN,

        FOREIGN = SHAPE_HTML | SHAPE_TEXT, /* no page of the API's own */
        ALL = FOREIGN | SHAPE_EMPTY | SHAPE_JSON | SHAPE_BROKEN_JSON,
        ITS = SHAPE_EMPTY | SHAPE_JSON | SHAPE_BROKEN_JSON,
};

static const struct rule {
        unsigned endpoints;
        int from, to; /* status */
        unsigned shapes;
        const char *text; /* contained in message or code, in any case; NULL: whatever it says */
        enum fault fault;
        const char *hint; /* added to the cause */
} rules[] = {
        /* limits and proxies come before everything else */
        { ANY, 429, 429, ALL, NULL, FAULT_CLOUD_BUSY, NULL },
        { ANY, 529, 529, ALL, NULL, FAULT_CLOUD_BUSY, NULL },
        { ANY, 300, 399, ALL, NULL, FAULT_CLOUD_ANSWER, "redirects are not followed" },
        { ANY, 407, 407, ALL, NULL, FAULT_CLOUD_UNREACHABLE, "the proxy asks for a password" },
        { ANY, 511, 511, ALL, NULL, FAULT_CLOUD_UNREACHABLE,
          "the network asks for a sign-in (captive portal)" },

        /* the token (cloud.md 2.2) */
        { AUTHORIZED, 400, 401, ALL, "token was not found", FAULT_TOKEN_MISSING, NULL },
        { AUTHORIZED, 400, 403, ALL, "api users are not allowed", FAULT_TOKEN_SCOPE, NULL },
        { AUTHORIZED, 400, 403, SHAPE_JSON, "insufficient_scope", FAULT_TOKEN_SCOPE, NULL },
        { AUTHORIZED, 400, 401, SHAPE_JSON, "has expired", FAULT_TOKEN_EXPIRED, NULL },
        { AUTHORIZED, 400, 401, SHAPE_JSON, "invalid_token", FAULT_TOKEN_INVALID, NULL },
        { AUTHORIZED & ~CUSTOMER, 401, 401, ITS | SHAPE_TEXT, NULL, FAULT_TOKEN_INVALID, NULL },
        { AUTHORIZED, 400, 403, SHAPE_JSON, "unauthorized", FAULT_TOKEN_SCOPE, NULL },

        /* signing in (cloud.md 2.1) */
        { SIGN_IN | CUSTOMER, 400, 403, ITS, "invalid_client", FAULT_CONFIG,
          "the OAuth client is not known, or its secret is another" },
        { CUSTOMER, 401, 401, ITS | SHAPE_TEXT, NULL, FAULT_CONFIG,
          "the OAuth client is not known, or its secret is another" },
        { SIGN_IN, 400, 403, ITS, NULL, FAULT_SIGN_IN, NULL },

        /* whatever else a 4xx page in HTML or plain text is, it is not the API's */
        { CLAIM, 400, 403, SHAPE_TEXT, "someone else", FAULT_CLAIM_FOREIGN, NULL },
        { SIM_CHANGE, 404, 410, FOREIGN, NULL, FAULT_SIM,
          "the cloud has no such endpoint any more: do it by hand at https://setup.particle.io" },
        { ANY, 400, 499, FOREIGN, NULL, FAULT_CLOUD_ANSWER, NULL },

        /* claiming (cloud.md 3.1, 3.3) */
        { CLAIM, 400, 403, ALL, "someone else", FAULT_CLAIM_FOREIGN, NULL },
        { CLAIM, 400, 403, ALL, "limit", FAULT_CLAIM_LIMIT, NULL },
        { CLAIM, 400, 403, ALL, "maximum number", FAULT_CLAIM_LIMIT, NULL },
        { CLAIM, 402, 402, ALL, NULL, FAULT_CLAIM_LIMIT, NULL },
        { CLAIM, 404, 404, ITS, "online", FAULT_CLAIM_OFFLINE, NULL },
        { CLAIM, 404, 404, ITS, "offline", FAULT_CLAIM_OFFLINE, NULL },
        { CLAIM, 404, 404, ITS, NULL, FAULT_CLOUD_NOT_FOUND,
          "it may also be offline: the cloud is vague here" },
        { CLAIM, 408, 408, ALL, NULL, FAULT_CLAIM_OFFLINE, "the device did not answer the cloud" },
        { CLAIM, 200, 499, ALL, NULL, FAULT_CLAIM_REFUSED, NULL },
        { CLAIM_CODE, 404, 410, ITS, NULL, FAULT_CLOUD_NOT_FOUND, "this cloud gives no claim codes" },

        /* devices (cloud.md 3.5, 3.6): unknown and foreign look the same */
        { DEVICE, 400, 499, ITS, "not online", FAULT_DEVICE_OFFLINE, NULL },
        { DEVICE, 403, 404, ITS, NULL, FAULT_CLOUD_NOT_FOUND, "unknown, or it belongs to somebody else" },
        { DEVICE, 408, 408, ITS, NULL, FAULT_DEVICE_OFFLINE, NULL },
        { DEVICE, 500, 500, SHAPE_JSON, "timed out", FAULT_DEVICE_OFFLINE, NULL },

        /* SIM cards (cloud.md 5) */
        { SIM, 403, 403, ITS, NULL, FAULT_SIM, "it belongs to a product or to somebody else" },
        { SIM_CHANGE, 404, 404, ITS, NULL, FAULT_SIM,
          "not a SIM card of this account, or the cloud has no such endpoint any more: do it by hand at "
          "https://setup.particle.io" },
        { SIM, 404, 404, ITS, NULL, FAULT_CLOUD_NOT_FOUND, "not a SIM card of this account" },
        { SIM, 405, 405, ITS, NULL, FAULT_SIM, "do it by hand at https://setup.particle.io" },
        { SIM, 410, 410, ITS, NULL, FAULT_SIM, "do it by hand at https://setup.particle.io" },
        { SIM, 400, 400, ITS, NULL, FAULT_SIM, NULL },

        /* everybody */
        { ANY, 404, 404, ITS, NULL, FAULT_CLOUD_NOT_FOUND, NULL },
        { ANY, 408, 408, ITS, NULL, FAULT_CLOUD_SERVER, "it gave up waiting" },
        { ANY, 400, 499, ITS, NULL, FAULT_CLOUD_REFUSED, NULL },
        { ANY, 500, 599, ALL, NULL, FAULT_CLOUD_SERVER, NULL },
        { ANY, 200, 299, SHAPE_JSON, NULL, FAULT_CLOUD_REFUSED, NULL }, /* "ok":false */
        { ANY, 0, 999, ALL, NULL, FAULT_CLOUD_ANSWER, NULL },
};

static bool contains(const char *text, const char *part)
{
        return strcasestr(text, part) != NULL;
}

static const struct rule *rule_for(enum cloud_endpoint endpoint, int status, const struct cloud_message *m)
{
        const struct rule *r = rules;

        while (!(r->endpoints & 1U << endpoint) || status < r->from || status > r->to ||
               !(r->shapes & m->shape) ||
               (r->text && !contains(m->text, r->text) && !contains(m->code, r->text)))
                r++;
        return r;
}

static void describe(const struct rule *rule, const struct http_reply *reply, const struct cloud_message *m,
                     struct trouble *ret)
{
        (void)trouble_set(ret, rule->fault, "the cloud answered HTTP %d", reply->status);
        if (m->text[0] && reply->withheld)
                trouble_add(ret, " with words that may hold what was sent: they are not shown");
        else if (m->text[0])
                trouble_add(ret, m->shape == SHAPE_JSON ? ": \"%s\"" : ": %s", m->text);
        if (reply->status >= 300 && reply->status < 400 && reply->location[0])
                trouble_add(ret, " with a redirect to %.*s", (int)strcspn(reply->location, "?#"),
                            reply->location);
        if (rule->hint)
                trouble_add(ret, "; %s", rule->hint);
        if (reply->request_id[0])
                trouble_add(ret, " (request %s)", reply->request_id);
}

static enum fault transport_fault(enum http_failure failure)
{
        switch (failure) {
        case HTTP_ANSWERED: return FAULT_NONE;
        case HTTP_UNSENT:
        case HTTP_UNTRUSTED:
        case HTTP_LOST:
        case HTTP_TIMED_OUT: return FAULT_CLOUD_UNREACHABLE;
        case HTTP_GARBLED:
        case HTTP_TOO_LARGE: return FAULT_CLOUD_ANSWER;
        case HTTP_LOCAL: return FAULT_INTERNAL;
        }
        return FAULT_INTERNAL;
}

static const char *transport_words(enum http_failure failure)
{
        switch (failure) {
        case HTTP_ANSWERED: return "";
        case HTTP_UNSENT: return "no connection: ";
        case HTTP_UNTRUSTED:
                return "the server's certificate is not accepted (a private cloud needs --cloud-ca): ";
        case HTTP_LOST: return "the connection broke: ";
        case HTTP_TIMED_OUT: return "no answer in time: ";
        case HTTP_GARBLED: return "the answer is not HTTP: ";
        case HTTP_TOO_LARGE: return "the answer is longer than any real one: ";
        case HTTP_LOCAL: return "the request could not be made: ";
        }
        return "";
}

static bool contains_any(const char *text, const char *one, const char *other)
{
        return contains(text, one) || contains(text, other);
}

/* A machine without a clock (a Raspberry Pi that has just started) finds every certificate too young, one
 * whose clock is ahead finds it too old; the latter may also be so. */
static void judge_certificate(const char *cause, struct trouble *ret)
{
        time_t now = (time_t)timer_wall_s();
        char date[32] = "";
        struct tm tm;

        if (gmtime_r(&now, &tm))
                (void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &tm);
        if (contains_any(cause, "not yet valid", "not activated"))
                (void)trouble_set(ret, FAULT_CLOCK,
                                  "here it is %s, and the certificate of the cloud is not valid yet: %s",
                                  date, cause);
        else if (contains(cause, "expired"))
                (void)trouble_set(
                        ret, FAULT_CLOUD_UNREACHABLE,
                        "the certificate of the cloud has expired, unless this machine's clock is wrong "
                        "(here it is %s): %s",
                        date, cause);
}

void cloud_judge(enum cloud_endpoint endpoint, const struct http_reply *reply, struct trouble *ret)
{
        struct cloud_message m;

        *ret = (struct trouble){ .fault = transport_fault(reply->failure) };
        if (ret->fault != FAULT_NONE) {
                (void)trouble_set(ret, ret->fault, "%s%s", transport_words(reply->failure), reply->cause);
                if (reply->failure == HTTP_UNTRUSTED)
                        judge_certificate(reply->cause, ret);
                return;
        }
        if (reply->status >= 200 && reply->status < 300 && reply->body[0] == '[')
                return; /* a list, perhaps a long one: it has no "ok" */
        cloud_message_read(reply->body, reply->len, &m);
        if (reply->status >= 200 && reply->status < 300 && !m.ok_false)
                return;
        describe(rule_for(endpoint, reply->status, &m), reply, &m, ret);
}
