/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a request has changed, told in words that a test can count (vcloud_on_effect). A handler
 * tells it after the registry was changed, and also when a request asked for what was so before: with
 * `changed` false. A refusal is no effect. */

#include "tests/sim/cloud/machine.h"

/* device: its record, NULL for what concerns no one device. to: NULL if there is nothing to say; no secret.
 */
void effect_tell(struct vcloud *c, const char *name, const json_t *device, const char *to, bool changed);

/* The same with a field's value as `to`: text, null, a number or true as JSON, the items of a list with
 * commas between. -ENOMEM. */
int effect_tell_value(struct vcloud *c, const char *name, const json_t *device, const json_t *to,
                      bool changed);

/* Of a SIM card: `to` is its ICCID, and the device the one that has it. */
void effect_tell_sim(struct vcloud *c, const char *name, const json_t *sim, bool changed);
