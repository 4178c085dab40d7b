/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher help` and `usher version`. */

#include "setup/cli/verbs.h"

extern const struct verb_option help_options[], version_options[];

int verb_help(const struct verb *v, int argc, char **argv);
int verb_version(const struct verb *v, int argc, char **argv);
