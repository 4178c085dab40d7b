/* SPDX-License-Identifier: Apache-2.0 */

/* What steps have in common: their answers, and starting an operation. */

#include "setup/flow/step.h"
#include "proto/control.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void set(struct step_result *r, enum fault fault,
                                                      const char *cause, va_list ap)
{
        r->again = fault_info(fault)->again;
        if (cause)
                (void)trouble_vset(&r->trouble, fault, cause, ap);
        else
                r->trouble = (struct trouble){ .fault = fault };
}

uint32_t step_lasts_ms(const struct step_time *t)
{
        if (t->told_ms)
                return t->told_ms;
        return t->each || t->limit_ms == 0 ? t->budget_ms : t->limit_ms;
}

enum step_move step_fail(struct step_result *r, enum fault fault, const char *cause, ...)
{
        va_list ap;

        va_start(ap, cause);
        set(r, fault, cause, ap);
        va_end(ap);
        return STEP_FAIL;
}

enum step_move step_later(struct step_result *r, enum fault fault, const char *cause, ...)
{
        va_list ap;

        va_start(ap, cause);
        set(r, fault, cause, ap);
        va_end(ap);
        return STEP_AGAIN;
}

enum step_move step_errno(struct step_result *r, int error)
{
        if (error == -ENOTCONN)
                return step_fail(r, FAULT_LINK_LOST, NULL);
        return step_fail(r, FAULT_INTERNAL, "%s", strerror(-error));
}

enum step_move step_refused(struct step_result *r, uint16_t type, int32_t result)
{
        const struct control_info *info = control_info(type);
        const char *name = control_result_name(result);
        bool passing = result == CONTROL_BUSY || result == CONTROL_TIMEOUT || result == CONTROL_NO_MEMORY;

        (void)step_fail(r, result == CONTROL_PROTECTED ? FAULT_DEVICE_PROTECTED : FAULT_DEVICE_REFUSED,
                        "the device answers %s with %s (%d)", info ? info->name : "a request",
                        name ? name : "an error", (int)result);
        r->again = passing;
        return STEP_FAIL;
}

enum step_move step_garbled(struct step_result *r, uint16_t type)
{
        const struct control_info *info = control_info(type);

        return step_fail(r, FAULT_LINK_PROTOCOL, "the answer to %s cannot be read",
                         info ? info->name : "a request");
}

enum step_move step_ask(const struct step_run *run, const struct port_request *requests, size_t n,
                        struct step_result *r)
{
        int e = run->ports->ops->ask(run->ports, requests, n, run->done, run->userdata, run->ret);

        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}

/* Whose number a question cannot do without, and is not known; NULL: all is there. */
static const char *unknown(const struct port_query *q)
{
        const char *device = NULL, *card = NULL;

        switch (q->ask) {
        case CLOUD_DEVICE: device = q->device.device_id; break;
        case CLOUD_CLAIM: device = q->claim.device_id; break;
        case CLOUD_RENAME: device = q->rename.device_id; break;
        case CLOUD_IMPORT: device = q->import.device_id; break;
        case CLOUD_MARK: device = q->mark.device_id; break;
        case CLOUD_SIM: card = q->sim.iccid; break;
        case CLOUD_SIM_ACTIVATE: card = q->sim_activate.iccid; break;
        case CLOUD_ACCOUNT:
        case CLOUD_SERIAL:
        case CLOUD_CLAIM_CODE:
        case CLOUD_FIRMWARE:
        case CLOUD_LIMIT:
        case CLOUD_PRODUCT:
        case CLOUD_MEMBER:
        case _CLOUD_ASK_MAX: break;
        }
        if (device && !device[0])
                return "the device's id";
        return card && !card[0] ? "the number of the device's SIM" : NULL;
}

enum step_move step_cloud(const struct step_run *run, const struct port_query *query, struct step_result *r)
{
        const char *lacking = unknown(query);
        int e;

        if (lacking)
                return step_fail(r, FAULT_CLOUD_NOT_FOUND, "%s is not known", lacking);
        e = run->ports->ops->cloud(run->ports, query, run->done, run->userdata, run->ret);
        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}
