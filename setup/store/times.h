/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Times that stand in rows, and a wall clock that is set. */

#include "setup/store/base.h"

/* Before each batch of writes: if the wall clock was set, what was reckoned from a moment (leases,
 * deadlines, the next try of a job that was begun) moves with it; a time that a person named stays. */
int times_follow(struct base *b);

/* The same at opening, by the time that was written last: then only a step back can be told. */
int times_resume(struct base *b);

/* Writes down what time it is, where that was long ago. */
int times_write(struct base *b, bool now);
