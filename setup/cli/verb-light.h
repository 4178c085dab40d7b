/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher light DESCRIPTION...`: what the status LED of a device says. */

#include "setup/cli/verbs.h"

extern const struct verb_option light_options[];

int verb_light(const struct verb *v, int argc, char **argv);
