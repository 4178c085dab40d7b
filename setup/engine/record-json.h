/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The job's record (setup/flow/record.h) as JSON. */

#include "setup/flow/record.h"
#include <jansson.h>

/* One field; NULL: out of memory. */
json_t *record_json_fact(const struct job *job, const struct record_field *f);

/* Adds to an object, which is taken over, the fields of which those flags that are in `mask` are `flags`.
 * NULL: out of memory, or none was given. */
json_t *record_json_add(const struct job *job, unsigned mask, unsigned flags, json_t *to);
