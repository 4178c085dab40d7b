/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starting and ending the programs that belong to usher: usher-decode, and usher-scan. */

#include <stdbool.h>
#include <sys/types.h>

/* Whether usher-decode is where it belongs: 0, or -ENOENT. */
int child_find(void);

/* Starts the program argv[0], which is a name without a path, with `input` (-1: nothing) as its standard
 * input, `output` as its standard output, an empty environment and no other descriptor. -ENOENT: the program
 * is not installed where it belongs; other negative errno of fork(). It ends with its parent, however that
 * ends; for the kernel that is the thread which called this, so that thread must live until child_end(). */
int child_spawn(char *const *argv, int input, int output, pid_t *ret_pid);

/* The same of usher-decode; *ret_answer is the reading end of its standard output (close-on-exec). */
int child_start(int input, bool qr, pid_t *ret_pid, int *ret_answer);

/* Kills the child if it still runs, waits for it, and returns the status of waitpid(2); -1 if there is none.
 */
int child_end(pid_t pid);
