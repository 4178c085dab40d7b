/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starting and ending the programs that belong to usher: usher-decode, and usher-scan. */

#include <sys/types.h>

#define CHILD_DECODE "usher-decode"
#define CHILD_SCAN   "usher-scan"

/* `folder`, here and below: where the programs are, and nowhere else; NULL: beside the program that runs, or
 * where they were installed. */

/* Whether the program of this name is where it belongs: 0, or -ENOENT when it is not, or could have been put
 * there by somebody else. */
int child_find(const char *folder, const char *program);

/* One that runs; all zero: none. */
struct child {
        pid_t pid; /* somebody else's by now, perhaps: never to be killed by it */
        int fd;    /* of the kernel's, for this process and no other */
};

/* Starts the program argv[0], which is a name without a path, with `input` and `output` as its standard
 * input and output (-1: nothing), an empty environment and no other descriptor. -ENOENT: the program is not
 * installed where it belongs; other negative errno of clone(). It ends with its parent, however that ends;
 * for the kernel that is the thread which called this, so that thread must live until child_end(). */
int child_spawn(const char *folder, char *const *argv, int input, int output, struct child *ret);

/* The same of usher-decode; its standard input is the other end of *ret_socket (SOCK_SEQPACKET,
 * close-on-exec), its output nothing. */
int child_start(const char *folder, struct child *ret, int *ret_socket);

/* Kills the child if it still runs, waits for it, leaves it empty, and returns its end as waitpid(2) has it.
 * -1: there was none; or it is not known, as the program around ignores SIGCHLD or waits for any child. */
int child_end(struct child *c);
