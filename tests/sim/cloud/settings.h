/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a PUT changes of a device (cloud.md 3.6). */

#include "tests/sim/cloud/machine.h"

/* Takes every key of the body, or refuses them all: one value that does not fit, or a key that the path does
 * not know, and nothing is changed. `member`: by the product's path, which knows the product's settings,
 * too. A signal to an absent device fails after the rest has been changed. Answers. */
int settings_put(struct call *c, json_t *device, bool member);
