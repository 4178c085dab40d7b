/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup --from LIST --results FILE`: how each device of a list ended, as a table (CSV) for
 * spreadsheets. No secret is in it. The file appears under its name, or takes another one's place, only when
 * it is whole. */

#include "setup/flow/job.h"
#include "setup/label/list.h"

struct list_results;

/* -EINVAL with *ret_trouble: no such file can be written there. -ENOMEM. */
int list_results_new(const char *path, struct list_results **ret, struct trouble *ret_trouble);

/* Takes NULL, returns NULL. */
struct list_results *list_results_free(struct list_results *r);
DEFINE_CLEANUP(struct list_results *, list_results_free)

/* One device and what became of it. `job` NULL: nothing was asked of it now, and `outcome` ("done": it was
 * set up before) says so. `r` NULL: nobody wants to know. -ENOMEM, -ENOBUFS. */
int list_results_add(struct list_results *r, const struct list_row *row, const struct job *job,
                     const char *outcome, uint64_t ms);

/* 0 or the errno of writing. */
int list_results_write(const struct list_results *r);
