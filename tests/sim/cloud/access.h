/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Who may do what: the bearer token, the kinds of token, scopes, and whose device or product it is. */

#include "tests/sim/cloud/state.h"

/* Reads the bearer token and checks it against the route; sets call.token and call.who. *ret_refused: the
 * refusal is already the answer. */
int access_check(struct call *c, bool *ret_refused);

/* The device with this id, or the caller's own device of this name, if the caller may see it: the owner, or
 * the team of its product. NULL otherwise: the cloud does not tell unknown from foreign (cloud.md 3.5). */
json_t *access_device(struct call *c, const char *id_or_name);
bool access_owns(const struct call *c, const json_t *device);

/* The product with this id or slug, if the caller belongs to it. NULL otherwise. */
json_t *access_product(struct call *c, const char *id_or_slug);

/* Is the caller in the team of the product with this id? */
bool access_in_team(struct call *c, int64_t product_id);
