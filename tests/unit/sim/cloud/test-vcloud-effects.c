/* SPDX-License-Identifier: Apache-2.0 */

/* What each request tells that it has set, and that the same request again changes nothing. */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/cloud/ask.h"
#include <stdio.h>

#define FREE    "e00fce680000000000000001"
#define LAMP    "e00fce680000000000000002"
#define BORON   "e00fce680000000000000003"
#define FOREIGN "e00fce680000000000000004"
#define GUARD   "e00fce680000000000000005"
#define NONCE   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define P       "/v1/products/4711"
#define CLIENT  "client_id=shop&client_secret=s&"

static const char seed[] =
        "{\"users\":[{\"username\":\"me@x.org\",\"password\":\"pw\"},{\"username\":\"you@x.org\","
        "\"password\":\"pw\",\"otp\":\"123456\"}],"
        "\"clients\":[{\"id\":\"particle\",\"secret\":\"particle\"},{\"id\":\"shop\",\"secret\":\"s\",\"product_id\":4711}],"
        "\"tokens\":[{\"token\":\"" MY_TOKEN "\",\"user\":\"me@x.org\"},{\"token\":\"" OTHER_TOKEN
        "\",\"user\":\"you@x.org\"},{\"token\":\"old\",\"user\":\"me@x.org\"}],"
        "\"products\":[{\"id\":4711,\"owner\":\"me@x.org\",\"team\":[\"mate@x.org\"],\"provisions\":true}],"
        "\"customers\":[{\"email\":\"c@x.org\",\"password\":\"pw\",\"product_id\":4711}],"
        "\"sims\":[{\"iccid\":\"8934\",\"polls\":0}],"
        "\"devices\":["
        "{\"id\":\"" FREE "\",\"serial\":\"FREE\",\"online\":true},"
        "{\"id\":\"" LAMP
        "\",\"serial\":\"LAMP\",\"owner\":\"me@x.org\",\"product_id\":4711,\"name\":\"old\"},"
        "{\"id\":\"" BORON "\",\"serial\":\"BORON\",\"owner\":\"me@x.org\",\"iccid\":\"8934\"},"
        "{\"id\":\"" FOREIGN "\",\"serial\":\"FOREIGN\",\"owner\":\"you@x.org\",\"online\":true},"
        "{\"id\":\"" GUARD "\",\"owner\":\"me@x.org\",\"protected\":true}]}";

/* then: what the same request tells the second time; NULL: it is not asked twice. */
static const struct {
        const char *what, *body, *first, *then;
} rows[] = {
        { "POST /v1/devices", "id=" FREE, "claimed FREE me@x.org", "claimed FREE me@x.org again" },
        { "POST /v1/devices", "id=" FOREIGN, "", "" },
        { "POST /v1/devices", "{\"id\":\"" FOREIGN "\",\"request_transfer\":true}",
          "transfer-asked FOREIGN me@x.org", NULL },
        { "DELETE /v1/devices/" LAMP, NULL, "unclaimed LAMP -", "" },
        { "DELETE " P "/devices/" LAMP "/owner", NULL, "unclaimed LAMP -", "unclaimed LAMP - again" },
        { "POST /v1/device_claims", NULL, "claim-code-made - me@x.org", "claim-code-made - me@x.org" },
        { "PUT /v1/devices/" LAMP, "name=new", "renamed LAMP new", "renamed LAMP new again" },
        { "PUT /v1/devices/" LAMP, "{\"name\":\"\"}", "", "" },
        { "PUT /v1/devices/" LAMP, "{\"notes\":null}", "notes LAMP - again", NULL },
        { "PUT /v1/devices/" LAMP, "firmware_updates_forced=true", "updates-forced LAMP true",
          "updates-forced LAMP true again" },
        { "PUT /v1/devices/" FOREIGN, "name=mine", "", "" },
        { "PUT " P "/devices/" LAMP, "{\"groups\":[\"a\",\"b\"],\"development\":true}",
          "groups LAMP a,b, development LAMP true, group-made - a, group-made - b",
          "groups LAMP a,b again, development LAMP true again" },
        { "PUT " P "/devices/" LAMP, "{\"desired_firmware_version\":7,\"flash\":true}",
          "firmware-wanted LAMP 7", "firmware-wanted LAMP 7 again" },
        { "PUT " P "/devices",
          "{\"action\":\"groups\",\"devices\":[\"" LAMP "\"],\"metadata\":{\"add\":[\"c\"]}}",
          "group-made - c, groups LAMP c", "groups LAMP c again" },
        { "POST " P "/groups", "name=d", "group-made - d", "group-made - d again" },
        { "POST " P "/devices", "{\"ids\":[\"FREE\"],\"claim_user\":\"me@x.org\"}",
          "product-joined FREE 4711, claimed FREE me@x.org",
          "product-joined FREE 4711 again, claimed FREE me@x.org again" },
        { "DELETE " P "/devices/" LAMP, NULL, "product-left LAMP 4711", "" },
        { "DELETE " P "/devices/" LAMP, "{\"deny\":true}", "denied LAMP 4711", "denied LAMP 4711 again" },
        { "PUT /v1/devices/" GUARD "/unprotect", "action=prepare", "unprotect-asked " GUARD " -",
          "unprotect-asked " GUARD " -" },
        { "POST " P "/customers", CLIENT "email=n@x.org&password=pw",
          "customer-made - n@x.org, token-made - n@x.org", "customer-made - n@x.org again" },
        { "PUT " P "/customers/c@x.org", "password=new", "customer-password - c@x.org",
          "customer-password - c@x.org again" },
        { "DELETE " P "/customers/c@x.org", NULL, "customer-removed - c@x.org", "" },
        { "DELETE " P "/team/mate@x.org", NULL, "member-removed - mate@x.org", "" },
        { "PUT /v1/sims/8934", "action=activate&country=US", "sim-activating BORON 8934",
          "sim-activating BORON 8934 again" },
        { "PUT /v1/sims/8934", "action=deactivate", "sim-deactivating BORON 8934 again",
          "sim-deactivating BORON 8934 again" },
        { "POST " P "/sims", "{\"sims\":[\"8934\"]}", "sim-joined BORON 8934, sim-activating BORON 8934",
          "sim-joined BORON 8934 again, sim-activating BORON 8934 again" },
        { "DELETE /v1/access_tokens/old", NULL, "token-ended - me@x.org", "token-ended - - again" },
        { "POST /oauth/token",
          "client_id=particle&client_secret=particle&grant_type=password&username=me@x.org&password=pw",
          "token-made - me@x.org", "token-made - me@x.org" },
        { "POST /oauth/token",
          "client_id=particle&client_secret=particle&grant_type=password&username=you@x.org&password=pw",
          "second-factor-asked - you@x.org", NULL },
        { "POST /sim/devices/" FREE "/online", "{}", "online FREE - again", "online FREE - again" },
        { "POST /sim/devices/" FREE "/offline", "{}", "offline FREE -", "offline FREE - again" },
        { "POST /sim/devices/e00fce680000000000000009", "{\"serial\":\"NEW\"}", "registered NEW -", "" },
};

static void test_rows(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

                (void)ask(c, MY_TOKEN, rows[i].what, rows[i].body);
                assert_string_equal(effects(), rows[i].first);
                if (!rows[i].then)
                        continue;
                (void)ask(c, MY_TOKEN, rows[i].what, rows[i].body);
                assert_string_equal(effects(), rows[i].then);
        }
}

/* A code claims once; the answer to a transfer takes or declines. */
static void test_claims(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        char code[64], path[64];

        (void)state;
        (void)ask(c, MY_TOKEN, "POST /v1/device_claims", NULL);
        memcpy(code, told_text("claim_code"), sizeof(code));
        assert_true(goes_online(c, FREE, code, true));
        assert_string_equal(effects(), "online FREE - again, claimed FREE me@x.org");
        assert_false(goes_online(c, FREE, code, true));
        assert_string_equal(effects(), "online FREE - again");
        for (int accept = 0; accept < 2; accept++) {
                (void)ask(c, MY_TOKEN, "POST /v1/devices",
                          "{\"id\":\"" FOREIGN "\",\"request_transfer\":true}");
                (void)snprintf(path, sizeof(path), "POST /sim/transfers/%s", told_text("transfer_id"));
                (void)ask(c, NULL, path, accept ? "{\"accept\":true}" : "{\"accept\":false}");
                assert_string_equal(effects(), accept ? "claimed FOREIGN me@x.org"
                                                      : "transfer-declined FOREIGN me@x.org");
        }
}

/* A SIM is active only when its action has ended, and that is told once. */
static void test_sim(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        (void)ask(c, MY_TOKEN, "PUT /v1/sims/8934", "action=activate&country=US");
        (void)ask(c, MY_TOKEN, "GET /v1/sims/8934", NULL);
        assert_string_equal(effects(), "sim-active BORON 8934");
        (void)ask(c, MY_TOKEN, "GET /v1/sims/8934", NULL);
        assert_string_equal(effects(), "");
        (void)ask(c, MY_TOKEN, "PUT /v1/sims/8934", "mb_limit=9");
        assert_string_equal(effects(), "sim-limit BORON 8934");
        (void)ask(c, MY_TOKEN, "DELETE /v1/sims/8934", NULL);
        assert_string_equal(effects(), "sim-released BORON 8934");
}

/* Up to Device OS 3 product firmware puts a stranger into quarantine, and an import takes it out. */
static void test_quarantine(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        (void)ask(c, NULL, "POST /sim/devices/" FREE "/online", "{\"os\":\"3.3.1\",\"product_id\":4711}");
        assert_string_equal(effects(), "quarantined FREE 4711, online FREE - again");
        (void)ask(c, MY_TOKEN, "POST " P "/devices", "{\"id\":\"" FREE "\"}");
        assert_string_equal(effects(), "approved FREE 4711");
}

/* What is told by a timer: a device that the cloud notices late. */
static void test_late(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);
        _cleanup_(freep) char *why = NULL;

        (void)state;
        assert_int_equal(vcloud_add_fault(c, "POST /sim/devices late,ms=45000", &why), 0);
        (void)goes_online(c, LAMP, NULL, true);
        assert_string_equal(effects(), "");
        timer_virtual_advance(45000);
        assert_string_equal(effects(), "online LAMP -");
}

static void test_team(void **state)
{
        _cleanup_(vcloud_freep) struct vcloud *c = cloud_of(seed);

        (void)state;
        (void)ask(c, MY_TOKEN, "POST " P "/team",
                  "{\"friendly_name\":\"bot\",\"scopes\":[\"devices:get\"]}");
        assert_non_null(strstr(effects(), ", member-added - api-user-"));
        (void)ask(c, OTHER_TOKEN, "DELETE /v1/access_tokens", NULL);
        assert_string_equal(effects(), "token-ended - you@x.org");
        (void)ask(c, MY_TOKEN, "POST /v1/devices", "{\"product_id\":4711}");
        assert_non_null(strstr(effects(), "registered e00fce68"));
        assert_non_null(strstr(effects(), " 4711"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows), cmocka_unit_test(test_claims),
                cmocka_unit_test(test_sim),  cmocka_unit_test(test_quarantine),
                cmocka_unit_test(test_late), cmocka_unit_test(test_team),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        forget();
        return failed;
}
