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

enum step_move step_cloud(const struct step_run *run, const struct port_query *query, struct step_result *r)
{
        int e = run->ports->ops->cloud(run->ports, query, run->done, run->userdata, run->ret);

        return e < 0 ? step_errno(r, e) : STEP_WAIT;
}
