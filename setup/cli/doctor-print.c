/* SPDX-License-Identifier: Apache-2.0 */

/* One check a line, in words or as JSON: both from the same struct. */

#include "setup/cli/doctor-print.h"
#include "setup/cli/line.h"
#include "setup/engine/event.h"
#include <errno.h>

/* A device's faults are written for a device; a cause with an advice of its own says it all. */
static bool says_it_all(enum doctor_id id, const struct doctor_check *c)
{
        return c->state != DOCTOR_PROBLEM || (c->trouble.cause[0] && (c->advice || id < DOCTOR_DEVICE));
}

static int put_words(FILE *f, enum doctor_id id, const struct doctor_check *c)
{
        const char *advice = doctor_advice(c), *cause = c->trouble.cause;

        fprintf(f, "%-8s %-20s ", doctor_state_name(c->state), doctor_title(id));
        if (says_it_all(id, c))
                fprintf(f, "%s\n", cause);
        else
                fprintf(f, "%s%s%s%s\n", fault_info(c->trouble.fault)->sentence, *cause ? " (" : "", cause,
                        *cause ? ")" : "");
        if (advice)
                fprintf(f, "         What to do: %s\n", advice);
        return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}

int doctor_print(FILE *f, enum doctor_id id, const struct doctor_check *c, bool json)
{
        const char *fault = c->state == DOCTOR_PROBLEM ? fault_info(c->trouble.fault)->key : NULL;

        if (!json)
                return put_words(f, id, c);
        return line_event(f, "check",
                          json_pack("{s:s, s:s, s:o, s:o, s:o, s:I}", "check", doctor_key(id), "state",
                                    doctor_state_name(c->state), "fault", event_text(fault), "cause",
                                    event_text(c->trouble.cause), "advice", event_text(doctor_advice(c)),
                                    "ms", (json_int_t)c->ms));
}

int doctor_print_summary(FILE *f, const struct doctor_check checks[static _DOCTOR_MAX], uint64_t ms,
                         bool json)
{
        const struct doctor_check *first = doctor_first_problem(checks);
        int n[4] = { 0 };

        for (size_t i = 0; i < _DOCTOR_MAX; i++)
                n[checks[i].state]++;
        if (json)
                return line_event(f, "verdict",
                                  json_pack("{s:i, s:i, s:i, s:o, s:i, s:I}", "ok", n[DOCTOR_OK], "notes",
                                            n[DOCTOR_NOTE], "problems", n[DOCTOR_PROBLEM], "fault",
                                            event_text(first ? fault_info(first->trouble.fault)->key : NULL),
                                            "exit", doctor_exit_code(checks), "ms", (json_int_t)ms));
        if (first)
                fprintf(f, "%d %s.\n", n[DOCTOR_PROBLEM], n[DOCTOR_PROBLEM] == 1 ? "problem" : "problems");
        else
                fputs("No problem was found.\n", f);
        return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}
