/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the table of verbs says to people and shells. */

#include "setup/cli/verbs.h"

/* `usher help` (verb NULL) or `usher VERB --help`. */
void help_print(const struct verb *v, FILE *f);

/* A completion script for bash. */
void help_completion(FILE *f);
