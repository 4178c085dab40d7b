/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher setup`: sets up one device in this process. */

#include "setup/cli/setup-args.h"

int verb_setup(const struct verb *v, int argc, char **argv);
