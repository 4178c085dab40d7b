/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a program gets from who starts it, and must not stumble over: standard input, output and error that
 * are closed, limits to the size and the number of files. And whether the process is ours at all: what is
 * the whole process's is only touched where a program of ours has said so. */

#include <stdbool.h>

/* Opens /dev/null on each of the three that is closed, so that no file or connection of ours gets its number
 * and what is printed; and from now on a file that reaches its limit (ulimit -f) is -EFBIG to
 * who writes it instead of the end of the process. The first thing that every program of ours does, and no
 * library does to the program that it is in. Returns 0 or a negative errno. */
int standard_open(void);

/* Whether standard_open() was called: the process is a program of ours. Otherwise its signals, environment
 * and heaps belong to somebody else. */
bool standard_is_program(void);

/* Whether `n` more files can be opened, which the limit (ulimit -n) is raised for as far as it may be: 0,
 * -EMFILE, -ENFILE (the whole machine's). Asked once at the start, so that no library later takes its own
 * guess at why something could not be opened. */
int standard_room(unsigned n);
