/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Walks a command line by the verb's own table, with getopt_long's manners (abbreviations, "--"). */

#include "proto/base/cleanup.h"
#include "setup/cli/verbs.h"

struct options;

/* One walk at a time: getopt keeps its place in globals. */
int options_new(const struct verb *v, int argc, char **argv, struct options **ret);

/* Takes NULL, returns NULL. */
struct options *options_free(struct options *o);
DEFINE_CLEANUP(struct options *, options_free)

/* 1: *ret_id is one of the table's, *ret_value its value (NULL if it takes none). 0: no more options, and
 * the number of plain arguments is right. -EINVAL: standard error says what is wrong, exit with EXIT_USAGE.
 * -ECANCELED: --help was given and has been answered, exit with EXIT_DONE. */
int options_next(struct options *o, int *ret_id, const char **ret_value);

/* Whether the option that came last was not on the command line: a variable stands for it. These come after
 * all others. */
bool options_from_environment(const struct options *o);

/* After options_next() has returned 0. */
size_t options_arguments(const struct options *o, char ***ret_argv);
