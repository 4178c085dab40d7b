/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `usher doctor`: what is wrong with this machine and, with a label, with a device. */

#include "setup/cli/verbs.h"

extern const struct verb_option doctor_options[];

int verb_doctor(const struct verb *v, int argc, char **argv);
