/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of the library: how a check of the doctor is told. */

#include "setup/doctor/doctor.h"

/* The sentence of its fault; NULL where there is none, or where the cause says it all. */
const char *check_sentence(enum doctor_id id, const struct doctor_check *check);

/* The event of one check as a line, and of what all come to. -ENOMEM. */
int check_line(enum doctor_id id, const struct doctor_check *check, char **ret);
int verdict_line(const struct doctor_check checks[static _DOCTOR_MAX], uint64_t ms, char **ret);
