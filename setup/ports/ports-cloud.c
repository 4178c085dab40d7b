/* SPDX-License-Identifier: Apache-2.0 */

/* One operation per question; each verb's result is laid out as the flow wants it and passed on at once. */

#include "setup/ports/ports-cloud.h"
#include "cloud/firmware.h"
#include "cloud/product.h"
#include "cloud/sim.h"
#include "proto/base/timer.h"
#include "setup/flow/job.h"
#include <errno.h>
#include <stdio.h>

struct question {
        struct op op;
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
        struct answer a = { .fault = e->fault, .cause = e->cause };

        if (e->fault == FAULT_NONE)
                a.cloud = cloud;
        q->done(q->userdata, &a);
}

static void on_account(void *userdata, const struct cloud_error *e, const struct cloud_account *account)
{
        struct port_cloud c = {};

        if (account)
                c = (struct port_cloud){ .user = account->user,
                                         .token_expires_s = account->token_expires_s };
        pass_on(userdata, e, &c);
}

static void on_serial(void *userdata, const struct cloud_error *e, const struct cloud_serial *serial)
{
        struct port_cloud c = {};

        if (serial)
                c = (struct port_cloud){ .device_id = serial->device_id,
                                         .platform_id = serial->platform_id,
                                         .iccid = serial->iccid,
                                         .mobile_secret = serial->mobile_secret };
        pass_on(userdata, e, &c);
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        const struct question *q = userdata;
        struct port_cloud c = {};

        if (d)
                c = (struct port_cloud){ .known = d->known,
                                         .device_id = d->id,
                                         .platform_id = d->platform_id,
                                         .iccid = d->iccid,
                                         .owner = d->owner,
                                         .name = d->name,
                                         .online = d->online,
                                         .came_online = q->came_online,
                                         .quarantined = d->quarantined,
                                         .last_handshake_s = d->last_handshake_s };
        pass_on(userdata, e, &c);
}

/* The list of a product may be filtered less strictly than it was asked for. */
static void on_members(void *userdata, const struct cloud_error *e, const struct cloud_device *d, size_t n)
{
        if (n == 1 && d->known && d->id)
                on_device(userdata, e, d);
        else
                pass_on(userdata, e, &(struct port_cloud){});
}

static void on_claim_code(void *userdata, const struct cloud_error *e, const struct secret *code)
{
        pass_on(userdata, e, &(struct port_cloud){ .claim_code = code });
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        struct port_cloud c = {};

        if (claim)
                c = (struct port_cloud){ .online = claim->online,
                                         .transfer_requested = claim->transfer_requested };
        pass_on(userdata, e, &c);
}

static void on_done(void *userdata, const struct cloud_error *e)
{
        pass_on(userdata, e, &(struct port_cloud){});
}

static void on_firmware(void *userdata, const struct cloud_error *e, const uint8_t *data, size_t len)
{
        pass_on(userdata, e, &(struct port_cloud){ .firmware = data, .firmware_len = len });
}

static int ask_firmware(struct question *q, struct cloud_client *client, const struct port_query *query)
{
        const struct firmware_query what = { query->platform_id, query->os_version, query->ncp_version,
                                             query->ncp_module_version };

        return cloud_firmware(client, &what, on_firmware, q, &q->verb);
}

static void on_limit(void *userdata, const struct cloud_error *e, const struct cloud_limit *l)
{
        pass_on(userdata, e, &(struct port_cloud){ .limit_reached = l && l->known && l->reached });
}

/* products */
static void on_product(void *userdata, const struct cloud_error *e, const struct cloud_product *p)
{
        pass_on(userdata, e, &(struct port_cloud){ .platform_id = p ? p->platform_id : 0 });
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
        struct cloud_error said = { .fault = import_fault(result), .cause = cloud_import_text(result) };

        pass_on(userdata, e->fault == FAULT_NONE ? &said : e, &(struct port_cloud){});
}

static int ask_import(struct question *q, const struct port_query *query)
{
        return cloud_import(q->client, query->product_id, &query->device_id, 1, query->claim_user,
                            query->import_sims, on_import, q, &q->verb);
}

static int ask_mark(struct question *q, const struct port_query *query)
{
        struct cloud_product_change change = { .name = query->name,
                                               .notes = query->notes,
                                               .development = query->development,
                                               .groups = query->groups };

        return cloud_product_set(q->client, query->product_id, query->device_id, &change, on_done, q,
                                 &q->verb);
}

/* SIM cards */

/* The status that stands for "active" (cloud reference, section 5). */
enum { SIM_HEAD_ACTIVE = 205 };

/* Told by a request without an answer in words: is there such a card at all, and is it somebody else's? */
static void on_precheck(void *userdata, const struct cloud_error *e)
{
        struct question *q = userdata;
        struct port_cloud c = { .sim = PORT_SIM_NEW };
        struct cloud_error fine = {};

        if (e->fault == FAULT_NONE && e->status == SIM_HEAD_ACTIVE)
                c.sim = PORT_SIM_ACTIVE; /* for somebody else: a product */
        else if (e->fault == FAULT_CLOUD_NOT_FOUND)
                c.sim = PORT_SIM_THIRD_PARTY;
        else if (e->fault == FAULT_SIM && e->status == 403)
                c.sim = PORT_SIM_OTHERS;
        else if (e->fault == FAULT_SIM || e->fault == FAULT_TOKEN_SCOPE || e->fault == FAULT_CLOUD_REFUSED)
                c.sim = PORT_SIM_UNSEEN;
        else if (e->fault != FAULT_NONE)
                fine = *e;
        pass_on(q, &fine, &c);
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
        struct cloud_error failed = { .fault = FAULT_INTERNAL, .cause = "out of memory" };
        struct port_cloud c = {};

        if (sim && sim->state == SIM_NOT_OURS) {
                q->verb = op_free(q->verb);
                if (cloud_sim_precheck(q->client, q->iccid, on_precheck, q, &q->verb) < 0)
                        pass_on(q, &failed, NULL);
                return;
        }
        if (sim)
                c = (struct port_cloud){ .sim = sim_state(sim->state),
                                         .sim_status = sim->status,
                                         .sim_before = sim->activations > 0 };
        pass_on(q, e, &c);
}

static int ask_sim(struct question *q, const struct port_query *query)
{
        (void)snprintf(q->iccid, sizeof(q->iccid), "%s", query->iccid);
        return cloud_sim(q->client, query->product_id, query->iccid, on_sim, q, &q->verb);
}

static void on_activated(void *userdata, const struct cloud_error *e, const struct cloud_sim_outcome *o)
{
        pass_on(userdata, e, &(struct port_cloud){ .sim_pending = o && o->pending });
}

static int ask_activation(struct question *q, const struct port_query *query)
{
        struct cloud_sim_wish wish = { .product_id = query->product_id,
                                       .iccid = query->iccid,
                                       .country = query->country,
                                       .wait_ms =
                                               sim_deadline_ms(sim_speed(query->sku), query->sim_before) };

        return cloud_sim_activate(q->client, &wish, on_activated, q, &q->verb);
}

static void no_account(void *userdata)
{
        struct question *q = userdata;

        q->done(q->userdata, &(struct answer){ .fault = FAULT_TOKEN_MISSING });
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
                q->done(q->userdata, &(struct answer){ .fault = FAULT_INTERNAL, .cause = "out of memory" });
}

static int ask_device(struct question *q, const struct port_query *query)
{
        q->product_id = query->product_id;
        (void)snprintf(q->device_id, sizeof(q->device_id), "%s", query->device_id);
        if (query->news_ms == 0)
                return look_at_device(q);
        return news_wait(q->news, q->product_id, q->device_id, query->news_ms, on_heard, q, &q->wait);
}

static int begin(struct question *q, const struct port_query *query)
{
        struct cloud_client *c = q->client;
        unsigned product = query->product_id;

        if (!c)
                return timer_new(0, no_account, q, &q->timer);
        switch (query->ask) {
        case CLOUD_ACCOUNT: return cloud_account(c, on_account, q, &q->verb);
        case CLOUD_SERIAL:
                return cloud_serial(c, query->serial, query->partial_secret, on_serial, q, &q->verb);
        case CLOUD_DEVICE: return ask_device(q, query);
        case CLOUD_CLAIM_CODE: return cloud_claim_code(c, product, on_claim_code, q, &q->verb);
        case CLOUD_CLAIM:
                return cloud_claim(c, query->device_id, query->request_transfer, on_claim, q, &q->verb);
        case CLOUD_RENAME: return cloud_rename(c, query->device_id, query->name, on_done, q, &q->verb);
        case CLOUD_FIRMWARE: return ask_firmware(q, c, query);
        case CLOUD_LIMIT: return cloud_limit(c, on_limit, q, &q->verb);
        case CLOUD_PRODUCT: return cloud_product(c, product, on_product, q, &q->verb);
        case CLOUD_MEMBER: return cloud_product_find(c, product, query->serial, on_members, q, &q->verb);
        case CLOUD_IMPORT: return ask_import(q, query);
        case CLOUD_MARK: return ask_mark(q, query);
        case CLOUD_SIM: return ask_sim(q, query);
        case CLOUD_SIM_ACTIVATE: return ask_activation(q, query);
        case _CLOUD_ASK_MAX: break;
        }
        return -EINVAL;
}

int ports_cloud_ask(struct cloud_client *client, struct news *news, const struct port_query *query,
                    answer_fn done, void *userdata, struct op **ret)
{
        struct question *q = calloc(1, sizeof(*q));
        int r;

        if (!q)
                return -ENOMEM;
        *q = (struct question){
                .op.free = question_free, .done = done, .userdata = userdata, .client = client, .news = news
        };
        r = begin(q, query);
        if (r < 0) {
                question_free(&q->op);
                return r;
        }
        *ret = &q->op;
        return 0;
}
