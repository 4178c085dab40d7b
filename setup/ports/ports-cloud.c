/* SPDX-License-Identifier: Apache-2.0 */

/* One operation per question; each verb's result is laid out as the flow wants it and passed on at once. */

#include "setup/ports/ports-cloud.h"
#include "cloud/account.h"
#include "cloud/claim.h"
#include "cloud/firmware.h"
#include "cloud/lookup.h"
#include "cloud/product.h"
#include "cloud/sim.h"
#include "proto/base/timer.h"
#include "setup/flow/job.h"
#include <errno.h>
#include <stdio.h>

struct question {
        struct op op;
        struct sd_event *loop;
        answer_fn done;
        void *userdata;
        struct cloud_client *client;
        struct op *verb;     /* of the client */
        struct timer *timer; /* without one */
        char iccid[SIM_NUMBER_MAX + 1];

        /* waiting for news before the device is asked for */
        struct news *news;
        struct op *wait;
        unsigned product_id;
        char device_id[CLOUD_ID_LEN + 1];
        bool came_online;
};

static void question_free(struct op *op)
{
        struct question *q = container_of(op, struct question, op);

        q->wait = op_free(q->wait);
        q->verb = op_free(q->verb);
        q->timer = timer_free(q->timer);
        free(q);
}

/* The callee may free the question: nothing after this. */
static void pass_on(struct question *q, const struct cloud_error *e, const struct port_cloud *cloud)
{
        struct answer a = { .trouble = e->trouble };

        if (e->trouble.fault == FAULT_NONE)
                a.cloud = cloud;
        q->done(q->userdata, &a);
}

static void on_account(void *userdata, const struct cloud_error *e, const struct cloud_account *account)
{
        pass_on(userdata, e,
                account ? SAID_ACCOUNT(.user = account->user, .token_expires_s = account->token_expires_s)
                        : NULL);
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *serial)
{
        pass_on(userdata, e,
                serial ? SAID_SERIAL(.device_id = serial->device_id, .platform_id = serial->platform_id,
                                     .iccid = serial->iccid, .mobile_secret = serial->mobile_secret)
                       : NULL);
}

static int ask_serial(struct question *q, const struct ask_serial *ask)
{
        /* With the whole secret the flow does without (setup/flow/steps-cloud.c). */
        return cloud_serial(q->client, ask->serial, ask->partial_secret, ask->partial_secret, on_serial, q,
                            &q->verb);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        const struct question *q = userdata;
        pass_on(userdata, e,
                d ? SAID_DEVICE(.known = d->known, .owner = d->owner, .name = d->name, .online = d->online,
                                .came_online = q->came_online, .quarantined = d->quarantined,
                                .product_id = d->product_id, .last_handshake_s = d->last_handshake_s)
                  : NULL);
}

/* The list of a product may be filtered less strictly than it was asked for. */
static void on_members(void *userdata, const struct cloud_error *e, const struct cloud_device *d, size_t n)
{
        bool known = n == 1 && d->known && d->id;

        pass_on(userdata, e,
                known ? SAID_MEMBER(.known = true, .device_id = d->id, .platform_id = d->platform_id,
                                    .iccid = d->iccid)
                      : SAID_MEMBER());
}

static int ask_member(struct question *q, const struct ask_member *ask)
{
        return cloud_product_find(q->client, ask->product_id, ask->serial, on_members, q, &q->verb);
}

static void on_claim_code(void *userdata, const struct cloud_error *e, const struct secret *code)
{
        pass_on(userdata, e, SAID_CLAIM_CODE(.code = code));
}

static int ask_claim_code(struct question *q, const struct ask_claim_code *ask)
{
        return cloud_claim_code(q->client, ask->product_id, on_claim_code, q, &q->verb);
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        pass_on(userdata, e, SAID_CLAIM(.transfer_requested = claim && claim->transfer_requested));
}

static int ask_claim(struct question *q, const struct ask_claim *ask)
{
        return cloud_claim(q->client, ask->device_id, ask->request_transfer, on_claim, q, &q->verb);
}

static void on_renamed(void *userdata, const struct cloud_error *e)
{
        pass_on(userdata, e, SAID_RENAME());
}

static int ask_rename(struct question *q, const struct ask_rename *ask)
{
        return cloud_rename(q->client, ask->device_id, ask->name, on_renamed, q, &q->verb);
}

static void on_firmware(void *userdata, const struct cloud_error *e, const uint8_t *data, size_t len)
{
        pass_on(userdata, e, SAID_FIRMWARE(.data = data, .len = len));
}

static int ask_firmware(struct question *q, const struct ask_firmware *ask)
{
        const struct firmware_query what = { ask->platform_id, ask->os_version, ask->ncp_version,
                                             ask->ncp_module_version };

        return cloud_firmware(q->client, &what, on_firmware, q, &q->verb);
}

static void on_limit(void *userdata, const struct cloud_error *e, const struct cloud_limit *l)
{
        pass_on(userdata, e, SAID_LIMIT(.reached = l && l->known && l->reached));
}

/* products */
static void on_product(void *userdata, const struct cloud_error *e, const struct cloud_product *p)
{
        pass_on(userdata, e, SAID_PRODUCT(.platform_id = p ? p->platform_id : 0));
}

static int ask_product(struct question *q, const struct ask_product *ask)
{
        return cloud_product(q->client, ask->product_id, on_product, q, &q->verb);
}

static enum fault import_fault(enum cloud_import i)
{
        switch (i) {
        case IMPORT_ADDED:
        case IMPORT_EXISTED:
        case IMPORT_UNSAID: /* the device itself is looked at later */ return FAULT_NONE;
        case IMPORT_NOT_OWNED: return FAULT_CLAIM_FOREIGN;
        case IMPORT_PROTECTED: return FAULT_DEVICE_PROTECTED;
        case IMPORT_INVALID:
        case _IMPORT_MAX: break;
        }
        return FAULT_CLAIM_REFUSED;
}

/* HTTP 200 may mean failure here. */
static void on_import(void *userdata, const struct cloud_error *e, const struct cloud_imports *i)
{
        enum cloud_import result = i && i->n > 0 ? i->result[0] : IMPORT_UNSAID;
        struct cloud_error said = {};

        (void)trouble_set(&said.trouble, import_fault(result), "%s", cloud_import_text(result));
        pass_on(userdata, e->trouble.fault == FAULT_NONE ? &said : e, SAID_IMPORT());
}

static int ask_import(struct question *q, const struct ask_import *ask)
{
        return cloud_import(q->client, ask->product_id, &ask->device_id, 1, ask->claim_user, ask->sims,
                            on_import, q, &q->verb);
}

static void on_marked(void *userdata, const struct cloud_error *e)
{
        pass_on(userdata, e, SAID_MARK());
}

static int ask_mark(struct question *q, const struct ask_mark *ask)
{
        struct cloud_product_change change = { .name = ask->name,
                                               .notes = ask->notes,
                                               .development = ask->development,
                                               .groups = ask->groups };

        return cloud_product_set(q->client, ask->product_id, ask->device_id, &change, on_marked, q,
                                 &q->verb);
}

/* SIM cards */

/* The status that stands for "active" (cloud.md 5). */
enum { SIM_HEAD_ACTIVE = 205 };

/* Told by a request without an answer in words: is there such a card at all, and is it somebody else's? */
static void on_precheck(void *userdata, const struct cloud_error *e)
{
        struct question *q = userdata;
        enum port_sim state = PORT_SIM_NEW;
        struct cloud_error fine = {};

        if (e->trouble.fault == FAULT_NONE && e->status == SIM_HEAD_ACTIVE)
                state = PORT_SIM_ACTIVE; /* for somebody else: a product */
        else if (e->trouble.fault == FAULT_CLOUD_NOT_FOUND)
                state = PORT_SIM_THIRD_PARTY;
        else if (e->trouble.fault == FAULT_SIM && e->status == 403)
                state = PORT_SIM_OTHERS;
        else if (e->trouble.fault == FAULT_SIM || e->trouble.fault == FAULT_TOKEN_SCOPE ||
                 e->trouble.fault == FAULT_CLOUD_REFUSED)
                state = PORT_SIM_UNSEEN;
        else if (e->trouble.fault != FAULT_NONE)
                fine = *e;
        pass_on(q, &fine, SAID_SIM(.state = state));
}

static enum port_sim sim_state(enum cloud_sim_state state)
{
        switch (state) {
        case SIM_NEW: return PORT_SIM_NEW;
        case SIM_INACTIVE: return PORT_SIM_INACTIVE;
        case SIM_ACTIVATING: return PORT_SIM_ACTIVATING;
        case SIM_ACTIVE: return PORT_SIM_ACTIVE;
        case SIM_FAILED: return PORT_SIM_FAILED;
        case SIM_NOT_OURS:
        case _SIM_STATE_MAX: break;
        }
        return PORT_SIM_OTHERS;
}

static void on_sim(void *userdata, const struct cloud_error *e, const struct cloud_sim *sim)
{
        struct question *q = userdata;
        struct cloud_error failed = { .trouble = { FAULT_INTERNAL, "out of memory" } };

        if (sim && sim->state == SIM_NOT_OURS) {
                q->verb = op_free(q->verb);
                if (cloud_sim_precheck(q->client, q->iccid, on_precheck, q, &q->verb) < 0)
                        pass_on(q, &failed, NULL);
                return;
        }
        pass_on(q, e,
                sim ? SAID_SIM(.state = sim_state(sim->state), .status = sim->status,
                               .before = sim->activations > 0)
                    : NULL);
}

static int ask_sim(struct question *q, const struct ask_sim *ask)
{
        (void)snprintf(q->iccid, sizeof(q->iccid), "%s", ask->iccid);
        return cloud_sim(q->client, ask->product_id, ask->iccid, on_sim, q, &q->verb);
}

static void on_activated(void *userdata, const struct cloud_error *e, const struct cloud_sim_outcome *o)
{
        pass_on(userdata, e, SAID_SIM_ACTIVATE(.pending = o && o->pending));
}

static int ask_sim_activate(struct question *q, const struct ask_sim_activate *ask)
{
        struct cloud_sim_wish wish = { .product_id = ask->product_id,
                                       .iccid = ask->iccid,
                                       .country = ask->country,
                                       .wait_ms = sim_deadline_ms(sim_speed(ask->sku), ask->before) };

        return cloud_sim_activate(q->client, &wish, on_activated, q, &q->verb);
}

static void no_account(void *userdata)
{
        struct question *q = userdata;

        q->done(q->userdata, &(struct answer){ .trouble.fault = FAULT_TOKEN_MISSING });
}

static int look_at_device(struct question *q)
{
        if (q->product_id)
                return cloud_product_device(q->client, q->product_id, q->device_id, on_device, q, &q->verb);
        return cloud_device(q->client, q->device_id, on_device, q, &q->verb);
}

static void on_heard(void *userdata, enum news_heard heard)
{
        struct question *q = userdata;

        q->wait = op_free(q->wait);
        q->came_online = heard == HEARD_ONLINE;
        if (look_at_device(q) < 0)
                q->done(q->userdata, &(struct answer){ .trouble = { FAULT_INTERNAL, "out of memory" } });
}

static int ask_device(struct question *q, const struct ask_device *ask)
{
        q->product_id = ask->product_id;
        (void)snprintf(q->device_id, sizeof(q->device_id), "%s", ask->device_id);
        if (ask->news_ms == 0)
                return look_at_device(q);
        return news_wait(q->news, q->product_id, q->device_id, ask->news_ms, on_heard, q, &q->wait);
}

static int begin(struct question *q, const struct port_query *query)
{
        if (!q->client)
                return timer_new(q->loop, 0, no_account, q, &q->timer);
        switch (query->ask) {
        case CLOUD_ACCOUNT: return cloud_account(q->client, on_account, q, &q->verb);
        case CLOUD_SERIAL: return ask_serial(q, &query->serial);
        case CLOUD_DEVICE: return ask_device(q, &query->device);
        case CLOUD_CLAIM_CODE: return ask_claim_code(q, &query->claim_code);
        case CLOUD_CLAIM: return ask_claim(q, &query->claim);
        case CLOUD_RENAME: return ask_rename(q, &query->rename);
        case CLOUD_FIRMWARE: return ask_firmware(q, &query->firmware);
        case CLOUD_LIMIT: return cloud_limit(q->client, on_limit, q, &q->verb);
        case CLOUD_PRODUCT: return ask_product(q, &query->product);
        case CLOUD_MEMBER: return ask_member(q, &query->member);
        case CLOUD_IMPORT: return ask_import(q, &query->import);
        case CLOUD_MARK: return ask_mark(q, &query->mark);
        case CLOUD_SIM: return ask_sim(q, &query->sim);
        case CLOUD_SIM_ACTIVATE: return ask_sim_activate(q, &query->sim_activate);
        case _CLOUD_ASK_MAX: break;
        }
        return -EINVAL;
}

int ports_cloud_ask(struct sd_event *loop, struct cloud_client *client, struct news *news,
                    const struct port_query *query, answer_fn done, void *userdata, struct op **ret)
{
        struct question *q = calloc(1, sizeof(*q));
        int r;

        if (!q)
                return -ENOMEM;
        *q = (struct question){ .op.free = question_free,
                                .loop = loop,
                                .done = done,
                                .userdata = userdata,
                                .client = client,
                                .news = news };
        r = begin(q, query);
        if (r < 0) {
                question_free(&q->op);
                return r;
        }
        *ret = &q->op;
        return 0;
}
