/* SPDX-License-Identifier: Apache-2.0 */

/* One operation per question; each verb's result is laid out as the flow wants it and passed on at once. */

#include "setup/ports/ports-cloud.h"
#include "cloud/firmware.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>

struct question {
        struct op op;
        answer_fn done;
        void *userdata;
        struct op *verb;     /* of the client */
        struct timer *timer; /* without one */

        /* waiting for news before the device is asked for */
        struct cloud_client *client;
        struct op *wait;
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
                                         .owner = d->owner,
                                         .name = d->name,
                                         .online = d->online,
                                         .came_online = q->came_online,
                                         .last_handshake_s = d->last_handshake_s };
        pass_on(userdata, e, &c);
}

static void on_heard(void *userdata, enum news_heard heard)
{
        struct question *q = userdata;

        q->wait = op_free(q->wait);
        q->came_online = heard == HEARD_ONLINE;
        if (cloud_device(q->client, q->device_id, on_device, q, &q->verb) < 0)
                q->done(q->userdata, &(struct answer){ .fault = FAULT_INTERNAL, .cause = "out of memory" });
}

static int ask_device(struct question *q, struct cloud_client *client, struct news *news,
                      const struct port_query *query)
{
        if (query->news_ms == 0)
                return cloud_device(client, query->device_id, on_device, q, &q->verb);
        q->client = client;
        (void)snprintf(q->device_id, sizeof(q->device_id), "%s", query->device_id);
        return news_wait(news, 0, query->device_id, query->news_ms, on_heard, q, &q->wait);
}

static void on_claim_code(void *userdata, const struct cloud_error *e, const struct secret *code)
{
        pass_on(userdata, e, &(struct port_cloud){ .claim_code = code });
}

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        pass_on(userdata, e, &(struct port_cloud){ .online = claim && claim->online });
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

static void no_account(void *userdata)
{
        struct question *q = userdata;

        q->done(q->userdata, &(struct answer){ .fault = FAULT_TOKEN_MISSING });
}

static int begin(struct question *q, struct cloud_client *client, struct news *news,
                 const struct port_query *query)
{
        if (!client)
                return timer_new(0, no_account, q, &q->timer);
        switch (query->ask) {
        case CLOUD_ACCOUNT: return cloud_account(client, on_account, q, &q->verb);
        case CLOUD_SERIAL:
                return cloud_serial(client, query->serial, query->partial_secret, on_serial, q, &q->verb);
        case CLOUD_DEVICE: return ask_device(q, client, news, query);
        case CLOUD_CLAIM_CODE: return cloud_claim_code(client, 0, on_claim_code, q, &q->verb);
        case CLOUD_CLAIM: return cloud_claim(client, query->device_id, false, on_claim, q, &q->verb);
        case CLOUD_RENAME: return cloud_rename(client, query->device_id, query->name, on_done, q, &q->verb);
        case CLOUD_FIRMWARE: return ask_firmware(q, client, query);
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
        *q = (struct question){ .op.free = question_free, .done = done, .userdata = userdata };
        r = begin(q, client, news, query);
        if (r < 0) {
                question_free(&q->op);
                return r;
        }
        *ret = &q->op;
        return 0;
}
