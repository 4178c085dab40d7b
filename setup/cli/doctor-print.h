/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The checks of `usher doctor` as they are shown. */

#include "setup/doctor/doctor.h"
#include <stdio.h>

/* One line of words (with cause and advice below it), or one JSON object. -EIO, -ENOMEM. */
int doctor_print(FILE *f, enum doctor_id id, const struct doctor_check *check, bool json);

/* How many are well and how many not; the JSON object has the exit code, too. */
int doctor_print_summary(FILE *f, const struct doctor_check checks[static _DOCTOR_MAX], uint64_t ms,
                         bool json);
