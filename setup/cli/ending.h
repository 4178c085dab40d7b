/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How usher ends that cannot do what it was asked: in words on standard error and, with --json, with a
 * result event, whatever the verb and however early. One command line is worked on in a process, and what
 * ended it is kept here for main(). */

#include "proto/base/trouble.h"

/* Once, before the verb runs: looks whether the command line asks for --json, also if it turns out to be
 * wrong. */
void ending_begin(int argc, char **argv);

/* The command line is wrong: tells it on standard error ("usher VERB: text", and where to look) and keeps it
 * as the cause. The format's directives are those of trouble_set(). Returns -EINVAL. */
int ending_misuse(const char *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What ended it, which was told already. */
void ending_note(const struct trouble *why);

/* A variable of the environment stands for an option that was not given; both outlive the process's work. It
 * is named if the command line, with it, turns out to be wrong. */
void ending_variable(const char *variable, const char *option);

/* After the verb, which ended with `code`: writes the result event if one is due. Returns the exit code. */
int ending_finish(int code);
