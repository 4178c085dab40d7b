/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Products and their members. */

#include "tests/sim/cloud/state.h"

/* The member that the path names (product, device); NULL: refused, with *ret_r to be returned. */
json_t *product_member(struct call *c, int *ret_r);

/* POST /v1/devices {product_id}: a new id, where the product lets devices be made. Answers. */
int member_provision(struct call *c);

/* Makes the device a member, and tells that as `effect`. */
int product_take(struct vcloud *c, json_t *device, int64_t product_id, const char *effect);

/* The lines of the "file" part of a multipart body, or of a text body. -EINVAL: no such part. */
int import_lines(struct call *c, json_t **ret);
