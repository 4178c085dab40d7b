/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher cloud ACTION ITEM...`: what people otherwise do by hand in the console, with one thing or many. */

#include "setup/cli/verbs.h"

extern const struct verb_option cloud_options[];

int verb_cloud(const struct verb *v, int argc, char **argv);

/* The actions, for the help. */
void cloud_actions(FILE *f);

/* Their names, for the completion; NULL past the end. */
const char *cloud_action_name(size_t i);
