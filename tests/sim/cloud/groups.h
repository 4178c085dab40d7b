/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Groups of a product's devices (cloud.md 4.4): names with a description and a colour, which a device may
 * have several of. */

#include "tests/sim/cloud/state.h"

/* Lower-case letters, digits, dashes and underscores. */
bool group_is_name(const char *name);

/* Makes those of the names known to the product that it did not have; NULL: none. -ENOMEM. */
int groups_ensure(struct vcloud *c, int64_t product_id, const json_t *names);
