/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Who holds a lock, as far as the kernel tells this user. */

#include <sys/types.h>

enum { HOLDER_NAME_MAX = 64 /* bytes, with the NUL */ };

/* The process that has the exclusive flock(2) on the file of `fd`; 0: nobody, or it cannot be told (another
 * container's). */
pid_t holder_find(int fd);

/* "usher, process 1234"; what a process calls itself is its own word. "another program" for 0. */
void holder_name(pid_t pid, char to[static HOLDER_NAME_MAX]);
