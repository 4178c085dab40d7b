/* SPDX-License-Identifier: Apache-2.0 */

/* The checks' names and how they are shown. Keys are stable: scripts look for them. Texts that a device or a
 * cloud chose reach a terminal without control characters, and JSON as UTF-8. */

#include "proto/base/cleanup.h"
#include "setup/doctor/doctor.h"
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

static const struct {
        const char *key, *title;
} names[_DOCTOR_MAX] = {
        [DOCTOR_LIBCURL] = { "libcurl", "libcurl" },
        [DOCTOR_DECODER] = { "decoder", "Picture decoder" },
        [DOCTOR_PROFILE] = { "profile", "Profile" },
        [DOCTOR_CLOCK] = { "clock", "Clock" },
        [DOCTOR_API] = { "api", "Cloud API" },
        [DOCTOR_TOKEN] = { "token", "Access token" },
        [DOCTOR_DEVICE_CLOUD] = { "device-cloud", "Device cloud by UDP" },
        [DOCTOR_RADIO] = { "radio", "Bluetooth" },
        [DOCTOR_LINK] = { "link", "Its connections" },
        [DOCTOR_DEVICE] = { "device", "Device" },
        [DOCTOR_SESSION] = { "session", "Its session" },
        [DOCTOR_FIRMWARE] = { "firmware", "Its firmware" },
        [DOCTOR_MODE] = { "mode", "Its mode" },
        [DOCTOR_POWER] = { "power", "Its power" },
        [DOCTOR_SIM] = { "sim", "Its SIM" },
        [DOCTOR_NETWORK] = { "network", "Its network" },
        [DOCTOR_CONNECTION] = { "connection", "Its cloud" },
};

static const char *state_name(enum doctor_state state)
{
        switch (state) {
        case DOCTOR_OK: return "ok";
        case DOCTOR_NOTE: return "note";
        case DOCTOR_PROBLEM: return "problem";
        case DOCTOR_UNKNOWN: break;
        }
        return "unknown";
}

static const char *advice_of(const struct doctor_check *c)
{
        if (c->advice)
                return c->advice;
        return c->state == DOCTOR_PROBLEM ? fault_info(c->fault)->advice : NULL;
}

static void clean(const char *from, char ret[static DOCTOR_CAUSE_MAX])
{
        size_t n = 0;

        for (; from[n] && n < DOCTOR_CAUSE_MAX - 1; n++)
                ret[n] = iscntrl((unsigned char)from[n]) ? ' ' : from[n];
        ret[n] = 0;
}

/* A device's faults are written for a device; a cause with an advice of its own says it all. */
static bool says_it_all(enum doctor_id id, const struct doctor_check *c)
{
        return c->state != DOCTOR_PROBLEM || (c->cause[0] && (c->advice || id < DOCTOR_DEVICE));
}

static int put_words(FILE *f, enum doctor_id id, const struct doctor_check *c)
{
        const char *advice = advice_of(c);
        char cause[DOCTOR_CAUSE_MAX];

        clean(c->cause, cause);
        fprintf(f, "%-8s %-20s ", state_name(c->state), names[id].title);
        if (says_it_all(id, c))
                fprintf(f, "%s\n", cause);
        else
                fprintf(f, "%s%s%s%s\n", fault_info(c->fault)->sentence, *cause ? " (" : "", cause,
                        *cause ? ")" : "");
        if (advice)
                fprintf(f, "         What to do: %s\n", advice);
        return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}

static json_t *text(const char *s)
{
        char ascii[DOCTOR_CAUSE_MAX];
        json_t *j;

        if (!s || !*s)
                return json_null();
        j = json_string(s);
        if (j)
                return j;
        clean(s, ascii);
        for (char *p = ascii; *p; p++)
                if ((unsigned char)*p >= 0x80)
                        *p = '?';
        return json_string(ascii);
}

static int put_line(FILE *f, json_t *line)
{
        bool failed;

        if (!line)
                return -ENOMEM;
        failed = json_dumpf(line, f, JSON_COMPACT | JSON_PRESERVE_ORDER) < 0 || fputc('\n', f) == EOF ||
                 fflush(f) != 0;
        json_decref(line);
        return failed ? -EIO : 0;
}

int doctor_print(FILE *f, enum doctor_id id, const struct doctor_check *c, bool json)
{
        const char *fault = c->state == DOCTOR_PROBLEM ? fault_info(c->fault)->key : NULL;

        if (!json)
                return put_words(f, id, c);
        return put_line(f, json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:I}", "v", 1, "event", "check",
                                     "check", names[id].key, "state", state_name(c->state), "fault",
                                     text(fault), "cause", text(c->cause), "advice", text(advice_of(c)),
                                     "ms", (json_int_t)c->ms));
}

static const struct doctor_check *first_problem(const struct doctor_check checks[static _DOCTOR_MAX])
{
        for (size_t i = 0; i < _DOCTOR_MAX; i++)
                if (checks[i].state == DOCTOR_PROBLEM)
                        return &checks[i];
        return NULL;
}

int doctor_exit_code(const struct doctor_check checks[static _DOCTOR_MAX])
{
        const struct doctor_check *first = first_problem(checks);

        return first ? fault_info(first->fault)->exit_code : EXIT_DONE;
}

int doctor_print_summary(FILE *f, const struct doctor_check checks[static _DOCTOR_MAX], uint64_t ms,
                         bool json)
{
        const struct doctor_check *first = first_problem(checks);
        int n[4] = { 0 };

        for (size_t i = 0; i < _DOCTOR_MAX; i++)
                n[checks[i].state]++;
        if (json)
                return put_line(f, json_pack("{s:i, s:s, s:i, s:i, s:i, s:o, s:i, s:I}", "v", 1, "event",
                                             "summary", "ok", n[DOCTOR_OK], "notes", n[DOCTOR_NOTE],
                                             "problems", n[DOCTOR_PROBLEM], "fault",
                                             text(first ? fault_info(first->fault)->key : NULL), "exit",
                                             doctor_exit_code(checks), "ms", (json_int_t)ms));
        if (first)
                fprintf(f, "%d %s.\n", n[DOCTOR_PROBLEM], n[DOCTOR_PROBLEM] == 1 ? "problem" : "problems");
        else
                fputs("No problem was found.\n", f);
        return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}
