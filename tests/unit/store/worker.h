/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A process that works without a pause on a store and tells each answer at once, and what must be there when
 * it has ended in whatever way. */

#include "tests/unit/store/conform.h"

/* Submits, claims and changes; `life` makes serial numbers differ. Returns the first error of an answer. */
int worker_run(struct room *r, int fd, unsigned life);
/* What was told through this descriptor, to its end, or to where a disk has nothing but zeros. */
void worker_read(int fd);
size_t worker_jobs(void);    /* how many jobs are known so far */
unsigned worker_ended(void); /* and of them have ended */
/* Each job as it was told, or further: what was not answered may have been done all the same, but never
 * undone. */
void worker_expect_known(struct room *r);
/* Of the database of a store that is closed. */
void worker_expect_whole(const struct room *r);
