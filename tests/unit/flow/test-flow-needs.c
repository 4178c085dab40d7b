/* SPDX-License-Identifier: Apache-2.0 */

/* What a step needs: every row of THE TABLE is started while nothing is known yet, for every claim mode,
 * task and family, and is given the emptiest answers and every fault. It skips, goes on or ends in a fault
 * that has a name; it asks no question that lacks its subject, and no pointer is taken for granted. */

#include "proto/base/text.h"
#include "proto/control.h"
#include "setup/flow/profile/read.h"
#include "setup/flow/step.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <string.h>

enum { FLIGHT_MAX = 40 };

static const char *const profiles[] = {
        [CLAIM_USER] = "[setup]\nname = Lamp\nmin-os = 6.0.0\nethernet = yes\n[wifi]\nssid = Home\n",
        [CLAIM_PRODUCT] = "[setup]\nclaim = product\nproduct = 4711\nname = x\nnotes = x\ngroups = a\n",
        [CLAIM_CUSTOMER] = "[setup]\nclaim = customer\nproduct = 4711\nname = x\n[wifi]\nssid = Home\n",
        [CLAIM_NONE] = "[setup]\nclaim = none\n[cellular]\nsim = external\napn = x\n",
        [CLAIM_CODE] = "[setup]\n[wifi]\nssid = Home\n[wifi 2]\nssid = Other\n",
};

struct begun {
        struct ports ports;
        struct op op;
        size_t n; /* requests of the flight that was begun */
        uint16_t type[FLIGHT_MAX];
        enum cloud_ask ask; /* the question; _CLOUD_ASK_MAX: none */
        bool found, connected, opened;
};

static void no_free(struct op *op)
{
        (void)op;
}

static int begin(struct ports *p, struct op **ret)
{
        struct begun *b = (struct begun *)p;

        b->op.free = no_free;
        *ret = &b->op;
        return 0;
}

static int on_find(struct ports *p, const struct port_target *target, answer_fn done, void *userdata,
                   struct op **ret)
{
        (void)done;
        (void)userdata;
        assert_int_equal(strlen(target->setup_code), 6);
        ((struct begun *)p)->found = true;
        return begin(p, ret);
}

static size_t on_heard(struct ports *p, struct port_heard ret[static PORT_HEARD_MAX])
{
        (void)p;
        ret[0] = (struct port_heard){};
        return 1;
}

static int on_connect(struct ports *p, answer_fn done, void *userdata, struct op **ret)
{
        (void)done;
        (void)userdata;
        ((struct begun *)p)->connected = true;
        return begin(p, ret);
}

static int on_open(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                   struct op **ret)
{
        (void)done;
        (void)userdata;
        assert_true(secret_len(mobile_secret) > 0);
        ((struct begun *)p)->opened = true;
        return begin(p, ret);
}

static int on_ask(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                  void *userdata, struct op **ret)
{
        (void)done;
        (void)userdata;
        assert_in_range(n, 1, FLIGHT_MAX);
        for (size_t i = 0; i < n; i++) {
                assert_non_null(control_info(requests[i].type));
                assert_true(requests[i].len == 0 || requests[i].payload);
                ((struct begun *)p)->type[i] = requests[i].type;
        }
        ((struct begun *)p)->n = n;
        return begin(p, ret);
}

static void on_hang_up(struct ports *p)
{
        (void)p;
}

static int on_cloud(struct ports *p, const struct port_query *q, answer_fn done, void *userdata,
                    struct op **ret)
{
        (void)done;
        (void)userdata;
        switch (q->ask) {
        case CLOUD_SERIAL: assert_true(q->serial.serial[0]); break;
        case CLOUD_DEVICE: assert_true(q->device.device_id[0]); break;
        case CLOUD_CLAIM: assert_true(q->claim.device_id[0]); break;
        case CLOUD_RENAME: assert_true(q->rename.device_id[0] && q->rename.name[0]); break;
        case CLOUD_FIRMWARE: assert_true(q->firmware.platform_id && q->firmware.os_version); break;
        case CLOUD_PRODUCT: assert_true(q->product.product_id); break;
        case CLOUD_MEMBER: assert_true(q->member.product_id && q->member.serial[0]); break;
        case CLOUD_IMPORT: assert_true(q->import.product_id && q->import.device_id[0]); break;
        case CLOUD_MARK: assert_true(q->mark.product_id && q->mark.device_id[0]); break;
        case CLOUD_SIM: assert_true(q->sim.iccid[0]); break;
        case CLOUD_SIM_ACTIVATE: assert_true(q->sim_activate.iccid[0]); break;
        case CLOUD_ACCOUNT:
        case CLOUD_CLAIM_CODE:
        case CLOUD_LIMIT:
        case _CLOUD_ASK_MAX: break;
        }
        ((struct begun *)p)->ask = q->ask;
        return begin(p, ret);
}

static const struct ports_ops ops = { .find = on_find,
                                      .heard = on_heard,
                                      .connect = on_connect,
                                      .open = on_open,
                                      .ask = on_ask,
                                      .hang_up = on_hang_up,
                                      .cloud = on_cloud };

/* a job of which nothing is known */
static void init(struct job *j, enum claim_mode claim, enum task task, unsigned families, bool partial)
{
        const char *sticker = partial ? "P046AB1234ABCDE ABCDEFGHIJKL" : "ARNKAB1234ABCDE ABCDEFGHIJKLMNO";
        struct trouble why;
        struct profile p;
        struct label l;

        assert_int_equal(label_parse(sticker, strlen(sticker), &l, &why), 0);
        assert_int_equal(profile_parse(profiles[claim], strlen(profiles[claim]), &p, &why), 0);
        job_init(j, &l, &p);
        j->asked.profile.claim = claim; /* CLAIM_CODE: without one */
        j->asked.task = task;
        j->identity.families = families;
}

static const char *row_name;

static void check(const struct step_result *r, enum step_move move)
{
        char clean[TROUBLE_CAUSE_MAX];
        bool ends = move == STEP_FAIL || move == STEP_ASK;

        if (ends && (r->trouble.fault == FAULT_NONE || r->trouble.fault == FAULT_INTERNAL))
                fail_msg("%s: fault %s, %s", row_name, fault_info(r->trouble.fault)->key, r->trouble.cause);
        memcpy(clean, r->trouble.cause, sizeof(clean));
        text_clean(clean);
        assert_string_equal(clean, r->trouble.cause);
        assert_null(strstr(r->trouble.cause, "(null)"));
}

/* The least that an answer can hold. */
static void answer(const struct step *row, struct job *j, const struct begun *b, int32_t result)
{
        struct port_reply reply[FLIGHT_MAX] = {};
        struct port_replies replies = { reply, b->n };
        struct port_peer peer = { .name = "", .address = "" };
        struct port_link link = { .version = 2, .max_write = 20 };
        _cleanup_(secret_freep) struct secret *code = NULL;
        struct port_cloud said = { .ask = b->ask };
        struct answer a = { .ask = &replies };
        struct step_result r = {};

        for (size_t i = 0; i < b->n; i++)
                reply[i] = (struct port_reply){ .type = b->type[i], .result = result };
        if (b->found)
                a.peer = &peer;
        else if (b->connected)
                a.link = &link;
        else if (b->ask != _CLOUD_ASK_MAX)
                a.cloud = &said;
        assert_int_equal(secret_new("c", 1, &code), 0);
        if (b->ask == CLOUD_CLAIM_CODE)
                said.claim_code.code = code;
        if (b->ask == CLOUD_SERIAL)
                said.serial.device_id = "";
        if (b->ask == CLOUD_FIRMWARE)
                said.firmware.data = (const uint8_t *)"";
        if (b->ask == CLOUD_MEMBER)
                said.member = (struct said_member){ .known = true, .device_id = "" };
        check(&r, row->acts->finish(j, &a, &r));
}

static void mend(const struct step *row, struct job *j, enum fault fault)
{
        struct answer a = { .trouble.fault = fault, .link_lost = row->lane == LANE_RADIO };
        struct step_result r = {};
        enum step_move move = step_fail(&r, fault, NULL);

        if (row->acts->mend)
                move = row->acts->mend(j, &a, &r);
        if (fault != FAULT_INTERNAL)
                check(&r, move);
}

/* ending: a result of requests, or above 0 a fault */
static bool start(const struct step *row, struct job *j, int32_t ending)
{
        struct begun b = { .ports.ops = &ops, .ask = _CLOUD_ASK_MAX };
        struct op *op = NULL;
        struct step_run run = { .ports = &b.ports, .ret = &op };
        struct step_result r = {};
        enum step_move move;

        row_name = row->name;
        if ((row->acts->skip)(j)) /* cmocka has a macro of that name */
                return false;
        if (row->acts->budget)
                (void)row->acts->budget(j);
        move = row->acts->start(j, &run, &r);
        check(&r, move);
        assert_int_equal(move == STEP_WAIT, op != NULL);
        if (move != STEP_WAIT)
                return false;
        if (ending > 0)
                mend(row, j, (enum fault)ending);
        else
                answer(row, j, &b, ending);
        return true;
}

static void each(enum claim_mode claim, enum task task, unsigned families, bool partial)
{
        static const int32_t endings[] = { 0,
                                           CONTROL_NOT_SUPPORTED,
                                           CONTROL_BUSY,
                                           CONTROL_INVALID_STATE,
                                           CONTROL_PROTECTED,
                                           INT32_MIN,
                                           FAULT_LINK_LOST,
                                           FAULT_LINK_SILENT,
                                           FAULT_DEVICE_NOT_FOUND,
                                           FAULT_CLOUD_NOT_FOUND,
                                           FAULT_CLOUD_REFUSED,
                                           FAULT_CLAIM_REFUSED,
                                           FAULT_CLAIM_OFFLINE,
                                           FAULT_TOKEN_SCOPE };
        size_t n;
        const struct step *table = steps(&n);
        struct job j;

        for (size_t i = 0; i < n; i++)
                for (size_t e = 0; e < ELEMENTSOF(endings); e++) {
                        if (!((table[i].tasks ? table[i].tasks : TASKS_SETUP) & 1u << task) ||
                            (table[i].claims && !(table[i].claims & 1u << claim)) ||
                            (table[i].families && !(table[i].families & families)))
                                continue;
                        init(&j, claim, task, families, partial);
                        /* once more after its answer, as after AGAIN and another try */
                        for (int again = 0; again < 4 && start(&table[i], &j, endings[e]); again++)
                                ;
                        job_done(&j);
                }
}

static void nothing_is_taken_for_granted(void **state)
{
        (void)state;
        for (int claim = 0; claim < (int)ELEMENTSOF(profiles); claim++)
                for (int task = 0; task < _TASK_MAX; task++)
                        for (unsigned families = 0; families < 8; families++) {
                                each(claim, task, families, false);
                                each(claim, task, families, true);
                        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_taken_for_granted) };

        return secret_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
