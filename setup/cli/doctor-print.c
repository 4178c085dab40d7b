/* SPDX-License-Identifier: Apache-2.0 */

/* One check a line; what to do about it stands below, so that the lines can be read as a table. */

#include "setup/cli/doctor-print.h"
#include <errno.h>

static int end(FILE *f)
{
        return fflush(f) == 0 && !ferror(f) ? 0 : -EIO;
}

int doctor_print(FILE *f, const struct doctor_line *l)
{
        const char *cause = l->cause ? l->cause : "";

        fprintf(f, "%-8s %-20s ", l->state, l->title);
        if (!l->sentence)
                fprintf(f, "%s\n", cause);
        else
                fprintf(f, "%s%s%s%s\n", l->sentence, *cause ? " (" : "", cause, *cause ? ")" : "");
        if (l->advice)
                fprintf(f, "         What to do: %s\n", l->advice);
        return end(f);
}

int doctor_print_verdict(FILE *f, unsigned problems)
{
        if (problems)
                fprintf(f, "%u %s.\n", problems, problems == 1 ? "problem" : "problems");
        else
                fputs("No problem was found.\n", f);
        return end(f);
}
