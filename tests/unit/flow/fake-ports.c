/* SPDX-License-Identifier: Apache-2.0 */

/* One operation is one timer of the virtual clock; what the world answers is decided when it fires, so that
 * order and overlap are those of a real one. */

#include "tests/unit/flow/fake-ports.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FLIGHT_MAX = 16, BODY_MAX = 4096, NOTE_MAX = 256 };

struct fake_op {
        struct op op;
        struct fake_ports *f;
        enum fake_kind kind;
        struct fake_rule rule; /* what = -1: a good answer */
        bool ruled, avoided, came_online;
        answer_fn done;
        void *userdata;
        struct timer *timer;
        struct port_request request[FLIGHT_MAX];
        size_t n;
        struct port_query query;
        char id[32], name[80], serial[32];
        uint64_t news_until_ms;
        struct secret *secret;
        uint8_t bodies[512];
};

static const char CODE[] = "0123456789012345678901234567890123456789012345678901234567890AB";
static const char *const cloud_names[_CLOUD_ASK_MAX] = {
        [CLOUD_ACCOUNT] = "account",       [CLOUD_SERIAL] = "serial",   [CLOUD_DEVICE] = "device",
        [CLOUD_CLAIM_CODE] = "code",       [CLOUD_CLAIM] = "claim",     [CLOUD_RENAME] = "rename",
        [CLOUD_LIMIT] = "limit",           [CLOUD_PRODUCT] = "product", [CLOUD_MEMBER] = "member",
        [CLOUD_IMPORT] = "import",         [CLOUD_MARK] = "mark",       [CLOUD_SIM] = "sim",
        [CLOUD_SIM_ACTIVATE] = "activate",
};

static void note(struct fake_ports *f, const char *text)
{
        size_t len = strlen(f->log);

        assert_true(len + strlen(text) + 2 < sizeof(f->log));
        snprintf(f->log + len, sizeof(f->log) - len, "%s%s", len ? ";" : "", text);
}

/* rules */
void fake_add(struct fake_ports *f, struct fake_rule rule)
{
        assert_true(f->n_rules < FAKE_RULES_MAX);
        if (rule.times == 0)
                rule.times = 1;
        f->rules[f->n_rules++] = rule;
}

static bool has_type(const struct fake_op *o, int type)
{
        if (o->kind == FAKE_CLOUD)
                return (int)o->query.ask == type;
        if (o->kind != FAKE_ASK)
                return true;
        for (size_t i = 0; i < o->n; i++)
                if (o->request[i].type == type)
                        return true;
        return false;
}

static void take_rule(struct fake_op *o)
{
        for (size_t i = 0; i < o->f->n_rules; i++) {
                struct fake_rule *r = &o->f->rules[i];

                if (r->kind != o->kind || r->times == 0 || !has_type(o, r->type))
                        continue;
                if (r->first > 0) {
                        r->first--;
                        continue;
                }
                if (r->times != FAKE_ALWAYS)
                        r->times--;
                o->rule = *r;
                o->ruled = true;
                return;
        }
}

static bool ruled(const struct fake_op *o, enum fake_what what)
{
        return o->ruled && o->rule.what == what;
}

static void lose_link(struct fake_op *o)
{
        struct answer a = { .trouble = { FAULT_LINK_LOST, "lost" }, .link_lost = true };

        if (o->ruled && o->rule.fault)
                a.trouble.fault = o->rule.fault;
        o->f->linked = o->f->opened = false;
        o->done(o->userdata, &a);
}

static void answer_flight(struct fake_op *o)
{
        struct port_reply reply[FLIGHT_MAX] = {};
        struct buf body[FLIGHT_MAX];
        struct port_replies replies = { reply, o->n };
        struct answer a = { .ask = &replies };
        bool left = false;

        for (size_t i = 0; i < o->n; i++) {
                body[i] = buf_init(BODY_MAX);
                reply[i].type = o->request[i].type;
                reply[i].result = o->rule.result;
                if (ruled(o, FAKE_RESULT) && o->rule.type == o->request[i].type)
                        continue;
                reply[i].result = fake_execute(o->f, &o->request[i], &body[i]);
                reply[i].payload = body[i].data;
                reply[i].len = body[i].len;
                if (ruled(o, FAKE_BODY) && o->rule.type == o->request[i].type) {
                        reply[i].payload = (const uint8_t *)o->rule.body;
                        reply[i].len = o->rule.body_len;
                }
                left |= o->request[i].type == CONTROL_STOP_LISTENING && o->f->device.rtl;
        }
        if (left || ruled(o, FAKE_LATE_LOST))
                lose_link(o);
        else
                o->done(o->userdata, &a);
        for (size_t i = 0; i < replies.n; i++)
                buf_done(&body[i]);
}

static void answer_ask(struct fake_op *o)
{
        if (o->f->linked)
                answer_flight(o);
        else
                lose_link(o);
}

/* the cloud */
static void claim_by_code(struct fake_ports *f)
{
        bool was = f->cloud.online;

        f->cloud.online = f->cloud.online || fake_device_online(f);
        if (f->cloud.online && !was)
                f->cloud.handshake_s = timer_wall_s();
        if (fake_device_online(f) && f->device.claim_code && !f->device.resumes &&
            timer_now_ms() >= f->device.free_at_ms + f->takes.online_ms + f->takes.claim_ms)
                f->cloud.owner = f->cloud.user;
}

/* Whether the question still waits for news: looks what the cloud has seen meanwhile. */
static bool waits_for_news(struct fake_op *o)
{
        struct fake_ports *f = o->f;
        bool was = f->cloud.online;

        if (o->kind != FAKE_CLOUD || o->ruled || timer_now_ms() >= o->news_until_ms)
                return false;
        claim_by_code(f);
        o->came_online = f->cloud.online && !was;
        return !o->came_online;
}

/* What a sandbox does not have. */
static void answer_team(struct fake_op *o, struct port_cloud *c)
{
        struct fake_ports *f = o->f;

        switch ((int)o->query.ask) {
        case CLOUD_LIMIT: c->limit.reached = f->cloud.limit_reached; break;
        case CLOUD_PRODUCT: c->product.platform_id = f->cloud.product_platform; break;
        case CLOUD_MEMBER:
                c->member = (struct said_member){ .known = f->cloud.member,
                                                  .device_id = f->device.id,
                                                  .platform_id = f->device.platform_id };
                break;
        case CLOUD_IMPORT:
                assert_string_equal(o->id, f->device.id);
                f->cloud.member = true;
                f->cloud.quarantined = false;
                f->cloud.owner = o->name[0] ? f->cloud.claim_user : f->cloud.owner;
                break;
        case CLOUD_MARK: break;
        case CLOUD_SIM: c->sim = (struct said_sim){ f->card.state, f->card.status, f->card.before }; break;
        case CLOUD_SIM_ACTIVATE: c->sim_activate.pending = f->card.pending; break;
        default: fail();
        }
}

static struct said_device device_seen(struct fake_op *o)
{
        struct fake_ports *f = o->f;
        bool shown;

        assert_string_equal(o->id, f->device.id);
        claim_by_code(f);
        shown = f->cloud.owner && strcmp(f->cloud.owner, "hidden") != 0;
        return (struct said_device){ .known = o->query.device.product_id ? f->cloud.member : shown,
                                     .quarantined = f->cloud.quarantined,
                                     .owner = f->cloud.owner,
                                     .name = f->cloud.name,
                                     .online = f->cloud.online,
                                     .came_online = o->came_online,
                                     .last_handshake_s = f->cloud.handshake_s };
}

static enum fault answer_claim(struct fake_op *o, struct said_claim *claim)
{
        struct fake_ports *f = o->f;

        if (!f->cloud.online && !fake_device_online(f))
                return FAULT_CLAIM_OFFLINE;
        if (f->cloud.owner && !o->query.claim.request_transfer)
                return FAULT_CLAIM_FOREIGN;
        claim->transfer_requested = f->cloud.owner != NULL;
        if (!f->cloud.owner)
                f->cloud.owner = f->cloud.user;
        return FAULT_NONE;
}

static void answer_cloud(struct fake_op *o)
{
        struct fake_ports *f = o->f;
        struct port_cloud c = { .ask = o->query.ask };
        struct answer a = { .cloud = &c };
        _cleanup_(secret_freep) struct secret *secret = NULL;

        switch (o->query.ask) {
        case CLOUD_FIRMWARE: break;
        case CLOUD_ACCOUNT:
                c.account = (struct said_account){ f->cloud.user, f->cloud.token_expires_s };
                break;
        case CLOUD_SERIAL:
                assert_string_equal(o->serial, f->device.serial);
                if (o->query.serial.partial_secret)
                        assert_int_equal(secret_new(f->device.secret, strlen(f->device.secret), &secret), 0);
                c.serial =
                        (struct said_serial){ f->device.id, f->device.platform_id, f->card.iccid, secret };
                break;
        case CLOUD_DEVICE: c.device = device_seen(o); break;
        case CLOUD_CLAIM_CODE:
                assert_int_equal(secret_new(CODE, strlen(CODE), &secret), 0);
                c.claim_code.code = secret;
                break;
        case CLOUD_CLAIM: a.trouble.fault = answer_claim(o, &c.claim); break;
        case CLOUD_RENAME: break;
        case CLOUD_LIMIT:
        case CLOUD_PRODUCT:
        case CLOUD_MEMBER:
        case CLOUD_IMPORT:
        case CLOUD_MARK:
        case CLOUD_SIM:
        case CLOUD_SIM_ACTIVATE: answer_team(o, &c); break;
        case _CLOUD_ASK_MAX: fail();
        }
        o->done(o->userdata, &a);
}

/* operations */
static void answer_good(struct fake_op *o)
{
        struct fake_ports *f = o->f;
        struct port_peer peer = { .name = "Argon-4ABCDE", .address = "sim", .rssi = -50 };
        struct port_link link = { .version = f->device.version, .max_write = 244 };
        struct answer a = {};

        switch (o->kind) {
        case FAKE_FIND:
                if (!f->device.listening || o->avoided)
                        return; /* looks on */
                a.peer = &peer;
                break;
        case FAKE_CONNECT:
                f->linked = true;
                a = (struct answer){ .link = &link, .trouble = f->beside };
                break;
        case FAKE_OPEN:
                if (strcmp(secret_text(o->secret), f->device.secret) != 0) {
                        f->linked = false;
                        a.trouble.fault = FAULT_SECRET_MISMATCH;
                        a.link_lost = true;
                } else {
                        f->opened = true;
                        f->exchanges += 2;
                }
                break;
        case FAKE_ASK:
                f->exchanges++;
                answer_ask(o);
                return;
        case FAKE_CLOUD: answer_cloud(o); return;
        }
        o->done(o->userdata, &a);
}

static void fire(void *userdata)
{
        struct fake_op *o = userdata;
        struct answer a = {};

        (void)trouble_set(&a.trouble, o->rule.fault, "%s", o->rule.cause ? o->rule.cause : "");
        o->timer = timer_free(o->timer);
        if (waits_for_news(o)) {
                assert_int_equal(timer_new(NULL, 100, fire, o, &o->timer), 0);
                return;
        }
        if (!o->ruled) {
                answer_good(o);
                return;
        }
        switch (o->rule.what) {
        case FAKE_FAULT: o->done(o->userdata, &a); break;
        case FAKE_LOST: lose_link(o); break;
        case FAKE_SILENT: break;
        case FAKE_RESULT:
        case FAKE_BODY:
        case FAKE_LATE_LOST:
        case FAKE_DELAY: answer_good(o); break;
        }
}

static uint64_t waiting_ms(const struct fake_ports *f)
{
        uint64_t ms = f->turn_since_ms ? timer_now_ms() - f->turn_since_ms : 0;

        return ms < f->takes.turn_ms ? ms : f->takes.turn_ms;
}

static uint64_t fake_waited_ms(struct ports *p)
{
        struct fake_ports *f = (struct fake_ports *)p;

        return f->waited_ms + waiting_ms(f);
}

static void free_op(struct op *op)
{
        struct fake_op *o = (struct fake_op *)op;

        if (o->kind == FAKE_CONNECT) {
                o->f->waited_ms += waiting_ms(o->f);
                o->f->turn_since_ms = 0;
        }
        timer_free(o->timer);
        secret_free(o->secret);
        o->f->alive--;
        if (o->kind != FAKE_CLOUD)
                o->f->radio_alive--;
        free(o);
}

static struct fake_op *new_op(struct ports *p, enum fake_kind kind, answer_fn done, void *userdata)
{
        struct fake_op *o = calloc(1, sizeof(*o));

        assert_non_null(o);
        o->op.free = free_op;
        o->f = (struct fake_ports *)p;
        o->kind = kind;
        o->done = done;
        o->userdata = userdata;
        o->f->alive++;
        if (kind != FAKE_CLOUD)
                assert_int_equal(++o->f->radio_alive, 1);
        return o;
}

static int begin(struct fake_op *o, struct op **ret)
{
        uint64_t ms = o->kind == FAKE_CLOUD ? o->f->takes.cloud_ms : o->f->takes.radio_ms;

        take_rule(o);
        if (ruled(o, FAKE_DELAY))
                ms += o->rule.delay_ms;
        if (o->kind == FAKE_CONNECT) {
                ms += o->f->takes.turn_ms;
                o->f->turn_since_ms = timer_now_ms();
        }
        assert_int_equal(timer_new(NULL, ms, fire, o, &o->timer), 0);
        *ret = &o->op;
        return 0;
}

static int fake_find(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                     struct op **ret)
{
        struct fake_op *o = new_op(p, FAKE_FIND, done, userdata);

        assert_string_equal(target->setup_code, o->f->device.serial + strlen(o->f->device.serial) - 6);
        assert_false(o->f->linked);
        o->avoided = target->n_avoid > 0; /* there is only this one */
        note(o->f, "find");
        return begin(o, ret);
}

static int fake_connect(struct ports *p, answer_fn done, void *userdata, struct op **ret)
{
        struct fake_op *o = new_op(p, FAKE_CONNECT, done, userdata);

        assert_false(o->f->linked);
        note(o->f, "connect");
        return begin(o, ret);
}

static int fake_open(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                     struct op **ret)
{
        struct fake_op *o = new_op(p, FAKE_OPEN, done, userdata);

        assert_true(o->f->linked);
        assert_false(o->f->opened);
        assert_int_equal(secret_new(secret_bytes(mobile_secret), secret_len(mobile_secret), &o->secret), 0);
        note(o->f, "open");
        return begin(o, ret);
}

static int fake_ask(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                    void *userdata, struct op **ret)
{
        struct fake_op *o = new_op(p, FAKE_ASK, done, userdata);
        char text[64] = "ask";
        size_t used = 0;

        assert_true(o->f->opened);
        assert_in_range(n, 1, FLIGHT_MAX);
        o->n = n;
        for (size_t i = 0; i < n; i++) {
                assert_true(used + requests[i].len <= sizeof(o->bodies));
                o->request[i] = requests[i];
                if (requests[i].len)
                        memcpy(o->bodies + used, requests[i].payload, requests[i].len);
                o->request[i].payload = o->bodies + used;
                used += requests[i].len;
                snprintf(text + strlen(text), sizeof(text) - strlen(text), " %u", requests[i].type);
        }
        note(o->f, text);
        return begin(o, ret);
}

/* the question in the log: "cloud import of 4711 for boss@example.com with SIM" */
static void add(char text[static NOTE_MAX], const char *before, const char *what)
{
        size_t len = strlen(text);

        if (what)
                snprintf(text + len, NOTE_MAX - len, "%s%s", before, what);
}

static void add_product(char text[static NOTE_MAX], unsigned product_id)
{
        char number[16];

        snprintf(number, sizeof(number), "%u", product_id);
        add(text, " of ", product_id ? number : NULL);
}

static void add_mark(char text[static NOTE_MAX], const struct ask_mark *mark)
{
        add_product(text, mark->product_id);
        add(text, " name ", mark->name);
        for (size_t i = 0; mark->groups && mark->groups[i]; i++)
                add(text, i ? "," : " groups ", mark->groups[i]);
        add(text, " notes ", mark->notes);
        add(text, "", mark->development ? " development" : NULL);
}

static void describe(const struct port_query *q, char text[static NOTE_MAX])
{
        add(text, "cloud ", cloud_names[q->ask]);
        switch (q->ask) {
        case CLOUD_ACCOUNT:
        case CLOUD_SERIAL:
        case CLOUD_RENAME:
        case CLOUD_FIRMWARE:
        case CLOUD_LIMIT: break;
        case CLOUD_DEVICE: add_product(text, q->device.product_id); break;
        case CLOUD_CLAIM_CODE: add_product(text, q->claim_code.product_id); break;
        case CLOUD_CLAIM: add(text, "", q->claim.request_transfer ? " with transfer" : NULL); break;
        case CLOUD_PRODUCT: add_product(text, q->product.product_id); break;
        case CLOUD_MEMBER: add_product(text, q->member.product_id); break;
        case CLOUD_IMPORT:
                add_product(text, q->import.product_id);
                add(text, " for ", q->import.claim_user);
                add(text, "", q->import.sims ? " with SIM" : NULL);
                break;
        case CLOUD_MARK: add_mark(text, &q->mark); break;
        case CLOUD_SIM: add_product(text, q->sim.product_id); break;
        case CLOUD_SIM_ACTIVATE:
                add_product(text, q->sim_activate.product_id);
                add(text, " in ", q->sim_activate.country);
                break;
        case _CLOUD_ASK_MAX: fail();
        }
}

/* What is needed of a question when it is answered; its texts are gone by then. */
static void keep(struct fake_op *o, const struct port_query *q)
{
        o->query = *q;
        if (q->ask == CLOUD_SERIAL)
                snprintf(o->serial, sizeof(o->serial), "%s", q->serial.serial);
        if (q->ask == CLOUD_DEVICE) {
                snprintf(o->id, sizeof(o->id), "%s", q->device.device_id);
                o->news_until_ms = q->device.news_ms ? timer_now_ms() + q->device.news_ms : 0;
        }
        if (q->ask == CLOUD_IMPORT) {
                snprintf(o->id, sizeof(o->id), "%s", q->import.device_id);
                snprintf(o->name, sizeof(o->name), "%s", q->import.claim_user ? q->import.claim_user : "");
        }
}

static int fake_cloud(struct ports *p, const struct port_query *query, answer_fn done, void *userdata,
                      struct op **ret)
{
        struct fake_op *o = new_op(p, FAKE_CLOUD, done, userdata);
        char text[NOTE_MAX] = "";

        keep(o, query);
        describe(query, text);
        note(o->f, text);
        if (query->ask == CLOUD_SIM_ACTIVATE && !o->f->card.pending)
                o->f->card.state =
                        PORT_SIM_ACTIVE; /* the wish has been sent, whoever waits for the answer */
        return begin(o, ret);
}

static void fake_hang_up(struct ports *p)
{
        struct fake_ports *f = (struct fake_ports *)p;

        if (f->linked)
                f->hang_ups++;
        f->linked = f->opened = false;
}

static unsigned fake_exchanges(struct ports *p)
{
        return ((struct fake_ports *)p)->exchanges;
}

void fake_drop_link(struct fake_ports *f)
{
        if (!f->linked)
                return;
        f->linked = f->opened = false;
        if (f->radio_alive)
                return; /* the operation that uses it tells */
        if (f->ports.link_lost)
                f->ports.link_lost(f->ports.userdata);
}

static size_t fake_heard(struct ports *p, struct port_heard ret[static PORT_HEARD_MAX])
{
        struct fake_ports *f = container_of(p, struct fake_ports, ports);
        size_t n = 0;

        for (; n < 4 && f->heard[n]; n++) {
                snprintf(ret[n].name, sizeof(ret[n].name), "%s", f->heard[n]);
                snprintf(ret[n].setup_code, sizeof(ret[n].setup_code), "%.6s",
                         strrchr(f->heard[n], '-') + 1);
        }
        return n;
}

const struct ports_ops fake_ops = {
        .heard = fake_heard,
        .find = fake_find,
        .connect = fake_connect,
        .open = fake_open,
        .ask = fake_ask,
        .hang_up = fake_hang_up,
        .exchanges = fake_exchanges,
        .waited_ms = fake_waited_ms,
        .cloud = fake_cloud,
};
