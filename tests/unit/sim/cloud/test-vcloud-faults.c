/* SPDX-License-Identifier: Apache-2.0 */

/* Fault rules: what each kind does to the answer, how rules are counted, and what a bad one is told. */

#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"
#include <errno.h>
#include <stdio.h>

#define ID "e00fce680000000000000001"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\",\"user_id\":\"5f0000000000000000000001\"}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"}],"
        "\"devices\":[{\"id\":\"" ID "\",\"online\":true}]}";

static struct vcloud *with(const char *rule)
{
        struct vcloud *c = cloud_of(seed);
        _cleanup_(freep) char *why = NULL;

        if (vcloud_add_fault(c, rule, &why) < 0)
                fail_msg("%s", why);
        return c;
}

static bool is_owned(struct vcloud *c)
{
        return ask(c, MY_TOKEN, "GET /v1/devices/" ID, NULL) == 200;
}

static const struct {
        const char *kind;
        unsigned status;
        enum vcloud_wire wire;
        bool json, claims;
} kinds[] = {
        { "401", 401, VCLOUD_WIRE_PLAIN, true, false },
        { "529", 529, VCLOUD_WIRE_PLAIN, true, false },
        { "status,status=408", 408, VCLOUD_WIRE_PLAIN, true, false },
        { "html", 502, VCLOUD_WIRE_PLAIN, false, false },
        { "html,status=503", 503, VCLOUD_WIRE_PLAIN, false, false },
        { "empty", 200, VCLOUD_WIRE_PLAIN, false, false },
        { "empty,status=204", 204, VCLOUD_WIRE_PLAIN, false, false },
        { "answer,status=404,type=text/plain,body=Cannot PUT, sorry", 404, VCLOUD_WIRE_PLAIN, false, false },
        { "answered,body={\"updated\":1,\"x\":2}", 200, VCLOUD_WIRE_PLAIN, true, true },
        { "echo", 400, VCLOUD_WIRE_PLAIN, true, false },
        { "echo,form=decoded,status=401", 401, VCLOUD_WIRE_PLAIN, true, false },
        { "echo,form=base64", 400, VCLOUD_WIRE_PLAIN, true, false },
        { "echo,form=page", 400, VCLOUD_WIRE_PLAIN, false, false },
        { "redirect,location=http://127.0.0.2:1/x", 302, VCLOUD_WIRE_PLAIN, false, false },
        { "huge,size=3000000", 200, VCLOUD_WIRE_PLAIN, true, false },
        { "close", 500, VCLOUD_WIRE_CLOSE, false, false },
        { "reset", 500, VCLOUD_WIRE_RESET, false, false },
        { "silent", 500, VCLOUD_WIRE_SILENT, false, false },
        { "expired", 401, VCLOUD_WIRE_PLAIN, true, false },
        { "foreign", 403, VCLOUD_WIRE_PLAIN, true, false },
        { "lost", 200, VCLOUD_WIRE_CLOSE, true, true },
        { "truncated", 200, VCLOUD_WIRE_PLAIN, false, true },
        { "cut", 200, VCLOUD_WIRE_CUT, true, true },
        { "drip,ms=5", 200, VCLOUD_WIRE_DRIP, true, true },
        { "slow,ms=900", 200, VCLOUD_WIRE_PLAIN, true, true },
        { "wrong-type", 200, VCLOUD_WIRE_PLAIN, true, true },
};

static void test_kinds(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                _cleanup_(vcloud_freep) struct vcloud *c = NULL;
                char rule[128];

                (void)snprintf(rule, sizeof(rule), "POST /v1/devices %s", kinds[i].kind);
                c = with(rule);
                assert_int_equal(ask(c, MY_TOKEN, "POST /v1/devices", "id=" ID), kinds[i].status);
                assert_int_equal(reply()->wire, kinds[i].wire);
                assert_int_equal(told() != NULL, kinds[i].json);
                assert_int_equal(is_owned(c), kinds[i].claims);
        }
}

static void test_details(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = with("* / 429,retry-after=7,times=1");
        _cleanup_(freep) char *why = NULL;

        (void)state;
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 429);
        assert_string_equal(vcloud_reply_header(reply(), "retry-after"), "7");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 200);
        assert_int_equal(vcloud_add_fault(c, "GET /v1/user 429,skip=1,times=2", &why), 0);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 200);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 429);
        assert_null(vcloud_reply_header(reply(), "retry-after"));
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 429);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 200);
}

static void test_at_run_time(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = with("* / silent");

        (void)state;
        (void)ask(c, MY_TOKEN, "GET /v1/user", NULL);
        assert_int_equal(reply()->wire, VCLOUD_WIRE_SILENT);
        assert_int_equal(
                ask(c, NULL, "POST /sim/faults", "{\"clear\":true,\"faults\":[\"GET /v1/user 500\"]}"), 200);
        assert_string_equal(said(), "{\"ok\":true,\"faults\":[{\"rule\":\"GET /v1/user 500\",\"used\":0}]}");
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/user", NULL), 500);
        assert_int_equal(ask(c, MY_TOKEN, "GET /v1/devices", NULL), 200);
        assert_int_equal(ask(c, NULL, "POST /sim/faults", "{\"faults\":[\"GET /v1/user nonsense\"]}"), 400);
        assert_string_equal(told_text("error"),
                            "fault rule \"GET /v1/user nonsense\": no such kind: nonsense");
}

static void test_bad_rules(void **state)
{
        static const char *const bad[] = {
                "",
                "GET",
                "GET /v1",
                "GET /v1 ",
                "GET /v1 99",
                "GET /v1 600",
                "GET /v1 x",
                "GET /v1 429,x",
                "GET /v1 429,x=1",
                "GET /v1 429,times=-1",
                "GET /v1 429,times=",
                "GET /v1 huge,size=1",
                "GET /v1 html,status=10",
                "GET /v1 ,times=1",
        };
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                _cleanup_(freep) char *why = NULL;

                assert_int_equal(vcloud_add_fault(c, bad[i], &why), -EINVAL);
                assert_non_null(why);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kinds),
                cmocka_unit_test(test_details),
                cmocka_unit_test(test_at_run_time),
                cmocka_unit_test(test_bad_rules),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
