/* SPDX-License-Identifier: Apache-2.0 */

/* The error matrix of cloud.md 1-5: endpoint x status x shape -> fault and words. A
 * row is one reply as somebody recorded it, or as a proxy makes it. */

#include "cloud/error.h"
#include "proto/base/cleanup.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct http_reply answer(int status, const char *body)
{
        return (struct http_reply){
                .failure = HTTP_ANSWERED,
                .cause = "",
                .status = status,
                .body = body,
                .len = strlen(body),
                .content_type = "",
                .request_id = "",
                .location = "",
        };
}

static const struct {
        const char *body, *text, *code;
        enum cloud_shape shape;
} messages[] = {
        /* the order of cloud.md 1, each shape once */
        { "{\"error\":\"invalid_grant\",\"error_description\":\"User credentials are invalid\"}",
          "User credentials are invalid", "invalid_grant", SHAPE_JSON },
        { "{\"error\":\"Permission Denied\",\"info\":\"I didn't recognize that\"}", "Permission Denied", "",
          SHAPE_JSON },
        { "{\"err\":\"old spelling\"}", "old spelling", "", SHAPE_JSON },
        { "{\"ok\":false,\"errors\":[\"device does not exist\"]}", "device does not exist", "", SHAPE_JSON },
        { "{\"ok\":false,\"errors\":[[\"Core isn't online\",404]]}", "Core isn't online", "", SHAPE_JSON },
        { "{\"ok\":false,\"code\":500,\"errors\":[{\"error\":\"Timed out\"}]}", "Timed out", "",
          SHAPE_JSON },
        { "{\"errors\":[{\"error\":{\"status\":\"deep\"}}]}", "deep", "", SHAPE_JSON },
        { "{\"errors\":[{\"message\":\"said\"}]}", "said", "", SHAPE_JSON },
        { "{\"errors\":[\"one\",[],7,{},\"two\"]}", "one; two", "", SHAPE_JSON },
        { "{\"errors\":\"not a list\"}", "not a list", "", SHAPE_JSON },
        { "{\"error\":{\"message\":\"wrapped\"}}", "wrapped", "", SHAPE_JSON },
        { "{\"info\":\"last\"}", "last", "", SHAPE_JSON },
        { "{\"error_description\":\"\",\"error\":null,\"err\":false,\"errors\":[],\"info\":\"left\"}",
          "left", "", SHAPE_JSON },
        { "[[\"bare list\",400]]", "bare list", "", SHAPE_JSON },
        { "{}", "", "", SHAPE_JSON },
        { "[]", "", "", SHAPE_JSON },
        { "", "", "", SHAPE_EMPTY },
        { " \r\n", "", "", SHAPE_EMPTY },
        /* not the API's */
        { "<html>\n<head><TITLE>\n502 Bad Gateway</TITLE></head>", "an HTML page, 502 Bad Gateway", "",
          SHAPE_HTML },
        { "<!doctype html><title></title>", "an HTML page", "", SHAPE_HTML },
        { "<title>unclosed", "an HTML page", "", SHAPE_HTML },
        { "Not Found\nnginx", "Not Found", "", SHAPE_TEXT },
        { "{\"error\":\"cut off", "JSON that cannot be read", "", SHAPE_BROKEN_JSON },
        { "{\"a\":1,\"a\":2}", "JSON that cannot be read", "", SHAPE_BROKEN_JSON },
        { "[[[[[[[[[[[[[[[[[[[[\"deep\"]]]]]]]]]]]]]]]]]]]]", "JSON that cannot be read", "",
          SHAPE_BROKEN_JSON },
        /* nothing that a terminal obeys */
        { "{\"error\":\"a\\u001b[31mb\\nc\\u009bd\"}", "a?[31mb c?d", "", SHAPE_JSON },
        { "\x1b[2Jboo\xff", "?[2Jboo?", "", SHAPE_TEXT },
};

static void messages_are_found_in_every_shape(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(messages); i++) {
                struct cloud_message m;

                cloud_message_read(messages[i].body, strlen(messages[i].body), &m);
                assert_string_equal(m.text, messages[i].text);
                assert_string_equal(m.code, messages[i].code);
                assert_int_equal(m.shape, messages[i].shape);
        }
}

static void a_long_message_is_cut_between_characters(void **state)
{
        char body[1024] = "{\"error\":\"", *at = body + strlen(body);
        struct cloud_message m;

        (void)state;
        *at++ = 'x';
        for (int i = 0; i < 200; i++, at += 3)
                memcpy(at, "\xe2\x82\xac", 3);
        memcpy(at, "\"}", 3);
        cloud_message_read(body, strlen(body), &m);
        assert_true(strlen(m.text) < CLOUD_MESSAGE_MAX && strlen(m.text) > CLOUD_MESSAGE_MAX - 5);
        assert_int_equal(strlen(m.text) % 3, 1);
        assert_memory_equal(m.text + strlen(m.text) - 3, "\xe2\x82\xac", 3);
}

#define NOT_FOUND_TOKEN                                                                                     \
        "{\"error\":\"invalid_request\",\"error_description\":\"The access token was not found\"}"
#define BAD_TOKEN                                                                                           \
        "{\"error\":\"invalid_token\",\"error_description\":\"The access token provided is invalid.\"}"
#define OLD_TOKEN                                                                                           \
        "{\"error\":\"invalid_token\",\"error_description\":\"The access token provided has expired.\"}"
#define API_USER                                                                                            \
        "{\"error\":\"unauthorized\",\"error_description\":\"API users are not allowed to call this endpoint\"}"
#define DENIED                                                                                              \
        "{\"error\":\"Permission Denied\",\"info\":\"I didn't recognize that device name or ID, try opening\"}"
#define HTML "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

static const struct {
        enum cloud_endpoint endpoint;
        int status;
        const char *body;
        enum fault fault;
        const char *words; /* in the cause; NULL: none is wanted */
} matrix[] = {
        /* 2.2: the token, whatever the endpoint */
        { ENDPOINT_ACCOUNT, 400, NOT_FOUND_TOKEN, FAULT_TOKEN_MISSING, "was not found" },
        { ENDPOINT_DEVICE, 401, BAD_TOKEN, FAULT_TOKEN_INVALID, "HTTP 401" },
        { ENDPOINT_CLAIM, 401, OLD_TOKEN, FAULT_TOKEN_EXPIRED, "has expired" },
        { ENDPOINT_CLAIM, 400, OLD_TOKEN, FAULT_TOKEN_EXPIRED, "has expired" },
        { ENDPOINT_CLAIM, 400, API_USER, FAULT_TOKEN_SCOPE, "API users" },
        { ENDPOINT_CLAIM_CODE, 400, API_USER, FAULT_TOKEN_SCOPE, "API users" },
        { ENDPOINT_DEVICE, 403, "{\"error\":\"insufficient_scope\"}", FAULT_TOKEN_SCOPE, "insufficient" },
        { ENDPOINT_SIM, 401, "", FAULT_TOKEN_INVALID, "HTTP 401" },
        { ENDPOINT_DEVICE, 401, HTML, FAULT_CLOUD_ANSWER, "an HTML page" },
        { ENDPOINT_DEVICE, 401, "Unauthorized", FAULT_TOKEN_INVALID, "Unauthorized" },
        { ENDPOINT_DEVICE, 401, "{\"error\":\"Unauthorized\"}", FAULT_TOKEN_INVALID, "Unauthorized" },
        { ENDPOINT_DEVICE, 401, API_USER, FAULT_TOKEN_SCOPE, "API users" },
        { ENDPOINT_DEVICE, 400, "{\"error\":\"unauthorized\"}", FAULT_TOKEN_SCOPE, "unauthorized" },
        /* 2.1: signing in */
        { ENDPOINT_SIGN_IN, 400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"User credentials are invalid\"}",
          FAULT_SIGN_IN, "credentials" },
        { ENDPOINT_SIGN_IN, 400, "{\"error\":\"invalid_client\"}", FAULT_CONFIG, "OAuth client" },
        { ENDPOINT_SIGN_IN, 401, "{\"ok\":false,\"errors\":[\"Bad password\"]}", FAULT_SIGN_IN,
          "Bad password" },
        { ENDPOINT_SIGN_IN, 429, "", FAULT_CLOUD_BUSY, "429" },
        { ENDPOINT_SIGN_IN, 503, "{\"error\":\"server_error\"}", FAULT_CLOUD_SERVER, "503" },
        /* 3.3: claiming by id */
        { ENDPOINT_CLAIM, 200, "{\"user_id\":\"1\",\"id\":\"2\",\"connected\":true,\"ok\":true}", FAULT_NONE,
          NULL },
        { ENDPOINT_CLAIM, 200, "{\"ok\":true,\"transfer_id\":\"1\"}", FAULT_NONE, NULL },
        { ENDPOINT_CLAIM, 200, "{\"ok\":false,\"errors\":[\"no\"]}", FAULT_CLAIM_REFUSED, "\"no\"" },
        { ENDPOINT_CLAIM, 404, "{\"ok\":false,\"errors\":[\"device does not exist\"]}",
          FAULT_CLOUD_NOT_FOUND, "does not exist" },
        { ENDPOINT_CLAIM, 404, "{\"ok\":false,\"error\":\"device not found\"}", FAULT_CLOUD_NOT_FOUND,
          "not found" },
        { ENDPOINT_CLAIM, 404, "{}", FAULT_CLOUD_NOT_FOUND, "may also be offline" },
        { ENDPOINT_CLAIM, 404, "{\"ok\":false,\"errors\":[[\"Core isn't online\",404]]}",
          FAULT_CLAIM_OFFLINE, "isn't online" },
        { ENDPOINT_CLAIM, 403, "{\"errors\":[\"That belongs to someone else.\"]}", FAULT_CLAIM_FOREIGN,
          "someone else" },
        { ENDPOINT_CLAIM, 400, "The device belongs to someone else.", FAULT_CLAIM_FOREIGN, "someone else" },
        { ENDPOINT_CLAIM, 403, "{\"error\":\"Device limit reached\"}", FAULT_CLAIM_LIMIT, "limit" },
        { ENDPOINT_CLAIM, 400, "{\"error\":\"You have reached the limit of devices\"}", FAULT_CLAIM_LIMIT,
          "limit" },
        { ENDPOINT_CLAIM, 403, "{\"error\":\"You have the maximum number of devices\"}", FAULT_CLAIM_LIMIT,
          "maximum" },
        { ENDPOINT_CLAIM, 402, "{}", FAULT_CLAIM_LIMIT, "402" },
        { ENDPOINT_CLAIM, 408, "{}", FAULT_CLAIM_OFFLINE, "did not answer" },
        { ENDPOINT_CLAIM, 400, "{\"error\":\"already claimed\"}", FAULT_CLAIM_REFUSED, "already claimed" },
        { ENDPOINT_CLAIM, 409, "{}", FAULT_CLAIM_REFUSED, "409" },
        { ENDPOINT_CLAIM, 404, HTML, FAULT_CLOUD_ANSWER, "an HTML page" },
        { ENDPOINT_CLAIM, 500, "{}", FAULT_CLOUD_SERVER, "500" },
        /* 3.1: claim codes may be gone */
        { ENDPOINT_CLAIM_CODE, 404, "{}", FAULT_CLOUD_NOT_FOUND, "no claim codes" },
        { ENDPOINT_CLAIM_CODE, 405, "", FAULT_CLOUD_NOT_FOUND, "no claim codes" },
        { ENDPOINT_CLAIM_CODE, 410, "{}", FAULT_CLOUD_NOT_FOUND, "no claim codes" },
        { ENDPOINT_CLAIM_CODE, 403, DENIED, FAULT_CLOUD_REFUSED, "Permission Denied" },
        /* 3.5, 3.6: devices */
        { ENDPOINT_DEVICE, 403, DENIED, FAULT_CLOUD_NOT_FOUND, "Permission Denied" },
        { ENDPOINT_DEVICE, 404, "{\"error\":\"Device not found for this product\"}", FAULT_CLOUD_NOT_FOUND,
          "for this product" },
        { ENDPOINT_DEVICE, 403, HTML, FAULT_CLOUD_ANSWER, "an HTML page" },
        { ENDPOINT_DEVICE, 404, "Cannot GET /v1/devices", FAULT_CLOUD_ANSWER, "Cannot GET" },
        { ENDPOINT_DEVICE, 408, "{}", FAULT_DEVICE_OFFLINE, "408" },
        { ENDPOINT_DEVICE, 400, "{\"error\":\"Device is not online\"}", FAULT_DEVICE_OFFLINE, "online" },
        { ENDPOINT_DEVICE, 404, "{\"error\":\"Device is not online\"}", FAULT_DEVICE_OFFLINE, "online" },
        { ENDPOINT_DEVICE, 500,
          "{\"ok\":false,\"code\":500,\"errors\":[{\"error\":\"Timed out, didn't hear back from device "
          "service\"}]}",
          FAULT_DEVICE_OFFLINE, "didn't hear back" },
        { ENDPOINT_DEVICE, 500, "{\"error\":\"oops\"}", FAULT_CLOUD_SERVER, "oops" },
        /* 4: serial numbers and products */
        { ENDPOINT_SERIAL, 404, "{\"ok\":false,\"error\":\"Serial number not found\"}",
          FAULT_CLOUD_NOT_FOUND, "Serial number" },
        { ENDPOINT_SERIAL, 429, "Too Many Requests", FAULT_CLOUD_BUSY, "Too Many" },
        { ENDPOINT_PRODUCT, 404, "{\"ok\":false,\"error\":\"Product not found.\"}", FAULT_CLOUD_NOT_FOUND,
          "Product not found" },
        { ENDPOINT_PRODUCT, 403, "{\"error\":\"Permission Denied\"}", FAULT_CLOUD_REFUSED, "Permission" },
        { ENDPOINT_CUSTOMER, 400, "{\"error\":\"bad email\"}", FAULT_CLOUD_REFUSED, "bad email" },
        { ENDPOINT_CUSTOMER, 400, "{\"error\":\"invalid_client\"}", FAULT_CONFIG, "OAuth client" },
        { ENDPOINT_CUSTOMER, 401, "Unauthorized", FAULT_CONFIG, "OAuth client" },
        /* 5: SIM cards */
        { ENDPOINT_SIM, 200, "", FAULT_NONE, NULL },
        { ENDPOINT_SIM, 204, "", FAULT_NONE, NULL },
        { ENDPOINT_SIM, 400,
          "{\"ok\":false,\"error\":\"You must pass an ISO 3166-1 Alpha-2 country code to import SIM cards\"}",
          FAULT_SIM, "country code" },
        { ENDPOINT_SIM, 403, "{}", FAULT_SIM, "belongs to" },
        { ENDPOINT_SIM, 404, "{}", FAULT_CLOUD_NOT_FOUND, "not a SIM card of this account" },
        { ENDPOINT_SIM_CHANGE, 404, "{}", FAULT_SIM, "not a SIM card of this account" },
        { ENDPOINT_SIM_CHANGE, 404, "Cannot PUT /v1/sims/1", FAULT_SIM, "no such endpoint" },
        { ENDPOINT_SIM_CHANGE, 405, HTML, FAULT_SIM, "no such endpoint" },
        { ENDPOINT_SIM_CHANGE, 403, HTML, FAULT_CLOUD_ANSWER, "an HTML page" },
        { ENDPOINT_SIM, 405, "", FAULT_SIM, "setup.particle.io" },
        { ENDPOINT_SIM, 410, "{}", FAULT_SIM, "setup.particle.io" },
        { ENDPOINT_SIM, 408, "{}", FAULT_CLOUD_SERVER, "gave up waiting" },
        { ENDPOINT_SIM, 504, HTML, FAULT_CLOUD_SERVER, "an HTML page" },
        /* 6: event streams */
        { ENDPOINT_EVENTS, 400, "{\"ok\":false,\"error\":\"event prefix filter is required\"}",
          FAULT_CLOUD_REFUSED, "prefix" },
        { ENDPOINT_EVENTS, 529, "", FAULT_CLOUD_BUSY, "529" },
        /* what stands between */
        { ENDPOINT_DEVICE, 502, HTML, FAULT_CLOUD_SERVER, "502 Bad Gateway" },
        { ENDPOINT_DEVICE, 503, "", FAULT_CLOUD_SERVER, "503" },
        { ENDPOINT_DEVICE, 511, HTML, FAULT_CLOUD_UNREACHABLE, "captive portal" },
        { ENDPOINT_DEVICE, 407, "", FAULT_CLOUD_UNREACHABLE, "proxy" },
        { ENDPOINT_DEVICE, 302, "", FAULT_CLOUD_ANSWER, "not followed" },
        { ENDPOINT_DEVICE, 100, "", FAULT_CLOUD_ANSWER, "100" },
        { ENDPOINT_DEVICE, 999, "", FAULT_CLOUD_ANSWER, "999" },
        { ENDPOINT_DEVICE, 0, "", FAULT_CLOUD_ANSWER, "HTTP 0" },
        { ENDPOINT_DEVICE, 500, "{\"error\":\"cut", FAULT_CLOUD_SERVER, "cannot be read" },
};

static void the_matrix_holds(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(matrix); i++) {
                struct http_reply reply = answer(matrix[i].status, matrix[i].body);
                struct trouble v;

                cloud_judge(matrix[i].endpoint, &reply, &v);
                if (v.fault != matrix[i].fault || !strstr(v.cause, matrix[i].words ? matrix[i].words : ""))
                        fail_msg("row %zu: HTTP %d %s: %s, \"%s\"", i, matrix[i].status, matrix[i].body,
                                 fault_info(v.fault)->key, v.cause);
                assert_int_equal(v.fault == FAULT_NONE, v.cause[0] == 0);
        }
}

/* Whatever the endpoint, whatever the body: only a 2xx can be a success. */
static void no_failure_is_taken_for_success(void **state)
{
        (void)state;
        for (int e = 0; e < _ENDPOINT_MAX; e++)
                for (int status = 0; status < 1000; status++)
                        for (size_t i = 0; i < ELEMENTSOF(messages); i++) {
                                struct http_reply reply = answer(status, messages[i].body);
                                struct trouble v;

                                cloud_judge((enum cloud_endpoint)e, &reply, &v);
                                if (status < 200 || status > 299) {
                                        assert_int_not_equal(v.fault, FAULT_NONE);
                                        assert_true(v.cause[0]);
                                }
                        }
}

static void certificates_and_the_clock(void **state)
{
        static const struct {
                const char *cause;
                enum fault fault;
                const char *words;
        } rows[] = {
                { "SSL certificate problem: certificate is not yet valid", FAULT_CLOCK, "not valid yet" },
                { "SSL certificate problem: certificate has expired", FAULT_CLOUD_UNREACHABLE,
                  "clock is wrong" },
                { "SSL certificate problem: self-signed certificate", FAULT_CLOUD_UNREACHABLE,
                  "--cloud-ca" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct http_reply reply = answer(0, "");
                struct trouble v;

                reply.failure = HTTP_UNTRUSTED;
                reply.cause = rows[i].cause;
                cloud_judge(ENDPOINT_ACCOUNT, &reply, &v);
                assert_int_equal(v.fault, rows[i].fault);
                assert_non_null(strstr(v.cause, rows[i].words));
                assert_int_equal(!strstr(v.cause, "UTC"), i == 2);
        }
}

static void transport_failures_have_words(void **state)
{
        static const struct {
                enum http_failure failure;
                enum fault fault;
                const char *words;
        } rows[] = {
                { HTTP_UNSENT, FAULT_CLOUD_UNREACHABLE, "no connection: why" },
                { HTTP_UNTRUSTED, FAULT_CLOUD_UNREACHABLE, "--cloud-ca" },
                { HTTP_LOST, FAULT_CLOUD_UNREACHABLE, "broke" },
                { HTTP_TIMED_OUT, FAULT_CLOUD_UNREACHABLE, "in time" },
                { HTTP_GARBLED, FAULT_CLOUD_ANSWER, "not HTTP" },
                { HTTP_TOO_LARGE, FAULT_CLOUD_ANSWER, "longer" },
                { HTTP_LOCAL, FAULT_INTERNAL, "could not be made" },
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct http_reply reply = answer(0, "");
                struct trouble v;

                reply.failure = rows[i].failure;
                reply.cause = "why";
                cloud_judge(ENDPOINT_DEVICE, &reply, &v);
                assert_int_equal(v.fault, rows[i].fault);
                assert_non_null(strstr(v.cause, rows[i].words));
        }
}

static void redirect_and_request_id_are_told(void **state)
{
        struct http_reply reply = answer(307, "");
        struct trouble v;

        (void)state;
        reply.location = "https://evil.example/v1/devices?code=1";
        reply.request_id = "5f1c\x1b";
        cloud_judge(ENDPOINT_DEVICE, &reply, &v);
        assert_string_equal(v.cause, "the cloud answered HTTP 307 with a redirect to "
                                     "https://evil.example/v1/devices; redirects are not followed (request "
                                     "5f1c?)");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(messages_are_found_in_every_shape),
                cmocka_unit_test(a_long_message_is_cut_between_characters),
                cmocka_unit_test(the_matrix_holds),
                cmocka_unit_test(no_failure_is_taken_for_success),
                cmocka_unit_test(certificates_and_the_clock),
                cmocka_unit_test(transport_failures_have_words),
                cmocka_unit_test(redirect_and_request_id_are_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
