/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The job's record (setup/flow/record.h) as JSON: single fields for events and reports, and all of it, one
 * object {field: value}, for the store. */

#include "proto/base/trouble.h"
#include "setup/flow/record.h"
#include <jansson.h>

/* One field; NULL: out of memory. */
json_t *record_json_fact(const struct job *job, const struct record_field *f);

/* Adds to an object, which is taken over, the fields of which those flags that are in `mask` are `flags`.
 * NULL: out of memory, or none was given. */
json_t *record_json_add(const struct job *job, unsigned mask, unsigned flags, json_t *to);

/* All that is known, as text, malloc'ed; what stands as in a new job is left out. -ENOMEM. */
int record_json_write(const struct job *job, char **ret);

/* Into a new job (job_init()) that has its label and profile. The text need not be right: fields that this
 * usher does not know are passed over, as a newer one has written them. A network beyond those of the
 * profile was another profile's, or an operator's: then nothing is taken over of what was known of Wi-Fi.
 * -EINVAL: FAULT_STORE, and the cause names the field; the job is as it was. -ENOMEM. */
enum { RECORD_JSON_MAX = 65536 /* bytes of the text */ };
int record_json_read(struct job *job, const char *text, struct trouble *ret_trouble);
