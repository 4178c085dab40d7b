/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The verbs that work with one device: `usher setup`, `usher repair`, `usher update`, `usher wifi`. */

#include "setup/cli/setup-args.h"

int verb_setup(const struct verb *v, int argc, char **argv);
int verb_repair(const struct verb *v, int argc, char **argv);
int verb_update(const struct verb *v, int argc, char **argv);
int verb_wifi(const struct verb *v, int argc, char **argv);
