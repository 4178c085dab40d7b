/* SPDX-License-Identifier: Apache-2.0 */

/* The client against the virtual cloud, both real and over real HTTP, in one loop: every verb once as it
 * goes well and the refusals of cloud.md 3.3, so that two readings of the same document meet. */

#include "cloud/account.h"
#include "cloud/claim.h"
#include "cloud/events.h"
#include "cloud/lookup.h"
#include "cloud/product.h"
#include "cloud/signin.h"
#include "cloud/sim.h"
#include "tests/sim/cloud/http.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define TOKEN     "0123456789abcdef0123456789abcdef01234567"
#define API_TOKEN "89abcdef0123456789abcdef0123456789abcdef"
#define MINE      "e00fce680000000000000001"
#define FREE      "e00fce680000000000000002"
#define YOURS     "e00fce680000000000000003"
#define UNKNOWN   "e00fce6800000000000000ff"
#define SERIAL    "ARGHAM000000002"
#define ICCID     "8934076500002589174"

static const char seed[] =
        "{\"users\":[{\"username\":\"ann@x.org\",\"password\":\"pw\",\"otp\":\"123456\",\"max_devices\":100},"
        "{\"username\":\"bob@x.org\"}],"
        "\"tokens\":[{\"token\":\"" TOKEN
        "\",\"user\":\"ann@x.org\",\"expires_at\":\"2099-01-01T00:00:00.000Z\"},"
        "{\"token\":\"" API_TOKEN "\",\"kind\":\"api\",\"user\":\"api\",\"product_id\":4711}],"
        "\"products\":[{\"id\":4711,\"name\":\"Tank\",\"owner\":\"ann@x.org\"}],"
        "\"devices\":[{\"id\":\"" MINE "\",\"name\":\"shed\",\"owner\":\"ann@x.org\"},"
        "{\"id\":\"" FREE "\",\"serial\":\"" SERIAL "\",\"mobile_secret\":\"ABCDEFGHJKLMNPQ\"},"
        "{\"id\":\"" YOURS "\",\"owner\":\"bob@x.org\",\"online\":true}],"
        "\"sims\":[{\"iccid\":\"" ICCID "\",\"polls\":1}]}";

static sd_event *loop;
static struct vcloud *cloud;
static struct vhttp *server;
static struct cloud_client *client;

static struct {
        unsigned calls;
        struct op *op, *stream;
        enum fault fault;
        bool flag, online;
        char text[TROUBLE_CAUSE_MAX], more[256], news[256];
        size_t n;
        int64_t time_s;
        struct cloud_imports imports;
} got;

static void done(const struct cloud_error *e)
{
        got.calls++;
        got.fault = e->trouble.fault;
        if (e->trouble.fault != FAULT_NONE)
                (void)snprintf(got.text, sizeof(got.text), "%s", e->trouble.cause);
        got.op = op_free(got.op);
}

static void put(char *to, const char *text)
{
        (void)snprintf(to, sizeof(got.text), "%s", text ? text : "(null)");
}

static void on_done(void *userdata, const struct cloud_error *e)
{
        (void)userdata;
        done(e);
}

static void on_account(void *userdata, const struct cloud_error *e, const struct cloud_account *a)
{
        (void)userdata;
        if (a) {
                put(got.text, a->user);
                got.time_s = a->token_expires_s;
                got.flag = a->api_user;
        }
        done(e);
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *s)
{
        (void)userdata;
        if (s) {
                put(got.text, s->device_id);
                put(got.more, s->mobile_secret ? secret_text(s->mobile_secret) : NULL);
        }
        done(e);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        (void)userdata;
        if (d) {
                put(got.text, d->owner);
                put(got.more, d->name);
                got.flag = d->known;
                got.online = d->online;
                got.time_s = d->last_handshake_s;
        }
        done(e);
}

static void on_devices(void *userdata, const struct cloud_error *e, const struct cloud_device *d, size_t n)
{
        (void)userdata;
        (void)d;
        got.n = n;
        done(e);
}

static void on_code(void *userdata, const struct cloud_error *e, const struct secret *code)
{
        (void)userdata;
        if (code)
                put(got.text, secret_text(code));
        done(e);
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *c)
{
        (void)userdata;
        if (c)
                got.flag = c->transfer_requested;
        done(e);
}

static void on_grant(void *userdata, const struct cloud_error *e, const struct cloud_grant *g)
{
        (void)userdata;
        if (g) {
                got.flag = g->otp_wanted;
                put(got.text, g->otp_wanted ? secret_text(g->mfa_token) : secret_text(g->token));
        }
        done(e);
}

static void on_import(void *userdata, const struct cloud_error *e, const struct cloud_imports *i)
{
        (void)userdata;
        if (i)
                got.imports = *i;
        done(e);
}

static void on_limit(void *userdata, const struct cloud_error *e, const struct cloud_limit *l)
{
        (void)userdata;
        if (l) {
                got.flag = l->reached;
                got.n = l->known ? l->max_devices : 0;
        }
        done(e);
}

static void on_sim(void *userdata, const struct cloud_error *e, const struct cloud_sim_outcome *o)
{
        (void)userdata;
        if (o) {
                got.flag = o->pending;
                put(got.text, o->status);
        }
        done(e);
}

static void on_news(void *userdata, const struct cloud_news *n)
{
        size_t len = strlen(got.news);

        (void)userdata;
        (void)snprintf(got.news + len, sizeof(got.news) - len, "%s ",
                       n->kind == NEWS_OPENED  ? "opened"
                       : n->kind == NEWS_EVENT ? n->data
                                               : "broken");
}

static void turn(void)
{
        assert_true(sd_event_run(loop, 20000000) > 0);
}

static void run(int r)
{
        assert_int_equal(r, 0);
        got.calls = 0;
        while (!got.calls)
                turn();
}

static enum fault claim(const char *id, bool transfer)
{
        got.flag = false;
        run(cloud_claim(client, id, transfer, on_claim, NULL, &got.op));
        return got.fault;
}

static bool is_mine(const char *id)
{
        run(cloud_device(client, id, on_device, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        return got.flag && strcmp(got.text, "ann@x.org") == 0;
}

/* The device's own side, which has no HTTP of ours. */
static void device_connects(const char *id, const char *code)
{
        char path[128], body[256];
        struct vcloud_reply reply;
        struct vcloud_request request = { .method = "POST", .path = path, .body = body };

        (void)snprintf(path, sizeof(path), "/sim/devices/%s/online", id);
        (void)snprintf(body, sizeof(body), "{\"full_handshake\":true%s%s%s}",
                       code ? ",\"claim_code\":\"" : "", code ? code : "", code ? "\"" : "");
        request.len = strlen(body);
        assert_int_equal(vcloud_handle(cloud, &request, &reply), 0);
        assert_int_equal(reply.status, 200);
        vcloud_reply_done(&reply);
}

static void use_client(const char *text, uint64_t patience_ms)
{
        _cleanup_(secret_freep) struct secret *token = NULL;

        client = cloud_client_free(client);
        if (text)
                assert_int_equal(secret_new(text, strlen(text), &token), 0);
        assert_int_equal(cloud_client_new(&(struct cloud_config){ .loop = loop,
                                                                  .url = vhttp_url(server),
                                                                  .token = token,
                                                                  .patience_ms = patience_ms },
                                          &client),
                         0);
}

static void use_token(const char *text)
{
        use_client(text, 0);
}

static int set_up(void **state)
{
        char *why = NULL;

        (void)state;
        memset(&got, 0, sizeof(got));
        assert_int_equal(secret_init(), 0);
        assert_true(sd_event_new(&loop) >= 0);
        assert_int_equal(vcloud_new(loop, seed, &why, &cloud), 0);
        assert_int_equal(
                vhttp_new(&(struct vhttp_config){ .loop = loop, .cloud = cloud, .listen = "127.0.0.1:0" },
                          &why, &server),
                0);
        use_token(TOKEN);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        got.op = op_free(got.op);
        got.stream = op_free(got.stream);
        client = cloud_client_free(client);
        server = vhttp_free(server);
        cloud = vcloud_free(cloud);
        loop = sd_event_unref(loop);
        return 0;
}

static void accounts(void **state)
{
        (void)state;
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_string_equal(got.text, "ann@x.org");
        assert_int_equal(got.time_s, 4070908800);
        run(cloud_limit(client, on_limit, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_int_equal(got.n, 100);
        use_token("ffffffffffffffffffffffffffffffffffffffff");
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_TOKEN_INVALID);
        use_token(API_TOKEN);
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(got.flag);
        assert_int_equal(claim(FREE, false), FAULT_TOKEN_SCOPE);
        use_token(NULL);
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_TOKEN_MISSING);
}

static void signing_in(void **state)
{
        _cleanup_(secret_freep) struct secret *wrong = NULL, *right = NULL, *mfa = NULL, *otp = NULL;
        char token[64];

        (void)state;
        assert_int_equal(secret_new("no", 2, &wrong), 0);
        assert_int_equal(secret_new("pw", 2, &right), 0);
        assert_int_equal(secret_new("123 456", 7, &otp), 0);
        use_token(NULL);
        run(cloud_sign_in(client, "ann@x.org", wrong, 0, on_grant, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_SIGN_IN);
        run(cloud_sign_in(client, "ann@x.org", right, 0, on_grant, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(got.flag);
        assert_int_equal(secret_new(got.text, strlen(got.text), &mfa), 0);
        run(cloud_sign_in_otp(client, mfa, otp, on_grant, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(got.flag);
        (void)snprintf(token, sizeof(token), "%.60s", got.text);
        use_token(token);
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_string_equal(got.text, "ann@x.org");
        run(cloud_sign_out(client, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        run(cloud_account(client, on_account, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_TOKEN_INVALID);
}

static void serials(void **state)
{
        _cleanup_(secret_freep) struct secret *partial = NULL;

        (void)state;
        run(cloud_serial(client, SERIAL, NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_string_equal(got.text, FREE);
        assert_string_equal(got.more, "(null)");
        assert_int_equal(secret_new("ABCDEFGHJKLM", 12, &partial), 0);
        run(cloud_serial(client, SERIAL, partial, true, on_serial, NULL, &got.op));
        assert_string_equal(got.more, "ABCDEFGHJKLMNPQ");
        run(cloud_serial(client, "ARGHAM000000009", NULL, true, on_serial, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
}

static void claiming_by_code(void **state)
{
        char code[256];

        (void)state;
        assert_false(is_mine(FREE));
        run(cloud_claim_code(client, 0, on_code, NULL, &got.op));
        assert_int_equal(strlen(got.text), 63);
        memcpy(code, got.text, sizeof(code));
        device_connects(FREE, code);
        assert_true(is_mine(FREE));
        assert_true(got.online && got.time_s > 0);
}

static void claiming_by_id(void **state)
{
        (void)state;
        assert_int_equal(claim(FREE, false), FAULT_CLAIM_OFFLINE);
        device_connects(FREE, NULL);
        assert_int_equal(claim("E00FCE680000000000000002", false), FAULT_NONE);
        assert_true(is_mine(FREE));
        assert_int_equal(claim(UNKNOWN, false), FAULT_CLOUD_NOT_FOUND);
        assert_int_equal(claim(YOURS, false), FAULT_CLAIM_FOREIGN);
        assert_false(is_mine(YOURS));
        assert_int_equal(claim(YOURS, true), FAULT_NONE);
        assert_true(got.flag);
        assert_false(is_mine(YOURS));
}

static void devices(void **state)
{
        (void)state;
        assert_true(is_mine(MINE));
        run(cloud_rename(client, MINE, "barn \xc3\xa4", on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_true(is_mine(MINE));
        assert_string_equal(got.more, "barn \xc3\xa4");
        run(cloud_unclaim(client, MINE, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(is_mine(MINE));
        run(cloud_unclaim(client, YOURS, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
}

static void products(void **state)
{
        static const char *const ids[] = { FREE, YOURS, UNKNOWN };
        static const bool yes = true;

        (void)state;
        run(cloud_import(client, 4711, ids, 3, "ann@x.org", false, on_import, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_int_equal(got.imports.result[0], IMPORT_ADDED);
        assert_int_equal(got.imports.result[1], IMPORT_NOT_OWNED);
        assert_int_equal(got.imports.result[2], IMPORT_INVALID);
        run(cloud_product_device(client, 4711, FREE, on_device, NULL, &got.op));
        assert_string_equal(got.text, "ann@x.org");
        run(cloud_import(client, 4711, ids, 1, NULL, false, on_import, NULL, &got.op));
        assert_int_equal(got.imports.result[0], IMPORT_EXISTED);
        run(cloud_product_find(client, 4711, SERIAL, on_devices, NULL, &got.op));
        assert_int_equal(got.n, 1);
        run(cloud_product_set(client, 4711, FREE, &(struct cloud_product_change){ .development = &yes },
                              on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        run(cloud_product_unclaim(client, 4711, FREE, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        run(cloud_product_remove(client, 4711, FREE, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        run(cloud_product_device(client, 4711, FREE, on_device, NULL, &got.op));
        assert_false(got.flag);
        run(cloud_import(client, 1, ids, 1, NULL, false, on_import, NULL, &got.op));
        assert_int_not_equal(got.fault, FAULT_NONE);
}

static void sim_cards(void **state)
{
        const struct cloud_sim_wish wish = { 0, ICCID, "DE", 60000 };

        (void)state;
        run(cloud_sim_precheck(client, ICCID, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        run(cloud_sim_activate(client, &wish, on_sim, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        assert_false(got.flag);
        assert_string_equal(got.text, "active");
        run(cloud_sim_deactivate(client, 0, ICCID, on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_NONE);
        run(cloud_sim_precheck(client, "8934076500002580000", on_done, NULL, &got.op));
        assert_int_equal(got.fault, FAULT_CLOUD_NOT_FOUND);
}

static void events(void **state)
{
        (void)state;
        assert_int_equal(cloud_events(client, &(struct cloud_events){ .prefix = "spark/status" }, on_news,
                                      NULL, &got.stream),
                         0);
        while (!strstr(got.news, "opened"))
                turn();
        device_connects(MINE, NULL);
        while (!strstr(got.news, "online"))
                turn();
        assert_null(strstr(got.news, "broken"));
}

/* Whatever goes wrong on the way: one answer, in time, and never a success. */
static void everything_goes_wrong(void **state)
{
        static const struct {
                const char *kind;
                enum fault fault;
        } rows[] = {
                { "400", FAULT_CLOUD_REFUSED },
                { "401", FAULT_TOKEN_INVALID },
                { "expired", FAULT_TOKEN_EXPIRED },
                { "403", FAULT_NONE }, /* not visible */
                { "404", FAULT_NONE },
                { "408", FAULT_DEVICE_OFFLINE },
                { "429", FAULT_CLOUD_BUSY },
                { "529", FAULT_CLOUD_BUSY },
                { "500", FAULT_CLOUD_SERVER },
                { "503,retry-after=99", FAULT_CLOUD_SERVER },
                { "html", FAULT_CLOUD_SERVER },
                { "html,status=200", FAULT_CLOUD_ANSWER },
                { "html,status=404", FAULT_CLOUD_ANSWER },
                { "empty", FAULT_CLOUD_ANSWER },
                { "redirect,location=http://127.0.0.1:1/", FAULT_CLOUD_ANSWER },
                { "huge", FAULT_CLOUD_ANSWER },
                { "close", FAULT_CLOUD_UNREACHABLE },
                { "reset", FAULT_CLOUD_UNREACHABLE },
                { "lost", FAULT_CLOUD_UNREACHABLE },
                { "truncated", FAULT_CLOUD_ANSWER },
                { "cut", FAULT_CLOUD_UNREACHABLE },
        };

        (void)state;
        use_client(TOKEN, 1);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                char rule[128], *why = NULL;

                (void)snprintf(rule, sizeof(rule), "GET /v1/devices/" MINE " %s,times=1", rows[i].kind);
                if (vcloud_add_fault(cloud, rule, &why) < 0)
                        fail_msg("%s: %s", rule, why);
                run(cloud_device(client, MINE, on_device, NULL, &got.op));
                if (got.fault != rows[i].fault)
                        fail_msg("%s: %s, %s", rows[i].kind, fault_info(got.fault)->key, got.text);
                if (got.fault == FAULT_NONE)
                        assert_false(got.flag);
                else
                        assert_true(got.text[0]);
        }
        assert_true(is_mine(MINE)); /* and all is well again */
}

/* What only looks wrong is an answer all the same. */
static void slow_and_mislabelled_answers_count(void **state)
{
        static const char *const kinds[] = { "wrong-type", "slow,ms=300", "drip,ms=1" };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                char rule[128], *why = NULL;

                (void)snprintf(rule, sizeof(rule), "GET /v1/devices/" MINE " %s,times=1", kinds[i]);
                if (vcloud_add_fault(cloud, rule, &why) < 0)
                        fail_msg("%s: %s", rule, why);
                assert_true(is_mine(MINE));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(accounts, set_up, tear_down),
                cmocka_unit_test_setup_teardown(signing_in, set_up, tear_down),
                cmocka_unit_test_setup_teardown(serials, set_up, tear_down),
                cmocka_unit_test_setup_teardown(claiming_by_code, set_up, tear_down),
                cmocka_unit_test_setup_teardown(claiming_by_id, set_up, tear_down),
                cmocka_unit_test_setup_teardown(devices, set_up, tear_down),
                cmocka_unit_test_setup_teardown(products, set_up, tear_down),
                cmocka_unit_test_setup_teardown(sim_cards, set_up, tear_down),
                cmocka_unit_test_setup_teardown(events, set_up, tear_down),
                cmocka_unit_test_setup_teardown(everything_goes_wrong, set_up, tear_down),
                cmocka_unit_test_setup_teardown(slow_and_mislabelled_answers_count, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
