/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The tests' hand on the virtual controller: one line, one answer. "NAME VERB [ARGUMENT...]"; NAME "*" is
 * every device. 'help' lists the verbs. */

#include "tests/sim/vhci/controller.h"

enum { CONTROL_LINE_MAX = 256, CONTROL_REPLY_MAX = 2048 };

/* Always fills `reply`: "ok", "ok " and what was asked for, or "error: " and why. */
void control_run(struct controller *c, const char *line, char reply[static CONTROL_REPLY_MAX]);
