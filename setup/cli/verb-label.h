/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher label IMAGE...`: what pictures of stickers say. */

#include "setup/cli/verbs.h"

extern const struct verb_option label_options[];

int verb_label(const struct verb *v, int argc, char **argv);
