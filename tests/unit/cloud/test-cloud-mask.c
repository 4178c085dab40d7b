/* SPDX-License-Identifier: Apache-2.0 */

/* Masking: every form in which a secret may come back, what is left alone, and that JSON stays JSON. */

#include "cloud/json.h"
#include "cloud/mask.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

#define SECRET "p\"ss wörd+/&1"

static struct mask mask;

static int set_up(void **state)
{
        (void)state;
        return secret_init();
}

static int tear_down(void **state)
{
        (void)state;
        mask_done(&mask);
        return 0;
}

static void add(const char *text)
{
        _cleanup_(secret_freep) struct secret *s = NULL;

        assert_int_equal(secret_new(text, strlen(text), &s), 0);
        assert_int_equal(mask_add(&mask, s), 0);
}

static void masked(const char *text, const char *wanted)
{
        struct http_reply reply = { .cause = "",
                                    .body = text,
                                    .len = strlen(text),
                                    .status = 400,
                                    .content_type = "",
                                    .request_id = "",
                                    .location = "" };
        struct masked_reply m = {};

        assert_int_equal(mask_reply(&mask, &reply, &m), 0);
        assert_string_equal(m.reply.body, wanted);
        masked_reply_done(&m);
}

static void every_way_of_writing_it(void **state)
{
        (void)state;
        add(SECRET);
        masked("<" SECRET ">", "<**************>");
        masked("a=p%22ss%20w%C3%B6rd%2B%2f%261&b", "a=****************************&b");
        masked("a=p%22ss+w%c3%b6rd%2B%2F%261&b", "a=**************************&b");
        masked("\"p\\\"ss w\\u00f6rd+\\/&1\"", "\"********************\"");
        masked("\"\\u0070\\u0022ss w\\u00F6rd+/\\u00261\"", "\"*********************************\"");
        masked("<p>p&quot;ss w&#246;rd+/&amp;1</p>", "<p>***************************</p>");
        masked("<p>p&#34;ss w&#xf6;rd+/&#38;1</p>", "<p>**************************</p>");
}

/* What is left of it are the bits that it shares with its neighbours. */
static void inside_of_base64(void **state)
{
        (void)state;
        add("abcdefgh>>??"); /* its base64 has + and / in the one alphabet, - and _ in the other */
        masked("YWJjZGVmZ2g+Pj8/ YWJjZGVmZ2g-Pj8_", "**************** ****************");
        masked("dWFiY2RlZmdoPj4/Pzp4 dWFiY2RlZmdoPj4_Pzp4", "dW***************zp4 dW***************zp4");
        masked("dXNhYmNkZWZnaD4+Pz86eA==", "dXN***************86eA==");
        masked("dXNlYWJjZGVmZ2g+Pj8/Ong=", "dXNl****************Ong=");
        mask_done(&mask);
        add("a&b c+d"); /* of the encoded form */
        masked("cGFzcz1hJTI2YiUyMGMlMkJkJng=", "cGFzcz1*****************Jng=");
}

static void others_are_left_alone(void **state)
{
        (void)state;
        add("abcdef");
        masked("abcde abcdeg ABCDEF %61bcde %zz %6 \\u00 & &#; &#x;",
               "abcde abcdeg ABCDEF %61bcde %zz %6 \\u00 & &#; &#x;");
        masked("", "");
        masked("abcdefabcdef", "************");
        add("100%25"); /* looks encoded, and is not */
        masked("100%25 100%2525", "****** ********");
}

static void too_short_to_be_found(void **state)
{
        struct http_reply reply = { .cause = "",
                                    .body = "{\"error\":\"bad pw12\"}",
                                    .len = 20,
                                    .status = 400,
                                    .content_type = "",
                                    .request_id = "pw12",
                                    .location = "/?pw12" };
        struct masked_reply m = {};

        (void)state;
        add("pw123");
        assert_true(mask.withheld);
        assert_int_equal(mask_reply(&mask, &reply, &m), 0);
        assert_true(m.reply.withheld);
        assert_string_equal(m.reply.request_id, "");
        assert_string_equal(m.reply.location, "");
        masked_reply_done(&m);
}

static void a_parsed_answer(void **state)
{
        static const char text[] = "{\"mobile_secret\":\"ABCDEFGHJ\",\"name\":\"my ABCDEF\","
                                   "\"more\":[{\"x\":\"\\u0041BCDEF\",\"n\":123456}]}";
        _cleanup_(json_decref_ptr) json_t *j = NULL;

        (void)state;
        add("ABCDEF");
        add("123456");
        assert_int_equal(cloud_json_read(text, strlen(text), &j), 0);
        assert_int_equal(mask_json(&mask, j), 0);
        assert_string_equal(cloud_json_text(j, "mobile_secret"), "ABCDEFGHJ");
        assert_string_equal(cloud_json_text(j, "name"), "my ******");

        assert_string_equal(cloud_json_text(json_array_get(json_object_get(j, "more"), 0), "x"), "******");
        assert_int_equal(cloud_json_number(json_array_get(json_object_get(j, "more"), 0), "n"), 123456);
}

static void a_whole_reply(void **state)
{
        struct http_reply reply = { .cause = "host ABCDEF",
                                    .body = "<title>ABCDEF</title>",
                                    .len = 21,
                                    .status = 502,
                                    .content_type = "",
                                    .request_id = "r-ABCDEF",
                                    .location = "/?q=%41BCDEF" };
        struct masked_reply m = {};

        (void)state;
        add("ABCDEF");
        assert_int_equal(mask_reply(&mask, &reply, &m), 0);
        assert_string_equal(m.reply.cause, "host ******");
        assert_string_equal(m.reply.body, "<title>******</title>");
        assert_int_equal(m.reply.len, 21);
        assert_string_equal(m.reply.request_id, "r-******");
        assert_string_equal(m.reply.location, "/?q=********");
        masked_reply_done(&m);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(every_way_of_writing_it, set_up, tear_down),
                cmocka_unit_test_setup_teardown(inside_of_base64, set_up, tear_down),
                cmocka_unit_test_setup_teardown(others_are_left_alone, set_up, tear_down),
                cmocka_unit_test_setup_teardown(too_short_to_be_found, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_parsed_answer, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_whole_reply, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
