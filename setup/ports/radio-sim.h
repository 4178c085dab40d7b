/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The sim radio: a folder of listening sockets stands for the devices in range (design.md 3). */

#include "setup/ports/radio.h"

/* `dir` is read when something is looked for, not before. 0 or -ENOMEM. */
int radio_sim_new(const char *dir, struct radio **ret);
