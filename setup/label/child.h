/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starting and ending the programs that belong to usher: usher-decode, and usher-scan. */

#include <sys/types.h>

#define CHILD_DECODE "usher-decode"
#define CHILD_SCAN   "usher-scan"

/* Whether the program of this name is where it belongs: 0, or -ENOENT when it is not, or could have been put
 * there by somebody else. */
int child_find(const char *program);

/* Starts the program argv[0], which is a name without a path, with `input` and `output` as its standard
 * input and output (-1: nothing), an empty environment and no other descriptor. -ENOENT: the program is not
 * installed where it belongs; other negative errno of fork(). It ends with its parent, however that ends;
 * for the kernel that is the thread which called this, so that thread must live until child_end(). */
int child_spawn(char *const *argv, int input, int output, pid_t *ret_pid);

/* The same of usher-decode; its standard input is the other end of *ret_socket (SOCK_SEQPACKET,
 * close-on-exec), its output nothing. */
int child_start(pid_t *ret_pid, int *ret_socket);

/* Kills the child if it still runs, waits for it, and returns the status of waitpid(2); -1 if there is none.
 */
int child_end(pid_t pid);
