/* SPDX-License-Identifier: Apache-2.0 */

/* Scripts read one stream, so that what goes wrong before there is a device must stand in it, too. */

#include "setup/cli/ending.h"
#include "proto/base/cleanup.h"
#include "proto/base/timer.h"
#include "setup/cli/line.h"
#include "setup/engine/told.h"
#include "setup/flow/job.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { STAND_INS_MAX = 4 };

static struct {
        struct trouble why;
        uint64_t start_ms;
        bool json;
        struct {
                const char *variable, *option;
        } stand_in[STAND_INS_MAX];
        size_t n_stand_ins;
} ending;

/* As getopt_long() takes it: also shortened. */
static bool asks_for_json(const char *word)
{
        return strlen(word) > 2 && strncmp("--json", word, strlen(word)) == 0;
}

void ending_begin(int argc, char **argv)
{
        ending.start_ms = timer_now_ms();
        for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
                ending.json |= asks_for_json(argv[i]);
}

int ending_misuse(const char *verb, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void)trouble_vset(&ending.why, FAULT_USAGE, format, ap);
        va_end(ap);
        fprintf(stderr, "usher %s: %s\n'usher %s --help' lists the options.\n", verb, ending.why.cause,
                verb);
        return -EINVAL;
}

void ending_note(const struct trouble *why)
{
        ending.why = *why;
}

void ending_variable(const char *variable, const char *option)
{
        if (ending.n_stand_ins == STAND_INS_MAX)
                return;
        ending.stand_in[ending.n_stand_ins].variable = variable;
        ending.stand_in[ending.n_stand_ins++].option = option;
}

/* The exit code alone: the fault that has it and says least. */
static enum fault fault_of(int code)
{
        return code == EXIT_USAGE ? FAULT_USAGE : code == EXIT_CANCELLED ? FAULT_CANCELLED : FAULT_INTERNAL;
}

static int put_result(const struct job *none)
{
        _cleanup_(freep) char *line = NULL;
        int r = told_line(
                &(struct told){ .kind = TOLD_RESULT, .job = none, .ms = timer_now_ms() - ending.start_ms },
                &line);

        return r < 0 ? r : line_result(stdout, line);
}

int ending_finish(int code)
{
        struct job none = { .end.trouble = ending.why };
        enum fault *fault = &none.end.trouble.fault;

        for (size_t i = 0; code == EXIT_USAGE && i < ending.n_stand_ins; i++)
                fprintf(stderr, "%s is set: it stood for --%s.\n", ending.stand_in[i].variable,
                        ending.stand_in[i].option);
        if (!ending.json || code == EXIT_DONE || line_ended())
                return code;
        if (fault_info(*fault)->exit_code != code)
                none.end.trouble = (struct trouble){ .fault = fault_of(code) };
        none.end.outcome = *fault == FAULT_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
        (void)put_result(&none);
        return code;
}
