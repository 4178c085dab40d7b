/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is left of a job whose program ended: its record, as text. Asserts what it needs. */

#include "setup/flow/job.h"
#include "setup/flow/record.h"

enum { KEPT_MAX = 128 };

struct kept {
        char text[KEPT_MAX][RECORD_TEXT_SIZE];
};

void kept_take(struct kept *ret, const struct job *j);
void kept_give(const struct kept *k, struct job *j);
