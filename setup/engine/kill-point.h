/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Places at which a test has the process die: USHER_KILL_AT=NAME or NAME:N, at the Nth passing, kills it
 * with SIGKILL. Only in a build with -Dtests=true; else nothing. "after-claim": the store has given a job
 * out, nothing has begun. "after-effect": a step has had its effect, nothing of it is written. */
#if USHER_KILL_POINTS
void kill_point(const char *name);
#else
static inline void kill_point(const char *name)
{
        (void)name;
}
#endif
