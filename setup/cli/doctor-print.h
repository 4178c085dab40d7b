/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What `usher doctor` found, in words. */

#include <stdio.h>

/* A check as usher_event_get_...() say it; NULL: none. */
struct doctor_line {
        const char *state, *title;
        const char *sentence, *cause, *advice;
};

/* One line, and the advice below it. -EIO. */
int doctor_print(FILE *f, const struct doctor_line *line);

/* How many problems there are. -EIO. */
int doctor_print_verdict(FILE *f, unsigned problems);
