/* SPDX-License-Identifier: Apache-2.0 */

/* The cloud: as ports.h promises it, whatever it then says. */

#include "proto/base/timer.h"
#include "tests/fuzz/hostile-run.h"
#include <assert.h>
#include <string.h>

enum { FIRMWARE_MAX = 4000 };

static const char ID[] = "e00fce68c0ffee0123456789";

static bool fails(struct hostile *h, answer_fn done, void *userdata)
{
        static const enum fault faults[] = {
                FAULT_CLOUD_NOT_FOUND, FAULT_CLOUD_UNREACHABLE, FAULT_CLOUD_REFUSED, FAULT_CLOUD_BUSY,
                FAULT_CLOUD_SERVER,    FAULT_CLOUD_ANSWER,      FAULT_TOKEN_SCOPE,   FAULT_TOKEN_INVALID,
                FAULT_TOKEN_EXPIRED,   FAULT_TOKEN_MISSING,     FAULT_CLAIM_FOREIGN, FAULT_CLAIM_OFFLINE,
                FAULT_CLAIM_REFUSED,   FAULT_CLAIM_LIMIT,       FAULT_SIM,           FAULT_CLOCK,
        };
        uint8_t k = hostile_byte(h);
        struct answer a = {};

        if (k < 0xc0)
                return false;
        (void)trouble_set(&a.trouble, faults[k % ELEMENTSOF(faults)], "%s", hostile_text(h, ""));
        done(userdata, &a);
        return true;
}

static void say_device(struct hostile_cloud *c, const struct ask_device *q, struct said_device *ret)
{
        uint8_t k = hostile_byte(c->in);
        bool online = c->device->polls > c->device->connects_after || c->online;
        const char *owner = c->owner;

        if (!owner && online)
                owner = c->me;
        *ret = (struct said_device){ .known = !(k & 1), .owner = owner, .name = "n" };
        if (k & 2)
                ret->owner = hostile_text(c->in, NULL);
        ret->online = (k & 4) ? !online : online;
        ret->came_online = q->news_ms && (k & 8);
        ret->quarantined = k & 16;
        ret->product_id = (k & 32) ? hostile_byte(c->in) : 0;
        ret->last_handshake_s = online ? timer_wall_s() : 0;
        if (k & 64)
                ret->last_handshake_s = timer_wall_s() - hostile_byte(c->in) * 60;
        c->said_mine = ret->known && !ret->quarantined && (q->product_id || ret->owner);
        if (ret->known && (ret->online || ret->came_online))
                c->said_online = true;
}

static void say_sim(struct hostile_cloud *c, struct said_sim *ret)
{
        uint8_t k = hostile_byte(c->in);

        *ret = (struct said_sim){ .state = k ? (enum port_sim)(k % (PORT_SIM_FAILED + 1)) : PORT_SIM_ACTIVE,
                                  .status = (k & 16) ? hostile_text(c->in, NULL) : NULL,
                                  .before = k & 32 };
}

static void say_firmware(struct hostile_cloud *c, struct said_firmware *ret)
{
        static const uint8_t file[FIRMWARE_MAX];
        uint8_t k = hostile_byte(c->in);

        if (k)
                *ret = (struct said_firmware){ file, k == 1 ? 0 : k * 15u };
}

static struct secret *secret_of(const char *text)
{
        struct secret *s = NULL;

        assert(secret_new(text, strlen(text), &s) == 0);
        return s;
}

static void say_serial(struct hostile_cloud *c, const struct ask_serial *q, struct said_serial *ret,
                       struct secret **ret_secret)
{
        uint8_t k = hostile_byte(c->in);

        *ret = (struct said_serial){ .device_id = (k & 1) ? "e00fce68c0ffee0123456700" : ID,
                                     .platform_id = (k & 2) ? hostile_byte(c->in) : 0,
                                     .iccid = (k & 4) ? hostile_text(c->in, NULL) : NULL };
        if (q->partial_secret && !(k & 8))
                ret->mobile_secret = *ret_secret = secret_of((k & 16) ? MARK "X" : MARK_MOBILE);
}

static void say_member(struct hostile_cloud *c, struct said_member *ret)
{
        uint8_t k = hostile_byte(c->in);

        *ret = (struct said_member){ .known = !(k & 1),
                                     .device_id = (k & 2) ? hostile_text(c->in, "") : ID,
                                     .platform_id = (k & 4) ? hostile_byte(c->in) : 0 };
}

static void say_account(struct hostile_cloud *c, struct said_account *ret)
{
        uint8_t k = hostile_byte(c->in);

        ret->user = k ? hostile_text(c->in, NULL) : "me@x";
        if (k & 128)
                ret->token_expires_s = timer_wall_s() + (k & 64 ? INT64_MIN / 2 : hostile_byte(c->in) * 10);
        c->me = "me@x";
}

void hostile_answer(struct hostile_cloud *c, const struct port_query *q, answer_fn done, void *userdata)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        struct port_cloud said = { .ask = q->ask };
        uint8_t k;

        if (fails(c->in, done, userdata))
                return;
        switch (q->ask) {
        case CLOUD_ACCOUNT: say_account(c, &said.account); break;
        case CLOUD_SERIAL: say_serial(c, &q->serial, &said.serial, &secret); break;
        case CLOUD_DEVICE: say_device(c, &q->device, &said.device); break;
        case CLOUD_CLAIM_CODE: {
                char code[256] = MARK;

                k = hostile_byte(c->in);
                memset(code + strlen(MARK), 'c', k ? k % 200u : 56);
                said.claim_code.code = secret = secret_of(code);
                break;
        }
        case CLOUD_CLAIM:
                said.claim.transfer_requested = q->claim.request_transfer && (hostile_byte(c->in) & 1);
                if (!said.claim.transfer_requested)
                        c->owner = c->me;
                break;
        case CLOUD_FIRMWARE: say_firmware(c, &said.firmware); break;
        case CLOUD_LIMIT: said.limit.reached = hostile_byte(c->in) > 0x80; break;
        case CLOUD_PRODUCT: said.product.platform_id = hostile_byte(c->in); break;
        case CLOUD_MEMBER: say_member(c, &said.member); break;
        case CLOUD_SIM: say_sim(c, &said.sim); break;
        case CLOUD_SIM_ACTIVATE: said.sim_activate.pending = hostile_byte(c->in) & 1; break;
        case CLOUD_RENAME:
        case CLOUD_IMPORT:
        case CLOUD_MARK: break;
        case _CLOUD_ASK_MAX: assert(false);
        }
        done(userdata, &(struct answer){ .cloud = &said });
}
