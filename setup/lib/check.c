/* SPDX-License-Identifier: Apache-2.0 */

/* Checks as events for the program; in words it shows them by the getters. */

#include "setup/lib/check.h"
#include "setup/engine/event.h"

/* A device's faults are written for a device; a cause with an advice of its own says it all. */
const char *check_sentence(enum doctor_id id, const struct doctor_check *c)
{
        if (c->state != DOCTOR_PROBLEM || (c->trouble.cause[0] && (c->advice || id < DOCTOR_DEVICE)))
                return NULL;
        return fault_info(c->trouble.fault)->sentence;
}

static const char *fault_key(const struct doctor_check *problem)
{
        return problem ? fault_info(problem->trouble.fault)->key : NULL;
}

int check_line(enum doctor_id id, const struct doctor_check *c, char **ret)
{
        const char *fault = c->state == DOCTOR_PROBLEM ? fault_key(c) : NULL;

        return event_line(
                event_new("check",
                          json_pack("{s:s, s:s, s:o, s:o, s:o, s:I}", "check", doctor_key(id), "state",
                                    doctor_state_name(c->state), "fault", event_text(fault), "cause",
                                    event_text(c->trouble.cause), "advice", event_text(doctor_advice(c)),
                                    "ms", (json_int_t)c->ms)),
                ret);
}

int verdict_line(const struct doctor_check checks[static _DOCTOR_MAX], uint64_t ms, char **ret)
{
        int n[] = { [DOCTOR_UNKNOWN] = 0, [DOCTOR_OK] = 0, [DOCTOR_NOTE] = 0, [DOCTOR_PROBLEM] = 0 };

        for (size_t i = 0; i < _DOCTOR_MAX; i++)
                n[checks[i].state]++;
        return event_line(
                event_new("verdict", json_pack("{s:i, s:i, s:i, s:o, s:i, s:I}", "ok", n[DOCTOR_OK], "notes",
                                               n[DOCTOR_NOTE], "problems", n[DOCTOR_PROBLEM], "fault",
                                               event_text(fault_key(doctor_first_problem(checks))), "exit",
                                               doctor_exit_code(checks), "ms", (json_int_t)ms)),
                ret);
}
