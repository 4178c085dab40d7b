/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher devices`: what could be set up from here. */

#include "setup/cli/verbs.h"

extern const struct verb_option devices_options[];

int verb_devices(const struct verb *v, int argc, char **argv);
