/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starting and ending usher-decode. */

#include <stdbool.h>
#include <sys/types.h>

/* Whether the program is where it belongs: 0, or -ENOENT. */
int child_find(void);

/* Starts it with `input` as its standard input, an empty environment and no other descriptor. *ret_answer is
 * the reading end of its standard output (close-on-exec). -ENOENT: the program is not installed where it
 * belongs; other negative errno of pipe2() and fork(). It ends with its parent, however that ends; for the
 * kernel that is the thread which called this, so that thread must live until child_end(). */
int child_start(int input, bool qr, pid_t *ret_pid, int *ret_answer);

/* Kills the child if it still runs, waits for it, and returns the status of waitpid(2); -1 if there is none.
 */
int child_end(pid_t pid);
